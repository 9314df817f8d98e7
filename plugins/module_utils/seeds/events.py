# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The events of a seed: what each must say, and what the record knows after it.

A record, replayed, is a plain dict (it travels to playbooks as it is): ``{seed, events, head, ended, opened, accepted, preflight, target,
offline, staging, staged, plan, drives, prepared, job, ship_to, parcel, evidence, verified, landed, vault, cleaned, increment, completed,
proven, times}``.
What has not happened is None; ``drives`` is a dict by serial. What an event told stands there with ``at``, the time that counts
(``as_of`` where the event has one).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from ..canonical import canonical
from ..drives import recovery_password
from ..failure import Failure
from .phases import PHASES

PHASE_ENDS = frozenset(phase.ends for phase in PHASES)


@dataclass(frozen=True)
class Kind:
    """One type of event: the keys that its data *needs*, those that are whole *numbers*, how it is *told* to the record.

    *proof* marks what a summary lists as proven.
    """

    needs: tuple = ()
    numbers: tuple = ()
    told: Callable = None
    proof: bool = False


def _as(part):
    """The event's data become *part* of the record."""

    def tell(record, data, at):
        record[part] = {**data, "at": at}

    return tell


def _drive(state):
    """The event's data are added to what is known of one drive, which is now *state*."""

    def tell(record, data, at):
        serial = data["serial"]
        record["drives"][serial] = {**record["drives"].get(serial, {}), **data, "state": state, "at": at}

    return tell


def _archived(record, data, at):
    """The newest list of evidence counts; *since* is when Azure was first seen to be done."""
    since = (record["evidence"] or {}).get("since")
    record["evidence"] = {**data, "since": since or at, "at": at}


def _cleaned(part):
    def tell(record, data, at):
        record["cleaned"] = {**(record["cleaned"] or {}), part: {**data, "at": at}}

    return tell


def _job_forgotten(record, data, at):
    """A person said that the job of the record is gone for good: shipping starts again, the drives stay as they are."""
    record["job"] = record["ship_to"] = record["parcel"] = record["evidence"] = record["verified"] = None
    record["ended"] = [event for event in record["ended"] if event != "shipped"]
    record["proven"] = [proof for proof in record["proven"] if proof["id"] not in ("job_created", "shipped", "evidence_archived")]


def _nothing(record, data, at):
    """A fact about the file itself; it changes nothing that is known of the seed."""


EVENTS = {
    "opened": Kind(needs=("seed",), told=_as("opened")),
    "undocumented_accepted": Kind(told=_as("accepted")),
    "preflight_passed": Kind(numbers=("rules",), told=_as("preflight"), proof=True),
    "target_ready": Kind(told=_as("target"), proof=True),
    "offline_configured": Kind(told=_as("offline"), proof=True),
    "staging_started": Kind(told=_as("staging")),
    "staged": Kind(needs=("files", "bytes"), numbers=("files", "bytes"), told=_as("staged"), proof=True),
    "planned": Kind(needs=("plan_hash", "drives"), told=_as("plan")),
    "key_sealed": Kind(needs=("serial",), numbers=("size",), told=_drive("sealed")),
    "drive_prepared": Kind(
        needs=("serial", "plan_hash", "manifest_file", "manifest_hash", "protector"),
        numbers=("size", "manifest_size"),
        told=_drive("prepared"),
        proof=True,
    ),
    "prepared": Kind(told=_as("prepared"), proof=True),
    "job_created": Kind(needs=("id", "name"), told=_as("job"), proof=True),
    "ship_to_given": Kind(told=_as("ship_to")),
    "shipped": Kind(needs=("carrier", "tracking_number"), told=_as("parcel"), proof=True),
    "job_forgotten": Kind(needs=("name", "why"), told=_job_forgotten),
    "evidence_archived": Kind(needs=("files",), told=_archived, proof=True),
    "verified": Kind(needs=("conclusion", "counts"), told=_as("verified")),
    "landed": Kind(needs=("blobs", "bytes"), numbers=("blobs", "bytes"), told=_as("landed"), proof=True),
    "vault_proven": Kind(needs=("recovery_point",), told=_as("vault"), proof=True),
    "blobs_removed": Kind(told=_cleaned("blobs"), proof=True),
    "staging_removed": Kind(told=_cleaned("staging"), proof=True),
    "increment_ran": Kind(needs=("recovery_point",), told=_as("increment"), proof=True),
    "completed": Kind(told=_as("completed"), proof=True),
    "healed": Kind(needs=("line", "what"), numbers=("line", "bytes"), told=_nothing),
}

PARTS = (
    "opened",
    "accepted",
    "preflight",
    "target",
    "offline",
    "staging",
    "staged",
    "plan",
    "prepared",
    "job",
    "ship_to",
    "parcel",
    "evidence",
    "verified",
    "landed",
    "vault",
    "cleaned",
    "increment",
    "completed",
)


def blank(seed):
    """The record of a seed of which nothing is known."""
    return {"seed": seed, "events": 0, "head": None, "ended": [], "drives": {}, "proven": [], **dict.fromkeys(PARTS)}


def tell(record, event, data, at):
    """Let *event* with *data* at *at* (ISO time that counts) change *record*, in place."""
    kind = EVENTS[event]
    kind.told(record, data, at)
    if event in PHASE_ENDS and event not in record["ended"]:
        record["ended"] = [*record["ended"], event]
    if kind.proof:
        name = f"{event}:{data['serial']}" if event == "drive_prepared" else event
        record["proven"] = [proof for proof in record["proven"] if proof["id"] != name] + [{"id": name, "at": at}]


def checked(event, data):
    """*data* of *event* fit to be written: known event, nothing missing, numbers as numbers, nothing that looks like a key."""
    kind = EVENTS.get(event)
    if kind is None:
        raise Failure(f"event is {event!r}, which no record knows. Use one of: {', '.join(EVENTS)}.", field="event", seen=event)
    missing = [key for key in kind.needs if data.get(key) in (None, "")]
    if missing:
        raise Failure(f"data of event {event} lacks {', '.join(missing)}. Give: {', '.join(kind.needs)}.", field="data", seen=sorted(data))
    try:
        canonical(data).encode()
    except (TypeError, ValueError) as error:
        raise Failure(f"data of event {event} cannot be written as JSON: {error}.", field="data") from error
    clean = {key: _number(event, key, value) if key in kind.numbers else value for key, value in data.items()}
    if recovery_password.appears_in(canonical(clean)):
        raise Failure(
            f"data of event {event} holds something like a recovery password. A record never holds a key: leave it out.", field="data"
        )
    return clean


def _number(event, key, value):
    """Whole number; templates of older ansible-core hand numbers over as text."""
    if value is None or isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    raise Failure(f"{key} of event {event} is {value!r}; it must be a whole number.", field=key, seen=value)


def changes(record, event, data):
    """Whether *event* would tell the *record* anything new; a fact that it already holds is not written again."""
    kind = EVENTS[event]
    if kind.told is _nothing or kind.told is _job_forgotten:
        return kind.told is _nothing or record["job"] is not None
    if event in PHASE_ENDS and event not in record["ended"]:
        return True
    after = json.loads(json.dumps(record))
    tell(after, event, json.loads(json.dumps(data)), "")
    return _without_times(after) != _without_times(record)


def _without_times(record):
    return _strip({key: value for key, value in record.items() if key not in ("events", "head", "proven", "seed")})


def _strip(value):
    if isinstance(value, dict):
        return {key: _strip(inner) for key, inner in value.items() if key != "at"}
    return value
