# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a seed: one file, one JSON line an event, each line sealed with the hash of the one before.

``record.jsonl`` holds lines ``{v, n, at, as_of?, event, data, prev, hash}`` in canonical JSON. ``hash`` is the SHA-256 of the line without
it; ``prev`` is the hash of the line before, and of the seed's name for the first. ``record.head`` holds number and hash of the last line
that was written to the end: with it a line cut from the end is found as well. Whoever writes holds a lock on the file, so two writers make
one chain. A line that a crash left unfinished was never acknowledged; the next writer moves its bytes to ``record.torn-<n>`` and says so in
an event ``healed``.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from ..canonical import canonical
from ..failure import Failure
from . import events

VERSION = 1
RECORD = "record.jsonl"
HEAD = "record.head"


class RecordDamaged(Failure):
    """The record does not say what was written. Fields: *line* (1-based), *what*."""

    def __init__(self, path, line, what):
        super().__init__(
            f"The record {path} was changed: line {line}: {what}. Nothing is done with a record that cannot be trusted: "
            "put the whole folder of the seed back from your backup.",
            record=str(path),
            line=line,
            what=what,
        )


@dataclass(frozen=True)
class Line:
    """One event as it stands in the file."""

    n: int
    at: str
    event: str
    data: dict
    prev: str
    as_of: str | None = None

    def body(self):
        """The event without its hash."""
        body = {"v": VERSION, "n": self.n, "at": self.at, "event": self.event, "data": self.data, "prev": self.prev}
        return body if self.as_of is None else {**body, "as_of": self.as_of}

    @property
    def hash(self):
        return hashlib.sha256(canonical(self.body()).encode()).hexdigest()

    def encoded(self):
        """The bytes of the line."""
        return canonical({**self.body(), "hash": self.hash}).encode() + b"\n"

    @property
    def counts(self):
        """The time that judgements take: ``as_of`` where there is one."""
        return self.as_of or self.at


@dataclass(frozen=True)
class Chain:
    """A record as read: its *lines*, and the bytes of an unfinished one after them."""

    seed: str
    lines: tuple
    torn: bytes = b""

    @property
    def head(self):
        return self.lines[-1].hash if self.lines else origin(self.seed)

    @property
    def hashes(self):
        return tuple(line.hash for line in self.lines)

    def replay(self):
        """What the seed's record knows, in the shape that ``events.blank`` describes."""
        known = events.blank(self.seed)
        for line in self.lines:
            events.tell(known, line.event, line.data, line.counts)
        known["events"] = len(self.lines)
        known["head"] = self.head if self.lines else None
        return known


def origin(seed):
    """What stands before the first line: a record copied to another seed's folder does not fit there."""
    return hashlib.sha256(f"offlineseed.azure record {VERSION} {seed}".encode()).hexdigest()


def folder_of(state_dir, seed):
    """Folder of one seed."""
    return Path(state_dir) / seed


def read(state_dir, seed):
    """The verified Chain of a seed; an empty one if there is no record yet. Raises RecordDamaged; changes nothing."""
    path = folder_of(state_dir, seed) / RECORD
    try:
        handle = open(path, "rb")  # noqa: SIM115 - closed below, the lock lives as long
    except FileNotFoundError:
        if (path.parent / HEAD).exists():
            raise RecordDamaged(path, 1, "the file is gone, although it had been begun") from None
        return Chain(seed, ())
    with handle, _locked(handle, fcntl.LOCK_SH):
        return _parse(path, seed, handle.read())


def append(state_dir, seed, event, data, at, as_of=None):
    """Write one event unless the record already holds what it says; returns ``(chain, appended)`` with the new Chain.

    *at* is the real time, *as_of* the time that the user declared. The line is on the disk when this returns.
    """
    data = events.checked(event, data)
    folder = folder_of(state_dir, seed)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = folder / RECORD
    with open(path, "a+b", opener=_only_mine) as handle, _locked(handle, fcntl.LOCK_EX):
        os.chmod(handle.fileno(), 0o600)
        handle.seek(0)
        chain = _whole(path, handle, _parse(path, seed, handle.read()), at)
        known = chain.replay()
        if not events.changes(known, event, data):
            return chain, False
        if known["completed"] is not None:
            raise Failure(
                f"The record of seed {seed} is closed; event {event} comes too late. Begin a new seed under another name.",
                field="event",
                seen=event,
            )
        if not chain.lines and event != "opened":
            chain = _write(path, handle, chain, "opened", {"seed": seed}, at, as_of)
        return _write(path, handle, chain, event, data, at, as_of), True


def content(state_dir, seed):
    """The bytes of the record's whole lines; empty where there is none. They are not judged."""
    try:
        whole, end, _torn = (folder_of(state_dir, seed) / RECORD).read_bytes().rpartition(b"\n")
    except FileNotFoundError:
        return b""
    return whole + end


def replace(state_dir, seed, lines):
    """Make *lines* (bytes that another keeper of this record has) the record of the seed; raises RecordDamaged if they are none."""
    folder = folder_of(state_dir, seed)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / RECORD
    chain = _chain_of(path, seed, lines)
    if chain.torn or not chain.lines:
        raise RecordDamaged(path, len(chain.lines) + 1, "it has no end")
    with open(path, "a+b", opener=_only_mine) as handle, _locked(handle, fcntl.LOCK_EX):
        handle.truncate(0)
        handle.write(lines)
        handle.flush()
        os.fsync(handle.fileno())
        _set_head(path, chain.lines[-1])


def imagined(chain, pending):
    """What the record would know if the *pending* events (``[{event, data, at}]``, made in check mode) had been written."""
    known = chain.replay()
    for one in pending:
        events.tell(known, one["event"], events.checked(one["event"], one.get("data") or {}), one.get("at") or "")
    return known


def _write(path, handle, chain, event, data, at, as_of):
    line = Line(len(chain.lines) + 1, at, event, data, chain.head, as_of)
    handle.write(line.encoded())
    handle.flush()
    os.fsync(handle.fileno())
    _set_head(path, line)
    return Chain(chain.seed, (*chain.lines, line))


def _whole(path, handle, chain, at):
    """The chain after what a crash may have left undone is done: the head noted, an unfinished line healed."""
    if chain.lines and _noted(path)[0] < len(chain.lines):
        _set_head(path, chain.lines[-1])
    return _heal(path, handle, chain, at) if chain.torn else chain


def _heal(path, handle, chain, at):
    """Finish or move aside what a crash left after the last line, and tell it."""
    number = len(chain.lines) + 1
    whole = _line_of(chain.torn)
    if whole is not None and whole.n == number and whole.prev == chain.head and whole.encoded() == chain.torn + b"\n":
        handle.write(b"\n")
        handle.flush()
        os.fsync(handle.fileno())
        _set_head(path, whole)
        chain = Chain(chain.seed, (*chain.lines, whole))
        said = {"line": number, "bytes": 0, "what": "a crash left this line without its end; it was whole and stays"}
    else:
        aside = _aside(path, number)
        with open(aside, "xb", opener=_only_mine) as out:
            out.write(chain.torn)
            out.flush()
            os.fsync(out.fileno())
        handle.truncate(sum(len(line.encoded()) for line in chain.lines))
        os.fsync(handle.fileno())
        said = {
            "line": number,
            "bytes": len(chain.torn),
            "kept_in": aside.name,
            "what": "a crash left this line unfinished; its bytes were moved aside",
        }
        chain = Chain(chain.seed, chain.lines)
    if not chain.lines:
        chain = _write(path, handle, chain, "opened", {"seed": chain.seed}, at, None)
    return _write(path, handle, chain, "healed", said, at, None)


def _aside(path, number):
    candidates = (path.with_name(f"record.torn-{number}{suffix}") for suffix in ("", *(f".{again}" for again in range(2, 1000))))
    return next(candidate for candidate in candidates if not candidate.exists())


def _parse(path, seed, content):
    """Chain of the *content* of a record and of what the head file knows of it; every byte is accounted for."""
    chain = _chain_of(path, seed, content)
    _compare_head(path, chain.lines, chain.torn)
    return chain


def _chain_of(path, seed, content):
    whole, _end, torn = content.rpartition(b"\n")
    lines, prev = [], origin(seed)
    for number, raw in enumerate(whole.split(b"\n") if _end else (), start=1):
        line = _line_of(raw)
        if line is None or line.encoded() != raw + b"\n":
            raise RecordDamaged(path, number, "it is not what was written (its hash or its form does not fit)")
        if line.n != number:
            raise RecordDamaged(path, number, f"it is event number {line.n}; a line was dropped, inserted or moved")
        if line.prev != prev:
            raise RecordDamaged(path, number, "it does not follow the line before it (or belongs to another seed)")
        lines.append(line)
        prev = line.hash
    return Chain(seed, tuple(lines), torn)


def _line_of(raw):
    """Line that *raw* is the text of, or None if it is none."""
    try:
        found = json.loads(raw)
        line = Line(found["n"], found["at"], found["event"], found["data"], found["prev"], found.get("as_of"))
        sealed = found.get("hash") == line.hash
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    formed = _is_whole(line.n) and isinstance(line.data, dict) and isinstance(line.event, str) and line.event in events.EVENTS
    return line if sealed and formed else None


def _is_whole(number):
    """Whether it is an int; JSON's true is none."""
    return isinstance(number, int) and not isinstance(number, bool)


def _compare_head(path, lines, torn):
    """The head file is written after the line: it may lag behind by one, never lead."""
    number, noted_hash = _noted(path)
    if number > len(lines):
        what = "its end was changed" if torn and number == len(lines) + 1 else "it is missing"
        raise RecordDamaged(path, len(lines) + 1, what)
    if number and lines[number - 1].hash != noted_hash:
        raise RecordDamaged(path, number, f"{HEAD} noted another line of that number")
    if len(lines) > number + 1:
        raise RecordDamaged(path, number + 2, f"{HEAD} knows nothing of it")
    if torn and len(lines) > number:
        raise RecordDamaged(path, len(lines) + 1, f"{HEAD} knows nothing of what stands before it")


def _noted(path):
    """Number and hash of the last line as the head file holds them; ``(0, None)`` before there is one."""
    try:
        noted = json.loads(path.with_name(HEAD).read_bytes())
        number, noted_hash = noted["n"], noted["hash"]
    except FileNotFoundError:
        return 0, None
    except (ValueError, KeyError, TypeError, RecursionError):
        number, noted_hash = 0, None
    if not _is_whole(number) or number < 1 or not isinstance(noted_hash, str):
        raise RecordDamaged(path.with_name(HEAD), 1, "it is not what was written")
    return number, noted_hash


def _set_head(path, line):
    draft = path.with_name(f"{HEAD}.new")
    with open(draft, "wb", opener=_only_mine) as out:
        out.write(canonical({"n": line.n, "hash": line.hash}).encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, path.with_name(HEAD))
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def _locked(handle, how):
    fcntl.flock(handle, how)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)


def _only_mine(path, flags):
    return os.open(path, flags, 0o600)
