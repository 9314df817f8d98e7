# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making, adjusting, canceling and deleting an import job on Microsoft.DataBox."""

from __future__ import annotations

import pytest
from unit.jobs.data_box_worlds import (
    BOX_JOBS,
    DATA_BOX,
    INSTRUCTION,
    PROVIDERS,
    STREET,
    box_body,
    box_drive,
    box_job,
    box_path,
    expect_address,
    expect_box,
    without_details,
)
from unit.jobs.worlds import ACCOUNT, HASH, KEYS, order
from unit.scripted import refusal

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.service import REFUSALS

JOB = box_path()
OPERATION = f"{PROVIDERS}/Microsoft.DataBox/locations/westeurope/operationResults/db34a10d"


@pytest.fixture(autouse=True)
def keys(monkeypatch, task):
    """An escrow that holds the key of WD-1."""
    monkeypatch.setattr(escrow, "read", lambda escrow_dir, serial, password_file: KEYS[serial])
    task.canaries |= set(KEYS.values())


def box_order(**more):
    return order(backend="data_box", **more)


def put(script, **answer):
    script.expect("PUT", JOB, version=DATA_BOX, body=box_body(), **{"status": 202, **answer})


def warnings():
    return task_state.finished({}).get("warnings", [])


class TestMaking:
    def test_a_job_is_made_after_404_with_the_exact_body(self, script, task):
        expect_box(script)
        expect_address(script)
        put(script, status=200, json=without_details(box_job()))
        expect_box(script, box_job())
        result = task.run(import_job, **box_order())
        assert result["changed"] and "backend" not in result
        job = result["job"]
        assert (job["backend"], job["stage"], job["service_state"], job["id"]) == ("data_box", "creating", "AwaitingShipmentDetails", JOB)
        assert (job["created_at"], job["location"], job["storage_account_id"]) == ("2026-01-02T03:04:05Z", "westeurope", ACCOUNT)
        assert (result["ship_to"]["recipient_name"], result["ship_to"]["street_address2"]) == ("Receiving, Microsoft", "Dock 2")
        assert result["ship_to"]["carriers"] == ["DHL", "FedEx"]

    def test_check_mode_sends_nothing_and_shows_the_same_body_masked(self, script, task):
        expect_box(script)
        expect_address(script)
        planned = task.run(import_job, check=True, **box_order())
        assert planned["requests"] == [{"method": "PUT", "path": f"{JOB}?api-version={DATA_BOX}", "body": box_body(masked=True)}]
        assert (planned["job"]["stage"], planned["job"]["drives"][0]["serial"]) == ("creating", "WD-1")

    def test_the_newest_location_is_followed_word_for_word(self, script, time, task):
        """As recorded: 202, then the same path with a new signature, then the job itself; "+" and "/" in a signature stay as they are."""
        signed = "t=6388&c=MII%2BH%2Fz-_%3D%3D&s="
        expect_box(script)
        expect_address(script)
        put(script, headers={"Location": f"{script.url}{OPERATION}?api-version={DATA_BOX}&{signed}first", "Retry-After": "10"})
        signature = {"api-version": DATA_BOX, "t": "6388", "c": "MII+H/z-_=="}
        renewed = {"Location": f"{script.url}{OPERATION}?api-version={DATA_BOX}&{signed}second", "Retry-After": "10"}
        script.expect("GET", OPERATION, query={**signature, "s": "first"}, status=202, headers=renewed)
        there = {"Location": f"{script.url}{JOB}?api-version={DATA_BOX}"}
        script.expect("GET", OPERATION, query={**signature, "s": "second"}, status=202, headers=there)
        script.expect("GET", JOB, version=DATA_BOX, json=without_details(box_job()))
        expect_box(script, box_job())
        assert task.run(import_job, **box_order())["job"]["drives"][0]["serial"] == "WD-1"
        assert time.slept[:2] == [10, 10]

    def test_an_operation_that_fails_ends_with_the_services_words(self, script, task):
        expect_box(script)
        expect_address(script)
        put(script, headers={"Location": f"{script.url}{OPERATION}?api-version={DATA_BOX}"})
        script.expect("GET", OPERATION, version=DATA_BOX, status=400, json=refusal("UserError", "The account is in another region."))
        failure = task.fail(import_job, **box_order())
        assert failure.msg.startswith("Failed to create import job srv1: UserError: The account is in another region.")

    def test_no_token_goes_to_a_stranger_that_a_location_names(self, script, task):
        expect_box(script)
        expect_address(script)
        put(script, headers={"Location": "https://elsewhere.invalid/operationResults/1"})
        assert "no token is sent there" in task.fail(import_job, **box_order()).msg

    def test_an_answer_that_was_lost_is_found_by_reading(self, script, task):
        expect_box(script)
        expect_address(script)
        put(script, lost=True)
        expect_box(script, box_job())
        assert task.run(import_job, **box_order())["job"]["stage"] == "creating"

    @pytest.mark.parametrize("trouble", [{"lost": True}, {"status": 500, "json": refusal("InternalServerError")}])
    def test_a_put_that_was_not_carried_out_is_sent_again_after_reading(self, script, time, task, trouble):
        expect_box(script)
        expect_address(script)
        put(script, **trouble)
        expect_box(script)
        put(script, status=200, json=box_job())
        expect_box(script, box_job())
        assert task.run(import_job, **box_order())["changed"] and time.slept == [1]

    def test_somebody_elses_job_that_came_in_between_is_not_taken_for_ours(self, script, task):
        expect_box(script)
        expect_address(script)
        put(script, lost=True)
        expect_box(script, box_job(details={"importDiskDetailsCollection": {"THEIRS": box_drive()}}))
        failure = task.fail(import_job, **box_order())
        assert "THEIRS" in failure.msg and "WD-1" in failure.msg

    def test_a_job_that_shows_up_a_little_later_is_waited_for(self, script, time, task):
        expect_box(script)
        expect_address(script)
        put(script)
        expect_box(script)
        expect_box(script, box_job())
        assert task.run(import_job, **box_order())["changed"] and time.slept == [1]

    @pytest.mark.parametrize("code", sorted(REFUSALS))
    def test_a_service_that_is_gone_not_registered_or_not_offered_is_told_with_what_the_other_one_needs(self, script, task, code):
        expect_box(script)
        expect_address(script)
        put(script, status=409, json=refusal(code, "The service's own words."))
        failure = task.fail(import_job, **box_order())
        assert failure.fields["cure"] and f"{code}: The service's own words." in failure.msg
        assert (failure.fields["backend"], failure.fields["other_backend"]) == ("data_box", "import_export")
        assert "Microsoft.DataBox refuses; the other service would need: Microsoft.ImportExport registered" in failure.msg

    def test_a_403_names_action_and_role(self, script, task):
        expect_box(script)
        expect_address(script)
        put(script, status=403, json=refusal("AuthorizationFailed", "no"))
        fields = task.fail(import_job, **box_order()).fields
        assert (fields["action"], fields["role"]) == ("Microsoft.DataBox/jobs/write", "Data Box Contributor")

    def test_a_region_without_a_datacenter_is_refused(self, script, task):
        expect_box(script)
        expect_address(script, {})
        failure = task.fail(import_job, **box_order())
        assert failure.fields["field"] == "location" and "backend: import_export" in failure.fields["cure"]

    def test_an_address_that_is_not_public_becomes_an_instruction(self, script, task):
        expect_box(script, box_job())
        expect_address(script, INSTRUCTION)
        ship_to = task.run(import_job, **box_order())["ship_to"]
        assert "Azure says: Contact adbops@microsoft.com with the order" in ship_to["instruction"] and ship_to["city"] == ""

    def test_a_container_for_logs_is_told_not_to_be_used(self, script, task):
        expect_box(script)
        expect_address(script)
        task.run(import_job, check=True, **box_order(diagnostics_path="elsewhere"))
        assert "diagnostics_path elsewhere is not used" in warnings()[0]


class TestAJobThatIsThere:
    def unchanged(self, script, task, resource, **options):
        expect_box(script, resource)
        expect_address(script)
        return task.run(import_job, **box_order(**options))

    @pytest.mark.parametrize(
        ("resource", "options"),
        [
            (box_job(), {}),
            ({**box_job(), "location": "West Europe"}, {}),
            (box_job(details={"importDiskDetailsCollection": {" WD-1 ": box_drive(manifestHash=HASH.lower())}}), {}),
            (box_job(details={"shippingAddress": {**STREET, "city": "AMSTERDAM ", "companyName": "X"}}), {}),
            (box_job(details={"contactDetails": None, "shippingAddress": None, "returnToCustomerPackageDetails": None}), {}),
            (box_job(tags={"seed": "srv1", "theirs": "1"}), {}),
            (box_job(status="Completed"), {"return_shipping": {"carrier": "DHL", "account_number": "1"}}),
        ],
        ids=["same", "display name", "blanks and case", "more of the address", "nulls", "more tags", "over"],
    )
    def test_what_the_service_writes_otherwise_is_no_difference(self, script, task, resource, options):
        result = self.unchanged(script, task, resource, **options)
        assert (result["changed"], result["requests"], warnings()) == (False, [], [])

    def test_a_job_without_details_is_told_and_left_alone(self, script, task):
        assert not self.unchanged(script, task, without_details(box_job()))["changed"]
        assert "tells no details" in warnings()[0]

    def test_what_the_service_never_changes_is_told(self, script, task):
        assert not self.unchanged(script, task, box_job(details={"enableManifestBackup": False}), log_level="Error")["changed"]
        assert [text.split(" of ")[0] for text in warnings()] == ["log_level", "backup_drive_manifest"]

    @pytest.mark.parametrize(
        ("resource", "field"),
        [
            (box_job(details={"importDiskDetailsCollection": {"WD-8": box_drive()}}), "drives"),
            (box_job(details={"importDiskDetailsCollection": {"WD-1": box_drive(manifestHash="0" * 32)}}), "drives"),
            (box_job(details={"dataImportDetails": [{"accountDetails": {"storageAccountId": ACCOUNT + "x"}}]}), "storage_account_id"),
            ({**box_job(), "location": "westus"}, "location"),
        ],
    )
    def test_another_job_of_that_name_fails_and_both_sides_are_said(self, script, task, resource, field):
        expect_box(script, resource)
        expect_address(script)
        failure = task.fail(import_job, **box_order())
        assert failure.fields["field"] == field and "Nothing was changed" in failure.msg

    def test_a_job_for_a_lent_device_of_that_name_is_refused(self, script, task):
        expect_box(script, {**box_job(), "sku": {"name": "DataBoxDisk"}})
        assert task.fail(import_job, **box_order()).fields["seen"] == "DataBoxDisk"

    def test_what_can_be_changed_is_sent_whole_with_what_stands_beside_it(self, script, task):
        there = {**STREET, "streetAddress2": "Floor 9", "city": "Utrecht", "companyName": "X"}
        body = {"properties": {"details": {"shippingAddress": {**STREET, "companyName": "X"}}}, "tags": {"seed": "srv1", "more": "1"}}
        expect_box(script, box_job(details={"shippingAddress": there}))
        expect_address(script)
        script.expect("PATCH", JOB, version=DATA_BOX, body=body, json=box_job())
        expect_box(script, box_job())
        result = task.run(import_job, **box_order(tags={"seed": "srv1", "more": "1"}))
        assert result["diff"]["before"]["properties"]["details"]["shippingAddress"]["city"] == "Utrecht"

    @pytest.mark.parametrize(
        ("details", "options", "changed"),
        [
            ({"contactDetails": {"contactName": "Old", "phone": "0", "emailList": ["a@b"], "mobile": "7"}}, {}, "contactDetails"),
            ({"returnToCustomerPackageDetails": {"carrierName": "DHL"}}, {}, "returnToCustomerPackageDetails"),
            # As the agent's own tool leaves it.
            ({"returnToCustomerPackageDetails": {}}, {}, "returnToCustomerPackageDetails"),
        ],
    )
    def test_contact_and_return_carrier_are_changed_alone(self, script, task, details, options, changed):
        expect_box(script, box_job(details=details))
        expect_address(script)
        wanted = {**details[changed], **box_body()["properties"]["details"][changed]}
        script.expect("PATCH", JOB, version=DATA_BOX, body={"properties": {"details": {changed: wanted}}}, json=box_job())
        expect_box(script, box_job())
        assert task.run(import_job, **box_order())["changed"]

    def test_a_lost_answer_to_a_change_is_found_by_reading(self, script, task):
        expect_box(script, box_job(tags={}))
        expect_address(script)
        script.expect("PATCH", JOB, version=DATA_BOX, body={"tags": {"seed": "srv1"}}, lost=True)
        expect_box(script, box_job())
        assert task.run(import_job, **box_order())["job"]["tags"] == {"seed": "srv1"}

    def test_check_mode_of_a_change_sends_nothing(self, script, task):
        expect_box(script, box_job(details={"returnToCustomerPackageDetails": {"carrierName": "DHL"}}))
        expect_address(script)
        assert task.run(import_job, check=True, **box_order())["job"]["return_shipping"]["carrier"] == "FedEx"

    def test_tags_of_others_go_only_without_append_tags(self, script, task):
        expect_box(script, box_job(tags={"seed": "srv1", "theirs": "1"}))
        expect_address(script)
        script.expect("PATCH", JOB, version=DATA_BOX, body={"tags": {"seed": "srv1"}}, status=202)
        expect_box(script, box_job())
        assert task.run(import_job, **box_order(append_tags=False))["job"]["tags"] == {"seed": "srv1"}

    def test_an_address_that_is_no_longer_editable_is_told_and_left(self, script, task):
        resource = box_job(isShippingAddressEditable=False, details={"shippingAddress": {**STREET, "city": "Utrecht"}})
        assert not self.unchanged(script, task, resource)["changed"]
        assert "does not change it any more" in warnings()[0]

    @pytest.mark.parametrize("resource", [box_job(status="Cancelled"), box_job(cancellationReason="no")])
    def test_a_canceled_job_is_not_brought_back(self, script, task, resource):
        expect_box(script, resource)
        expect_address(script)
        assert "was canceled" in task.fail(import_job, **box_order()).msg


class TestCancelingAndDeleting:
    def names(self, state, **more):
        return {"resource_group": "rg-seed", "name": "srv1", "state": state, "backend": "data_box", **more}

    def cancel(self, script, **answer):
        script.expect("POST", f"{JOB}/cancel", version=DATA_BOX, body={"reason": "Wrong drives."}, **{"status": 204, **answer})

    def test_canceling_gives_the_reason(self, script, task):
        expect_box(script, box_job())
        self.cancel(script)
        expect_box(script, box_job(status="Cancelled", isCancellable=False))
        result = task.run(import_job, **self.names("canceled", cancel_reason="Wrong drives."))
        assert result["changed"] and result["job"]["stage"] == "canceled"

    def test_a_lost_answer_to_canceling_is_found_by_reading(self, script, task):
        expect_box(script, box_job())
        self.cancel(script, lost=True)
        expect_box(script, box_job(details={"jobStages": [{"stageName": "Cancelled", "stageStatus": "Cancelling"}]}))
        assert task.run(import_job, **self.names("canceled", cancel_reason="Wrong drives."))["job"]["cancel_requested"]

    @pytest.mark.parametrize("resource", [None, box_job(status="Cancelled"), box_job(cancellationReason="no")])
    def test_what_is_canceled_stays_as_it_is(self, script, task, resource):
        expect_box(script, resource)
        assert not task.run(import_job, **self.names("canceled"))["changed"]

    @pytest.mark.parametrize("resource", [box_job(isCancellable=False), box_job(status="DataCopy", isCancellable=None)])
    def test_canceling_is_refused_where_the_service_says_so_or_says_nothing_and_the_drives_are_there(self, script, task, resource):
        expect_box(script, resource)
        assert task.fail(import_job, **self.names("canceled")).fields["field"] == "state"

    def test_deleting_follows_its_operation_to_the_end(self, script, task):
        expect_box(script, box_job(status="Cancelled", isDeletable=True))
        operation = f"{OPERATION}-deleteorder"
        location = {"Location": f"{script.url}{operation}?api-version={DATA_BOX}&s=1"}
        script.expect("DELETE", JOB, version=DATA_BOX, status=202, headers=location)
        again = {"Location": f"{script.url}{operation}?api-version={DATA_BOX}&s=2"}
        script.expect("GET", operation, query={"api-version": DATA_BOX, "s": "1"}, status=202, headers=again)
        script.expect("GET", operation, query={"api-version": DATA_BOX, "s": "2"}, status=204)
        result = task.run(import_job, **self.names("absent"))
        assert result["changed"] and result["job"] is None

    def test_204_means_gone(self, script, task):
        expect_box(script, box_job(status="Completed", isDeletable=True))
        script.expect("DELETE", JOB, version=DATA_BOX, status=204)
        assert task.run(import_job, **self.names("absent"))["changed"]

    def test_a_lost_answer_to_a_delete_is_found_by_reading(self, script, task):
        expect_box(script, box_job(isDeletable=True))
        script.expect("DELETE", JOB, version=DATA_BOX, lost=True)
        expect_box(script)
        assert task.run(import_job, **self.names("absent"))["changed"]

    def test_deleting_what_is_not_there_changes_nothing(self, script, task):
        expect_box(script)
        assert not task.run(import_job, **self.names("absent"))["changed"]

    def test_deleting_is_refused_until_the_service_allows_it(self, script, task):
        expect_box(script, box_job(isDeletable=False))
        failure = task.fail(import_job, **self.names("absent"))
        assert "only once it says of itself that it can be deleted" in failure.msg and "state: canceled" in failure.fields["cure"]

    @pytest.mark.parametrize("state", ["canceled", "absent"])
    def test_check_mode_sends_nothing(self, script, task, state):
        expect_box(script, box_job(isDeletable=True))
        result = task.run(import_job, check=True, **self.names(state))
        assert result["changed"] and len(result["requests"]) == 1


def test_nothing_but_details_is_asked_for_in_a_list(script, task):
    """A list takes no $expand; each open job is read on its own."""
    from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job_info

    script.expect("GET", BOX_JOBS, version=DATA_BOX, json={"value": [without_details(box_job("web01"))]})
    expect_box(script, box_job("web01"), box_path("web01"))
    assert len(task.run(import_job_info, backend="data_box")["jobs"]) == 1
