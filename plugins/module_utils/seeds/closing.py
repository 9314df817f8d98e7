# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of each seed at the end of a run, above all when its host failed or never answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ..failure import Failure
from . import clocks, events, record, state_dir, status, summary
from .case import Case
from .words import one_line

LONGEST_MESSAGE = 700
# Steps that say more about a failure than the message of the task that failed.
BETTER_STEPS = frozenset({"fix_findings", "fix_drives", "attach_drives", "resolve_conflict", "repair_import", "ask_import_support"})
# Variables of a seed that the text of a step may need; none of them is a secret.
INPUTS = (
    "seed_copy_host",
    "seed_staging_path",
    "seed_storage_account",
    "seed_container",
    "seed_subscription_id",
    "seed_job_name",
    "seed_parcel",
    *clocks.INPUTS,
)


@dataclass(frozen=True)
class Told:
    """What a run told of one host: the last *entry* of seed_status, and the *error* of the task that ended the host, if one did.

    *prep* is the result of a win_disk_prep that failed: what it says of each drive makes a better next step than its message.
    """

    host: str
    entry: dict | None = None
    error: dict | None = None
    state_dir: str | None = None
    seed: str | None = None
    inputs: dict = field(default_factory=dict)
    prep: dict | None = None


def error_of(task, host, result, unreachable):
    """``{what, seen, cure, kind}`` out of the *result* of a task that failed on *host* or found it unreachable."""
    items = [item for item in result.get("results") or [] if isinstance(item, dict)]
    failed = next((item for item in items if item.get("failed") or item.get("unreachable")), result)
    message = failed.get("msg") or result.get("msg") or failed.get("censored") or "it gave no message"
    seen = _short(message if isinstance(message, str) else str(message))
    if not unreachable:
        cure = failed.get("cure") if isinstance(failed.get("cure"), str) else ""
        seen = seen.removesuffix(one_line(cure)).rstrip() or seen
        return {"what": task, "seen": seen, "cure": cure or "Mend what the message says.", "kind": "failed"}
    where = (result.get("_ansible_delegated_vars") or {}).get("ansible_host")
    name = f"{host}'s copy host {where}" if where else host
    cure = f"Check that {name} is switched on, that its WinRM port answers from here, and that the account may log on."
    return {"what": f"{name} did not answer ({task})", "seen": seen, "cure": cure, "kind": "unreachable"}


def entry_of(told, now):
    """Entry of the summary for one host; *now* is a datetime that counts for its clocks."""
    if told.entry and not told.error:
        return told.entry
    if told.entry and told.entry["state"] == "conflict":
        return told.entry
    entry = _judged(told, told.error, now)
    if told.error and told.error.get("kind") != "unreachable":
        better = _judged(told, None, now, {"prep": told.prep}) if told.prep else told.entry
        if better and better["next"] and better["next"]["id"] in BETTER_STEPS:
            return {**entry, "next": better["next"], "error": better["error"] or entry["error"]}
    return entry


def _judged(told, error, now: datetime, observations=None):
    """Status out of the record alone; a record that cannot be read is an error of its own."""
    seed = told.seed or told.host
    inputs = {name: value for name, value in told.inputs.items() if name in INPUTS}
    known, hashes = events.blank(seed), ()
    try:
        if not told.state_dir:
            raise Failure(f"seed_state_dir of {told.host} is not set, so its record is not known.", cure="Set seed_state_dir for the host.")
        if not state_dir.SEED_NAME.fullmatch(seed):
            raise Failure(f"seed_name is {seed!r}; it must be {state_dir.SEED_NAME_RULE}.", cure="Set seed_name.")
        chain = record.read(told.state_dir, seed)
        known, hashes = chain.replay(), chain.hashes
        clocks.calendar_of(inputs)
    except Failure as failure:
        inputs = {name: value for name, value in inputs.items() if name not in clocks.INPUTS}
        error = error or {"what": f"Record of seed {seed}", "seen": failure.msg, "cure": failure.fields.get("cure", ""), "kind": "failed"}
    case = Case(seed, known, now, observations or {}, {**inputs, "source_host": told.host}, error, hashes)
    return status.judge(case)


def lines(entries, check_mode=False):
    """Lines for the terminal: one a seed, and under it what is next."""
    title = "Offline seeding" + (" (check mode: nothing was changed, this is what the next run would come to)" if check_mode else "")
    said = [title]
    for entry in sorted(entries, key=lambda entry: entry["seed"]):
        said += [summary.line(entry), *summary.step_lines(entry)]
    return said


def _short(message):
    message = one_line(message)
    return message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE].rstrip() + " …"
