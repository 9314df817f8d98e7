# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Having an account and a container, and judging what exists."""

from __future__ import annotations

import pytest
from unit.jobs.storage_worlds import (
    ACCOUNT,
    BODY,
    CONTAINER,
    LOCKS,
    READ_ONLY,
    VERSION,
    account,
    container,
    expect_free,
    expect_new_container,
    expect_there,
    wanted,
)
from unit.scripted import GROUP, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import storage_account
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import storage_account_rules as rules


def test_account_and_container_are_made_closed(script, time, task):
    expect_there(script)
    expect_free(script)
    script.expect("PUT", ACCOUNT, version=VERSION, body=BODY, status=202, headers={"Location": f"{script.url}/op", "Retry-After": "17"})
    script.expect("GET", "/op", json=account())
    script.expect("GET", ACCOUNT, version=VERSION, json=account())
    expect_new_container(script)
    result = task.run(storage_account, **wanted())
    assert [one["method"] for one in result["requests"]] == ["PUT", "PUT"] and "/containers/" in result["requests"][1]["path"]
    assert result["changed"] and result["account"]["blob_endpoint"] == "https://seedlanding.blob.core.windows.net/"
    told = result["container"]
    assert (told["name"], told["exists"], told["public_access"], told["lease_state"]) == ("seed-srv1", True, "None", "Available")
    assert (time.slept, result["unfit"], result["warnings"]) == ([17], [], [])


def test_check_mode_shows_both_bodies_and_every_field_and_sends_none(script, task):
    expect_there(script)
    expect_free(script)
    result = task.run(storage_account, check=True, **wanted(location="West Europe", tags={"a.b": 1}))
    assert [one["method"] for one in result["requests"]] == ["PUT", "PUT"]
    assert result["requests"][0]["body"] == {**BODY, "tags": {"a.b": "1"}}
    assert result["diff"]["before"] == {"storageAccounts/seedlanding": {}, "containers/seed-srv1": {}}
    assert result["diff"]["after"]["storageAccounts/seedlanding"]["properties.minimumTlsVersion"] == "TLS1_2"
    assert result["diff"]["after"]["containers/seed-srv1"] == {"properties.publicAccess": "None"}
    sku = {"object": "storageAccounts/seedlanding", "path": "sku.name", "was": None, "becomes": "Standard_LRS"}
    assert sku in result["changes"] and len(result["changes"]) == 8
    assert result["account"]["id"] == ACCOUNT and result["container"]["exists"]


def test_what_is_there_and_fit_changes_nothing(script, task):
    expect_there(script, account(location="West Europe"), container())
    result = task.run(storage_account, **wanted())
    assert (result["changed"], result["requests"], result["changes"], result["warnings"]) == (False, [], [], [])
    assert (result["unfit"], result["unknown"], result["locks"]) == ([], [], [])


def test_weak_settings_of_an_account_are_left_and_told(script, task):
    expect_there(script, account(minimumTlsVersion="TLS1_0", allowBlobPublicAccess=True), container())
    result = task.run(storage_account, **wanted())
    assert not result["changed"]
    assert [one["path"] for one in result["unfit"]] == ["account.minimum_tls_version", "account.blob_public_access"]
    assert (result["account"]["minimum_tls_version"], result["account"]["blob_public_access"]) == ("TLS1_0", True)


def test_missing_tags_are_added_to_those_that_are_there(script, task):
    expect_there(script, account(tags={"theirs": "1"}), container())
    tags = {"theirs": "1", "mine": "2"}
    script.expect("PATCH", ACCOUNT, version=VERSION, body={"tags": tags}, json=account(tags=tags))
    result = task.run(storage_account, **wanted(tags={"mine": 2}))
    assert result["account"]["tags"] == {"theirs": "1", "mine": "2"}
    assert result["diff"] == {
        "before": {"storageAccounts/seedlanding": {"tags.mine": None}}, "after": {"storageAccounts/seedlanding": {"tags.mine": "2"}},
    }  # fmt: skip


DENIED = {"defaultAction": "Deny", "bypass": "Logging, Metrics", "ipRules": [{"value": "203.0.113.7", "action": "Allow"}]}
LOCKED_FOR_YEARS = {"immutableStorageWithVersioning": {"enabled": True, "immutabilityPolicy": {"state": "Locked"}}}


@pytest.mark.parametrize(
    ("resource", "inner", "path"),
    [
        (account(kind="BlobStorage"), container(), "account.kind"),
        (account(kind="FileStorage"), container(), "account.kind"),
        (account(kind="BlockBlobStorage", sku="Premium_LRS"), container(), "account.kind"),
        (account(sku="Premium_LRS"), container(), "account.sku"),
        (account(isNfsV3Enabled=True), container(), "account.nfs"),
        (account(networkAcls={"defaultAction": "Deny", "bypass": "None"}), container(), "account.network_bypass"),
        (account(networkAcls=DENIED), container(), "account.network_bypass"),
        (account(provisioningState="ResolvingDNS"), container(), "account.provisioning_state"),
        (account(**LOCKED_FOR_YEARS), container(), "account.immutability_state"),
        (account(location="northeurope"), container(), "account.location"),
        (account(), container(hasLegalHold=True, legalHold={"tags": [{"tag": "case7"}]}), "container.legal_hold"),
        (account(), container(hasImmutabilityPolicy=True), "container.immutability_policy"),
    ],
)
def test_what_is_unfit_is_refused_with_the_cure_before_anything_is_changed(script, task, resource, inner, path):
    expect_there(script, resource, inner)
    failure = task.fail(storage_account, **wanted(tags={"new": "1"}))
    assert failure.fields["field"] == path and failure.fields["cure"]
    assert path in [one["path"] for one in failure.fields["unfit"]] and all(one["why"] and one["source"] for one in failure.fields["unfit"])


def test_every_unfit_property_is_named_at_once(script, task):
    expect_there(script, account(kind="FileStorage", sku="Premium_LRS", networkAcls=DENIED), container(hasLegalHold=True))
    failure = task.fail(storage_account, **wanted())
    paths = ["account.kind", "account.sku", "account.network_bypass", "container.legal_hold"]
    assert [one["path"] for one in failure.fields["unfit"]] == paths
    assert all(path in failure.msg for path in paths)


@pytest.mark.parametrize(
    "acls", [{"defaultAction": "Deny", "bypass": "Logging, AzureServices"}, {"defaultAction": "Allow", "bypass": "None"}, {}]
)
def test_a_firewall_that_admits_azure_is_fine(script, task, acls):
    expect_there(script, account(networkAcls=acls), container())
    assert task.run(storage_account, **wanted())["warnings"] == []


@pytest.mark.parametrize(
    ("properties", "inner", "path"),
    [
        ({"publicNetworkAccess": "Disabled"}, {}, "account.public_network_access"),
        ({"isHnsEnabled": True}, {}, "account.hierarchical_namespace"),
        ({"allowSharedKeyAccess": False}, {}, "account.shared_key_access"),
        ({"minimumTlsVersion": "TLS1_3"}, {}, "account.minimum_tls_version"),
        ({"supportsHttpsTrafficOnly": False}, {}, "account.https_only"),
        ({"statusOfPrimary": "unavailable"}, {}, "account.primary_status"),
        ({"immutableStorageWithVersioning": {"enabled": True}}, {}, "account.version_immutability"),
        ({}, {"publicAccess": "Blob"}, "container.public_access"),
        ({}, {"leaseState": "Leased", "leaseDuration": "Infinite"}, "container.lease_state"),
        ({}, {"immutableStorageWithVersioning": {"enabled": True}}, "container.version_immutability"),
    ],
)
def test_what_may_hinder_is_a_warning_and_stays(script, task, properties, inner, path):
    expect_there(script, account(**properties), container(**inner))
    result = task.run(storage_account, **wanted())
    (warning,) = result["warnings"]
    assert path in warning and not result["changed"] and [one["path"] for one in result["unfit"]] == [path]


class TestAskedForChanges:
    def test_the_firewall_is_opened_for_azure_alone_and_its_rules_stay(self, script, task):
        expect_there(script, account(networkAcls=DENIED), container())
        acls = {**DENIED, "bypass": "Logging, Metrics, AzureServices"}
        script.expect("PATCH", ACCOUNT, version=VERSION, body={"properties": {"networkAcls": acls}}, json=account(networkAcls=acls))
        result = task.run(storage_account, **wanted(loosen=["network_bypass"]))
        path = "properties.networkAcls.bypass"
        change = {"object": "storageAccounts/seedlanding", "path": path, "was": DENIED["bypass"], "becomes": acls["bypass"]}
        assert result["changes"] == [change] and result["unfit"] == []

    def test_a_closed_account_is_enabled_for_selected_networks_only(self, script, task):
        expect_there(script, account(publicNetworkAccess="Disabled"), container())
        result = task.run(storage_account, check=True, **wanted(loosen=["public_network_access"]))
        body = {"publicNetworkAccess": "Enabled", "networkAcls": {"defaultAction": "Deny", "bypass": "AzureServices"}}
        assert result["requests"][0]["body"] == {"properties": body}
        assert result["account"]["network_default_action"] == "Deny" and result["unfit"] == []

    def test_all_of_it_goes_in_one_request_for_each_object(self, script, task):
        weak = {"minimumTlsVersion": "TLS1_0", "supportsHttpsTrafficOnly": False, "allowBlobPublicAccess": True}
        expect_there(script, account(**weak, allowSharedKeyAccess=False), container("Container"))
        strong = {"minimumTlsVersion": "TLS1_2", "supportsHttpsTrafficOnly": True, "allowBlobPublicAccess": False}
        body = {**strong, "allowSharedKeyAccess": True}
        script.expect("PATCH", ACCOUNT, version=VERSION, body={"properties": body}, json=account(**body))
        script.expect("PATCH", CONTAINER, version=VERSION, body={"properties": {"publicAccess": "None"}}, json=container())
        tighten = ["minimum_tls_version", "https_only", "blob_public_access", "public_access"]
        result = task.run(storage_account, **wanted(loosen=["shared_key_access"], tighten=tighten))
        assert (result["unfit"], len(result["changes"])) == ([], 5)

    def test_what_is_as_it_should_be_is_not_sent(self, script, task):
        expect_there(script, account(), container())
        result = task.run(storage_account, **wanted(loosen=list(rules.LOOSENED), tighten=list(rules.TIGHTENED)))
        assert not result["changed"]

    def test_one_request_does_not_excuse_another_fault(self, script, task):
        expect_there(script, account(kind="FileStorage", networkAcls=DENIED), container())
        failure = task.fail(storage_account, **wanted(loosen=["network_bypass"]))
        assert [one["path"] for one in failure.fields["unfit"]] == ["account.kind"]


class TestLocks:
    def test_a_read_only_lock_is_named_before_anything_is_sent(self, script, task):
        expect_there(script, account(), locks=[{**READ_ONLY, "scope": GROUP}])
        failure = task.fail(storage_account, **wanted())
        assert f"freeze (ReadOnly, on {GROUP}, note: audit until May)" in failure.msg and failure.fields["field"] == "locks"
        assert failure.fields["requests"][0]["method"] == "PUT"

    def test_it_is_a_warning_where_nothing_is_to_change(self, script, task):
        expect_there(script, account(), container(), locks=[READ_ONLY])
        result = task.run(storage_account, **wanted())
        assert not result["changed"] and [one["path"] for one in result["unfit"]] == ["locks"]

    def test_the_lock_of_data_box_is_known_by_name_and_note_and_level(self, script, task):
        notes = "Data Box Service to copy data from device to storage account."
        beside = f"{ACCOUNT}/blobServices/default/containers/seed-srv1"
        service = {"name": "DATABOX_SERVICE", "notes": notes}
        others = [{"name": "DoNotDelete", "notes": notes}, {"name": "below", "scope": beside}, {**service, "scope": GROUP}]
        locks = [service, *others, {**service, "notes": "ours", "scope": ACCOUNT.upper()}]
        expect_there(script, account(), container(), locks=locks)
        told = task.run(storage_account, **wanted())["locks"]
        known = [(one["name"], one["notes"] == notes, one["on_account"]) for one in told if one["service"]]
        assert known == [("DATABOX_SERVICE", True, True)]
        assert len(told) == 4  # a lock on the container is not one on the account

    def test_locks_that_may_not_be_read_are_unknown(self, script, task):
        expect_there(script, account(), container(), locks=None)
        result = task.run(storage_account, **wanted())
        assert (result["locks"], result["unknown"], result["changed"]) == (None, ["locks"], False)


def test_a_name_that_somebody_else_has_is_refused_with_the_services_reason(script, task):
    expect_there(script)
    expect_free(script, False, "The storage account named seedlanding is already taken.", "AlreadyExists")
    failure = task.fail(storage_account, **wanted())
    assert "already taken" in failure.msg and (failure.fields["field"], failure.fields["reason"]) == ("name", "AlreadyExists")


def test_a_missing_resource_group_is_one_clear_error(script, task):
    script.any_order()
    missing = {"status": 404, "json": refusal("ResourceGroupNotFound", "Resource group 'rg-seed' could not be found.")}
    for path, version in ((ACCOUNT, VERSION), (CONTAINER, VERSION), (LOCKS, "2016-09-01")):
        script.expect("GET", path, version=version, **missing)
    failure = task.fail(storage_account, **wanted())
    assert failure.fields["cure"] == "create the resource group, or correct its name or subscription_id"


def test_403_without_an_action_in_its_text_still_names_it(script, task):
    script.any_order()
    script.expect("GET", ACCOUNT, version=VERSION, json=account())
    script.expect("GET", CONTAINER, version=VERSION, status=403, json=refusal("AuthorizationFailed", "Go away."))
    script.expect("GET", LOCKS, version="2016-09-01", json={"value": []})
    failure = task.fail(storage_account, **wanted())
    assert failure.fields["action"] == "Microsoft.Storage/storageAccounts/blobServices/containers/read"


def test_a_container_that_is_being_deleted_is_waited_for(script, time, task):
    expect_there(script, account())
    expect_new_container(script, status=409, json=refusal("ContainerBeingDeleted"))
    expect_new_container(script)
    task.run(storage_account, **wanted())
    assert time.slept == [1]


def test_a_container_that_lies_in_soft_delete_is_made_again(script, task):
    expect_there(script, account(), container(deleted=True))
    expect_new_container(script)
    assert task.run(storage_account, **wanted())["changed"]


def test_no_container_is_asked_for_when_none_is_named(script, task):
    expect_there(script, account(), False)
    assert task.run(storage_account, **wanted(container=None))["container"] is None


@pytest.mark.parametrize("said", [None, {}, {"encryption": 1, "keyCreationTime": []}, {"immutableStorageWithVersioning": "x"}])
def test_what_an_account_does_not_tell_is_unknown_and_never_fit(script, task, said):
    expect_there(script, {**account(), "properties": said}, {"properties": None})
    unknown = task.run(storage_account, **wanted())["unknown"]
    assert {"account.provisioning_state", "container.legal_hold", "container.immutability_policy", "container.lease_state"} <= set(unknown)


def test_an_answer_that_is_no_account_is_not_one_of_which_nothing_is_known(script, task):
    expect_there(script, {"properties": {"provisioningState": "Succeeded"}}, container())
    failure = task.fail(storage_account, **wanted())
    assert failure.msg.startswith("Failed to read storage account seedlanding: the answer has a resource without id or name")


@pytest.mark.parametrize("said", ["x", [], {"networkAcls": "x"}, {"networkAcls": {"ipRules": 5}}, {"isNfsV3Enabled": "no"}])
def test_an_answer_of_another_form_is_one_sentence_and_nothing_is_changed(script, task, said):
    expect_there(script, {**account(), "properties": said}, container())
    assert "Failed to read storage account seedlanding: the answer of" in task.fail(storage_account, **wanted()).msg


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"container": "My_Container"}, "container"), ({"container": "a--b"}, "container"), ({"container": "ab"}, "container"),
        ({"container": "-abc"}, "container"), ({"container": "a" * 64}, "container"), ({"name": "Seed"}, "name"), ({"name": "ab"}, "name"),
        ({"resource_group": "a."}, "resource_group"), ({"kind": "BlobStorage"}, "kind"), ({"sku": "Premium_LRS"}, "sku"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_before_anything_is_sent(script, task, options, field):
    failure = task.fail(storage_account, **wanted(**options))
    assert failure.fields["field"] == field
    assert str(next(iter(options.values()))) in failure.msg and failure.fields["cure"]
    assert not script.metadata_asked
