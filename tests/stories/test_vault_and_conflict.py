# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from the container into the vault on request, and a record and an Azure that disagree."""

from __future__ import annotations

import json


def test_the_vault_copy_starts_on_request_and_proves_the_seed(begin):
    player = begin("landed")
    entry = player.good("track", "-e", json.dumps({"seed_start_vault_copy": True, "seed_wait": 120}))
    if entry["phase"] != "complete":
        player.control.hours(n=1)
        entry = player.good("track")
    assert entry["phase"] == "complete", entry


def test_a_job_that_is_gone_is_a_conflict_and_nothing_is_changed(begin):
    player = begin("prepared")
    player.good("ship")
    player.control.days(n=15)  # nobody entered a parcel: the service deletes the job
    assert player.control.show()["jobs"] == []
    before, record = player.hashes(), (player.state_dir / "record.jsonl").read_bytes()
    entry, _log = player.bad("ship")
    assert entry["state"] == "conflict"
    assert "srv1" in entry["error"]["what"] and entry["next"]["data"]["ways_out"]
    assert (player.hashes(), (player.state_dir / "record.jsonl").read_bytes()) == (before, record)
