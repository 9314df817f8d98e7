# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling Azure of the parcel."""

from __future__ import annotations

import pytest
from unit.jobs.data_box_worlds import BOX_JOBS, DATA_BOX, box_job, box_path, expect_box, without_details
from unit.jobs.worlds import JOBS, VERSION, job, job_path, listed
from unit.scripted import SUBSCRIPTION, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import shipping_update
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.model import Parcel

JOB = job_path()
OTHER_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/other"
PACKAGE = {"carrierName": "FedEx", "trackingNumber": "1Z 999", "driveCount": 1}
SHIPPED = job(state="Shipping", deliveryPackage=PACKAGE)


def parcel(**more):
    return {"resource_group": "rg-seed", "name": "srv1", "carrier": "FedEx", "tracking_number": "1Z 999", **more}


def expect_get(script, resource, path=JOB):
    script.expect("GET", path, version=VERSION, json=resource)


def expect_list(script, *resources, **more):
    """The list of this service; where no other job in it is open, that of the other service comes next."""
    script.expect("GET", JOBS, version=VERSION, json={"value": [listed(one) for one in resources], **more})
    if all(one["name"] == "srv1" for one in resources) and not more:
        expect_box_list(script)


def expect_box_list(script, *resources, **answer):
    told = {"json": {"value": [without_details(one) for one in resources]}, **answer}
    script.expect("GET", BOX_JOBS, version=DATA_BOX, **told)


def expect_patch(script, body=None, **answer):
    body = body or {"properties": {"deliveryPackage": PACKAGE, "state": "Shipping"}}
    script.expect("PATCH", JOB, version=VERSION, body=body, **{"json": SHIPPED, **answer})


def test_package_and_state_go_in_one_request(script, task):
    expect_get(script, job())
    expect_list(script, job())
    expect_patch(script)
    result = task.run(shipping_update, **parcel())
    assert result["changed"] and result["job"]["stage"] == "shipped"
    assert result["job"]["inbound"] == {"carrier": "FedEx", "tracking_number": "1Z 999", "drive_count": 1, "ship_date": None}


def test_check_mode_shows_the_request_and_the_job_as_it_would_be(script, task):
    expect_get(script, job())
    expect_list(script)
    result = task.run(shipping_update, check=True, **parcel())
    assert result["requests"][0]["body"] == {"properties": {"deliveryPackage": PACKAGE, "state": "Shipping"}}
    assert (result["job"]["stage"], result["job"]["inbound"]["tracking_number"]) == ("shipped", "1Z 999")


@pytest.mark.parametrize("state", ["Shipping", "Received", "Transferring", "Packaging", "Completed", "Closed"])
@pytest.mark.parametrize("number", ["1Z 999", "1z999", "1Z-999"])
def test_a_job_that_has_the_parcel_is_left_alone(script, task, state, number):
    expect_get(script, job(state=state, deliveryPackage=PACKAGE))
    result = task.run(shipping_update, **parcel(tracking_number=number))
    assert (result["changed"], result["requests"]) == (False, [])


def test_tags_alone_cause_no_request(script, task):
    expect_get(script, SHIPPED)
    assert not task.run(shipping_update, **parcel(tags={"new": "1"}))["changed"]


def test_tags_ride_along_and_keep_those_that_are_there(script, task):
    expect_get(script, job())
    expect_list(script)
    expect_patch(script, {"properties": {"deliveryPackage": PACKAGE, "state": "Shipping"}, "tags": {"seed": "srv1", "head": "7"}})
    task.run(shipping_update, **parcel(tags={"head": 7}))


def test_a_package_without_the_state_is_not_yet_shipped(script, task):
    expect_get(script, job(deliveryPackage=PACKAGE))
    expect_list(script)
    expect_patch(script)
    assert task.run(shipping_update, **parcel())["changed"]


def test_a_wrong_number_is_corrected_while_the_parcel_travels(script, task):
    expect_get(script, job(state="Shipping", deliveryPackage={**PACKAGE, "trackingNumber": "TYPO"}))
    expect_list(script)
    expect_patch(script)
    assert task.run(shipping_update, **parcel())["diff"]["before"]["deliveryPackage"] == "TYPO"


def test_an_answer_that_names_another_number_is_no_success(script, task):
    expect_get(script, job())
    expect_list(script, job())
    expect_patch(script, json=job(state="Shipping", deliveryPackage={**PACKAGE, "trackingNumber": "1Z 998"}))
    failure = task.fail(shipping_update, **parcel())
    assert "was told FedEx 1Z 999 and answers with FedEx 1Z 998" in failure.msg
    assert (failure.fields["seen"], failure.fields["expected"]) == ("1Z 998", "1Z 999")


@pytest.mark.parametrize("resource", [job(state="Received"), job(state="Canceled", deliveryPackage=PACKAGE), job(cancelRequested=True)])
def test_it_comes_too_late_once_the_drives_are_there_or_the_job_is_canceled(script, task, resource):
    expect_get(script, resource)
    assert "cannot be set any more" in task.fail(shipping_update, **parcel()).msg


class TestANumberOfAnotherJob:
    def test_a_number_of_another_open_job_is_refused(self, script, task):
        theirs = job("web01", group=OTHER_GROUP, state="Shipping", deliveryPackage={**PACKAGE, "trackingNumber": "1z-999"})
        expect_get(script, job())
        expect_list(script, job(), theirs)
        expect_get(script, theirs, job_path("web01", OTHER_GROUP))
        failure = task.fail(shipping_update, **parcel())
        assert "already that of import job web01 in resource group other" in failure.msg
        assert (failure.fields["field"], failure.fields["used_by"]) == ("tracking_number", theirs["id"])

    def test_one_list_then_one_get_for_each_job_that_is_not_over(self, script, task):
        others = [job(f"web{number:02}", state="Creating") for number in range(20)]
        over = [job("old1", state="Completed", deliveryPackage=PACKAGE), job("old2", state="Closed"), job("old3", state="Canceled")]
        expect_get(script, job())
        expect_list(script, job(), *others, nextLink=f"{script.url}/next?page=2")
        script.expect("GET", "/next", query={"page": "2"}, json={"value": over})
        script.any_order()
        for one in others:
            expect_get(script, one, one["id"])
        expect_box_list(script)
        expect_patch(script)
        assert task.run(shipping_update, **parcel())["changed"]

    def test_a_job_that_is_gone_meanwhile_does_not_matter(self, script, task):
        expect_get(script, job())
        expect_list(script, job("web01"))
        script.expect("GET", job_path("web01"), version=VERSION, status=404, json=refusal("ResourceNotFound"))
        expect_box_list(script)
        expect_patch(script)
        assert task.run(shipping_update, **parcel())["changed"]

    def test_a_number_of_an_open_job_of_the_other_service_is_refused(self, script, task):
        theirs = box_job("web01", details={"deliverToDcPackageDetails": {"carrierName": "FedEx", "trackingId": "1z-999"}})
        expect_get(script, job())
        script.expect("GET", JOBS, version=VERSION, json={"value": [listed(job())]})
        expect_box_list(script, theirs, box_job("old1", status="Completed"))
        expect_box(script, theirs, box_path("web01"))
        assert task.fail(shipping_update, **parcel()).fields["used_by"] == theirs["id"]

    @pytest.mark.parametrize("code", ["MissingSubscriptionRegistration", "InvalidResourceNamespace"])
    def test_a_subscription_without_the_other_service_has_no_jobs_there(self, script, task, code):
        expect_get(script, job())
        script.expect("GET", JOBS, version=VERSION, json={"value": [listed(job())]})
        expect_box_list(script, status=409, json=refusal(code))
        expect_patch(script)
        assert task.run(shipping_update, **parcel())["changed"] and not task_state.finished({}).get("warnings")

    def test_who_may_not_read_the_newer_service_is_told_that_it_was_not_compared(self, script, task):
        expect_get(script, job())
        script.expect("GET", JOBS, version=VERSION, json={"value": [listed(job())]})
        expect_box_list(script, status=403, json=refusal("AuthorizationFailed"))
        expect_patch(script)
        assert task.run(shipping_update, **parcel())["changed"]
        (warning,) = task_state.finished({})["warnings"]
        assert warning.startswith("The tracking number of job srv1 was not compared with those of Microsoft.DataBox: ")

    def test_a_job_that_cannot_be_read_stops_the_task(self, script, task):
        expect_get(script, job())
        expect_list(script, job("web01"))
        text = "no authorization to perform action 'Microsoft.ImportExport/jobs/read' over scope 'x'"
        script.expect("GET", job_path("web01"), version=VERSION, status=403, json=refusal("AuthorizationFailed", text))
        assert task.fail(shipping_update, **parcel()).fields["action"] == "Microsoft.ImportExport/jobs/read"


class TestAnswersThatAreLost:
    def test_a_patch_that_arrived_is_found_by_reading(self, script, task):
        expect_get(script, job())
        expect_list(script)
        expect_patch(script, lost=True)
        expect_get(script, SHIPPED)
        assert task.run(shipping_update, **parcel())["job"]["stage"] == "shipped"

    def test_a_patch_that_did_not_arrive_is_sent_again(self, script, time, task):
        expect_get(script, job())
        expect_list(script)
        expect_patch(script, lost=True)
        expect_get(script, job())
        expect_patch(script)
        task.run(shipping_update, **parcel())
        assert time.slept == [1]

    def test_503_is_a_refusal_and_the_patch_is_sent_again_at_once(self, script, time, task):
        expect_get(script, job())
        expect_list(script)
        expect_patch(script, status=503, json=refusal("ServerBusy"))
        expect_patch(script)
        task.run(shipping_update, **parcel())
        assert time.slept == [1]


@pytest.mark.parametrize("field", ["carrier", "tracking_number"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_carrier_or_number_is_one_clear_error_before_anything_is_sent(script, task, field, value):
    failure = task.fail(shipping_update, **parcel(**{field: value}))
    assert failure.fields["field"] == field and failure.msg.startswith(
        f"{field} is {value!r}; it must be set once the parcel is handed over."
    )
    assert not script.metadata_asked


@pytest.mark.parametrize(
    ("options", "field"),
    [({"tracking_number": "---"}, "tracking_number"), ({"drive_count": 0}, "drive_count"), ({"drive_count": 11}, "drive_count")],
)
def test_numbers_that_cannot_be_are_refused(task, options, field):
    assert task.fail(shipping_update, **parcel(**options)).fields["field"] == field


def test_a_job_that_is_not_there_is_one_clear_error(script, task):
    script.expect("GET", JOB, version=VERSION, status=404, json=refusal("ResourceNotFound"))
    failure = task.fail(shipping_update, **parcel())
    assert failure.msg.startswith("There is no import job srv1 in resource group rg-seed.")


@pytest.mark.parametrize(
    ("there", "wanted", "fulfils"),
    [
        (Parcel("FedEx", "12 34"), Parcel("fedex", "1234"), True),
        (Parcel("FedEx", "1234", 2, "x"), Parcel("FedEx", "1234"), True),
        (Parcel("FedEx", "1234", 2), Parcel("FedEx", "1234", 3), False),
        (Parcel("DHL", "1234"), Parcel("FedEx", "1234"), False),
    ],
)
def test_a_parcel_fulfils_what_is_asked_for(there, wanted, fulfils):
    assert there.fulfils(wanted) is fulfils
