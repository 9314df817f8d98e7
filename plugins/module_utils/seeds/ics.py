# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deadlines of a seed as an iCalendar document (RFC 5545), for whatever calendar people look at.

All times are UTC, so that a calendar shows them right in every time zone and across every change of the clocks. An event keeps its UID as
long as the record and the clock are the same: a calendar that reads the document again moves what it has.
"""

from __future__ import annotations

import re
import uuid

from .. import times
from . import clocks

PRODUCT = "-//offlineseed.azure//deadlines of a seed//EN"
NAMESPACE = uuid.UUID("2edf0247-0119-5d30-8d42-43b28e970496")  # uuid5 of the URL https://github.com/offlineseed/azure
# Octets of a line without its end (RFC 5545, 3.1).
LINE = 75
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def of_seed(seed, faces, root, written):
    """Text of the calendar: one event a running clock.

    *faces* are those of ``clocks.read``; *root*, the hash of the record's first line, makes the UIDs this seed's and nobody else's;
    *written* is when the record last changed: as long as nothing changes, the document does not.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{escaped(f'Seed {seed}')}")
    for face in faces:
        lines += _event(seed, face, root, written)
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(seed, face, root, written):
    clock = clocks.BY_ID[face["id"]]
    title = f"Seed {seed}: {clock.title}"
    said = [clock.over]
    if face["act_by"] != face["due"]:
        said.append(f"It ends {face['due']}; after {face['act_by']} nobody ships before that.")
    said.append(f"Source: {clock.source}.")
    return [
        "BEGIN:VEVENT",
        f"UID:{uuid.uuid5(NAMESPACE, f'{root}/{clock.id}')}",
        f"DTSTAMP:{_utc(written)}",
        f"DTSTART:{_utc(face['act_by'])}",
        f"SUMMARY:{escaped(title)}",
        f"DESCRIPTION:{escaped(chr(10).join(said))}",
        "CATEGORIES:offlineseed.azure",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{escaped(title)}",
        f"TRIGGER;VALUE=DATE-TIME:{_utc(face['near_at'])}",
        "END:VALARM",
        "END:VEVENT",
    ]


def escaped(text):
    """*text* as a value of type TEXT (RFC 5545, 3.3.11); control characters, which it cannot hold, become blanks."""
    lines = re.sub(r"\r\n?", "\n", text)
    for plain, coded in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        lines = lines.replace(plain, coded)
    return CONTROLS.sub(" ", lines)


def folded(line):
    """*line* in pieces of at most 75 octets, no character cut in two; all but the first begin with a blank (RFC 5545, 3.1)."""
    pieces, room, piece = [], LINE, ""
    for character in line:
        length = len(character.encode("utf-8", "replace"))
        if length > room:
            pieces.append(piece)
            piece, room = "", LINE - 1
        piece, room = piece + character, room - length
    return "\r\n ".join([*pieces, piece])


def _utc(text):
    return times.parse(text).strftime("%Y%m%dT%H%M%SZ")
