# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where drives are shipped to, with the odd records of the public recordings (azure-cli-extensions src/import-export, April 2020)."""

from __future__ import annotations

import pytest
from unit.jobs.data_box_worlds import ADDRESS, DATA_BOX, INSTRUCTION, REGION, expect_address
from unit.jobs.worlds import VERSION, location, location_path
from unit.scripted import refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_location_info

LOCATIONS = "/providers/Microsoft.ImportExport/locations"
BLANK = dict.fromkeys(("streetAddress1", "streetAddress2", "city", "stateOrProvince", "postalCode", "countryOrRegion", "phone"), " ")
NOT_REGISTERED = {"status": 409, "json": refusal("MissingSubscriptionRegistration", "Not registered.")}


def expect_location(script, name="westeurope", *alternates, **address):
    record = location(name, *alternates, **address)
    script.expect("GET", location_path(name), version=VERSION, json=record)
    return record


def one(task, **options):
    (found,) = task.run(import_location_info, **options)["locations"]
    return found


class TestImportExport:
    def test_address_carriers_and_the_record_as_it_came(self, script, task):
        record = expect_location(script, phone="+31 20 1")
        found = one(task, location="West Europe")
        assert (found["backend"], found["location"], found["job_location"]) == ("import_export", "westeurope", "westeurope")
        assert found["carriers"] == {"inbound": ["DHL", "FedEx"], "outbound": ["DHL", "FedEx"]}
        assert (found["address_is_public"], found["human_step"], found["oddities"]) == (True, None, [])
        assert found["raw"] == {"westeurope": record} and found["ship_to"]["city"] == "Middenmeer"

    def test_a_region_that_takes_no_parcels_leads_to_its_alternate(self, script, task):
        own = expect_location(script, "eastus2", "eastus", "centralus", city="Boydton")
        other = expect_location(script, "eastus", city="Ashburn")
        found = one(task, location="eastus2")
        assert (found["job_location"], found["alternates"], found["ship_to"]["city"]) == ("eastus", ["eastus", "centralus"], "Ashburn")
        assert found["raw"] == {"eastus2": own, "eastus": other}

    def test_a_blank_address_is_a_human_step(self, script, task):
        expect_location(script, recipientName="Please contact adbops@microsoft.com with your order name", **BLANK)
        found = one(task, location="westeurope")
        assert not found["address_is_public"] and "inbound id" in found["human_step"] and found["oddities"] == []
        assert "Please contact adbops@microsoft.com" in found["ship_to"]["instruction"]

    def test_line_breaks_are_trimmed_and_told(self, script, task):
        odd = {"streetAddress1": "\nMicrosoft c/o NTT", "phone": "+852 3793 0508\n", "postalCode": "", "countryOrRegion": ""}
        expect_location(script, "eastasia", **odd)
        found = one(task, location="eastasia")
        assert (found["ship_to"]["street_address1"], found["ship_to"]["phone"]) == ("Microsoft c/o NTT", "+852 3793 0508")
        assert found["oddities"] == [
            "postal_code is not given",
            "country_or_region is not given",
            "streetAddress1 had blanks or line breaks around it",
            "phone had blanks or line breaks around it",
        ]
        assert found["raw"]["eastasia"]["properties"]["phone"] == "+852 3793 0508\n"

    def test_shifted_fields_are_shown_complete_and_told(self, script, task):
        shifted = {"city": "Singapore", "stateOrProvince": "539539", "postalCode": "Singapore (SG)", "countryOrRegion": "+659017 9066"}
        record = location("southeastasia", **shifted)
        del record["properties"]["phone"]
        script.expect("GET", location_path("southeastasia"), version=VERSION, json=record)
        found = one(task, location="southeastasia")
        assert (found["ship_to"]["state_or_province"], found["ship_to"]["country_or_region"]) == ("539539", "+659017 9066")
        assert found["oddities"] == [
            "phone is not given",
            "country_or_region is '+659017 9066': the fields of this record may be shifted, compare raw",
        ]

    def test_all_locations_take_one_list(self, script, task):
        records = [location("westeurope"), location("northeurope", "westeurope", city="Dublin"), {**location("westus"), "name": "West US"}]
        script.expect("GET", LOCATIONS, version=VERSION, json={"value": records})
        found = task.run(import_location_info)["locations"]
        assert [(entry["location"], entry["job_location"]) for entry in found] == [
            ("northeurope", "westeurope"),
            ("westeurope", "westeurope"),
            ("westus", "westus"),
        ]
        assert found[0]["ship_to"]["city"] == "Middenmeer"

    def test_a_region_that_is_not_known_is_refused(self, script, task):
        script.expect("GET", location_path("atlantis"), version=VERSION, status=404, json=refusal("LocationNotFound"))
        assert task.fail(import_location_info, location="atlantis").fields["field"] == "location"


class TestDataBox:
    def test_address_and_carriers_of_the_way_back(self, script, task):
        expect_address(script)
        found = one(task, location="West Europe", backend="data_box")
        assert (found["backend"], found["job_location"], found["alternates"]) == ("data_box", "westeurope", [])
        assert found["carriers"] == {"inbound": [], "outbound": ["DHL", "FedEx"]}
        assert found["raw"] == {"westeurope": ADDRESS} and found["oddities"] == ["phone is not given"]

    def test_an_instruction_is_a_human_step(self, script, task):
        expect_address(script, INSTRUCTION)
        found = one(task, location="westeurope", backend="data_box")
        assert not found["address_is_public"] and found["human_step"] and "Azure says: Contact" in found["ship_to"]["instruction"]

    @pytest.mark.parametrize("answer", [{"json": {}}, {"json": {"datacenterAddressResponse": None}}])
    def test_a_region_without_an_address_is_refused(self, script, task, answer):
        script.expect("POST", REGION, version=DATA_BOX, **answer)
        assert task.fail(import_location_info, location="westeurope", backend="data_box").fields["field"] == "location"

    def test_there_is_no_list(self, task):
        assert task.fail(import_location_info, backend="data_box").fields["field"] == "location"


class TestBoth:
    def test_both_answer(self, script, task):
        expect_address(script)
        expect_location(script)
        result = task.run(import_location_info, location="westeurope", backend="auto")
        assert [entry["backend"] for entry in result["locations"]] == ["data_box", "import_export"]
        assert result["backend_reason"] == "data_box: answers. import_export: answers."
        assert set(result["locations"][0]) == set(result["locations"][1])

    def test_one_that_refuses_is_left_out_and_said(self, script, task):
        script.expect("POST", REGION, version=DATA_BOX, **NOT_REGISTERED)
        expect_location(script)
        result = task.run(import_location_info, location="westeurope", backend="auto")
        assert len(result["locations"]) == 1 and "data_box: Failed to read the shipping address" in result["backend_reason"]

    def test_two_that_refuse_are_one_error(self, script, task):
        script.expect("POST", REGION, version=DATA_BOX, **NOT_REGISTERED)
        script.expect("GET", location_path("westeurope"), version=VERSION, **NOT_REGISTERED)
        assert task.fail(import_location_info, location="westeurope", backend="auto").msg.startswith("Neither service tells an address.")

    def test_a_403_is_not_passed_over(self, script, task):
        script.expect("POST", REGION, version=DATA_BOX, status=403, json=refusal("AuthorizationFailed"))
        failure = task.fail(import_location_info, location="westeurope", backend="auto")
        assert failure.fields["action"] == "Microsoft.DataBox/locations/regionConfiguration/action"

    def test_all_locations_are_those_of_import_export(self, script, task):
        script.expect("GET", LOCATIONS, version=VERSION, json={"value": [location()]})
        assert len(task.run(import_location_info, backend="auto")["locations"]) == 1
