# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict on one object from one entry of a copy log."""

from __future__ import annotations

from dataclasses import dataclass

from . import copy_log, log_words
from .range_sums import RangeSums

# From good to bad: of two entries on one object the worse counts.
VERDICTS = ("proven", "present", "extra", "missing", "renamed", "skipped", "failed", "corrupted")
GOOD = frozenset({"proven", "present"})
PROBLEM = "problem"
NO_CURE = "None is needed if the agent takes it; a verbose log with checksums would prove it."


@dataclass(frozen=True, slots=True)
class Expected:
    """An object that a manifest says should land."""

    path: str
    file_path: str
    length: int
    drive: str
    ranges: RangeSums
    crc64: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an object: *verdict*, *by* which evidence, its *size*, the log's word (*category*), *why*, the *cure*, under which
    name it was *seen_as*, and the *bad* ranges (offset, length, status)."""

    path: str
    drive: str | None
    verdict: str
    by: str
    size: int | None
    category: str | None = None
    why: str | None = None
    cure: str | None = None
    seen_as: str | None = None
    bad: tuple = ()


def worse(one, other):
    """The worse of two verdicts on one object; either may be None."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda verdict: VERDICTS.index(verdict.verdict))


def by_drive_log(generation):
    """Whether logs of this generation have a status for each object."""
    return generation != copy_log.ROOTLESS


def judge(entry, one, generation, seen_as=None):
    """Verdict on the Expected object *one* from *entry*, in which it has the name *seen_as* (None: its own).

    Nothing is good that the log does not say in words that are known.
    """
    return _by_words(entry, one, generation, seen_as) or _by_length(entry, one) or _by_checksum(entry, one)


def _by_words(entry, one, generation, seen_as):
    """Verdict where a word, a name or a range speaks against the object, else None."""
    word = _first_bad_word(entry, generation)
    if word is None and seen_as is not None:
        word = "Renamed"
    if word is not None:
        meaning = log_words.of_object(word)
        why = entry.message or f"the log says {word}"
        return _verdict(one, meaning.verdict, "log", word, why[:400], meaning.cure, seen_as, entry.bad)
    if entry.bad:
        cure = log_words.OBJECT["Corrupted"].cure
        statuses = sorted({str(status) for _offset, _length, status in entry.bad})
        return _verdict(one, "corrupted", "log", statuses[0], f"ranges are {', '.join(statuses)}", cure, None, entry.bad)
    return None


def _first_bad_word(entry, generation):
    """The first word of an entry that is no success, or None. Missing words count as such where the generation has them."""
    if entry.category is not None:
        return entry.category
    words = [status for status in entry.statuses if status not in log_words.FAULTLESS]
    if entry.odd:
        words.append(f"unknown: {entry.odd[0]}")
    if entry.cloud_format not in (None, log_words.PAGE_BLOB):
        words.append(entry.cloud_format)
    if by_drive_log(generation):
        if not entry.statuses:
            words.append("no status")
        if entry.disposition is not None and entry.disposition not in log_words.FAULTLESS_DISPOSITIONS:
            words.append(entry.disposition)
    elif entry.code or entry.message or entry.type:
        words.append("error without category")
    return words[0] if words else None


def _by_length(entry, one):
    """Verdict where the length is another, or is not told."""
    if entry.size == one.length:
        return None
    why = f"the log has {entry.size} bytes, the manifest {one.length}" if entry.size is not None else "the log gives no length"
    return _verdict(one, "corrupted" if entry.size is not None else "present", "length", None, why, log_words.SEND)


def _by_checksum(entry, one):
    """Verdict on an object that is there with its length."""
    if entry.crc64 is not None and one.crc64 is not None:
        if entry.crc64 == one.crc64:
            return _verdict(one, "proven", "crc64")
        return _verdict(one, "corrupted", "crc64_differs", None, "its CRC-64 is another", log_words.SEND)
    if not one.length and not entry.ranges:
        return _verdict(one, "proven", "length")
    return _by_ranges(entry, one, entry.ranges)


def _by_ranges(entry, one, ranges):
    """Verdict by the page ranges of an object that has its length, each of which was copied well."""
    if ranges is None:
        return _verdict(one, "present", "length", None, "the log gives no checksum to compare", NO_CURE)
    if ranges.covered != one.ranges.covered:
        why = f"the log's ranges cover {ranges.covered} bytes, those of the manifest {one.ranges.covered}"
        return _verdict(one, "corrupted", "ranges_lack", None, why, log_words.SEND)
    if ranges.unhashed:
        return _verdict(one, "present", "length", None, "the log gives no checksum to compare", NO_CURE)
    if ranges.count != one.ranges.count:
        return _verdict(one, "present", "length", None, "the log's ranges are of other sizes than the manifest's", NO_CURE)
    if not ranges.same_as(one.ranges):
        return _verdict(one, "corrupted", "ranges_differ", None, "a range has another MD5 or place", log_words.OBJECT["Corrupted"].cure)
    if not one.ranges.covers(one.length) or entry.disposition is None:
        why = "the ranges do not cover the file" if entry.disposition is not None else "the log does not say how it was written"
        return _verdict(one, "present", "length", None, why, NO_CURE)
    return _verdict(one, "proven", "md5_ranges")


def _verdict(one, verdict, by, category=None, why=None, cure=None, seen_as=None, bad=()):
    return Verdict(one.path, one.drive, verdict, by, one.length, category, why, cure, seen_as, bad)
