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
from . import shipping_days

LEVELS = ("ok", "near", "past")
TIMES = ("seed_vault_credentials_at", "seed_dpm_online_at")  # what only people know
INPUTS = (*shipping_days.INPUTS, *TIMES)
ARRIVED = frozenset({"received", "copying", "returning", "completed", "completed_with_errors", "canceled"})


@dataclass(frozen=True)
class Clock:
    """One clock: *starts* and *stops* look at (record, seen, inputs); *near* is the time before the end from when on it warns.

    *title* names the end, as in a calendar. *ships* says that a parcel has to be on its way for it: days on which nobody ships do not
    count for its warning.
    """

    id: str
    length: timedelta
    near: timedelta
    starts: Callable
    stops: Callable
    title: str
    running: str
    over: str
    source: str
    ships: bool = False


def _at(part):
    """Time of a part of the record, or None."""
    return part["at"] if part else None


def _dpm_online(record, seen, inputs):
    """When a DPM or MABS server was last known to have backed up online: as the user says, as it shows, else when the parcel left."""
    if inputs.get("seed_dpm_online_at"):
        return inputs["seed_dpm_online_at"]
    source = seen.get("source") or {}
    if (source.get("agent") or {}).get("product") != "dpm":
        return None
    points = [point["time"] for point in source.get("recovery_points") or [] if point.get("time")]
    return max(points, key=times.parse) if points else _at(record["parcel"])


CLOCKS = (
    Clock(
        "vault_credentials",
        timedelta(hours=48),
        timedelta(hours=12),
        starts=lambda record, seen, inputs: inputs.get("seed_vault_credentials_at"),
        stops=lambda record, seen, inputs: record["preflight"] is not None,
        title="The vault credentials file expires",
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
        title="Carrier and tracking number are due",
        running="to give Azure carrier and tracking number",
        over="Azure deletes an import job without tracking number two weeks after it was made, and does not process its drives.",
        source="Microsoft, Offline backup using the Azure Import/Export service",
        ships=True,
    ),
    Clock(
        "arrive",
        timedelta(days=14),
        timedelta(days=4),
        starts=lambda record, seen, inputs: _at(record["parcel"]),
        stops=lambda record, seen, inputs: bool(record["landed"] or record["evidence"]) or seen.get("stage") in ARRIVED,
        title="The parcel is due in the datacenter",
        running="for the parcel to arrive in the datacenter",
        over="The parcel should be in the datacenter: ask the carrier where it is, then Microsoft support with the tracking number.",
        source="Microsoft, View drive status of Azure Import/Export jobs",
        ships=True,
    ),
    Clock(
        "dpm_offline",
        timedelta(days=15),
        timedelta(days=5),
        starts=_dpm_online,
        stops=lambda record, seen, inputs: record["vault"] is not None,
        title="The DPM server is due for an online backup",
        running="for the DPM or MABS server to back up online again",
        over="A DPM or MABS server that was offline for more than 15 days may not back up to Azure any more: let it synchronise, and"
        " register it again if it refuses.",
        source="GitHub, MicrosoftDocs/azure-docs #47445",
    ),
    Clock(
        "evidence",
        timedelta(days=90),
        timedelta(days=14),
        starts=lambda record, seen, inputs: (record["evidence"] or {}).get("since") or _at(record["landed"]),
        stops=lambda record, seen, inputs: record["evidence"] is not None and record["landed"] is not None,
        title="Azure deletes the import job and its copy logs",
        running="before Azure deletes the job and its copy logs",
        over="Azure has deleted the job and its logs.",
        source="Microsoft, View drive status of Azure Import/Export jobs",
    ),
)

BY_ID = {clock.id: clock for clock in CLOCKS}
IDS = tuple(BY_ID)


def read(record, seen, inputs, now):
    """The running clocks: ``[{id, due, act_by, near_at, days_left, level, text}]``, times in UTC.

    *seen* may hold the job's ``stage`` and the ``source`` (of win_backup_agent_info); *now* is a datetime. Of *inputs* count
    INPUTS; a Failure says what is wrong with them.
    """
    calendar = calendar_of(inputs)
    return [face for clock in CLOCKS if (face := _read_one(clock, calendar, record, seen, inputs, now))]


def calendar_of(inputs):
    """ShippingDays out of *inputs*; a Failure where one of INPUTS is not what it should be."""
    for name in TIMES:
        if inputs.get(name):
            times.parse(inputs[name], name)
    return shipping_days.of_inputs(inputs)


def _read_one(clock, calendar, record, seen, inputs, now):
    begun = clock.starts(record, seen, inputs)
    if not begun or clock.stops(record, seen, inputs):
        return None
    start = times.parse(begun, clock.id)
    due = start + clock.length
    act_by = calendar.last_open(due, start) if clock.ships else due
    near_at = max(start, calendar.before(act_by, clock.near) if clock.ships else due - clock.near)
    if record["completed"] is not None and now > due:
        return None
    return {
        "id": clock.id,
        "due": times.iso(due),
        "act_by": times.iso(act_by),
        "near_at": times.iso(near_at),
        "days_left": math.floor((due - now) / timedelta(days=1)),
        "level": _level(due, near_at, now),
        "text": _text(clock, calendar, due, act_by, now),
    }


def _text(clock, calendar, due, act_by, now):
    if now > due:
        return f"{clock.over} It ended {calendar.said(due)}."
    earlier = f", and nobody ships after {calendar.said(act_by)}" if act_by < due else ""
    return f"{_left(due - now)} {clock.running} (until {calendar.said(due)}{earlier})"


def _left(left):
    days = math.floor(left / timedelta(days=1))
    if days:
        return f"{days} day{'s' if days != 1 else ''} left"
    hours = math.floor(left / timedelta(hours=1))
    return f"{hours} hour{'s' if hours != 1 else ''} left"


def level(face, now=None):
    """Level of a clock as ``read`` tells it; at *now* (a datetime) where it is given, so that an old reading can be judged today."""
    if now is None:
        return face["level"]
    due, near_at = (times.parse(face.get(key) or face["due"], key) for key in ("due", "near_at"))
    return _level(due, near_at, now)


def _level(due, near_at, now):
    return "past" if now > due else "near" if now >= near_at else "ok"


def broken(faces, fail_on):
    """Texts of the clocks that *fail_on* (never, near or past) does not forgive."""
    if fail_on == "never":
        return []
    return [face["text"] for face in faces if LEVELS.index(face["level"]) >= LEVELS.index(fail_on)]
