# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of a vault: how often its data are kept, and soft delete."""

from __future__ import annotations

from typing import Any

from .messages import ArmError, Request, Response
from .vaults_known import PATH, SOFT_DELETE_DAYS, TYPE, find, locked, vault_id

REDUNDANCIES = ("LocallyRedundant", "GeoRedundant", "ZoneRedundant")


def storage(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """How often the data are kept, and whether that can still be changed."""
    return Response(200, _storage(cloud, find(cloud, group, vault)))


def _storage(cloud: Any, vault: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{vault_id(vault)}/backupstorageconfig/vaultstorageconfig",
        "name": "vaultstorageconfig",
        "type": f"{TYPE}/backupstorageconfig",
        "properties": {
            "storageModelType": vault["redundancy"],
            "storageType": vault["redundancy"],
            "storageTypeState": "Locked" if locked(cloud, vault) else "Unlocked",
            "crossRegionRestoreFlag": bool(vault.get("cross_region_restore")),
        },
    }


def change_storage(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """Change it, while no machine was registered: 204 for PATCH, 200 for PUT."""
    known = find(cloud, group, vault)
    asked = (request.json().get("properties") or {}).get("storageModelType")
    check_redundancy(cloud, known, asked)
    with cloud.state.changed():
        known["redundancy"] = asked
    return Response(204) if request.method == "PATCH" else Response(200, _storage(cloud, known))


def check_redundancy(cloud: Any, vault: dict[str, Any], asked: Any) -> None:
    """Refuse a redundancy that there is not, or that the vault can no longer have. Code and words of the refusals are assumed."""
    if asked not in REDUNDANCIES:
        raise ArmError(400, "BMSUserErrorInvalidInput", "Input provided for the call is invalid", target="storageModelType")
    if asked == vault["redundancy"]:
        return
    if locked(cloud, vault):
        raise ArmError(
            400,
            "BMSUserErrorStorageTypeUpdateNotAllowed",
            "The storage replication type of the vault cannot be changed as items are protected in it.",
        )
    if vault.get("cross_region_restore"):
        raise ArmError(400, "BMSUserErrorCrossRegionRestoreEnabled", "Cross Region Restore is enabled for the vault.")


def backup(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """Soft delete and enhanced security, as versions of the vault told them before it did itself."""
    known = find(cloud, group, vault)
    return Response(
        200,
        {
            "id": f"{vault_id(known)}/backupconfig/vaultconfig",
            "name": "vaultconfig",
            "type": f"{TYPE}/backupconfig",
            "properties": {
                "enhancedSecurityState": "Enabled",
                "softDeleteFeatureState": known.get("soft_delete") or "Enabled",
                "softDeleteRetentionPeriodInDays": SOFT_DELETE_DAYS,
                "isSoftDeleteFeatureStateEditable": True,
            },
        },
    )


ROUTES = [
    ("GET", PATH + "/{vault}/backupstorageconfig/vaultstorageconfig", storage),
    ("PUT", PATH + "/{vault}/backupstorageconfig/vaultstorageconfig", change_storage),
    ("PATCH", PATH + "/{vault}/backupstorageconfig/vaultstorageconfig", change_storage),
    ("GET", PATH + "/{vault}/backupconfig/vaultconfig", backup),
]
