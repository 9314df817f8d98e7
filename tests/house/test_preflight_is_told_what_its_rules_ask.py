# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role preflight hands every rule what it asks for: each variable, each part of the facts, each _info module called once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import yaml
from unit.seeds.preflight_cases import FAILS, PASSES, UNKNOWN
from unit.seeds.preflight_facts import facts

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules import RULES
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.rule import SOURCES_OF_FACTS, Facts

ROLE = Path(__file__).resolve().parents[2] / "roles" / "preflight"
OURS = "offlineseed.azure."
BY_ID = {rule.id: rule for rule in RULES}


def read(*path):
    return yaml.safe_load(ROLE.joinpath(*path).read_text())


def asked():
    """The first two parts of every path that any rule asks for, in any world of the cases."""
    found = {".".join(path.split(".")[:2]) for rule in RULES for path in (*rule.needs, *rule.asks)}

    class Watched(Facts):
        def look(self, path):
            found.add(".".join(path.split(".")[:2]))
            return super().look(path)

    for rule_id, changes, *_says in (*((rule.id, {}) for rule in RULES), *FAILS, *PASSES, *UNKNOWN):
        BY_ID[rule_id].finding(Watched(facts(**changes)))
    return found


ASKED = asked()


def test_every_variable_that_a_rule_asks_for_is_handed_over():
    wanted = {path.partition(".")[2] for path in ASKED if path.startswith("inputs.")}
    given = read("vars", "main.yml")["seed_preflight_inputs"]
    assert len(wanted) > 15 and wanted <= set(given), sorted(wanted - set(given))
    described = read("meta", "argument_specs.yml")["argument_specs"]["main"]["options"]
    assert {name for name in given if name.startswith("seed_")} <= set(described)


def test_no_variable_is_handed_over_that_no_rule_asks_for():
    beside = {"seed_state_dir", "seed_escrow_password_file"}  # the module looks at these itself, for the rules on the controller
    wanted = {path.partition(".")[2] for path in ASKED if path.startswith("inputs.")} | beside
    assert set(read("vars", "main.yml")["seed_preflight_inputs"]) <= wanted


def test_every_part_of_the_facts_that_a_rule_asks_for_is_observed():
    judge = next(task for task in read("tasks", "judge.yml") if f"{OURS}seed_preflight" in task)
    given = judge[f"{OURS}seed_preflight"]["facts"]
    assert {path.partition(".")[0] for path in ASKED} - {"inputs", "now", "controller"} == set(given)
    assert set(SOURCES_OF_FACTS) == {*given, "controller"}
    assert {path.partition(".")[2] for path in ASKED if path.startswith("target.")} == set(given["target"])


def test_each_info_module_is_called_once():
    called = Counter(name for task in read("tasks", "observe.yml") for name in task if name.startswith(OURS))
    assert called and set(called.values()) == {1} and all(name.endswith("_info") for name in called), called


def test_drives_are_encrypted_by_the_method_that_the_rules_go_by():
    prepare = yaml.safe_load((ROLE.parent / "prepare" / "tasks" / "drives.yml").read_text())
    filled = next(task[f"{OURS}win_disk_prep"] for task in prepare if f"{OURS}win_disk_prep" in task)
    assert filled["encryption_method"] == read("vars", "main.yml")["seed_preflight_inputs"]["seed_encryption_method"]
    assert filled["encryption_method"] == "{{ seed_encryption_method }}"
