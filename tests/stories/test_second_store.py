# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller whose disk is thrown away after every run: the state of the seed lives in Azure blobs."""

from __future__ import annotations

import shutil

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import record
from lab import names
from stories.states import SEED

STORE = {"resource_group": names.RESOURCE_GROUP, "account": names.STORAGE_ACCOUNT, "container": "offlineseed-state"}


def events(player):
    return [line.event for line in record.read(player.state_dir.parent, SEED).lines]


def test_a_seed_goes_from_the_wizard_to_the_parcel_though_the_disk_is_lost_after_every_run(begin):
    player = begin("targeted")
    player.set("seed_store", STORE)
    run, steps = 0, []
    while "prepared" not in steps and run < 25:
        run += 1
        entry = player.good()
        steps += [event for event in events(player) if event not in steps]
        shutil.rmtree(player.state_dir)
        if entry["state"] == "waiting_for_person":
            if entry["next"]["id"] == "hand_over_parcel":
                break
            player.person.act(entry["next"])
        else:
            player.control.days(n=1 / 48)
    assert entry["next"]["id"] == "hand_over_parcel", entry
    player.person.act(entry["next"])
    assert player.good("ship")["phase"] == "track"
    told = events(player)
    assert told.count("job_created") == told.count("shipped") == told.count("planned") == 1
    assert len(player.control.show()["jobs"]) == 1
    sealed = list((player.state_dir / "escrow").glob("*.yml"))
    assert sealed and b"ANSIBLE_VAULT" in sealed[0].read_bytes()


def test_a_store_in_the_landing_zone_is_refused(begin):
    player = begin("fresh")
    player.set("seed_store", {**STORE, "container": names.CONTAINER})
    entry, log = player.bad("preflight")
    assert "another container than the landing zone" in log and entry["state"] == "failed"
