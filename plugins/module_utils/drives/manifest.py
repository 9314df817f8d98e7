# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DriveManifest.xml: read it as a stream, check it against a plan and a hash.

Format: Microsoft, Azure Import/Export manifest file format (storage-import-export-file-format-manifest). A manifest of a full drive has
millions of ranges, so nothing but the blob at hand is kept. It is read with expat itself: a document type declaration, and so any entity,
is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from ..failure import Failure
from . import names

CHUNK = 1024 * 1024
LARGEST_RANGE = 4 * 1024 * 1024
PAGE = 512
MD5 = re.compile(r"^[0-9A-Fa-f]{32}$")
DISPOSITIONS = ("rename", "no-overwrite", "overwrite")


class NotAManifest(Failure):
    """The file is no DriveManifest of an import job that can be trusted."""


@dataclass(frozen=True)
class Range:
    """Bytes *offset* to *offset* + *length* of a page blob, and their MD5 (hex, upper case)."""

    offset: int
    length: int
    md5: str


@dataclass(frozen=True)
class Blob:
    """One file of the drive: where it goes, where it stands, its *length* and its page *ranges*."""

    blob_path: str
    file_path: str
    length: int
    disposition: str
    ranges: tuple


@dataclass(frozen=True)
class Difference:
    """Something in a manifest that is not as planned: the *file* (None: the manifest as a whole) and *what* is wrong."""

    file: str | None
    what: str

    def __str__(self):
        return f"{self.file}: {self.what}" if self.file else self.what


class Reader:
    """Reads a manifest from a binary *stream*: iterate over ``blobs()``, then ask ``drive_id``, ``version``, ``hash`` and ``size``."""

    def __init__(self, stream):
        self._stream = stream
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._path, self._text, self._blob, self._ranges, self._ready = [], [], {}, [], []
        self.drive_id = self.version = None
        self.size = 0

    @property
    def hash(self):
        """MD5 of what was read so far, hex in upper case: the manifestHash of the import job."""
        return self._md5.hexdigest().upper()

    def blobs(self) -> Iterator[Blob]:
        """The blobs of the manifest, one after the other. Raises NotAManifest."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        while chunk := self._stream.read(CHUNK):
            self._md5.update(chunk)
            self.size += len(chunk)
            self._feed(parser, chunk, False)
            yield from self._taken()
        self._feed(parser, b"", True)
        yield from self._taken()

    def _feed(self, parser, chunk, last):
        try:
            parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise NotAManifest(f"DriveManifest.xml is not well-formed XML ({error}). Prepare the drive again.", field="manifest") from error

    def _taken(self):
        ready, self._ready = self._ready, []
        return ready

    def _doctype(self, name, *_ids):
        raise NotAManifest("DriveManifest.xml has a document type declaration; no manifest has one, so it is not read.", field="manifest")

    def _start(self, tag, attributes):
        self._path.append(tag)
        self._text.clear()
        if len(self._path) == 1:
            if tag != "DriveManifest":
                raise NotAManifest(f"The file begins with <{tag}>, not with <DriveManifest>.", field="manifest")
            self.version = attributes.get("Version")
        elif tag == "Blob":
            self._blob, self._ranges = {}, []
        elif tag == "PageRange":
            self._ranges.append(self._range(attributes))
        elif tag == "Block":
            raise NotAManifest("The manifest lists blocks; Azure Backup needs page blobs. Prepare the drive again.", field="manifest")

    def _end(self, tag):
        self._path.pop()
        text = "".join(self._text).strip()
        self._text.clear()
        if tag == "DriveId" and self._path == ["DriveManifest", "Drive"]:
            self.drive_id = text
        elif tag == "Blob":
            self._ready.append(self._whole())
        elif self._path and self._path[-1] == "Blob":
            self._blob[tag] = text

    def _range(self, attributes):
        # A published sample has a blank in front of a hash.
        md5 = attributes.get("Hash", "").strip()
        if not MD5.match(md5):
            raise NotAManifest(f"A page range has the hash {md5!r}, not 32 hexadecimal digits.", field="manifest")
        return Range(_number(attributes.get("Offset"), "Offset"), _number(attributes.get("Length"), "Length"), md5.upper())

    def _whole(self):
        missing = [part for part in ("BlobPath", "FilePath", "Length") if not self._blob.get(part)]
        if missing:
            raise NotAManifest(f"A blob of the manifest lacks {', '.join(missing)}.", field="manifest")
        disposition = self._blob.get("ImportDisposition") or DISPOSITIONS[0]
        length = _number(self._blob["Length"], "Length")
        return Blob(self._blob["BlobPath"], self._blob["FilePath"], length, disposition, tuple(self._ranges))


def _number(text, what):
    if not re.fullmatch(r"\d{1,18}", (text or "").strip()):
        raise NotAManifest(f"{what} in the manifest is {text!r}, not a number of bytes.", field="manifest")
    return int(text)


def check(stream, load, container, manifest_hash=None):
    """Differences between the manifest in *stream* and the *load* (of a plan) that should be on the drive; an empty list if there are none.

    *manifest_hash* is the MD5 that the record or the import job holds (hex, case does not count).
    """
    reader = Reader(stream)
    wanted = {names.file_path(file.name): file for file in load.files}
    differences, seen = [], set()
    for blob in reader.blobs():
        if blob.file_path in seen:
            differences.append(Difference(blob.file_path, "it is listed twice"))
        seen.add(blob.file_path)
        file = wanted.get(blob.file_path)
        differences += [Difference(blob.file_path, "it is not in the plan")] if file is None else _blob_differences(blob, file, container)
    differences += [Difference(path, "it is missing in the manifest") for path in wanted if path not in seen]
    if reader.drive_id != names.serial(load.serial):
        differences.insert(0, Difference(None, f"DriveId is {reader.drive_id!r}, the drive's serial is {load.serial!r}"))
    if manifest_hash is not None and manifest_hash.strip().upper() != reader.hash:
        differences.insert(0, Difference(None, f"its MD5 is {reader.hash}, on record is {manifest_hash.strip().upper()}: it was changed"))
    return differences


def _blob_differences(blob, file, container):
    """What is wrong with one blob: place, length, and ranges that do not cover it from begin to end."""
    found = []
    if blob.blob_path != names.blob_path(container, file.name):
        found.append(f"it goes to {blob.blob_path!r}, not to {names.blob_path(container, file.name)!r}")
    if blob.length != file.size:
        found.append(f"its length is {blob.length}, staged are {file.size} bytes")
    if blob.length % PAGE:
        found.append(f"its length {blob.length} is no multiple of {PAGE}")
    if blob.disposition not in DISPOSITIONS:
        found.append(f"its ImportDisposition is {blob.disposition!r}")
    at = 0
    for part in blob.ranges:
        if part.offset != at or part.length <= 0 or part.length > LARGEST_RANGE or part.length % PAGE:
            found.append(f"its range at {part.offset} of {part.length} bytes leaves a gap, overlaps, or is no whole pages up to 4 MiB")
            break
        at += part.length
    else:
        if at != blob.length:
            found.append(f"its ranges cover {at} of {blob.length} bytes")
    return [Difference(blob.file_path, what) for what in found]
