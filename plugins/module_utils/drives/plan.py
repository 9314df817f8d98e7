# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which file goes on which drive.

First fit decreasing, a file whole on one drive. What a drive that was already begun holds never moves. If first fit leaves files over, two
more ways are tried before the plan is refused: best fit, and for few files a search that finds a way if there is one.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, insort
from dataclasses import dataclass

from ..canonical import canonical
from ..failure import Failure
from .reserves import cost, usable

VERSION = 1
DRIVES_PER_JOB = 10  # Microsoft, "Azure Import/Export system requirements": at most 10 drives a job
SEARCH_FILES = 24
SEARCH_STEPS = 50_000


@dataclass(frozen=True)
class File:
    """A staged file: *name* in the folder, *size* in bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class Drive:
    """A drive that the user named: *serial*, *size* in bytes."""

    serial: str
    size: int


@dataclass(frozen=True)
class Load:
    """What goes on one drive. *begun_under* is the hash of the plan under which writing began, if it is an older one."""

    serial: str
    size: int
    usable_bytes: int
    files: tuple
    begun_under: str | None = None

    @property
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
        files = tuple(File(file["name"], file["size"]) for file in document["files"])
        return cls(document["serial"], document["size"], document["usable_bytes"], files, document.get("begun_under"))


@dataclass(frozen=True)
class Plan:
    """Loads of all drives of a seed that are needed."""

    seed: str
    container: str
    loads: tuple

    @property
    def plan_hash(self):
        """SHA-256 over seed, container and what goes on which drive."""
        loads = [
            {"serial": load.serial, "size": load.size, "files": [{"name": file.name, "size": file.size} for file in load.files]}
            for load in self.loads
        ]
        return hashlib.sha256(canonical({"seed": self.seed, "container": self.container, "drives": loads}).encode()).hexdigest()

    def as_document(self):
        """The content of plan.json."""
        return {
            "v": VERSION,
            "seed": self.seed,
            "container": self.container,
            "plan_hash": self.plan_hash,
            "files": sum(len(load.files) for load in self.loads),
            "bytes": sum(load.bytes for load in self.loads),
            "drives": [load.as_document() for load in self.loads],
        }

    def encoded(self):
        """The bytes of plan.json."""
        return canonical(self.as_document()).encode() + b"\n"

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


class DoesNotFit(Failure):
    """The drives cannot take the files. Fields: *missing_bytes*, *ways_out* (list of sentences), *too_big* (files that fit on no drive)."""


def make(seed, container, files, drives, begun=(), reserve_bytes=None):
    """Plan that puts each of *files* on one of *drives*; raises DoesNotFit, or Failure where a drive that was begun no longer fits the
    files.

    *begun* are Loads of drives that hold data already: their files stay with them, and nothing is added (their manifest may be closed).
    """
    begun = tuple(begun)
    left = _without_begun(files, begun, drives)
    free = [Bin(drive, usable(drive.size, reserve_bytes)) for drive in drives if drive.serial not in {load.serial for load in begun}]
    free = sorted(free, key=_largest_first)[: max(0, DRIVES_PER_JOB - len(begun))]
    placed = next((way for way in (_first_fit, _best_fit, _search) if way(left, free)), None)
    if placed is None:
        raise _refusal(left, free, len(begun))
    loads = [*begun, *(bin.load() for bin in sorted(free, key=_largest_first) if bin.files)]
    return Plan(seed, container, tuple(loads))


class Bin:
    """A drive while it is being filled."""

    def __init__(self, drive, capacity):
        self.drive = drive
        self.capacity = capacity
        self.clear()

    def clear(self):
        self.free = self.capacity
        self.files = []

    def put(self, file, needs):
        self.files.append(file)
        self.free -= needs

    def load(self):
        files = tuple(sorted(self.files, key=lambda file: file.name))
        return Load(self.drive.serial, self.drive.size, self.capacity, files)


def _largest_first(bin):
    return (-bin.capacity, bin.drive.serial)


def _decreasing(files):
    sized = [(cost(file.size, file.name), file) for file in files]
    return sorted(sized, key=lambda pair: (-pair[0], pair[1].name))


def _first_fit(files, bins):
    for bin in bins:
        bin.clear()
    order = sorted(bins, key=_largest_first)
    for needs, file in _decreasing(files):
        target = next((bin for bin in order if bin.free >= needs), None)
        if target is None:
            return False
        target.put(file, needs)
    return True


def _best_fit(files, bins):
    """Each file on the drive that it fills best."""
    for bin in bins:
        bin.clear()
    by_room = sorted((bin.free, bin.drive.serial) for bin in bins)
    named = {bin.drive.serial: bin for bin in bins}
    for needs, file in _decreasing(files):
        place = bisect_left(by_room, (needs, ""))
        if place == len(by_room):
            return False
        target = named[by_room.pop(place)[1]]
        target.put(file, needs)
        insort(by_room, (target.free, target.drive.serial))
    return True


def _search(files, bins):
    """Every way, for few files and with a limit of steps: whether one exists, and it is taken."""
    sized = _decreasing(files)
    if len(sized) > SEARCH_FILES or not bins:
        return False
    for bin in bins:
        bin.clear()
    room = [bin.capacity for bin in bins]
    where = [0] * len(sized)
    steps = 0

    def place(index):
        nonlocal steps
        if index == len(sized):
            return True
        steps += 1
        if steps > SEARCH_STEPS:
            return False
        needs, tried = sized[index][0], set()
        for number, space in enumerate(room):
            if space < needs or space in tried:
                continue
            tried.add(space)
            room[number] -= needs
            where[index] = number
            if place(index + 1):
                return True
            room[number] += needs
        return False

    if not place(0):
        return False
    for (needs, file), number in zip(sized, where, strict=True):
        bins[number].put(file, needs)
    return True


def _without_begun(files, begun, drives):
    """The files that no begun drive holds; a Failure where such a drive is not named any more or its files are not staged as they were."""
    named = {drive.serial: drive.size for drive in drives}
    staged = {file.name: file.size for file in files}
    for load in begun:
        if named.get(load.serial) != load.size:
            raise Failure(
                f"seed_drives does not name drive {load.serial} of {load.size:,} bytes, which already holds data of this seed. "
                f"Name it again with that size: {{serial: {load.serial}, size: {load.size}}}.",
                field="seed_drives",
                seen=sorted(named),
            )
        moved = [file.name for file in load.files if staged.get(file.name) != file.size]
        if moved:
            raise Failure(
                f"Drive {load.serial} was begun with {len(moved)} files that are not staged as they were, first {moved[0]!r}. "
                "Put the staged files back as the record's inventory lists them; a drive is never half of an old and half of a new backup.",
                field="inventory",
                seen=moved[:10],
            )
    held = {file.name for load in begun for file in load.files}
    return [file for file in files if file.name not in held]


def _refusal(left, bins, begun):
    """DoesNotFit that says how much is missing and what can be done about it."""
    needed = sum(cost(file.size, file.name) for file in left)
    room = sum(bin.capacity for bin in bins)
    largest = max((bin.capacity for bin in bins), default=0)
    too_big = [file for file in left if cost(file.size, file.name) > largest]
    _first_fit_as_far_as_possible(left, bins)
    placed = {file.name for bin in bins for file in bin.files}
    over = [file for file in left if file.name not in placed]
    missing = max(needed - room, sum(cost(file.size, file.name) for file in over))
    ways = []
    if too_big:
        big = max(too_big, key=lambda file: file.size)
        ways.append(
            f"File {big.name} of {big.size:,} bytes fits on no named drive, and a file is never split: name a drive with at least"
            f" {_room_for(big):,} bytes."
        )
    if begun + len(bins) >= DRIVES_PER_JOB:
        ways.append(
            f"A job takes at most {DRIVES_PER_JOB} drives: use bigger drives, or divide the selection of the agent's policy over several"
            " seeds."
        )
    elif not too_big or len(too_big) < len(left):
        ways.append("Name one more drive of at least that size (or several), or a bigger one in place of the smallest.")
    text = (
        f"The named drives cannot take the staged files: {needed:,} bytes are needed for them (files: {len(left):,}), "
        f"{room:,} bytes are offered (drives: {len(bins)}), {missing:,} bytes are missing. {' '.join(ways)}"
    )
    return DoesNotFit(
        text,
        field="seed_drives",
        missing_bytes=missing,
        needed_bytes=needed,
        usable_bytes=room,
        ways_out=ways,
        too_big=[{"name": file.name, "size": file.size} for file in too_big[:10]],
        room_for_biggest=_room_for(max(too_big, key=lambda file: file.size)) if too_big else None,
    )


def _first_fit_as_far_as_possible(files, bins):
    for bin in bins:
        bin.clear()
    order = sorted(bins, key=_largest_first)
    for needs, file in _decreasing(files):
        target = next((bin for bin in order if bin.free >= needs), None)
        if target is not None:
            target.put(file, needs)


def _room_for(file):
    """Size of a drive that takes *file*, rounded up to two digits."""
    size = cost(file.size, file.name)
    while usable(size) < cost(file.size, file.name):
        size += max(1_000_000, size // 200)
    step = 10 ** max(0, len(str(size)) - 2)
    return -(-size // step) * step
