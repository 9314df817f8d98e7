# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of the backup service: one for each recovery point and last backup of a protected item, and those that were published by hand."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import Any

from ..clock import parse
from .messages import ArmError, Request, Response
from .vaults_backup import wanted
from .vaults_known import PATH, TYPE, find, paged, vault_id, within

JOBS_A_PAGE = 50
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) (AM|PM)")
KINDS = {"MAB": ("MabJob", "mabServerName"), "DPM": ("DpmJob", "dpmServerName"), "AzureBackupServer": ("DpmJob", "dpmServerName")}
STATUS_OF = {"CompletedWithWaitingForImportJob": "CompletedWithWarnings", "": "InProgress"}


def jobs(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """Jobs of one management type between two times, newest first."""
    known = find(cloud, group, vault)
    asked = wanted(request)
    managed = next((name for name in KINDS if name.lower() == asked["backupManagementType"].lower()), None)
    since, until = (_moment(asked[name]) if name in asked else None for name in ("startTime", "endTime"))
    all_of_them = [*(_of_items(cloud, known) if managed == "MAB" else ()), *(known.get("jobs") or ())]
    found = [
        job for job in all_of_them
        if job["managed"] == managed and (since is None or since <= parse(job["start"])) and (until is None or parse(job["start"]) <= until)
    ]  # fmt: skip
    return paged(request, [_described(known, job) for job in sorted(found, key=lambda job: job["start"], reverse=True)], JOBS_A_PAGE)


def _moment(text: str) -> datetime.datetime:
    """A time of a filter, 12 hours with AM and PM; any other form is refused, as the service does."""
    found = TIME.fullmatch(text)
    if not found:
        raise ArmError(400, "BMSUserErrorInvalidInput", "Input provided for the call is invalid", target="$filter")
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    hour = hour % 12 + (12 if found[7] == "PM" else 0)
    return datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.timezone.utc)


def _of_items(cloud: Any, vault: dict[str, Any]) -> list[dict[str, Any]]:
    """The backups that the items tell of."""
    found = []
    for item in within(cloud, "mab_items", vault):
        runs = dict.fromkeys(item["recovery_points"], "Completed")
        if item["last_backup_time"]:
            word = item["last_backup_status"] or ""
            runs[item["last_backup_time"]] = STATUS_OF.get(word, word)
        found += [
            {
                "managed": "MAB",
                "item": item["name"],
                "server": item["computer"],
                "operation": "Backup",
                "status": status,
                "start": at,
                "end": at,
            }
            for at, status in runs.items()
        ]
    return found


def _described(vault: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    kind, server = KINDS[job["managed"]]
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{vault_id(vault)}|{job['server']}|{job['item']}|{job['start']}"))
    told: dict[str, Any] = {
        "jobType": kind,
        "entityFriendlyName": job["item"],
        "backupManagementType": job["managed"],
        "operation": job["operation"],
        "status": job["status"],
        "startTime": job["start"],
        "activityId": name,
        "workloadType": "FileFolder",
        server: job["server"],
    }
    if job["status"] != "InProgress":
        told |= {"endTime": job["end"], "duration": "PT1M"}
    if job.get("error"):
        told["errorDetails"] = [{"errorString": job["error"], "recommendations": ["Run the backup again."]}]
    return {"id": f"{vault_id(vault)}/backupJobs/{name}", "name": name, "type": f"{TYPE}/backupJobs", "properties": told}


ROUTES = [("GET", PATH + "/{vault}/backupJobs", jobs)]
