# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as this collection writes them: ISO 8601, UTC, whole seconds, a ``Z`` at the end."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from .failure import refuse

_FORM = re.compile(r"^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$")


def parse(text, field="time"):
    """Aware datetime in UTC of an ISO 8601 *text*; fractions of a second are dropped, no zone means UTC."""
    found = _FORM.match(str(text).strip())
    if not found:
        raise refuse(field, text, "a time such as 2026-01-31T08:00:00Z", "Give ISO 8601 in UTC.")
    day, clock, _fraction, zone = found.groups()
    zone = "+0000" if zone in (None, "Z") else zone.replace(":", "")
    try:
        return datetime.strptime(f"{day}T{clock}{zone}", "%Y-%m-%dT%H:%M:%S%z").astimezone(timezone.utc)
    except ValueError:
        raise refuse(field, text, "a time such as 2026-01-31T08:00:00Z", "There is no such day or hour.") from None


def iso(moment):
    """Text of an aware datetime, for example ``2026-01-31T08:00:00Z``."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock():
    """The computer's own time, UTC, whole seconds. Only the outermost functions ask it; everything below is told the time."""
    return datetime.now(timezone.utc).replace(microsecond=0)
