# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The staged files: one AIBBlob (a catalogue) and BaseBlobs (the bytes of all files, one after another), each a multiple of 512 bytes.

The real formats are not public; this one is the lab's own. Every file begins with 4,096 bytes of header: a magic, the length of a JSON text
and that text (`kind`, `number`, `payload` bytes and their SHA-256); the payload follows, padded with zeros.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import struct
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from ..volume import walk_files

MAGIC = b"LABSEED1"
HEADER = 4096
PAGE = 512
LARGEST = 16 << 20
BLOCK = 1 << 20


class BadStagedFile(ValueError):
    """A staged file is not what its header says."""


@dataclass(frozen=True)
class Staged:
    """A staged file: name, bytes, SHA-256 of all of it."""

    name: str
    size: int
    sha256: str


def _header(kind: str, number: int, payload: int, sha256: str) -> bytes:
    text = json.dumps({"v": 1, "kind": kind, "number": number, "payload": payload, "sha256": sha256}).encode()
    return (MAGIC + struct.pack("<I", len(text)) + text).ljust(HEADER, b"\0")


class _Writer:
    """Writes one staged file: the payload first, then the header in front of it."""

    def __init__(self, folder: pathlib.Path, name: str, kind: str, number: int) -> None:
        self.path, self.name, self.kind, self.number = folder / name, name, kind, number
        self.digest, self.payload = hashlib.sha256(), 0
        self.stream: BinaryIO = open(self.path, "wb")  # noqa: SIM115
        self.stream.write(b"\0" * HEADER)

    @property
    def room(self) -> int:
        return LARGEST - HEADER - self.payload

    def write(self, block: bytes) -> None:
        self.stream.write(block)
        self.digest.update(block)
        self.payload += len(block)

    def close(self) -> Staged:
        self.stream.write(b"\0" * (-self.payload % PAGE))
        self.stream.seek(0)
        self.stream.write(_header(self.kind, self.number, self.payload, self.digest.hexdigest()))
        self.stream.close()
        return Staged(self.name, self.path.stat().st_size, file_digest(self.path))


def file_digest(path: pathlib.Path) -> str:
    """SHA-256 of a file."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write(source: pathlib.Path, target: pathlib.Path, datasource: str, progress: Callable[[int], None]) -> list[Staged]:
    """Stage every file below `source` into the folder `target`; `progress(bytes)` is called after each block and may raise."""
    target.mkdir(parents=True, exist_ok=True)
    catalogue: list[dict[str, Any]] = []
    done: list[Staged] = []
    writer: _Writer | None = None
    for name in walk_files(source):
        whole, size = hashlib.sha256(), 0
        with open(source / name, "rb") as stream:
            while True:
                if writer is None or writer.room <= 0:
                    done += [writer.close()] if writer else []
                    writer = _base(target, datasource, len(done))
                block = stream.read(min(BLOCK, writer.room))
                if not block:
                    break
                writer.write(block)
                whole.update(block)
                size += len(block)
                progress(len(block))
        catalogue.append(
            {"path": name.replace(os.sep, "/"), "size": size, "sha256": whole.hexdigest(), "mtime_ns": (source / name).stat().st_mtime_ns}
        )
    done += [writer.close()] if writer else []
    return [_catalogue(target, datasource, catalogue, folders_of(source), [s.name for s in done]), *done]


def _base(target: pathlib.Path, datasource: str, number: int) -> _Writer:
    return _Writer(target, f"{datasource}_{number + 1}_{uuid.uuid4()}_BaseBlob", "base", number)


def _catalogue(target: pathlib.Path, datasource: str, files: list[dict[str, Any]], folders: list[str], bases: list[str]) -> Staged:
    writer = _Writer(target, f"{datasource}_0_{uuid.uuid4()}_AIBBlob", "catalogue", 0)
    writer.write(
        json.dumps({"v": 1, "datasource": datasource, "files": files, "folders": folders, "bases": bases}, ensure_ascii=False).encode()
    )
    return writer.close()


def folders_of(source: pathlib.Path) -> list[str]:
    """Every folder below, links left out."""
    found = []
    for root, folders, _unused in os.walk(source):
        folders[:] = sorted(f for f in folders if not os.path.islink(os.path.join(root, f)))
        found += [os.path.relpath(os.path.join(root, f), source).replace(os.sep, "/") for f in folders]
    return sorted(found)


def payload(path: pathlib.Path, kind: str) -> Iterator[bytes]:
    """The payload of a staged file in blocks; what does not fit its header raises at the end."""
    with open(path, "rb") as stream:
        head = stream.read(HEADER)
        if head[: len(MAGIC)] != MAGIC:
            raise BadStagedFile(f"{path.name} does not begin with {MAGIC.decode()}")
        length = struct.unpack_from("<I", head, len(MAGIC))[0]
        told = json.loads(head[len(MAGIC) + 4 : len(MAGIC) + 4 + length])
        if told["kind"] != kind:
            raise BadStagedFile(f"{path.name} is a {told['kind']}, expected a {kind}")
        left, seen = told["payload"], hashlib.sha256()
        while left and (block := stream.read(min(BLOCK, left))):
            seen.update(block)
            left -= len(block)
            yield block
        if left or seen.hexdigest() != told["sha256"]:
            raise BadStagedFile(f"{path.name} is damaged: {left} bytes missing, SHA-256 {seen.hexdigest()}, expected {told['sha256']}")


def catalogue(folder: pathlib.Path) -> dict[str, Any]:
    """The catalogue among the staged files of a folder."""
    found = sorted(folder.glob("*_AIBBlob"))
    if len(found) != 1:
        raise BadStagedFile(f"{folder} holds {len(found)} catalogues, expected 1")
    return json.loads(b"".join(payload(found[0], "catalogue")))


def restore(folder: pathlib.Path, target: pathlib.Path) -> dict[str, int]:
    """Write every file of the staged files in `folder` below `target`, checked by SHA-256; answers `{files, bytes}`."""
    known = catalogue(folder)
    stream = (block for name in known["bases"] for block in payload(folder / name, "base"))
    for name in known["folders"]:
        (target / name).mkdir(parents=True, exist_ok=True)
    rest, total = b"", 0
    for entry in known["files"]:
        path = target / entry["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, left = hashlib.sha256(), entry["size"]
        with open(path, "wb") as out:
            while left:
                rest = rest or next(stream, b"")
                if not rest:
                    raise BadStagedFile(f"the staged files end inside {entry['path']}")
                piece, rest = rest[:left], rest[left:]
                out.write(piece)
                digest.update(piece)
                left -= len(piece)
        if digest.hexdigest() != entry["sha256"]:
            raise BadStagedFile(f"{entry['path']} came back different")
        os.utime(path, ns=(entry["mtime_ns"], entry["mtime_ns"]))
        total += entry["size"]
    for _unused in stream:  # the last block's own check runs when its reader ends
        raise BadStagedFile("the staged files hold more bytes than the catalogue knows")
    return {"files": len(known["files"]), "bytes": total}
