# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How amounts and states are said to people."""

from __future__ import annotations

STATES = {
    "waiting_for_person": "waits for a person",
    "working": "is at work",
    "waiting_for_azure": "waits for Azure",
    "failed": "FAILED",
    "unreachable": "UNREACHABLE",
    "conflict": "CONFLICT: record and world disagree",
    "complete": "complete",
}
UNITS = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def amount(size):
    """Bytes for people, in the units that drives are sold by: ``96.3 MB``."""
    for unit, name in UNITS:
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"


def listed(values, most=5):
    """Words joined by commas, the rest as a number."""
    values = [str(value) for value in values]
    more = len(values) - most
    return ", ".join(values[:most]) + (f" and {more} more" if more > 0 else "")


def counted(number, noun):
    """``1 drive``, ``2 drives``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def one_line(text):
    """Text without line breaks."""
    return " ".join(str(text).split())
