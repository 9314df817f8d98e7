# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy host without BitLocker: installed where the user says so, restarted by a person, and the seed goes on."""

from __future__ import annotations

import json

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import record
from stories.states import SEED

REASON = "the room is planned for"


def test_bitlocker_is_installed_a_person_restarts_and_the_seed_goes_on(begin):
    player = begin(None)
    player.control.without_bitlocker()

    entry, log = player.bad("preflight")
    told = json.dumps(entry)
    assert "CP-02" in told and "seed_install_prerequisites: true" in told, log[-2000:]
    assert "MEND     CP-02" in log

    player.set("seed_install_prerequisites", True)
    before = player.hashes()
    run = player.run("preflight", "--check")
    assert run.exit_code == 0 and "Restart it when nobody works on it" in run.log.read_text(), run.trouble
    assert player.hashes() == before

    entry = player.good("preflight")
    assert (entry["state"], entry["next"]["id"], entry["next"]["who"]) == ("waiting_for_person", "restart_copy_host", "copy host")
    assert player.good("preflight")["next"]["id"] == "restart_copy_host"

    player.do("restart_copy_host", entry)
    player.do("accept_undocumented", player.good("preflight"))
    player.set("seed_statements", {"drives_are_bare_sata": True})
    player.set("seed_preflight_accept", [{"rule": "AG-14", "reason": REASON}])
    assert player.good("preflight")["phase"] == "target"

    passed = record.read(player.state_dir.parent, SEED).replay()["preflight"]
    assert passed["statements"] == ["drives_are_bare_sata"]
    assert passed["accepted"] == [{"rule": "AG-14", "reason": REASON}]
