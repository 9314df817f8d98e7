# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for playbooks: is a clock of a seed overdue or due soon, does a seed need a person. Documented in the files of their names."""

from __future__ import annotations

from collections.abc import Mapping

from ansible.errors import AnsibleFilterError

from ..module_utils import times
from ..module_utils.failure import Failure
from ..module_utils.seeds import clocks


def overdue(value, clock=None, now=None):
    """Whether *value*, a clock or a seed, is past a due time; of a seed only *clock* where one is named; at *now* instead of then."""
    return "past" in _levels("overdue", value, clock, now)


def due_soon(value, clock=None, now=None):
    """Whether *value*, a clock or a seed, has a due time near its end that is not past it."""
    return "near" in _levels("due_soon", value, clock, now)


def needs_person(value, who=None):
    """Whether the next step of the seed *value* is a person's; of the person *who* where one is named."""
    if not isinstance(value, Mapping) or "next" not in value:
        raise AnsibleFilterError(f"The test needs_person looks at a seed of the summary (with a key next); it was given {_kind(value)}.")
    doer = (value["next"] or {}).get("who", "nobody")
    return doer != "nobody" if who is None else doer == who


def _levels(test, value, clock, now):
    if clock is not None and clock not in clocks.IDS:
        raise AnsibleFilterError(f"The test {test} was asked for clock {clock!r}; there are {', '.join(clocks.IDS)}.")
    try:
        moment = None if now is None else times.parse(now, "now")
        return {clocks.level(face, moment) for face in _faces(test, value) if clock in (None, face["id"])}
    except Failure as failure:
        raise AnsibleFilterError(f"The test {test} cannot tell: {failure.msg}") from failure


def _faces(test, value):
    if isinstance(value, Mapping) and {"id", "due", "level"} <= set(value):
        return [value]
    if isinstance(value, Mapping) and "clocks" in value:
        return value["clocks"]
    raise AnsibleFilterError(
        f"The test {test} looks at a clock (with id, due and level) or at a seed of the summary (with clocks); it was given {_kind(value)}."
    )


def _kind(value):
    if isinstance(value, Mapping):
        return f"a dictionary with {', '.join(sorted(map(str, value))) or 'nothing'}"
    return f"a {type(value).__name__}"


class TestModule:
    """The tests by their names."""

    def tests(self):
        return {"overdue": overdue, "due_soon": due_soon, "needs_person": needs_person}
