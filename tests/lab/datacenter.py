# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The datacenter: parcels arrive, drives are copied, jobs move on. Driven by the lab's clock, an hour at a time.

How long each step takes is assumed (documented: 1-3 business days until Received, 7-10 days of copying as an aim, 2-3 days of way back).
"""

from __future__ import annotations

import datetime
from typing import Any

from .azure import copy_log
from .azure.blobs import Blobs
from .azure.drive_copy import DriveRefused, copy_blob, open_drive
from .azure.state import State
from .clock import parse, stamp

ON_ITS_WAY = datetime.timedelta(days=3)
UNPACKING = datetime.timedelta(days=1)
COPYING = datetime.timedelta(days=2)
PACKING = datetime.timedelta(days=2)
NEVER_RECEIVED_AFTER = datetime.timedelta(days=14)
FAULTLESS = ("Completed",)


class Datacenter:
    """Moves every import job of the lab. `network` has the drives that people have handed over on its shelf."""

    def __init__(self, state: State, blobs: Blobs, network: Any) -> None:
        self._state, self._blobs, self._network = state, blobs, network
        self._steps = {
            "Shipping": self._wait_for_parcel,
            "Received": self._unpack,
            "Transferring": self._copy,
            "Packaging": self._send_back,
        }

    def hand_over(self, serials: list[str], carrier: str, tracking_number: str) -> dict[str, Any]:
        """A parcel with drives (they lie on the shelf) is on its way."""
        key = tracking_number.strip().upper()
        if key in self._state["parcels"]:
            raise ValueError(f"a parcel with the tracking number {tracking_number} is already on its way; carriers give each number once")
        for serial in serials:
            if self.holds(serial):
                raise ValueError(f"drive {serial} left in parcel {self.holds(serial)} and has not come back")
        parcel = {
            "carrier": carrier,
            "tracking_number": tracking_number,
            "serials": serials,
            "handed_over": self._state.now(),
            "received": None,
            "returned": None,
        }
        with self._state.changed("parcel handed over", tracking_number=tracking_number, serials=serials):
            self._state["parcels"][key] = parcel
        return parcel

    def holds(self, serial: str) -> str | None:
        """The tracking number of the parcel in which a drive left and has not come back, or None."""
        out = [parcel for parcel in self._state["parcels"].values() if serial in parcel["serials"] and not parcel["returned"]]
        return out[0]["tracking_number"] if out else None

    def tick(self) -> None:
        """Do what is due."""
        with self._network.lock, self._state.lock:
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

    def _wait_for_parcel(self, job: dict[str, Any]) -> None:
        parcel = self._parcel(job)
        if parcel and self._state.clock.now() >= parse(parcel["handed_over"]) + ON_ITS_WAY:
            self._receive(job, parcel)
        elif self._since(job) >= NEVER_RECEIVED_AFTER:
            self._set_drives(job, lambda drive: "NeverReceived")

    def _parcel(self, job: dict[str, Any]) -> dict[str, Any] | None:
        return self._state["parcels"].get(job["properties"]["deliveryPackage"]["trackingNumber"].strip().upper())

    def _receive(self, job: dict[str, Any], parcel: dict[str, Any]) -> None:
        parcel["received"] = self._state.now()
        self._set_drives(job, lambda drive: "Received" if drive["driveId"] in parcel["serials"] else "NeverReceived")
        self._move(job, "Received")

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
        disk = self._network.on_shelf(drive["driveId"])
        try:
            self._refuse_without_access(job)
            folder, manifest, content = open_drive(disk, drive)
        except DriveRefused as refused:
            self._finish_drive(job, drive, refused.status, b"")
            return
        for blob in manifest.blobs[len(work["blobs"]) :]:
            if work["bytes"] > share * manifest.bytes:
                break
            work["blobs"].append(copy_blob(self._blobs, self._account(job)["name"], folder, blob))
            work["bytes"] += sum(part.length for part in blob.ranges)
            drive["bytesSucceeded"] = _succeeded(work["blobs"])
            drive["percentComplete"] = 100 * work["bytes"] // max(1, manifest.bytes)
        disk.lock()
        if len(work["blobs"]) == len(manifest.blobs) and share >= 1.0:
            self._finish_drive(job, drive, _drive_status(work["blobs"]), content)

    def _account(self, job: dict[str, Any]) -> dict[str, Any] | None:
        return self._state["accounts"].get(job["properties"]["storageAccountId"].rsplit("/", 1)[-1].lower())

    def _refuse_without_access(self, job: dict[str, Any]) -> None:
        """The service writes with the account's key and comes from Azure's own addresses."""
        account = self._account(job)
        if account is None:
            raise DriveRefused("BlobRequestForbidden")
        rules = account["properties"]["networkAcls"]
        shut = rules["defaultAction"] == "Deny" and "AzureServices" not in rules["bypass"]
        if shut or account["properties"]["allowSharedKeyAccess"] is False or account["properties"]["publicNetworkAccess"] == "Disabled":
            raise DriveRefused("BlobRequestForbidden")

    def _finish_drive(self, job: dict[str, Any], drive: dict[str, Any], status: str, manifest: bytes) -> None:
        drive["copyStatus"] = status
        drive["percentComplete"] = 100
        drive["state"] = "Completed" if status in FAULTLESS else "CompletedMoreInfo"
        if status != "BlobRequestForbidden":
            drive.update(self._write_logs(job, drive, status, manifest))

    def _write_logs(self, job: dict[str, Any], drive: dict[str, Any], status: str, manifest: bytes) -> dict[str, str]:
        """Write the logs; {errorLogUri, verboseLogUri?, manifestUri?}, each relative to the account's blob endpoint."""
        blobs = job["work"][drive["driveId"]]["blobs"]
        contents = {"errorLogUri": ("error", copy_log.render(drive["driveId"], status, copy_log.errors_only(blobs)))}
        if job["properties"]["logLevel"] == "Verbose":
            contents["verboseLogUri"] = ("verbose", copy_log.render(drive["driveId"], status, blobs))
        if job["properties"]["backupDriveManifest"] and manifest:
            contents["manifestUri"] = ("manifest", manifest)
        container, _unused, folder = job["properties"]["diagnosticsPath"].strip("/").partition("/")
        told = {}
        for uri, (kind, content) in contents.items():
            name = "/".join(filter(None, [folder, copy_log.name(job["name"], drive["driveId"], self._state.clock.now(), kind)]))
            self._blobs.write(self._account(job)["name"], container, name, content)
            told[uri] = f"{container}/{name}"
        return told

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
        parcel = self._parcel(job)
        if parcel:
            parcel["returned"] = self._state.now()
        self._move(job, "Completed" if faultless else "Closed")


def _succeeded(blobs: list[dict[str, Any]]) -> int:
    return sum(part["length"] for blob in blobs for part in blob["ranges"] if part["status"] == "Completed")


def _drive_status(blobs: list[dict[str, Any]]) -> str:
    if any(blob["status"] != "Completed" for blob in blobs):
        return "CompletedWithErrors"
    return "CompletedWithWarnings" if copy_log.errors_only(blobs) else "Completed"
