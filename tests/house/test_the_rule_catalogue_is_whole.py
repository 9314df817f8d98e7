# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/preflight_rules.md is what the tables say, and the tables leave out no rule, no pain and no trap of the research behind them."""

from __future__ import annotations

import re

import pytest
import yaml
from house import catalogue
from house.pain_tests import PAIN_TESTS

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules import BRIEF, RULES, TOLD
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.pains import NOT_OURS, PAINS
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.statements import STATEMENTS
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.traps import FIELDS, TRAPS
from lab.shared import shared

CHECKED = {rule.id for rule in RULES}
NUMBERED = {f"{letters}-{number:02d}" for letters, count in BRIEF.items() for number in range(1, count + 1)}


def test_the_page_is_current():
    assert catalogue.PAGE.read_text(encoding="utf-8") == catalogue.page(), "run: python -m house.catalogue (in tests/)"


def test_every_subject_is_on_the_page():
    assert {rule.id for name in catalogue.SUBJECTS for rule in getattr(catalogue.rules_package(), name).RULES} == CHECKED


def test_every_rule_of_the_research_is_checked_or_says_why_not():
    told = [one.id for one in TOLD]
    assert len(told) == len(set(told)) and not CHECKED & set(told)
    assert not NUMBERED - CHECKED - set(told), sorted(NUMBERED - CHECKED - set(told))
    assert all(one.why and one.held_by and one.sources for one in TOLD)


def test_every_pain_and_trap_is_held_by_something():
    assert [pain.number for pain in PAINS] == list(range(1, 65))
    for one in (*PAINS, *TRAPS):
        assert set(one.rules) <= CHECKED and (one.rules or one.held_by), one
    for letter in FIELDS:
        numbers = [int(trap.id[1:]) for trap in TRAPS if trap.id.startswith(letter)]
        assert numbers == list(range(1, len(numbers) + 1))


def cases(rule_id):
    from unit.seeds.preflight_cases import FAILS

    return [case for case in FAILS if case[0] == rule_id]


@pytest.mark.parametrize("pain", [pain for pain in PAINS if not pain.held_by.startswith(NOT_OURS)], ids=lambda pain: str(pain.number))
def test_every_pain_that_can_be_checked_names_a_test_that_exists(pain):
    assert all(cases(rule_id) for rule_id in pain.rules)
    named = PAIN_TESTS.get(pain.number, ())
    assert pain.rules or named, f"pain {pain.number} has neither a rule nor a test"
    for place in named:
        file, _colons, test = place.partition("::")
        text = (catalogue.ROOT / "tests" / file).read_text(encoding="utf-8")
        assert re.search(rf"^ *(?:async )?def {test}\(", text, re.MULTILINE), place


def test_statements_are_options_of_the_role():
    specification = yaml.safe_load((catalogue.ROOT / "roles" / "preflight" / "meta" / "argument_specs.yml").read_text())
    options = specification["argument_specs"]["main"]["options"]["seed_statements"]["options"]
    assert list(options) == list(STATEMENTS)


def domain(name):
    path = shared("domain", name)
    if path is None:
        pytest.skip("the research lies beside no checkout")
    return path.read_text(encoding="utf-8")


def test_the_numbers_are_those_of_the_research():
    text = domain("offline-seeding.md")
    part = text[text.index("## b. ") : text.index("## c. ")]
    assert set(re.findall(r"^\| ([A-Z]{2}-\d\d) \|", part, re.MULTILINE)) == NUMBERED


def test_the_pains_are_those_of_the_research():
    text = domain("peers-pain-formats.md")
    part = text[text.index("## 2. ") : text.index("## 3. ")]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", part, re.MULTILINE)] == [pain.number for pain in PAINS]


def test_the_traps_are_those_of_the_research():
    text = domain("field-traps.md")
    for letter, title in FIELDS.items():
        part = text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
        rows = [line for line in part.splitlines() if line.startswith("| ") and not line.startswith("| trap |")]
        assert len(rows) == sum(1 for trap in TRAPS if trap.id.startswith(letter)), title
