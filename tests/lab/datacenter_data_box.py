# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the datacenter does with the jobs of Microsoft.DataBox.

Stages, copy states and names of logs: databox.json (StageName, CopyStatus) and azure-docs, storage-import-export-view-drive-status.
How long each takes, which copy state a fault of a drive becomes and with which stage a job ends is assumed (tests/lab/README.md).
"""

from __future__ import annotations

import datetime
from typing import Any

from .azure import copy_log_rootless as log
from .azure.blobs import Blobs
from .azure.data_box_told import SHIPPED, account_of
from .azure.drive_copier import FORBIDDEN, Copier, checksum, nothing_more
from .azure.state import State
from .clock import parse
from .datacenter_faults import named
from .datacenter_import_export import COPYING, NEVER_RECEIVED_AFTER, UNPACKING
from .parcels import ON_ITS_WAY, Parcels

PACKING = datetime.timedelta(days=1)
ON_ITS_WAY_BACK = datetime.timedelta(days=1)
NOT_RECEIVED = "DriveNotReceived"
COPIED = ("Completed", "CompletedWithErrors")
# Status of a drive as the copier finds it -> copyStatus of the API.
COPY_STATUS = {
    "Completed": "Completed",
    "CompletedWithWarnings": "Completed",
    "CompletedWithErrors": "CompletedWithErrors",
    FORBIDDEN: "StorageAccountNotAccessible",
    "BitLockerNotActivated": "DeviceFormatted",
    "BitLockerVolumeNotFound": "DeviceFormatted",
    "VolumeNotNtfs": "UnsupportedDrive",
    "ManifestNotFound": "MetadataFilesModifiedOrRemoved",
    "ManifestCorrupted": "MetadataFilesModifiedOrRemoved",
    "ManifestDriveIdMismatch": "MetadataFilesModifiedOrRemoved",
    "ManifestFormatInvalid": "UnsupportedData",
}
OTHER_FAULT = "OtherUserError"
# How the copy of a whole job went -> (status of the stage DataCopy, last stage of the job).
OUTCOMES = {
    "good": ("Succeeded", "Completed"),
    "renamed": ("SucceededWithWarnings", "CompletedWithWarnings"),
    "errors": ("SucceededWithErrors", "CompletedWithErrors"),
    "nothing": ("Failed", "Failed_IssueDetectedAtAzureDC"),
    "no drive": ("Failed", "Aborted"),
}


class DataBoxJobs:
    """Moves every job of Microsoft.DataBox; `tick` does what is due."""

    def __init__(self, state: State, blobs: Blobs, parcels: Parcels, copier: Copier) -> None:
        self._state, self._blobs, self._parcels, self._copier = state, blobs, parcels, copier
        self._steps = {
            SHIPPED: self._wait_for_parcel,
            "AtAzureDC": self._unpack,
            "DataCopy": self._copy,
            "PreparingToShipFromAzureDC": self._send_back,
            "ShippedToCustomer": self._end,
        }

    def tick(self) -> None:
        """Do what is due."""
        for job in list(self._state["data_box_jobs"].values()):
            step = self._steps.get(job["status"])
            if step:
                step(job)

    def _move(self, job: dict[str, Any], status: str) -> None:
        with self._state.changed(f"job {job['name']}: {job['status']} -> {status}"):
            job["status"], job["since"] = status, self._state.now()
            job.setdefault("stages", {})[status] = job["since"]

    def _since(self, job: dict[str, Any]) -> datetime.timedelta:
        return self._state.clock.now() - parse(job["since"])

    def _wait_for_parcel(self, job: dict[str, Any]) -> None:
        parcel, serials = self._parcels.of(job["parcel"]["trackingId"]), job["details"]["importDiskDetailsCollection"]
        if parcel and self._state.clock.now() >= parse(parcel["handed_over"]) + ON_ITS_WAY:
            parcel["received"] = self._state.now()
            job["drives"] = {name: _fresh("NotStarted" if self._parcels.has(parcel, name) else NOT_RECEIVED) for name in serials}
            self._move(job, "AtAzureDC")
        elif self._since(job) >= NEVER_RECEIVED_AFTER and not job.get("drives"):
            with self._state.changed("drives never received", job=job["name"]):
                job["drives"] = {name: _fresh(NOT_RECEIVED) for name in serials}

    def _unpack(self, job: dict[str, Any]) -> None:
        if self._since(job) < UNPACKING:
            return
        here = [name for name, drive in job["drives"].items() if drive["status"] != NOT_RECEIVED]
        for name in here:
            job["drives"][name] = _fresh("InProgress")
        if here:
            self._move(job, "DataCopy")
            return
        job["copied"], last = OUTCOMES["no drive"]
        self._parcels.come_back(self._parcels.of(job["parcel"]["trackingId"]))
        self._move(job, last)

    def _copy(self, job: dict[str, Any]) -> None:
        share = min(1.0, self._since(job) / COPYING)
        with self._state.changed():
            for name, drive in job["drives"].items():
                if drive["status"] == "InProgress":
                    self._copy_drive(job, name, drive, share)
        if not any(drive["status"] == "InProgress" for drive in job["drives"].values()):
            job["copied"] = OUTCOMES[_outcome(job)][0]
            self._move(job, "PreparingToShipFromAzureDC")

    def _copy_drive(self, job: dict[str, Any], name: str, drive: dict[str, Any], share: float) -> None:
        ordered = {**job["details"]["importDiskDetailsCollection"][name], "driveId": name}
        ended = self._copier.go_on(account_of(job), ordered, drive["work"], share, checksum if _verbose(job) else nothing_more)
        if ended is None:
            return
        status, manifest = ended
        drive["status"] = COPY_STATUS.get(status, OTHER_FAULT)
        if any(blob["disposition_status"] == "Skipped" for blob in drive["work"]["blobs"]):
            drive["status"] = "CompletedWithErrors"
        if drive["status"] not in COPIED:
            drive["error"] = {"code": status, "message": f"The data of the drive {name} could not be copied: {status}."}
        if status != FORBIDDEN:
            self._write_logs(job, name, drive, manifest)

    def _write_logs(self, job: dict[str, Any], name: str, drive: dict[str, Any], manifest: bytes) -> None:
        """Write the logs; their addresses are kept relative to the account's blob endpoint."""
        blobs, account = named(drive["work"]["blobs"]), self._copier.account(account_of(job))["name"]
        contents = {"errorLogLink": ("CopyLog", log.copy_log(job["order"], name, drive["status"], blobs))}
        if _verbose(job) and blobs:
            contents["verboseLogLink"] = ("VerboseLog", log.verbose_log(blobs))
        if job["details"]["enableManifestBackup"] and manifest:
            contents["backupManifestCloudPath"] = ("Manifest", manifest)
        for link, (kind, content) in contents.items():
            drive["logs"][link] = f"{log.CONTAINER}/{log.name(job['name'], name, kind, job['order'])}"
            self._blobs.write(account, log.CONTAINER, drive["logs"][link].partition("/")[2], content)

    def _send_back(self, job: dict[str, Any]) -> None:
        if self._since(job) < PACKING:
            return
        count = sum(drive["status"] != NOT_RECEIVED for drive in job["drives"].values())
        job["way_back"] = f"RET{job['name'].upper()}{count:02d}"
        self._move(job, "ShippedToCustomer")

    def _end(self, job: dict[str, Any]) -> None:
        if self._since(job) < ON_ITS_WAY_BACK:
            return
        self._parcels.come_back(self._parcels.of(job["parcel"]["trackingId"]))
        self._move(job, OUTCOMES[_outcome(job)][1])


def _fresh(status: str) -> dict[str, Any]:
    return {"status": status, "work": {"blobs": [], "bytes": 0}, "logs": {}}


def _verbose(job: dict[str, Any]) -> bool:
    return job["details"]["dataImportDetails"][0].get("logCollectionLevel") == "Verbose"


def _outcome(job: dict[str, Any]) -> str:
    drives = list(job["drives"].values())
    if all(drive["status"] not in COPIED for drive in drives):
        return "nothing"
    if any(drive["status"] != "Completed" for drive in drives):
        return "errors"
    renamed = any(blob["disposition_status"] == "Renamed" for drive in drives for blob in drive["work"]["blobs"])
    return "renamed" if renamed else "good"
