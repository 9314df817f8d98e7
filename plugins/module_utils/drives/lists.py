# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists in JSON lines: sizes out of an inventory or a list of blobs, checksums out of an inventory or the copy worker's journal."""

from __future__ import annotations

import json
import re

from ..failure import Failure

CRC64 = re.compile(r"[0-9a-f]{16}")


def sizes(path, field):
    """``{name: bytes}`` of a file of lines ``{name, size}``; a Failure that names *field* and the line where one is something else."""
    found = {}
    for number, entry in _lines(path, field):
        name, size = entry.get("name"), entry.get("size")
        if not isinstance(name, str) or isinstance(size, bool) or not isinstance(size, int) or size < 0:
            raise _wrong(path, field, number, "{name, size}")
        if name in found:
            raise Failure(f"{path} line {number} names {name!r} a second time. Make the list again.", field=field, seen=name)
        found[name] = size
    return found


def checksums(path, field):
    """``{name: CRC-64/NVME as a number}`` of lines with ``name`` and ``crc64`` (16 hex digits in lower case).

    In a journal of the copy worker these are the lines of the event ``file``; a later line of a name makes void what was said before.
    """
    found = {}
    for number, entry in _lines(path, field):
        name, crc64 = entry.get("name"), entry.get("crc64")
        if entry.get("event") == "ranges" and entry.get("first") == 0:
            found.pop(name, None)
        elif crc64 is not None and entry.get("event", "file") == "file":
            if not isinstance(name, str) or not isinstance(crc64, str) or not CRC64.fullmatch(crc64):
                raise _wrong(path, field, number, "{name, crc64: 16 hexadecimal digits}")
            found[name] = int(crc64, 16)
    return found


def _lines(path, field):
    try:
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    entry = json.loads(line)
                except ValueError:
                    raise _wrong(path, field, number, "JSON") from None
                if not isinstance(entry, dict):
                    raise _wrong(path, field, number, "a JSON object")
                yield number, entry
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path} cannot be read: {error}. Give the path of a file of JSON lines on the controller.", field=field) from error


def _wrong(path, field, number, form):
    return Failure(f"{path} line {number} is not {form}. Make the list again.", field=field, seen=number)
