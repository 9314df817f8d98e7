# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which step a drive needs next, and what the run says of it: the thinking of the action plugin win_disk_prep, without a host.

A drive's state comes from the host as a dict (docs/formats.md, the module's RETURN); consent and plan are put together here.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from ..failure import Failure, refuse
from . import names
from .plan import Load, Plan

ATTACH, BEGIN, START, PROVE = "attach", "begin", "start", "prove"
SETTLED = {"refused", "proven", "failed"}
LIST_VERSION = 1

# What is done next, by what the disk is and then by how far its preparation is. None: there is nothing to do but to look again.
BY_STANDING = {"blank": BEGIN, "wipeable": BEGIN, "reopen": BEGIN, "locked": ATTACH}
BY_STATE = {"unsealed": ATTACH, "sealed": START, "interrupted": START, "copied": PROVE, "failed": START}
# Words between plugin and host, as the result has them: state and message.
IDLE = {
    "interrupted": ("copying", "the worker does not run; run again, it goes on where it stopped"),
    "unsealed": ("planned", "begun, but not encrypted yet; run again"),
}


@dataclass(frozen=True)
class Wanted:
    """A drive that consent and plan both name. *size* in bytes, *load* is its part of the plan."""

    serial: str
    size: int
    wipe: bool
    container: str
    plan_hash: str
    load: Load

    def request(self, **more):
        """The drive as the Windows module takes it; *more* is list_sha256, or the recovery password of one call."""
        return {
            "serial": self.serial,
            "size": self.size,
            "wipe": self.wipe,
            "planned_serial": self.load.serial,
            "planned_size": self.load.size,
            "plan_hash": self.plan_hash,
            "container": self.container,
            "files": len(self.load.files),
            "bytes": self.load.bytes,
            **more,
        }

    def file_list(self, seed):
        """The bytes of the drive's file list."""
        head = {
            "v": LIST_VERSION,
            "seed": seed,
            "serial": self.serial,
            "plan_hash": self.plan_hash,
            "container": self.container,
            "files": len(self.load.files),
            "bytes": self.load.bytes,
        }
        lines = [head, *({"name": file.name, "size": file.size} for file in self.load.files)]
        return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines).encode()


def consented(drives, plan_text, seed, container):
    """The drives that *drives* (options: serial, size, wipe) and the plan both name: a list of Wanted, and the serials without a file.

    Anything on which the two disagree is a Failure: then nothing is asked of the host at all.
    """
    plan = _plan(plan_text, seed, container)
    named = _named(drives)
    for load in plan.loads:
        serial = names.serial(load.serial)
        if serial not in named:
            raise Failure(
                f"The plan puts {len(load.files)} files on drive {serial}, which seed_drives does not name. Name it in seed_drives "
                f"({{serial: {serial}, size: {load.size}}}), or run again to make a new plan.",
                field="drives",
                seen=sorted(named),
            )
        if named[serial]["size"] != load.size:
            raise Failure(
                f"seed_drives gives drive {serial} {named[serial]['size']} bytes, the plan {load.size}. "
                "Compare the drive's label, correct seed_drives, and make the plan again.",
                field="drives",
                seen=named[serial]["size"],
            )
    wanted = [_wanted(named[names.serial(load.serial)], load, plan) for load in plan.loads]
    unused = [serial for serial in named if serial not in {one.serial for one in wanted}]
    return wanted, unused


def _plan(text, seed, container):
    try:
        plan = Plan.from_document(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise Failure(f"plan_file holds no plan ({type(error).__name__}: {error}). Make it with seed_plan.", field="plan_file") from error
    if plan.seed != seed:
        raise refuse("seed", seed, f"the plan's seed {plan.seed!r}", "Give the plan_file of this seed.")
    if plan.container != container:
        raise refuse("container", container, f"the plan's container {plan.container!r}", "Give the container that the plan was made for.")
    return plan


def _named(drives):
    named = {}
    for drive in drives:
        serial = names.serial(drive["serial"])
        if not serial:
            raise refuse("drives.serial", drive["serial"], "a serial number", "Take it from win_disk_info and compare it with the label.")
        if serial in named:
            raise Failure(f"seed_drives names drive {serial} twice. Name each drive once.", field="drives", seen=serial)
        if drive["size"] <= 0:
            raise refuse("drives.size", drive["size"], "the size in bytes as win_disk_info tells it", f"Correct it for drive {serial}.")
        named[serial] = drive
    return named


def _wanted(drive, load, plan):
    plan_hash = load.begun_under or plan.plan_hash
    return Wanted(names.serial(drive["serial"]), drive["size"], bool(drive.get("wipe")), plan.container, plan_hash, load)


def next_step(state):
    """What the drive in *state* needs next: begin, attach, start, prove, or None."""
    if state["state"] in ("refused", "proven"):
        return None
    if state["standing"] in BY_STANDING:
        return BY_STANDING[state["standing"]]
    return BY_STATE.get(state["state"])


def may_begin_after(state, wanted):
    """Whether a locked drive that the escrowed key did not open may be wiped: only by consent."""
    return wanted.wipe and any(reason["id"] == "key_refused" for reason in state["reasons"])


def refusals(states):
    """The sentences of all refused drives."""
    return [reason["text"] for state in states if state["state"] == "refused" for reason in state["reasons"]]


def complaint(states):
    """One text about every drive that is refused or failed; None if there is none."""
    parts = refusals(states)
    parts += [f"drive {state['serial']}: {state['message']}" for state in states if state["state"] == "failed"]
    if not parts:
        return None
    return f"{len(parts)} thing(s) keep the drives from being prepared. " + " | ".join(_sentence(part) for part in parts)


def _sentence(text):
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def settled(states):
    """Whether nothing more will happen in this run."""
    return all(state["state"] in SETTLED for state in states)


def told(state):
    """A drive's state as the result has it: `interrupted` and `unsealed` are words between plugin and host only."""
    word, message = IDLE.get(state["state"], (state["state"], None))
    return {**state, "state": word, "message": state["message"] or message}


def unplanned(drive):
    """The state of a drive that is named but not needed."""
    return {
        "serial": names.serial(drive["serial"]),
        "size": drive["size"],
        "state": "planned",
        "standing": "unused",
        "wipes": False,
        "holds": [],
        "plan_hash": None,
        "files_total": 0,
        "files_done": 0,
        "bytes_total": 0,
        "bytes_done": 0,
        "manifest_file": None,
        "manifest_hash": None,
        "manifest_size": None,
        "protector": None,
        "evidence": [],
        "message": "the plan needs no file on it; it is not touched",
        "reasons": [],
    }


def preview(states, wanted):
    """Before and after of a run, as text for people: what would be wiped, what would be written."""
    loads = {one.serial: one for one in wanted}
    before, after = [], []
    for state in states:
        serial, size = state["serial"], state["size"]
        before.append(f"drive {serial} ({size} bytes): {'; '.join(state['holds']) or 'nothing on it'}")
        after.append(f"drive {serial} ({size} bytes): {_future(state, loads.get(serial))}")
    return {"before": "\n".join(before) + "\n", "after": "\n".join(after) + "\n"}


def _future(state, wanted):
    if state["state"] == "refused":
        return "refused, not touched: " + "; ".join(reason["text"] for reason in state["reasons"])
    if state["state"] == "proven":
        return "prepared already, not touched"
    if wanted is None:
        return "not needed by the plan, not touched"
    load = f"{len(wanted.load.files)} files, {wanted.load.bytes} bytes of plan {wanted.plan_hash[:12]}"
    if next_step(state) != BEGIN:
        return f"goes on ({state['state']}): {load}"
    return ("WIPED, " if state["wipes"] else "") + f"formatted, encrypted, and filled with {load}"


def digest(content):
    """SHA-256 of bytes, hex."""
    return hashlib.sha256(content).hexdigest()
