# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Having an account and a container, and judging what exists."""

from __future__ import annotations

import pytest
from unit.scripted import GROUP, SUBSCRIPTION, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import storage_account

VERSION = "2023-05-01"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/seedlanding"
CONTAINER = f"{ACCOUNT}/blobServices/default/containers/seed-srv1"
AVAILABLE = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Storage/checkNameAvailability"
NOT_FOUND = {"status": 404, "json": refusal("ResourceNotFound")}
BODY = {
    "location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "tags": {},
    "properties": {"minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": False, "supportsHttpsTrafficOnly": True},
}  # fmt: skip


def account(*, kind="StorageV2", sku="Standard_LRS", location="westeurope", tags=None, **properties):
    endpoints = {"blob": "https://seedlanding.blob.core.windows.net/"}
    open_to_all = {"defaultAction": "Allow", "bypass": "AzureServices"}
    said = {"primaryEndpoints": endpoints, "supportsHttpsTrafficOnly": True, "networkAcls": open_to_all, **properties}
    nature = {"kind": kind, "sku": {"name": sku}, "location": location}
    return {"id": ACCOUNT, "name": "seedlanding", **nature, "tags": tags or {}, "properties": said}


def wanted(**more):
    return {"resource_group": "rg-seed", "name": "seedlanding", "location": "westeurope", "container": "seed-srv1", **more}


def expect_account(script, resource=None):
    script.expect("GET", ACCOUNT, version=VERSION, **({"json": resource} if resource else NOT_FOUND))


def expect_free(script, free=True, message=None):
    script.expect(
        "POST", AVAILABLE, version=VERSION, body={"name": "seedlanding", "type": "Microsoft.Storage/storageAccounts"},
        json={"nameAvailable": free, "message": message},
    )  # fmt: skip


def expect_container(script, access=None):
    script.expect("GET", CONTAINER, version=VERSION, **({"json": {"properties": {"publicAccess": access}}} if access else NOT_FOUND))


def expect_new_container(script, **answer):
    script.expect("PUT", CONTAINER, version=VERSION, body={"properties": {"publicAccess": "None"}}, **{"status": 201, "json": {}, **answer})


def test_account_and_container_are_made_closed(script, time, task):
    expect_account(script)
    expect_free(script)
    script.expect("PUT", ACCOUNT, version=VERSION, body=BODY, status=202, headers={"Location": f"{script.url}/op", "Retry-After": "17"})
    script.expect("GET", "/op", json=account())
    expect_account(script, account())
    expect_container(script)
    expect_new_container(script)
    result = task.run(storage_account, **wanted())
    assert result["changed"] and result["account"]["blob_endpoint"] == "https://seedlanding.blob.core.windows.net/"
    assert result["container"] == {"name": "seed-srv1", "exists": True, "public_access": "None"}
    assert time.slept == [17]


def test_check_mode_shows_both_bodies_and_sends_none(script, task):
    expect_account(script)
    expect_free(script)
    result = task.run(storage_account, check=True, **wanted(location="West Europe"))
    assert [one["method"] for one in result["requests"]] == ["PUT", "PUT"]
    assert result["requests"][0]["body"] == BODY
    assert result["diff"]["after"]["PUT storageAccounts/seedlanding"] == BODY
    assert result["account"]["id"] == ACCOUNT


def test_what_is_there_and_fit_changes_nothing(script, task):
    expect_account(script, account(location="West Europe"))
    expect_container(script, "None")
    result = task.run(storage_account, **wanted())
    assert (result["changed"], result["requests"], result["warnings"]) == (False, [], [])


def test_weak_settings_of_an_account_are_left_and_told(script, task):
    expect_account(script, account(minimumTlsVersion="TLS1_0", allowBlobPublicAccess=True))
    expect_container(script, "None")
    result = task.run(storage_account, **wanted())
    assert not result["changed"]
    assert (result["account"]["minimum_tls_version"], result["account"]["blob_public_access"]) == ("TLS1_0", True)


def test_missing_tags_are_added_to_those_that_are_there(script, task):
    expect_account(script, account(tags={"theirs": "1"}))
    script.expect(
        "PATCH", ACCOUNT, version=VERSION, body={"tags": {"theirs": "1", "mine": "2"}}, json=account(tags={"theirs": "1", "mine": "2"})
    )
    expect_container(script, "None")
    assert task.run(storage_account, **wanted(tags={"mine": 2}))["account"]["tags"] == {"theirs": "1", "mine": "2"}


@pytest.mark.parametrize(
    ("resource", "field"),
    [
        (account(kind="BlobStorage"), "kind"),
        (account(kind="FileStorage"), "kind"),
        (account(kind="BlockBlobStorage", sku="Premium_LRS"), "kind"),
        (account(sku="Premium_LRS"), "sku"),
        (account(isNfsV3Enabled=True), "isNfsV3Enabled"),
        (account(networkAcls={"defaultAction": "Deny", "bypass": "None"}), "networkAcls"),
        (account(networkAcls={"defaultAction": "Deny", "bypass": "Logging, Metrics"}), "networkAcls"),
        (account(location="northeurope"), "location"),
    ],
)
def test_an_account_that_is_unfit_is_refused_with_the_cure(script, task, resource, field):
    expect_account(script, resource)
    failure = task.fail(storage_account, **wanted())
    assert failure.fields["field"] == field and failure.fields["cure"]


@pytest.mark.parametrize(
    "acls", [{"defaultAction": "Deny", "bypass": "Logging, AzureServices"}, {"defaultAction": "Allow", "bypass": "None"}, {}]
)
def test_a_firewall_that_admits_azure_is_fine(script, task, acls):
    expect_account(script, account(networkAcls=acls))
    expect_container(script, "None")
    assert task.run(storage_account, **wanted())["warnings"] == []


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"publicNetworkAccess": "Disabled"}, "publicNetworkAccess"),
        ({"isHnsEnabled": True}, "isHnsEnabled"),
        ({"allowSharedKeyAccess": False}, "allowSharedKeyAccess"),
    ],
)
def test_what_may_hinder_is_a_warning(script, task, properties, words):
    expect_account(script, account(**properties))
    expect_container(script, "None")
    (warning,) = task.run(storage_account, **wanted())["warnings"]
    assert words in warning


def test_a_public_container_is_a_warning_and_stays(script, task):
    expect_account(script, account())
    expect_container(script, "Blob")
    result = task.run(storage_account, **wanted())
    assert "can be read by anybody" in result["warnings"][0] and not result["changed"]


def test_a_name_that_somebody_else_has_is_refused_before_anything_is_made(script, task):
    expect_account(script)
    expect_free(script, False, "The storage account named seedlanding is already taken.")
    failure = task.fail(storage_account, **wanted())
    assert "already taken" in failure.msg and failure.fields["field"] == "name"


def test_a_missing_resource_group_is_one_clear_error(script, task):
    script.expect(
        "GET", ACCOUNT, version=VERSION, status=404, json=refusal("ResourceGroupNotFound", "Resource group 'rg-seed' could not be found.")
    )
    failure = task.fail(storage_account, **wanted())
    assert failure.fields["cure"] == "create the resource group, or correct its name or subscription_id"


def test_403_without_an_action_in_its_text_still_names_it(script, task):
    expect_account(script, account())
    script.expect("GET", CONTAINER, version=VERSION, status=403, json=refusal("AuthorizationFailed", "Go away."))
    failure = task.fail(storage_account, **wanted())
    assert failure.fields["action"] == "Microsoft.Storage/storageAccounts/blobServices/containers/read"


def test_a_container_that_is_being_deleted_is_waited_for(script, time, task):
    expect_account(script, account())
    expect_container(script)
    expect_new_container(script, status=409, json=refusal("ContainerBeingDeleted"))
    expect_new_container(script)
    task.run(storage_account, **wanted())
    assert time.slept == [1]


def test_no_container_is_asked_for_when_none_is_named(script, task):
    expect_account(script, account())
    assert task.run(storage_account, **wanted(container=None))["container"] is None


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
