# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""seed_plan: one plan with one hash for good, made anew only where it has to be, and never against what a drive holds."""

from __future__ import annotations

import json

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import bound, escrow, plan
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import planned, record, seed_plan

SEED = "srv1"
AT = "2026-01-31T08:00:00Z"


@pytest.fixture
def world(tmp_path):
    """Call it with drives and files: runs seed_plan over an inventory of these files."""

    class World:
        folder = tmp_path / SEED
        inventory = tmp_path / "inventory.jsonl"

        def stage(self, **files):
            lines = [json.dumps({"name": name, "size": size, "mtime": AT}) for name, size in files.items()]
            self.inventory.write_text("".join(line + "\n" for line in lines))

        def plan(self, *drives, check_mode=False, **more):
            named = [{"serial": serial, "size": size, "wipe": False} for serial, size in drives]
            params = {
                "state_dir": str(tmp_path),
                "seed": SEED,
                "container": "c",
                "inventory_file": str(self.inventory),
                "drives": named,
                **more,
            }
            return seed_plan.run(params, check_mode)

        def tell(self, event, **data):
            record.append(tmp_path, SEED, event, data, AT)

    made = World()
    made.stage(a=90_000_384, b=90_000_384, c=512)
    return made


ONE, TWO, NEW = ("WD-1", 200_000_000), ("WD-2", 200_000_000), ("WD-9", 200_000_000)


def test_a_plan_is_kept_in_its_file_and_the_second_run_changes_nothing(world):
    first = world.plan(ONE)
    assert first["changed"] and first["fits"] and first["files"] == 3 and first["bytes"] == 180_001_280
    document = json.loads((world.folder / "plan.json").read_text())
    assert document["plan_hash"] == first["plan_hash"] and document["drives"][0]["serial"] == "WD-1"
    assert "drive WD-1 of 200,000,000 bytes: 3 files" in first.pop("diff")["after"]
    assert world.plan(ONE) == {**first, "changed": False}


def test_what_the_record_keeps_of_a_plan_has_no_estimate_that_could_change(world):
    assert [set(drive) for drive in world.plan(ONE)["drives"]] == [{"serial", "size", "files", "bytes", "usable_bytes"}]
    slow = world.plan(ONE, rates={"write_mb_per_s": 1.0})
    assert not slow["changed"] and slow["estimates"][0]["hours"]["mb_per_s"] == 1.0 and slow["estimates"][0]["reserves"]


def test_more_drives_named_later_do_not_change_the_plan(world):
    first = world.plan(ONE)
    later = world.plan(ONE, TWO)
    assert not later["changed"] and later["plan_hash"] == first["plan_hash"] and later["unused"] == ["WD-2"]


def test_check_mode_shows_the_plan_and_writes_none(world):
    shown = world.plan(ONE, check_mode=True)
    assert shown["changed"] and not world.folder.exists()
    assert world.plan(ONE)["plan_hash"] == shown["plan_hash"]


def test_a_drive_that_was_never_begun_may_be_exchanged(world):
    world.plan(ONE)
    assert [drive["serial"] for drive in world.plan(NEW)["drives"]] == ["WD-9"]


def test_a_proven_drive_keeps_its_files_and_the_plan_of_the_others_is_made_anew(world):
    world.stage(a=150_000_128, b=150_000_128)
    before = world.plan(ONE, TWO)
    world.tell("drive_prepared", serial="WD-1", plan_hash=before["plan_hash"], manifest_file="x", manifest_hash="y", protector="z")
    after = world.plan(ONE, NEW)
    document = json.loads((world.folder / "plan.json").read_text())
    kept = next(drive for drive in document["drives"] if drive["serial"] == "WD-1")
    assert after["changed"] and {drive["serial"] for drive in after["drives"]} == {"WD-1", "WD-9"}
    assert kept["begun_under"] == before["plan_hash"] and [file["name"] for file in kept["files"]] == ["a"]
    assert not world.plan(ONE, NEW)["changed"]


def test_more_drives_than_the_bound_are_told_with_the_reason(world):
    world.stage(a=150_000_128, b=150_000_128)
    before = world.plan(ONE, TWO)
    assert before["bound"]["met"]
    world.tell("drive_prepared", serial="WD-1", plan_hash=before["plan_hash"], manifest_file="x", manifest_hash="y", protector="z")
    after = world.plan(ONE, ("WD-BIG", 400_000_000))["bound"]
    assert (after["drives"], after["at_least"], after["met"]) == (2, 1, False)
    assert after["text"] == "2 drives; 1 may be possible, but what a drive holds already stays on it."
    made = plan.Plan(SEED, "c", tuple(plan.Load(f"WD-{number}", 5, 5, (plan.File(str(number), 512),)) for number in range(2)))
    assert planned._bound(made, bound.Bound(1))["text"] == "2 drives; 1 may be possible, but no way was found."


def test_a_proven_drive_that_is_not_named_any_more_is_refused(world):
    before = world.plan(ONE)
    world.tell("drive_prepared", serial="WD-1", plan_hash=before["plan_hash"], manifest_file="x", manifest_hash="y", protector="z")
    with pytest.raises(Failure, match="seed_drives does not name drive WD-1"):
        world.plan(NEW)


def test_a_drive_with_a_key_in_escrow_is_begun_as_long_as_it_is_named(world, tmp_path):
    world.stage(a=150_000_128, b=150_000_128)
    before = world.plan(ONE, TWO)
    password = tmp_path / "pw"
    password.write_text("x")
    escrow.seal(world.folder / "escrow", "WD-1", password, SEED)
    world.plan(ONE, NEW)
    document = json.loads((world.folder / "plan.json").read_text())
    assert next(drive for drive in document["drives"] if drive["serial"] == "WD-1")["begun_under"] == before["plan_hash"]
    assert {drive["serial"] for drive in world.plan(TWO, NEW)["drives"]} == {"WD-2", "WD-9"}


def test_drives_too_small_are_refused_with_what_is_missing_and_no_plan(world):
    with pytest.raises(Failure, match="bytes are missing") as refusal:
        world.plan(("WD-1", 100_000_000))
    assert refusal.value.fields["missing_bytes"] > 80_000_000 and not (world.folder / "plan.json").exists()


def test_a_drive_of_two_seeds_is_refused(world):
    with pytest.raises(Failure, match="Drive WD-1 is named in seed_drives of srv1 and of srv2"):
        world.plan(ONE, other_seeds={"srv2": [{"serial": "W D-1", "size": 5}], "srv3": None})
    assert world.plan(ONE, other_seeds={"srv1": [{"serial": "WD-1", "size": 5}]})["fits"]


def test_a_drive_named_twice_is_refused(world):
    with pytest.raises(Failure, match="names drive WD-1 twice"):
        world.plan(ONE, ("WD -1", 200_000_000))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"name": "a", "size": 513}', "a .inventory line 1. has 513 bytes"),
        ('{"name": "a", "size": 512}\n{"name": "a", "size": 512}', "lists 'a' twice"),
        ('{"name": "a"}', "line 1 is not"),
        ("no json", "line 1 is not"),
        ('{"name": "a", "size": 512}\n{"na', "line 2 is not"),
    ],
)
def test_an_inventory_that_is_none_is_refused(world, content, says):
    world.inventory.write_text(content)
    with pytest.raises(Failure, match=says):
        world.plan(ONE)


def test_without_an_inventory_the_refusal_names_the_phase_that_makes_it(world):
    world.inventory.unlink()
    with pytest.raises(Failure, match="run stage first") as refusal:
        world.plan(ONE)
    assert refusal.value.fields["needs"] == "stage"


@pytest.mark.parametrize("content", ["", "{}", '{"v": 1, "seed": "srv2", "container": "c", "plan_hash": "x", "drives": []}'])
def test_a_plan_file_that_is_none_is_refused_not_replaced(world, content):
    world.folder.mkdir()
    (world.folder / "plan.json").write_text(content)
    with pytest.raises(Failure, match=r"plan\.json"):
        world.plan(ONE)
    assert (world.folder / "plan.json").read_text() == content
