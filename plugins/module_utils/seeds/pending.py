# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of a check mode run: they are not written, they travel from task to task so that later phases can show what they would do."""

from __future__ import annotations

RUN_VARIABLE = "OFFLINESEED_RUN"


def of_this_run(pending, environment):
    """The *pending* events that this run made; a fact cache may still hold those of an earlier one."""
    run = environment.get(RUN_VARIABLE, "")
    return [one for one in pending or () if isinstance(one, dict) and one.get("run", "") == run]


def extended(pending, environment, event, data, at):
    """*pending* and one more event."""
    return [*of_this_run(pending, environment), {"run": environment.get(RUN_VARIABLE, ""), "event": event, "data": data, "at": at}]
