# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Days on which nobody ships, as the user lists them in the time zone that he lives in.

A clock of Azure counts hours, whatever the hands of a clock on the wall do; a day on which nobody ships begins and ends at midnight of the
place. The two meet here, and only here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .. import times
from ..failure import refuse

INPUTS = ("seed_no_shipping_days", "seed_time_zone")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class ShippingDays:
    """The *closed* days (dates) of a place, and its time *zone*; None: no place was given, everything is UTC."""

    closed: frozenset = frozenset()
    zone: tzinfo | None = None

    def last_open(self, due, start):
        """Last moment from *start* to *due* that is not on a closed day: *due*, or the last second of the last open day before it."""
        day = self._day(due)
        if day not in self.closed:
            return due
        while day in self.closed:
            day -= DAY
        return max(start, min(due, self._begin(day + DAY) - SECOND))

    def before(self, moment, length):
        """*length* (whole days) before *moment*, closed days not counted; the hands of the clock on the wall stand as they did."""
        if not self.closed:
            return moment - length
        there, left = moment.astimezone(self._zone), length.days
        while left:
            there -= DAY
            left -= there.date() not in self.closed
        return there.astimezone(timezone.utc)

    def said(self, moment):
        """Text of *moment*: UTC, or the time of the place with its offset."""
        return times.iso(moment) if self.zone is None else moment.astimezone(self.zone).isoformat(timespec="seconds")

    @property
    def _zone(self):
        return self.zone or timezone.utc

    def _day(self, moment):
        return moment.astimezone(self._zone).date()

    def _begin(self, day):
        return datetime.combine(day, time(), tzinfo=self._zone).astimezone(timezone.utc)


def of_inputs(inputs):
    """ShippingDays out of ``seed_no_shipping_days`` (list of ISO dates) and ``seed_time_zone`` (an IANA name) of *inputs*."""
    days = inputs.get("seed_no_shipping_days") or ()
    if isinstance(days, (str, date)) or not hasattr(days, "__iter__"):
        raise refuse("seed_no_shipping_days", days, "a list of dates such as [2026-12-25]", "Give each day on which nobody ships.")
    return ShippingDays(frozenset(_date(day) for day in days), _zone(inputs.get("seed_time_zone")))


def _date(day):
    """Date of an ISO text; YAML has made dates of unquoted ones already."""
    text = day.isoformat() if isinstance(day, date) and not isinstance(day, datetime) else str(day).strip()
    try:
        if DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise refuse("seed_no_shipping_days", text, "a list of days such as 2026-12-25", "There is no such day: write year-month-day.")


def _zone(name):
    if not name:
        return None
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse(
            "seed_time_zone",
            str(name),
            "the name of a time zone such as Europe/Stockholm",
            "Names stand in the IANA time zone database; where the controller has none, install its package tzdata.",
        ) from None
