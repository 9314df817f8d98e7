# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Core of the module seed_record: append an event to the record of a seed, or verify the record."""

from __future__ import annotations

import inspect
import json
import os

from .. import times
from ..jobs import store
from . import events, phases, record, second_store, state_dir, verify_record
from .pending import extended, of_this_run

ARGUMENT_SPEC = {
    "state_dir": {"type": "path", "required": True},
    "seed": {"type": "str", "required": True},
    "event": {"type": "str", "choices": [name for name in events.EVENTS if name != "healed"]},
    "data": {"type": "dict", "default": {}},
    "now": {"type": "str", "aliases": ["as_of"]},
    "pending_events": {"type": "list", "elements": "dict", "default": []},
    "store": store.STORE,
    "state": {"type": "str", "choices": ["appended", "verified"], "default": "appended"},
}
SCRIPT = "verify_record.py"
WITH_SCRIPT = ("evidence_archived", "completed")
ARGUMENT_RULES = {"required_if": [("state", "appended", ("event",))]}


def run(params, check_mode):
    """``{changed, seed, head, events, phase, event, record}``; in check mode the event goes into ``ansible_facts.seed_pending_events``."""
    folder, seed = state_dir.checked(params["state_dir"], params["seed"], os.environ)
    with state_dir.usable(folder):
        return _run(params, check_mode, folder, seed)


def _run(params, check_mode, folder, seed):
    if params["state"] == "verified":
        return _result(record.read(folder, seed), changed=False, event=None)
    at = times.iso(times.clock())
    as_of = times.iso(times.parse(params["now"], "now")) if params.get("now") else None
    event, data = params["event"], params.get("data") or {}
    if check_mode:
        return _imagined(record.read(folder, seed), params.get("pending_events"), event, data, as_of or at)
    kept = second_store.of_task(params, folder, seed)
    chain, appended = record.append(folder, seed, event, data, at, as_of)
    if event in WITH_SCRIPT:
        _lay_script(folder / seed)
    if kept:
        kept.send_record()
    result = _result(chain, changed=appended, event=event if appended else None)
    return {**result, **_diff(chain.replay()["events"] - 1, event, chain.lines[-1].data)} if appended else result


def _lay_script(folder):
    """Record and evidence can be checked years later by what lies beside them."""
    place, script = folder / SCRIPT, inspect.getsource(verify_record).encode()
    if not place.exists() or place.read_bytes() != script:
        state_dir.write_whole(place, script)


def _imagined(chain, pending, event, data, at):
    data = events.checked(event, data)
    known = record.imagined(chain, of_this_run(pending, os.environ))
    if not events.changes(known, event, data):
        return _result(chain, changed=False, event=None)
    pending = extended(pending, os.environ, event, data, at)
    result = _result(chain, changed=True, event=event)
    phase = _phase(record.imagined(chain, pending))
    return {**result, **_diff(known["events"], event, data), "phase": phase, "ansible_facts": {"seed_pending_events": pending}}


def _diff(before, event, data):
    """The event as a difference for people."""
    told = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False)
    return {"diff": {"before": f"{before} events\n", "after": f"{before} events\n{event} {told}\n"}}


def _result(chain, changed, event):
    known = chain.replay()
    return {
        "changed": changed,
        "seed": chain.seed,
        "head": known["head"],
        "events": known["events"],
        "phase": _phase(known),
        "event": event,
        "unfinished_bytes": len(chain.torn),
    }


def _phase(known):
    return phases.current(known["ended"])
