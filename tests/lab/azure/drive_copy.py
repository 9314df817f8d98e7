# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One drive in the datacenter: unlocked with the key of the job, its manifest checked, its ranges checked and copied to page blobs."""

from __future__ import annotations

import hashlib
import pathlib
from typing import Any

from ..windows.answer import WindowsError
from ..windows.encryption import FAILED_AUTHENTICATION, INVALID_PASSWORD_FORMAT, NOT_ACTIVATED, PROTECTOR_NOT_FOUND
from . import drive_manifest
from .blobs import Blobs
from .drive_manifest import Blob, Manifest, ManifestFormatInvalid

# Win32_EncryptableVolume's number -> the drive's status in the copy log ("log file format": drive status codes).
STATUS_OF_UNLOCK = {
    NOT_ACTIVATED: "BitLockerNotActivated",
    PROTECTOR_NOT_FOUND: "BitLockerProtectorNotFound",
    INVALID_PASSWORD_FORMAT: "BitLockerKeyInvalid",
    FAILED_AUTHENTICATION: "BitLockerKeyInvalid",
}


class DriveRefused(Exception):
    """The drive as a whole cannot be copied; `status` is its status in the copy log."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def open_drive(disk: Any, drive: dict[str, Any]) -> tuple[pathlib.Path, Manifest, bytes]:
    """(folder of its files, manifest, the manifest's bytes) of a drive as the job describes it; raises DriveRefused."""
    if not disk.volumes:
        raise DriveRefused("BitLockerVolumeNotFound")
    if disk.data_volume().file_system != "NTFS":
        raise DriveRefused("VolumeNotNtfs")
    try:
        folder = disk.unlock(drive["bitLockerKey"])
    except WindowsError as error:
        raise DriveRefused(STATUS_OF_UNLOCK.get(error.hresult, "BitLockerUnlockVolumeFailed")) from error
    content = _manifest(folder, drive)
    try:
        manifest = drive_manifest.read(content)
    except ManifestFormatInvalid as error:
        raise DriveRefused("ManifestFormatInvalid") from error
    if manifest.serial != drive["driveId"]:
        raise DriveRefused("ManifestDriveIdMismatch")
    return folder, manifest, content


def _manifest(folder: pathlib.Path, drive: dict[str, Any]) -> bytes:
    path = inside(folder, drive["manifestFile"])
    if not path.is_file():
        raise DriveRefused("ManifestNotFound")
    content = path.read_bytes()
    if hashlib.md5(content).hexdigest().upper() != drive["manifestHash"].upper():
        raise DriveRefused("ManifestCorrupted")
    return content


def inside(folder: pathlib.Path, windows_path: str) -> pathlib.Path:
    r"""The real file of `\a\b` below the root of a drive; names are case-insensitive, as on NTFS."""
    found = folder
    for part in windows_path.strip("\\").split("\\"):
        here = {child.name.lower(): child for child in found.iterdir()} if found.is_dir() else {}
        found = here.get(part.lower(), found / part)
    return found


def copy_blob(blobs: Blobs, account: str, folder: pathlib.Path, blob: Blob) -> dict[str, Any]:
    """Copy one file; answers its entry of the copy log. A range whose MD5 differs is not written and said to be Corrupted."""
    name, disposition = _target(blobs, account, blob)
    entry: dict[str, Any] = {
        "blob_path": f"{blob.container}/{name}", "file_path": blob.file, "length": blob.length,
        "disposition": blob.disposition, "disposition_status": disposition, "ranges": [], "status": "Completed",
    }  # fmt: skip
    path = inside(folder, blob.file)
    if disposition == "Skipped":
        return entry
    if not path.is_file():
        return {**entry, "status": "FileNotFound"}
    with blobs.container(account, blob.container) as container, open(path, "rb") as stream:
        client = container.get_blob_client(name)
        client.create_page_blob(blob.length)
        for part in blob.ranges:
            stream.seek(part.offset)
            content = stream.read(part.length)
            status = _status(content, part)
            if status == "Completed":
                client.upload_page(content, offset=part.offset, length=part.length)
            entry["ranges"].append({"offset": part.offset, "length": part.length, "hash": part.hash, "status": status})
    if any(part["status"] != "Completed" for part in entry["ranges"]):
        entry["status"] = "CompletedWithErrors"
    return entry


def _status(content: bytes, part: drive_manifest.Range) -> str:
    if len(content) < part.length:
        return "FileUnexpectedEnd"
    return "Completed" if hashlib.md5(content).hexdigest().upper() == part.hash.upper() else "Corrupted"


def _target(blobs: Blobs, account: str, blob: Blob) -> tuple[str, str]:
    """(name, import disposition status): what becomes of a name that is taken."""
    blobs.create(account, blob.container)
    if not blobs.exists(account, blob.container, blob.name):
        return blob.name, "Created"
    if blob.disposition == "no-overwrite":
        return blob.name, "Skipped"
    if blob.disposition == "overwrite":
        return blob.name, "Overwritten"
    number = 2
    while blobs.exists(account, blob.container, f"{blob.name} ({number})"):
        number += 1
    return f"{blob.name} ({number})", "Renamed"
