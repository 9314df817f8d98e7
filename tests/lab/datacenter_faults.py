# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong with a parcel or in the datacenter, on command; planned before the drive is copied.

| kind | what happens |
|---|---|
| flip | one byte of a file on the drive is another one when it arrives |
| skip | the datacenter keeps a blob of that name that was there, and says so |
| omit | the datacenter copies a file not at all, and no log names it |
| rename_container | everything lands in a container of another name, as it does where a name is not allowed |
| log | the copy logs are of another `version`, without `hashes` of ranges, or with the checksums of another `algorithm` |
"""

from __future__ import annotations

import dataclasses
import pathlib
import uuid
from typing import Any

from .azure.drive_copy import inside
from .azure.drive_manifest import Blob, Manifest
from .azure.state import State

KINDS = ("flip", "skip", "omit", "rename_container", "log")
VERSIONS = ("2014-11-01", "2018-10-01", "2021-08-01")
DEFAULTS = {"serial": None, "file": 0, "offset": 0, "version": None, "hashes": True, "algorithm": "nvme", "done": False}
NEW_CONTAINER = uuid.UUID("96d8e2ee-ffd4-4529-9ec0-f666674b70d9")
OTHER = 0x5A5A5A5A5A5A5A5A  # what "another algorithm" makes of a checksum


def new(kind: str, **wanted: Any) -> dict[str, Any]:
    """A fault as it is kept. `serial` (None: any drive), `file` (its number in the manifest) and `offset` say where."""
    strange = sorted(set(wanted) - set(DEFAULTS))
    if kind not in KINDS or strange:
        raise ValueError(f"no fault {kind!r} of the datacenter with {', '.join(strange) or 'that'}; kinds: {', '.join(KINDS)}")
    if wanted.get("version") not in (None, *VERSIONS):
        raise ValueError(f"no copy log of version {wanted['version']!r}; there are {', '.join(VERSIONS)}")
    return {"kind": kind, **DEFAULTS, **wanted}


class Faults:
    """Those of one drive."""

    def __init__(self, state: State, serial: str) -> None:
        self._state = state
        self._mine = [one for one in state["datacenter_faults"] if one["serial"] in (None, serial)]

    def _of(self, kind: str, number: int | None = None) -> dict[str, Any] | None:
        return next((one for one in self._mine if one["kind"] == kind and number in (None, one["file"])), None)

    @property
    def log(self) -> dict[str, Any]:
        """How the logs are written."""
        return self._of("log") or new("log")

    def in_transit(self, folder: pathlib.Path, manifest: Manifest) -> None:
        """Do to the drive, once, what happened on its way."""
        for fault in self._mine:
            if fault["kind"] == "flip" and not fault["done"]:
                path = inside(folder, manifest.blobs[fault["file"]].file)
                with open(path, "r+b") as stream:
                    stream.seek(fault["offset"])
                    byte = stream.read(1)
                    stream.seek(fault["offset"])
                    stream.write(bytes([byte[0] ^ 0xFF]))
                with self._state.changed("a byte flipped in transit", file=path.name, offset=fault["offset"]):
                    fault["done"] = True

    def instead(self, number: int, blob: Blob) -> dict[str, Any] | None:
        """The entry of a file that is not copied; None where it is."""
        skipped = self._of("skip", number)
        if not skipped and not self._of("omit", number):
            return None
        return {
            "blob_path": blob.path, "file_path": blob.file, "length": blob.length, "disposition": blob.disposition,
            "disposition_status": "Skipped" if skipped else "Created", "ranges": [], "status": "Completed", "omitted": not skipped,
        }  # fmt: skip

    def placed(self, blob: Blob) -> Blob:
        """The file, with the name of the blob that it becomes."""
        if not self._of("rename_container"):
            return blob
        return dataclasses.replace(blob, path=f"{new_container(blob.container)}/{blob.name}")

    def told(self, entry: dict[str, Any], blob: Blob) -> dict[str, Any]:
        """The entry as the logs have it."""
        if self._of("rename_container"):
            entry = {**entry, "renamed_from": blob.container}
        if "crc64" in entry and self.log["algorithm"] != "nvme":
            entry = {**entry, "crc64": entry["crc64"] ^ OTHER}
        return entry


def new_container(old: str) -> str:
    """What the service calls a container whose name it does not take."""
    return f"databox-{uuid.uuid5(NEW_CONTAINER, old)}"


def named(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that a log names."""
    return [one for one in entries if not one.get("omitted")]
