# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a drive of a job has come in the datacenter: as much is copied as its time allows. One copier for both job services.

A drive's `work` lies in its job, JSON-ready, so that a saved lab goes on where it was: {blobs: [entries of `drive_copy.copy_blob`], bytes}.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

from ..crc64 import Crc64
from ..datacenter_faults import Faults
from .blobs import Blobs
from .drive_copy import DriveRefused, copy_blob, inside, open_drive
from .drive_manifest import Blob
from .state import State

FORBIDDEN = "BlobRequestForbidden"
FAULTLESS = ("Completed",)
BLOCK = 1 << 20
Look = Callable[[pathlib.Path, Blob], dict[str, Any]]


def nothing_more(folder: pathlib.Path, blob: Blob) -> dict[str, Any]:
    """What the logs of Microsoft.ImportExport tell of a file beyond its ranges."""
    return {}


def checksum(folder: pathlib.Path, blob: Blob) -> dict[str, Any]:
    """The checksum that the verbose log tells of a file: {crc64}; empty where the file is not there."""
    path, total = inside(folder, blob.file), Crc64()
    if not path.is_file():
        return {}
    with open(path, "rb") as stream:
        while block := stream.read(BLOCK):
            total.update(block)
    return {"crc64": total.number()}


class Copier:
    """Copies drives that lie on the shelf of `network`."""

    def __init__(self, state: State, blobs: Blobs, network: Any) -> None:
        self._state, self._blobs, self._network = state, blobs, network

    def go_on(
        self, account_id: str, drive: dict[str, Any], work: dict[str, Any], share: float, look: Look = nothing_more
    ) -> tuple[str, bytes] | None:
        """Copy until `share` of the drive is done; None, or at the end the drive's status and the bytes of its manifest.

        `drive`: {driveId, bitLockerKey, manifestFile, manifestHash}. `look` adds to a blob's entry what only the open drive can tell.
        """
        disk = self._disk(drive["driveId"])
        try:
            account = self._open_account(account_id)
            folder, manifest, content = open_drive(disk, drive)
        except DriveRefused as refused:
            return refused.status, b""
        work.update(total=manifest.bytes, files=len(manifest.blobs))
        faults = Faults(self._state, drive["driveId"])
        faults.in_transit(folder, manifest)
        for number, blob in list(enumerate(manifest.blobs))[len(work["blobs"]) :]:
            if work["bytes"] > share * manifest.bytes:
                break
            entry = faults.instead(number, blob) or copy_blob(self._blobs, account, folder, faults.placed(blob))
            work["blobs"].append(faults.told(entry | look(folder, blob), blob))
            work["bytes"] += sum(part.length for part in blob.ranges)
        disk.lock()
        done = len(work["blobs"]) == len(manifest.blobs) and share >= 1.0
        return (drive_status(work["blobs"]), content) if done else None

    def _disk(self, drive_id: str) -> Any:
        """The drive of this id: its serial number without blanks."""
        found = [disk.serial for disk in self._network.shelf if without_blanks(disk.serial) == drive_id]
        return self._network.on_shelf(found[0] if found else drive_id)

    def _open_account(self, account_id: str) -> str:
        """The account's name. The service writes with the account's key and comes from Azure's own addresses."""
        account = self.account(account_id)
        if account is None:
            raise DriveRefused(FORBIDDEN)
        rules = account["properties"]["networkAcls"]
        shut = rules["defaultAction"] == "Deny" and "AzureServices" not in rules["bypass"]
        if shut or account["properties"]["allowSharedKeyAccess"] is False or account["properties"]["publicNetworkAccess"] == "Disabled":
            raise DriveRefused(FORBIDDEN)
        return account["name"]

    def account(self, account_id: str) -> dict[str, Any] | None:
        """The storage account of an ARM id, if there is one."""
        return self._state["accounts"].get(account_id.rsplit("/", 1)[-1].lower())


def without_blanks(serial: str) -> str:
    """The drive id that belongs to a serial number."""
    return "".join(serial.split())


def succeeded(blobs: list[dict[str, Any]]) -> int:
    """Bytes that were written."""
    return sum(part["length"] for blob in blobs for part in blob["ranges"] if part["status"] == "Completed")


def not_faultless(blobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blobs that a log of errors holds."""
    unwanted = ("Renamed", "Skipped", "Cancelled")
    return [blob for blob in blobs if blob["status"] not in FAULTLESS or blob["disposition_status"] in unwanted or blob.get("renamed_from")]


def drive_status(blobs: list[dict[str, Any]]) -> str:
    """The status of a drive whose files were all tried."""
    if any(blob["status"] not in FAULTLESS or blob.get("renamed_from") for blob in blobs):
        return "CompletedWithErrors"
    return "CompletedWithWarnings" if not_faultless(blobs) else "Completed"
