# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft.DataBox in the lab: the operations and their ways as recorded, and the product's modules against them over TLS."""

from __future__ import annotations

import urllib.parse

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.offlineseed.azure.plugins.module_utils.arm.client import connect
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.retries import Pace
from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import (
    import_job,
    import_job_info,
    import_location_info,
    shipping_update,
)
from lab import names
from lab.azure import faults
from lab.azure.asgi import ArmServer

from .conftest import RECOVERY_PASSWORD

JOB = f"{names.group_id()}/providers/Microsoft.DataBox/jobs/srv1"
JOBS = JOB.rsplit("/", 1)[0]
REGION = f"/subscriptions/{names.SUBSCRIPTION}/providers/Microsoft.DataBox/locations/westeurope/regionConfiguration"
PARCEL = {"deliverToDcPackageDetails": {"carrierName": "DHL", "trackingId": "T-1"}}
EXPAND = {"$expand": "details"}


@pytest.fixture(autouse=True)
def registered(azure):
    azure.register("Microsoft.DataBox")


@pytest.fixture
def body():
    """What a client sends for a job of one drive."""
    return {
        "location": "westeurope",
        "sku": {"name": "DataBoxCustomerDisk"},
        "properties": {
            "transferType": "ImportToAzure",
            "details": {
                "jobDetailsType": "DataBoxCustomerDisk",
                "contactDetails": {"contactName": "Greta Lind", "phone": "+49 221 5550123", "emailList": ["greta.lind@example.com"]},
                "shippingAddress": {"streetAddress1": "Hafenstr. 12", "city": "Köln", "postalCode": "50678", "country": "DE"},
                "returnToCustomerPackageDetails": {"carrierName": "DHL", "carrierAccountNumber": "LAB-0042"},
                "dataImportDetails": [
                    {"accountDetails": {"dataAccountType": "StorageAccount", "storageAccountId": f"{names.group_id()}/x"}}
                ],
                "importDiskDetailsCollection": {
                    "WD-1": {"manifestFile": "\\DriveManifest.xml", "manifestHash": "A" * 32, "bitLockerKey": RECOVERY_PASSWORD}
                },
            },
        },
    }  # fmt: skip


def follow(azure, response):
    """The request that a Location asks for."""
    parts = urllib.parse.urlsplit(response.headers["location"])
    query = dict(urllib.parse.parse_qsl(parts.query))
    return azure.send("GET", parts.path, version=query.pop("api-version"), **query)


class TestOperations:
    def test_a_put_is_accepted_renewed_and_leads_to_the_job(self, azure, body):
        answer = azure.send("PUT", JOB, body)
        assert (answer.status, answer.body) == (202, None)
        renewed = follow(azure, answer)
        assert renewed.headers["location"].split("?")[0] == answer.headers["location"].split("?")[0]
        there = follow(azure, renewed)
        assert there.status == 202 and follow(azure, there).body["properties"]["status"] == "AwaitingShipmentDetails"

    def test_a_location_that_was_written_anew_is_refused(self, azure, body):
        parts = urllib.parse.urlsplit(azure.send("PUT", JOB, body).headers["location"])
        assert azure.refused("GET", parts.path, version="2022-12-01", t="1", c="MII /==")[0] == 403

    def test_details_come_only_when_they_are_asked_for_and_never_with_a_secret(self, azure, body):
        azure.send("PUT", JOB, body)
        assert "details" not in azure.get(JOB)["properties"]
        told = azure.get(JOB, **EXPAND)
        assert told["properties"]["details"]["importDiskDetailsCollection"] == {
            "WD-1": {"manifestFile": "\\DriveManifest.xml", "manifestHash": "A" * 32}
        }
        assert RECOVERY_PASSWORD not in str(told) and "LAB-0042" not in str(told)

    def test_a_list_has_no_details(self, azure, body):
        azure.send("PUT", JOB, body)
        (listed,) = azure.get(JOBS)["value"]
        assert listed["name"] == "srv1" and "details" not in listed["properties"]

    def test_a_second_put_is_refused(self, azure, body):
        azure.send("PUT", JOB, body)
        assert azure.refused("PUT", JOB, body)[0] == 409

    def test_a_body_without_a_contact_is_refused(self, azure, body):
        del body["properties"]["details"]["contactDetails"]
        assert azure.refused("PUT", JOB, body)[:2] == (400, "InvalidArgument")

    def test_the_parcel_moves_the_job_on_and_ends_canceling(self, azure, body):
        azure.send("PUT", JOB, body)
        assert azure.send("POST", f"{JOB}/markDevicesShipped", PARCEL).status == 204
        told = azure.get(JOB, **EXPAND)["properties"]
        assert (told["status"], told["isCancellable"]) == ("ShippedToAzureDC", False)
        assert told["details"]["deliverToDcPackageDetails"] == PARCEL["deliverToDcPackageDetails"]
        assert azure.refused("POST", f"{JOB}/cancel", {"reason": "x"})[0] == 409

    def test_canceled_then_deleted_as_recorded(self, azure, body):
        azure.send("PUT", JOB, body)
        assert azure.refused("DELETE", JOB)[0] == 409
        assert azure.send("POST", f"{JOB}/cancel", {"reason": "x"}).status == 204
        assert follow(azure, follow(azure, azure.send("DELETE", JOB))).status == 204
        assert azure.send("DELETE", JOB).status == 204
        assert azure.refused("GET", JOB)[1] == "ResourceNotFound"

    def test_a_change_of_what_cannot_be_changed_is_refused(self, azure, body):
        azure.send("PUT", JOB, body)
        assert azure.send("PATCH", JOB, {"tags": {"a": "1"}}).status == 202
        assert azure.get(JOB)["tags"] == {"a": "1"}
        assert azure.refused("PATCH", JOB, {"properties": {"details": {"importDiskDetailsCollection": {}}}})[0] == 400

    def test_a_job_without_a_parcel_is_gone_after_two_weeks(self, azure, body):
        azure.send("PUT", JOB, body)
        azure.clock.advance(days=14)
        assert azure.refused("GET", JOB)[0] == 404

    @pytest.mark.parametrize(("place", "kind"), [("westeurope", "Location"), ("uksouth", "Instruction")])
    def test_where_drives_are_sent(self, azure, place, kind):
        asked = {"datacenterAddressRequest": {"storageLocation": place, "skuName": "DataBoxCustomerDisk"}}
        assert azure.send("POST", REGION, asked).body["datacenterAddressResponse"]["datacenterAddressType"] == f"DatacenterAddress{kind}"

    def test_other_versions_and_an_unregistered_provider_are_refused(self, azure):
        assert azure.refused("GET", JOBS, version="2020-11-01")[1] == "NoRegisteredProviderFound"
        azure.state["providers"]["Microsoft.DataBox"] = {"state": "NotRegistered"}
        assert azure.refused("GET", JOBS)[1] == "MissingSubscriptionRegistration"


class TestTheProductsModules:
    """The whole life of a job, on a server over TLS."""

    @pytest.fixture
    def run(self, azure, azurite, monkeypatch, tmp_path):
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setattr(escrow, "read", lambda *_unused: RECOVERY_PASSWORD)
        server = ArmServer(azure.cloud, azurite.certificates)
        server.start()
        options = {
            "subscription_id": names.SUBSCRIPTION, "client_id": names.CLIENT, "secret": names.CLIENT_SECRET, "tenant": names.TENANT,
            "cloud_environment": server.url, "ca_file": str(azurite.certificates.ca), "token_cache": "none", "backend": "data_box",
        }  # fmt: skip

        def run(core, check=False, **more):
            spec = ArgumentSpecValidator(core.ARGUMENT_SPEC, **getattr(core, "ARGUMENT_RULES", {}))
            outcome = spec.validate({**options, **more})
            assert not outcome.error_messages
            params = outcome.validated_parameters
            result = core.run(params, check, azure=connect(params, Pace(sleep=lambda _seconds: None), {}))
            assert RECOVERY_PASSWORD not in repr(result)
            return result

        yield run
        server.stop()

    def order(self, **more):
        return {
            "resource_group": names.RESOURCE_GROUP, "name": "srv1", "location": "westeurope",
            "storage_account_id": f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/seedlanding",
            "drives": [{"serial": "WD-1", "manifest_hash": "A" * 32}],
            "return_address": {
                "recipient_name": "Greta Lind", "street_address1": "Hafenstr. 12", "city": "Köln", "postal_code": "50678",
                "country_or_region": "DE", "phone": "+49 221 5550123", "email": "greta.lind@example.com",
            },
            "return_shipping": {"carrier": "DHL", "account_number": "LAB-0042"},
            "escrow_dir": "escrow", "tags": {"seed": "srv1"}, **more,
        }  # fmt: skip

    def test_a_job_is_made_once_changed_shipped_and_read(self, run):
        parcel = {"resource_group": names.RESOURCE_GROUP, "name": "srv1", "carrier": "DHL", "tracking_number": "T-1"}
        made = run(import_job, **self.order())
        assert made["changed"] and made["job"]["stage"] == "creating" and made["ship_to"]["city"] == "Middenmeer"
        assert not run(import_job, **self.order())["changed"]
        assert run(import_job, **self.order(tags={"seed": "srv1", "more": "1"}))["job"]["tags"] == {"seed": "srv1", "more": "1"}
        assert run(shipping_update, **parcel)["job"]["stage"] == "shipped"
        assert not run(shipping_update, **parcel)["changed"]
        (found,) = run(import_job_info)["jobs"]
        assert (found["service_state"], found["inbound"]["tracking_number"]) == ("ShippedToAzureDC", "T-1")

    def test_a_job_is_canceled_and_deleted(self, run):
        named = {"resource_group": names.RESOURCE_GROUP, "name": "srv1"}
        run(import_job, **self.order())
        assert run(import_job, **named, state="canceled")["job"]["stage"] == "canceled"
        assert run(import_job, **named, state="absent")["changed"]
        assert not run(import_job, **named, state="absent")["changed"]

    def test_auto_takes_the_service_that_is_registered(self, run, azure):
        result = run(import_job, **self.order(backend="auto"))
        assert result["backend"] == "data_box" and "Microsoft.ImportExport is NotRegistered" in result["backend_reason"]
        azure.register()
        assert run(import_job, **self.order(backend="auto"))["backend_reason"].startswith("The job is on data_box.")

    def test_an_answer_that_was_lost_makes_no_second_job(self, run, azure):
        azure.state["faults"].append(faults.new("lose_answer", method="PUT", path="Microsoft.DataBox"))
        assert run(import_job, **self.order())["changed"]
        assert len(azure.state["data_box_jobs"]) == 1

    def test_where_to_ship(self, run):
        (found,) = run(import_location_info, location="uksouth")["locations"]
        assert not found["address_is_public"] and "Azure says:" in found["ship_to"]["instruction"]
