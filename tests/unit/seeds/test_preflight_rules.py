# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every preflight rule: what it lets pass, what it finds, and that a fact that was not told never passes."""

from __future__ import annotations

import re
import time

import pytest
from unit.seeds.preflight_cases import FAILS, PASSES, STATED, UNKNOWN
from unit.seeds.preflight_facts import GONE, facts, remove

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import preflight
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules import RULES
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.rule import ACTORS, SOURCES_OF_FACTS, Facts
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.sources import SOURCES
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.statements import STATEMENTS

BY_ID = {rule.id: rule for rule in RULES}
NEEDS = [(rule.id, path) for rule in RULES for path in rule.needs]


def finding(rule_id, told):
    return BY_ID[rule_id].finding(Facts(told))


class Watched(Facts):
    """Facts that note what was asked for."""

    def __init__(self, told):
        super().__init__(told)
        self.asked = set()

    def look(self, path):
        self.asked.add(path)
        return super().look(path)


def test_a_world_in_order_has_no_finding():
    result = preflight.judge(facts())
    assert [one for one in result["findings"] if one["outcome"] != "pass"] == []
    assert result["blocking"] == [] and result["failed_rules"] == [] and result["text"] == "Nothing blocks the seed."


@pytest.mark.parametrize(("rule_id", "changes", "says"), FAILS)
def test_what_is_wrong_is_found_and_named(rule_id, changes, says):
    found = finding(rule_id, facts(**changes))
    assert found["outcome"] == "fail" and re.search(says, found["seen"]), found
    assert found["blocking"] == (found["severity"] == "block")


@pytest.mark.parametrize(("rule_id", "changes"), PASSES)
def test_what_is_right_passes(rule_id, changes):
    assert finding(rule_id, facts(**changes))["outcome"] == "pass"


@pytest.mark.parametrize(("rule_id", "path"), NEEDS)
def test_a_rule_without_a_fact_that_it_needs_is_unknown(rule_id, path):
    told = facts()
    remove(told, path)
    found = finding(rule_id, told)
    assert found["outcome"] == "unknown" and found["seen"].startswith("could not be checked, because "), found


@pytest.mark.parametrize(("rule_id", "changes", "says"), UNKNOWN)
def test_a_fact_that_cannot_be_judged_is_unknown_and_says_why(rule_id, changes, says):
    found = finding(rule_id, facts(**changes))
    assert found["outcome"] == "unknown" and found["seen"].startswith("could not be checked, because ") and says in found["seen"], found


def test_every_rule_has_a_test_of_failing_and_of_not_knowing():
    every = {rule.id for rule in RULES}
    assert len(every) == len(RULES)
    assert {rule_id for rule_id, *_unused in FAILS} == every
    can_be_unknown = {rule_id for rule_id, *_unused in UNKNOWN} | {rule_id for rule_id, _path in NEEDS}
    inputs = ("inputs.", "record.")
    about_inputs_alone = {rule.id for rule in RULES if all(path.startswith(inputs) for path in rule.asks) and not rule.needs}
    assert every - can_be_unknown <= about_inputs_alone, "what is not set in an input is a fail, everything else can be unknown"


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_a_rule_looks_at_nothing_but_what_its_row_says(rule):
    worlds = [facts()] + [facts(**changes) for rule_id, changes, _says in (*FAILS, *UNKNOWN) if rule_id == rule.id]
    said = {*rule.needs, *rule.asks}
    for told in worlds:
        watched = Watched(told)
        rule.finding(watched)
        strangers = {path for path in watched.asked if not any(path.startswith(one) or one.startswith(path) for one in said)}
        strangers -= {"inputs.seed_statements"} if rule.statement else set()
        strangers = {path for path in strangers if path.split(".")[0] in SOURCES_OF_FACTS and path not in NAMES_IN_SENTENCES}
        assert not strangers, f"{rule.id} looks at {sorted(strangers)}"


# Facts that only dress a sentence.
NAMES_IN_SENTENCES = {"copy.host.name", "copy.host.manufacturer", "copy.host.model", "staging.read_error", "now"} | {
    "copying_account.source_error", "copying_account.message"
}  # fmt: skip


def test_nothing_told_at_all_passes_no_rule_that_needs_a_fact():
    """But for those about named drives and a copy host of its own: none are named then."""
    passed = {one["id"] for one in preflight.judge({})["findings"] if one["outcome"] == "pass"}
    assert not [rule_id for rule_id in passed if BY_ID[rule_id].needs and not rule_id.startswith(("DR-", "ST-05"))]
    assert not [rule.id for rule in STATED if rule.id in passed and rule.id != "SH-08"]


def leaves(told, above=()):
    """Paths to every value, of lists the first."""
    entries = told.items() if isinstance(told, dict) else [(0, told[0])] if isinstance(told, list) and told else ()
    for name, value in entries:
        yield (*above, name)
        yield from leaves(value, (*above, name))


@pytest.mark.parametrize(
    "instead", [None, GONE, "", [], {}, 0, "nonsense"], ids=lambda instead: "gone" if instead is GONE else repr(instead)
)
def test_no_odd_fact_ends_in_a_traceback_or_in_a_pass_of_a_rule_that_needs_it(instead):
    for path in leaves(facts()):
        told = facts()
        here = told
        for part in path[:-1]:
            here = here[part]
        if instead is GONE:
            del here[path[-1]]
        else:
            here[path[-1]] = instead
        found = {one["id"]: one["outcome"] for one in preflight.judge(told)["findings"]}
        if instead is GONE:
            dotted = ".".join(str(part) for part in path)
            assert not [rule.id for rule in RULES if dotted in rule.needs and found[rule.id] == "pass"], dotted


@pytest.mark.parametrize("path", ["copy.host.policies.FDVRecoveryPassword", "source.host.time", "copy.disks.0.size"])
def test_a_fact_of_another_form_is_unknown_and_blocks_what_it_has_to(path):
    told = facts(copy__host__policies={"FDVRecoveryPassword": 1})
    *above, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
    here = told
    for part in above:
        here = here[part]
    here[last] = "nonsense"
    unknown = [one for one in preflight.judge(told)["findings"] if one["outcome"] == "unknown"]
    assert unknown and all("another form" in one["seen"] or "not a number" in one["seen"] for one in unknown)


def test_every_rule_says_who_what_how_and_whence():
    for rule in RULES:
        assert rule.who in ACTORS and rule.must and rule.cure.endswith((".", ")")), rule.id
        assert rule.sources and set(rule.sources) <= set(SOURCES), rule.id
        assert rule.severity in ("block", "warn", "inform")
        assert rule.statement is None or rule.severity == "warn" and rule.statement in STATEMENTS and rule.statement in rule.cure
    assert {rule.statement for rule in STATED} == set(STATEMENTS)


def test_every_finding_has_its_source_with_the_newest_date():
    found = finding("AG-02", facts())
    assert "backup-azure-mars-troubleshoot.md" in found["source"] and found["date"] == "2022-12-05"
    assert finding("DR-16", facts())["date"] is None


def test_findings_are_sorted_by_who_has_to_act_what_blocks_first():
    result = preflight.judge(facts(inputs__seed_container="My_Container", inputs__seed_job_name="a" * 25, source__host={}, copy__host={}))
    open_ones = [one for one in result["findings"] if one["outcome"] != "pass"]
    assert result["findings"][: len(open_ones)] == open_ones
    actors = [ACTORS.index(one["who"]) for one in open_ones]
    assert actors == sorted(actors) and len(set(actors)) > 2
    for who in {one["who"] for one in open_ones}:
        blocks = [one["blocking"] for one in open_ones if one["who"] == who]
        assert blocks == sorted(blocks, reverse=True)
    assert {"NM-02", "NM-06"} <= set(result["failed_rules"])
    assert "seed_container is 'My_Container'" in result["text"] and "seed_job_name" in result["text"]


def test_a_consent_that_is_missing_blocks_but_is_no_mistake():
    result = preflight.judge(facts(inputs__seed_accept_undocumented=False))
    assert [one["id"] for one in result["blocking"]] == ["CN-01"]
    assert result["failed_rules"] == []


def test_a_restart_that_is_due_blocks_but_is_no_mistake():
    result = preflight.judge(facts(copy__host__bitlocker=False, copy__host__bitlocker_feature="install_pending"))
    assert [one["id"] for one in result["blocking"]] == ["CP-08"]
    assert result["failed_rules"] == []


def test_all_rules_take_milliseconds():
    told, begun = facts(), time.perf_counter()
    for _run in range(10):
        preflight.judge(told)
    assert (time.perf_counter() - begun) / 10 < 0.02
