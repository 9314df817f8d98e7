# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of one import job, the drives that are sold, and the refusal that says how much room is missing and what can be done."""

from __future__ import annotations

from ..failure import Failure
from . import bound, packing
from .reserves import cost, usable

TB = 10**12
DRIVES_PER_JOB = 10  # Microsoft, "Azure Import/Export system requirements": at most 10 drives a job
JOB_BYTES = 80 * TB  # Microsoft, "Overview of offline backup", support table: 80 TB a server, or a protection group of DPM and MABS
# Sizes in which SATA drives are sold, up to the largest that the article on offline backup names (10 TB); November 2026.
SOLD = tuple(int(size * TB) for size in (0.5, 1, 2, 3, 4, 6, 8, 10))
MOST_TOLD = 10


class DoesNotFit(Failure):
    """The drives cannot take the files. Fields: *missing_bytes*, *needed_bytes*, *usable_bytes*, *ways_out* (list of sentences), *too_big*
    (files that fit on no drive), *room_for_biggest*, *seeds_needed* (into how many seeds this one would have to be divided)."""


def choices(needs, larger_than=0, most=DRIVES_PER_JOB):
    """How many drives of each size that is sold: ``[{size, drives}]``, from small to large, where a size needs fewer than the one before.

    *needs* are in decreasing order. A size of which more than *most* would be needed is left out.
    """
    found = []
    for size in SOLD:
        if size <= larger_than:
            continue
        drives = of_size(needs, size, most)
        if drives is not None and (not found or drives < found[-1]["drives"]):
            found.append({"size": size, "drives": drives})
        if drives == 1:
            break
    return found


def of_size(needs, size, most=DRIVES_PER_JOB, reserve_bytes=None):
    """How many drives of *size* bytes a plan would use; None if more than *most*."""
    room = usable(size, reserve_bytes)
    if sum(needs) > most * room:
        return None
    at_least = bound.equal(needs, room).drives
    if at_least is None or at_least > most:
        return None
    if sum(needs) <= at_least * (room - (needs[0] if needs else 0)):
        return at_least  # with as much air as the biggest file in each, the first fit never fails
    where = packing.fewest(needs, [room] * most, at_least)
    return None if where is None else len(set(where))


def refusal(left, staged, rooms, begun):
    """DoesNotFit for the Staged files *left* of *staged*, where *rooms* are offered and *begun* drives hold the others."""
    needed, offered, largest = sum(left.needs), sum(rooms), max(rooms, default=0)
    too_big = [file for file, needs in left.biggest_first() if needs > largest]
    over = sum(needs for needs, number in zip(left.needs, _as_far_as_possible(left.needs, rooms), strict=True) if number is None)
    missing = max(needed - offered, over)
    whole = staged.size
    too_much = whole > JOB_BYTES
    seeds = max(-(-whole // JOB_BYTES), -(-(bound.equal(staged.needs, usable(SOLD[-1])).drives or 0) // DRIVES_PER_JOB))
    ways = list(_ways_out(left, too_big, begun + len(rooms), too_much, max(2, seeds)))
    what = (
        f"One seed takes at most {JOB_BYTES:,} bytes of a server or protection group, staged are {whole:,}."
        if too_much
        else f"The named drives cannot take the staged files: {needed:,} bytes are needed for them (files: {len(left.order):,}), "
        f"{offered:,} bytes are offered (drives: {len(rooms)}), {missing:,} bytes are missing."
    )
    return DoesNotFit(
        f"{what} {' '.join(ways)}",
        field="seed_drives",
        missing_bytes=missing,
        needed_bytes=needed,
        usable_bytes=offered,
        ways_out=ways,
        too_big=[{"name": file.name, "size": file.size} for file in too_big[:MOST_TOLD]],
        room_for_biggest=room_for(too_big[0]) if too_big else None,
        seeds_needed=seeds if seeds > 1 else None,
    )


def _ways_out(left, too_big, drives, too_much, seeds):
    """What can be done, a sentence each."""
    if too_big and not too_much:
        big = max(too_big, key=lambda file: file.size)
        yield (
            f"File {big.name} of {big.size:,} bytes fits on no named drive, and a file is never split: name a drive with at least"
            f" {room_for(big):,} bytes."
        )
    if too_much or drives >= DRIVES_PER_JOB:
        limit = f"{JOB_BYTES:,} bytes" if too_much else f"{DRIVES_PER_JOB} drives"
        bigger = None if too_much else next((size for size in SOLD if of_size(left.needs, size) is not None), None)
        yield (
            f"A job takes at most {limit}:"
            + (f" use bigger drives ({DRIVES_PER_JOB} of {bigger:,} bytes would do)," if bigger else "")
            + f" divide the selection over {seeds} or more seeds, each a server or a protection group of its own,"
            " or let the first backup go over the network."
        )
    elif not too_big or len(too_big) < len(left.order):
        yield "Name one more drive of at least that size (or several), or a bigger one in place of the smallest."


def _as_far_as_possible(needs, rooms):
    """For each thing its room by first fit, or None."""
    free, where = sorted(rooms, reverse=True), []
    for one in needs:
        number = next((number for number, room in enumerate(free) if room >= one), None)
        if number is not None:
            free[number] -= one
        where.append(number)
    return where


def room_for(file):
    """Size of a drive that takes *file*, rounded up to two digits."""
    size = cost(file.size, file.name)
    while usable(size) < cost(file.size, file.name):
        size += max(1_000_000, size // 200)
    step = 10 ** max(0, len(str(size)) - 2)
    return -(-size // step) * step
