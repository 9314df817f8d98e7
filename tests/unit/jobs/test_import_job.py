# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making, adjusting, canceling and deleting an import job."""

from __future__ import annotations

import json

import pytest
from unit.jobs.worlds import ACCOUNT, HASH, KEYS, VERSION, body, drive, job, job_path, location, location_path, order
from unit.scripted import GROUP, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job

JOB = job_path()
NOT_FOUND = {"status": 404, "json": refusal("ResourceNotFound", "The Resource was not found.")}


@pytest.fixture(autouse=True)
def keys(monkeypatch, task):
    """An escrow that holds a key of WD-1 and WD-2."""

    def read(escrow_dir, serial, password_file):
        if serial not in KEYS:
            raise Failure(f"Escrow holds no key of drive {serial}")
        return KEYS[serial]

    monkeypatch.setattr(escrow, "read", read)
    task.canaries |= set(KEYS.values())


def expect_get(script, resource=None, **more):
    script.expect("GET", JOB, version=VERSION, **({"json": resource} if resource else NOT_FOUND), **more)


def expect_location(script, name="westeurope", *alternates, **address):
    script.expect("GET", location_path(name), version=VERSION, json=location(name, *alternates, **address))


def put(script, **answer):
    script.expect("PUT", JOB, version=VERSION, body=body(), **answer)


class TestMaking:
    def test_a_job_is_made_after_404_with_the_exact_body(self, script, task):
        expect_get(script)
        expect_location(script)
        put(script, status=201, json=job())
        result = task.run(import_job, **order())
        assert result["changed"]
        assert (result["job"]["stage"], result["job"]["id"], result["job"]["created_at"]) == ("creating", JOB, "2026-01-02T03:04:05Z")
        assert result["job"]["location"] == "westeurope"
        assert result["ship_to"]["carriers"] == ["DHL", "FedEx"] and result["ship_to"]["city"] == "Middenmeer"

    def test_check_mode_sends_nothing_and_shows_the_same_body_masked(self, script, task):
        for _unused in range(2):
            expect_get(script)
            expect_location(script)
        put(script, status=201, json=job())
        planned, made = task.run(import_job, check=True, **order()), task.run(import_job, **order())
        assert (
            planned["requests"]
            == made["requests"]
            == [{"method": "PUT", "path": f"{JOB}?api-version={VERSION}", "body": body(masked=True)}]
        )
        assert planned["diff"] == made["diff"]
        assert planned["diff"]["after"]["PUT jobs/srv1"] == body(masked=True)
        assert set(planned) == set(made) and set(planned["job"]) == set(made["job"])

    def test_keys_are_remembered_as_secrets_of_the_task(self, script, task):
        expect_get(script)
        expect_location(script)
        put(script, status=201, json=job(errorText=KEYS["WD-1"]))
        task.run(import_job, **order())
        assert KEYS["WD-1"] in task_state.secrets()

    def test_a_refusal_that_quotes_the_key_is_masked_where_the_task_ends(self, script, task):
        expect_get(script)
        expect_location(script)
        put(script, status=400, json=refusal("BadKey", f"{KEYS['WD-1']} is no key"))
        params = task.params(import_job, order())
        with pytest.raises(Failure) as caught:
            import_job.run(params, False, azure=task.connect())
        told = task_state.finished({"msg": caught.value.msg, **caught.value.fields})
        assert "CANARY" not in json.dumps(told) and "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER is no key" in told["msg"]

    def test_a_drive_without_a_key_in_escrow_stops_before_the_put(self, script, task):
        expect_get(script)
        expect_location(script)
        failure = task.fail(import_job, **order(drives=[{"serial": "WD-9", "manifest_hash": HASH}]))
        assert "WD-9" in failure.msg

    def test_an_answer_that_was_lost_is_found_by_reading(self, script, task):
        expect_get(script)
        expect_location(script)
        put(script, lost=True)
        expect_get(script, job())
        result = task.run(import_job, **order())
        assert result["changed"] and result["job"]["stage"] == "creating"

    @pytest.mark.parametrize("trouble", [{"lost": True}, {"status": 500, "json": refusal("InternalServerError")}])
    def test_a_put_that_was_not_carried_out_is_sent_again_after_reading(self, script, time, task, trouble):
        expect_get(script)
        expect_location(script)
        put(script, **trouble)
        expect_get(script)
        put(script, status=201, json=job())
        assert task.run(import_job, **order())["changed"]
        assert time.slept == [1]

    def test_a_put_that_is_never_carried_out_ends_with_its_reason(self, script, task):
        expect_get(script)
        expect_location(script)
        for _unused in range(5):
            put(script, status=500, json=refusal("InternalServerError", "Broken."))
            expect_get(script)
        assert task.fail(import_job, **order()).msg.startswith("Failed to create import job srv1: InternalServerError: Broken.")

    def test_somebody_elses_job_that_came_in_between_is_not_taken_for_ours(self, script, task):
        expect_get(script)
        expect_location(script)
        put(script, lost=True)
        expect_get(script, job(drives=("THEIRS",)))
        failure = task.fail(import_job, **order())
        assert "THEIRS" in failure.msg and "WD-1" in failure.msg

    def test_throttling_of_the_put_needs_no_reading(self, script, time, task):
        expect_get(script)
        expect_location(script)
        put(script, status=429, json=refusal("TooManyRequests"), headers={"Retry-After": "9"})
        put(script, status=201, json=job())
        task.run(import_job, **order())
        assert time.slept == [9]


class TestWhereToShip:
    def test_a_region_that_takes_no_parcels_makes_the_job_at_its_alternate(self, script, task):
        expect_get(script)
        expect_location(script, "northeurope", "westeurope")
        expect_location(script, "westeurope")
        put(script, status=201, json=job())
        result = task.run(import_job, **order(location="North Europe"))
        assert result["job"]["location"] == "westeurope"

    def test_a_job_at_the_alternate_is_known_again(self, script, task):
        expect_get(script, job())
        expect_location(script, "northeurope", "westeurope")
        expect_location(script, "westeurope")
        assert not task.run(import_job, **order(location="northeurope"))["changed"]

    def test_a_blank_address_becomes_an_instruction_to_ask_for_it(self, script, task):
        told = "Please contact adbops@microsoft.com with your order name"
        blank = dict.fromkeys(
            ("streetAddress1", "streetAddress2", "city", "stateOrProvince", "postalCode", "countryOrRegion", "phone"), " "
        )
        expect_get(script, job())
        expect_location(script, recipientName=told, **blank)
        result = task.run(import_job, **order())
        assert "Write to adbops@microsoft.com with the name of the import job" in result["ship_to"]["instruction"]
        assert told in result["ship_to"]["instruction"]
        assert result["ship_to"]["city"] == ""

    def test_odd_blanks_in_an_address_are_trimmed(self, script, task):
        expect_get(script, job())
        expect_location(script, streetAddress1="\n Microsoft + NTT ", phone="+852 3793 0508\n", stateOrProvince=None)
        ship_to = task.run(import_job, **order())["ship_to"]
        assert (ship_to["street_address1"], ship_to["phone"], ship_to["state_or_province"]) == ("Microsoft + NTT", "+852 3793 0508", "")

    def test_a_region_that_the_service_does_not_know_is_refused(self, script, task):
        expect_get(script)
        script.expect("GET", location_path("atlantis"), version=VERSION, status=404, json=refusal("LocationNotFound"))
        failure = task.fail(import_job, **order(location="atlantis"))
        assert (failure.fields["field"], failure.fields["seen"]) == ("location", "atlantis")


class TestAJobThatIsThere:
    def unchanged(self, script, task, resource, **options):
        expect_get(script, resource)
        expect_location(script)
        return task.run(import_job, **order(**options))

    def test_the_same_order_changes_nothing(self, script, task):
        result = self.unchanged(script, task, job())
        assert (result["changed"], result["requests"]) == (False, [])
        assert result["job"]["ship_to"]["carriers"] == ["DHL", "FedEx"]

    @pytest.mark.parametrize(
        ("resource", "options"),
        [
            (job(storageAccountId=ACCOUNT.upper()), {}),
            (job(), {"location": "West Europe"}),
            (job(driveList=[drive("WD-1", manifestHash=HASH.lower())]), {}),
            (
                job(driveList=[drive("WD-2"), drive("WD-1")]),
                {"drives": [{"serial": one, "manifest_hash": HASH} for one in ("WD-1", "WD-2")]},
            ),
            (job(returnShipping={"carrierName": "FedEx"}), {}),
            (job(returnAddress=None), {}),
            (job(tags={"seed": "srv1", "theirs": "1"}), {}),
            (job(state="Completed", logLevel="Error"), {}),
            (job(diagnosticsPath=None, logLevel=None, backupDriveManifest=None), {"log_level": "Error", "backup_drive_manifest": False}),
        ],
        ids=[
            "case of ids",
            "display name",
            "case of hash",
            "order of drives",
            "no account number",
            "no address",
            "more tags",
            "over",
            "defaults",
        ],
    )
    def test_what_the_service_writes_otherwise_is_no_difference(self, script, task, resource, options):
        said = {name: value for name, value in resource["properties"].items() if value is not None}
        assert not self.unchanged(script, task, {**resource, "properties": said}, **options)["changed"]

    def test_other_drives_fail_and_both_sides_are_said(self, script, task):
        expect_get(script, job(drives=("WD-8",)))
        expect_location(script)
        failure = task.fail(import_job, **order())
        assert "the job has WD-8" in failure.msg and "asked for is WD-1" in failure.msg
        assert failure.fields["field"] == "drives"
        assert "Nothing was changed" in failure.msg

    def test_the_same_drive_with_another_manifest_is_another_drive(self, script, task):
        expect_get(script, job(driveList=[drive("WD-1", manifestHash="0" * 32)]))
        expect_location(script)
        assert task.fail(import_job, **order()).fields["field"] == "drives"

    @pytest.mark.parametrize(
        ("options", "field"),
        [({"storage_account_id": ACCOUNT + "x"}, "storage_account_id"), ({"diagnostics_path": "elsewhere"}, "diagnostics_path")],
    )
    def test_what_cannot_be_changed_is_refused(self, script, task, options, field):
        expect_get(script, job())
        expect_location(script)
        assert task.fail(import_job, **order(**options)).fields["field"] == field

    def test_what_can_be_changed_is_sent_alone(self, script, task):
        expect_get(script, job(logLevel="Error"))
        expect_location(script)
        script.expect("PATCH", JOB, version=VERSION, body={"properties": {"logLevel": "Verbose"}}, json=job())
        result = task.run(import_job, **order())
        assert result["diff"] == {"before": {"properties": {"logLevel": "Error"}}, "after": {"properties": {"logLevel": "Verbose"}}}

    def test_check_mode_of_a_change_sends_nothing(self, script, task):
        expect_get(script, job())
        expect_location(script)
        result = task.run(import_job, check=True, **order(tags={"seed": "srv1", "more": "x"}))
        assert result["requests"][0]["body"] == {"tags": {"seed": "srv1", "more": "x"}}
        assert result["job"]["tags"] == {"seed": "srv1", "more": "x"}

    def test_tags_of_others_go_only_without_append_tags(self, script, task):
        expect_get(script, job(tags={"seed": "srv1", "theirs": "1"}))
        expect_location(script)
        script.expect("PATCH", JOB, version=VERSION, body={"tags": {"seed": "srv1"}}, json=job())
        assert task.run(import_job, **order(append_tags=False))["changed"]

    def test_who_says_nothing_of_tags_removes_none(self, script, task):
        assert not self.unchanged(script, task, job(tags={"seed": "srv1", "theirs": "1"}), append_tags=False, tags=None)["changed"]

    def test_a_canceled_job_is_not_brought_back(self, script, task):
        expect_get(script, job(state="Canceled"))
        expect_location(script)
        assert "was canceled" in task.fail(import_job, **order()).msg


class TestCancelingAndDeleting:
    def names(self, state):
        return {"resource_group": "rg-seed", "name": "srv1", "state": state}

    def test_canceling_asks_for_it(self, script, task):
        expect_get(script, job())
        script.expect("PATCH", JOB, version=VERSION, body={"properties": {"cancelRequested": True}}, json=job(cancelRequested=True))
        result = task.run(import_job, **self.names("canceled"))
        assert result["changed"] and result["job"]["cancel_requested"]

    @pytest.mark.parametrize("resource", [None, job(state="Canceled"), job(cancelRequested=True)])
    def test_what_is_canceled_stays_as_it_is(self, script, task, resource):
        expect_get(script, resource)
        assert not task.run(import_job, **self.names("canceled"))["changed"]

    @pytest.mark.parametrize("state", ["Received", "Transferring", "Packaging", "Completed", "Closed"])
    def test_canceling_comes_too_late_once_the_drives_are_there(self, script, task, state):
        expect_get(script, job(state=state))
        failure = task.fail(import_job, **self.names("canceled"))
        assert failure.fields["seen"] == state

    @pytest.mark.parametrize(
        "resource", [job(), job(state="Completed"), job(state="Canceled"), job(state="Shipping", cancelRequested=True)]
    )
    def test_deleting_sends_a_delete(self, script, task, resource):
        expect_get(script, resource)
        script.expect("DELETE", JOB, version=VERSION)
        result = task.run(import_job, **self.names("absent"))
        assert result["changed"] and result["job"] is None

    def test_a_lost_answer_to_a_delete_is_found_by_reading(self, script, task):
        expect_get(script, job())
        script.expect("DELETE", JOB, version=VERSION, lost=True)
        expect_get(script)
        assert task.run(import_job, **self.names("absent"))["changed"]

    def test_deleting_what_is_not_there_changes_nothing(self, script, task):
        expect_get(script)
        assert not task.run(import_job, **self.names("absent"))["changed"]

    @pytest.mark.parametrize(
        ("state", "cure"),
        [
            ("Shipping", "cancel it first with state: canceled"),
            ("Transferring", "wait until the drives come back"),
            ("Closed", "Azure deletes it by itself 90 days after its end"),
        ],
    )
    def test_deleting_is_refused_while_azure_would_and_the_cure_is_one_of_that_state(self, script, task, state, cure):
        expect_get(script, job(state=state))
        failure = task.fail(import_job, **self.names("absent"))
        assert cure in failure.fields["cure"] and failure.fields["seen"] == state
        assert "only while it is Creating or once it is Completed or canceled" in failure.fields["rule"]

    @pytest.mark.parametrize(("state", "cure"), [("Packaging", "wait until"), ("Completed", "the job is over")])
    def test_canceling_that_comes_too_late_has_a_cure_that_can_be_followed(self, script, task, state, cure):
        expect_get(script, job(state=state))
        assert cure in task.fail(import_job, **self.names("canceled")).fields["cure"]

    @pytest.mark.parametrize("state", ["canceled", "absent"])
    def test_check_mode_sends_nothing(self, script, task, state):
        expect_get(script, job())
        result = task.run(import_job, check=True, **self.names(state))
        assert result["changed"] and len(result["requests"]) == 1


class TestBadInput:
    """Nothing is sent, not even a sign-in."""

    @pytest.mark.parametrize("name", ["x" * 25, "ab", "Srv1", "1srv", "srv1-", "srv_1", ""])
    def test_a_job_name_that_no_service_takes(self, script, task, name):
        failure = task.fail(import_job, **order(name=name))
        assert (failure.fields["field"], failure.fields["seen"]) == ("name", name)
        assert "3 to 24 lower-case letters, digits and hyphens" in failure.msg
        assert not script.metadata_asked

    @pytest.mark.parametrize(
        ("options", "field"),
        [
            ({"drives": []}, "drives"),
            ({"drives": [{"serial": f"S{number}", "manifest_hash": HASH} for number in range(11)]}, "drives"),
            ({"drives": [{"serial": "A", "manifest_hash": HASH}, {"serial": "a", "manifest_hash": HASH}]}, "drives[1].serial"),
            ({"drives": [{"serial": "A B", "manifest_hash": HASH}]}, "drives[0].serial"),
            ({"drives": [{"serial": "A", "manifest_hash": "xyz"}]}, "drives[0].manifest_hash"),
            ({"drives": [{"serial": "A", "manifest_hash": HASH, "manifest_file": "D.xml"}]}, "drives[0].manifest_file"),
            ({"resource_group": "rg seed"}, "resource_group"),
            ({"storage_account_id": f"{GROUP}/providers/Microsoft.ClassicStorage/storageAccounts/x"}, "storage_account_id"),
            ({"return_shipping": {"carrier": "FedEx", "account_number": " "}}, "return_shipping.account_number"),
        ],
    )
    def test_field_value_and_cure_are_named(self, script, task, options, field):
        failure = task.fail(import_job, **order(**options))
        assert failure.fields["field"] == field
        assert failure.fields["cure"]
        assert not script.metadata_asked
