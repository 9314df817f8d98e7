# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The planner: no file lost, split or moved from a drive that holds it, no drive overfilled, and a refusal that says what is missing."""

from __future__ import annotations

import hashlib
import itertools
import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.offlineseed.azure.plugins.module_utils.canonical import canonical
from ansible_collections.offlineseed.azure.plugins.module_utils.drives import plan
from ansible_collections.offlineseed.azure.plugins.module_utils.drives.reserves import GIVEN as kept_by_option
from ansible_collections.offlineseed.azure.plugins.module_utils.drives.reserves import RESERVES, cost, named, usable
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure

MB = 1_000_000
SIZES = st.one_of(st.integers(0, 40).map(lambda units: units * 512), st.integers(1, 300_000).map(lambda units: units * 512))


def files(*sizes):
    return [plan.File(f"f{number:03}", size) for number, size in enumerate(sizes)]


def drives(*sizes):
    return [plan.Drive(f"WD-{number}", size) for number, size in enumerate(sizes)]


def make(some_files, some_drives, **more):
    return plan.make("srv1", "seed-srv1", some_files, some_drives, **more)


def placed(made):
    return sorted((file.name, file.size) for load in made.loads for file in load.files)


@settings(max_examples=150, deadline=None)
@given(sizes=st.lists(SIZES, max_size=60), rooms=st.lists(st.integers(50 * MB, 400 * MB), min_size=1, max_size=6))
def test_every_file_stands_whole_on_one_drive_and_no_drive_is_overfilled(sizes, rooms):
    staged = files(*sizes)
    try:
        made = make(staged, drives(*rooms))
    except plan.DoesNotFit as refusal:
        assert refusal.fields["missing_bytes"] > 0 and refusal.fields["ways_out"]
        return
    assert placed(made) == sorted((file.name, file.size) for file in staged)
    for load in made.loads:
        assert load.files and sum(cost(file.size, file.name) for file in load.files) <= load.usable_bytes <= load.size


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 80).map(lambda units: units * MB // 512 * 512), min_size=1, max_size=7),
    rooms=st.lists(st.integers(60 * MB, 160 * MB), min_size=1, max_size=3),
)
def test_a_small_plan_is_refused_only_if_there_is_no_way(sizes, rooms):
    staged, named = files(*sizes), drives(*rooms)
    way = any(
        all(
            sum(cost(file.size, file.name) for file, there in zip(staged, choice, strict=True) if there == number) <= usable(drive.size)
            for number, drive in enumerate(named)
        )
        for choice in itertools.product(range(len(named)), repeat=len(staged))
    )
    try:
        make(staged, named)
        assert way
    except plan.DoesNotFit:
        assert not way


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(SIZES, min_size=1, max_size=40),
    rooms=st.lists(st.integers(200 * MB, 400 * MB), min_size=2, max_size=5),
    pick=st.randoms(),
)
def test_what_a_begun_drive_holds_never_moves(sizes, rooms, pick):
    staged, named = files(*sizes), drives(*rooms)
    try:
        before = make(staged, named)
    except plan.DoesNotFit:
        return
    begun = [replace(load, begun_under=before.plan_hash) for load in before.loads if pick.random() < 0.5]
    shuffled = staged + files(*range(512, 2048, 512))[len(staged) :]
    pick.shuffle(shuffled)
    try:
        after = make(shuffled, [*named, plan.Drive("WD-NEW", 400 * MB)], begun=begun)
    except plan.DoesNotFit:
        return
    assert list(after.loads[: len(begun)]) == begun
    assert placed(after) == sorted((file.name, file.size) for file in shuffled)


def test_the_same_files_in_another_order_make_the_same_plan():
    staged = files(*(random.Random(7).choices(range(512, 50 * MB, 512), k=40)))
    assert make(staged, drives(900 * MB, 800 * MB)).encoded() == make(staged[::-1], drives(900 * MB, 800 * MB)[::-1]).encoded()


def test_drives_that_no_file_needs_are_not_in_the_plan():
    made = make(files(10 * MB // 512 * 512), drives(200 * MB, 300 * MB, 300 * MB))
    assert [load.serial for load in made.loads] == ["WD-1"]


def test_first_fit_failing_best_fit_or_search_finds_the_way():
    sizes = [size * 10 * MB // 512 * 512 for size in (6, 5, 4, 4, 3, 2)]
    both = sum(cost(size, "f000") for size in sizes) // 2
    room = next(size for size in range(both, 2 * both, 1000) if usable(size, 0) >= both + 600)
    made = make(files(*sizes), drives(room, room), reserve_bytes=0)
    assert len(placed(made)) == 6


def test_a_refusal_says_how_much_is_missing():
    with pytest.raises(plan.DoesNotFit, match=r"bytes are missing.*one more drive") as refusal:
        make(files(*[90 * MB // 512 * 512] * 4), drives(200 * MB))
    missing = refusal.value.fields["missing_bytes"]
    assert 90 * MB < missing < 190 * MB
    assert make(files(*[90 * MB // 512 * 512] * 4), drives(200 * MB, missing + 20 * MB)).loads


def test_a_file_bigger_than_every_drive_is_named_with_the_drive_that_would_do():
    with pytest.raises(plan.DoesNotFit, match="f000 of 299,999,744 bytes fits on no named drive") as refusal:
        make(files(300 * MB // 512 * 512), drives(200 * MB))
    assert refusal.value.fields["too_big"] == [{"name": "f000", "size": 299_999_744}]
    assert make(files(300 * MB), drives(400 * MB)).loads


def test_more_than_ten_drives_are_not_used_and_the_refusal_says_so():
    staged = files(*[90 * MB // 512 * 512] * 11)
    with pytest.raises(plan.DoesNotFit, match="at most 10 drives.*over 2 or more seeds"):
        make(staged, drives(*[100 * MB] * 12))
    assert len(make(staged[:10], drives(*[100 * MB] * 12)).loads) == 10


def test_no_drives_at_all_are_refused():
    with pytest.raises(plan.DoesNotFit):
        make(files(512), [])


def test_a_begun_drive_that_is_not_named_any_more_is_refused():
    made = make(files(512, 1024), drives(200 * MB))
    with pytest.raises(Failure, match=r"Name it again with that size: \{serial: WD-0, size: 200000000\}"):
        make(files(512, 1024), [plan.Drive("WD-9", 200 * MB)], begun=made.loads)
    with pytest.raises(Failure, match="WD-0"):
        make(files(512, 1024), drives(200 * MB + 512), begun=made.loads)


def test_a_begun_drive_whose_files_were_staged_anew_is_refused():
    made = make(files(512, 1024), drives(200 * MB))
    with pytest.raises(Failure, match="not staged as they were, first 'f001'"):
        make(files(512, 2048), drives(200 * MB), begun=made.loads)


def test_a_plan_reads_back_from_its_own_file_and_a_changed_one_is_refused():
    made = make(files(512, 1024), drives(200 * MB))
    document = made.as_document()
    assert plan.Plan.from_document(document) == made
    assert {"v", "seed", "container", "plan_hash", "files", "bytes", "drives"} == set(document)
    document["drives"][0]["files"][0]["size"] = 1024
    with pytest.raises(Failure, match="was changed"):
        plan.Plan.from_document(document)


@pytest.mark.parametrize("size", [100 * MB, 200 * MB, 1 << 30, 16 << 30, 500 * 10**9, 8 * 10**12, 22 * 10**12])
def test_reserves_leave_most_of_a_drive_and_each_has_its_reason(size):
    assert 0.9 * size < usable(size) < size
    assert all(reserve.why for reserve in RESERVES)


@pytest.mark.parametrize("size", [0, 512, 4096, 4097, 4 << 20, (4 << 20) + 512, 1 << 40])
def test_a_file_costs_more_than_its_bytes(size):
    assert size < cost(size, "name") <= size * 1.001 + 8192


def test_the_text_of_a_plan_is_canonical_json_and_its_hash_is_over_what_stands_where():
    awkward = [plan.File('ä "quoted" \\ path', 512), plan.File("\u2028 line", 1024), plan.File("plain", 2048)]
    before = make(awkward, drives(200 * MB))
    made = replace(before, loads=(replace(before.loads[0], begun_under="x"), *before.loads[1:]))
    assert made.encoded() == canonical(made.as_document()).encode() + b"\n"
    loads = [{"serial": one["serial"], "size": one["size"], "files": one["files"]} for one in made.as_document()["drives"]]
    said = canonical({"seed": "srv1", "container": "seed-srv1", "drives": loads})
    assert made.plan_hash == hashlib.sha256(said.encode()).hexdigest()
    assert plan.Plan.decoded(made.encoded()) == made


def test_drives_that_are_needed_are_filled_evenly_and_a_slow_one_gets_less():
    staged = files(*[10 * MB // 512 * 512] * 30)
    even = make(staged, drives(200 * MB, 200 * MB))
    assert [len(load.files) for load in even.loads] == [15, 15]
    named = [plan.Drive("WD-0", 400 * MB, speed=200 * MB), plan.Drive("WD-1", 400 * MB, speed=100 * MB)]
    assert [len(load.files) for load in make(files(*[10 * MB // 512 * 512] * 45), named).loads] == [30, 15]


def test_more_than_eighty_terabytes_are_no_single_seed_and_the_ways_out_are_named():
    staged = files(*[4 * 10**12] * 21)
    with pytest.raises(plan.DoesNotFit, match="80,000,000,000,000 bytes of a server or protection group") as refusal:
        make(staged, drives(*[20 * 10**12] * 10))
    assert refusal.value.fields["seeds_needed"] == 2
    assert "divide the selection over 2 or more seeds" in refusal.value.msg and "over the network" in refusal.value.msg
    assert make(staged[:20], drives(*[20 * 10**12] * 10)).loads


def test_where_ten_drives_are_not_enough_the_size_that_would_do_is_named():
    with pytest.raises(plan.DoesNotFit, match="10 of 4,000,000,000,000 bytes would do") as refusal:
        make(files(*[10**12] * 30), drives(*[2 * 10**12] * 12))
    assert refusal.value.fields["seeds_needed"] is None


def test_what_is_kept_back_of_a_drive_is_named_and_is_all_of_it():
    for size in (100 * MB, 500 * 10**9, 8 * 10**12):
        kept = named(size)
        assert size - sum(one["bytes"] for one in kept) == usable(size) and all(one["why"] for one in kept)
    assert named(100, 30) == [{"id": "given", "bytes": 30, "why": kept_by_option}] and usable(100, 30) == 70


def test_a_hundred_thousand_files_are_planned_in_about_a_second():
    pick = random.Random(3)
    staged = [
        plan.File(f"{number}_1_{number:08x}-0000-0000-0000-000000000000_AIBBlob", pick.randrange(1, 2**20) * 512)
        for number in range(100_000)
    ]
    began = time.process_time()
    made = make(staged, [plan.Drive(f"WD-{number}", 4 * 10**12) for number in range(10)])
    assert len(placed(made)) == 100_000
    assert time.process_time() - began < 3
