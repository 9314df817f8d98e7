# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling Microsoft.DataBox of the parcel; a tracking number belongs to one open job of both services."""

from __future__ import annotations

import pytest
from unit.jobs.data_box_worlds import BOX_JOBS, DATA_BOX, box_job, box_path, expect_box, expect_providers, without_details
from unit.jobs.worlds import JOBS, VERSION, job, job_path, listed
from unit.scripted import refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import shipping_update

JOB = box_path()
PACKAGE = {"carrierName": "FedEx", "trackingId": "1Z 999"}
SHIPPED = box_job(status="ShippedToAzureDC", details={"deliverToDcPackageDetails": PACKAGE})


def parcel(**more):
    return {"resource_group": "rg-seed", "name": "srv1", "carrier": "FedEx", "tracking_number": "1Z 999", "backend": "data_box", **more}


def expect_lists(script, *box, other=(), **answer):
    script.expect("GET", BOX_JOBS, version=DATA_BOX, json={"value": [without_details(one) for one in box]})
    script.expect("GET", JOBS, version=VERSION, **(answer or {"json": {"value": [listed(one) for one in other]}}))


def expect_mark(script, **answer):
    body = {"deliverToDcPackageDetails": PACKAGE}
    script.expect("POST", f"{JOB}/markDevicesShipped", version=DATA_BOX, body=body, **{"status": 204, **answer})


def test_the_devices_are_marked_as_shipped(script, task):
    expect_box(script, box_job())
    expect_lists(script, box_job())
    expect_mark(script)
    expect_box(script, SHIPPED)
    result = task.run(shipping_update, **parcel(drive_count=1, ship_date="2026-01-02"))
    assert result["changed"] and result["job"]["stage"] == "shipped"
    assert result["job"]["inbound"] == {"carrier": "FedEx", "tracking_number": "1Z 999", "drive_count": None, "ship_date": None}


def test_check_mode_shows_the_request_and_the_job_as_it_would_be(script, task):
    expect_box(script, box_job())
    expect_lists(script)
    result = task.run(shipping_update, check=True, **parcel())
    (request,) = result["requests"]
    assert request["path"] == f"{JOB}/markDevicesShipped?api-version={DATA_BOX}"
    assert request["body"] == {"deliverToDcPackageDetails": PACKAGE}
    assert (result["job"]["stage"], result["job"]["service_state"], result["job"]["inbound"]["tracking_number"]) == (
        "shipped",
        "ShippedToAzureDC",
        "1Z 999",
    )


@pytest.mark.parametrize("status", ["AwaitingShipmentDetails", "ShippedToAzureDC", "AtAzureDC", "DataCopy", "Completed"])
def test_a_job_that_has_the_parcel_is_left_alone_even_while_its_status_lags_behind(script, task, status):
    expect_box(script, box_job(status=status, details={"deliverToDcPackageDetails": PACKAGE}))
    result = task.run(shipping_update, **parcel(tracking_number="1z-999", drive_count=1, ship_date="2026-01-02"))
    assert (result["changed"], result["requests"]) == (False, [])


def test_tags_go_first_so_that_a_break_between_the_two_is_made_good(script, task):
    expect_box(script, box_job())
    expect_lists(script)
    tags = {"seed": "srv1", "head": "7"}
    script.expect("PATCH", JOB, version=DATA_BOX, body={"tags": tags}, status=202)
    expect_box(script, box_job(tags=tags))
    expect_mark(script)
    expect_box(script, SHIPPED)
    assert len(task.run(shipping_update, **parcel(tags={"head": 7}))["requests"]) == 2


def test_a_lost_answer_to_the_tags_is_found_by_reading(script, task):
    expect_box(script, box_job())
    expect_lists(script)
    script.expect("PATCH", JOB, version=DATA_BOX, body={"tags": {"seed": "srv1", "head": "7"}}, lost=True)
    expect_box(script, box_job(tags={"seed": "srv1", "head": "7"}))
    expect_mark(script)
    expect_box(script, SHIPPED)
    assert task.run(shipping_update, **parcel(tags={"head": 7}))["changed"]


@pytest.mark.parametrize("resource", [box_job(status="AtAzureDC"), box_job(status="Cancelled"), box_job(cancellationReason="no")])
def test_it_comes_too_late_once_the_drives_are_there_or_the_job_is_canceled(script, task, resource):
    expect_box(script, resource)
    assert "cannot be set any more" in task.fail(shipping_update, **parcel()).msg


def test_a_wrong_number_is_corrected_while_the_parcel_travels(script, task):
    expect_box(script, box_job(status="ShippedToAzureDC", details={"deliverToDcPackageDetails": {**PACKAGE, "trackingId": "TYPO"}}))
    expect_lists(script)
    expect_mark(script)
    expect_box(script, SHIPPED)
    assert task.run(shipping_update, **parcel())["diff"]["before"]["deliveryPackage"] == "TYPO"


class TestAnswersThatAreLost:
    def test_a_mark_that_arrived_is_found_by_reading(self, script, task):
        expect_box(script, box_job())
        expect_lists(script)
        expect_mark(script, lost=True)
        expect_box(script, SHIPPED)
        assert task.run(shipping_update, **parcel())["job"]["stage"] == "shipped"

    def test_a_mark_that_did_not_arrive_is_sent_again(self, script, time, task):
        expect_box(script, box_job())
        expect_lists(script)
        expect_mark(script, status=500, json=refusal("InternalServerError"))
        expect_box(script, box_job())
        expect_mark(script)
        expect_box(script, SHIPPED)
        task.run(shipping_update, **parcel())
        assert time.slept == [1]


class TestANumberOfAnotherJob:
    def test_a_number_of_another_job_of_the_same_service_is_refused(self, script, task):
        theirs = box_job("web01", details={"deliverToDcPackageDetails": {**PACKAGE, "trackingId": "1z999"}})
        expect_box(script, box_job())
        script.expect("GET", BOX_JOBS, version=DATA_BOX, json={"value": [without_details(box_job()), without_details(theirs)]})
        expect_box(script, theirs, box_path("web01"))
        assert task.fail(shipping_update, **parcel()).fields["used_by"] == theirs["id"]

    def test_a_number_of_a_job_of_the_other_service_is_refused(self, script, task):
        theirs = job("web01", state="Shipping", deliveryPackage={"carrierName": "FedEx", "trackingNumber": "1Z-999"})
        expect_box(script, box_job())
        expect_lists(script, other=(theirs,))
        script.expect("GET", job_path("web01"), version=VERSION, json=theirs)
        assert task.fail(shipping_update, **parcel()).fields["used_by"] == theirs["id"]

    @pytest.mark.parametrize(
        ("status", "code"), [(409, "MissingSubscriptionRegistration"), (404, "InvalidResourceNamespace"), (404, "InvalidResourceType")]
    )
    def test_a_service_that_the_subscription_cannot_use_has_no_jobs(self, script, task, status, code):
        expect_box(script, box_job())
        expect_lists(script, status=status, json=refusal(code))
        expect_mark(script)
        expect_box(script, SHIPPED)
        assert task.run(shipping_update, **parcel())["changed"]

    def test_a_service_that_may_not_be_read_stops_the_task(self, script, task):
        expect_box(script, box_job())
        expect_lists(script, status=403, json=refusal("AuthorizationFailed"))
        assert task.fail(shipping_update, **parcel()).fields["action"] == "Microsoft.ImportExport/jobs/read"


class TestWhicheverServiceHasTheJob:
    def test_a_job_of_import_export_is_found_and_compared_with_both(self, script, task):
        package = {"carrierName": "FedEx", "trackingNumber": "1Z 999", "driveCount": 1}
        theirs = box_job("web01", details={"deliverToDcPackageDetails": {**PACKAGE, "trackingId": "other"}})
        expect_providers(script)
        expect_box(script)
        script.expect("GET", job_path(), version=VERSION, json=job())
        script.expect("GET", job_path(), version=VERSION, json=job())
        script.expect("GET", JOBS, version=VERSION, json={"value": [listed(job())]})
        script.expect("GET", BOX_JOBS, version=DATA_BOX, json={"value": [without_details(theirs)]})
        expect_box(script, theirs, box_path("web01"))
        body = {"properties": {"deliveryPackage": package, "state": "Shipping"}}
        script.expect("PATCH", job_path(), version=VERSION, body=body, json=job(state="Shipping", deliveryPackage=package))
        result = task.run(shipping_update, **parcel(backend="auto"))
        assert (result["backend"], result["job"]["stage"]) == ("import_export", "shipped")
        assert result["backend_reason"].startswith("The job is on import_export. data_box: Microsoft.DataBox is Registered")

    def test_a_job_that_is_nowhere_is_one_clear_error(self, script, task):
        expect_providers(script)
        expect_box(script)
        script.expect("GET", job_path(), version=VERSION, status=404, json=refusal("ResourceNotFound"))
        expect_box(script)
        assert "There is no import job srv1" in task.fail(shipping_update, **parcel(backend="auto")).msg
