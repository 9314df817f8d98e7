# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vaults, locks and lists as the services show them, and the requests that a test of a vault expects."""

from __future__ import annotations

from typing import Any

from unit.scripted import GROUP, SUBSCRIPTION, refusal

VERSION = "2024-04-01"
LOCKS_VERSION = "2016-09-01"
DELETED_VERSION = "2025-08-01"
VAULT = f"{GROUP}/providers/Microsoft.RecoveryServices/vaults/vault1"
DELETED = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.RecoveryServices/locations/westeurope/deletedVaults"
STORAGE = f"{VAULT}/backupstorageconfig/vaultstorageconfig"
NOT_FOUND = {"status": 404, "json": refusal("ResourceNotFound")}
MAB = {"$filter": "backupManagementType eq 'MAB'"}
FILES = {"$filter": "backupManagementType eq 'MAB' and itemType eq 'FileFolder'"}


def vault(redundancy: str | None = "GeoRedundant", *, location: str = "West Europe", tags: Any = None, **properties: Any) -> dict[str, Any]:
    """A vault as GET shows it: the region by its display name, the sku by its old name."""
    said = {"provisioningState": "Succeeded", "publicNetworkAccess": "Enabled", **properties}
    if redundancy:
        said["redundancySettings"] = {"standardTierStorageRedundancy": redundancy, "crossRegionRestore": "Disabled"}
    nature = {"id": VAULT, "name": "vault1", "type": "Microsoft.RecoveryServices/vaults", "sku": {"name": "RS0", "tier": "Standard"}}
    return {**nature, "location": location, "tags": tags or {}, "properties": said}


def lock(level: str = "ReadOnly", scope: str = GROUP, name: str = "keep", notes: str = "") -> dict[str, Any]:
    return {"id": f"{scope}/providers/Microsoft.Authorization/locks/{name}", "name": name, "properties": {"level": level, "notes": notes}}


def storage(redundancy: str = "GeoRedundant", state: str | None = "Unlocked", *, cross_region: bool = False) -> dict[str, Any]:
    said = {"storageModelType": redundancy, "storageType": redundancy, "storageTypeState": state, "crossRegionRestoreFlag": cross_region}
    return {"id": STORAGE, "name": "vaultstorageconfig", "properties": said}


def item(name: str = "D:\\", **more: Any) -> dict[str, Any]:
    count = {"recoveryPointCount": 1}
    return {"id": f"{VAULT}/i/{name}", "name": name, "properties": {"friendlyName": name, "extendedInfo": count, **more}}


def expect_vault(script, resource: dict[str, Any] | None = None) -> None:
    script.expect("GET", VAULT, version=VERSION, **({"json": resource} if resource else NOT_FOUND))


def expect_locks(script, *locks: dict[str, Any], scope: str = VAULT) -> None:
    script.expect("GET", f"{scope}/providers/Microsoft.Authorization/locks", version=LOCKS_VERSION, json={"value": list(locks)})


def expect_deleted(script, *vaults: str, **answer: Any) -> None:
    value = [
        {"name": "x", "properties": {"vaultId": one, "vaultDeletionTime": "2026-01-01T00:00:00Z", "purgeAt": "2026-01-15T00:00:00Z"}}
        for one in vaults
    ]
    script.expect("GET", DELETED, version=DELETED_VERSION, **(answer or {"json": {"value": value}}))


def expect_storage(script, **told: Any) -> None:
    script.expect("GET", STORAGE, version=VERSION, json=storage(**told))
