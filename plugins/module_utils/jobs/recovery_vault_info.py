# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a Recovery Services vault: its servers with the MARS agent, what they protect, and the recovery points that prove a seed.

Source: azure-rest-api-specs recoveryservices/vaults.json, vaultusages.json and recoveryservicesbackup/bms.json (2024-04-01).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import times
from ..arm import api
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from . import limits
from .locations import short

ARGUMENT_SPEC = {**AZURE_OPTIONS, "resource_group": {"type": "str", "required": True}, "name": {"type": "str", "required": True}}
SERVERS = {"$filter": "backupManagementType eq 'MAB'"}
ITEMS = {"$filter": "backupManagementType eq 'MAB' and itemType eq 'FileFolder'"}
DETAIL = {"$filter": "expand eq 'extendedinfo'"}


def run(params, check_mode, azure=None):
    """`{vault, servers, items, usages}`; vault is None, the lists are empty when there is no such vault."""
    limits.check("resource_group", params["resource_group"])
    azure = azure or connect(params)
    path = api.vault(azure.subscription_id, params["resource_group"], params["name"])
    what = f"vault {params['name']}"
    vault = azure.arm.get(f"read {what}", path, api.RECOVERY_SERVICES, action="Microsoft.RecoveryServices/vaults/read")
    if vault is None:
        return {"changed": False, "vault": None, "servers": [], "protected_items": [], "usages": {}}
    servers = azure.arm.list(f"list the servers of {what}", f"{path}/backupProtectionContainers", api.BACKUP, query=SERVERS)
    items = azure.arm.list(f"list the protected items of {what}", f"{path}/backupProtectedItems", api.BACKUP, query=ITEMS)
    usages = azure.arm.list(f"read the usage of {what}", f"{path}/usages", api.RECOVERY_SERVICES)
    return {
        "changed": False,
        "vault": vault_from(vault),
        "servers": [server_from(one) for one in servers],
        "protected_items": [item_from(_with_detail(azure, one)) for one in items],
        "usages": {one["name"]["value"]: usage_from(one) for one in usages},
    }


def vault_from(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The vault itself; `redundancy` is LocallyRedundant, GeoRedundant or ZoneRedundant, None where the service does not tell."""
    said = resource.get("properties") or {}
    redundancy = said.get("redundancySettings") or {}
    return {
        "id": resource.get("id"),
        "name": resource.get("name"),
        "location": short(resource.get("location")),
        "redundancy": redundancy.get("standardTierStorageRedundancy"),
        "cross_region_restore": redundancy.get("crossRegionRestore"),
        "provisioning_state": said.get("provisioningState"),
        "public_network_access": said.get("publicNetworkAccess"),
        "tags": dict(resource.get("tags") or {}),
    }


def server_from(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A registered server (MabContainer)."""
    said = resource.get("properties") or {}
    extended = said.get("extendedInfo") or {}
    return {
        "name": said.get("friendlyName"),
        "agent_version": said.get("agentVersion"),
        "registered": said.get("registrationStatus") == "Registered",
        "health": said.get("containerHealthState") or said.get("healthStatus"),
        "protected_items": said.get("protectedItemCount"),
        "last_refreshed": _moment(extended.get("lastRefreshedAt")),
    }


def item_from(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A protected volume or folder set (MabFileFolderProtectedItem); `protection_state` IRPending means: no copy in the vault yet."""
    said = resource.get("properties") or {}
    extended = said.get("extendedInfo") or {}
    return {
        "id": resource.get("id"),
        "name": resource.get("name"),
        "friendly_name": said.get("friendlyName"),
        "computer_name": said.get("computerName"),
        "protection_state": said.get("protectionState"),
        "last_backup_status": said.get("lastBackupStatus"),
        "last_backup_time": _moment(said.get("lastBackupTime")),
        "last_recovery_point": _moment(said.get("lastRecoveryPoint")),
        "oldest_recovery_point": _moment(extended.get("oldestRecoveryPoint")),
        "recovery_point_count": extended.get("recoveryPointCount"),
    }


def usage_from(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"current_value": said.get("currentValue"), "limit": said.get("limit"), "unit": said.get("unit")}


def _with_detail(azure, item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The item with its recovery points counted: a list may leave extendedInfo out."""
    if (item.get("properties") or {}).get("extendedInfo") or not item.get("id"):
        return item
    return azure.arm.get(f"read protected item {item.get('name')}", item["id"], api.BACKUP, query=DETAIL) or item


def _moment(text: str | None) -> str | None:
    """UTC text; None for nothing and for .NET's empty time, 0001-01-01."""
    return times.iso(times.parse(text)) if text and not text.startswith("0001-") else None
