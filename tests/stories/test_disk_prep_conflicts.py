# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person, the agent's tool and Azure that do not agree: the run says both sides and the cure, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from lab import names
from stories.states import DRIVE, MIB, Player

FOREIGN = "WD-FOREIGN1"


@pytest.fixture
def begin(standin_states, tmp_path) -> Iterator[Callable[[str], Player]]:
    """A player in a lab of the test's own; the engine's own ways are tested in test_whole_disk_prep and tests/powershell."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(standin_states.player(name, tmp_path / name))


def refused(player: Player, *said: str) -> dict:
    """A run of prepare that fails, says all of `said`, and leaves model, Azure and record as they were."""
    before, record = player.hashes(), (player.state_dir / "record.jsonl").read_bytes()
    entry, _log = player.bad("prepare")
    told = json.dumps(entry["error"], ensure_ascii=False)
    for words in said:
        assert words in told, told
    assert entry["error"]["cure"] and entry["phase"] == "prepare"
    assert (player.hashes(), (player.state_dir / "record.jsonl").read_bytes()) == (before, record)
    return entry


def test_the_tool_is_asked_for_until_it_has_run_and_then_everything_is_on_record(begin):
    player = begin("by_the_tool")
    before, record = player.hashes(), (player.state_dir / "record.jsonl").read_bytes()
    entry = player.good("prepare")
    assert entry["next"]["id"] == "run_disk_prep"
    assert (player.hashes(), (player.state_dir / "record.jsonl").read_bytes()) == (before, record)
    player.do("run_disk_prep", entry)
    after = player.hashes()
    assert player.run("prepare", "--check").exit_code == 0
    assert (player.hashes(), (player.state_dir / "record.jsonl").read_bytes()) == (after, record)
    assert not (player.state_dir / "evidence").exists()
    entry = player.good("prepare")
    assert entry["phase"] == "ship"
    assert {f"drive_prepared:{DRIVE}", "job_created", "prepared"} <= {proof["id"] for proof in entry["proven"]}


def test_a_wrong_letter_is_a_foreign_drive(begin):
    player = begin("by_the_tool")
    entry = player.good("prepare")
    player.control.attach(serial=FOREIGN, size=256 * MIB)
    letter = player.control.give_letter(serial=FOREIGN)["letter"]
    data = entry["next"]["data"]
    answers = [{**one, "answer": letter} if one["prompt"] == "drive_letter" else one for one in data["answers"]]
    player.control.run_disk_prep(command_line=data["command_line"], answers=answers, host=data["copy_host"])
    entry = refused(player, FOREIGN, "seed_drives does not name")
    assert entry["next"]["id"] == "fix_error"


def test_a_job_that_azure_deleted_meanwhile(begin):
    player = begin("tool_run")
    player.control.days(n=15)
    assert player.control.show()["jobs"] == []
    refused(player, "Azure has no such job", "srv1")


def test_a_manifest_that_was_changed(begin):
    player = begin("tool_run")
    [manifest] = (player.lab.folder / "hosts" / names.COPY_HOST / "volumes").rglob("DriveManifest.xml")
    manifest.write_bytes(manifest.read_bytes() + b"\n")
    refused(player, DRIVE, "it was changed")


def test_a_drive_that_was_pulled_out_is_asked_for(begin):
    player = begin("tool_run")
    player.control.detach(serial=DRIVE)
    entry = player.good("prepare")
    assert entry["next"]["id"] == "attach_drives" and DRIVE in entry["next"]["text"]


def test_a_drive_that_locked_itself_says_where_its_key_is_and_never_which(begin):
    player = begin("tool_run")
    player.control.detach(serial=DRIVE)
    player.control.attach(serial=DRIVE)
    entry = refused(player, DRIVE, "locked", "_DriveInfo_", "manage-bde")
    assert entry["next"]["id"] == "fix_drives"


def test_the_tools_way_does_not_go_with_the_older_service(begin):
    player = begin("by_the_tool")
    player.set("seed_job_backend", "import_export")
    (player.state_dir / "record.jsonl").unlink()
    (player.state_dir / "record.head").unlink()
    entry, log = player.bad("preflight")
    assert "WY-01" in log and entry["phase"] == "preflight"
