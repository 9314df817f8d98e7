# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What WAImportExport says of a drive: the element Drive of a DriveInfo file or of a journal. The recovery password in it is not kept.

Source: azure-docs, storage-import-export-data-to-blobs, "Sample journal file (XML) for each drive". How a DriveInfo file nests its drives
is not published, so every element Drive is taken, in whatever namespace and depth.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..failure import Failure
from . import names
from .manifest import MD5, Difference
from .range_sums import local, new_parser

LARGEST_FILE = 16 * 1024 * 1024
PARTS = {"DriveId": "serial", "ManifestFile": "manifest_file", "ManifestHash": "manifest_hash"}


class NotDriveInfo(Failure):
    """The file tells of no drive, or cannot be read."""


@dataclass(frozen=True)
class DriveInfo:
    """A prepared drive: *serial*, path and MD5 of its manifest, and whether a recovery password stands beside them (never which)."""

    serial: str
    manifest_file: str
    manifest_hash: str
    has_key: bool


def read_drives(content):
    """The drives of an XML document (bytes). Raises NotDriveInfo; its message never holds a value of the file."""
    found, path, text, drive = [], [], [], {}

    def start(tag, _attributes):
        path.append(local(tag))
        text.clear()
        if path[-1] == "Drive":
            drive.clear()

    def end(_tag):
        tag, value = path.pop(), "".join(text).strip()
        text.clear()
        if tag == "Drive":
            found.append(_drive(drive))
        elif path and path[-1] == "Drive":
            if tag in PARTS:
                drive[PARTS[tag]] = value
            elif tag == "BitLockerKey":
                drive["has_key"] = bool(value.strip("* "))

    feed = new_parser(start, end, text, _refuse, None)
    feed(content.strip(), True)
    return tuple(found)


def _drive(parts):
    serial = names.serial(parts.get("serial", ""))
    if not serial:
        raise _refuse("has a drive without DriveId.")
    return DriveInfo(serial, parts.get("manifest_file", ""), parts.get("manifest_hash", "").upper(), parts.get("has_key", False))


def read(stream):
    """The drives of a DriveInfo file. Raises NotDriveInfo."""
    drives = read_drives(bounded(stream))
    if not drives:
        raise _refuse("names no drive.")
    return drives


def bounded(stream):
    """All bytes of *stream*, if it is not bigger than any such file is."""
    content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise _refuse(f"is bigger than {LARGEST_FILE} bytes.")
    return content


def check(drives, serial=None, manifest_hash=None):
    """Differences between *drives* and what an import job needs of each; with *serial* and *manifest_hash*, of that drive."""
    found = []
    serials = [drive.serial for drive in drives]
    for drive in drives:
        if not MD5.fullmatch(drive.manifest_hash):
            found.append(Difference(drive.serial, "its ManifestHash is not 32 hexadecimal digits"))
        if not drive.manifest_file:
            found.append(Difference(drive.serial, "it lacks ManifestFile"))
        if serials.count(drive.serial) > 1:
            found.append(Difference(drive.serial, "it is listed twice"))
        if manifest_hash is not None and serial in (None, drive.serial) and drive.manifest_hash != manifest_hash.strip().upper():
            found.append(
                Difference(drive.serial, f"its ManifestHash is {drive.manifest_hash}, on record is {manifest_hash.strip().upper()}")
            )
    if serial is not None and names.serial(serial) not in serials:
        found.append(Difference(None, f"it names {', '.join(serials) or 'no drive'}, not {serial}"))
    return list(dict.fromkeys(found))


def _refuse(what):
    return NotDriveInfo(f"The DriveInfo {what} Take the file that WAImportExport wrote beside its journal.", field="path")
