# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests, copy logs, inventories and records of any length, made while they are read, so that no disk and no memory is measured."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

RANGE = 4 * 1024 * 1024
BATCH = 1000


class Made(io.RawIOBase):
    """A binary stream out of an iterator of pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def read(self, size: int = -1) -> bytes:
        ready, held = [self._rest], len(self._rest)
        while size < 0 or held < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            ready.append(piece)
            held += len(piece)
        content = b"".join(ready)
        end = len(content) if size < 0 else size
        self._rest = content[end:]
        return content[:end]


def batches(count: int) -> Iterator[range]:
    for first in range(0, count, BATCH):
        yield range(first, min(count, first + BATCH))


def manifest(ranges: int) -> Iterator[bytes]:
    """DriveManifest.xml of one file of so many page ranges."""
    yield b'<?xml version="1.0" encoding="utf-8"?>\n<DriveManifest Version="2014-11-01"><Drive><DriveId>WD-1</DriveId><BlobList>'
    yield f"<Blob><BlobPath>c/a</BlobPath><FilePath>\\data\\a</FilePath><Length>{ranges * RANGE}</Length>".encode()
    yield b"<ImportDisposition>overwrite</ImportDisposition><PageRangeList>"
    for part in batches(ranges):
        yield "".join(f'<PageRange Offset="{n * RANGE}" Length="{RANGE}" Hash="{n:032X}" />\n' for n in part).encode()
    yield b"</PageRangeList></Blob></BlobList></Drive></DriveManifest>"


def drive_log(ranges: int) -> Iterator[bytes]:
    """The copy log that proves it."""
    yield b'<?xml version="1.0" encoding="utf-8"?>\n<DriveLog Version="2014-11-01"><DriveId>WD-1</DriveId><Blob Status="Completed">'
    yield f"<BlobPath>c/a</BlobPath><FilePath>\\data\\a</FilePath><Length>{ranges * RANGE}</Length>".encode()
    yield b'<ImportDisposition Status="Created">overwrite</ImportDisposition><PageRangeList>'
    for part in batches(ranges):
        yield "".join(f'<PageRange Offset="{n * RANGE}" Length="{RANGE}" Hash="{n:032X}" Status="Completed" />\n' for n in part).encode()
    yield b"</PageRangeList></Blob><Status>Completed</Status></DriveLog>"


def objects(count: int) -> Iterator[bytes]:
    """DriveManifest.xml of so many files of one page range."""
    yield b'<?xml version="1.0" encoding="utf-8"?>\n<DriveManifest Version="2014-11-01"><Drive><DriveId>WD-1</DriveId><BlobList>'
    for part in batches(count):
        yield "".join(
            f"<Blob><BlobPath>c/{n:036}</BlobPath><FilePath>\\data\\{n:036}</FilePath><Length>4096</Length><ImportDisposition>overwrite"
            f'</ImportDisposition><PageRangeList><PageRange Offset="0" Length="4096" Hash="{n:032X}" /></PageRangeList></Blob>\n'
            for n in part
        ).encode()
    yield b"</BlobList></Drive></DriveManifest>"


def verbose_log(count: int) -> Iterator[bytes]:
    """A verbose log of 2021 that names them with their checksums, which are their numbers."""
    for part in batches(count):
        yield "".join(f'<File CloudFormat="PageBlob" Path="c\\{n:036}" Size="4096" crc64="{n}">\n</File>' for n in part).encode()


def inventory(path: Path, files: int) -> int:
    """Write an inventory of so many files of mixed sizes; returns their bytes."""
    sizes = [512 * (1 + (n * 2654435761 % 2**32) * (n * 40503 % 65536) // 2**31) for n in range(files)]
    with path.open("w", encoding="utf-8") as out:
        for part in batches(files):
            out.write("".join(line(n, sizes[n]) for n in part))
    return sum(sizes)


def line(number: int, size: int) -> str:
    name = f"{638000000000000000 + number}_1_{number:08x}-0000-0000-0000-000000000000_AIBBlob"
    return json.dumps({"name": name, "size": size, "mtime": "2026-01-01T00:00:00Z"}) + "\n"
