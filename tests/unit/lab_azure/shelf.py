# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepared drives as they lie in the datacenter: files, manifest, BitLocker."""

from __future__ import annotations

import hashlib
import random
from xml.sax.saxutils import escape

from lab.windows.disk import Disk

from .conftest import RECOVERY_PASSWORD

MIB = 1 << 20
RANGE = 4 * MIB
OTHER_PASSWORD = "-".join(["000022"] * 8)
FILES = {"7_0_a_AIBBlob": 5 * MIB + 512, "7_1_b_BaseBlob": 512, "7_2_c_BaseBlob": 0}


def content(name, size):
    return random.Random(name).randbytes(size)


def manifest(serial, files, **change):
    blobs = []
    for name, size in files.items():
        data = content(name, size)
        pieces = {at: data[at : at + RANGE] for at in range(0, size, RANGE)}
        ranges = "".join(
            f'<PageRange Offset="{at}" Length="{len(piece)}" Hash="{hashlib.md5(piece).hexdigest().upper()}"/>'
            for at, piece in pieces.items()
        )
        blobs.append(
            f"<Blob><BlobPath>seed-srv1/{escape(name)}</BlobPath><FilePath>\\data\\{escape(name)}</FilePath><Length>{size}</Length>"
            f"<ImportDisposition>{change.get('disposition', 'rename')}</ImportDisposition><PageRangeList>{ranges}</PageRangeList></Blob>"
        )
    text = f"<Drive><DriveId>{serial}</DriveId><ClientCreator>test</ClientCreator><BlobList>{''.join(blobs)}</BlobList></Drive>"
    return f'<?xml version="1.0" encoding="utf-8"?><DriveManifest Version="2014-11-01">{text}</DriveManifest>'.encode()


def put_on_shelf(network, serial, files=None, manifest_bytes=None, *, encrypted=True):
    """A prepared drive on the shelf; its manifest's MD5."""
    files = files or FILES
    disk = Disk(serial, 64 * MIB, base=network.shelf_folder(serial))
    disk.initialise("GPT")
    volume = disk.add_partition().volume
    volume.format("NTFS", "OFFLINESEED", 4096)
    written = manifest(serial, files) if manifest_bytes is None else manifest_bytes
    (volume.folder / "DriveManifest.xml").write_bytes(written)
    (volume.folder / "data").mkdir()
    for name, size in files.items():
        (volume.folder / "data" / name).write_bytes(content(name, size))
    if encrypted:
        volume.encryption.protect(None, RECOVERY_PASSWORD)
        volume.encryption.encrypt(4, 1, 0)
        volume.lock()
    network.folder.mkdir(parents=True, exist_ok=True)
    network.put_on_shelf(disk)
    return hashlib.md5(written).hexdigest().upper()
