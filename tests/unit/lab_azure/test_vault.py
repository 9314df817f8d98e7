# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vault as ARM shows it, and what the agents publish there."""

from __future__ import annotations

import pytest

from lab import names
from lab.azure.for_hosts import AzureForHosts

VAULT = f"{names.group_id()}/providers/Microsoft.RecoveryServices/vaults/vault1"
MAB = {"$filter": "backupManagementType eq 'MAB'"}
ITEMS = {"$filter": "backupManagementType eq 'MAB' and itemType eq 'FileFolder'"}


@pytest.fixture
def hosts(azure):
    azure.state["vaults"]["vault1"] = {
        "name": "vault1",
        "group": "rg-seed",
        "location": "westeurope",
        "redundancy": "GeoRedundant",
        "tags": {},
    }
    return AzureForHosts(azure.cloud)


def test_the_vault_and_its_usage_are_told(azure, hosts):
    assert azure.get(VAULT)["properties"]["redundancySettings"]["standardTierStorageRedundancy"] == "GeoRedundant"
    hosts.register_server("SRV1", agent_version="2.0.9262.0")
    hosts.vault_item("SRV1", "D:\\", recovery_points=["2026-01-02T03:04:05Z"], bytes=4096)
    usage = {one["name"]["value"]: one["currentValue"] for one in azure.get(f"{VAULT}/usages")["value"]}
    assert (usage["MABContainersCount"], usage["ProtectedItemCount"], usage["GRSStorageUsage"]) == (1, 1, 4096)
    summary = azure.get(f"{VAULT}/backupUsageSummaries", **{"$filter": "type eq 'BackupProtectedItemCountSummary'"})["value"]
    assert [(one["name"]["value"], one["currentValue"]) for one in summary] == [("MAB", 1)]


def test_a_registered_server_is_a_mab_container(azure, hosts):
    hosts.register_server("SRV1", agent_version="2.0.9262.0")
    hosts.register_server("SRV1", agent_version="2.0.9270.0")
    found = azure.get(f"{VAULT}/backupProtectionContainers", **MAB)["value"]
    assert [(one["name"], one["properties"]["friendlyName"], one["properties"]["agentVersion"]) for one in found] == [
        ("Windows;1001", "SRV1", "2.0.9270.0")
    ]


def test_an_item_is_pending_until_it_has_a_recovery_point(azure, hosts):
    hosts.register_server("SRV1", agent_version="2.0.9262.0")
    hosts.vault_item("SRV1", "D:\\", recovery_points=[], last_backup_status="CompletedWithWaitingForImportJob")
    (item,) = azure.get(f"{VAULT}/backupProtectedItems", **ITEMS)["value"]
    assert (item["properties"]["protectionState"], item["properties"]["extendedInfo"]["recoveryPointCount"]) == ("IRPending", 0)
    assert "lastRecoveryPoint" not in item["properties"]
    points = ["2026-01-03T00:00:00Z", "2026-01-02T00:00:00Z"]
    hosts.vault_item("SRV1", "D:\\", recovery_points=points, last_backup_status="Completed", last_backup_time=points[0])
    (proven,) = azure.get(f"{VAULT}/backupProtectedItems", **ITEMS)["value"]
    assert (proven["id"], proven["properties"]["protectionState"], proven["properties"]["lastRecoveryPoint"]) == (
        item["id"],
        "Protected",
        points[0],
    )
    assert proven["properties"]["extendedInfo"] | {"lastRefreshedAt": ""} == {
        "recoveryPointCount": 2,
        "oldestRecoveryPoint": points[1],
        "lastRefreshedAt": "",
    }


def test_servers_of_mars_are_hidden_from_old_versions_and_other_filters(azure, hosts):
    hosts.register_server("SRV1", agent_version="2.0.9262.0")
    assert azure.get(f"{VAULT}/backupProtectionContainers", version="2016-12-01", **MAB)["value"] == []
    assert azure.get(f"{VAULT}/backupProtectionContainers", **{"$filter": "backupManagementType eq 'AzureIaasVM'"})["value"] == []
    assert azure.refused("GET", f"{VAULT}/backupProtectionContainers")[0] == 400


def test_a_vault_that_is_not_there_is_404(azure, hosts):
    assert azure.refused("GET", f"{VAULT[:-1]}2")[:2] == (404, "ResourceNotFound")
