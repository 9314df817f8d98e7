# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Agents without the commands that tell what the wizard was given: the folder that a backup makes is the proof."""

from __future__ import annotations


def test_the_person_is_asked_for_back_up_now_and_the_next_run_goes_on(begin):
    player = begin("targeted")
    player.control.change_agent(offline_cmdlets=False)
    entry = player.good("stage")
    assert "Back Up Now" in entry["next"]["text"]
    player.do("enter_offline_values", entry)
    assert player.until("stage", "prepare")["phase"] == "prepare"


def test_a_policy_is_asked_for_where_there_is_none(begin):
    player = begin("targeted")
    player.control.remove_policy()
    player.do("create_policy_in_wizard", player.good("stage"))
    assert player.until("stage", "prepare")["phase"] == "prepare"
