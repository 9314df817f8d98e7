# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The smallest repair of a seed that did not land whole: copy inside the account, upload ranges, send files again, ask support."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import copy_log, log_words
from .judge import GOOD

MOST_ASKED = 20
AGAIN = frozenset({"missing", "skipped", "failed", "corrupted"})


@dataclass
class Repair:
    """What is to be done, from the cheapest: *copies* ``{from, to}``, *ranges* ``{path, drive, bytes, ranges: [{offset, length}]}``,
    *files* ``{path, drive, bytes, why, cure}`` that go again as a whole, and the text for *support* (None: nothing to ask)."""

    copies: list = field(default_factory=list)
    ranges: list = field(default_factory=list)
    files: list = field(default_factory=list)
    support: str | None = None

    @property
    def bytes(self):
        """Bytes that have to reach the storage account again."""
        return sum(one["bytes"] for one in (*self.ranges, *self.files))


def smallest(report, job=None):
    """The Repair of a Report of ``verify``; *job* is the import job's name, for the text to support."""
    repair, asked = Repair(), []
    for one in report.objects.values():
        if one.verdict == "renamed" and one.seen_as:
            repair.copies.append({"from": one.seen_as.replace("\\", "/").lstrip("/"), "to": one.path})
        elif one.verdict == "renamed" or one.verdict in AGAIN:
            _send(repair, one)
        if one.verdict not in GOOD and one.cure and log_words.SUPPORT in one.cure:
            asked.append(one)
    repair.support = _question(report, job, asked)
    return repair


def _send(repair, one):
    """The ranges of an object if all bad ones are known, else the whole of it."""
    ranges = joined(one.bad) if one.verdict == "corrupted" else None
    if ranges and one.size and sum(part["length"] for part in ranges) < one.size:
        size = sum(part["length"] for part in ranges)
        repair.ranges.append({"path": one.path, "drive": one.drive, "bytes": size, "ranges": ranges})
    else:
        repair.files.append({"path": one.path, "drive": one.drive, "bytes": one.size or 0, "why": one.why, "cure": one.cure})


def joined(bad):
    """Bad ranges in order, neighbours made one: ``[{offset, length}]``; None if there are none, or too many to list."""
    if not bad or any(length == copy_log.WHOLE_FILE for _offset, length, _status in bad):
        return None
    parts = []
    for offset, length, _status in sorted(bad, key=lambda one: one[:2]):
        if parts and parts[-1]["offset"] + parts[-1]["length"] >= offset:
            parts[-1]["length"] = max(parts[-1]["length"], offset + length - parts[-1]["offset"])
        else:
            parts.append({"offset": offset, "length": length})
    return parts


def _question(report, job, asked):
    """Text for Microsoft's support: facts only, no key, no address."""
    lines = [f"Log: {problem}" for problem in report.problems[:MOST_ASKED]]
    lines += [f"Drive {drive}: no crc64 of the verbose log equals the CRC-64/NVME of the file." for drive in report.other_algorithm]
    lines += [f"Object {one.path}: {one.category or one.verdict}, {one.why}." for one in asked[:MOST_ASKED]]
    if not lines:
        return None
    if len(asked) > MOST_ASKED:
        lines.append(f"And {len(asked) - MOST_ASKED} objects more.")
    counts = ", ".join(f"{number} {verdict}" for verdict, number in sorted(report.counts.items()))
    head = [f"Import job: {job or '(name of the job)'}", f"Drives: {', '.join(sorted(report.drives))}", f"Objects: {counts}"]
    ask = "Which of the objects were written whole, by which checksum of which algorithm was that checked, and what should we send again?"
    return "\n".join([*head, *lines, ask])
