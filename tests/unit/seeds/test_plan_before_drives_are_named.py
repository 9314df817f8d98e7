# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""seed_plan before anybody buys: from a size or an inventory, on drives that are only imagined; nothing is kept."""

from __future__ import annotations

import gzip
import json

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import seed_plan

TB = 10**12
LINE = {"mbit_per_s": 200.0, "share": 0.9, "hours_per_day": 12.0, "change_bytes_per_day": 40 * 10**9}


@pytest.fixture
def asked(tmp_path):
    """Call it with options; runs seed_plan in a state folder that must stay empty."""

    def ask(**options):
        result = seed_plan.run({"state_dir": str(tmp_path / "state"), "seed": "srv1", "container": "c", **options}, False)
        assert not (tmp_path / "state" / "srv1").exists() and not result["changed"] and not result["kept"]
        return result

    return ask


@pytest.fixture
def inventory(tmp_path):
    def write(name, *sizes, pack=False):
        lines = "".join(json.dumps({"name": f"f{n}", "size": size, "mtime": "x"}) + "\n" for n, size in enumerate(sizes)).encode()
        (tmp_path / name).write_bytes(gzip.compress(lines) if pack else lines)
        return str(tmp_path / name)

    return write


def test_the_guides_example_says_what_the_guide_says(asked):
    told = asked(bytes=24 * TB, drive_size=8_001_563_222_016, line=LINE)
    assert told["bound"]["text"] == (
        "4 drives; 3 are impossible, because the files need 24,000,678,018,416 bytes, and the largest 3 drives together have"
        " 23,980,033,335,288."
    )
    assert told["decision"]["because"] == ("The network takes 25.8 days, shipping 10 to 23 days: shipping is faster even at its slowest.")
    assert told["bigger_drives"] == [{"size": 10 * TB, "drives": 3}] and told["files"] is None and told["bytes"] == 24 * TB
    assert [drive["files"] for drive in told["drives"]] == [None] * 4 and told["plan_file"] is None


def test_of_two_drives_the_largest_one_alone_is_named(asked):
    told = asked(bytes=9 * TB, drive_size=8_001_563_222_016)
    assert told["bound"]["text"] == (
        "2 drives; 1 is impossible, because the files need 9,000,254,235,676 bytes, and the largest drive has 7,993,344,445,096."
    )


def test_eligible_drives_are_planned_onto_but_nothing_is_kept(asked, inventory):
    eligible = [{"serial": "WD 1", "size": 200_000_000, "mb_per_s": 100.0}, {"serial": "WD2", "size": 200_000_000}]
    told = asked(inventory_file=inventory("i.jsonl", *[90_000_384] * 3), eligible=eligible)
    assert sorted(drive["serial"] for drive in told["drives"]) == ["WD1", "WD2"] and told["files"] == 3
    seen = {drive["serial"]: drive["hours"] for drive in told["estimates"]}
    assert seen["WD1"]["rate_from"] == "measured on this drive" and "assumed" in seen["WD2"]["rate_from"]


def test_an_inventory_in_gzip_is_read_whatever_its_name(asked, inventory):
    sizes = [512 * number for number in range(1, 50)]
    packed = asked(inventory_file=inventory("packed.jsonl", *sizes, pack=True), drive_size=TB)
    assert packed["plan_hash"] == asked(inventory_file=inventory("plain.gz", *sizes), drive_size=TB)["plan_hash"]


@pytest.mark.parametrize("spoil", [lambda packed: packed[:-12], lambda packed: packed[:20] + b"x" * 40, lambda packed: b"\x1f\x8b"])
def test_a_spoilt_gzip_is_refused(asked, tmp_path, spoil):
    lines = b"".join(json.dumps({"name": f"f{n}", "size": 512}).encode() + b"\n" for n in range(500))
    (tmp_path / "i.gz").write_bytes(spoil(gzip.compress(lines)))
    with pytest.raises(Failure, match="cannot be read|is not"):
        asked(inventory_file=str(tmp_path / "i.gz"), drive_size=TB)


def test_a_packed_line_without_an_end_is_refused_before_it_fills_the_memory(asked, tmp_path):
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b"[" * 200_000_000, compresslevel=1))
    with pytest.raises(Failure, match="a line of less than"):
        asked(inventory_file=str(tmp_path / "bomb.gz"), drive_size=TB)


@pytest.mark.parametrize("size", ["true", "1e3", '"512"', "null", "-512", "[512]"])
def test_a_size_that_is_no_whole_number_is_refused(asked, tmp_path, size):
    (tmp_path / "i").write_text(f'{{"name": "a", "size": {size}}}')
    with pytest.raises(Failure, match=r"inventory line 1|line 1 is not"):
        asked(inventory_file=str(tmp_path / "i"), drive_size=TB)


def test_hours_follow_from_the_rate_that_is_known_best(asked):
    told = asked(bytes=36 * 10**10, drive_size=TB, rates={"write_mb_per_s": 100.0, "verify_mb_per_s": 200.0})
    hours = told["estimates"][0]["hours"]
    assert (hours["copying"], hours["encrypting"], hours["verifying"], hours["together"]) == (1.0, 0.0, 0.5, 1.5)
    assert told["hours"] == {"side_by_side": 1.5, "one_after_another": 1.5, "limited_by": "the drive that takes longest"}
    fed = asked(bytes=144 * 10**10, drive_size=TB, rates={"write_mb_per_s": 100.0, "staging_mb_per_s": 100.0})["hours"]
    assert fed["side_by_side"] == 4.0 and fed["limited_by"] == "the staging folder"


def test_a_drive_is_written_no_faster_than_the_staging_folder_is_read(asked):
    told = asked(bytes=36 * 10**10, drive_size=TB, rates={"write_mb_per_s": 100.0, "staging_mb_per_s": 50.0})
    hours = told["estimates"][0]["hours"]
    assert (hours["copying"], hours["mb_per_s"]) == (2.0, 50.0) and "the staging folder is read no faster" in hours["rate_from"]


def test_bigger_drives_are_told_only_where_fewer_of_them_would_do(asked):
    assert asked(bytes=15 * TB, drive_size=8 * TB)["bigger_drives"] == []
    assert asked(bytes=9 * TB, drive_size=8 * TB)["bigger_drives"] == [{"size": 10 * TB, "drives": 1}]


def test_more_than_a_job_takes_is_refused_with_the_ways_out(asked):
    with pytest.raises(Failure, match="10 of 4,000,000,000,000 bytes would do") as refusal:
        asked(bytes=30 * TB, drive_size=2 * TB)
    assert refusal.value.fields["ways_out"]
    with pytest.raises(Failure, match="divide the selection over 3 or more seeds"):
        asked(bytes=200 * TB, drive_size=10 * TB)


@pytest.mark.parametrize("options", [{"bytes": 0, "drive_size": 1}, {"bytes": 5, "drive_size": -1}])
def test_sizes_below_one_are_refused(asked, options):
    with pytest.raises(Failure, match="at least 1"):
        asked(**options)


def test_a_rate_of_a_drive_that_is_none_is_refused(asked):
    with pytest.raises(Failure, match="mb_per_s of drive W"):
        asked(bytes=5, eligible=[{"serial": "W", "size": TB, "mb_per_s": 0.0}])
