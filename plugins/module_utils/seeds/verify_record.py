# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the record of a seed, years later: ``python3 verify_record.py record.jsonl``, with ``--evidence DIR`` its evidence too.

This one file needs Python 3.8 or newer and nothing else: no Ansible, no collection, no network. Keep it with the record. It changes
nothing, says one plain sentence for each finding, and ends with

    0  nothing was changed
    1  something was changed, dropped, inserted or moved
    2  it could not be checked (no such file, it cannot be read, a newer format, no evidence on record, wrong usage)

A record holds one JSON object a line: v, n, at, event, data, prev, hash, and as_of where the user declared a time. ``hash`` is the
SHA-256 of the line without it, in canonical JSON (keys sorted, no blanks, UTF-8); ``prev`` is the hash of the line before, and for the
first line the SHA-256 of "offlineseed.azure record 1 SEED". record.head beside it holds number and hash of the last line, so that a line
cut off at the end is missed as well. Events drive_prepared and evidence_archived hold name, SHA-256 and size of each file of the
evidence. The format is told in full in docs/formats.md, section "Record".
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

VERSION = 1
KEYS = frozenset(("v", "n", "at", "event", "data", "prev", "hash"))
EVENTS = (
    "opened",
    "undocumented_accepted",
    "preflight_passed",
    "target_ready",
    "offline_configured",
    "staging_started",
    "staged",
    "planned",
    "key_sealed",
    "drive_prepared",
    "prepared",
    "job_created",
    "ship_to_given",
    "shipped",
    "job_forgotten",
    "evidence_archived",
    "verified",
    "landed",
    "vault_proven",
    "blobs_removed",
    "staging_removed",
    "increment_ran",
    "completed",
    "healed",
)
PAPER = frozenset(("name", "sha256", "bytes"))
CHANGED = "it is not what was written: its hash or its form does not fit, so a byte of it was changed"
UNREADABLE = "it is not what was written: it cannot be read as an event"


class CannotCheck(Exception):
    """The record cannot be judged at all; the text says why."""


@dataclass(frozen=True)
class Finding:
    """One sentence. *damage* says that the record was changed; without it the sentence is only worth knowing."""

    where: str
    text: str
    line: int = 0
    damage: bool = True

    def __str__(self):
        return f"{self.where}: {self.text}."


@dataclass
class Examined:
    """What came out: the *findings* in the order of the file, the *events* that can be read, and the *seed* that they belong to."""

    findings: list = field(default_factory=list)
    events: list = field(default_factory=list)
    seed: str = ""

    @property
    def damages(self):
        return [finding for finding in self.findings if finding.damage]

    def damage(self, line, text):
        self.findings.append(Finding(f"line {line}", text, line))

    def note(self, where, text):
        self.findings.append(Finding(where, text, damage=False))


def canonical(value):
    """The bytes of *value* in the one form that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def origin(seed):
    """What stands before the first line of the record of *seed*."""
    return hashlib.sha256(f"offlineseed.azure record {VERSION} {seed}".encode("utf-8", "replace")).hexdigest()


def examine(content, head=None, seed=None, folder=None):
    """Examined record out of its bytes and those of its *head* (None: there is none).

    *seed* is whose record it has to be; without it the record says so itself, or the name of its *folder* does.
    """
    found = Examined(seed=seed or "")
    whole, end, torn = content.rpartition(b"\n")
    rows = whole.split(b"\n") if end else []
    place, prev = 1, None
    for number, raw in enumerate(rows, start=1):
        event, why = _event_of(raw)
        if event is None:
            found.damage(number, why)
            place, prev = place + 1, None
            continue
        if event["n"] != place:
            found.damage(number, f"it is event {event['n']}, where event {place} should stand: a line was dropped, inserted or moved")
        elif number == 1:
            _begin(found, event, seed, folder)
        elif prev is not None and event["prev"] != prev:
            found.damage(number, "it does not follow the line before it, so it comes from another record or the line before was replaced")
        found.events.append(event)
        place, prev = event["n"] + 1, event["hash"]
    _compare_head(found, len(rows), head, torn)
    if torn and not found.damages:
        found.note(
            f"after line {len(rows)}",
            f"there are {len(torn)} bytes of a line without its end: a crash left them, and they were never acknowledged",
        )
    return found


def _event_of(raw):
    """``(event, "")``, or ``(None, why)`` where *raw* is not a line that this program's writer wrote."""
    try:
        event = json.loads(raw.decode("utf-8"))
        if not isinstance(event, dict):
            return None, UNREADABLE
        again = canonical(event)
        seal = hashlib.sha256(canonical({key: value for key, value in event.items() if key != "hash"})).hexdigest()
    except (ValueError, RecursionError):
        return None, UNREADABLE
    if again != raw or event.get("hash") != seal:
        return None, CHANGED
    if _whole_number(event.get("v")) and event["v"] > VERSION:
        raise CannotCheck(f"it is written in version {event['v']} of the format, and this program knows version {VERSION}: use a newer one")
    return (event, "") if _formed(event) else (None, "it is sealed, but it is not an event as a record holds them")


def _formed(event):
    return (
        set(event) - {"as_of"} == KEYS
        and event.get("as_of", "") is not None
        and _whole_number(event["v"])
        and event["v"] == VERSION
        and _whole_number(event["n"])
        and isinstance(event["data"], dict)
        and event["event"] in EVENTS
    )


def _whole_number(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _begin(found, first, seed, folder):
    """The first line must follow the name of its seed."""
    told = first["data"].get("seed") if first["event"] == "opened" else None
    names = [seed] if seed else [name for name in (told, folder) if isinstance(name, str) and name]
    fitting = [name for name in names if first["prev"] == origin(name)]
    if not fitting:
        whose = f"seed {' or '.join(dict.fromkeys(names))}" if names else "a seed whose name is known here (give --seed)"
        found.damage(1, f"it is not the beginning of the record of {whose}, so it belongs to another seed or lines before it are gone")
        return
    found.seed = fitting[0]
    if folder and not seed and folder != found.seed:
        found.note("the folder", f"it is called {folder}, and the record is that of seed {found.seed}; a copy may lie anywhere")


def _compare_head(found, count, head, torn):
    """The head is written after the line: it may lag behind by one, and never leads."""
    if head is None:
        found.note("the head", "there is no such file beside the record, so lines that were cut off at the end would not be missed")
        return
    number, seal = _noted(head)
    if number is None:
        found.findings.append(Finding("the head", "it is not what was written", 1))
    if number is None or found.damages:
        return
    if number > count:
        what = "its end was changed" if torn and number == count + 1 else f"it is missing: the head counts {number} events"
        found.damage(count + 1, what)
    elif number and found.events[number - 1]["hash"] != seal:
        found.damage(number, "the head noted another line of that number")
    elif count > number + 1:
        found.damage(number + 2, f"the head knows nothing of it, it counts {number} events")
    elif torn and count > number:
        found.damage(count + 1, "the head knows nothing of what stands before it")


def _noted(head):
    """``(number, hash)`` that the head holds; ``(None, None)`` where it holds none."""
    try:
        noted = json.loads(head.decode("utf-8"))
        fits = _whole_number(noted["n"]) and noted["n"] > 0 and isinstance(noted["hash"], str)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, None
    return (noted["n"], noted["hash"]) if fits else (None, None)


def check(path, seed=None, known=None):
    """Examined record that the file *path* holds; *known* is a hash that one of its lines must have. Raises CannotCheck and OSError."""
    head_path = path.with_suffix(".head")
    if head_path == path:
        raise CannotCheck("this is the head of a record; give the record beside it, record.jsonl")
    head = head_path.read_bytes() if head_path.exists() else None
    if head is not None and not path.exists():
        found = Examined(seed=seed or "")
        found.damage(1, f"the file is gone, although {head_path.name} beside it says that it had been begun")
        return found
    found = examine(path.read_bytes(), head, seed, path.resolve().parent.name)
    if known and known.lower() not in {event["hash"] for event in found.events}:
        found.findings.append(Finding("the hash that you gave", f"no line has the hash {known}, so lines are gone or it is another record"))
    return found


def evidence_of(events):
    """``{name: (SHA-256, bytes)}`` of the files that the record last called its evidence; papers of a drive as it was prepared, too."""
    files = {}
    for event in events:
        if event["event"] == "drive_prepared":
            files.update(_papers(event["data"].get("evidence"), f"{event['data'].get('serial')}/"))
        elif event["event"] == "evidence_archived":
            files.update(_papers(event["data"].get("files"), ""))
    return files


def _papers(told, folder):
    rows = told if isinstance(told, list) else ()
    return {f"{folder}{one['name']}": (one["sha256"], one["bytes"]) for one in rows if isinstance(one, dict) and set(one) >= PAPER}


def compare_evidence(files, folder):
    """A finding for each of the *files* (of evidence_of) that is not in *folder* as the record has it."""
    for name, (sha256, size) in sorted(files.items()):
        if name.startswith("/") or ".." in name.split("/"):
            yield Finding(f"evidence {name}", "the record names it outside of the folder, so it was not looked at")
        elif not (folder / name).is_file():
            yield Finding(f"evidence {name}", f"it is not in {folder}, although the record holds its hash")
        else:
            seen = sum_of(folder / name)
            if seen != (sha256, size):
                yield Finding(f"evidence {name}", f"it was changed: {seen[1]} bytes now, {size} when it was archived")


def sum_of(path):
    """``(SHA-256, bytes)`` of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        for piece in iter(lambda: stream.read(1 << 20), b""):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def verdict(path, found):
    """The last sentence."""
    if found.damages:
        return f"{path} WAS CHANGED ({len(found.damages)} of the findings above say where). Do not rely on it; compare it with a backup."
    if not found.events:
        return f"{path} holds no event yet."
    first, last = found.events[0], found.events[-1]
    return (
        f"{path} is what was written: {len(found.events)} events of seed {found.seed}, from {first['at']} to {last['at']}, the last one is"
        f" {last['event']}, its hash is {last['hash']}."
    )


def verdict_of_evidence(folder, files, changed):
    """The last sentence about the evidence."""
    if changed:
        return f"{folder} WAS CHANGED: {len(changed)} of {len(files)} files of evidence are not what was archived."
    if not files:
        return f"The record names no evidence, so {folder} was not looked at."
    return f"{folder} is what was archived: all {len(files)} files of evidence have the hashes of the record."


def main(arguments=None):
    """Check, say, and return the exit code."""
    parser = argparse.ArgumentParser(
        description="Check that the record of a seed is what was written.",
        epilog="Exit code: 0 nothing was changed; 1 something was changed; 2 it could not be checked.",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the record, record.jsonl; record.head is looked for beside it")
    parser.add_argument("--seed", help="whose record it has to be (default: as the record itself says)")
    parser.add_argument(
        "--hash",
        dest="known",
        help="a hash known from elsewhere, for example the tag offlineseed_record of the import job: a line must have it",
    )
    parser.add_argument("--evidence", type=Path, metavar="DIR", help="the folder of the evidence: each file must be as the record has it")
    options = parser.parse_args(arguments)
    try:
        found = check(options.file, options.seed, options.known)
        files = evidence_of(found.events) if options.evidence else {}
        changed = list(compare_evidence(files, options.evidence))
    except (OSError, CannotCheck) as error:
        sys.stdout.write(f"{options.file} could not be checked: {getattr(error, 'strerror', None) or error}.\n")
        return 2
    for finding in found.findings + changed:
        sys.stdout.write(f"{finding}\n")
    sys.stdout.write(f"{verdict(options.file, found)}\n")
    if options.evidence:
        sys.stdout.write(f"{verdict_of_evidence(options.evidence, files, changed)}\n")
    if found.damages or changed:
        return 1
    return 2 if options.evidence and not files else 0


if __name__ == "__main__":
    raise SystemExit(main())
