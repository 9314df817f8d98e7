# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back of the drives may change after the job was made: it is sent until the datacenter has got the drives, and then no more."""

from __future__ import annotations

import json

import pytest

from lab.controller_folder import RETURN_ADDRESS


@pytest.fixture
def player(standin_states, tmp_path):
    """Somebody whose job was just made; no parcel is handed over."""
    with standin_states.player("prepared", tmp_path / "lab") as player:
        player.leave_out("seed_return_address")
        moved(player, RETURN_ADDRESS["street_address1"])
        player.good("ship")
        yield player


def moved(player, street):
    player.set("seed_return_address", {**RETURN_ADDRESS, "street_address1": street})


def sent(player) -> bool:
    """Whether a run of the phase changes anything in Azure."""
    before = player.hashes()
    player.good("ship")
    return player.hashes() != before


def test_a_changed_way_back_is_sent_once_while_the_datacenter_has_not_got_the_drives(player):
    record = player.state_dir / "record.jsonl"
    written = record.read_bytes()
    assert not sent(player)
    moved(player, "Neue Gasse 3")
    before = player.hashes()
    run = player.run("ship", "--check", "--diff", "-v")
    log = run.log.read_text()
    assert run.exit_code == 0 and "Neue Gasse 3" in log and '"method": "PATCH"' in log, log[-3000:]
    assert player.hashes() == before
    assert sent(player) and not sent(player)
    assert record.read_bytes() == written
    moved(player, "Hof 1")
    player.do("hand_over_parcel", player.good("status"))
    entry = player.good("ship")
    assert entry["phase"] == "track" and not sent(player)
    moved(player, "Hof 2")
    assert sent(player) and not sent(player)
    while "has the drives" not in entry["next"]["text"] and "copying" not in entry["next"]["text"]:
        player.control.days(n=1)
        entry = player.good("track")
        assert not any(proof["id"] == "landed" for proof in entry["proven"]), entry
    moved(player, "Hof 3")
    assert not sent(player)


def test_a_run_that_was_killed_before_it_noted_the_address_of_the_datacenter_notes_it(player):
    record = player.state_dir / "record.jsonl"
    lines = record.read_bytes().splitlines(keepends=True)
    assert json.loads(lines[-1])["event"] == "ship_to_given"
    record.write_bytes(b"".join(lines[:-1]))
    record.with_suffix(".head").write_text(json.dumps({"n": len(lines) - 1, "hash": json.loads(lines[-2])["hash"]}))
    assert player.good("ship")["next"]["id"] == "hand_over_parcel"
    assert [json.loads(line)["event"] for line in record.read_bytes().splitlines()] == [json.loads(line)["event"] for line in lines]
