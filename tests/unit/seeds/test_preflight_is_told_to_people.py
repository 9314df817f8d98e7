# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accepting a rule, stating what no program can look up, and the table that says who has to do what."""

from __future__ import annotations

import pytest
from unit.seeds.preflight_facts import facts

from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import preflight, seed_preflight
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.statements import STATEMENTS

VIRTUAL = {"copy__host__virtual": True}
REASON = "nested virtualisation with the drives passed through"


def told_of(result, rule_id):
    return next(one for one in result["findings"] if one["id"] == rule_id)


def test_an_accepted_rule_warns_and_its_reason_is_told():
    result = preflight.judge(facts(**VIRTUAL), accept=[{"rule": "CP-01", "reason": REASON}])
    found = result["findings"][0]
    assert result["blocking"] == [] and result["failed_rules"] == []
    assert (found["id"], found["outcome"], found["severity"], found["accepted"]) == ("CP-01", "fail", "warn", REASON)
    assert result["accepted"] == [{"rule": "CP-01", "reason": REASON}]
    assert f"Accepted: {REASON}." in " ".join(result["table"].split())


def test_an_id_alone_is_accepted_as_ever():
    result = preflight.judge(facts(**VIRTUAL), accept=["CP-01"])
    assert result["blocking"] == [] and result["accepted"] == [{"rule": "CP-01", "reason": "no reason given"}]


def test_what_is_accepted_and_holds_is_no_news():
    result = preflight.judge(facts(), accept=[{"rule": "CP-01", "reason": REASON}])
    assert result["accepted"] == [] and told_of(result, "CP-01")["outcome"] == "pass"


def test_a_rule_that_warns_anyway_stays_a_warning():
    result = preflight.judge(facts(copy__host__restart_pending=True), accept=[{"rule": "CP-09", "reason": "known"}])
    assert told_of(result, "CP-09")["severity"] == "warn" and result["accepted"] == [{"rule": "CP-09", "reason": "known"}]


@pytest.mark.parametrize("entry", ["XX-99", {"rule": "XX-99", "reason": "?"}, {"reason": "?"}, {}])
def test_an_id_that_is_no_rule_is_refused(entry):
    with pytest.raises(Failure, match="no preflight rule"):
        preflight.judge(facts(), accept=[entry])


@pytest.mark.parametrize("rule_id", ["CN-01", "NM-02", "DR-07", "DR-15", "SD-01", "CP-08"])
def test_a_rule_that_protects_somebody_elses_data_or_azures_own_cannot_be_accepted(rule_id):
    with pytest.raises(Failure, match=f"{rule_id}, which cannot be accepted"):
        preflight.judge(facts(), accept=[{"rule": rule_id, "reason": "in a hurry"}])


def test_an_unstated_statement_is_unknown_with_the_line_to_paste_and_blocks_nothing():
    result = preflight.judge(facts(inputs__seed_statements={}))
    found = told_of(result, "DR-01")
    assert found["outcome"] == "unknown" and "seed_statements: {drives_are_bare_sata: true}" in found["seen"]
    assert result["blocking"] == [] and result["statements"] == []


def test_statements_are_told_back_for_the_record():
    result = preflight.judge(facts(inputs__seed_statements={"passphrase_is_kept": True, "drives_are_bare_sata": False}))
    assert result["statements"] == ["passphrase_is_kept"] and told_of(result, "DR-01")["outcome"] == "fail"


@pytest.mark.parametrize(
    ("stated", "says"),
    [({"drives_are_sata": True}, "no statement drives_are_sata"), ({"passphrase_is_kept": "yes"}, "true or false"), ("all", "dictionary")],
)
def test_a_statement_that_nobody_asks_for_is_refused(stated, says, tmp_path):
    with pytest.raises(Failure, match=says):
        seed_preflight.run({"facts": {}, "inputs": {"seed_state_dir": str(tmp_path), "seed_statements": stated}}, False)


def test_the_table_has_a_block_for_each_who_and_says_what_to_do():
    result = preflight.judge(
        facts(source__agent__version="2.0.9000.0", copy__host__fips=True, inputs__seed_container="X", inputs__seed_statements={})
    )
    text = result["table"]
    assert [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")] == [
        "operator:", "backup administrator:", "copy host:", "shipping:",
    ]  # fmt: skip
    assert "  MEND     AG-02  the agent's version is 2.0.9000.0. Upgrade the agent" in text
    assert "  unknown  DR-01  could not be checked" in text
    for name in asked_statements():
        assert f"seed_statements: {{{name}: true}}" in text, "what is to be pasted stands on one line"
    assert max(len(line) for line in text.splitlines()) <= 120
    assert text.splitlines()[-1].endswith(f"of {len(result['findings'])} hold.")


def asked_statements():
    """The statements that are asked for in a world in order: no DPM server, no datacenter in India."""
    return [name for name in STATEMENTS if name not in ("signs_in_as_owner", "customs_papers_ready")]


def test_the_table_of_a_world_in_order_is_one_line():
    assert preflight.judge(facts())["table"] == f"{len(preflight.RULES)} rules of {len(preflight.RULES)} hold."


def test_inputs_alone_leave_out_what_needs_an_observation():
    result = preflight.judge({"inputs": facts()["inputs"], "controller": facts()["controller"]}, scope="inputs")
    assert result["blocking"] == [] and not [one for one in result["findings"] if one["outcome"] == "unknown"]
