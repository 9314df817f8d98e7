# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy logs of the datacenter, all three generations, as a stream of entries.

* 2014-11-01 and older (azure-docs, "Import/Export service log file format"): DriveLog with page ranges, their MD5 and status.
* 2018-10-01 (azure-docs, data-box-disk-troubleshoot-upload): DriveLog with a summary; ranges may come without MD5.
* 2021-08-01 (azure-docs, includes/data-box-disk-sample-copy-log and -verbose-log): elements in a row without a root, sometimes with
  characters between them, with backslashes and slashes mixed and percent-escapes in paths.

A word that is not known is kept as it is and never read as success.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..failure import Failure
from .range_sums import Range, RangeSums, local, md5_of, new_parser, number, place

CHUNK = 256 * 1024
CLASSIC, WITH_SUMMARY, ROOTLESS = "2014-11-01", "2018-10-01", "2021-08-01"
GENERATIONS = {"2011-10-01": CLASSIC, CLASSIC: CLASSIC, WITH_SUMMARY: WITH_SUMMARY, ROOTLESS: ROOTLESS}
MOST_BAD_RANGES = 10_000
WHOLE_FILE = -1  # length of a bad range that stands for all of the file: there are too many to list
WELL_COPIED = frozenset({"Completed", "Committed"})  # of a range; Committed is what a block becomes
OBJECTS = frozenset({"Blob", "File", "ErroredEntity"})
RANGES = frozenset({"PageRange", "Block", "FileRange"})
# Element → field of the entry it stands in.
FIELDS = {
    "BlobPath": "path",
    "FileStoragePath": "path",
    "FilePath": "file_path",
    "OriginalFilePath": "file_path",
    "Length": "size",
    "SizeInBytes": "size",
    "Category": "category",
    "ErrorCode": "code",
    "ErrorMessage": "message",
    "Type": "type",
}
TRAILER = {"DriveId": "drive_id", "Status": "status", "DriveLogVersion": "version", "FilesErrored": "errored"}
# What else an entry may hold. Anything that is not known is named in the entry's `odd`, so that it is never overlooked.
ALSO = frozenset(
    ("PageRangeList", "BlockList", "FileRangeList", "Snapshot", "LastModified", "Metadata", "Properties", "GlobalPath", "Path")
    + ("ClientData", "ETag", "ImportDisposition", "Status")
)
ATTRIBUTES = frozenset({"Status", "Path", "Size", "crc64", "CloudFormat", "ETag"})
TOTALS = frozenset({"TotalFiles_Blobs", "TotalFiles"})
BEGINNING = re.compile(rb"\A(?:\xef\xbb\xbf)?[\s\-]*(<\?xml[^>]{0,200}\?>)?")
NEW_NAME = re.compile(r"renamed to:\s*(.+?)\s*:from:\s*(.+?)\s*:because", re.DOTALL)


class NotACopyLog(Failure):
    """The file is no copy log, or it ends in the middle."""


@dataclass(frozen=True)
class Entry:
    """What a log says of one object.

    *statuses* are all words about the object, its metadata and properties; *bad* are ranges that were not copied well (offset, length,
    status), at most 10,000; *crc64* is a number; *size* is None where the log gives none, -1 where it gives no number; *odd* are names of
    elements and attributes that no published log has.
    """

    path: str
    file_path: str = ""
    size: int | None = None
    statuses: tuple = ()
    disposition: str | None = None
    ranges: RangeSums | None = None
    bad: tuple = ()
    crc64: int | None = None
    category: str | None = None
    code: str | None = None
    message: str | None = None
    type: str | None = None
    cloud_format: str | None = None
    odd: tuple = ()

    @property
    def new_name(self):
        """The new name of a renamed container, or None."""
        found = NEW_NAME.search(self.message or "")
        return found.group(1) if found else None


class Reader:
    """Reads a log from a binary *stream*: iterate over ``entries()``, then ask ``generation``, ``version``, ``drive_id``, ``status``,
    ``total`` and ``errored`` (numbers, or None where the log has no such line) and ``closed`` (whether the log has its last line).

    Ranges are offered to *on_range* ``(path, Range)`` as they are read. Nothing but the entry at hand is kept.
    """

    def __init__(self, stream, on_range=None):
        self._stream, self._on_range = stream, on_range
        self._path, self._text, self._ready, self._entry = [], [], [], None
        self.version = self.drive_id = self.status = self.total = self.errored = self.generation = None
        self.closed = False

    def entries(self) -> Iterator[Entry]:
        """The entries of the log, one after the other. Raises NotACopyLog."""
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[list]:
        """Lists of entries, often empty: what was finished in one chunk of the file after the other."""
        feed = new_parser(self._start, self._end, self._text, _refuse, self._range)
        feed(b"<Log>", False)
        chunk = self._stream.read(CHUNK)
        chunk = chunk[BEGINNING.match(chunk).end() :]
        while chunk:
            feed(chunk, False)
            ready, self._ready = self._ready, []
            yield ready
            chunk = self._stream.read(CHUNK)
        feed(b"</Log>", True)
        yield self._ready
        if self.generation is None:
            raise _refuse("has neither a DriveLog nor entries.")

    def _start(self, tag, attributes):
        self._text.clear()
        tag = local(tag)
        self._path.append(tag)
        if len(self._path) == 2:
            self._top(tag, attributes)
        if tag in OBJECTS and self._entry is None and self._path[1:] in ([tag], ["DriveLog", tag]):
            self._entry = _begin(attributes)
        elif self._entry is not None:
            self._inside(tag, attributes)
        return tag == "PageRangeList" and self._entry is not None

    def _top(self, tag, attributes):
        """The first element says of which generation the log is."""
        if tag == "DriveLog":
            others = [name for name in attributes if not name.startswith("xmlns")]
            self.version = attributes.get("Version", f"{others[0][:40]}=" if others else CLASSIC)
            self.generation = GENERATIONS.get(self.version, self.version)
        elif tag in OBJECTS or tag == "CopyLog":
            self.generation = self.generation or ROOTLESS
        else:
            raise _refuse(f"has an element <{tag[:40]}> that no copy log has.")

    def _inside(self, tag, attributes):
        if tag in RANGES:
            self._range(attributes)
            if tag == "Block":
                self._entry["cloud_format"] = "BlockBlob"
        elif tag == "ImportDisposition":
            self._entry["disposition"] = attributes.get("Status")
        elif tag in ("Metadata", "Properties"):
            self._entry["statuses"].append(attributes.get("Status", ""))
        elif tag not in ALSO and tag not in FIELDS:
            self._entry["odd"].append(tag[:40])

    def _range(self, attributes):
        offset, length = place(attributes)
        status, md5 = attributes.get("Status"), attributes.get("Hash")
        if offset is None or length is None:
            raise _refuse("has a range without a number for Offset and Length.")
        if md5 is not None:
            md5 = md5_of(md5)
            if md5 is None:
                raise _refuse(f"has a range whose hash is {attributes['Hash'].strip().upper()[:40]!r}, not 32 hexadecimal digits.")
        entry = self._entry
        entry["ranges"].add(offset, length, md5)
        if status not in WELL_COPIED:
            entry["worse"] += 1
            if entry["worse"] <= MOST_BAD_RANGES:
                entry["bad"].append((offset, length, status))
        if self._on_range is not None:
            self._on_range(entry["path"], Range(offset, length, md5))

    def _end(self, tag):
        self._path.pop()
        tag, text = local(tag), "".join(self._text).strip()
        self._text.clear()
        entry = self._entry
        if entry is None:
            self._trailer(tag, text)
        elif tag in OBJECTS and self._path[1:] in ([], ["DriveLog"]):
            self._ready.append(_whole(entry))
            self._entry = None
        elif self._path[-1] in OBJECTS:
            if tag == "Status":
                entry["statuses"].append(text)
            elif tag in FIELDS:
                entry[FIELDS[tag]] = _size(text) if FIELDS[tag] == "size" else text

    def _trailer(self, tag, text):
        if self._path[1:] in (["DriveLog"], ["CopyLog"]):
            if tag in TRAILER:
                setattr(self, TRAILER[tag], _size(text) if tag == "FilesErrored" else text)
            elif tag in TOTALS:
                self.total = _size(text)
        elif tag in ("DriveLog", "CopyLog"):
            self.closed = True


def _begin(attributes):
    size, crc64 = attributes.get("Size"), attributes.get("crc64")
    entry = {
        "path": attributes.get("Path", ""),
        "cloud_format": attributes.get("CloudFormat"),
        "odd": [name[:40] for name in attributes if name not in ATTRIBUTES],
        "statuses": [],
        "ranges": RangeSums(),
        "bad": [],
        "worse": 0,
    }
    if "Status" in attributes:
        entry["statuses"].append(attributes["Status"])
    if size is not None:
        entry["size"] = _size(size)
    if crc64 is not None:
        entry["crc64"] = _crc(crc64)
    return entry


def _whole(entry):
    if not entry["path"]:
        raise _refuse("has an entry without a path.")
    ranges = entry["ranges"] if entry["ranges"].count else None
    bad = tuple(entry["bad"]) if entry.pop("worse") <= MOST_BAD_RANGES else ((0, WHOLE_FILE, "too many to list"),)
    return Entry(**{**entry, "statuses": tuple(entry["statuses"]), "odd": tuple(entry["odd"]), "ranges": ranges, "bad": bad})


def _size(text):
    value = number(text)
    return -1 if value is None else value


def _crc(text):
    """The number of a crc64 attribute; -1, which equals no checksum, if it is none."""
    text = text.strip()
    value = int(text) if text.isascii() and text.isdecimal() and len(text) <= 20 else -1
    return value if value < 1 << 64 else -1


def _refuse(what):
    return NotACopyLog(f"The copy log {what} Fetch it again from the storage account.", field="logs")
