# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Having a vault: what is sent, what is left alone, and what is refused before anything is written."""

from __future__ import annotations

import pytest
from unit.jobs.vault_worlds import (
    FILES,
    LOCKS_VERSION,
    MAB,
    STORAGE,
    VAULT,
    VERSION,
    expect_deleted,
    expect_locks,
    expect_storage,
    expect_vault,
    item,
    lock,
    vault,
)  # fmt: skip
from unit.scripted import GROUP, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import recovery_vault

BODY = {
    "location": "westeurope", "sku": {"name": "Standard"}, "tags": {"purpose": "seeding"},
    "properties": {"publicNetworkAccess": "Enabled", "redundancySettings": {"standardTierStorageRedundancy": "LocallyRedundant"}},
}  # fmt: skip


def wanted(**more):
    options = {"resource_group": "rg-seed", "name": "vault1", "location": "westeurope", "redundancy": "LocallyRedundant"}
    return {**options, "tags": {"purpose": "seeding"}, **more}


def expect_create(script, **answer):
    made = vault("LocallyRedundant", tags={"purpose": "seeding"}, provisioningState="Provisioning")
    script.expect("PUT", VAULT, version=VERSION, body=BODY, **{"status": 201, "json": made, **answer})


def expect_room(script):
    """Nothing of that name, no lock, no deleted vault."""
    expect_vault(script)
    expect_locks(script, scope=GROUP)
    expect_deleted(script)


class TestCreate:
    def test_a_vault_is_made_and_its_operation_followed(self, script, time, task):
        expect_room(script)
        operation = {"Azure-AsyncOperation": f"{script.url}/op?v=1", "Location": f"{script.url}/result", "Retry-After": "10"}
        expect_create(script, headers=operation)
        script.expect("GET", "/op", query={"v": "1"}, json={"status": "InProgress"}, headers={"Retry-After": "7"})
        script.expect("GET", "/op", query={"v": "1"}, json={"status": "Succeeded"})
        expect_vault(script, vault("LocallyRedundant", tags={"purpose": "seeding"}))
        result = task.run(recovery_vault, **wanted())
        assert result["changed"] and (result["vault"]["redundancy"], result["vault"]["provisioning_state"]) == (
            "LocallyRedundant",
            "Succeeded",
        )
        assert [one["body"] for one in result["requests"]] == [BODY]
        assert (time.slept, result["locks"], result["warnings"]) == ([10, 7], [], [])

    def test_check_mode_shows_the_body_and_sends_nothing(self, script, task):
        expect_room(script)
        result = task.run(recovery_vault, check=True, **wanted(location="West Europe"))
        assert [(one["method"], one["body"]) for one in result["requests"]] == [("PUT", BODY)]
        assert result["diff"] == {"before": {}, "after": {"PUT vaults/vault1": BODY}}
        assert (result["vault"]["id"], result["vault"]["location"], result["vault"]["redundancy"]) == (
            VAULT,
            "westeurope",
            "LocallyRedundant",
        )

    def test_without_redundancy_azure_chooses(self, script, task):
        expect_room(script)
        result = task.run(recovery_vault, check=True, **wanted(redundancy=None, tags=None))
        assert result["requests"][0]["body"] == {**BODY, "tags": {}, "properties": {"publicNetworkAccess": "Enabled"}}

    def test_a_service_that_leaves_the_redundancy_out_is_told_it_again(self, script, task):
        expect_room(script)
        expect_create(script)
        expect_vault(script, vault("GeoRedundant"))
        expect_storage(script)
        script.expect("PATCH", STORAGE, version=VERSION, body={"properties": {"storageModelType": "LocallyRedundant"}}, status=204)
        expect_storage(script, redundancy="LocallyRedundant")
        result = task.run(recovery_vault, **wanted())
        assert result["vault"]["redundancy"] == "LocallyRedundant" and [one["method"] for one in result["requests"]] == ["PUT", "PATCH"]

    def test_an_answer_that_was_lost_makes_no_second_vault(self, script, task):
        expect_room(script)
        expect_create(script, lost=True)
        expect_create(script, status=200)
        expect_vault(script, vault("LocallyRedundant"))
        assert task.run(recovery_vault, **wanted())["changed"]

    def test_a_vault_that_failed_to_come_is_told_with_azures_words(self, script, task):
        expect_room(script)
        expect_create(script, headers={"Azure-AsyncOperation": f"{script.url}/op"})
        script.expect("GET", "/op", json={"status": "Failed", "error": {"code": "QuotaExceeded", "message": "Too many vaults."}})
        failure = task.fail(recovery_vault, **wanted())
        assert failure.msg.startswith("Failed to create vault vault1: QuotaExceeded: Too many vaults.")

    def test_a_read_only_lock_of_the_group_is_named_before_anything_is_sent(self, script, task):
        expect_vault(script)
        expect_locks(script, lock("ReadOnly", notes="audit till May"), scope=GROUP)
        failure = task.fail(recovery_vault, **wanted())
        assert f"lock 'keep', ReadOnly, lies on {GROUP} (note: audit till May)" in failure.msg
        assert (failure.fields["code"], failure.fields["seen"]["scope"]) == ("ScopeLocked", GROUP)

    def test_a_lock_is_one_however_its_id_is_written(self, script, task):
        shouted = lock("ReadOnly")
        expect_vault(script)
        expect_locks(script, {**shouted, "id": shouted["id"].upper()}, scope=GROUP)
        assert task.fail(recovery_vault, **wanted()).fields["code"] == "ScopeLocked"

    def test_a_lock_of_another_resource_of_the_group_does_not_matter(self, script, task):
        expect_vault(script)
        expect_locks(script, lock(scope=f"{GROUP}/providers/Microsoft.Storage/storageAccounts/a"), lock("CanNotDelete"), scope=GROUP)
        expect_deleted(script)
        result = task.run(recovery_vault, check=True, **wanted())
        assert [one["level"] for one in result["locks"]] == ["CanNotDelete"]

    def test_locks_that_may_not_be_read_are_unknown_and_do_not_stop_it(self, script, task):
        expect_vault(script)
        locks = f"{GROUP}/providers/Microsoft.Authorization/locks"
        script.expect("GET", locks, version=LOCKS_VERSION, status=403, json=refusal("AuthorizationFailed", "no"))
        expect_deleted(script)
        assert task.run(recovery_vault, check=True, **wanted())["locks"] is None

    def test_the_name_of_a_deleted_vault_is_refused_with_its_dates(self, script, task):
        expect_vault(script)
        expect_locks(script, scope=GROUP)
        expect_deleted(script, VAULT.replace("rg-seed", "rg-other"), VAULT.upper())
        failure = task.fail(recovery_vault, **wanted())
        assert (
            "deleted 2026-01-01T00:00:00Z, purged 2026-01-15T00:00:00Z" in failure.msg and "Bring that vault back" in failure.fields["cure"]
        )

    @pytest.mark.parametrize(
        ("status", "code"), [(404, "InvalidResourceType"), (400, "NoRegisteredProviderFound"), (403, "AuthorizationFailed")]
    )
    def test_where_azure_does_not_tell_of_deleted_vaults_a_warning_says_so(self, script, task, status, code):
        expect_vault(script)
        expect_locks(script, scope=GROUP)
        expect_deleted(script, status=status, json=refusal(code))
        assert "not known" in task.run(recovery_vault, check=True, **wanted())["warnings"][0]

    def test_a_deleted_vault_that_is_not_named_could_be_this_one(self, script, task):
        expect_vault(script)
        expect_locks(script, scope=GROUP)
        expect_deleted(script, json={"value": [{"properties": {}}]})
        assert "not known" in task.run(recovery_vault, check=True, **wanted())["warnings"][0]

    def test_a_missing_resource_group_is_one_clear_error(self, script, task):
        script.expect("GET", VAULT, version=VERSION, status=404, json=refusal("ResourceGroupNotFound", "Resource group 'rg-seed' ..."))
        assert "create the resource group" in task.fail(recovery_vault, **wanted()).fields["cure"]


class TestUpdate:
    def test_what_is_there_as_wanted_changes_nothing_and_costs_one_call(self, script, task):
        expect_vault(script, vault("LocallyRedundant", tags={"purpose": "seeding", "theirs": "1"}))
        result = task.run(recovery_vault, **wanted(location="West Europe"))
        assert (result["changed"], result["requests"], result["locks"]) == (False, [], None)
        assert result["diff"]["before"] == result["diff"]["after"]

    def test_redundancy_that_was_not_asked_for_is_left(self, script, task):
        expect_vault(script, vault("ZoneRedundant"))
        assert task.run(recovery_vault, **wanted(redundancy=None, tags=None))["vault"]["redundancy"] == "ZoneRedundant"

    def test_missing_tags_are_added_to_those_that_are_there(self, script, task):
        expect_vault(script, vault("LocallyRedundant", tags={"theirs": "1"}))
        expect_locks(script)
        both = {"theirs": "1", "purpose": "seeding"}
        script.expect("PATCH", VAULT, version=VERSION, body={"tags": both}, json=vault("LocallyRedundant", tags=both))
        expect_vault(script, vault("LocallyRedundant", tags=both))
        result = task.run(recovery_vault, **wanted())
        assert result["vault"]["tags"] == both
        assert result["diff"]["before"]["vault"] == {"tags": {"theirs": "1"}, "redundancy": "LocallyRedundant"}
        assert result["diff"]["after"]["vault"] == {"tags": both, "redundancy": "LocallyRedundant"}

    def test_an_unlocked_redundancy_is_changed_and_looked_at(self, script, task):
        expect_vault(script, vault(tags={"purpose": "seeding"}))
        expect_locks(script)
        expect_storage(script)
        script.expect("PATCH", STORAGE, version=VERSION, body={"properties": {"storageModelType": "LocallyRedundant"}}, status=204)
        expect_storage(script, redundancy="LocallyRedundant")
        result = task.run(recovery_vault, **wanted())
        assert result["vault"]["redundancy"] == "LocallyRedundant"
        assert (result["diff"]["before"]["vault"]["redundancy"], result["diff"]["after"]["vault"]["redundancy"]) == (
            "GeoRedundant", "LocallyRedundant",
        )  # fmt: skip

    def test_check_mode_of_both_changes_shows_both_bodies(self, script, task):
        expect_vault(script, vault())
        expect_locks(script)
        expect_storage(script)
        result = task.run(recovery_vault, check=True, **wanted())
        assert [one["body"] for one in result["requests"]] == [
            {"properties": {"storageModelType": "LocallyRedundant"}}, {"tags": {"purpose": "seeding"}},
        ]  # fmt: skip
        assert (result["vault"]["redundancy"], result["vault"]["tags"]) == ("LocallyRedundant", {"purpose": "seeding"})

    def test_a_change_that_did_not_take_is_a_failure(self, script, task):
        expect_vault(script, vault(tags={"purpose": "seeding"}))
        expect_locks(script)
        expect_storage(script)
        script.expect("PATCH", STORAGE, version=VERSION, status=204)
        expect_storage(script)
        failure = task.fail(recovery_vault, **wanted())
        assert (failure.fields["field"], failure.fields["seen"]) == ("redundancy", "GeoRedundant")

    @pytest.mark.parametrize("check", [True, False])
    def test_a_locked_redundancy_is_refused_with_what_holds_it(self, script, task, check):
        expect_vault(script, vault())
        expect_locks(script)
        expect_storage(script, state="Locked")
        server = {"properties": {"friendlyName": "srv1"}}
        script.expect("GET", f"{VAULT}/backupProtectionContainers", version=VERSION, query=MAB, json={"value": [server]})
        gone = item("E:\\", isScheduledForDeferredDelete=True, deferredDeleteTimeRemaining="13.05:00:00")
        script.expect("GET", f"{VAULT}/backupProtectedItems", version=VERSION, query=FILES, json={"value": [item(), gone]})
        failure = task.fail(recovery_vault, check=check, **wanted())
        assert "it must be GeoRedundant" in failure.msg
        assert r"registered servers: srv1; protected items: D:\; items in soft delete: E:\ (purged in 13.05:00:00)" in failure.msg
        assert "make another vault" in failure.fields["cure"]

    def test_cross_region_restore_holds_geo_redundancy(self, script, task):
        expect_vault(script, vault())
        expect_locks(script)
        expect_storage(script, cross_region=True)
        assert "cross-region restore" in task.fail(recovery_vault, **wanted()).msg

    def test_a_vault_that_does_not_tell_its_redundancy_is_asked_by_its_storage(self, script, task):
        expect_vault(script, vault(None, tags={"purpose": "seeding"}))
        expect_storage(script, redundancy="LocallyRedundant", state="Locked")
        result = task.run(recovery_vault, **wanted())
        assert not result["changed"] and result["vault"]["redundancy"] == "LocallyRedundant"

    @pytest.mark.parametrize("state", ["Invalid", None])
    def test_an_unknown_state_of_the_lock_leaves_the_answer_to_azure(self, script, task, state):
        expect_vault(script, vault())
        expect_locks(script)
        expect_storage(script, state=state)
        script.expect("PATCH", STORAGE, version=VERSION, status=400, json=refusal("BMSUserErrorStorageType", "Not allowed."))
        failure = task.fail(recovery_vault, **wanted())
        assert failure.msg.startswith("Failed to change the redundancy of vault vault1: BMSUserErrorStorageType: Not allowed.")

    def test_another_region_is_refused(self, script, task):
        expect_vault(script, vault(location="North Europe"))
        failure = task.fail(recovery_vault, **wanted())
        assert (failure.fields["field"], failure.fields["must"]) == ("location", "where vault vault1 lies, northeurope")

    def test_a_read_only_lock_is_named_before_anything_is_sent(self, script, task):
        expect_vault(script, vault())
        expect_locks(script, lock(scope=VAULT))
        assert "lock 'keep', ReadOnly" in task.fail(recovery_vault, **wanted()).msg

    def test_403_names_the_role_that_may_write(self, script, task):
        expect_vault(script, vault("LocallyRedundant"))
        expect_locks(script)
        script.expect("PATCH", VAULT, version=VERSION, status=403, json=refusal("AuthorizationFailed", "no"))
        assert task.fail(recovery_vault, **wanted()).fields["role"] == "Backup Contributor"


@pytest.mark.parametrize("name", ["v", "1vault", "vault_1", "v" * 51, "vault.1", "-v"])
def test_a_name_that_no_vault_can_have_is_refused_before_anything_is_sent(script, task, name):
    failure = task.fail(recovery_vault, **wanted(name=name))
    assert (failure.fields["field"], failure.fields["seen"]) == ("name", name) and not script.metadata_asked


@pytest.mark.parametrize("answer", [{"properties": []}, {"properties": "x"}, ["x"], {"properties": 3}, {}, {"location": "westeurope"}])
def test_an_answer_that_is_no_vault_is_one_clear_error(script, task, answer):
    script.expect("GET", VAULT, version=VERSION, json=answer)
    failure = task.fail(recovery_vault, **wanted())
    assert failure.fields["cure"]
