# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What did not land whole is found, nothing is cleaned meanwhile, and the repair that the step names is all that it takes."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import record
from lab import landing
from stories.states import SEED

AWAY = 9  # days until the job is over


@pytest.fixture
def shipped(standin_states, tmp_path):
    """Somebody whose parcel is on its way, on the stand-ins."""

    @contextmanager
    def begin(state="shipped"):
        with standin_states.player(state, tmp_path / f"lab-{state}") as player:
            yield player

    return begin


def staged(player):
    return landing.sums_of_staged(player.lab.folder, SEED)


def blobs(player):
    return landing.sums_of_blobs(player.lab.folder, player.lab.told)


def known(player):
    return record.read(player.state_dir.parent, SEED).replay()


def refused(player, *verdicts):
    """The summary after a run that finds the landing wanting; staging is as it was and cannot be cleaned."""
    before = staged(player)
    entry, log = player.bad("track")
    assert (entry["state"], entry["next"]["id"], entry["phase"]) == ("failed", "repair_import", "track"), log[-3000:]
    counts = known(player)["verified"]["counts"]
    assert {word for word, number in counts.items() if number} - {"proven"} == set(verdicts)
    assert player.run("complete").summary["phase"] == "track" and staged(player) == before
    assert "nothing is removed" in entry["error"]["seen"]
    return entry


def test_a_byte_that_flipped_in_transit_is_found_repaired_and_read_back(shipped):
    with shipped() as player:
        player.control.fault(kind="flip", where="datacenter", file=1, offset=4096)
        player.control.days(n=AWAY)
        entry = refused(player, "corrupted")
        (bad,) = entry["next"]["data"]["repair"]["files"]  # its one range is all of it
        assert bad["path"] in entry["next"]["text"] and bad["path"].endswith("_BaseBlob")
        player.person.act(entry["next"])
        entry = player.good("track")
        assert {"evidence_archived", "landed"} <= {one["id"] for one in entry["proven"]}
        assert known(player)["verified"]["conclusion"] == "proven" and blobs(player) == staged(player)


def test_a_renamed_container_is_copied_inside_the_account(shipped):
    with shipped() as player:
        player.control.fault(kind="rename_container", where="datacenter")
        player.control.days(n=AWAY)
        entry = refused(player, "renamed")
        assert entry["next"]["data"]["repair"]["copies"] and not entry["next"]["data"]["repair"]["files"]
        player.person.act(entry["next"])
        assert "landed" in {one["id"] for one in player.good("track")["proven"]}
        assert blobs(player) == staged(player)


def test_a_blob_that_was_removed_after_the_landing_is_uploaded_again_and_the_seed_ends_complete(shipped):
    with shipped() as player:
        player.control.days(n=AWAY)
        name = sorted(staged(player))[1]
        player.control.remove_blob(blob=name)
        entry = refused(player, "missing")
        assert [one["path"] for one in entry["next"]["data"]["repair"]["files"]] == [f"seed-srv1/{name}"]
        player.person.act(entry["next"])
        player.until("track", "complete")
        entry = player.until("complete", "never")
        assert entry["state"] == "complete" and {one["id"] for one in entry["still_to_do"]} >= {"delete_escrow", "remove_entra_app"}
        assert staged(player) == {} and blobs(player) == {}


def test_checksums_of_another_algorithm_are_said_and_the_seed_goes_on(shipped):
    with shipped() as player:
        player.control.fault(kind="log", where="datacenter", version="2021-08-01", algorithm="other")
        player.control.days(n=AWAY)
        assert "landed" in {one["id"] for one in player.good("track")["proven"]}
        verified = known(player)["verified"]
        assert verified["conclusion"] == "present" and len(verified["other_algorithm"]) == 1


def test_a_record_that_claims_more_than_was_verified_cleans_nothing(shipped):
    """The role's own guard: somebody has written the later events past the verification."""
    with shipped() as player:
        player.control.fault(kind="skip", where="datacenter", file=1)
        player.control.days(n=AWAY)
        refused(player, "skipped")
        events = [("landed", {"blobs": 2, "bytes": 512}), ("vault_proven", {"recovery_point": player.now()})]
        for event, data in events:
            record.append(player.state_dir.parent, SEED, event, data, player.now())
        before = (staged(player), blobs(player), player.hashes())
        entry, _log = player.bad("complete")
        assert entry["state"] == "failed" and entry["next"]["id"] == "repair_import", json.dumps(entry)
        assert (staged(player), blobs(player), player.hashes()) == before
        assert known(player)["cleaned"] is None
