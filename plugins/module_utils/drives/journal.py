# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal (.jrn) of WAImportExport v1: update records in plain text, with the facts of the drive as XML inside.

Source: azure-docs, storage-import-export-data-to-blobs and storage-import-export-tool-preparing-hard-drives-import, sample journal files. A
journal can hold the recovery password and, from older tools, the storage account key: both are told as there or not there, nothing more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import drive_info
from .manifest import Difference

BEGIN = re.compile(r"\[BeginUpdateRecord\]\[(?P<at>[^\]\n]{0,40})\]\[Type:(?P<type>\w{1,60})\]\s*\Z")
FIELD = re.compile(r"(?P<name>\w{1,60}):\s?(?P<value>.*)\Z", re.DOTALL)
MARK = "[BeginUpdateRecord]"
KNOWN_VOCABULARY = "2013-02-01"
PORTAL_LIMIT = 2 * 1024 * 1024  # azure-docs, storage-import-export-data-to-blobs: journal files above 2 MB are not taken by the portal


class NotAJournal(drive_info.NotDriveInfo):
    """The file is no journal of WAImportExport v1."""


@dataclass(frozen=True)
class Journal:
    """What a journal says: its *drives* (the last word on each), its *vocabulary*, number of *records*, whether the last record is *whole*,
    whether a storage account key stands in it, and its *size* in bytes."""

    drives: tuple
    vocabulary: str | None
    records: int
    whole: bool
    storage_key: bool
    size: int


def read(stream):
    """The Journal in a binary *stream*. Raises NotAJournal or NotDriveInfo; no message holds a value of the file."""
    content = drive_info.bounded(stream)
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise _refuse("is not UTF-8 text.") from error
    drives, vocabulary, storage_key, count, whole = {}, None, False, 0, True
    for fields, ended in _records(lines):
        count += 1
        whole = ended
        vocabulary = fields.get("VocabularyVersion", vocabulary)
        storage_key = storage_key or bool(fields.get("StorageAccountKey", "").strip("* "))
        if ended and "DriveState" in fields:
            drives.update({drive.serial: drive for drive in drive_info.read_drives(fields["DriveState"].encode())})
    if not count:
        raise _refuse("holds no update record.")
    return Journal(tuple(drives.values()), vocabulary, count, whole, storage_key, len(content))


def _records(lines):
    """``(fields, ended)`` of each update record; *ended* is false for one that breaks off."""
    fields, value, name = None, None, None
    for line in lines:
        if value is not None:
            if line.strip() == "[EndValue]":
                fields[name], value = "\n".join(value), None
            elif line.startswith(MARK):
                yield fields, False
                fields, value = _begin(line), None
            else:
                value.append(line)
        elif line.startswith(MARK):
            if fields is not None:
                yield fields, False
            fields = _begin(line)
        elif fields is None:
            if line.strip():
                raise _refuse("has text outside its records.")
        elif line.strip() == "[EndUpdateRecord]":
            yield fields, True
            fields = None
        elif found := FIELD.match(line):
            name = found["name"]
            if found["value"].startswith("[BeginValue]"):
                value = [found["value"].removeprefix("[BeginValue]")]
            else:
                fields[name] = found["value"].strip()
    if fields is not None:
        yield fields, False


def _begin(line):
    found = BEGIN.match(line)
    if not found:
        raise _refuse("has a record whose first line has no time and type.")
    return {"Type": found["type"]}


def check(read_journal, serial=None, manifest_hash=None):
    """Differences between a journal and what an import job needs."""
    found = drive_info.check(read_journal.drives, serial, manifest_hash)
    if not read_journal.drives:
        found.append(Difference(None, "no session has prepared a drive to its end"))
    if not read_journal.whole:
        found.append(Difference(None, "its last record breaks off: resume that session of WAImportExport, or abort it"))
    if read_journal.vocabulary not in (None, KNOWN_VOCABULARY):
        found.append(Difference(None, f"its VocabularyVersion is not {KNOWN_VOCABULARY}"))
    if read_journal.size > PORTAL_LIMIT:
        found.append(Difference(None, f"it has {read_journal.size} bytes; the portal takes 2 MB: give it the DriveInfo file"))
    if read_journal.storage_key:
        found.append(Difference(None, "it holds a storage account key: keep the file like one"))
    return found


def _refuse(what):
    return NotAJournal(f"The journal {what} Take the .jrn file that WAImportExport was given with /j.", field="path")
