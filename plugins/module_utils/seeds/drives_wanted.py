# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many drives a seed would take and whether to ship it at all, before any drive is named; the user's ``seed_deciding`` is heeded."""

from __future__ import annotations

from ..drives import plan, room
from ..failure import Failure
from . import inventory, planned
from .words import amount, counted

OPTION = "seed_deciding"


def of_case(case):
    """``{choices: [{size, drives}], drive_size, bound, hours, decision, problem}``, what is not known is None; None before staging."""
    size = (case.record["staged"] or {}).get("bytes")
    if not size and not case.files:
        return None
    staged = plan.decreasing(case.files or inventory.estimated(size))
    params = planned.from_inputs(case.inputs.get(OPTION) or {}, OPTION)
    choices = room.choices(staged.needs)
    wanted = params.get("drive_size") or (choices[-1]["size"] if choices else room.SOLD[-1])
    drives = [plan.Drive(f"drive-{number:02}", wanted) for number in range(1, room.DRIVES_PER_JOB + 1)]
    told = {"choices": choices, "drive_size": wanted, "bound": None, "hours": None, "decision": None, "problem": None}
    try:
        made = planned.result(plan.laid_out(case.seed, "", staged, drives), staged, drives, params)
    except Failure as refused:
        return {**told, "problem": refused.msg}
    return {**told, **{key: made[key] for key in ("bound", "hours", "decision")}}


def examples(wanted):
    """``, for example 3 of 2.0 TB or 1 of 6.0 TB``; nothing where one of the smallest drives that are sold is enough."""
    choices = (wanted or {}).get("choices") or []
    if not choices or choices[0]["drives"] < 2:
        return ""
    shown = [choices[0], *choices[-1:]] if len(choices) > 1 else choices
    return ", for example " + " or ".join(f"{one['drives']} of {amount(one['size'])}" for one in shown)


def verdict(wanted):
    """A sentence on ship or network where the user told of the line, else nothing."""
    if wanted and wanted["problem"]:
        return f" {wanted['problem']}"
    decision = (wanted or {}).get("decision")
    if not decision or decision["way"] == "unknown":
        return ""
    return f" On {counted(wanted['bound']['drives'], 'drive')} of {amount(wanted['drive_size'])}: {decision['because']}"
