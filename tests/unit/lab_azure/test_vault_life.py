# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the lab's vaults come, change and go."""

from __future__ import annotations

import pytest

from lab import names
from lab.azure import vaults_published
from lab.azure.for_hosts import AzureForHosts

VAULT = f"{names.group_id()}/providers/Microsoft.RecoveryServices/vaults/vault9"
STORAGE = f"{VAULT}/backupstorageconfig/vaultstorageconfig"
DELETED = f"/subscriptions/{names.SUBSCRIPTION}/providers/Microsoft.RecoveryServices/locations/westeurope/deletedVaults"
BODY = {"location": "West Europe", "sku": {"name": "Standard"}, "properties": {"publicNetworkAccess": "Enabled"}}


def redundancy(word):
    return {"properties": {"redundancySettings": {"standardTierStorageRedundancy": word}}}


def path_of(url, base):
    return url.removeprefix(base).split("?")[0]


@pytest.fixture
def vault(azure):
    """A vault that somebody made; its first answer."""
    made = azure.send("PUT", VAULT, BODY)
    assert made.status == 201
    return made


def test_a_vault_comes_by_an_operation_and_gets_the_defaults(azure, vault, base):
    assert vault.body["properties"]["provisioningState"] == "Provisioning"
    status = path_of(vault.headers["azure-asyncoperation"], base)
    words = [azure.get(status)["status"] for _unused in range(3)]
    assert words[0] == "InProgress" and words[-1] == "Succeeded"
    shown = azure.get(path_of(vault.headers["location"], base))
    assert shown == azure.get(VAULT)
    assert (shown["location"], shown["sku"]["name"], shown["properties"]["redundancySettings"]["standardTierStorageRedundancy"]) == (
        "westeurope", "RS0", "GeoRedundant",
    )  # fmt: skip


def test_the_result_of_an_operation_is_202_until_it_is_over(azure, vault, base):
    place = path_of(vault.headers["location"], base)
    assert [azure.send("GET", place).status for _unused in range(3)][:1] == [202]
    assert azure.send("GET", place).status == 200


def test_the_same_put_again_makes_no_second_vault(azure, vault):
    assert azure.send("PUT", VAULT, BODY).status == 200
    assert [one["name"] for one in azure.get(VAULT.rsplit("/", 1)[0])["value"]] == ["vault9"]


def test_tags_are_replaced_as_a_whole(azure, vault):
    azure.send("PATCH", VAULT, {"tags": {"a": "1"}})
    assert azure.send("PATCH", VAULT, {"tags": {"b": "2"}}).body["tags"] == {"b": "2"}


def test_redundancy_changes_by_both_ways_until_a_server_is_registered(azure, vault):
    assert azure.get(STORAGE)["properties"]["storageTypeState"] == "Unlocked"
    assert azure.send("PATCH", STORAGE, {"properties": {"storageModelType": "LocallyRedundant"}}).status == 204
    assert (
        azure.send("PUT", STORAGE, {"properties": {"storageModelType": "ZoneRedundant"}}).body["properties"]["storageType"]
        == "ZoneRedundant"
    )
    assert azure.send("PATCH", VAULT, redundancy("LocallyRedundant")).status == 202
    AzureForHosts(azure.cloud).register_server("SRV1", agent_version="2.0.9262.0", vault="vault9")
    assert azure.get(STORAGE)["properties"]["storageTypeState"] == "Locked"
    for method, path, body in (
        ("PATCH", STORAGE, {"properties": {"storageModelType": "GeoRedundant"}}),
        ("PATCH", VAULT, redundancy("GeoRedundant")),
    ):
        assert azure.refused(method, path, body)[:2] == (400, "BMSUserErrorStorageTypeUpdateNotAllowed")
    assert azure.get(VAULT)["properties"]["redundancySettings"]["standardTierStorageRedundancy"] == "LocallyRedundant"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**BODY, "location": "atlantis"}, "LocationNotAvailableForResourceType"), ({**BODY, "location": ""}, "LocationRequired"),
        ({**BODY, "sku": None}, "InvalidSku"), ({**BODY, **redundancy("Twice")}, "BMSUserErrorInvalidInput"),
    ],
)  # fmt: skip
def test_a_body_that_is_none_is_refused(azure, body, code):
    assert azure.refused("PUT", VAULT, body)[:2] == (400, code)


def test_another_region_for_a_vault_that_is_there_is_409(azure, vault):
    assert azure.refused("PUT", VAULT, {**BODY, "location": "northeurope"})[:2] == (409, "InvalidResourceLocation")


def test_a_deleted_vault_is_kept_hides_its_name_and_comes_back(azure, vault):
    assert azure.send("DELETE", VAULT).status == 204
    assert azure.refused("GET", VAULT)[0] == 404
    (kept,) = azure.get(DELETED, version="2025-08-01")["value"]
    assert (kept["properties"]["vaultId"], sorted(kept["properties"])) == (VAULT, ["purgeAt", "vaultDeletionTime", "vaultId"])
    assert azure.refused("PUT", VAULT, BODY)[0] == 409
    assert azure.send("POST", f"{DELETED}/{kept['name']}/undelete", {}, version="2025-08-01").status == 202
    assert azure.get(VAULT)["name"] == "vault9" and azure.get(DELETED, version="2025-08-01")["value"] == []


def test_a_deleted_vault_is_purged_after_its_days(azure, vault):
    azure.send("DELETE", VAULT)
    azure.clock.advance(days=15)
    assert azure.get(DELETED, version="2025-08-01")["value"] == []
    assert azure.send("PUT", VAULT, BODY).status == 201


def test_a_vault_that_holds_something_is_not_deleted_even_in_soft_delete(azure, vault):
    hosts = AzureForHosts(azure.cloud)
    hosts.register_server("SRV1", agent_version="2.0.9262.0", vault="vault9")
    vaults_published.delete_server(azure.cloud, "SRV1")
    assert azure.refused("DELETE", VAULT)[:2] == (400, "ServiceResourceNotEmptyWithContainerDetails")


@pytest.mark.parametrize(("level", "deletes"), [("ReadOnly", 409), ("CanNotDelete", 409)])
def test_locks_of_the_vault_hold(azure, vault, level, deletes):
    lock = f"{VAULT}/providers/Microsoft.Authorization/locks/keep"
    azure.send("PUT", lock, {"properties": {"level": level}})
    assert azure.send("PATCH", VAULT, {"tags": {}}).status == (409 if level == "ReadOnly" else 200)
    assert azure.send("DELETE", VAULT).status == deletes
    assert [one["name"] for one in azure.get(f"{VAULT}/providers/Microsoft.Authorization/locks")["value"]] == ["keep"]


def test_vaults_of_one_name_in_two_groups_are_two(azure, vault):
    azure.send("PUT", names.group_id("rg-two"), {"location": "westeurope"}, version="2021-04-01")
    other = VAULT.replace(names.RESOURCE_GROUP, "rg-two")
    assert azure.send("PUT", other, {**BODY, "tags": {"which": "second"}}).status == 201
    assert (azure.get(other)["tags"], azure.get(VAULT)["tags"]) == ({"which": "second"}, {})
