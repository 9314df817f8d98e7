# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives and the logs of their landing: a world for tests of verification, made in one line."""

from __future__ import annotations

import hashlib
import io
from contextlib import closing
from dataclasses import dataclass, field

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import crc64, repair, verify

RANGE = 4 * 1024 * 1024
GUID = "72a1914a-7fb2-4e34-a135-5c7176c3ee41"


@dataclass
class Thing:
    """A file on a drive, and what the log will say of it; what is None is left out of the log."""

    name: str
    size: int
    drive: str = "WD-1"
    container: str = "c"
    said: dict = field(default_factory=dict)
    range_status: dict = field(default_factory=dict)
    range_md5: dict = field(default_factory=dict)

    @property
    def path(self):
        return f"{self.container}/{self.name}"

    @property
    def crc64(self):
        return crc64.by_tables(self.name.encode()) if self.size else 0

    def ranges(self):
        for at in range(0, self.size, RANGE):
            md5 = hashlib.md5(f"{self.name} {at}".encode(), usedforsecurity=False).hexdigest().upper()
            yield at, min(RANGE, self.size - at), md5


def manifest_of(things):
    """DriveManifest.xml of the drive of *things*."""
    blobs = "".join(
        f"<Blob><BlobPath>{one.path}</BlobPath><FilePath>\\data\\{one.name}</FilePath><Length>{one.size}</Length>"
        "<ImportDisposition>overwrite</ImportDisposition><PageRangeList>"
        + "".join(f'<PageRange Offset="{at}" Length="{size}" Hash="{md5}" />\n' for at, size, md5 in one.ranges())
        + "</PageRangeList></Blob>\n"
        for one in things
    )
    drive = f"<Drive><DriveId>{things[0].drive}</DriveId><BlobList>{blobs}</BlobList></Drive>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<DriveManifest Version="2014-11-01">{drive}</DriveManifest>'.encode()


def drive_log(things, version="2014-11-01", status="Completed", hashes=True):
    """A DriveLog that names all *things*."""

    def one_range(one, number, at, size, md5):
        said = f' Hash="{one.range_md5.get(number, md5)}"' if hashes else ""
        return f'<PageRange Offset="{at}" Length="{size}"{said} Status="{one.range_status.get(number, "Completed")}" />\n'

    def blob(one):
        said = {"status": "Completed", "disposition": "Created", "size": one.size, "path": one.path, **one.said}
        ranges = "".join(one_range(one, number, *part) for number, part in enumerate(one.ranges()))
        return (
            f'<Blob Status="{said["status"]}"><BlobPath>{said["path"]}</BlobPath><FilePath>\\data\\{one.name}</FilePath>'
            f'<Length>{said["size"]}</Length><ImportDisposition Status="{said["disposition"]}">overwrite</ImportDisposition>'
            f"<PageRangeList>{ranges}</PageRangeList></Blob>\n"
        )

    drive = things[0].drive if things else "WD-1"
    blobs = "".join(blob(one) for one in things)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<DriveLog Version="{version}"><DriveId>{drive}</DriveId>{blobs}'
        f"<Status>{status}</Status></DriveLog>"
    ).encode()


def rootless_verbose(things):
    """A verbose log of 2021: elements in a row, backslashes, a stray dash."""
    entries = []
    for one in things:
        said = {"crc64": one.crc64, "size": one.size, "format": "PageBlob", "path": one.path.replace("/", "\\", 1), **one.said}
        entries.append(
            f'<File CloudFormat="{said["format"]}" Path="{said["path"]}" Size="{said["size"]}" crc64="{said["crc64"]}">\n</File>'
        )
    return ("-" + "\n".join(entries)).encode()


def copy_log_2021(total, errors="", status="Succeeded", errored=0):
    """A copy log of 2021 with its trailer."""
    return (
        f'{errors}<CopyLog Summary="Summary"><DriveLogVersion>2021-08-01</DriveLogVersion><DriveId>{GUID}</DriveId>'
        f"<Status>{status}</Status>"
        f"<TotalFiles_Blobs>{total}</TotalFiles_Blobs><FilesErrored>{errored}</FilesErrored><Summary></Summary></CopyLog>"
    ).encode()


def errored(path, category, message="m", kind="File"):
    """An entry of a copy log of 2021."""
    return (
        f'<ErroredEntity Path="{path}"><Category>{category}</Category><ErrorCode>409</ErrorCode><ErrorMessage>{message}</ErrorMessage>'
        f"<Type>{kind}</Type></ErroredEntity>"
    )


def source(name, content):
    return verify.Source(name, lambda: closing(io.BytesIO(content)))


def report(things, *logs, checksums=True, blobs=None):
    """The Report on *things*, one manifest a drive; *logs* are bytes or (name, bytes)."""
    drives = {}
    for one in things:
        drives.setdefault(one.drive, []).append(one)
    named = [log if isinstance(log, tuple) else (f"job_{number}.xml", log) for number, log in enumerate(logs)]
    known = {one.path: one.crc64 for one in things} if checksums else {}
    manifests = [source(f"{serial}.xml", manifest_of(those)) for serial, those in drives.items()]
    return verify.verify(manifests, [source(*one) for one in named], known, blobs)


def repaired(*given, **more):
    return repair.smallest(report(*given, **more), "srv1")


def words(made):
    """``{name: verdict}`` of a report."""
    return {path.partition("/")[2]: one.verdict for path, one in made.objects.items()}
