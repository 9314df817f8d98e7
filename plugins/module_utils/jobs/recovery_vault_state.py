# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands beside a vault and decides what may be done to it: locks, its storage's redundancy, soft delete.

Source: azure-rest-api-specs recoveryservicesbackup/bms.json (2024-04-01), recoveryservices deletedVaults (2025-08-01, as
azure-sdk-for-js calls it).
"""

from __future__ import annotations

from typing import Any

from ..arm import api
from ..failure import Failure, refuse
from . import recovery_vault_reading as reading
from . import resource_locks
from .differences import folded

DELETED_VAULTS = "2025-08-01"
SERVERS = {"$filter": "backupManagementType eq 'MAB'"}
ITEMS = {"$filter": "backupManagementType eq 'MAB' and itemType eq 'FileFolder'"}
STORAGE_CONFIG = "backupstorageconfig/vaultstorageconfig"


def refuse_read_only(locks: list[dict[str, Any]] | None, what: str) -> None:
    """Refuse to write where a ReadOnly lock holds: Azure would, and not say the lock's name."""
    held = next(iter(resource_locks.read_only(locks)), None)
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
    """Vaults of the subscription in `region` that were deleted and are kept; None where the cloud does not tell, or not which ones."""
    place = f"{api.subscription(azure.subscription_id)}/providers/Microsoft.RecoveryServices/locations/{region}/deletedVaults"
    found = resource_locks.listed_if_told(azure, f"list the deleted vaults of {region}", place, DELETED_VAULTS)
    told = [reading.deleted_vault_from(one) for one in found or ()]
    return None if found is None or not all(one["vault_id"] for one in told) else told


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


def why_locked(azure, path: str, what: str) -> str:
    """What holds the redundancy of the vault's storage in place: registered servers, protected items, items in soft delete."""
    servers = [reading.server_from(one) for one in servers_of(azure, path, what)]
    items = [reading.item_from(one) for one in items_of(azure, path, what)]
    deleted = [one for one in items if one["soft_deleted"]]
    counted = (
        ("registered servers", [one["name"] for one in servers]),
        ("protected items", [one["friendly_name"] for one in items if not one["soft_deleted"]]),
        ("items in soft delete", [f"{one['friendly_name']} (purged in {one['deletion_remaining'] or 'unknown time'})" for one in deleted]),
    )
    said = [f"{title}: {', '.join(str(one) for one in names[:5])}{' ...' if len(names) > 5 else ''}" for title, names in counted if names]
    return "; ".join(said) or "nothing of the MARS agent is in it; DPM, MABS or another workload has used it"


def servers_of(azure, path: str, what: str) -> list[dict[str, Any]]:
    """The servers with the MARS agent that are registered."""
    return listed(azure, f"list the servers of {what}", f"{path}/backupProtectionContainers", SERVERS)


def items_of(azure, path: str, what: str) -> list[dict[str, Any]]:
    """What the MARS agents protect, those in soft delete among them."""
    return listed(azure, f"list the protected items of {what}", f"{path}/backupProtectedItems", ITEMS)


def listed(azure, what: str, path: str, query: dict[str, str] | None = None, version: str = api.BACKUP) -> list[dict[str, Any]]:
    """A list of the backup service, each entry with its name."""
    return reading.named(what, azure.arm.list(what, path, version, query=query))
