# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engines, jobs, pages and soft delete of the lab's vault."""

from __future__ import annotations

import pytest

from lab import names
from lab.azure import vaults_published as published
from lab.azure.for_hosts import AzureForHosts

VAULT = f"{names.group_id()}/providers/Microsoft.RecoveryServices/vaults/vault1"
MAB = {"$filter": "backupManagementType eq 'MAB'"}
DAY = "startTime eq '2026-01-02 12:00:00 AM' and endTime eq '2026-01-02 11:59:59 PM' and backupManagementType eq 'MAB'"


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


def pages(azure, path, base, **query):
    """Everything in a list, and in how many pages it came."""
    found, count, more = [], 0, {}
    while True:
        body = azure.get(path, **query, **more)
        found, count = found + body["value"], count + 1
        if "nextLink" not in body:
            return found, count
        assert body["nextLink"].startswith(f"{base}{path}?api-version=")
        more = {"$skiptoken": body["nextLink"].rsplit("$skipToken=", 1)[1]}


def test_dpm_and_mabs_are_engines_with_items_of_their_own(azure, hosts):
    published.engine(azure.cloud, "MABS1", managed=published.MABS, version="14.0.30.0")
    published.engine_item(azure.cloud, "MABS1", "FS1", "F:\\", group="files", recovery_points=["2026-01-02T00:00:00Z"])
    (engine,) = azure.get(f"{VAULT}/backupEngines")["value"]
    assert (engine["properties"]["backupEngineType"], engine["properties"]["extendedInfo"]["protectedItemsCount"]) == (
        "AzureBackupServerEngine",
        1,
    )
    mabs = {"$filter": "backupManagementType eq 'AzureBackupServer'"}
    (item,) = azure.get(f"{VAULT}/backupProtectedItems", **mabs)["value"]
    assert (item["properties"]["backupEngineName"], item["properties"]["lastRecoveryPoint"]) == ("MABS1", "2026-01-02T00:00:00Z")
    assert azure.get(f"{VAULT}/backupProtectedItems", **{"$filter": "backupManagementType eq 'DPM'"})["value"] == []


def test_backups_of_an_item_are_jobs_newest_first(azure, hosts):
    hosts.register_server("SRV1", agent_version="2.0.9262.0")
    points = ["2026-01-02T08:00:00Z", "2026-01-02T20:00:00Z", "2026-01-03T00:00:00Z"]
    hosts.vault_item("SRV1", "D:\\", recovery_points=points, last_backup_status="Completed", last_backup_time=points[2])
    published.job(azure.cloud, "SRV1", "D:\\", start="2026-01-02T12:00:00Z", status="Failed", error="No network.")
    found = azure.get(f"{VAULT}/backupJobs", **{"$filter": DAY})["value"]
    assert [(one["properties"]["startTime"][11:13], one["properties"]["status"]) for one in found] == [
        ("20", "Completed"), ("12", "Failed"), ("08", "Completed"),
    ]  # fmt: skip
    assert len(azure.get(f"{VAULT}/backupJobs", **MAB)["value"]) == 4


@pytest.mark.parametrize("text", ["2026-01-02T00:00:00Z", "2026-01-02 13:00:00", "1 Jan"])
def test_a_time_that_the_filter_does_not_know_is_refused(azure, hosts, text):
    wrong = f"startTime eq '{text}' and backupManagementType eq 'MAB'"
    assert azure.refused("GET", f"{VAULT}/backupJobs", **{"$filter": wrong})[:2] == (400, "BMSUserErrorInvalidInput")


def test_lists_come_in_pages_that_keep_their_filter(azure, hosts, base):
    for number in range(120):
        published.job(azure.cloud, "SRV1", f"{number}", start=f"2026-01-02T{number // 60:02}:{number % 60:02}:00Z")
    found, count = pages(azure, f"{VAULT}/backupJobs", base, **{"$filter": DAY})
    assert (len(found), len({one["properties"]["entityFriendlyName"] for one in found}), count) == (120, 120, 3)


def test_a_deleted_item_is_kept_shown_as_such_and_purged(azure, hosts):
    hosts.register_server("SRV1", agent_version="2.0.9262.0")
    hosts.vault_item("SRV1", "D:\\", recovery_points=["2026-01-02T00:00:00Z"])
    published.delete_item(azure.cloud, "SRV1", "D:\\")
    azure.clock.advance(days=1)
    (item,) = azure.get(f"{VAULT}/backupProtectedItems", **MAB)["value"]
    said = item["properties"]
    assert (said["isScheduledForDeferredDelete"], said["protectionState"], said["deferredDeleteTimeRemaining"][:3]) == (
        True,
        "ProtectionStopped",
        "12.",
    )
    azure.clock.advance(days=14)
    assert azure.get(f"{VAULT}/backupProtectedItems", **MAB)["value"] == []


def test_a_deleted_server_leaves_the_list_for_that_of_the_deleted(azure, hosts):
    hosts.register_server("SRV1", agent_version="2.0.9262.0")
    published.delete_server(azure.cloud, "SRV1")
    assert azure.get(f"{VAULT}/backupProtectionContainers", **MAB)["value"] == []
    (gone,) = azure.get(f"{VAULT}/backupDeletedProtectionContainers", **MAB)["value"]
    assert gone["properties"]["friendlyName"] == "SRV1"
    assert azure.get(f"{VAULT}/backupstorageconfig/vaultstorageconfig")["properties"]["storageTypeState"] == "Locked"


def test_soft_delete_is_told_by_the_vault_and_by_its_settings(azure, hosts):
    said = azure.get(VAULT)["properties"]["securitySettings"]["softDeleteSettings"]
    assert said["softDeleteState"] == azure.get(f"{VAULT}/backupconfig/vaultconfig")["properties"]["softDeleteFeatureState"] == "Enabled"
