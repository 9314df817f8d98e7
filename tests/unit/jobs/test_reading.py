# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading jobs and the vault."""

from __future__ import annotations

import pytest
from unit.jobs.worlds import HASH, JOBS, VERSION, drive, job, job_path, listed
from unit.scripted import GROUP, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job, import_job_info, recovery_vault_info
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.stages import STAGES

VAULT = f"{GROUP}/providers/Microsoft.RecoveryServices/vaults/vault1"
VAULTS = "2024-04-01"
NAMED = {"resource_group": "rg-seed", "name": "srv1"}


class TestJobs:
    def test_one_job_by_name(self, script, task):
        script.expect("GET", job_path(), version=VERSION, json=job())
        (found,) = task.run(import_job_info, **NAMED)["jobs"]
        assert (found["name"], found["stage"], found["drives"][0]["serial"]) == ("srv1", "creating", "WD-1")
        assert (found["ship_to"]["city"], found["ship_to"]["instruction"]) == ("Middenmeer", None)

    def test_a_job_that_is_not_there_is_an_empty_list(self, script, task):
        script.expect("GET", job_path(), version=VERSION, status=404, json=refusal("ResourceNotFound"))
        assert task.run(import_job_info, **NAMED)["jobs"] == []

    @pytest.mark.parametrize("word", [word for stage in STAGES for word in stage.words] + ["Faulted"])
    def test_stage_and_what_follows_from_it(self, script, task, word):
        script.expect("GET", job_path(), version=VERSION, json=job(state=word))
        (found,) = task.run(import_job_info, **NAMED)["jobs"]
        stage = next((one for one in STAGES if word in one.words), STAGES[-1])
        assert (found["stage"], found["service_state"]) == (stage.name, word)
        assert (found["terminal"], found["succeeded"], found["cancellable"]) == (stage.terminal, stage.succeeded, stage.cancellable)

    @pytest.mark.parametrize("word", ["NeverReceived", "CompletedMoreInfo", "Melted"])
    def test_a_completed_job_with_a_drive_that_was_not_copied_has_not_succeeded(self, script, task, word):
        drives = [drive("WD-1", state="ShippedBack"), drive("WD-2", state=word)]
        script.expect("GET", job_path(), version=VERSION, json=job(state="Completed", driveList=drives))
        (found,) = task.run(import_job_info, **NAMED)["jobs"]
        assert (found["stage"], found["succeeded"], found["service_state"]) == ("completed_with_errors", False, "Completed")

    def test_a_completed_job_may_be_deleted_whatever_its_drives_say(self, script, task):
        script.expect("GET", job_path(), version=VERSION, json=job(state="Completed", driveList=[drive("WD-1", state="NeverReceived")]))
        script.expect("DELETE", job_path(), version=VERSION)
        assert task.run(import_job, **NAMED, state="absent")["changed"]

    def test_a_word_of_a_drive_that_is_not_known_is_kept_and_shown(self, script, task):
        script.expect("GET", job_path(), version=VERSION, json=job(state="Transferring", driveList=[drive("WD-1", state="Melted")]))
        (found,) = task.run(import_job_info, **NAMED)["jobs"]
        assert (found["drives"][0]["state"], found["drives"][0]["service_state"]) == ("unknown", "Melted")

    def test_progress_logs_and_the_parcel_back(self, script, task):
        working = drive(
            "WD-1", state="CompletedMoreInfo", percentComplete=100, bytesSucceeded=4096,
            errorLogUri="https://x/e?sv=1&sig=CANARY", verboseLogUri="",
        )  # fmt: skip
        back = {"carrierName": "DHL", "trackingNumber": "7", "driveCount": 1, "shipDate": "1/2/2026"}
        script.expect(
            "GET", job_path(), version=VERSION, json=job(state="Packaging", driveList=[working], returnPackage=back, percentComplete=100)
        )
        (found,) = task.run(import_job_info, **NAMED)["jobs"]
        assert found["drives"][0] == {
            "serial": "WD-1", "state": "completed_with_errors", "percent": 100, "bytes_copied": 4096,
            "manifest_file": "\\DriveManifest.xml", "manifest_hash": HASH, "error_log": "https://x/e", "verbose_log": None,
        }  # fmt: skip
        assert found["outbound"] == {"carrier": "DHL", "tracking_number": "7", "drive_count": 1, "ship_date": "1/2/2026"}
        assert found["percent"] == 100

    def test_all_of_the_subscription_are_read_whole_unless_they_are_over(self, script, task):
        going, over = job("web01"), job("old01", state="Completed")
        script.expect("GET", JOBS, version=VERSION, json={"value": [listed(over), listed(going)]})
        script.expect("GET", job_path("web01"), version=VERSION, json=going)
        found = task.run(import_job_info)["jobs"]
        assert [(one["name"], len(one["drives"])) for one in found] == [("old01", 0), ("web01", 1)]

    def test_all_of_a_resource_group(self, script, task):
        script.expect("GET", f"{GROUP}/providers/Microsoft.ImportExport/jobs", version=VERSION, json={"value": []})
        assert task.run(import_job_info, resource_group="rg-seed")["jobs"] == []

    def test_a_job_without_the_parts_that_old_versions_left_out(self, script, task):
        bare = {"id": job_path(), "name": "srv1", "location": "West Europe", "properties": {"state": "Creating", "jobType": "Import"}}
        script.expect("GET", job_path(), version=VERSION, json=bare)
        (found,) = task.run(import_job_info, **NAMED)["jobs"]
        assert (found["created_at"], found["return_address"], found["inbound"], found["drives"], found["tags"]) == (
            None,
            None,
            None,
            [],
            {},
        )

    def test_what_the_sdk_does_not_know_survives(self, script, task):
        script.expect("GET", job_path(), version=VERSION, json=job(shippingInformation={"city": "X", "additionalInformation": "Gate 7"}))
        (found,) = task.run(import_job_info, **NAMED)["jobs"]
        assert found["ship_to"]["instruction"] == "Gate 7"


class TestVault:
    def item(self, **more):
        return {
            "id": f"{VAULT}/backupFabrics/Azure/protectionContainers/c/protectedItems/i",
            "name": "FileFolder;1;D",
            "properties": {
                "friendlyName": "D:\\", "computerName": "srv1.example.com", "protectionState": "IRPending", "lastBackupStatus": "Completed",
                "lastBackupTime": "2026-01-02T03:04:05.12Z", "lastRecoveryPoint": "0001-01-01T00:00:00Z", **more,
            },
        }  # fmt: skip

    def expect(self, script, *items):
        server = {
            "friendlyName": "srv1.example.com", "agentVersion": "2.0.9250.0", "registrationStatus": "Registered",
            "containerHealthState": "Healthy", "protectedItemCount": 1, "extendedInfo": {"lastRefreshedAt": "2026-01-02T00:00:00Z"},
        }  # fmt: skip
        usage = {"name": {"value": "MABContainersCount", "localizedValue": "x"}, "currentValue": 1, "limit": 50, "unit": "Count"}
        redundancy = {"standardTierStorageRedundancy": "GeoRedundant", "crossRegionRestore": "Disabled"}
        vault = {
            "id": VAULT,
            "name": "vault1",
            "location": "West Europe",
            "properties": {"provisioningState": "Succeeded", "redundancySettings": redundancy},
        }
        mab, files = "backupManagementType eq 'MAB'", "backupManagementType eq 'MAB' and itemType eq 'FileFolder'"
        script.expect("GET", VAULT, version=VAULTS, json=vault)
        script.expect(
            "GET", f"{VAULT}/backupProtectionContainers", version=VAULTS, query={"$filter": mab}, json={"value": [{"properties": server}]}
        )
        script.expect("GET", f"{VAULT}/usages", version=VAULTS, json={"value": [usage]})
        script.expect("GET", f"{VAULT}/backupProtectedItems", version=VAULTS, query={"$filter": files}, json={"value": list(items)})

    def run(self, task):
        return task.run(recovery_vault_info, resource_group="rg-seed", name="vault1")

    def test_vault_servers_items_and_usages(self, script, task):
        count = {"recoveryPointCount": 2, "oldestRecoveryPoint": "2026-01-01T00:00:00Z"}
        self.expect(script, self.item(protectionState="Protected", lastRecoveryPoint="2026-01-02T04:00:00+01:00", extendedInfo=count))
        result = self.run(task)
        assert (result["vault"]["location"], result["vault"]["redundancy"]) == ("westeurope", "GeoRedundant")
        assert result["servers"][0]["agent_version"] == "2.0.9250.0" and result["servers"][0]["registered"] is True
        (item,) = result["protected_items"]
        assert (item["protection_state"], item["recovery_point_count"], item["last_recovery_point"]) == (
            "Protected",
            2,
            "2026-01-02T03:00:00Z",
        )
        assert item["last_backup_time"] == "2026-01-02T03:04:05Z"
        assert result["usages"]["MABContainersCount"] == {"current_value": 1, "limit": 50, "unit": "Count"}

    def test_recovery_points_that_the_list_leaves_out_are_asked_for(self, script, task):
        item = self.item()
        self.expect(script, item)
        script.expect(
            "GET",
            item["id"],
            version=VAULTS,
            query={"$filter": "expand eq 'extendedinfo'"},
            json=self.item(extendedInfo={"recoveryPointCount": 0}),
        )
        (found,) = self.run(task)["protected_items"]
        assert (found["recovery_point_count"], found["last_recovery_point"]) == (0, None)

    def test_a_vault_that_is_not_there_is_none(self, script, task):
        script.expect("GET", VAULT, version=VAULTS, status=404, json=refusal("ResourceNotFound"))
        result = self.run(task)
        assert (result["vault"], result["servers"], result["protected_items"], result["usages"]) == (None, [], [], {})

    def test_403_names_the_readers_role(self, script, task):
        script.expect("GET", VAULT, version=VAULTS, status=403, json=refusal("AuthorizationFailed", "no"))
        failure = task.fail(recovery_vault_info, resource_group="rg-seed", name="vault1")
        assert failure.fields["role"] == "Backup Reader"
