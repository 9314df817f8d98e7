# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists in JSON lines, plain or in gzip: sizes out of an inventory or a list of blobs, checksums out of an inventory or a journal."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from contextlib import contextmanager

from ..failure import Failure

CRC64 = re.compile(r"[0-9a-f]{16}")
SHA256 = re.compile(r"[0-9a-f]{64}")
GZIP = b"\x1f\x8b"
BLOCK = 1024 * 1024
LONGEST_LINE = 1024 * 1024


class NoSuchList(Failure):
    """The file is not there."""


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


def whole_sums(path, field):
    """``{name: (bytes, SHA-256 in hex)}`` of lines with ``name``, ``size`` and ``sha256``, by the rules of ``checksums``."""
    found = {}
    for number, entry in _lines(path, field):
        name, sha256 = entry.get("name"), entry.get("sha256")
        if entry.get("event") == "ranges" and entry.get("first") == 0:
            found.pop(name, None)
        elif sha256 is not None and entry.get("event", "file") == "file":
            if not isinstance(name, str) or not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
                raise _wrong(path, field, number, "{name, size, sha256: 64 hexadecimal digits}")
            found[name] = (entry.get("size"), sha256)
    return found


def _lines(path, field):
    for number, line in texts(path, field):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            raise _wrong(path, field, number, "JSON") from None
        if not isinstance(entry, dict):
            raise _wrong(path, field, number, "a JSON object")
        yield number, entry


def texts(path, field):
    """``(number, text)`` of each line of a file that is not blank; a Failure that names *field* where it cannot be read."""
    try:
        with _opened(path) as stream:
            rest, before = b"", 0
            while block := stream.read(BLOCK):
                *whole, rest = (rest + block).split(b"\n")
                for number, line in enumerate(whole, start=before + 1):
                    if line and not line.isspace():
                        yield number, line.decode()
                before += len(whole)
                if len(rest) > LONGEST_LINE:
                    raise _wrong(path, field, before + 1, f"a line of less than {LONGEST_LINE} bytes")
            if rest and not rest.isspace():
                yield before + 1, rest.decode()
    except FileNotFoundError as error:
        raise NoSuchList(f"{path} does not exist. Give the path of a file of JSON lines on the controller.", field=field) from error
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise Failure(f"{path} cannot be read: {error}. Give the path of a file of JSON lines on the controller.", field=field) from error


@contextmanager
def _opened(path):
    """The file as a binary stream, unpacked if it begins as gzip does, whatever its name."""
    with open(path, "rb") as stream:
        packed = stream.read(len(GZIP)) == GZIP
        stream.seek(0)
        yield gzip.GzipFile(fileobj=stream) if packed else stream


def _wrong(path, field, number, form):
    return Failure(f"{path} line {number} is not {form}. Make the list again.", field=field, seen=number)
