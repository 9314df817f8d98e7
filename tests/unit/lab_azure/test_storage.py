# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage accounts and containers: ARM in front of the real Azurite."""

from __future__ import annotations

import pytest

from lab import names
from lab.azure.blobs import Blobs

ACCOUNTS = f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts"
NEW = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}


def test_a_new_account_is_made_behind_a_poll_and_tells_its_blob_endpoint(azure, azurite):
    answer = azure.send("PUT", f"{ACCOUNTS}/seedlanding", NEW)
    assert (answer.status, answer.body) == (202, None)
    place = answer.headers["location"].split("?")[0].removeprefix("https://127.0.0.1:8443")
    statuses = [azure.send("GET", place, monitor="true") for _unused in range(2)]
    assert [one.status for one in statuses] == [202, 200]
    told = statuses[1].body
    assert told["properties"]["primaryEndpoints"] == {"blob": f"https://127.0.0.1:{azurite.port}/seedlanding/"}
    assert azure.get(f"{ACCOUNTS}/seedlanding") == told
    assert azure.get(ACCOUNTS)["value"] == [told]


def test_an_account_is_changed_by_put_and_patch_and_keeps_the_rest(azure):
    path = azure.make_account(tags={"a": "1"}, properties={"minimumTlsVersion": "TLS1_2"})
    answer = azure.send("PUT", path, {**NEW, "properties": {"allowSharedKeyAccess": False}})
    assert (answer.status, answer.body["tags"], answer.body["properties"]["minimumTlsVersion"]) == (200, {"a": "1"}, "TLS1_2")
    told = azure.send("PATCH", path, {"properties": {"networkAcls": {"defaultAction": "Deny"}}}).body["properties"]
    assert (told["networkAcls"]["defaultAction"], told["networkAcls"]["bypass"], told["allowSharedKeyAccess"]) == (
        "Deny",
        "AzureServices",
        False,
    )


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("My-Account", {}, (400, "AccountNameInvalid")),
        ("taken", {}, (409, "StorageAccountAlreadyTaken")),
        ("good", {"kind": "Blob"}, (400, "InvalidRequestPropertyValue")),
        ("good", {"sku": {"name": "Cheap"}}, (400, "InvalidRequestPropertyValue")),
        ("good", {"location": "atlantis"}, (400, "LocationNotAvailableForResourceType")),
        ("good", {"location": None}, (400, "LocationRequired")),
    ],
)
def test_an_account_that_cannot_be_is_refused(azure, name, change, expected):
    assert azure.refused("PUT", f"{ACCOUNTS}/{name}", {**NEW, **change})[:2] == expected
    assert azure.get(ACCOUNTS) == {"value": []}


def test_region_and_kind_of_an_account_are_fixed(azure):
    path = azure.make_account(kind="BlobStorage")
    assert azure.refused("PUT", path, {**NEW, "location": "northeurope"})[:2] == (409, "InvalidResourceLocation")
    assert azure.refused("PUT", path, {**NEW, "kind": "Storage"})[:2] == (400, "AccountPropertyCannotBeUpdated")
    assert azure.send("PUT", path, NEW).body["kind"] == "StorageV2"


def test_name_availability_says_why_not(azure):
    azure.make_account()
    path = f"/subscriptions/{names.SUBSCRIPTION}/providers/Microsoft.Storage/checkNameAvailability"

    def asked(name):
        answer = azure.send("POST", path, {"name": name, "type": "Microsoft.Storage/storageAccounts"}).body
        return answer["nameAvailable"], answer.get("reason")

    assert [asked("Bad_Name"), asked("seedlanding"), asked("free123")] == [
        (False, "AccountNameInvalid"),
        (False, "AlreadyExists"),
        (True, None),
    ]


def test_containers_are_made_in_azurite_once(azure):
    path = azure.make_account() + "/blobServices/default/containers/seed-srv1"
    assert azure.refused("GET", path)[:2] == (404, "ContainerNotFound")
    assert [azure.send("PUT", path, {}).status for _unused in range(2)] == [201, 200]
    assert azure.cloud.blobs.names("seedlanding") == ["seed-srv1"]
    assert azure.get(path)["properties"]["publicAccess"] == "None"
    assert [one["name"] for one in azure.get(path.rsplit("/", 1)[0])["value"]] == ["seed-srv1"]
    assert [azure.send("DELETE", path).status for _unused in range(2)] == [200, 204]


def test_a_container_that_cannot_be_is_refused(azure):
    containers = azure.make_account() + "/blobServices/default/containers"
    assert azure.refused("PUT", f"{containers}/My_Container", {})[:2] == (400, "InvalidResourceName")
    assert azure.refused("PUT", f"{containers}/open", {"properties": {"publicAccess": "Blob"}})[:2] == (409, "PublicAccessNotPermitted")


def test_page_blobs_go_in_and_come_out_again(azure, tmp_path):
    azure.make_account()
    content = bytes(range(256)) * 20
    source = tmp_path / "source"
    source.write_bytes(content)
    blobs: Blobs = azure.cloud.blobs
    blobs.create("seedlanding", "seed-srv1")
    assert blobs.upload_page_blob("seedlanding", "seed-srv1", "1_0_x_AIBBlob", source) == 5120
    assert blobs.files("seedlanding", "seed-srv1") == [("1_0_x_AIBBlob", 5120)]
    blobs.download("seedlanding", "seed-srv1", "1_0_x_AIBBlob", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == content
    assert blobs.files("seedlanding", "nosuch") == []


def test_a_regenerated_key_ends_the_old_one(azure):
    path = azure.make_account()
    before = azure.send("POST", f"{path}/listKeys").body["keys"]
    after = azure.send("POST", f"{path}/regenerateKey", {"keyName": "key1"}).body["keys"]
    assert (before[0]["value"] != after[0]["value"], before[1] == after[1]) == (True, True)
    assert azure.cloud.blobs.create("seedlanding", "seed-srv1")
    assert azure.refused("POST", f"{path}/regenerateKey", {"keyName": "key3"})[:2] == (400, "InvalidValuesForRequestParameters")


def test_a_deleted_account_takes_its_containers_along(azure):
    path = azure.make_account()
    azure.cloud.blobs.create("seedlanding", "seed-srv1")
    assert [azure.send("DELETE", path).status for _unused in range(2)] == [200, 204]
    azure.make_account()
    assert azure.cloud.blobs.names("seedlanding") == []


def test_a_firewall_is_replaced_whole_and_needs_its_default_action(azure):
    path = azure.make_account(
        properties={"networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.7", "action": "Allow"}]}}
    )
    assert azure.refused("PATCH", path, {"properties": {"networkAcls": {"bypass": "Logging"}}})[:2] == (400, "InvalidRequestPropertyValue")
    acls = azure.send("PATCH", path, {"properties": {"networkAcls": {"defaultAction": "Deny", "bypass": "Logging"}}}).body["properties"][
        "networkAcls"
    ]
    assert (acls["ipRules"], acls["bypass"]) == ([], "Logging")


def test_a_renewed_key_has_a_time_of_its_own(azure):
    path = azure.make_account()
    before = azure.get(path)["properties"]["keyCreationTime"]
    azure.clock.advance(days=1)
    azure.send("POST", f"{path}/regenerateKey", {"keyName": "key2"})
    after = azure.get(path)["properties"]["keyCreationTime"]
    assert (before["key1"] == after["key1"], before["key2"] == after["key2"]) == (True, False)


def test_a_container_tells_its_hold_its_policy_and_its_lease(azure):
    path = azure.make_account() + "/blobServices/default/containers/seed-srv1"
    azure.send("PUT", path, {})
    assert azure.send("POST", f"{path}/setLegalHold", {"tags": ["case7"]}).body == {"hasLegalHold": True, "tags": ["case7"]}
    azure.send("PUT", f"{path}/immutabilityPolicies/default", {"properties": {"immutabilityPeriodSinceCreationInDays": 30}})
    with azure.cloud.blobs.container("seedlanding", "seed-srv1") as client:
        lease = client.acquire_lease(-1)
    told = azure.get(path)["properties"]
    assert (told["hasLegalHold"], told["hasImmutabilityPolicy"], told["leaseState"], told["leaseDuration"]) == (
        True,
        True,
        "Leased",
        "Infinite",
    )
    assert azure.refused("DELETE", path)[:2] == (409, "ContainerProtectedFromDeletion")
    lease.release()
    azure.send("POST", f"{path}/clearLegalHold", {"tags": ["case7"]})
    azure.send("DELETE", f"{path}/immutabilityPolicies/default")
    told = azure.get(path)["properties"]
    assert (told["hasLegalHold"], told["hasImmutabilityPolicy"], told["leaseState"]) == (False, False, "Available")


def test_a_container_is_closed_again(azure):
    path = azure.make_account(properties={"allowBlobPublicAccess": True}) + "/blobServices/default/containers/seed-srv1"
    azure.send("PUT", path, {"properties": {"publicAccess": "Blob"}})
    assert azure.get(path)["properties"]["publicAccess"] == "Blob"
    assert azure.send("PATCH", path, {"properties": {"publicAccess": "None"}}).body["properties"]["publicAccess"] == "None"
