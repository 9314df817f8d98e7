# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands beside a vault and decides what may be done to it: locks, its storage's redundancy, soft delete.

Source: azure-rest-api-specs recoveryservicesbackup/bms.json (2024-04-01), recoveryservices deletedVaults (2025-08-01, as
azure-sdk-for-js calls it), resources/locks (2016-09-01); learn.microsoft.com "Lock your Azure resources" (locks are inherited).
"""

from __future__ import annotations

from typing import Any

from ..arm import api
from ..failure import Failure, refuse
from . import recovery_vault_reading as reading
from .differences import folded

LOCKS = "2016-09-01"
DELETED_VAULTS = "2025-08-01"
SERVERS = {"$filter": "backupManagementType eq 'MAB'"}
ITEMS = {"$filter": "backupManagementType eq 'MAB' and itemType eq 'FileFolder'"}
STORAGE_CONFIG = "backupstorageconfig/vaultstorageconfig"
NOT_TOLD = (400, 403, 404)  # the cloud does not know the call, or the identity may not make it: then a thing is unknown


def locks_on(azure, scope: str) -> list[dict[str, Any]] | None:
    """Locks that hold for `scope`, its own and inherited ones; None where the identity may not read them."""
    found = told(azure, f"read the locks of {scope.rsplit('/', 1)[-1]}", f"{scope}/providers/Microsoft.Authorization/locks", LOCKS)
    if found is None:
        return None
    all_of_them = [reading.lock_from(one) for one in found]
    return [one for one in all_of_them if f"{folded(scope)}/".startswith(f"{folded(one['scope'])}/")]


def refuse_read_only(locks: list[dict[str, Any]] | None, what: str) -> None:
    """Refuse to write where a ReadOnly lock holds: Azure would, and not say the lock's name."""
    held = next((one for one in locks or () if folded(one["level"]) == "readonly"), None)
    if held:
        note = f" (note: {held['notes']})" if held["notes"] else ""
        raise Failure(
            f"{what[0].upper()}{what[1:]} cannot be written: lock {held['name']!r}, ReadOnly, lies on {held['scope']}{note}. "
            "Remove the lock, or let its owner do so, and run again.",
            field="name",
            code="ScopeLocked",
            seen=held,
            cure="remove the lock, or let its owner do so, and run again",
        )


def storage_of(azure, path: str, what: str) -> dict[str, Any]:
    """`{redundancy, locked, cross_region_restore}` of the vault's storage; `locked` is None where the service tells no known word."""
    got = azure.arm.get(f"read the storage settings of {what}", f"{path}/{STORAGE_CONFIG}", api.BACKUP)
    said = reading.properties(got or {})
    return {
        "redundancy": _known(said.get("storageModelType")) or _known(said.get("storageType")),
        "locked": {"locked": True, "unlocked": False}.get(folded(said.get("storageTypeState"))),
        "cross_region_restore": said.get("crossRegionRestoreFlag"),
    }


def _known(word: str | None) -> str | None:
    return None if folded(word) in ("", "invalid") else word


def soft_delete_of(azure, path: str, vault: dict[str, Any], what: str) -> dict[str, Any]:
    """`{state, days, enhanced_security}`: out of the vault itself, or where it does not tell out of its backup settings."""
    said = reading.part(reading.part(reading.properties(vault), "securitySettings"), "softDeleteSettings")
    if said.get("softDeleteState"):
        return {
            "state": said["softDeleteState"],
            "days": said.get("softDeleteRetentionPeriodInDays"),
            "enhanced_security": said.get("enhancedSecurityState"),
        }
    said = reading.properties(azure.arm.get(f"read the backup settings of {what}", f"{path}/backupconfig/vaultconfig", api.BACKUP) or {})
    return {
        "state": said.get("softDeleteFeatureState"),
        "days": said.get("softDeleteRetentionPeriodInDays"),
        "enhanced_security": said.get("enhancedSecurityState"),
    }


def deleted_vaults(azure, region: str) -> list[dict[str, Any]] | None:
    """Vaults of the subscription in `region` that were deleted and are kept; None where the cloud does not tell."""
    place = f"{api.subscription(azure.subscription_id)}/providers/Microsoft.RecoveryServices/locations/{region}/deletedVaults"
    found = told(azure, f"list the deleted vaults of {region}", place, DELETED_VAULTS)
    return None if found is None else [reading.deleted_vault_from(one) for one in found]


def refuse_deleted(deleted: list[dict[str, Any]] | None, path: str, name: str) -> None:
    """Refuse to make a vault whose name a deleted one still has: its backups would be out of reach behind the new one."""
    kept = next((one for one in deleted or () if folded(one["vault_id"]) == folded(path)), None)
    if kept:
        raise refuse(
            "name",
            name,
            f"none that a deleted vault of this resource group still has (deleted {kept['deleted_at']}, purged {kept['purged_at']})",
            "Bring that vault back (portal: Recovery Services vaults, Manage deleted vaults), wait until it is purged, or take another "
            "name.",
        )


def told(azure, what: str, path: str, version: str) -> list[dict[str, Any]] | None:
    """A list, or None where the cloud knows no such call or the identity may not make it."""
    try:
        return azure.arm.list(what, path, version)
    except Failure as failure:
        if failure.fields.get("status") in NOT_TOLD and failure.fields.get("code") != "ResourceGroupNotFound":
            return None
        raise


def why_locked(azure, path: str, what: str) -> str:
    """What holds the redundancy of the vault's storage in place: registered servers, protected items, items in soft delete."""
    servers = [reading.server_from(one) for one in _list(azure, path, what, "backupProtectionContainers", SERVERS)]
    items = [reading.item_from(one) for one in _list(azure, path, what, "backupProtectedItems", ITEMS)]
    deleted = [one for one in items if one["soft_deleted"]]
    counted = (
        ("registered servers", [one["name"] for one in servers]),
        ("protected items", [one["friendly_name"] for one in items if not one["soft_deleted"]]),
        ("items in soft delete", [f"{one['friendly_name']} (purged in {one['deletion_remaining'] or 'unknown time'})" for one in deleted]),
    )
    said = [f"{title}: {', '.join(str(one) for one in names[:5])}{' ...' if len(names) > 5 else ''}" for title, names in counted if names]
    return "; ".join(said) or "nothing of the MARS agent is in it; DPM, MABS or another workload has used it"


def _list(azure, path: str, what: str, kind: str, query: dict[str, str]) -> list[dict[str, Any]]:
    return azure.arm.list(f"list {kind} of {what}", f"{path}/{kind}", api.BACKUP, query=query)
