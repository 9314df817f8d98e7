# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the datacenter does with the jobs of Microsoft.ImportExport.

How long each step takes is assumed (documented: 1-3 business days until Received, 7-10 days of copying as an aim, 2-3 days of way back).
"""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from .azure import copy_log
from .azure import copy_log_rootless as rootless
from .azure.blobs import Blobs
from .azure.drive_copier import FAULTLESS, FORBIDDEN, Copier, Look, checksum, not_faultless, nothing_more, succeeded
from .azure.state import State
from .clock import parse, stamp
from .datacenter_faults import Faults, named
from .parcels import ON_ITS_WAY, Parcels

UNPACKING = datetime.timedelta(days=1)
COPYING = datetime.timedelta(days=2)
PACKING = datetime.timedelta(days=2)
NEVER_RECEIVED_AFTER = datetime.timedelta(days=14)


class ImportExportJobs:
    """Moves every job of Microsoft.ImportExport; `tick` does what is due."""

    def __init__(self, state: State, blobs: Blobs, parcels: Parcels, copier: Copier) -> None:
        self._state, self._blobs, self._parcels, self._copier = state, blobs, parcels, copier
        self._steps = {
            "Shipping": self._wait_for_parcel,
            "Received": self._unpack,
            "Transferring": self._copy,
            "Packaging": self._send_back,
        }

    def tick(self) -> None:
        """Do what is due."""
        for job in list(self._state["jobs"].values()):
            step = self._steps.get(job["properties"]["state"])
            if step:
                step(job)

    def _move(self, job: dict[str, Any], state: str) -> None:
        with self._state.changed(f"job {job['name']}: {job['properties']['state']} -> {state}"):
            job["properties"]["state"] = state
            job["state_since"] = job["updated"] = self._state.now()

    def _since(self, job: dict[str, Any]) -> datetime.timedelta:
        return self._state.clock.now() - parse(job["state_since"])

    def _parcel(self, job: dict[str, Any]) -> dict[str, Any] | None:
        return self._parcels.of(job["properties"]["deliveryPackage"]["trackingNumber"])

    def _wait_for_parcel(self, job: dict[str, Any]) -> None:
        parcel = self._parcel(job)
        if parcel and self._state.clock.now() >= parse(parcel["handed_over"]) + ON_ITS_WAY:
            parcel["received"] = self._state.now()
            self._set_drives(job, lambda drive: "Received" if self._parcels.has(parcel, drive["driveId"]) else "NeverReceived")
            self._move(job, "Received")
        elif self._since(job) >= NEVER_RECEIVED_AFTER:
            self._set_drives(job, lambda drive: "NeverReceived")

    def _set_drives(self, job: dict[str, Any], word: Any) -> None:
        wanted = {drive["driveId"]: word(drive) for drive in job["properties"]["driveList"]}
        if any(drive["state"] != wanted[drive["driveId"]] for drive in job["properties"]["driveList"]):
            with self._state.changed("drives", job=job["name"], states=wanted):
                for drive in job["properties"]["driveList"]:
                    drive["state"] = wanted[drive["driveId"]]

    def _unpack(self, job: dict[str, Any]) -> None:
        if self._since(job) < UNPACKING:
            return
        here = [drive for drive in job["properties"]["driveList"] if drive["state"] == "Received"]
        for drive in here:
            drive.update(state="Transferring", copyStatus="Transferring", percentComplete=0, bytesSucceeded=0)
        job["work"] = {drive["driveId"]: {"blobs": [], "bytes": 0} for drive in here}
        job["properties"]["percentComplete"] = 0
        self._move(job, "Transferring" if here else "Packaging")

    def _copy(self, job: dict[str, Any]) -> None:
        share = min(1.0, self._since(job) / COPYING)
        drives = [drive for drive in job["properties"]["driveList"] if drive["state"] == "Transferring"]
        with self._state.changed():
            for drive in drives:
                self._copy_drive(job, drive, share)
            done = [drive.get("percentComplete", 100) for drive in job["properties"]["driveList"] if drive["driveId"] in job["work"]]
            job["properties"]["percentComplete"] = sum(done) // len(done)
        if not any(drive["state"] == "Transferring" for drive in drives):
            self._move(job, "Packaging")

    def _copy_drive(self, job: dict[str, Any], drive: dict[str, Any], share: float) -> None:
        """Copy as much of a drive as its time allows; the last of it ends with the logs."""
        work = job["work"][drive["driveId"]]
        ended = self._copier.go_on(job["properties"]["storageAccountId"], drive, work, share, self._look(drive))
        if "total" in work:
            drive["bytesSucceeded"] = succeeded(work["blobs"])
            drive["percentComplete"] = 100 * work["bytes"] // max(1, work["total"])
        if ended:
            self._finish_drive(job, drive, *ended)

    def _look(self, drive: dict[str, Any]) -> Look:
        """Logs of 2021-08-01 tell a checksum of each file."""
        return checksum if Faults(self._state, drive["driveId"]).log["version"] == rootless.VERSION else nothing_more

    def _finish_drive(self, job: dict[str, Any], drive: dict[str, Any], status: str, manifest: bytes) -> None:
        drive["copyStatus"] = status
        drive["percentComplete"] = 100
        drive["state"] = "Completed" if status in FAULTLESS else "CompletedMoreInfo"
        if status != FORBIDDEN:
            drive.update(self._write_logs(job, drive, status, manifest))

    def _write_logs(self, job: dict[str, Any], drive: dict[str, Any], status: str, manifest: bytes) -> dict[str, str]:
        """Write the logs; {errorLogUri, verboseLogUri?, manifestUri?}, each relative to the account's blob endpoint."""
        blobs = named(job["work"][drive["driveId"]]["blobs"])
        error, verbose = self._logs(job, drive["driveId"], status, blobs)
        account = self._copier.account(job["properties"]["storageAccountId"])
        contents = {"errorLogUri": ("error", error)}
        if job["properties"]["logLevel"] == "Verbose":
            contents["verboseLogUri"] = ("verbose", verbose)
        if job["properties"]["backupDriveManifest"] and manifest:
            contents["manifestUri"] = ("manifest", manifest)
        container, _unused, folder = job["properties"]["diagnosticsPath"].strip("/").partition("/")
        told = {}
        for uri, (kind, content) in contents.items():
            name = "/".join(filter(None, [folder, copy_log.name(job["name"], drive["driveId"], self._state.clock.now(), kind)]))
            self._blobs.write(account["name"], container, name, content)
            told[uri] = f"{container}/{name}"
        return told

    def _logs(self, job: dict[str, Any], serial: str, status: str, blobs: list[dict[str, Any]]) -> tuple[bytes, bytes]:
        """Error log and verbose log."""
        wanted = Faults(self._state, serial).log
        version = wanted["version"] or copy_log.VERSION
        if version == rootless.VERSION:
            order = str(uuid.uuid5(uuid.NAMESPACE_URL, job["name"]))
            return rootless.copy_log(order, serial, status, blobs), rootless.verbose_log(blobs)
        logs = [copy_log.render(serial, status, those, version, hashes=wanted["hashes"]) for those in (not_faultless(blobs), blobs)]
        return logs[0], logs[1]

    def _send_back(self, job: dict[str, Any]) -> None:
        if self._since(job) < PACKING:
            return
        properties = job["properties"]
        faultless = all(drive["state"] == "Completed" for drive in properties["driveList"])
        back = [drive for drive in properties["driveList"] if drive["state"] != "NeverReceived"]
        for drive in back:
            drive["state"] = "ShippedBack"
        if back:
            properties["returnPackage"] = {
                "carrierName": properties["returnShipping"]["carrierName"], "trackingNumber": f"RET{job['name'].upper()}{len(back):02d}",
                "driveCount": len(back), "shipDate": stamp(self._state.clock.now()),
            }  # fmt: skip
        self._parcels.come_back(self._parcel(job))
        self._move(job, "Completed" if faultless else "Closed")
