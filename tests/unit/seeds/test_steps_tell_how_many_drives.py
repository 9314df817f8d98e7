# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before any drive is named the steps say how many it takes, and whether the network would be faster, if the user told of the line."""

from __future__ import annotations

import pytest
from unit.seeds.stories import judge

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import plan
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure

TB = 10**12
BLANK = {"number": 2, "serial": "WD-1", "size": 250_000_000, "bus": "SATA", "model": "WDC", "eligible": True, "reasons": []}
DECIDING = {"line": {"mbit_per_s": 100, "hours_per_day": 12}}
BIG = tuple(plan.File(f"f{number}", TB) for number in range(9))


def step(disks=None, files=(), **inputs):
    seen = {} if disks is None else {"disks": disks}
    return judge("staged", inputs=inputs, files=files, **seen)["next"]


def test_attach_drives_tells_examples_and_the_verdict():
    told = step([], BIG, seed_deciding=DECIDING)
    assert told["id"] == "attach_drives" and ", for example 9 of 2.0 TB or 1 of 10.0 TB" in told["text"]
    assert "On 1 drive of 10.0 TB: The network takes" in told["text"] and told["data"]["wanted"]["decision"]["way"] == "either"


def test_without_a_line_the_text_has_no_verdict_but_the_data_have_the_break_even():
    told = step([], BIG)
    assert "network" not in told["text"] and told["data"]["wanted"]["decision"]["break_even"]["mbit_per_s"]["most"] > 0


def test_a_size_that_the_user_would_buy_is_heeded():
    told = step([], BIG, seed_deciding={**DECIDING, "drive_size": 4 * TB})
    assert told["data"]["wanted"]["bound"]["drives"] == 3 and "On 3 drives of 4.0 TB" in told["text"]


def test_after_the_stage_the_next_run_is_announced_with_the_verdict_by_the_size_alone():
    told = step(seed_deciding=DECIDING)
    assert told["id"] == "run_playbook" and "the network is faster even than the fastest shipment" in told["text"]
    assert step(seed_deciding={})["text"] == "Run the playbook: it goes on with phase prepare."


def test_name_drives_tells_the_verdict_too():
    told = step([BLANK], seed_deciding=DECIDING)
    assert told["id"] == "name_drives" and "the network is faster" in told["text"]


def test_a_seed_that_is_too_big_for_a_job_says_so_before_anybody_buys():
    told = step([], tuple(plan.File(f"f{number}", TB) for number in range(90)), seed_deciding=DECIDING)
    assert "divide the selection over 2 or more seeds" in told["text"] and told["data"]["wanted"]["decision"] is None


def test_a_variable_that_makes_no_sense_is_refused_by_name():
    with pytest.raises(Failure, match="share of line is 5"):
        step([], BIG, seed_deciding={"line": {"mbit_per_s": 10, "share": 5}})
