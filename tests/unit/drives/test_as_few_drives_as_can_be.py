# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bound never claims too much, what it says is true, and plans stay within one drive of it; all against every arrangement there is."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import bound, packing, plan, room
from ansible_collections.offlineseed.azure.plugins.module_utils.drives.reserves import usable

SIZES = st.lists(st.integers(1, 60), min_size=1, max_size=7).map(lambda sizes: sorted(sizes, reverse=True))
ROOMS = st.lists(st.integers(10, 80), min_size=1, max_size=4).map(lambda rooms: sorted(rooms, reverse=True))
TB = 10**12


def fits(sizes, rooms):
    """Whether any arrangement exists: all of them are tried."""
    for where in itertools.product(range(len(rooms)), repeat=len(sizes)):
        filled = [0] * len(rooms)
        for size, number in zip(sizes, where, strict=True):
            filled[number] += size
        if all(load <= held for load, held in zip(filled, rooms, strict=True)):
            return True
    return False


def fewest(sizes, rooms):
    """The least number of rooms, by trying every choice of rooms; None if all are not enough."""
    for used in range(1, len(rooms) + 1):
        if any(fits(sizes, chosen) for chosen in itertools.combinations(rooms, used)):
            return used
    return None


def whole(sizes, rooms, where):
    filled = [0] * len(rooms)
    for size, number in zip(sizes, where, strict=True):
        filled[number] += size
    return all(load <= held for load, held in zip(filled, rooms, strict=True))


@settings(max_examples=250, deadline=None)
@given(sizes=SIZES, rooms=ROOMS)
def test_no_arrangement_has_fewer_drives_than_the_bound_and_none_has_fewer_than_the_plan_of_few_files(sizes, rooms):
    best, claimed = fewest(sizes, rooms), bound.l2(sizes, rooms).drives
    where = packing.fewest(sizes, rooms, claimed or 1)
    if best is None:
        assert where is None
        return
    assert claimed is not None and claimed <= best
    assert where is not None and whole(sizes, rooms, where) and len(set(where)) == best


@settings(max_examples=150, deadline=None)
@given(sizes=st.lists(st.integers(1, 100), min_size=1, max_size=40), width=st.integers(100, 150))
def test_for_drives_of_one_size_the_bound_is_that_of_martello_and_toth(sizes, width):
    sizes = sorted(sizes, reverse=True)
    best = 1
    for a in range(width // 2 + 1):
        first = [size for size in sizes if size > width - a]
        second = [size for size in sizes if width / 2 < size <= width - a]
        third = [size for size in sizes if a <= size <= width / 2]
        best = max(best, len(first) + len(second) + max(0, -(-(sum(third) - (len(second) * width - sum(second))) // width)))
    assert bound.equal(sizes, width).drives == best


@settings(max_examples=200, deadline=None)
@given(sizes=SIZES, rooms=ROOMS)
def test_the_reason_counts_what_is_really_there(sizes, rooms):
    found = bound.l2(sizes, rooms)
    if found.drives is None or found.drives < 2:
        return
    largest, fewer = rooms[0], found.drives - 1
    alone = [size for size in sizes if size > largest - found.threshold]
    others = [size for size in sizes if found.threshold <= size <= largest - found.threshold]
    assert len(alone) == found.alone and found.rest == sum(others)
    assert found.alone + found.halves == sum(size * 2 > largest for size in sizes)
    assert found.alone + found.halves > fewer or found.rest > sum(rooms[: max(0, fewer - found.alone)]) == found.held
    assert found.why and "None" not in found.why


@pytest.mark.parametrize(
    ("sizes", "count", "says"),
    [
        ([5, 4, 4], 3, "the files need 13 bytes, and the largest drive has 10"),
        ([5, 5, 5, 5, 5], 3, "the files need 25 bytes, and the largest 2 drives together have 20"),
        ([6, 6], 3, "2 files are bigger than half of the largest drive, and no two of them fit on one"),
        (
            [9, 9, 2],
            3,
            "2 files each leave less than 2 bytes of a drive, and the other files of that size or more need 2 bytes, for which no drive"
            " would be left",
        ),
        (
            [9, 4, 4, 3],
            3,
            "1 file alone would leave less than 2 bytes of a drive, and the other files of that size or more need 11 bytes, for which"
            " 1 drive would be left with 10",
        ),
        (
            [9, 5, 5, 5, 4, 2],
            4,
            "1 file alone would leave less than 2 bytes of a drive, and the other files of that size or more need 21 bytes, for which"
            " 2 drives would be left with 20",
        ),
        ([1], 3, "there is something to send"),
        ([], 3, "there is nothing to send"),
    ],
)
def test_each_reason_is_a_sentence_that_counts_in_singular_and_plural(sizes, count, says):
    assert bound.l2(sizes, [10] * count).why == says


@settings(max_examples=200, deadline=None)
@given(sizes=st.lists(st.integers(1, 60), max_size=30), rooms=st.lists(st.integers(10, 120), min_size=1, max_size=6), pick=st.randoms())
def test_no_way_overfills_a_room_or_loses_a_thing(sizes, rooms, pick):
    sizes, rooms = sorted(sizes, reverse=True), sorted(rooms, reverse=True)
    speeds = [pick.choice((1, 2, 5)) for _room in rooms]
    for way in (packing.first_fit, packing.best_fit, packing.improved, packing.search, lambda *given: packing.even(*given, speeds)):
        where = way(sizes, rooms)
        assert where is None or (len(where) == len(sizes) and None not in where and whole(sizes, rooms, where)), way


def staged(kind, chance):
    """Sizes of a realistic set, together at most 60 TB."""
    if kind == "log-normal":
        sizes = [int(chance.lognormvariate(23.5, 1.2)) for _file in range(600)]
    elif kind == "few big blobs":
        sizes = [chance.randrange(3 * TB // 10, 4 * TB) for _file in range(20)]
    elif kind == "many small":
        sizes = [chance.randrange(1, 2**22) * 512 for _file in range(4_000)]
    else:
        sizes = [chance.choice((TB, TB * 2, TB * 3)) + chance.randrange(10**9) for _file in range(16)]
    files, total = [], 0
    for number, size in enumerate(sizes):
        size = min(size, 5 * TB) // 512 * 512
        if total + size <= 60 * TB:
            files.append(plan.File(f"f{number:06}", size))
            total += size
    return files


@pytest.mark.parametrize("kind", ["log-normal", "few big blobs", "many small", "nearly equal"])
def test_realistic_sets_take_at_most_one_drive_more_than_the_bound(kind):
    chance, more = random.Random(kind), 0
    for _round in range(12):
        files = plan.decreasing(staged(kind, chance))
        named = [plan.Drive(f"WD-{number}", chance.choice((8, 10, 12, 16)) * TB) for number in range(10)]
        made = plan.laid_out("s", "c", files, named)
        at_least = plan.least(files, named).drives
        assert at_least <= len(made.loads) <= at_least + 1
        more += len(made.loads) - at_least
    assert more <= 3


def test_where_first_and_best_fit_leave_one_over_a_move_or_an_exchange_makes_room():
    sizes, rooms = [18, 16, 14, 11, 11, 8], [40, 40]
    assert packing.first_fit(sizes, rooms) is None and packing.best_fit(sizes, rooms) is None
    assert whole(sizes, rooms, packing.improved(sizes, rooms))


def test_choices_are_of_sizes_that_are_sold_each_needing_fewer_than_the_one_before():
    needs = [TB] * 9
    assert room.choices(needs) == [{"size": 2 * TB, "drives": 9}, {"size": 3 * TB, "drives": 5}, {"size": 4 * TB, "drives": 3}] + [
        {"size": 6 * TB, "drives": 2},
        {"size": 10 * TB, "drives": 1},
    ]
    assert room.choices(needs, larger_than=4 * TB) == [{"size": 6 * TB, "drives": 2}, {"size": 10 * TB, "drives": 1}]
    for one in room.choices(needs):
        assert packing.fewest(needs, [usable(one["size"])] * one["drives"]) is not None
