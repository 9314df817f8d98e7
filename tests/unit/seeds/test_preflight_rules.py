# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every preflight rule: what it lets pass, what it finds, and that a fact that was not told never passes."""

from __future__ import annotations

import re

import pytest
from unit.seeds.preflight_facts import DISK, GONE, disk, facts, without

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import preflight
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules import RULES
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.rule import Facts

BY_ID = {rule.id: rule for rule in RULES}


def finding(rule_id, told):
    return BY_ID[rule_id].finding(Facts(told))


OUR_JOB = {"name": "srv1", "id": "/jobs/srv1", "tags": {"offlineseed": "srv1"}}
TWO = [{"serial": "WD-SEED0001", "size": 200_000_000}] * 2
ACCOUNT = "target__account__account"

# (rule, what changes, what the finding has to say)
FAILS = [
    ("AG-01", {"source__agent__installed": False}, "not installed"),
    ("AG-02", {"source__agent__version": "2.0.9249.9"}, "2.0.9249.9"),
    ("AG-02", {"source__agent__version": "2.0.925.0"}, "2.0.925.0"),
    ("AG-05", {"source__agent__registered": False}, "not registered"),
    ("AG-05", {"source__agent__vault": "other"}, "vault 'other'"),
    ("AG-05", {"source__agent__resource_group": "other"}, "resource group 'other'"),
    ("AG-06", {"source__agent__passphrase_set": False}, "passphrase"),
    ("AG-07", {"source__agent__service": "Stopped"}, "Stopped"),
    ("AG-08", {"inputs__seed_offline_method": "cmdlet"}, "Set-OBInitialBackupCreationMethod"),
    ("AG-10", {"source__host__powershell": "4.0"}, "4.0"),
    ("AG-13", {"source__host__time": "2026-01-31T08:10:00Z"}, "600 seconds"),
    ("AG-17", {"source__agent__scratch": {"path": "X:\\s", "exists": False}}, "X:\\\\s"),
    ("AG-17", {"source__agent__scratch": {"path": "X:\\s", "exists": True, "free_bytes": 10**6}}, "1.0 MB free"),
    ("AG-23", {"source__policy__system_state": True}, "system state"),
    ("AG-25", {"source__agent__scheduled_task": {"exists": False}}, "does not exist"),
    ("AG-25", {"source__agent__scheduled_task": {"exists": True, "enabled": False}}, "disabled"),
    ("ST-01", {"staging__path_exists": False, "staging__read_error": "no such path"}, "C:\\\\staging' does not exist.*no such path"),
    ("ST-03", {"staging__free_bytes": 10**7}, "room for 10.0 MB"),
    ("ST-04", {"inputs__seed_staging_path": "staging"}, "seed_staging_path is 'staging'"),
    ("ST-04", {"inputs__seed_staging_path": "\\\\COPY1"}, "COPY1"),
    ("ST-04", {"inputs__seed_staging_path": "D:staging"}, "D:staging"),
    ("ST-04", {"inputs__seed_staging_path": ""}, "not set"),
    ("ST-04", {"inputs__seed_staging_path_on_copy_host": "C:\\a|b"}, "seed_staging_path_on_copy_host"),
    ("ST-05", {"inputs__seed_staging_path": "D:\\staging"}, "local path of the source"),
    ("ST-08", {"staging__foreign": ["notes.txt"]}, "notes.txt"),
    ("ST-09", {"source__policy__selected_bytes": 81 * 10**12}, "81.0 TB"),
    ("ST-10", {"copying_account": {"source_readable": False, "source_error": "Access is denied"}}, "SYSTEM.*Access is denied"),
    ("ST-11", {"staging__misaligned": [{"name": "1_1_x_AIBBlob", "size": 513}]}, "1_1_x_AIBBlob \\(513 bytes\\)"),
    ("CP-01", {"copy__host__virtual": True}, "COPY1 is a virtual machine"),
    ("CP-02", {"copy__host__bitlocker": False}, "not installed"),
    ("FV-01", {"copy__host__policies": {"FDVRecoveryPassword": 0}}, "forbidden"),
    ("FV-02", {"copy__host__policies": {"FDVRequireActiveDirectoryBackup": 1}}, "backup of the key"),
    ("FV-03", {"copy__host__policies": {"fdvencryptiontype": "1"}}, "full encryption"),
    ("FV-04", {"copy__host__policies": {"FDVDenyWriteAccess": 1}}, "read-only"),
    ("FV-05", {"copy__host__policies": {"EncryptionMethodWithXtsFdv": 7}}, "is 7"),
    ("FP-01", {"copy__host__fips": True}, "FIPS"),
    ("LM-01", {"copy__host__language_mode": "ConstrainedLanguage"}, "ConstrainedLanguage"),
    ("DR-02", disk(bus="USB"), "WD-SEED0001 is attached by USB"),
    ("DR-03", disk(size=12 * 10**12), "12.0 TB"),
    ("DR-04", disk(logical_sector_size=4096), "4096"),
    ("DR-05", {"inputs__seed_drives": [{"serial": f"S{n}", "size": 1} for n in range(11)]}, "11 drives"),
    ("DR-06", {"inputs__seed_drives": [{"serial": " ", "size": 1}]}, "entry 1"),
    ("DR-06", {"inputs__seed_drives": [{"serial": "A", "size": "8 TB"}]}, "'8 TB'"),
    ("DR-06", {"inputs__seed_drives": [{"serial": "A", "size": 0}]}, "is 0"),
    ("DR-07", disk(boot=True, page_file=True), "boot and page file disk"),
    ("DR-07", disk(staging=True), "staging disk"),
    ("DR-10", {"inputs__seed_drives": TWO}, "more than once"),
    ("DR-10", {"copy__disks": [DISK, {**DISK, "number": 3, "serial": "WD-SEED0001 "}]}, "two disks"),
    ("DR-11", disk(health="warning"), "reports warning"),
    ("DR-14", {"inputs__other_seeds": {"srv2": [{"serial": "WD-SEED 0001", "size": 1}]}}, "seed srv2"),
    ("DR-15", disk(size=200_000_512), "200000512 bytes, seed_drives says 200000000"),
    ("DR-16", disk(offline=True, read_only=True), "offline and read-only"),
    ("NM-01", {"inputs__seed_storage_account": "Seed-Landing"}, "seed_storage_account is 'Seed-Landing'"),
    ("NM-02", {"inputs__seed_container": "My_Container"}, "seed_container is 'My_Container'"),
    ("NM-02", {"inputs__seed_container": "a--b"}, "a--b"),
    ("NM-02", {"inputs__seed_container": "ab-"}, "ab-"),
    ("NM-02", {"inputs__seed_container": "ab"}, "'ab'"),
    ("NM-02", {"inputs__seed_container": "a" * 64}, "aaa"),
    ("NM-06", {"inputs__seed_job_name": "a" * 25}, "seed_job_name is 'a{25}'"),
    ("NM-06", {"inputs__seed_job_name": "1srv"}, "1srv"),
    ("NM-07", {"inputs__seed_resource_group": "rg."}, "rg\\."),
    ("NM-08", {"inputs__seed_subscription_id": "Production"}, "Production"),
    ("NM-10", {"inputs__seed_drives": [{"serial": "Gerät1", "size": 1}]}, "Gerät1"),
    ("NM-13", {"inputs__seed_name": "SRV1"}, "SRV1"),
    ("NM-14", {"inputs__seed_location": ""}, "not set"),
    ("AZ-01", {"target__vault__vault": None}, "no vault 'vault1' in resource group 'rg-seed'"),
    (
        "AZ-02",
        {"target__provider__providers": [{"namespace": "Microsoft.ImportExport", "registration_state": "NotRegistered"}]},
        "NotRegistered",
    ),
    ("AZ-03", {f"{ACCOUNT}__kind": "BlobStorage"}, "kind BlobStorage"),
    ("AZ-05", {f"{ACCOUNT}__sku": "Premium_LRS"}, "Premium_LRS"),
    ("AZ-08", {f"{ACCOUNT}__network_default_action": "Deny"}, "denies"),
    ("AZ-10", {f"{ACCOUNT}__shared_key_access": False}, "access by key"),
    ("AZ-11", {"source__agent__subscription_id": "99999999-2222-3333-4444-555555555555"}, "99999999"),
    ("AZ-13", {f"{ACCOUNT}__location": "northeurope"}, "northeurope"),
    ("AZ-18", {"target__jobs": [{**OUR_JOB, "tags": {}}]}, "not this seed's"),
    ("SH-01", {"inputs__seed_parcel": {"tracking_number": "1Z"}}, "set already"),
    ("SH-04", {"inputs__seed_return_shipping": {"carrier": "DHL"}}, "account_number"),
    ("SH-05", {"inputs__seed_return_address__phone": " "}, "lacks phone"),
    ("SH-05", {"inputs__seed_return_address__country_or_region": "USA"}, "state_or_province"),
    ("SH-10", {"inputs__seed_return_address__email": "a@b.c, d@e.f"}, "a@b.c, d@e.f"),
    ("SH-10", {"inputs__seed_return_address__phone": "call me"}, "call me"),
    ("SD-01", {"controller__state_dir_problem": "it is not set"}, "seed_state_dir"),
    ("ES-01", {"controller__escrow_password_problem": "it is not set"}, "seed_escrow_password_file"),
    ("CN-01", {"inputs__seed_accept_undocumented": False}, "seed_accept_undocumented"),
]
PASSES = [
    ("AG-02", {"source__agent__version": "2.0.9250.0"}),
    ("AG-05", {"source__agent__vault": "VAULT1"}),
    ("AG-08", {"inputs__seed_offline_method": "cmdlet", "source__agent__offline_cmdlets": True}),
    ("AG-10", {"source__host__powershell": "7.4.6"}),
    ("AG-13", {"source__host__time": "2026-01-31T07:56:00Z"}),
    ("AG-17", {"source__policy": None}),
    ("AG-23", {"source__policy": None}),
    ("AG-25", {"source__policy": None, "source__agent__scheduled_task": {"exists": False}}),
    ("ST-03", {"staging__free_bytes": 10**7, "staging__bytes": 9 * 10**7}),
    ("ST-04", {"inputs__seed_staging_path": "D:\\"}),
    ("ST-04", {"inputs__seed_staging_path": "\\\\fs1.contoso.com\\seeds$\\srv 1\\"}),
    ("ST-05", {"inputs__seed_staging_path": "D:\\staging", "inputs__seed_copy_host": "srv1"}),
    ("FV-01", {"copy__host__policies": {"FDVRecoveryPassword": 2}}),
    ("FV-02", {"copy__host__policies": {"FDVRequireActiveDirectoryBackup": 0}}),
    ("FV-03", {"copy__host__policies": {"FDVEncryptionType": 2}}),
    ("FV-04", {"copy__host__policies": {"FDVDenyWriteAccess": None}}),
    ("FV-05", {"copy__host__policies": {"EncryptionMethodWithXtsFdv": 4}}),
    ("DR-07", {"inputs__seed_drives": [], "copy": {}}),
    ("DR-07", {"copy__disks": [{**DISK, "serial": "SYSTEM", "boot": True}]}),
    ("DR-14", {"inputs__other_seeds": {"srv2": [{"serial": "WD-OTHER", "size": 1}], "srv3": None}}),
    ("NM-02", {"inputs__seed_container": "a-1-b"}),
    ("NM-06", {"inputs__seed_job_name": "a" * 24}),
    ("AZ-03", {ACCOUNT: None}),
    ("AZ-03", {f"{ACCOUNT}__kind": "Storage"}),
    ("AZ-05", {ACCOUNT: None}),
    ("AZ-08", {f"{ACCOUNT}__network_default_action": "Deny", f"{ACCOUNT}__network_bypass": "Logging, AzureServices"}),
    ("AZ-10", {f"{ACCOUNT}__shared_key_access": None}),
    ("AZ-13", {ACCOUNT: None}),
    ("AZ-18", {"target__jobs": [OUR_JOB]}),
    ("SH-05", {"inputs__seed_return_address__country_or_region": "USA", "inputs__seed_return_address__state_or_province": "WA"}),
]
# Rules that ask a host or Azure, and the fact without which they cannot know.
UNKNOWN = [
    ("AG-01", {"source": GONE}),
    ("AG-02", {"source__agent__version": None}),
    ("AG-02", {"source__agent__version": "new"}),
    ("AG-05", {"source__agent": GONE}),
    ("AG-06", {"source__agent__passphrase_set": GONE}),
    ("AG-07", {"source__agent__service": None}),
    ("AG-08", {"inputs__seed_offline_method": "cmdlet", "source__agent__offline_cmdlets": GONE}),
    ("AG-10", {"source__host": GONE}),
    ("AG-13", {"source__host__time": None}),
    ("AG-17", {"source__agent__scratch": GONE}),
    ("AG-23", {"source__policy": GONE}),
    ("AG-25", {"source__agent__scheduled_task": GONE}),
    ("ST-01", {"staging": GONE}),
    ("ST-03", {"source__policy": None}),
    ("ST-03", {"staging__free_bytes": None}),
    ("ST-05", {"inputs__source_host": GONE}),
    ("ST-08", {"staging": GONE}),
    ("ST-09", {"source__policy__selected_bytes": None}),
    ("ST-10", {"copying_account": GONE}),
    ("ST-10", {"copying_account__source_readable": None}),
    ("ST-11", {"staging": GONE}),
    ("CP-01", {"copy__host__virtual": None}),
    ("CP-02", {"copy": GONE}),
    ("FV-01", {"copy__host__policies": GONE}),
    ("FV-02", {"copy__host__policies": None}),
    ("FV-03", {"copy__host": GONE}),
    ("FV-04", {"copy__host": GONE}),
    ("FV-05", {"copy__host": GONE}),
    ("FP-01", {"copy__host__fips": GONE}),
    ("LM-01", {"copy__host__language_mode": GONE}),
    ("DR-02", without("bus")),
    ("DR-03", without("size")),
    ("DR-04", without("logical_sector_size")),
    ("DR-07", without("pooled")),
    ("DR-10", {"copy": GONE}),
    ("DR-11", without("health")),
    ("DR-15", without("size")),
    ("DR-16", without("offline")),
    ("AZ-01", {"target__vault": GONE}),
    ("AZ-02", {"target__provider": GONE}),
    ("AZ-03", {"target__account": GONE}),
    ("AZ-05", {"target__account": GONE}),
    ("AZ-08", {"target__account": GONE}),
    ("AZ-10", {"target": GONE}),
    ("AZ-11", {"source__agent__subscription_id": None}),
    ("AZ-13", {"target__account": GONE}),
    ("AZ-18", {"target__jobs": GONE}),
    ("SD-01", {"controller": GONE}),
    ("ES-01", {"controller": GONE}),
]
# Rules about the seed's own variables: what is not set is a fail, so that they are never unknown.
ABOUT_INPUTS = {
    "ST-04",
    "DR-05",
    "DR-06",
    "DR-14",
    "NM-01",
    "NM-02",
    "NM-06",
    "NM-07",
    "NM-08",
    "NM-10",
    "NM-13",
    "NM-14",
    "SH-01",
    "SH-04",
    "SH-05",
    "SH-10",
    "CN-01",
}


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


@pytest.mark.parametrize(("rule_id", "changes"), UNKNOWN)
def test_a_fact_that_was_not_told_is_never_a_pass(rule_id, changes):
    found = finding(rule_id, facts(**changes))
    assert found["outcome"] == "unknown" and found["seen"].startswith("could not be checked, because "), found


def test_every_rule_has_its_tests():
    every = {rule.id for rule in RULES}
    assert len(every) == len(RULES)
    assert {rule_id for rule_id, *_unused in FAILS} == every
    assert {rule_id for rule_id, *_unused in UNKNOWN} | ABOUT_INPUTS == every


def test_nothing_told_at_all_passes_no_rule_about_hosts_or_azure():
    passed = {one["id"] for one in preflight.judge({})["findings"] if one["outcome"] == "pass"}
    assert passed <= ABOUT_INPUTS | {"DR-02", "DR-03", "DR-04", "DR-07", "DR-10", "DR-11", "DR-15", "DR-16", "AG-08", "ST-05"}


def test_every_rule_says_who_what_how_and_whence():
    for rule in RULES:
        assert rule.who and rule.must and rule.cure.endswith((".", ")")) and rule.source, rule.id
        assert rule.severity in ("block", "warn", "inform")


def test_findings_come_with_fails_first_and_all_at_once():
    result = preflight.judge(facts(inputs__seed_container="My_Container", inputs__seed_job_name="a" * 25, source__host=GONE))
    outcomes = [one["outcome"] for one in result["findings"]]
    assert outcomes == sorted(outcomes, key=["fail", "unknown", "pass"].index)
    assert {"NM-02", "NM-06"} <= set(result["failed_rules"])
    assert "seed_container is 'My_Container'" in result["text"] and "seed_job_name" in result["text"]


def test_a_consent_that_is_missing_blocks_but_is_no_mistake():
    result = preflight.judge(facts(inputs__seed_accept_undocumented=False))
    assert [one["id"] for one in result["blocking"]] == ["CN-01"]
    assert result["failed_rules"] == []


def test_an_accepted_rule_does_not_block_but_is_told():
    result = preflight.judge(facts(copy__host__virtual=True), accept=["CP-01"])
    assert result["blocking"] == []
    assert result["findings"][0]["id"] == "CP-01" and result["findings"][0]["outcome"] == "fail"
