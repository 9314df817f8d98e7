# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which file goes on which drive.

As few drives as can be, a file whole on one of them, filled so that they are ready at about the same time. What a drive that was already
begun holds never moves.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ..canonical import canonical
from ..failure import Failure
from . import bound, packing
from .reserves import cost, usable
from .room import DRIVES_PER_JOB, JOB_BYTES, DoesNotFit, refusal

VERSION = 1
NAME = json.JSONEncoder(ensure_ascii=False).encode


class File(NamedTuple):
    """A staged file: *name* in the folder, *size* in bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class Drive:
    """A drive that the user named: *serial*, *size* in bytes, and the bytes a second at which it was seen to write (*speed*), if it was."""

    serial: str
    size: int
    speed: int | None = None


@dataclass(frozen=True)
class Load:
    """What goes on one drive. *begun_under* is the hash of the plan under which writing began, if it is an older one."""

    serial: str
    size: int
    usable_bytes: int
    files: tuple
    begun_under: str | None = None

    @cached_property
    def bytes(self):
        return sum(file.size for file in self.files)

    def as_document(self):
        """The drive as it stands in plan.json."""
        document = {
            "serial": self.serial,
            "size": self.size,
            "bytes": self.bytes,
            "usable_bytes": self.usable_bytes,
            "files": [{"name": file.name, "size": file.size} for file in self.files],
        }
        return document if self.begun_under is None else {**document, "begun_under": self.begun_under}

    @classmethod
    def from_document(cls, document):
        files = tuple(file if isinstance(file, File) else File(file["name"], file["size"]) for file in document["files"])
        return cls(document["serial"], document["size"], document["usable_bytes"], files, document.get("begun_under"))

    @cached_property
    def files_text(self):
        """The files as canonical JSON; of a million files it is made once."""
        return "[" + ",".join([f'{{"name":{NAME(name)},"size":{size}}}' for name, size in self.files]) + "]"

    def texts(self):
        """``canonical(self.as_document())`` in pieces."""
        rest = {"serial": self.serial, "size": self.size, "bytes": self.bytes, "usable_bytes": self.usable_bytes}
        return _around({**rest, "begun_under": self.begun_under} if self.begun_under else rest, "files", [self.files_text])

    def identity(self):
        """What a plan's hash holds of the drive, in pieces."""
        return _around({"serial": self.serial, "size": self.size}, "files", [self.files_text])


def _around(values, name, texts):
    """Canonical JSON of *values* and one more *name*, whose canonical JSON is given by its *texts*; in pieces, as plans are long."""
    before, after = canonical({**values, name: None}).split(f"{canonical(name)}:null", 1)
    yield f"{before}{canonical(name)}:"
    yield from texts
    yield after


def _list(lists_of_texts):
    """Canonical JSON of a list whose members come in pieces."""
    yield "["
    for number, texts in enumerate(lists_of_texts):
        if number:
            yield ","
        yield from texts
    yield "]"


@dataclass(frozen=True)
class Plan:
    """Loads of all drives of a seed that are needed."""

    seed: str
    container: str
    loads: tuple

    @cached_property
    def plan_hash(self):
        """SHA-256 over seed, container and what goes on which drive."""
        made = hashlib.sha256()
        for text in _around({"seed": self.seed, "container": self.container}, "drives", _list(load.identity() for load in self.loads)):
            made.update(text.encode())
        return made.hexdigest()

    def _head(self):
        return {
            "v": VERSION,
            "seed": self.seed,
            "container": self.container,
            "plan_hash": self.plan_hash,
            "files": sum(len(load.files) for load in self.loads),
            "bytes": sum(load.bytes for load in self.loads),
        }

    def as_document(self):
        """The content of plan.json."""
        return {**self._head(), "drives": [load.as_document() for load in self.loads]}

    def encoded(self):
        """The bytes of plan.json: ``canonical(self.as_document())`` and a line's end."""
        texts = _around(self._head(), "drives", _list(load.texts() for load in self.loads))
        return b"".join([*(text.encode() for text in texts), b"\n"])

    @classmethod
    def from_document(cls, document):
        """Plan out of the content of plan.json; a Failure if its hash is not the one of its content."""
        plan = cls(document["seed"], document["container"], tuple(Load.from_document(load) for load in document["drives"]))
        if plan.plan_hash != document["plan_hash"]:
            raise Failure(
                "plan.json was changed: its content does not have the plan_hash that it names. Put it back from your backup.",
                field="plan.json",
            )
        return plan

    @classmethod
    def decoded(cls, content):
        """Plan out of the bytes of plan.json. Raises Failure, ValueError, KeyError, TypeError, AttributeError or RecursionError."""
        return cls.from_document(json.loads(content, object_hook=_as_file))


def _as_file(found):
    """A file of plan.json at once as a File, so that a million of them need no dictionaries."""
    return File(found["name"], found["size"]) if len(found) == 2 and "name" in found and "size" in found else found


def make(seed, container, files, drives, begun=(), reserve_bytes=None):
    """Plan that puts each of *files* on one of *drives*; raises DoesNotFit, or Failure where a drive that was begun no longer fits the
    files.

    *begun* are Loads of drives that hold data already: their files stay with them, and nothing is added (their manifest may be closed).
    """
    return laid_out(seed, container, decreasing(files), drives, begun, reserve_bytes)


@dataclass(frozen=True)
class Staged:
    """Staged files and their order: *files* by name; *order*, the numbers of those that are to be placed, the biggest first; and what each
    of these *needs* on a drive."""

    files: list = field(repr=False)
    order: list = field(repr=False)
    needs: list = field(repr=False)

    @property
    def size(self):
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def biggest_first(self):
        """``(file, needs)`` of those that are to be placed."""
        return ((self.files[number], needs) for number, needs in zip(self.order, self.needs, strict=True))

    def dealt(self, where, count):
        """*count* lists of files by name, from the list of each one that is to be placed."""
        place = [None] * len(self.files)
        for number, to in zip(self.order, where, strict=True):
            place[number] = to
        filled = [[] for _list in range(count)]
        for file, to in zip(self.files, place, strict=True):
            if to is not None:
                filled[to].append(file)
        return filled


def decreasing(files):
    """Staged of *files* in any order; of two that need the same, the one whose name comes first."""
    files = sorted(files)
    needs = [cost(file.size, file.name) for file in files]
    order = sorted(range(len(files)), key=needs.__getitem__, reverse=True)
    return Staged(files, order, [needs[number] for number in order])


def least(staged, drives, reserve_bytes=None):
    """The Bound of how many of *drives* it takes, whatever they hold already."""
    return bound.l2(staged.needs, [room for room, _drive in _rooms(drives, reserve_bytes)])


def laid_out(seed, container, staged, drives, begun=(), reserve_bytes=None):
    """``make`` for files that are in order already."""
    begun = tuple(begun)
    left = _without_begun(staged, begun, drives)
    held = {load.serial for load in begun}
    rooms = _rooms([drive for drive in drives if drive.serial not in held], reserve_bytes)[: max(0, DRIVES_PER_JOB - len(begun))]
    where = None
    if staged.size <= JOB_BYTES:
        at_least = bound.l2(left.needs, [room for room, _drive in rooms]).drives
        if at_least is not None:
            where = packing.fewest(left.needs, [room for room, _drive in rooms], at_least, _speeds(rooms))
    if where is None:
        raise refusal(left, staged, [room for room, _drive in rooms], len(begun))
    pairs = zip(rooms, left.dealt(where, len(rooms)), strict=True)
    loads = [Load(drive.serial, drive.size, room, tuple(files)) for (room, drive), files in pairs if files]
    return Plan(seed, container, (*begun, *loads))


def _rooms(drives, reserve_bytes):
    """``(usable bytes, drive)``, the largest first."""
    return sorted(((usable(drive.size, reserve_bytes), drive) for drive in drives), key=lambda pair: (-pair[0], pair[1].serial))


def _speeds(rooms):
    """What is known of each drive's speed; a drive of which nothing is known counts as the slowest of the others."""
    known = [drive.speed for _room, drive in rooms if drive.speed]
    return [drive.speed or min(known, default=1) for _room, drive in rooms]


def _without_begun(staged, begun, drives):
    """The files that no begun drive holds; a Failure where such a drive is not named any more or its files are not staged as they were."""
    if not begun:
        return staged
    named = {drive.serial: drive.size for drive in drives}
    sizes = dict(staged.files)
    for load in begun:
        if named.get(load.serial) != load.size:
            raise Failure(
                f"seed_drives does not name drive {load.serial} of {load.size:,} bytes, which already holds data of this seed. "
                f"Name it again with that size: {{serial: {load.serial}, size: {load.size}}}.",
                field="seed_drives",
                seen=sorted(named),
            )
        moved = [file.name for file in load.files if sizes.get(file.name) != file.size]
        if moved:
            raise Failure(
                f"Drive {load.serial} was begun with {len(moved)} files that are not staged as they were, first {moved[0]!r}. "
                "Put the staged files back as the record's inventory lists them; a drive is never half of an old and half of a new backup.",
                field="inventory",
                seen=moved[:10],
            )
    held = {file.name for load in begun for file in load.files}
    left = [(number, needs) for number, needs in zip(staged.order, staged.needs, strict=True) if staged.files[number].name not in held]
    return Staged(staged.files, [number for number, _needs in left], [needs for _number, needs in left])


__all__ = ["DRIVES_PER_JOB", "DoesNotFit", "Drive", "File", "Load", "Plan", "Staged", "decreasing", "laid_out", "least", "make"]
