# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No rule passes without a fact that it reads: in every world of the cases, every fact that a rule looks at is taken away, or made null."""

from __future__ import annotations

import copy
import re

import pytest
from unit.seeds.preflight_cases import FAILS, PASSES
from unit.seeds.preflight_facts import DISK, facts

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import preflight
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules import RULES
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.rule import SOURCES_OF_FACTS, Facts

# Facts whose absence, or whose null, tells something: rules (regex), path (regex), why.
SAYS_SOMETHING = [
    (r".*", r"controller\..*_problem", "null: there is no problem"),
    (r".*", r"source\.policy", "null: no policy yet, once the agent's commands answered"),
    (r"AG-28", r"source\.job", "null: the agent has run nothing yet"),
    (r"AG-05", r"source\.agent\.resource_group", "not every agent keeps it; the vault's name is compared"),
    (r"AG-10", r"source\.host\.execution_policy", "null: none is set; what a server then does is known"),
    (r"AG-11|CP-12", r".*\.tls12\.\w+", "null: not set in the registry, so Windows' own default holds"),
    (r"AG-21", r".*\.limit", "without it the published number counts"),
    (r"AZ-.*", r"target\.account\.account", "null: there is no account yet"),
    (r"AZ-08", r".*\.network_bypass", "exceptions do not matter where nothing is denied"),
    (r"AZ-24", r".*\.blob_public_access", "null: off, which is the service's own default"),
    (r"DR-18", r"copy\.disks\.0\.seed", "null: no seed's marker lies on the drive"),
    (r"DR-08", r".*\.reasons\.0\.id", "a reason always has its id"),
    (r"DR-\d\d", r"copy\.disks\.\d\.serial", "a disk without a serial is never the named one: that is attached as well, or awaited"),
    (r"AZ-13|ST-02", r".*\.name", "a name that words the sentence"),
]
WORLDS = [(rule.id, {}) for rule in RULES] + [(case[0], case[1]) for case in (*FAILS, *PASSES)]
BY_ID = {rule.id: rule for rule in RULES}


class Read(dict):
    """A dictionary of facts that notes the path of what is read of it."""

    def __init__(self, told, path, log):
        super().__init__({key: noting(value, (*path, key), log) for key, value in told.items()})
        self.path, self.log = path, log

    def __getitem__(self, key):
        self.log.add((*self.path, key))
        return super().__getitem__(key)

    def get(self, key, default=None):
        self.log.add((*self.path, key))
        return super().get(key, default)


def noting(value, path, log):
    if isinstance(value, dict):
        return Read(value, path, log)
    return [noting(one, (*path, number), log) for number, one in enumerate(value)] if isinstance(value, list) else value


def gone(place, key):
    del place[key]


def null(place, key):
    place[key] = None


def without(changes, path, how):
    """The world of *changes* without the fact at *path*; None where there is none to take."""
    told = facts(**copy.deepcopy(changes))
    place = told
    for part in path[:-1]:
        place = place[part]
    if not isinstance(place, dict) or place.get(path[-1]) is None and (how is null or path[-1] not in place):
        return None
    how(place, path[-1])
    return told


def says_something(rule_id, path):
    return any(re.fullmatch(rule, rule_id) and re.fullmatch(where, path) for rule, where, _why in SAYS_SOMETHING)


@pytest.mark.parametrize("how", [gone, null])
def test_no_rule_of_the_catalogue_passes_without_a_fact_that_it_reads(how):
    taken, passed = 0, set()
    for rule_id, changes in WORLDS:
        read = set()
        BY_ID[rule_id].finding(Facts(noting(facts(**copy.deepcopy(changes)), (), read)))
        for path in read:
            told = without(changes, path, how) if path[0] in SOURCES_OF_FACTS else None
            if told is None:
                continue
            taken += 1
            if BY_ID[rule_id].finding(Facts(told))["outcome"] == "pass":
                passed.add((rule_id, ".".join(map(str, path))))
    assert taken > 400
    wrong = sorted(pair for pair in passed if not says_something(*pair))
    assert not wrong, wrong


def outcomes(told, *rule_ids):
    return {rule_id: BY_ID[rule_id].finding(Facts(told)) for rule_id in rule_ids}


OF_POLICY = ("AG-17", "AG-23", "AG-25", "ST-01", "ST-02", "ST-06", "ST-09")
STOPPED = "The Microsoft Azure Recovery Services Agent service is not running."


@pytest.mark.parametrize("rule_id", OF_POLICY)
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"source__unreadable": [{"command": "Get-OBPolicy", "seen": STOPPED}]}, f"Get-OBPolicy failed on the source: {STOPPED}"),
        ({"source__agent__commands": False}, "the agent's commands cannot be loaded"),
        ({"source__agent__product": "dpm"}, "protection groups of a DPM or MABS server are not read"),
    ],
)
def test_a_policy_that_could_not_be_read_is_not_a_policy_that_does_not_exist(rule_id, change, says):
    found = outcomes(facts(source__policy=None, **change), rule_id)[rule_id]
    assert found["outcome"] == "unknown" and says in found["seen"]
    assert outcomes(facts(source__policy=None), rule_id)[rule_id]["outcome"] == "pass"


def test_jobs_that_the_agent_did_not_tell_are_not_jobs_that_do_not_run():
    silent = [{"command": "Get-OBJob", "seen": STOPPED}]
    assert outcomes(facts(source__job=None, source__unreadable=silent), "AG-28")["AG-28"]["outcome"] == "unknown"


def test_the_protection_groups_that_nobody_reads_do_not_block_a_dpm_server():
    result = preflight.judge(facts(source__policy=None, source__agent__product="dpm", source__agent__dpm_version="14.0.30.0"))
    assert result["blocking"] == [] and {one["id"] for one in result["findings"] if one["outcome"] == "unknown"} >= {"AG-23", "ST-09"}


OF_A_DRIVE = ("DR-02", "DR-03", "DR-04", "DR-07", "DR-08", "DR-10", "DR-11", "DR-15", "DR-16", "DR-18")
TWO = [{"serial": "WD-SEED0001", "size": 200_000_000}, {"serial": "WD-SEED0002", "size": 200_000_000}]


@pytest.mark.parametrize("rule_id", OF_A_DRIVE)
def test_a_named_drive_that_is_not_attached_yet_is_unknown_and_blocks_nothing(rule_id):
    found = outcomes(facts(inputs__seed_drives=TWO), rule_id)[rule_id]
    assert found["outcome"] == "unknown" and "WD-SEED0002 is not attached" in found["seen"] and not found["blocking"]


@pytest.mark.parametrize("rule_id", OF_A_DRIVE)
def test_what_is_wrong_with_an_attached_drive_is_found_although_another_one_is_not_attached(rule_id):
    bad = {"bus": "USB", "logical_sector_size": 4096, "boot": True, "staging": True, "health": "warning", "offline": True, "empty": False}
    disk = {**DISK, **bad, "size": 12 * 10**12}
    there = [disk, disk] if rule_id == "DR-10" else [disk]
    assert outcomes(facts(inputs__seed_drives=TWO, copy__disks=there), rule_id)[rule_id]["outcome"] == "fail"


def test_a_missing_fact_of_an_attached_drive_still_blocks():
    disk = {key: value for key, value in DISK.items() if key != "pooled"}
    found = outcomes(facts(copy__disks=[disk]), "DR-07")["DR-07"]
    assert found["outcome"] == "unknown" and found["blocking"]
