# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is backed up into a vault: servers with the MARS agent, DPM and MABS, and what they protect."""

from __future__ import annotations

import datetime
import re
from typing import Any

from ..clock import parse
from .messages import ArmError, Request, Response
from .vaults_known import FABRIC, PATH, SOFT_DELETE_DAYS, TYPE, find, paged, vault_id, within

OLDEST_THAT_SHOWS_MARS = "2019-05-13"
ENGINE_TYPE = {"DPM": "DpmBackupEngine", "AzureBackupServer": "AzureBackupServerEngine"}


def wanted(request: Request) -> dict[str, str]:
    """What `$filter` asks for, `name eq 'text'` joined by and; a list of this service needs a management type."""
    asked = dict(re.findall(r"(\w+)\s+eq\s+'([^']*)'", request.query.get("$filter", "")))
    if not asked.get("backupManagementType"):
        raise ArmError(400, "BMSUserErrorInvalidInput", "Input provided for the call is invalid", target="$filter")
    return asked


def _wants_mars(request: Request, item_type: str | None = None) -> bool:
    """Whether `$filter` lets MARS things through. They are hidden from versions before 2019-05-13, as public issues report."""
    if request.version < OLDEST_THAT_SHOWS_MARS:
        return False
    asked = wanted(request)
    is_mars = asked["backupManagementType"].lower() == "mab"
    return is_mars and (item_type is None or asked.get("itemType", item_type).lower() == item_type.lower())


def servers(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """The servers registered with the vault (MARS)."""
    known = find(cloud, group, vault)
    found = [one for one in within(cloud, "mab_containers", known) if not one.get("deleted")] if _wants_mars(request) else []
    return paged(request, [_server(cloud, known, server) for server in found])


def deleted_servers(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """The servers that were deleted and are kept."""
    known = find(cloud, group, vault)
    found = [one for one in within(cloud, "mab_containers", known) if one.get("deleted")] if _wants_mars(request) else []
    return paged(request, [_server(cloud, known, server) for server in found])


def _server(cloud: Any, vault: dict[str, Any], server: dict[str, Any]) -> dict[str, Any]:
    name = f"Windows;{server['number']}"
    items = [item for item in within(cloud, "mab_items", vault) if item["computer"] == server["name"]]
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
    """What is protected: files and folders of the registered servers, or what a DPM or MABS protects."""
    known = find(cloud, group, vault)
    if _wants_mars(request, "FileFolder"):
        found = [item for item in within(cloud, "mab_items", known) if not _purged(cloud, item)]
        return paged(request, [_item(cloud, known, item) for item in found])
    managed = wanted(request)["backupManagementType"]
    engines = [one for one in (known.get("engines") or {}).values() if one["managed"].lower() == managed.lower()]
    return paged(request, [_engine_item(known, engine, item) for engine in engines for item in engine["items"]])


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
    if item.get("deleted"):
        told |= {
            "protectionState": "ProtectionStopped",
            "isScheduledForDeferredDelete": True,
            "deferredDeleteTimeInUTC": item["deleted"],
            "deferredDeleteTimeRemaining": _span(_left(cloud, item)),
        }
    return {
        "id": f"{vault_id(vault)}/{FABRIC}/protectionContainers/{container}/protectedItems/{name}",
        "name": name,
        "type": f"{TYPE}/{FABRIC.split('/', maxsplit=1)[0]}/protectionContainers/protectedItems",
        "properties": told,
    }


def _number(cloud: Any, vault: dict[str, Any], computer: str) -> int:
    return next((server["number"] for server in within(cloud, "mab_containers", vault) if server["name"] == computer), 0)


def _left(cloud: Any, item: dict[str, Any]) -> datetime.timedelta:
    """How long a deleted item is still kept."""
    return parse(item["deleted"]) + datetime.timedelta(days=SOFT_DELETE_DAYS) - cloud.state.clock.now()


def _purged(cloud: Any, item: dict[str, Any]) -> bool:
    return bool(item.get("deleted")) and _left(cloud, item) <= datetime.timedelta()


def _span(left: datetime.timedelta) -> str:
    """A .NET time span, `13.05:30:00`."""
    hours, rest = divmod(left.seconds, 3600)
    return f"{left.days}.{hours:02}:{rest // 60:02}:{rest % 60:02}"


def engines(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """The DPM and MABS servers registered with the vault."""
    known = find(cloud, group, vault)
    return paged(request, [_engine(known, engine) for _unused, engine in sorted((known.get("engines") or {}).items())])


def _engine(vault: dict[str, Any], engine: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{vault_id(vault)}/backupEngines/{engine['name']}",
        "name": engine["name"],
        "type": f"{TYPE}/backupEngines",
        "properties": {
            "backupEngineType": ENGINE_TYPE[engine["managed"]],
            "backupManagementType": engine["managed"],
            "friendlyName": engine["name"],
            "dpmVersion": engine["version"],
            "isDpmUpgradeAvailable": False,
            "azureBackupAgentVersion": engine["agent_version"],
            "isAzureBackupAgentUpgradeAvailable": False,
            "registrationStatus": "Registered",
            "backupEngineState": "Active",
            "healthStatus": "Healthy",
            "extendedInfo": {
                "protectedItemsCount": len(engine["items"]),
                "protectedServersCount": len({item["server"] for item in engine["items"]}),
                "diskCount": 1,
                "availableDiskSpace": 500.0,
                "usedDiskSpace": 200.0,
                "refreshedAt": engine["refreshed"],
            },
        },
    }


def _engine_item(vault: dict[str, Any], engine: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    points = sorted(item["recovery_points"])
    told: dict[str, Any] = {
        "protectedItemType": "DPMProtectedItem",
        "backupManagementType": engine["managed"],
        "workloadType": "FileFolder",
        "friendlyName": item["name"],
        "backupEngineName": engine["name"],
        "containerName": f"DPM;{item['server']}",
        "protectionState": "Protected" if points else "IRPending",
        "extendedInfo": {
            "isPresentOnCloud": bool(points),
            "lastBackupStatus": "Completed" if points else "",
            "lastRefreshedAt": engine["refreshed"],
            "recoveryPointCount": len(points),
            "protectionGroupName": item["group"],
        },
    }
    if points:
        told["lastRecoveryPoint"] = points[-1]
        told["extendedInfo"]["oldestRecoveryPoint"] = points[0]
    name = f"DPM;{engine['name']};{item['server']};{item['name']}"
    return {
        "id": f"{vault_id(vault)}/{FABRIC}/protectionContainers/DPM;{item['server']}/protectedItems/{name}",
        "name": name,
        "type": f"{TYPE}/{FABRIC.split('/', maxsplit=1)[0]}/protectionContainers/protectedItems",
        "properties": told,
    }


ROUTES = [
    ("GET", PATH + "/{vault}/backupProtectionContainers", servers),
    ("GET", PATH + "/{vault}/backupDeletedProtectionContainers", deleted_servers),
    ("GET", PATH + "/{vault}/backupProtectedItems", items),
    ("GET", PATH + "/{vault}/backupEngines", engines),
]
