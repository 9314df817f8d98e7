# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return address and carrier of a job that is there, as one of the agent's own tool: set with the parcel or alone, on both services."""

from __future__ import annotations

import pytest
from unit.jobs.data_box_worlds import BOX_JOBS, CONTACT, DATA_BOX, STREET, box_job, box_path, expect_box, without_details
from unit.jobs.worlds import JOBS, RETURN_ADDRESS, VERSION, job, job_path, order
from unit.scripted import refusal

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import shipping_update

NAMED = {"resource_group": "rg-seed", "name": "srv1"}
CARRIER, ADDRESS = order()["return_shipping"], order()["return_address"]
SHIPPING = {"carrierName": "FedEx", "carrierAccountNumber": "123"}
PACKAGE = {"carrierName": "DHL", "trackingNumber": "77", "driveCount": 1}
BOX_PACKAGE = {"carrierName": "DHL", "trackingId": "77"}
PARCEL = {"carrier": "DHL", "tracking_number": "77"}


def warnings():
    return task_state.finished({}).get("warnings", [])


class TestImportExport:
    def expect_get(self, script, resource):
        script.expect("GET", job_path(), version=VERSION, json=resource)

    def expect_patch(self, script, body, resource, **answer):
        script.expect("PATCH", job_path(), version=VERSION, body=body, **(answer or {"json": resource}))

    def bare(self, **more):
        found = job(**more)
        return {**found, "properties": {name: part for name, part in found["properties"].items() if name != "returnShipping"}}

    def test_a_carrier_that_a_job_lacks_is_set_alone(self, script, task):
        self.expect_get(script, self.bare())
        self.expect_patch(script, {"properties": {"returnShipping": SHIPPING}}, job())
        result = task.run(shipping_update, **NAMED, return_shipping=CARRIER)
        assert result["changed"] and result["job"]["return_shipping"] == CARRIER and result["job"]["stage"] == "creating"
        assert [one["path"] for one in result["changes"]] == [
            "properties.returnShipping.carrierName",
            "properties.returnShipping.carrierAccountNumber",
        ]

    def test_address_and_carrier_go_in_the_request_of_the_parcel(self, script, task):
        self.expect_get(script, self.bare(returnAddress={**RETURN_ADDRESS, "city": "Utrecht"}))
        script.expect("GET", JOBS, version=VERSION, json={"value": []})
        script.expect("GET", BOX_JOBS, version=DATA_BOX, json={"value": []})
        body = {
            "properties": {"returnAddress": RETURN_ADDRESS, "returnShipping": SHIPPING, "deliveryPackage": PACKAGE, "state": "Shipping"},
            "tags": {"seed": "srv1", "head": "7"},
        }
        self.expect_patch(script, body, job(state="Shipping", deliveryPackage=PACKAGE))
        result = task.run(shipping_update, **NAMED, **PARCEL, return_address=ADDRESS, return_shipping=CARRIER, tags={"head": 7})
        assert len(result["requests"]) == 1 and result["job"]["stage"] == "shipped"
        assert {"object": "jobs/srv1", "path": "properties.returnAddress.city", "was": "Utrecht", "becomes": "Amsterdam"} in result[
            "changes"
        ]

    def test_what_is_so_already_is_no_difference(self, script, task):
        self.expect_get(script, job(state="Shipping", deliveryPackage=PACKAGE, returnShipping={"carrierName": "fedex"}))
        result = task.run(shipping_update, **NAMED, **PARCEL, return_address=ADDRESS, return_shipping=CARRIER)
        assert (result["changed"], result["requests"], result["changes"]) == (False, [], [])

    def test_it_is_changed_while_the_parcel_travels(self, script, task):
        travelling = job(state="Transferring", deliveryPackage=PACKAGE)
        self.expect_get(script, travelling)
        self.expect_patch(script, {"properties": {"returnShipping": {**SHIPPING, "carrierName": "DHL"}}}, travelling)
        assert task.run(shipping_update, **NAMED, **PARCEL, return_shipping={**CARRIER, "carrier": "DHL"})["changed"]

    def test_a_lost_answer_is_found_by_reading(self, script, task):
        self.expect_get(script, self.bare())
        self.expect_patch(script, {"properties": {"returnShipping": SHIPPING}}, None, lost=True)
        self.expect_get(script, job())
        assert task.run(shipping_update, **NAMED, return_shipping=CARRIER)["changed"]

    def test_a_request_that_was_lost_is_sent_again(self, script, task, time):
        self.expect_get(script, self.bare())
        self.expect_patch(script, {"properties": {"returnShipping": SHIPPING}}, None, status=500, json=refusal("InternalServerError"))
        self.expect_get(script, self.bare())
        self.expect_patch(script, {"properties": {"returnShipping": SHIPPING}}, job())
        task.run(shipping_update, **NAMED, return_shipping=CARRIER)
        assert time.slept == [1]

    def test_check_mode_shows_the_same_and_sends_nothing(self, script, task):
        for _unused in range(2):
            self.expect_get(script, self.bare())
        self.expect_patch(script, {"properties": {"returnShipping": SHIPPING}}, job())
        planned = task.run(shipping_update, check=True, **NAMED, return_shipping=CARRIER)
        made = task.run(shipping_update, **NAMED, return_shipping=CARRIER)
        same = ("changed", "requests", "changes", "diff", "job")
        assert [planned[name] for name in same] == [made[name] for name in same]

    @pytest.mark.parametrize("state", ["Completed", "Closed", "Canceled"])
    def test_of_a_job_that_is_over_it_is_told_and_left(self, script, task, state):
        self.expect_get(script, self.bare(state=state))
        assert not task.run(shipping_update, **NAMED, return_shipping=CARRIER)["changed"]
        assert f"srv1 is {state}: the way back of its drives is not changed any more" in warnings()[0]

    def test_a_job_that_is_not_there_is_one_clear_error(self, script, task):
        script.expect("GET", job_path(), version=VERSION, status=404, json=refusal("ResourceNotFound"))
        assert "There is no import job srv1" in task.fail(shipping_update, **NAMED, return_shipping=CARRIER).msg


class TestDataBox:
    def run(self, task, check=False, **options):
        return task.run(shipping_update, check=check, **NAMED, backend="data_box", **options)

    def of_the_tool(self, **details):
        return box_job(tags={}, details={"returnToCustomerPackageDetails": {}, **details})

    def expect_patch(self, script, body, **answer):
        script.expect("PATCH", box_path(), version=DATA_BOX, body=body, **{"status": 202, **answer})

    @pytest.mark.parametrize("there", [{}, None])
    def test_the_tools_job_gets_a_carrier_alone(self, script, task, there):
        expect_box(script, self.of_the_tool(returnToCustomerPackageDetails=there))
        self.expect_patch(script, {"properties": {"details": {"returnToCustomerPackageDetails": SHIPPING}}})
        expect_box(script, box_job())
        result = self.run(task, return_shipping=CARRIER)
        assert result["changed"] and result["job"]["return_shipping"]["carrier"] == "FedEx"

    def test_the_way_back_goes_first_and_with_the_tags_so_that_a_break_is_made_good(self, script, task):
        there = self.of_the_tool(shippingAddress={**STREET, "city": "Utrecht"})
        details = {"shippingAddress": STREET, "returnToCustomerPackageDetails": SHIPPING}
        tagged = box_job(tags={"head": "7"}, details={"shippingAddress": STREET})
        expect_box(script, there)
        script.expect("GET", BOX_JOBS, version=DATA_BOX, json={"value": [without_details(there)]})
        script.expect("GET", JOBS, version=VERSION, json={"value": []})
        self.expect_patch(script, {"properties": {"details": details}, "tags": {"head": "7"}}, lost=True)
        expect_box(script, tagged)
        script.expect(
            "POST", f"{box_path()}/markDevicesShipped", version=DATA_BOX, body={"deliverToDcPackageDetails": BOX_PACKAGE}, status=204
        )
        expect_box(script, box_job(tags={"head": "7"}, status="ShippedToAzureDC", details={"deliverToDcPackageDetails": BOX_PACKAGE}))
        result = self.run(task, **PARCEL, return_address=ADDRESS, return_shipping=CARRIER, tags={"head": 7})
        assert len(result["requests"]) == 2 and result["job"]["inbound"]["tracking_number"] == "77"

    def test_a_change_that_was_not_carried_out_is_sent_again(self, script, task):
        expect_box(script, self.of_the_tool())
        self.expect_patch(script, {"properties": {"details": {"returnToCustomerPackageDetails": SHIPPING}}}, lost=True)
        expect_box(script, self.of_the_tool())
        self.expect_patch(script, {"properties": {"details": {"returnToCustomerPackageDetails": SHIPPING}}})
        expect_box(script, box_job())
        assert self.run(task, return_shipping=CARRIER)["changed"]

    def test_other_addresses_that_are_written_to_stay(self, script, task):
        more = {
            "emailList": ["it@example.com", "backup@example.com"],
            "notificationPreference": [{"stageName": "Created", "sendNotification": True}],
        }
        expect_box(script, box_job(details={"contactDetails": {**CONTACT, **more, "phone": "0"}}))
        told = self.run(task, check=True, return_address=ADDRESS)["requests"][0]["body"]
        assert told == {"properties": {"details": {"contactDetails": {**CONTACT, **more}}}}

    def test_what_is_so_already_is_no_difference(self, script, task):
        expect_box(script, box_job())
        assert not self.run(task, return_address=ADDRESS, return_shipping={**CARRIER, "account_number": "another"})["changed"]

    def test_an_address_that_is_no_longer_editable_is_told_and_the_carrier_is_set(self, script, task):
        there = self.of_the_tool(shippingAddress={**STREET, "city": "Utrecht"})
        there["properties"]["isShippingAddressEditable"] = False
        expect_box(script, there)
        told = self.run(task, check=True, return_address=ADDRESS, return_shipping=CARRIER)
        assert list(told["requests"][0]["body"]["properties"]["details"]) == ["returnToCustomerPackageDetails"]
        assert "does not change it any more" in warnings()[0]

    def test_a_job_without_details_is_told_and_left_alone(self, script, task):
        expect_box(script, without_details(box_job()))
        assert not self.run(task, return_shipping=CARRIER)["changed"]
        assert "the way back of its drives could not be compared" in warnings()[0]

    def test_a_refusal_has_the_services_words(self, script, task):
        expect_box(script, self.of_the_tool())
        self.expect_patch(
            script, {"properties": {"details": {"returnToCustomerPackageDetails": SHIPPING}}}, status=400, json=refusal("Bad", "No.")
        )
        failure = task.fail(shipping_update, **NAMED, backend="data_box", return_shipping=CARRIER)
        assert failure.msg.startswith("Failed to change the way back of import job srv1: Bad: No.")


class TestBadInput:
    """Nothing is sent, not even a sign-in."""

    @pytest.mark.parametrize(
        ("options", "field"),
        [
            ({}, "carrier"),
            ({"tags": {"head": "7"}}, "carrier"),
            ({"return_shipping": CARRIER, "carrier": "DHL"}, "tracking_number"),
            ({"return_shipping": CARRIER, "drive_count": 1}, "carrier"),
            ({"return_shipping": {**CARRIER, "account_number": " "}}, "return_shipping.account_number"),
            ({"return_address": {**ADDRESS, "city": ""}}, "return_address.city"),
        ],
    )
    def test_field_and_cure_are_named(self, script, task, options, field):
        failure = task.fail(shipping_update, **NAMED, **options)
        assert failure.fields["field"] == field and failure.fields["cure"] and not script.metadata_asked
