# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that are not what the consent says: refused, nothing touched, the message names the drive, what was seen and what to do."""

from __future__ import annotations

import json
import pathlib

import pytest
import yaml

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import record
from lab import names
from stories.states import DRIVE, MIB, Player

BIG = 96 * MIB
DANGEROUS = (
    "disk cleared",
    "disk initialised",
    "disk offline",
    "disk read-only",
    "partition made",
    "partition removed",
    "formatted",
    "encryption started",
)


@pytest.fixture(scope="module")
def staged(states, tmp_path_factory):
    """One lab for all wrong disks: each test plugs in its own and pulls it out again."""
    with states.player("staged", tmp_path_factory.mktemp("wrong") / "lab") as player:
        yield player


def disks(player: Player) -> dict[str, str]:
    """The content of every disk of the copy host, by a hash of the model."""
    return player.control.show()["hosts"][names.COPY_HOST]["disks"]


def wipes(player: Player) -> list[dict]:
    """What the model's journal says was done to disks, whoever asked for it (engine or stand-ins)."""
    lines = (player.lab.folder / "journal.jsonl").read_text().splitlines()
    return [told for told in map(json.loads, lines) if told["what"] in DANGEROUS]


def refused(player: Player, *said: str, drives: list[dict]) -> str:
    """A run with that consent fails, says all of `said` and touches no disk."""
    player.set("seed_drives", drives)
    before, touched = disks(player), len(wipes(player))
    entry, log = player.bad("prepare")
    assert disks(player) == before
    assert wipes(player)[touched:] == []
    told = json.dumps(entry, ensure_ascii=False)
    for word in said:
        assert word in told, f"{word!r} is not in {told}"
    return log


def unplug(player: Player, *serials: str) -> None:
    for serial in serials:
        player.control.detach(serial=serial)


def test_consented_serial_that_now_holds_data_is_refused(staged, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "love.txt").write_text("do not lose me")
    staged.control.attach(serial="OLD-0001", size=BIG, content=str(tmp_path / "letters"))
    refused(staged, "OLD-0001", "empty", "wipe", drives=[{"serial": "OLD-0001", "size": BIG}])
    unplug(staged, "OLD-0001")


def test_size_that_differs_by_one_sector_is_refused(staged):
    staged.control.attach(serial="SIZE-0001", size=BIG)
    refused(staged, "SIZE-0001", str(BIG), str(BIG + 512), drives=[{"serial": "SIZE-0001", "size": BIG + 512}])
    unplug(staged, "SIZE-0001")


def test_the_system_disk_is_refused_even_with_wipe(staged):
    [(serial, seen)] = [(serial, seen) for serial, seen in disks(staged).items() if seen["number"] == 0]
    refused(staged, serial, drives=[{"serial": serial, "size": seen["size"], "wipe": True}])


def test_a_removable_disk_is_refused(staged):
    staged.control.attach(serial="STICK-001", size=BIG, removable=True, bus="USB")
    refused(staged, "STICK-001", drives=[{"serial": "STICK-001", "size": BIG, "wipe": True}])
    unplug(staged, "STICK-001")


def test_a_drive_that_is_not_attached_is_asked_for(staged):
    staged.set("seed_drives", [{"serial": "GONE-0001", "size": BIG}])
    before, touched = disks(staged), len(wipes(staged))
    entry = staged.good("prepare")
    assert (entry["next"]["id"], entry["next"]["data"]["serials"]) == ("attach_drives", ["GONE-0001"])
    assert disks(staged) == before and wipes(staged)[touched:] == []


def test_drives_that_are_too_small_say_how_much_is_missing(staged):
    staged.control.attach(serial="SMALL-001", size=4 * MIB)
    refused(staged, "bytes are missing", "name a drive with at least", drives=[{"serial": "SMALL-001", "size": 4 * MIB}])
    unplug(staged, "SMALL-001")


def test_two_disks_with_one_serial_are_refused(begin):
    player = begin("staged")
    player.control.attach(serial="TWIN-0001", size=BIG, unique_id="one")
    player.control.attach(serial="TWIN-0001", size=BIG, unique_id="two")
    refused(player, "TWIN-0001", "serial", drives=[{"serial": "TWIN-0001", "size": BIG}])


def test_the_bystander_is_refused_without_consent_to_wipe(staged):
    before = staged.hashes()["bystander"]
    [(serial, seen)] = [(serial, seen) for serial, seen in disks(staged).items() if serial.startswith("BYSTANDER")]
    refused(staged, serial, drives=[{"serial": serial, "size": seen["size"]}])
    assert staged.hashes()["bystander"] == before


def test_without_consent_eligible_drives_are_listed_and_nothing_is_touched(begin):
    player = begin("staged")
    player.control.attach(serial="NEW-0001", size=BIG)
    before = disks(player)
    entry = player.good("prepare")
    assert (entry["state"], entry["next"]["id"]) == ("waiting_for_person", "name_drives")
    assert entry["next"]["variables"] == {"seed_drives": [{"serial": "NEW-0001", "size": BIG}]}
    assert disks(player) == before and wipes(player) == []


def test_a_disk_that_is_offline_is_refused_if_it_holds_data_or_is_held_so_for_a_cause(staged, tmp_path):
    """A blank one that only the policy for new disks holds offline is brought online, by consent; tests/powershell shows that."""
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "love.txt").write_text("do not lose me")
    staged.control.attach(serial="DARK-0001", size=BIG, content=str(tmp_path / "letters"), offline=True, offline_reason="Policy")
    refused(staged, "DARK-0001", "offline", "wipe: true", drives=[{"serial": "DARK-0001", "size": BIG}])
    staged.control.attach(serial="DARK-0002", size=BIG, offline=True, offline_reason="Collision")
    refused(staged, "DARK-0002", "offline for reason 4", "find out why", drives=[{"serial": "DARK-0002", "size": BIG, "wipe": True}])
    unplug(staged, "DARK-0001", "DARK-0002")


def test_a_disk_with_the_manifest_of_a_seed_is_refused(staged, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "DriveManifest.xml").write_text("<DriveManifest/>")
    staged.control.attach(serial="PAPER-001", size=BIG, content=str(tmp_path / "old"))
    refused(staged, "PAPER-001", "DriveManifest.xml", "wipe", drives=[{"serial": "PAPER-001", "size": BIG}])
    unplug(staged, "PAPER-001")


@pytest.fixture
def second(begin):
    """A second seed that names the drive which the first one has prepared."""
    player = begin("prepared")
    size = player.person.drives.get(DRIVE) or json.loads((player.state_dir / "plan.json").read_text())["drives"][0]["size"]
    second_seed(player, [{"serial": DRIVE, "size": size, "wipe": True}])
    return player


def refused_to_the_second(player: Player, *said: str, limit: tuple[str, ...] = ()) -> None:
    """A run fails for the second seed, says why, and touches no disk."""
    before, touched = disks(player), len(wipes(player))
    run = player.run("prepare", *limit)
    [entry] = [one for one in json.loads(player.controller.summary_file.read_text())["seeds"] if one["seed"] == "second"]
    assert run.exit_code != 0 and entry["state"] == "failed", run.log.read_text()[-2000:]
    told = json.dumps(entry["error"], ensure_ascii=False)
    assert not [word for word in said if word not in told], told
    assert disks(player) == before and wipes(player)[touched:] == []


def test_two_seeds_that_name_one_drive_are_refused(second):
    refused_to_the_second(second, f"Drive {DRIVE} is named in seed_drives of second and of srv1", "take it out of one of them")


def test_a_drive_that_another_seed_prepared_is_refused_whatever_consent_says(second):
    second.set("seed_drives", [])
    refused_to_the_second(second, f"serial '{DRIVE}'", "seed 'srv1'", limit=("--limit", "second"))


def second_seed(player: Player, drives: list[dict]) -> None:
    """A second seed beside the first in the same state folder, as far as the first one was when its drives were named."""
    folder = player.controller.folder
    known = yaml.safe_load((folder / "inventory.yml").read_text())
    sources = known["all"]["children"]["lab_windows"]["children"]["seed_sources"]["hosts"]
    sources["second"] = dict(sources["srv1"])
    (folder / "inventory.yml").write_text(yaml.safe_dump(known))
    told = yaml.safe_load((folder / "host_vars" / "srv1" / "seed.yml").read_text())
    told |= {"seed_name": "second", "seed_job_name": "srv1", "seed_drives": drives}
    (folder / "host_vars" / "second").mkdir()
    (folder / "host_vars" / "second" / "seed.yml").write_text(yaml.safe_dump(told))
    copy_until_staged(player.state_dir, player.state_dir.with_name("second"))


def copy_until_staged(first: pathlib.Path, second: pathlib.Path) -> None:
    """The record of another seed that is staged: its events are written by the product's own core."""
    second.mkdir()
    (second / "inventory.jsonl").write_bytes((first / "inventory.jsonl").read_bytes())
    for line in (first / "record.jsonl").read_text().splitlines():
        told = json.loads(line)
        if told["event"] == "planned":
            return
        record.append(
            second.parent,
            "second",
            told["event"],
            told["data"] | ({"seed": "second"} if "seed" in told["data"] else {}),
            told["at"],
            told.get("as_of"),
        )
