# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the services say about a vault, in our words: the vault, its servers, engines, items and jobs.

Source: azure-rest-api-specs recoveryservices/vaults.json, vaultusages.json and recoveryservicesbackup/bms.json (2024-04-01).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import times
from ..failure import Failure
from .locations import short

# Job type of the service -> where it names the server that a job is about.
SERVER_OF = {"MabJob": "mabServerName", "DpmJob": "dpmServerName"}
PRODUCT_OF = {"DpmBackupEngine": "dpm", "AzureBackupServerEngine": "mabs"}


def vault_from(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The vault itself; `redundancy` is LocallyRedundant, GeoRedundant or ZoneRedundant, None where the service does not tell."""
    said = properties(resource)
    redundancy = part(said, "redundancySettings")
    deletion = part(part(said, "securitySettings"), "softDeleteSettings")
    return {
        "id": resource.get("id"),
        "name": resource.get("name"),
        "location": short(resource.get("location")),
        "redundancy": redundancy.get("standardTierStorageRedundancy"),
        "cross_region_restore": redundancy.get("crossRegionRestore"),
        "provisioning_state": said.get("provisioningState"),
        "public_network_access": said.get("publicNetworkAccess"),
        "soft_delete_state": deletion.get("softDeleteState"),
        "soft_delete_days": deletion.get("softDeleteRetentionPeriodInDays"),
        "tags": dict(part(resource, "tags")),
    }


def server_from(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A registered server (MabContainer); `last_refreshed` is the last time that its agent was heard of."""
    said = properties(resource)
    extended = part(said, "extendedInfo")
    return {
        "name": name_of(resource),
        "agent_version": said.get("agentVersion"),
        "registered": said.get("registrationStatus") == "Registered",
        "health": said.get("containerHealthState") or said.get("healthStatus"),
        "health_details": [detail_from(one) for one in parts(said, "mabContainerHealthDetails")],
        "protected_items": said.get("protectedItemCount"),
        "last_refreshed": moment(extended.get("lastRefreshedAt")),
        "last_backup_status": extended.get("lastBackupStatus") or None,
        "policy": extended.get("policyName") or None,
        "can_reregister": said.get("canReRegister"),
    }


def detail_from(said: Mapping[str, Any]) -> dict[str, Any]:
    """One thing that is wrong with a server."""
    return {
        "code": said.get("code"),
        "title": said.get("title"),
        "message": said.get("message"),
        "recommendations": texts(said, "recommendations"),
    }


def item_from(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A protected volume or folder set (MabFileFolderProtectedItem); `protection_state` IRPending means: no copy in the vault yet."""
    said = properties(resource)
    extended = part(said, "extendedInfo")
    return {
        **_alike(resource, said, extended),
        "computer_name": said.get("computerName"),
        "last_backup_status": said.get("lastBackupStatus"),
        "last_backup_time": moment(said.get("lastBackupTime")),
    }


def engine_item_from(resource: Mapping[str, Any]) -> dict[str, Any]:
    """What a DPM or MABS protects (DPMProtectedItem); the counts are of recovery points in the vault, not on its disks."""
    said = properties(resource)
    extended = part(said, "extendedInfo")
    return {
        **_alike(resource, said, extended),
        "engine_name": said.get("backupEngineName"),
        "protection_group": extended.get("protectionGroupName"),
        "in_vault": extended.get("isPresentOnCloud"),
        "last_backup_status": extended.get("lastBackupStatus"),
        "last_refreshed": moment(extended.get("lastRefreshedAt")),
        "workload_type": said.get("workloadType"),
    }


def _alike(resource: Mapping[str, Any], said: Mapping[str, Any], extended: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": resource.get("id"),
        "name": resource.get("name"),
        "friendly_name": said.get("friendlyName"),
        "protection_state": said.get("protectionState"),
        "last_recovery_point": moment(said.get("lastRecoveryPoint")),
        "oldest_recovery_point": moment(extended.get("oldestRecoveryPoint")),
        "recovery_point_count": extended.get("recoveryPointCount"),
        "soft_deleted": bool(said.get("isScheduledForDeferredDelete")),
        "deleted_at": moment(said.get("deferredDeleteTimeInUTC")),
        "deletion_remaining": said.get("deferredDeleteTimeRemaining") or None,
    }


def engine_from(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A DPM or MABS that is registered with the vault; disk space in GB, as the service has it."""
    said = properties(resource)
    extended = part(said, "extendedInfo")
    return {
        "name": name_of(resource),
        "product": PRODUCT_OF.get(str(said.get("backupEngineType")), said.get("backupEngineType")),
        "version": said.get("dpmVersion"),
        "upgrade_available": said.get("isDpmUpgradeAvailable"),
        "agent_version": said.get("azureBackupAgentVersion"),
        "agent_upgrade_available": said.get("isAzureBackupAgentUpgradeAvailable"),
        "registered": said.get("registrationStatus") == "Registered",
        "state": said.get("backupEngineState"),
        "health": said.get("healthStatus"),
        "protected_items": extended.get("protectedItemsCount"),
        "protected_servers": extended.get("protectedServersCount"),
        "disk_used": extended.get("usedDiskSpace"),
        "disk_available": extended.get("availableDiskSpace"),
        "last_refreshed": moment(extended.get("refreshedAt")),
    }


def job_from(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A job of the backup service. A MARS job may show as InProgress for up to 30 days after its agent crashed."""
    said = properties(resource)
    extended = part(said, "extendedInfo")
    errors = [one for one in parts(said, "errorDetails") if one.get("errorString")]
    return {
        "id": resource.get("name"),
        "item": said.get("entityFriendlyName"),
        "server": said.get(SERVER_OF.get(str(said.get("jobType")), "")),
        "operation": said.get("operation"),
        "status": said.get("status"),
        "workload_type": said.get("workloadType"),
        "started_at": moment(said.get("startTime")),
        "ended_at": moment(said.get("endTime")),
        "duration": said.get("duration"),
        "errors": [{"message": one["errorString"], "recommendations": texts(one, "recommendations")} for one in errors],
        "details": {name: str(value) for name, value in part(extended, "propertyBag").items()},
    }


def usage_from(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"current_value": said.get("currentValue"), "limit": said.get("limit"), "unit": said.get("unit")}


def deleted_vault_from(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A vault that was deleted and can still be brought back."""
    said = properties(resource)
    return {
        "vault_id": said.get("vaultId"),
        "deleted_at": moment(said.get("vaultDeletionTime")),
        "purged_at": moment(said.get("purgeAt")),
    }


def named(what: str, found: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """`found`, or a Failure where one of it does not say which one it is: it could be any, and hide the one that is looked for."""
    nameless = next((number for number, one in enumerate(found, 1) if not name_of(one)), None)
    if nameless is None:
        return found
    cure = "run again; if it stays so, report it with the output of -vvvv"
    raise Failure(f"Failed to {what}: entry {nameless} of the answer has no name. Cure: {cure}.", what=what, seen=None, cure=cure)


def name_of(resource: Mapping[str, Any]) -> Any:
    """How people know a thing; else the name of its resource, which a usage has as a text for programs and one for people."""
    said = part(resource, "properties").get("friendlyName") or resource.get("name")
    return said.get("value") if isinstance(said, Mapping) else said


def properties(resource: Any) -> Mapping[str, Any]:
    """The `properties` of a resource; a Failure where the answer is none."""
    said = resource.get("properties") if isinstance(resource, Mapping) else resource
    if isinstance(resource, Mapping) and said is None:
        return {}
    if not isinstance(said, Mapping) or not isinstance(resource, Mapping):
        raise Failure(
            f"Azure's answer about the vault is not what its API describes: {str(resource)[:120]!r} stands where a resource should. "
            "Look whether a proxy answers in place of Azure, and run again.",
            field="properties",
            seen=str(resource)[:120],
            cure="look whether a proxy answers in place of Azure, and run again",
        )
    return said


def part(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object called `name`; empty where the service left it out or put something else there."""
    found = said.get(name)
    return found if isinstance(found, Mapping) else {}


def parts(said: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in the list called `name`."""
    found = said.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def texts(said: Mapping[str, Any], name: str) -> list[str]:
    """The texts in the list called `name`."""
    found = said.get(name)
    return [str(one) for one in found] if isinstance(found, list) else []


def moment(text: Any) -> str | None:
    """UTC text; None for nothing and for .NET's empty time, 0001-01-01."""
    return times.iso(times.parse(text)) if text and not str(text).startswith("0001-") else None
