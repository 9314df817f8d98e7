# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of a plan: its drives with reserves and hours, whether fewer would do, what bigger ones would change, ship or network."""

from __future__ import annotations

from ..drives import hours, plan, reserves, room
from ..failure import Failure
from . import deciding

HOURS_A_DAY = 24
ARGUMENTS = {
    "rates": {
        "type": "dict",
        "options": {name: {"type": "float"} for name in ("write_mb_per_s", "verify_mb_per_s", "staging_mb_per_s")},
    },
    "line": {
        "type": "dict",
        "options": {
            "mbit_per_s": {"type": "float", "required": True},
            "share": {"type": "float", "default": deciding.USED},
            "hours_per_day": {"type": "float", "default": float(deciding.HOURS_A_DAY)},
            "change_bytes_per_day": {"type": "int", "default": 0},
        },
    },
    "shipping_days": {"type": "dict", "options": {part.id: {"type": "float"} for part in deciding.PARTS}},
    "prices": {
        "type": "dict",
        "options": {
            "currency": {"type": "str", "required": True},
            **{name: {"type": "float", "default": 0.0} for name in ("drive", "handling", "parcel", "labour", "network")},
        },
    },
}
# option, its part, lowest and highest value that makes sense
LIMITS = (
    ("rates", "write_mb_per_s", 0.001, 100_000),
    ("rates", "verify_mb_per_s", 0.001, 100_000),
    ("rates", "staging_mb_per_s", 0.001, 100_000),
    ("line", "mbit_per_s", 0.001, 1_000_000),
    ("line", "share", 0.001, 1),
    ("line", "hours_per_day", 0.01, 24),
    ("line", "change_bytes_per_day", 0, 10**18),
    *(("shipping_days", part.id, 0, 365) for part in deciding.PARTS),
    *(("prices", name, 0, 10**9) for name in ("drive", "handling", "parcel", "labour", "network")),
)


def check(params):
    """A Failure that names what lies outside of what makes sense."""
    for option, part, low, high in LIMITS:
        value = (params.get(option) or {}).get(part)
        if value is not None and not low <= value <= high:
            raise Failure(f"{part} of {option} is {value}; it must lie between {low:g} and {high:g}.", field=option, seen=value)


def from_inputs(given, name):
    """Options of a role's variable *name*, as the module's options would be: numbers as numbers, with their defaults. Raises Failure."""
    try:
        params = {option: _converted(ARGUMENTS[option]["options"], given[option]) for option in ARGUMENTS if given.get(option)}
        params["drive_size"] = int(given["drive_size"]) if given.get("drive_size") else None
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise Failure(f"{name} is not as its role documents it: {error}. Mend it, or leave it out.", field=name) from error
    check(params)
    return params


def _converted(options, given):
    kinds = {"float": float, "int": int, "str": str}
    values = {name: option.get("default") for name, option in options.items()} | given
    return {name: value if value is None else kinds[options[name]["type"]](value) for name, value in values.items()}


def result(made, staged, drives, params):
    """Result keys that follow from a plan: *made* of the Staged files *staged* on some of the *drives*."""
    reserve = params.get("reserve_bytes")
    rates = _rates(params)
    speeds = {drive.serial: drive.speed for drive in drives}
    used = {load.serial for load in made.loads}
    each = [_drive(load) for load in made.loads]
    estimates = [
        {
            "serial": load.serial,
            "reserves": reserves.named(load.size, reserve),
            "hours": hours.of_drive(load.bytes, speeds.get(load.serial), rates),
        }
        for load in made.loads
    ]
    together = hours.of_all([one["hours"] for one in estimates], sum(one["bytes"] for one in each), rates)
    least = plan.least(staged, drives, reserve)
    return {
        "fits": True,
        "missing_bytes": 0,
        "plan_hash": made.plan_hash,
        "files": sum(one["files"] for one in each),
        "bytes": sum(one["bytes"] for one in each),
        "drives": each,
        "estimates": estimates,
        "unused": [drive.serial for drive in drives if drive.serial not in used],
        "bound": _bound(made, least),
        "bigger_drives": _bigger(made, staged),
        "hours": together,
        "decision": deciding.decide(_seed(each, together, params), _line(params), params.get("prices")),
    }


def _rates(params):
    given = params.get("rates") or {}
    return hours.Rates(given.get("write_mb_per_s"), given.get("verify_mb_per_s"), given.get("staging_mb_per_s"))


def _line(params):
    given = params.get("line")
    return deciding.Line(given["mbit_per_s"], given["share"], given["hours_per_day"], given["change_bytes_per_day"]) if given else None


def _seed(each, together, params):
    size = sum(one["bytes"] for one in each)
    return deciding.Seed(size, len(each), together["side_by_side"] / HOURS_A_DAY, params.get("shipping_days") or {})


def _drive(load):
    """What the record keeps of a drive of the plan."""
    return {
        "serial": load.serial,
        "size": load.size,
        "files": len(load.files),
        "bytes": load.bytes,
        "usable_bytes": load.usable_bytes,
    }


def _bound(made, least):
    used, at_least = len(made.loads), least.drives or 0
    text = f"{used} drive{'s' * (used != 1)}"
    if at_least > 1:
        text += f"; {at_least - 1} {'is' if at_least == 2 else 'are'} impossible, because {least.why}"
    if used > at_least:
        kept = any(load.begun_under for load in made.loads)
        text += f"; {used - 1} may be possible, " + ("but what a drive holds already stays on it" if kept else "but no way was found")
    return {"drives": used, "at_least": at_least, "met": used == at_least, "text": f"{text}."}


def _bigger(made, staged):
    """Sizes that are sold, bigger than the drives of the plan, of which fewer would do."""
    used = len(made.loads)
    if used < 2:
        return []
    largest = max(load.size for load in made.loads)
    return [one for one in room.choices(staged.needs, larger_than=largest) if one["drives"] < used]


def shown(made):
    """A plan for people, a line a drive."""
    if made is None:
        return ""
    return "".join(
        f"drive {load.serial} of {load.size:,} bytes: {len(load.files):,} files of {load.bytes:,} bytes, {load.usable_bytes:,} are usable"
        + (", begun already\n" if load.begun_under else "\n")
        for load in made.loads
    )
