# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Core of the module seed_status: where a seed stands and what is next."""

from __future__ import annotations

import os

from .. import times
from ..failure import Failure
from . import clocks, conflict, ics, phases, proof, record, state_dir, status, still_to_do, summary
from .case import Case
from .pending import of_this_run
from .seed_plan import read_inventory

ARGUMENT_SPEC = {
    "state_dir": {"type": "path", "required": True},
    "seed": {"type": "str", "required": True},
    "phase": {"type": "str", "choices": list(phases.NAMES)},
    "inputs": {"type": "dict", "default": {}},
    "observations": {
        "type": "dict",
        "default": {},
        "options": {
            "findings": {"type": "list", "elements": "dict"},
            "offline": {"type": "dict"},
            "agent": {"type": "dict"},
            "source": {"type": "dict"},
            "disks": {"type": "list", "elements": "dict"},
            "prep": {"type": "dict"},
            "jobs": {"type": "list", "elements": "dict"},
            "ship_to": {"type": "dict"},
            "vault": {"type": "dict"},
            "again_at": {"type": "str"},
        },
    },
    "error": {
        "type": "dict",
        "options": {
            "what": {"type": "str", "required": True},
            "seen": {"type": "str", "required": True},
            "cure": {"type": "str", "default": ""},
            "kind": {"type": "str", "choices": ["failed", "unreachable", "conflict"], "default": "failed"},
        },
    },
    "calendar": {"type": "bool", "default": False},
    "pending_events": {"type": "list", "elements": "dict", "default": []},
    "now": {"type": "str"},
    "fail_on": {"type": "str", "choices": ["never", "near", "past"], "default": "never"},
}
ARGUMENT_RULES = {}


def run(params, check_mode):
    """``{changed: False, status, phase, run, waits_for, record, vault_proof, tags, line, calendar?, ansible_stats}``; writes nothing.

    ``run`` is whether the asking phase is the one that the seed is in. With *fail_on* a clock that is near its end or past it fails the
    task.
    """
    folder, seed = state_dir.checked(params["state_dir"], params["seed"], os.environ)
    now = times.parse(params["now"], "now") if params.get("now") else times.clock()
    with state_dir.usable(folder):
        chain = record.read(folder, seed)
        files = _staged_files(folder / seed / state_dir.INVENTORY, params.get("observations") or {})
    known = record.imagined(chain, of_this_run(params.get("pending_events"), os.environ) if check_mode else [])
    case = Case(
        seed=seed,
        record=known,
        now=now,
        observations={name: seen for name, seen in (params.get("observations") or {}).items() if seen is not None},
        inputs=params.get("inputs") or {},
        error=params.get("error"),
        hashes=chain.hashes,
        files=files,
    )
    entry = status.judge(case)
    asked = params.get("phase")
    result = {
        "changed": False,
        "state_dir": str(folder),
        "status": entry,
        "phase": entry["phase"],
        "run": asked is not None and asked == entry["phase"] and entry["state"] not in ("conflict", "complete"),
        "waits_for": phases.waits_for(asked, entry["phase"]) if asked else None,
        "record": {**known, "phase": entry["phase"]},
        "vault_proof": proof.of_vault(known, case.observations),
        "increment_proof": proof.of_increment(known, case.observations),
        "still_to_do": still_to_do.of(known, case.host),
        "may_clean": proof.landed_well(known) and known["vault"] is not None,
        "tags": conflict.tags(seed, known["head"]),
        "line": summary.line(entry),
    }
    if params.get("calendar"):
        result["calendar"] = ics.of_seed(seed, entry["clocks"], *_source_of(chain, now))
    if result["waits_for"] is None:
        result["ansible_stats"] = {"aggregate": True, "per_host": False, "data": {"offlineseed": {seed: entry}}}
    late = clocks.broken(entry["clocks"], params.get("fail_on") or "never")
    if late:
        raise Failure(f"Seed {seed}: {' '.join(late)}", **result)
    return result


def _source_of(chain, now):
    """``(root, written)`` of a record: the hash of its first line and the time of its last; one that is not begun has neither."""
    return (chain.hashes[0], chain.lines[-1].counts) if chain.lines else (chain.head, times.iso(now))


def _staged_files(inventory, observations):
    """The staged files, if drives are to be chosen for them and the inventory is there."""
    return tuple(read_inventory(inventory)) if observations.get("disks") is not None and inventory.exists() else ()
