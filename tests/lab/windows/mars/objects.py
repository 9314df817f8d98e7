# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's state as the objects of its commands (Microsoft.Internal.CloudBackup.*). Members: those met in Microsoft's own scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...clock import parse
from ..answer import moment

if TYPE_CHECKING:
    from .agent import Agent

COMMANDS = "Microsoft.Internal.CloudBackup.Commands"


def _span(text: str) -> dict[str, float]:
    hours, minutes = text.split(":")
    return {"_timespan": int(hours) * 3600 + int(minutes) * 60}


def policy(agent: Agent) -> dict[str, Any]:
    """CBPolicy."""
    p = agent.policy
    return {
        "_type": f"{COMMANDS}.OBPolicy",
        "PolicyName": p["name"],
        "State": p["state"],
        "PolicyState": p["policy_state"],
        "BackupSchedule": schedule(agent),
        "DsList": [datasource(agent, d) for d in p["datasources"]],
        "RetentionPolicy": retention(agent),
    }


def schedule(agent: Agent) -> dict[str, Any]:
    """CBSchedule."""
    p = agent.policy
    return {
        "_type": f"{COMMANDS}.OBSchedule",
        "SchedulePolicyName": p["name"],
        "ScheduleRunDays": p["days"],
        "ScheduleRunTimes": [_span(t) for t in p["times"]],
        "ScheduleWeeklyFrequency": 1,
        "State": p["state"],
    }


def retention(agent: Agent) -> dict[str, Any]:
    """CBRetentionPolicy."""
    p = agent.policy
    return {
        "_type": f"{COMMANDS}.OBRetentionPolicy",
        "RetentionDays": p["retention_days"],
        "RetentionPolicyName": p["name"],
        "State": p["state"],
        "WeeklyLTRSchedule": None,
        "MonthlyLTRSchedule": None,
        "YearlyLTRSchedule": None,
    }


def datasource(agent: Agent, source: dict[str, Any]) -> dict[str, Any]:
    """CBDataSource with its file specification."""
    return {
        "_type": f"{COMMANDS}.OBDatasource",
        "DataSourceId": int(source["id"]),
        "DataSourceName": source["name"],
        "WriterId": "00000000-0000-0000-0000-000000000000",
        "ApplicationId": "00000000-0000-0000-0000-000000000000",
        "FileSpec": [file_spec(agent, source)],
    }


def file_spec(agent: Agent, source: dict[str, Any]) -> dict[str, Any]:
    """CBFileSpec."""
    partition = agent.host.storage.lettered(source["name"][0])
    return {
        "_type": f"{COMMANDS}.OBFileSpec",
        "FileName": "*",
        "FilePath": partition.volume.path if partition else "",
        "FileSpec": source["name"],
        "IsExclude": False,
        "IsRecursive": True,
    }


def initial_backup(values: dict[str, Any] | None) -> dict[str, Any]:
    """IBMethod; members assumed to be those of DPM's OfflineBackupParams."""
    v = values or {}
    parameters = {
        "StagingLocation": v.get("staging_path"),
        "AzureStorageAccount": v.get("storage_account"),
        "AzureStorageContainer": v.get("container"),
        "AzureSubscriptionID": v.get("subscription_id"),
        "AzureImportJobName": v.get("import_job_name"),
        "AzurePublishSettingsFile": None,
    }
    return {
        "_type": f"{COMMANDS}.IBMethod",
        "IBMethod": v.get("method", "Network"),
        **parameters,
        "OfflineBackupParams": {"_type": f"{COMMANDS}.OfflineBackupParams", **parameters} if values else None,
    }


def job(entry: dict[str, Any]) -> dict[str, Any]:
    """OBJob with its status and the status of its data source."""
    error = {"_type": f"{COMMANDS}.ErrorInfo", "ErrorCode": entry["error"], "DetailedErrorCode": 0, "ErrorParamList": []}
    of_source = {
        "_type": f"{COMMANDS}.DatasourceStatus",
        "JobState": entry["state"],
        "ErrorInfo": error,
        "Datasource": {
            "_type": f"{COMMANDS}.OBDatasource",
            "DataSourceName": entry["datasource"],
            "DataSourceId": int(entry["datasource_id"]),
        },
        "ByteProgress": {
            "_type": f"{COMMANDS}.ByteProgress",
            "Progress": entry["progress"],
            "Changed": entry["changed"],
            "Total": entry["total"],
        },
        "FileProgress": {"_type": f"{COMMANDS}.FileProgress", "Changed": 0, "Total": 0},
    }
    return {
        "_type": f"{COMMANDS}.OBJob",
        "JobId": entry["id"],
        "JobType": entry["type"],
        "JobStatus": {
            "_type": f"{COMMANDS}.JobStatus",
            "JobState": entry["state"],
            "StartTime": moment(parse(entry["start"])),
            "EndTime": moment(parse(entry["end"])) if entry["end"] else None,
            "ErrorInfo": error,
            "DatasourceStatus": [of_source],
        },
    }


def recovery_point(point: dict[str, Any]) -> dict[str, Any]:
    """OBBackupInfo."""
    return {"_type": f"{COMMANDS}.OBBackupInfo", "BackupTime": moment(parse(point["time"])), "DataSources": point["datasource"]}


def machine_setting(agent: Agent) -> dict[str, Any]:
    """OBMachineSetting."""
    return {
        "_type": f"{COMMANDS}.OBMachineSetting",
        "EncryptionSetting": {
            "_type": f"{COMMANDS}.EncryptionSetting",
            "EncryptionKeyStatus": "Set" if agent.setup["passphrase_set"] else "NotSet",
        },
        "ProxySetting": {"_type": f"{COMMANDS}.ProxySetting", "Enabled": False, "ProxyServer": "", "ProxyPort": 0},
        "ThrottlingSetting": None,
    }
