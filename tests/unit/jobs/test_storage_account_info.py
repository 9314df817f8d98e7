# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of an account, what is fit and what is not, and what changed since an earlier look; and the table behind all of it."""

from __future__ import annotations

import copy
import json

import pytest
from unit.jobs.storage_worlds import ACCOUNT, READ_ONLY, account, container, expect_free, expect_there

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import storage_account_drift, storage_account_info
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import storage_account_rules as rules

NOTES = "Data Box Service to copy data from device to storage account."
KEYS = {"key1": "2026-01-01T00:00:00Z", "key2": "2026-01-01T00:00:00Z"}


def asked(**more):
    return {"resource_group": "rg-seed", "name": "seedlanding", "container": "seed-srv1", **more}


def look(script, task, *resources, locks=(), **more):
    expect_there(script, *resources, locks=locks)
    return task.run(storage_account_info, **asked(**more))


def test_a_fit_account_is_seedable_and_every_row_says_why(script, task):
    result = look(script, task, account(keyCreationTime=KEYS), container())
    assert (result["seedable"], result["unfit"], result["unknown"]) == (True, [], [])
    assert (result["drift"], result["name_availability"]) == (None, None)
    assert {one["path"] for one in result["fit"]} == {row.path for row in rules.PROPERTIES if row.holds}
    assert all(one["must"] and one["why"] and one["source"] for one in result["fit"])
    assert (result["account"]["keys_created"], result["container"]["lease_state"], result["locks"]) == (KEYS, "Available", [])


def test_what_blocks_stands_before_what_hinders(script, task):
    result = look(script, task, account(isHnsEnabled=True, isNfsV3Enabled=True), container("Blob", hasLegalHold=True))
    told = [(one["path"], one["effect"]) for one in result["unfit"]]
    assert told == [
        ("account.nfs", "blocks"), ("container.legal_hold", "blocks"), ("account.hierarchical_namespace", "hinders"),
        ("container.public_access", "hinders"),
    ]  # fmt: skip
    assert not result["seedable"]


def test_something_that_blocks_and_is_not_told_is_unknown_and_not_seedable(script, task):
    result = look(script, task, account(provisioningState=None), container())
    assert (result["unknown"][0]["path"], result["unfit"], result["seedable"]) == ("account.provisioning_state", [], False)


def test_a_container_that_is_not_there_is_not_judged(script, task):
    result = look(script, task, account(), None)
    assert result["container"]["exists"] is False and result["container"]["public_access"] is None
    assert not [one for verdict in ("fit", "unfit", "unknown") for one in result[verdict] if one["path"].startswith("container.")]


@pytest.mark.parametrize(("free", "reason"), [(True, None), (False, "AlreadyExists")])
def test_of_an_account_that_is_not_there_the_name_is_asked_for(script, task, free, reason):
    expect_there(script)
    expect_free(script, free, "Taken." if reason else None, reason)
    result = task.run(storage_account_info, **asked())
    assert result["name_availability"] == {"available": free, "reason": reason, "message": "Taken." if reason else None}
    assert (result["account"], result["seedable"], result["fit"]) == (None, False, [])


def test_locks_are_named_with_whose_they_are(script, task):
    locks = [READ_ONLY, {"name": "DATABOX_SERVICE", "notes": NOTES}]
    result = look(script, task, account(), container(), locks=locks)
    assert [(one["name"], one["service"]) for one in result["locks"]] == [("DATABOX_SERVICE", True), ("freeze", False)]
    (found,) = result["unfit"]
    assert found["path"] == "locks" and "freeze (ReadOnly" in found["seen"][0] and "owner" in found["cure"]


class TestDrift:
    def test_nothing_changed(self, script, task):
        earlier = look(script, task, account(keyCreationTime=KEYS), container(), locks=[READ_ONLY])
        now = account(keyCreationTime=KEYS, tags={"new": "1"})
        assert look(script, task, now, container(), locks=[READ_ONLY], baseline=earlier)["drift"] == []

    def test_every_change_is_named_with_why_it_matters(self, script, task, tmp_path):
        earlier = look(script, task, account(keyCreationTime=KEYS), container())
        path = tmp_path / "earlier.json"
        path.write_text(json.dumps(earlier))
        key = {"keyvaulturi": "https://kv.example/", "keyname": "k", "keyversion": "9"}
        vault = {"keySource": "Microsoft.Keyvault", "keyvaultproperties": key}
        denied = {"defaultAction": "Deny", "bypass": "None", "ipRules": [{"value": "203.0.113.7"}]}
        renewed = {**KEYS, "key1": "2026-02-02T00:00:00Z"}
        now = account(keyCreationTime=renewed, encryption=vault, networkAcls=denied, allowSharedKeyAccess=False)
        left = {"name": "DATABOX_SERVICE", "notes": NOTES}
        drift = look(script, task, now, container("Blob", hasImmutabilityPolicy=True), locks=[left], baseline_file=str(path))["drift"]
        assert [one["path"] for one in drift] == [
            "account.network_default_action", "account.network_bypass", "account.network_ip_rules", "account.shared_key_access",
            "account.key_source", "account.key_vault_key", "account.keys_created", "container.public_access",
            "container.immutability_policy", "locks.DATABOX_SERVICE",
        ]  # fmt: skip
        changed = {one["path"]: (one["was"], one["now"]) for one in drift}
        assert changed["account.key_vault_key"] == (None, "https://kv.example/keys/k")
        assert changed["account.network_bypass"] == ("AzureServices", "None")
        assert changed["locks.DATABOX_SERVICE"] == (None, f"DATABOX_SERVICE (CanNotDelete, on {ACCOUNT}, note: {NOTES})")
        assert all(one["matters_because"].endswith(".") for one in drift)

    @pytest.mark.parametrize("path", [path for path in rules.BY_PATH if path != "locks"])
    def test_a_change_of_any_row_of_the_table_is_named_alone(self, script, task, path):
        earlier = look(script, task, account(keyCreationTime=KEYS), container())
        now, (part, name) = copy.deepcopy(earlier), path.split(".")
        now[part][name] = "something else"
        drift = storage_account_drift.drift(earlier, now)
        told = {"path": path, "was": earlier[part][name], "now": "something else", "matters_because": rules.BY_PATH[path].why}
        assert drift == [told]

    def test_an_account_that_is_gone_is_the_one_drift(self, script, task):
        earlier = look(script, task, account(), container())
        expect_there(script)
        expect_free(script)
        assert task.run(storage_account_info, **asked(baseline=earlier))["drift"] == [
            {"path": "account", "was": ACCOUNT, "now": None, "matters_because": storage_account_drift.GONE}
        ]

    def test_a_container_that_is_gone_is_told_once(self, script, task):
        earlier = look(script, task, account(), container())
        drift = look(script, task, account(), None, baseline=earlier)["drift"]
        assert [(one["path"], one["was"], one["now"]) for one in drift] == [("container.exists", True, False)]

    def test_what_one_of_the_looks_does_not_know_is_no_drift(self, script, task):
        earlier = look(script, task, account(), container(), locks=None)
        for name in ("version_immutability", "immutability_state"):
            del earlier["account"][name]
        assert look(script, task, account(statusOfPrimary=None), container(), locks=[READ_ONLY], baseline=earlier)["drift"] == []

    @pytest.mark.parametrize("text", ["", "[]", '{"account": null}', '{"account": {"name": "x"}}'])
    def test_a_file_that_is_no_earlier_result_is_refused_before_anything_is_asked(self, script, task, tmp_path, text):
        (tmp_path / "b.json").write_text(text)
        failure = task.fail(storage_account_info, **asked(baseline_file=str(tmp_path / "b.json")))
        assert failure.fields["field"] == "baseline_file" and not script.metadata_asked

    def test_a_file_that_is_not_there_is_named(self, task, tmp_path):
        assert "No such file" in task.fail(storage_account_info, **asked(baseline_file=str(tmp_path / "none.json"))).msg


class TestTheTable:
    def test_no_path_stands_twice_and_every_row_can_be_told(self):
        assert len(rules.BY_PATH) == len(rules.PROPERTIES)
        for row in rules.PROPERTIES:
            assert row.why.endswith(".") and row.source and bool(row.holds) == bool(row.must) == bool(row.cure), row.path

    def test_every_path_is_a_fact_of_the_result(self, script, task):
        result = look(script, task, account(), container())
        for row in rules.PROPERTIES:
            part, _dot, name = row.path.partition(".")
            assert not name or name in result[part], row.path

    def test_options_to_loosen_and_to_tighten_are_those_of_the_table(self):
        assert rules.LOOSENED == ("network_bypass", "public_network_access", "shared_key_access")
        assert rules.TIGHTENED == ("minimum_tls_version", "https_only", "blob_public_access", "public_access")
        assert all(rules.BY_PATH[path].cure.startswith("Say ") for path in rules.BY_PATH if rules.BY_PATH[path].repair)
