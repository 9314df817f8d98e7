# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery Services vaults: the vault, its usage, the servers registered with it and what they protect."""

from __future__ import annotations

import re
from typing import Any

from .. import names
from .messages import ArmError, Request, Response, not_found

TYPE = "Microsoft.RecoveryServices/vaults"
FABRIC = "backupFabrics/Azure"
OLDEST_THAT_SHOWS_MARS = "2019-05-13"


def vault_id(vault: dict[str, Any]) -> str:
    """The ARM id of a stored vault."""
    return f"{names.group_id(vault['group'])}/providers/{TYPE}/{vault['name']}"


def find(cloud: Any, group: str, name: str) -> dict[str, Any]:
    """The stored vault, or ARM's 404."""
    found = cloud.state["vaults"].get(name.lower())
    if found is None or found["group"].lower() != group.lower():
        raise not_found(TYPE, name, group)
    return found


def _described(vault: dict[str, Any]) -> dict[str, Any]:
    return {
        "location": vault["location"],
        "name": vault["name"],
        "etag": "W/\"datetime'2026-01-02T03%3A04%3A05.6789Z'\"",
        "tags": vault.get("tags") or {},
        "properties": {
            "provisioningState": "Succeeded",
            "privateEndpointStateForBackup": "None",
            "privateEndpointStateForSiteRecovery": "None",
            "publicNetworkAccess": "Enabled",
            "redundancySettings": {"standardTierStorageRedundancy": vault["redundancy"], "crossRegionRestore": "Disabled"},
            "securitySettings": {
                "softDeleteSettings": {
                    "softDeleteRetentionPeriodInDays": 14,
                    "softDeleteState": "Enabled",
                    "enhancedSecurityState": "Enabled",
                }
            },
        },
        "id": vault_id(vault),
        "type": TYPE,
        "sku": {"name": "RS0", "tier": "Standard"},
    }


def get(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """The vault."""
    return Response(200, _described(find(cloud, group, vault)))


def list_all(cloud: Any, request: Request, subscription: str, group: str | None = None) -> Response:
    """The vaults of the subscription or of a group."""
    found = [vault for _unused, vault in sorted(cloud.state["vaults"].items()) if group is None or vault["group"].lower() == group.lower()]
    return Response(200, {"value": [_described(vault) for vault in found]})


def usages(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """Counts and bytes of the vault."""
    known = find(cloud, group, vault)
    servers, items = _of(cloud, "mab_containers", known), _of(cloud, "mab_items", known)
    counts = [
        ("MABContainersCount", "Backup management servers", "Count", len(servers)),
        ("ProtectedItemCount", "Backup items", "Count", len(items)),
        ("ProtectedItemCriticalCount", "Critical", "Count", 0),
        ("MABProtectedItemCount", "File-Folders", "Count", len(items)),
        ("ManagedInstances", "Protected Instances", "Count", len(servers)),
        (f"{_usage_prefix(known)}StorageUsage", f"Cloud - {_usage_prefix(known)}", "Bytes", sum(item.get("bytes") or 0 for item in items)),
    ]
    value = [
        {"unit": unit, "currentValue": count, "limit": -1, "name": {"value": name, "localizedValue": title}}
        for name, title, unit, count in counts
    ]
    return Response(200, {"value": value})


def _usage_prefix(vault: dict[str, Any]) -> str:
    return "GRS" if vault["redundancy"] == "GeoRedundant" else "LRS"


def summaries(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """Counts of items or servers by management type, chosen by `$filter`."""
    known = find(cloud, group, vault)
    kind = "mab_items" if "BackupProtectedItemCountSummary".lower() in request.query.get("$filter", "").lower() else "mab_containers"
    count = {"unit": "Count", "currentValue": len(_of(cloud, kind, known)), "limit": -1, "name": {"value": "MAB", "localizedValue": "MAB"}}
    return Response(200, {"value": [count]})


def _of(cloud: Any, kind: str, vault: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for _unused, item in sorted(cloud.state[kind].items()) if item["vault"].lower() == vault["name"].lower()]


def _wants(request: Request, item_type: str | None = None) -> bool:
    """Whether `$filter` lets MARS things through. They are hidden from versions before 2019-05-13, as public issues report."""
    if request.version < OLDEST_THAT_SHOWS_MARS:
        return False
    asked = dict(re.findall(r"(\w+)\s+eq\s+'([^']*)'", request.query.get("$filter", "")))
    if not asked.get("backupManagementType"):
        raise ArmError(400, "BMSUserErrorInvalidInput", "Input provided for the call is invalid", target="$filter")
    wanted = asked["backupManagementType"].lower() == "mab"
    return wanted and (item_type is None or asked.get("itemType", item_type).lower() == item_type.lower())


def servers(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """The servers registered with the vault (MARS)."""
    known = find(cloud, group, vault)
    found = _of(cloud, "mab_containers", known) if _wants(request) else []
    return Response(200, {"value": [_server(cloud, known, server) for server in found]})


def _server(cloud: Any, vault: dict[str, Any], server: dict[str, Any]) -> dict[str, Any]:
    name = f"Windows;{server['number']}"
    items = [item for item in _of(cloud, "mab_items", vault) if item["computer"] == server["name"]]
    return {
        "id": f"{vault_id(vault)}/{FABRIC}/protectionContainers/{name}",
        "name": name,
        "type": f"{TYPE}/{FABRIC.split('/', maxsplit=1)[0]}/protectionContainers",
        "properties": {
            "canReRegister": True,
            "containerId": server["number"],
            "protectedItemCount": len(items),
            "agentVersion": server["agent_version"],
            "extendedInfo": {
                "lastRefreshedAt": server["refreshed"],
                "backupItemType": "FileFolder",
                "backupItems": [item["name"] for item in items],
                "policyName": server.get("policy") or "",
                "lastBackupStatus": items[-1]["last_backup_status"] if items else "",
            },
            "mabContainerHealthDetails": [],
            "containerHealthState": "Healthy",
            "friendlyName": server["name"],
            "backupManagementType": "MAB",
            "registrationStatus": "Registered" if server.get("registered", True) else "NotRegistered",
            "healthStatus": "Healthy",
            "containerType": "Windows",
        },
    }


def items(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """What the registered servers protect (MARS, files and folders)."""
    known = find(cloud, group, vault)
    found = _of(cloud, "mab_items", known) if _wants(request, "FileFolder") else []
    return Response(200, {"value": [_item(cloud, known, item) for item in found]})


def _item(cloud: Any, vault: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    container = f"Windows;{_number(cloud, vault, item['computer'])}"
    name = f"MAB;FileFolder;{item['number']}"
    points = sorted(item["recovery_points"])
    told: dict[str, Any] = {
        "friendlyName": item["name"],
        "computerName": item["computer"],
        "lastBackupStatus": item["last_backup_status"],
        "protectionState": "Protected" if points else "IRPending",
        "extendedInfo": {"lastRefreshedAt": item["refreshed"], "recoveryPointCount": len(points)},
        "protectedItemType": "MabFileFolderProtectedItem",
        "backupManagementType": "MAB",
        "workloadType": "FileFolder",
        "containerName": container,
        "policyName": item.get("policy") or "",
    }
    if item["last_backup_time"]:
        told["lastBackupTime"] = item["last_backup_time"]
    if points:
        told["lastRecoveryPoint"] = points[-1]
        told["extendedInfo"]["oldestRecoveryPoint"] = points[0]
    return {
        "id": f"{vault_id(vault)}/{FABRIC}/protectionContainers/{container}/protectedItems/{name}",
        "name": name,
        "type": f"{TYPE}/{FABRIC.split('/', maxsplit=1)[0]}/protectionContainers/protectedItems",
        "properties": told,
    }


def _number(cloud: Any, vault: dict[str, Any], computer: str) -> int:
    return next((server["number"] for server in _of(cloud, "mab_containers", vault) if server["name"] == computer), 0)


_VAULTS = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.RecoveryServices/vaults"
ROUTES = [
    ("GET", "/subscriptions/{subscription}/providers/Microsoft.RecoveryServices/vaults", list_all),
    ("GET", _VAULTS, list_all),
    ("GET", _VAULTS + "/{vault}", get),
    ("GET", _VAULTS + "/{vault}/usages", usages),
    ("GET", _VAULTS + "/{vault}/backupUsageSummaries", summaries),
    ("GET", _VAULTS + "/{vault}/backupProtectionContainers", servers),
    ("GET", _VAULTS + "/{vault}/backupProtectedItems", items),
]
