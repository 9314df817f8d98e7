# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What manifest and copy logs have in common: page ranges kept as sums, numbers, and an XML parser without entities."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.parsers import expat

MD5 = re.compile(r"[0-9A-Fa-f]{32}")
UPPER_MD5 = re.compile(r"[0-9A-F]{32}").fullmatch
LARGEST_RANGE = 4 * 1024 * 1024
PAGE = 512
LONGEST_TEXT = 64 * 1024
DEEPEST = 32


@dataclass(frozen=True)
class Range:
    """Bytes *offset* to *offset* + *length* of a page blob, and their MD5 (hex, upper case; None where a log gives none)."""

    offset: int
    length: int
    md5: str | None


class RangeSums:
    """The ranges of one blob: *count*, bytes *covered*, how many are *unhashed*, the first *problem* of their order, and a *mark*.

    Two sets of ranges have the same mark if they hold the same (offset, length, MD5), in whatever order; by accident in one of 2^64 cases.
    A mark is good for one process only.
    """

    __slots__ = ("count", "covered", "mark", "problem", "unhashed")

    def __init__(self):
        self.count = self.covered = self.mark = self.unhashed = 0
        self.problem = None

    def add(self, offset, length, md5):
        """Count one range in; *md5* is in upper case or None."""
        if self.problem is None and (offset != self.covered or not 0 < length <= LARGEST_RANGE or length % PAGE):
            self.problem = f"its range at {offset} of {length} bytes leaves a gap, overlaps, or is no whole pages up to 4 MiB"
        self.count += 1
        self.covered += length
        self.mark += hash((offset, length, md5))
        if md5 is None:
            self.unhashed += 1

    def covers(self, length):
        """Whether the ranges stand one after the other from 0 to *length*."""
        return self.problem is None and self.covered == length

    def same_as(self, other):
        """Whether *other* is of the same ranges with the same hashes."""
        return (self.count, self.covered, self.mark) == (other.count, other.covered, other.mark)


def number(text):
    """The number that *text* writes in ASCII digits; None if it is none or too long for a size."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def place(attributes):
    """``(offset, length)`` that the attributes of a range write, None for what is no number."""
    offset, length = attributes.get("Offset", ""), attributes.get("Length", "")
    both = offset + length
    if both.isdecimal() and both.isascii() and 0 < len(offset) <= 18 and 0 < len(length) <= 18:
        return int(offset), int(length)
    return number(offset), number(length)


def md5_of(text):
    """The MD5 that *text* writes, in upper case; None if it is none. A published sample has a blank in front of one."""
    if UPPER_MD5(text):
        return text
    text = text.strip()
    return text.upper() if MD5.fullmatch(text) else None


def local(tag):
    """A tag's name without its namespace prefix."""
    return tag.rpartition(":")[2]


def new_parser(start, end, text, refuse, take_range):
    """A function ``feed(bytes, last)`` that calls *start* and *end* and appends character data to the list *text*.

    *refuse* makes the exception for what is not read: bad form, a document type, or an element deeper or longer than any real one.

    A file of 8 TB has two million page ranges, so a list of them has a short way: where *start* answers true to the begin of a list, each
    ``PageRange`` in it goes to *take_range* (its attributes) alone. It has no children; with the first other element in the list the short
    way is at its end.
    """
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    kept = [0, 0]  # depth, characters since the last tag
    in_range = [False]

    def begin(tag, attributes):
        kept[0] += 1
        kept[1] = 0
        if kept[0] > DEEPEST:
            raise refuse(f"nests elements more than {DEEPEST} deep.")
        if start(tag, attributes):
            in_range[0] = False
            parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin_range, finish_range, None

    def finish(tag):
        kept[0] -= 1
        kept[1] = 0
        end(tag)

    def begin_range(tag, attributes):
        if in_range[0]:
            raise refuse("has an element inside of a page range.")
        if tag == "PageRange":
            in_range[0] = True
            take_range(attributes)
        else:
            take_all()
            begin(tag, attributes)

    def finish_range(tag):
        if in_range[0]:
            in_range[0] = False
        else:
            take_all()
            finish(tag)

    def take_all():
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, finish, add

    def add(data):
        kept[1] += len(data)
        if kept[1] > LONGEST_TEXT:
            raise refuse(f"has an element of more than {LONGEST_TEXT} characters.")
        text.append(data)

    def doctype(name, *_ids):
        raise refuse("has a document type declaration; no such file has one, so it is not read.")

    take_all()
    parser.StartDoctypeDeclHandler = doctype

    def feed(content, last):
        try:
            parser.Parse(content, last)
        except expat.ExpatError as error:
            raise refuse(f"is not well-formed XML ({error}).") from error

    return feed
