# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clocks of a seed: from when they run, how long, what stops them, and what happens at their end."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from .. import times

LEVELS = ("ok", "near", "past")
ARRIVED = frozenset({"received", "copying", "returning", "completed", "completed_with_errors", "canceled"})


@dataclass(frozen=True)
class Clock:
    """One clock: *starts* and *stops* look at (record, seen, inputs); *near* is the time before the end from when on it warns."""

    id: str
    length: timedelta
    near: timedelta
    starts: Callable
    stops: Callable
    running: str
    over: str
    source: str


def _at(part):
    """Time of a part of the record, or None."""
    return part["at"] if part else None


CLOCKS = (
    Clock(
        "vault_credentials",
        timedelta(hours=48),
        timedelta(hours=12),
        starts=lambda record, seen, inputs: inputs.get("vault_credentials_at"),
        stops=lambda record, seen, inputs: record["preflight"] is not None,
        running="to register the agent with the vault credentials file",
        over="The vault credentials file is too old to register with: download it again.",
        source="Microsoft, Troubleshoot the MARS agent",
    ),
    Clock(
        "tracking",
        timedelta(days=14),
        timedelta(days=4),
        starts=lambda record, seen, inputs: record["job"] and (record["job"].get("created_at") or _at(record["job"])),
        stops=lambda record, seen, inputs: record["parcel"] is not None or record["landed"] is not None,
        running="to give Azure carrier and tracking number",
        over="Azure deletes an import job without tracking number two weeks after it was made, and does not process its drives.",
        source="Microsoft, Offline backup using the Azure Import/Export service",
    ),
    Clock(
        "arrive",
        timedelta(days=14),
        timedelta(days=4),
        starts=lambda record, seen, inputs: _at(record["parcel"]),
        stops=lambda record, seen, inputs: record["landed"] is not None or seen.get("stage") in ARRIVED,
        running="for the parcel to arrive in the datacenter",
        over="The parcel should be in the datacenter: ask the carrier where it is, then Microsoft support with the tracking number.",
        source="Microsoft, View drive status of Azure Import/Export jobs",
    ),
    Clock(
        "evidence",
        timedelta(days=90),
        timedelta(days=14),
        starts=lambda record, seen, inputs: _at(record["landed"]),
        stops=lambda record, seen, inputs: False,
        running="before Azure deletes the job and its copy logs",
        over="Azure has deleted the job and its logs.",
        source="Microsoft, View drive status of Azure Import/Export jobs",
    ),
)


def read(record, seen, inputs, now):
    """The running clocks: ``[{id, due, days_left, level, text}]``; *seen* may hold the job's ``stage``, *now* is a datetime."""
    return [face for clock in CLOCKS if (face := _read_one(clock, record, seen, inputs, now))]


def _read_one(clock, record, seen, inputs, now):
    start = clock.starts(record, seen, inputs)
    if not start or clock.stops(record, seen, inputs):
        return None
    due = times.parse(start, clock.id) + clock.length
    left = due - now
    level = "past" if left < timedelta(0) else "near" if left <= clock.near else "ok"
    if record["completed"] is not None and level == "past":
        return None
    return {
        "id": clock.id,
        "due": times.iso(due),
        "days_left": math.floor(left / timedelta(days=1)),
        "level": level,
        "text": (
            f"{_left(left)} {clock.running} (until {times.iso(due)})" if level != "past" else f"{clock.over} It ended {times.iso(due)}."
        ),
    }


def _left(left):
    days = math.floor(left / timedelta(days=1))
    if days:
        return f"{days} day{'s' if days != 1 else ''} left"
    return f"{math.floor(left / timedelta(hours=1))} hours left"


def broken(faces, fail_on):
    """Texts of the clocks that *fail_on* (never, near or past) does not forgive."""
    if fail_on == "never":
        return []
    return [face["text"] for face in faces if LEVELS.index(face["level"]) >= LEVELS.index(fail_on)]
