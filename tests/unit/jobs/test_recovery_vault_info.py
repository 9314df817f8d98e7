# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be read of a vault beside what is read by default (tests/unit/jobs/test_reading.py)."""

from __future__ import annotations

import datetime
import random
from functools import partial

import pytest
from fuzz import series
from unit.jobs.vault_worlds import (
    FILES,
    LOCKS_VERSION,
    MAB,
    STORAGE,
    VAULT,
    VERSION,
    expect_locks,
    expect_storage,
    expect_vault,
    item,
    lock,
    vault,
)
from unit.scripted import GROUP, SUBSCRIPTION, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import recovery_vault_info, resource_locks
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import recovery_vault_reading as reading

NOW = "2026-01-31T20:05:06Z"
WEEK = "startTime eq '2026-01-24 08:05:06 PM' and endTime eq '2026-01-31 08:05:06 PM' and backupManagementType eq 'MAB'"


def gather(task, *kinds, **more):
    return task.run(recovery_vault_info, resource_group="rg-seed", name="vault1", gather=list(kinds), now=NOW, **more)


def expect_list(script, kind, *found, query=None, **page):
    script.expect("GET", f"{VAULT}/{kind}", version=VERSION, query=query, json={"value": list(found), **page})


def job(start, **more):
    said = {
        "jobType": "MabJob", "entityFriendlyName": "D:\\", "mabServerName": "srv1", "operation": "Backup", "status": "Completed",
        "startTime": start, "workloadType": "FileFolder", **more,
    }  # fmt: skip
    return {"name": f"job of {start}", "properties": said}


def test_nothing_but_the_vault_costs_one_call_and_the_rest_is_unknown(script, task):
    settings = {"softDeleteState": "AlwaysON", "softDeleteRetentionPeriodInDays": 30}
    expect_vault(script, vault(securitySettings={"softDeleteSettings": settings}))
    result = gather(task)
    assert (result["vault"]["soft_delete_state"], result["vault"]["soft_delete_days"]) == ("AlwaysON", 30)
    assert {result[kind] for kind in recovery_vault_info.GATHER} == {None}


class TestSubscription:
    PATH = f"/subscriptions/{SUBSCRIPTION}"

    def test_the_kind_of_its_offer_is_told(self, script, task):
        policies = {"locationPlacementId": "Public_2014-09-01", "quotaId": "CSP_2015-05-01", "spendingLimit": "Off"}
        said = {"id": self.PATH, "subscriptionId": SUBSCRIPTION, "displayName": "Production", "state": "Enabled"}
        expect_vault(script, vault())
        script.expect("GET", self.PATH, version="2022-12-01", json={**said, "subscriptionPolicies": policies})
        told = gather(task, "subscription")["subscription"]
        assert told == {"id": SUBSCRIPTION, "name": "Production", "state": "Enabled", "quota_id": "CSP_2015-05-01"}

    def test_an_identity_that_may_not_read_it_makes_it_unknown(self, script, task):
        expect_vault(script, vault())
        script.expect("GET", self.PATH, version="2022-12-01", status=403, json=refusal("AuthorizationFailed"))
        assert gather(task, "subscription")["subscription"] is None


class TestEngines:
    ENGINE = {
        "backupEngineType": "AzureBackupServerEngine", "friendlyName": "mabs1", "dpmVersion": "13.0.415.0", "isDpmUpgradeAvailable": True,
        "azureBackupAgentVersion": "2.0.9250.0", "isAzureBackupAgentUpgradeAvailable": False, "registrationStatus": "Registered",
        "backupEngineState": "Active",
        "extendedInfo": {"protectedItemsCount": 35, "protectedServersCount": 21, "usedDiskSpace": 20, "availableDiskSpace": 50},
    }  # fmt: skip

    def test_dpm_and_mabs_over_two_pages(self, script, task):
        dpm = {"name": "dpm1", "properties": {"backupEngineType": "DpmBackupEngine", "registrationStatus": "NotRegistered"}}
        expect_vault(script, vault())
        expect_list(script, "backupEngines", {"name": "e", "properties": self.ENGINE}, nextLink=f"{script.url}/next?page=2")
        script.expect("GET", "/next", query={"page": "2"}, json={"value": [dpm]})
        first, second = gather(task, "engines")["engines"]
        assert first == {
            "name": "mabs1", "product": "mabs", "version": "13.0.415.0", "upgrade_available": True, "agent_version": "2.0.9250.0",
            "agent_upgrade_available": False, "registered": True, "state": "Active", "health": None, "protected_items": 35,
            "protected_servers": 21, "disk_used": 20, "disk_available": 50, "last_refreshed": None,
        }  # fmt: skip
        assert (second["name"], second["product"], second["registered"], second["agent_version"]) == ("dpm1", "dpm", False, None)

    def test_what_they_protect_is_asked_by_product(self, script, task):
        extended = {"recoveryPointCount": 3, "isPresentOnCloud": True, "protectionGroupName": "files", "oldestRecoveryPoint": NOW}
        said = {"friendlyName": "F:\\", "backupEngineName": "dpm1", "protectionState": "Protected", "lastRecoveryPoint": NOW}
        expect_vault(script, vault())
        dpm = {"$filter": "backupManagementType eq 'DPM'"}
        expect_list(script, "backupProtectedItems", {"name": "i", "properties": {**said, "extendedInfo": extended}}, query=dpm)
        expect_list(script, "backupProtectedItems", query={"$filter": "backupManagementType eq 'AzureBackupServer'"})
        (found,) = gather(task, "engine_items")["engine_items"]
        assert (found["engine_name"], found["protection_group"], found["in_vault"], found["recovery_point_count"]) == (
            "dpm1",
            "files",
            True,
            3,
        )
        assert (found["protection_state"], found["last_recovery_point"], found["soft_deleted"]) == ("Protected", NOW, False)


class TestJobs:
    def test_the_newest_of_a_week_come_first_whatever_order_azure_has(self, script, task):
        expect_vault(script, vault())
        days = [f"2026-01-{day}T04:00:00.1234567Z" for day in (25, 30, 28)]
        expect_list(script, "backupJobs", *map(job, days[:2]), query={"$filter": WEEK}, nextLink=f"{script.url}/more")
        script.expect("GET", "/more", json={"value": [job(days[2])]})
        found = gather(task, "jobs", jobs_limit=2)["jobs"]
        assert [one["started_at"] for one in found] == ["2026-01-30T04:00:00Z", "2026-01-28T04:00:00Z"]

    def test_what_a_failed_job_says(self, script, task):
        error = {"errorString": "No network.", "recommendations": ["Look at the proxy."]}
        failed = job("2026-01-30T04:00:00Z", status="Failed", endTime="2026-01-30T05:00:00Z", duration="PT1H", errorDetails=[error])
        failed["properties"]["extendedInfo"] = {"propertyBag": {"Data Transferred": "12 MB"}}
        expect_vault(script, vault())
        expect_list(script, "backupJobs", failed, query={"$filter": WEEK})
        (found,) = gather(task, "jobs")["jobs"]
        assert (found["status"], found["server"], found["item"], found["ended_at"]) == ("Failed", "srv1", "D:\\", "2026-01-30T05:00:00Z")
        assert found["errors"] == [{"message": "No network.", "recommendations": ["Look at the proxy."]}]
        assert found["details"] == {"Data Transferred": "12 MB"}

    def test_jobs_of_mabs_in_a_time_of_ones_own(self, script, task):
        expect_vault(script, vault())
        asked = (
            "startTime eq '2026-01-01 12:00:00 AM' and endTime eq '2026-01-02 12:30:00 PM' and backupManagementType eq 'AzureBackupServer'"
        )
        dpm = job("2026-01-01T04:00:00Z", jobType="DpmJob", dpmServerName="mabs1")
        expect_list(script, "backupJobs", dpm, query={"$filter": asked})
        more = {"jobs_of": "mabs", "jobs_since": "2026-01-01T00:00:00Z", "jobs_until": "2026-01-02T12:30:00Z"}
        assert gather(task, "jobs", **more)["jobs"][0]["server"] == "mabs1"

    @pytest.mark.parametrize(("hour", "told"), [(0, "12:07:09 AM"), (1, "01:07:09 AM"), (12, "12:07:09 PM"), (23, "11:07:09 PM")])
    def test_the_filters_clock_has_twelve_hours(self, hour, told):
        moment = datetime.datetime(2026, 1, 5, hour, 7, 9, tzinfo=datetime.timezone.utc)
        assert recovery_vault_info.service_time(moment) == f"2026-01-05 {told}"

    @pytest.mark.parametrize(
        ("options", "field"),
        [
            ({"jobs_since": "2026-02-01T00:00:00Z"}, "jobs_since"), ({"jobs_until": "yesterday"}, "jobs_until"),
            ({"jobs_limit": 0}, "jobs_limit"),
        ],
    )  # fmt: skip
    def test_a_window_that_is_none_is_refused_before_anything_is_sent(self, script, task, options, field):
        failure = task.fail(recovery_vault_info, resource_group="rg-seed", name="vault1", gather=["jobs"], now=NOW, **options)
        assert failure.fields["field"] == field and not script.metadata_asked


class TestSoftDelete:
    GONE = {
        "isScheduledForDeferredDelete": True, "deferredDeleteTimeInUTC": "2026-01-30T00:00:00Z",
        "deferredDeleteTimeRemaining": "12.03:54:54", "protectionState": "ProtectionStopped", "computerName": "srv2",
    }  # fmt: skip

    def test_state_items_and_servers(self, script, task):
        settings = {"softDeleteState": "Enabled", "softDeleteRetentionPeriodInDays": 14, "enhancedSecurityState": "Enabled"}
        expect_vault(script, vault(securitySettings={"softDeleteSettings": settings}))
        expect_list(script, "backupProtectedItems", item(), item("E:\\", **self.GONE), query=FILES)
        expect_list(script, "backupDeletedProtectionContainers", {"properties": {"friendlyName": "srv2"}}, query=MAB)
        found = gather(task, "soft_delete")["soft_delete"]
        assert (found["state"], found["days"], found["enhanced_security"], found["deleted_servers"]) == ("Enabled", 14, "Enabled", ["srv2"])
        (gone,) = found["deleted_items"]
        assert (gone["friendly_name"], gone["deleted_at"], gone["deletion_remaining"]) == ("E:\\", "2026-01-30T00:00:00Z", "12.03:54:54")

    def test_an_older_vault_tells_its_state_in_its_backup_settings(self, script, task):
        expect_vault(script, vault())
        said = {"softDeleteFeatureState": "Disabled", "enhancedSecurityState": "Disabled"}
        script.expect("GET", f"{VAULT}/backupconfig/vaultconfig", version=VERSION, json={"properties": said})
        expect_list(script, "backupProtectedItems", query=FILES)
        expect_list(script, "backupDeletedProtectionContainers", query=MAB)
        assert gather(task, "soft_delete")["soft_delete"]["state"] == "Disabled"


NAMELESS = [{}, {"properties": {}}, {"id": "x", "properties": {"protectionState": "Protected"}}]
LISTS = {
    "servers": ("backupProtectionContainers", MAB), "protected_items": ("backupProtectedItems", FILES), "usages": ("usages", None),
    "engines": ("backupEngines", None), "engine_items": ("backupProtectedItems", {"$filter": "backupManagementType eq 'DPM'"}),
    "jobs": ("backupJobs", {"$filter": WEEK}),
}  # fmt: skip


@pytest.mark.parametrize("entry", NAMELESS)
@pytest.mark.parametrize("kind", LISTS)
def test_an_entry_that_does_not_say_which_one_it_is_is_no_item_of_nothing(script, task, kind, entry):
    path, query = LISTS[kind]
    good = {"name": {"value": "a"} if kind == "usages" else "a", "properties": {"extendedInfo": {"x": 1}}}
    expect_vault(script, vault())
    expect_list(script, path, good, entry, query=query)
    failure = task.fail(recovery_vault_info, resource_group="rg-seed", name="vault1", gather=[kind], now=NOW)
    assert "entry 2 of the answer has no name" in failure.msg and failure.fields["cure"]


@pytest.mark.parametrize("answer", [{}, {"properties": {"provisioningState": "Succeeded"}}])
def test_a_vault_that_does_not_say_which_one_it_is_is_no_vault_of_nothing(script, task, answer):
    script.expect("GET", VAULT, version=VERSION, json=answer)
    failure = task.fail(recovery_vault_info, resource_group="rg-seed", name="vault1", now=NOW)
    assert failure.msg.startswith("Failed to read vault vault1: the answer has a resource without id or name")


def test_an_item_whose_detail_is_nothing_is_not_taken_for_one_of_nothing(script, task):
    told = item("D", extendedInfo=None)
    expect_vault(script, vault())
    expect_list(script, "backupProtectedItems", told, query=FILES)
    script.expect("GET", told["id"], version=VERSION, query={"$filter": "expand eq 'extendedinfo'"}, json={})
    failure = task.fail(recovery_vault_info, resource_group="rg-seed", name="vault1", gather=["protected_items"], now=NOW)
    assert failure.msg.startswith("Failed to read protected item D: entry 1 of the answer has no name.")


class TestStorageAndLocks:
    @pytest.mark.parametrize(("state", "locked"), [("Locked", True), ("Unlocked", False), ("Invalid", None), (None, None)])
    def test_whether_redundancy_can_still_be_changed(self, script, task, state, locked):
        expect_vault(script, vault())
        expect_storage(script, state=state)
        assert gather(task, "storage")["storage"] == {"redundancy": "GeoRedundant", "locked": locked, "cross_region_restore": False}

    def test_storage_that_is_not_there_is_unknown(self, script, task):
        expect_vault(script, vault())
        script.expect("GET", STORAGE, version=VERSION, status=404, json=refusal("ResourceNotFound"))
        assert gather(task, "storage")["storage"] == {"redundancy": None, "locked": None, "cross_region_restore": None}

    def test_own_and_inherited_locks(self, script, task):
        expect_vault(script, vault())
        above = lock("ReadOnly", f"/subscriptions/{SUBSCRIPTION}", "freeze", "year end")
        expect_locks(script, lock("CanNotDelete", VAULT), above, lock(scope=GROUP.replace("rg-seed", "rg-seed2")))
        assert gather(task, "locks")["locks"] == [
            {"id": lock("CanNotDelete", VAULT)["id"], "name": "keep", "level": "CanNotDelete", "notes": "", "scope": VAULT},
            {"id": above["id"], "name": "freeze", "level": "ReadOnly", "notes": "year end", "scope": f"/subscriptions/{SUBSCRIPTION}"},
        ]

    @pytest.mark.parametrize("missing", ["id", "name", "level"])
    def test_a_lock_that_does_not_say_what_it_forbids_and_where_is_no_lock_less(self, script, task, missing):
        spoilt = lock()
        (spoilt["properties"] if missing == "level" else spoilt).pop(missing)
        expect_vault(script, vault())
        expect_locks(script, spoilt)
        failure = task.fail(recovery_vault_info, resource_group="rg-seed", name="vault1", gather=["locks"], now=NOW)
        assert f"the answer has a lock without {missing}" in failure.msg and failure.fields["cure"]

    def test_locks_that_may_not_be_read_are_unknown_not_absent(self, script, task):
        expect_vault(script, vault())
        path = f"{VAULT}/providers/Microsoft.Authorization/locks"
        script.expect("GET", path, version=LOCKS_VERSION, status=403, json=refusal("AuthorizationFailed", "no"))
        assert gather(task, "locks")["locks"] is None

    def test_a_missing_vault_has_nothing_and_is_asked_once(self, script, task):
        expect_vault(script)
        result = gather(task, *recovery_vault_info.GATHER)
        assert result["vault"] is None and result["jobs"] == result["engines"] == result["locks"] == []
        assert result["soft_delete"] is None and result["storage"] is None


READERS = (
    reading.vault_from, reading.server_from, reading.item_from, reading.engine_item_from, reading.engine_from, reading.job_from,
    reading.deleted_vault_from, partial(resource_locks.lock_from, "read the locks"),
)  # fmt: skip
WHOLE = {
    "id": VAULT, "name": "x", "location": "westeurope", "tags": {"a": "b"},
    "properties": {
        "friendlyName": "f", "redundancySettings": {"standardTierStorageRedundancy": "GeoRedundant"}, "jobType": "MabJob",
        "securitySettings": {"softDeleteSettings": {"softDeleteState": "Enabled"}},
        "extendedInfo": {"lastRefreshedAt": NOW, "propertyBag": {}},
        "mabContainerHealthDetails": [{"code": 1, "recommendations": ["r"]}],
        "errorDetails": [{"errorString": "e", "recommendations": ["r"]}],
        "lastRecoveryPoint": NOW, "startTime": NOW, "backupEngineType": "DpmBackupEngine", "vaultDeletionTime": NOW, "level": "ReadOnly",
    },
}  # fmt: skip


def spoilt(value, chance: random.Random):
    """A copy in which something is missing, of another type, or more than there should be."""
    if chance.random() < 0.15:
        return chance.choice([None, 0, -1.5, "", "x", [], [None], {}, {"x": None}, True, "0001-01-01T00:00:00Z", "<html>"])
    if isinstance(value, dict):
        kept = {name: spoilt(one, chance) for name, one in value.items() if chance.random() > 0.1}
        return {**kept, "extra": 1} if chance.random() < 0.1 else kept
    return [spoilt(one, chance) for one in value] if isinstance(value, list) else value


def test_whatever_the_service_says_is_read_or_refused_in_words():
    for name, chance in series("vault answers", 0.3):
        for reader in READERS:
            try:
                assert isinstance(reader(spoilt(WHOLE, chance)), dict), name
            except Failure as failure:
                assert failure.fields.get("cure"), name
