# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DriveManifest.xml: read it as a stream, check it against a plan, an inventory and a hash.

Format: Microsoft, Azure Import/Export manifest file format (storage-import-export-file-format-manifest). One file of 8 TB has two million
ranges, so of the ranges of a blob only their sums are kept. The file is read with expat itself: a document type declaration, and so any
entity, is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from ..failure import Failure
from . import names
from .range_sums import LARGEST_RANGE, MD5, PAGE, Range, RangeSums, local, md5_of, new_parser, number, place

CHUNK = 256 * 1024
VERSIONS = ("2011-10-01", "2014-11-01")
DISPOSITIONS = ("rename", "no-overwrite", "overwrite")
PARTS = frozenset({"BlobPath", "FilePath", "Length", "ImportDisposition"})
CREDENTIALS = frozenset({"StorageAccountKey", "ContainerSas"})


class NotAManifest(Failure):
    """The file is no DriveManifest of an import job that can be trusted."""


@dataclass(frozen=True)
class Blob:
    """One file of the drive: where it goes, where it stands, its *length*, the sums of its page *ranges*, how many *blocks* it lists."""

    blob_path: str
    file_path: str
    length: int
    disposition: str
    ranges: RangeSums
    blocks: int = 0


@dataclass(frozen=True)
class Difference:
    """Something in a manifest that is not as planned: the *file* (None: the manifest as a whole) and *what* is wrong."""

    file: str | None
    what: str

    def __str__(self):
        return f"{self.file}: {self.what}" if self.file else self.what


class Reader:
    """Reads a manifest from a binary *stream*: iterate over ``blobs()``, then ask ``drive_id``, ``version``, ``hash`` and ``size``.

    ``credential`` says whether the manifest holds a storage key or a SAS; neither is kept. Ranges are offered to *on_range*
    ``(blob path, Range)`` as they are read.
    """

    def __init__(self, stream, on_range=None):
        self._stream, self._on_range = stream, on_range
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._path, self._text, self._blob, self._ready = [], [], {}, []
        self._ranges, self._blocks = RangeSums(), 0
        self.drive_id = self.version = None
        self.size = 0
        self.credential = False

    @property
    def hash(self):
        """MD5 of what was read so far, hex in upper case: the manifestHash of the import job, in both job services."""
        return self._md5.hexdigest().upper()

    def blobs(self) -> Iterator[Blob]:
        """The blobs of the manifest, one after the other. Raises NotAManifest."""
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[list]:
        """Lists of blobs, often empty: what was finished in one chunk of the file after the other."""
        feed = new_parser(self._start, self._end, self._text, _refuse, self._range)
        while chunk := self._stream.read(CHUNK):
            self._md5.update(chunk)
            self.size += len(chunk)
            feed(chunk, False)
            yield self._taken()
        feed(b"", True)
        yield self._taken()

    def _taken(self):
        ready, self._ready = self._ready, []
        return ready

    def _start(self, tag, attributes):
        tag = local(tag)
        self._path.append(tag)
        self._text.clear()
        if len(self._path) == 1:
            if tag != "DriveManifest":
                raise _refuse(f"begins with <{tag}>, not with <DriveManifest>.")
            self.version = attributes.get("Version")
        elif tag == "Blob":
            self._blob, self._ranges, self._blocks = {}, RangeSums(), 0
        elif tag == "PageRange":
            self._range(attributes)
        elif tag == "Block":
            self._blocks += 1
        elif tag in CREDENTIALS:
            self.credential = True
        return tag == "PageRangeList"

    def _end(self, tag):
        self._path.pop()
        tag, text = local(tag), "".join(self._text).strip()
        self._text.clear()
        if tag == "DriveId" and self._path == ["DriveManifest", "Drive"]:
            self.drive_id = text
        elif tag == "Blob":
            self._ready.append(self._whole())
        elif tag in PARTS and self._path and self._path[-1] == "Blob":
            self._blob[tag] = text

    def _range(self, attributes):
        md5 = md5_of(attributes.get("Hash", ""))
        if md5 is None:
            raise _refuse(f"has a page range whose hash is {attributes.get('Hash', '').strip().upper()[:40]!r}, not 32 hexadecimal digits.")
        offset, length = place(attributes)
        if offset is None or length is None:
            which = "Offset" if offset is None else "Length"
            raise _refuse(f"has the {which} {str(attributes.get(which))[:40]!r}, which is not a number of bytes.")
        self._ranges.add(offset, length, md5)
        if self._on_range is not None:
            if not self._blob.get("BlobPath"):
                raise _refuse("lists page ranges before the BlobPath that they belong to.")
            self._on_range(self._blob["BlobPath"], Range(offset, length, md5))

    def _whole(self):
        missing = [part for part in ("BlobPath", "FilePath", "Length") if not self._blob.get(part)]
        if missing:
            raise _refuse(f"has a blob that lacks {', '.join(missing)}.")
        disposition = self._blob.get("ImportDisposition") or DISPOSITIONS[0]
        length = _number(self._blob["Length"], "Length")
        return Blob(self._blob["BlobPath"], self._blob["FilePath"], length, disposition, self._ranges, self._blocks)


def _refuse(what):
    return NotAManifest(f"DriveManifest.xml {what} Prepare the drive again.", field="manifest")


def _number(text, what):
    value = number(text)
    if value is None:
        raise _refuse(f"has the {what} {str(text)[:40]!r}, which is not a number of bytes.")
    return value


def check(stream, load, container, manifest_hash=None):
    """Differences between the manifest in *stream* and the *load* (of a plan) that should be on the drive; an empty list if there are none.

    *manifest_hash* is the MD5 that the record or the import job holds (hex, case does not count).
    """
    return check_read(Reader(stream), planned(load), container, load.serial, manifest_hash)


@dataclass(frozen=True)
class Wanted:
    """What may be on a drive, by the *source* that says so (a word): *sizes* by file path or by name, and paths that *must* be there."""

    source: str
    sizes: dict
    must: tuple = ()

    def size_of(self, blob):
        """Bytes that the file of *blob* should have; None if it should not be there."""
        size = self.sizes.get(blob.file_path)
        return self.sizes.get(_name(blob)) if size is None and not self.must else size


def planned(load):
    """Wanted by a plan: exactly the files of *load*, where our own engine puts them."""
    sizes = {names.file_path(file.name): file.size for file in load.files}
    return Wanted("plan", sizes, tuple(sizes))


def staged(sizes):
    """Wanted by an inventory: any of the staged files (name → bytes), wherever on the drive a tool puts them."""
    return Wanted("inventory", sizes)


def check_read(reader, wanted=None, container=None, serial=None, manifest_hash=None):
    """Like ``check``, of a Reader, whose counts the caller can ask afterwards. What is None is not checked."""
    differences, seen = [], set()
    for blob in reader.blobs():
        if blob.file_path in seen:
            differences.append(Difference(blob.file_path, "it is listed twice"))
        seen.add(blob.file_path)
        differences += [Difference(blob.file_path, what) for what in _blob_differences(blob, wanted, container)]
    must = wanted.must if wanted else ()
    differences += [Difference(path, "it is missing in the manifest") for path in must if path not in seen]
    return _drive_differences(reader, serial, manifest_hash) + differences


def _name(blob):
    return blob.file_path.rpartition("\\")[2]


def _drive_differences(reader, serial, manifest_hash):
    """What is wrong with the manifest as a whole."""
    found = []
    if manifest_hash is not None and manifest_hash.strip().upper() != reader.hash:
        found.append(f"its MD5 is {reader.hash}, on record is {manifest_hash.strip().upper()}: it was changed")
    if not reader.drive_id:
        found.append("it names no drive (DriveId)")
    elif serial is not None and reader.drive_id != names.serial(serial):
        found.append(f"DriveId is {reader.drive_id!r}, the drive's serial is {serial!r}")
    if reader.version not in VERSIONS:
        found.append(f"its Version is {reader.version!r}, known are {' and '.join(VERSIONS)}")
    return [Difference(None, what) for what in found]


def _blob_differences(blob, wanted, container):
    """What is wrong with one blob: place, kind, length, and ranges that do not cover it from begin to end."""
    size = wanted.size_of(blob) if wanted else None
    if wanted and size is None:
        return [f"it is not in the {wanted.source}"]
    found = []
    if container is not None and blob.blob_path != names.blob_path(container, _name(blob)):
        found.append(f"it goes to {blob.blob_path!r}, not to {names.blob_path(container, _name(blob))!r}")
    if size is not None and blob.length != size:
        found.append(f"its length is {blob.length}, staged are {size} bytes")
    if blob.disposition not in DISPOSITIONS:
        found.append(f"its ImportDisposition is {blob.disposition!r}")
    if blob.blocks:
        return [*found, f"it is a block blob ({blob.blocks} blocks), not fit for a seed: Azure Backup reads page blobs only"]
    if blob.length % PAGE:
        found.append(f"its length {blob.length} is no multiple of {PAGE}")
    if blob.ranges.problem:
        found.append(blob.ranges.problem)
    elif blob.ranges.covered != blob.length:
        found.append(f"its ranges cover {blob.ranges.covered} of {blob.length} bytes")
    return found


__all__ = [
    "LARGEST_RANGE",
    "MD5",
    "PAGE",
    "VERSIONS",
    "Blob",
    "Difference",
    "NotAManifest",
    "Range",
    "RangeSums",
    "Reader",
    "Wanted",
    "check",
    "check_read",
    "planned",
    "staged",
]
