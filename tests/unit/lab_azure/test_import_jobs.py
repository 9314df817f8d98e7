# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft.ImportExport: the ten operations and the rules of states that the API's text and public recordings tell."""

from __future__ import annotations

import pytest

from lab import names

from .conftest import JOB, RECOVERY_PASSWORD

PARCEL = {"carrierName": "DHL", "trackingNumber": "T-1"}


@pytest.fixture(autouse=True)
def registered(azure):
    azure.register()


def shipped(azure, body):
    azure.send("PUT", JOB, body)
    azure.send("PATCH", JOB, {"properties": {"state": "Shipping", "deliveryPackage": PARCEL}})


def set_state(azure, state):
    azure.state["jobs"]["rg-seed/srv1"]["properties"]["state"] = state


def test_create_answers_201_then_200_and_never_shows_a_key(azure, job_body):
    first, second = azure.send("PUT", JOB, job_body), azure.send("PUT", JOB, job_body)
    assert (first.status, second.status) == (201, 200)
    drive = first.body["properties"]["driveList"][0]
    assert drive == {"driveId": "WD-1", "manifestFile": "\\DriveManifest.xml", "manifestHash": "A" * 32, "state": "Specified"}
    assert RECOVERY_PASSWORD not in str([first.body, second.body, azure.get(JOB)])
    assert first.body["properties"]["state"] == "Creating"


def test_the_region_comes_back_as_sent_by_put_and_with_blanks_by_get(azure, job_body):
    assert azure.send("PUT", JOB, job_body).body["location"] == "westeurope"
    assert azure.get(JOB)["location"] == "West Europe"
    assert azure.get(JOB.rsplit("/", 1)[0])["value"][0]["location"] == "West Europe"


def test_the_service_fills_in_the_address_that_was_not_sent(azure, job_body):
    told = azure.send("PUT", JOB, job_body).body["properties"]["shippingInformation"]
    assert (told["city"], told["countryOrRegion"], "supportedCarriers" in told) == ("Middenmeer", "Netherlands (NL)", False)
    job_body["properties"]["shippingInformation"] = {"recipientName": "As looked up", "city": "Elsewhere"}
    assert azure.send("PUT", JOB, job_body).body["properties"]["shippingInformation"]["city"] == "Elsewhere"


def test_keys_are_told_by_their_own_operation_only(azure, job_body):
    azure.send("PUT", JOB, job_body)
    assert azure.send("POST", f"{JOB}/listBitLockerKeys").body == {"value": [{"driveId": "WD-1", "bitLockerKey": RECOVERY_PASSWORD}]}


def test_lists_come_in_pages_without_drives(azure, job_body):
    for number in range(3):
        azure.send("PUT", f"{JOB}{number}", job_body)
    for scope in (names.group_id(), f"/subscriptions/{names.SUBSCRIPTION}"):
        path = f"{scope}/providers/Microsoft.ImportExport/jobs"
        first = azure.get(path, **{"$top": "2"})
        assert [job["name"] for job in first["value"]] == ["srv10", "srv11"]
        assert "driveList" not in first["value"][0]["properties"]
        assert first["nextLink"].endswith("$top=2&$skiptoken=2")
        rest = azure.get(path, **{"$top": "2", "$skiptoken": "2"})
        assert ([job["name"] for job in rest["value"]], "nextLink" in rest) == (["srv12"], False)
    assert azure.refused("GET", path, **{"$top": "101"})[0] == 400


@pytest.mark.parametrize(
    ("path", "value", "target"),
    [
        (("location",), None, None),
        (("location",), "atlantis", None),
        (("properties", "jobType"), "Export", "jobType"),
        (("properties", "storageAccountId"), "seedlanding", "storageAccountId"),
        (("properties", "returnAddress", "phone"), " ", "returnAddress.phone"),
        (("properties", "returnShipping"), None, "returnAddress"),
        (("properties", "logLevel"), "Loud", "logLevel"),
        (("properties", "driveList"), [], "driveList"),
        (("properties", "driveList", 0, "driveId"), "WD 1", "driveList.driveId"),
        (("properties", "driveList", 0, "bitLockerKey"), "-".join(["000012"] * 8), "driveList.bitLockerKey"),
        (("properties", "driveList", 0, "manifestFile"), "DriveManifest.xml", "driveList.manifestFile"),
        (("properties", "driveList", 0, "manifestHash"), "xyz", "driveList.manifestHash"),
    ],
)
def test_a_body_that_makes_no_job_is_refused_without_repeating_a_key(azure, job_body, path, value, target):
    place = job_body
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    answer = azure.send("PUT", JOB, job_body)
    assert (answer.status, answer.body["error"].get("target")) == (400, target)
    assert "000012" not in str(answer.body)
    assert azure.refused("GET", JOB)[:2] == (404, "ResourceNotFound")


@pytest.mark.parametrize("name", ["x", "1abc", "My-Job", "a" * 25, "job-"])
def test_a_bad_name_is_refused(azure, job_body, name):
    assert azure.send("PUT", f"{JOB[:-4]}{name}", job_body).body["error"]["target"] == "jobName"


def test_eleven_drives_and_one_drive_twice_are_refused(azure, job_body):
    drive = job_body["properties"]["driveList"][0]
    job_body["properties"]["driveList"] = [{**drive, "driveId": f"WD-{number}"} for number in range(11)]
    assert azure.refused("PUT", JOB, job_body)[0] == 400
    job_body["properties"]["driveList"] = [drive, drive]
    assert azure.refused("PUT", JOB, job_body)[0] == 400


def test_a_parcel_alone_does_not_ship(azure, job_body):
    azure.send("PUT", JOB, job_body)
    assert azure.send("PATCH", JOB, {"properties": {"deliveryPackage": PARCEL}}).body["properties"]["state"] == "Creating"
    told = azure.send("PATCH", JOB, {"properties": {"state": "Shipping"}, "tags": {"seed": "srv1", "head": "2"}}).body
    assert (told["properties"]["state"], told["properties"]["deliveryPackage"], told["tags"]) == (
        "Shipping",
        PARCEL,
        {"seed": "srv1", "head": "2"},
    )
    assert azure.send("PATCH", JOB, {"properties": {"state": "Shipping"}}).status == 200


def test_shipping_needs_a_parcel_and_no_other_state_can_be_set(azure, job_body):
    azure.send("PUT", JOB, job_body)
    assert "DeliveryPackage" in azure.refused("PATCH", JOB, {"properties": {"state": "Shipping"}})[2]
    assert azure.refused("PATCH", JOB, {"properties": {"state": "Completed"}})[0] == 400
    assert azure.refused("PATCH", JOB, {"properties": {"deliveryPackage": {"carrierName": "DHL"}}})[0] == 400
    assert azure.send("PATCH", JOB, {"properties": {"state": "", "logLevel": "Verbose"}}).body["properties"]["logLevel"] == "Verbose"


def test_a_drive_of_a_job_in_creating_can_be_corrected_and_later_not(azure, job_body):
    azure.send("PUT", JOB, job_body)
    change = {"properties": {"driveList": [{"driveId": "WD-1", "manifestHash": "B" * 32}]}}
    assert azure.send("PATCH", JOB, change).body["properties"]["driveList"][0]["manifestHash"] == "B" * 32
    assert azure.send("POST", f"{JOB}/listBitLockerKeys").body["value"][0]["bitLockerKey"] == RECOVERY_PASSWORD
    azure.send("PATCH", JOB, {"properties": {"state": "Shipping", "deliveryPackage": PARCEL}})
    assert azure.refused("PATCH", JOB, change)[:2] == (409, "Conflict")
    assert azure.refused("PUT", JOB, job_body)[:2] == (409, "Conflict")


def test_a_job_is_canceled_in_creating_only_and_can_be_deleted_then(azure, job_body):
    azure.send("PUT", JOB, job_body)
    assert azure.refused("PATCH", JOB, {"properties": {"cancelRequested": False}})[0] == 400
    told = azure.send("PATCH", JOB, {"properties": {"cancelRequested": True}}).body["properties"]
    assert (told["state"], told["cancelRequested"]) == ("Canceled", True)
    assert azure.send("DELETE", JOB).status == 200
    shipped(azure, job_body)
    assert azure.refused("PATCH", JOB, {"properties": {"cancelRequested": True}})[:2] == (409, "Conflict")


@pytest.mark.parametrize(
    ("state", "status"), [("Creating", 200), ("Completed", 200), ("Shipping", 409), ("Transferring", 409), ("Closed", 409)]
)
def test_a_job_can_be_deleted_in_creating_and_completed_only(azure, job_body, state, status):
    azure.send("PUT", JOB, job_body)
    set_state(azure, state)
    assert azure.send("DELETE", JOB).status == status


def test_a_job_left_in_creating_is_forgotten_after_two_weeks_and_a_touch_restarts_the_clock(azure, job_body):
    azure.send("PUT", JOB, job_body)
    azure.clock.advance(days=13)
    azure.send("PATCH", JOB, {"tags": {"touched": "yes"}})
    azure.clock.advance(days=13)
    assert azure.get(JOB)["properties"]["state"] == "Creating"
    azure.clock.advance(days=1, hours=1)
    assert azure.refused("GET", JOB)[:2] == (404, "ResourceNotFound")


def test_a_shipped_job_is_kept_and_an_ended_one_for_90_days(azure, job_body):
    shipped(azure, job_body)
    azure.clock.advance(days=40)
    assert azure.get(JOB)["properties"]["state"] == "Shipping"
    set_state(azure, "Completed")
    azure.clock.advance(days=60)
    assert azure.refused("GET", JOB)[0] == 404


def test_locations_keep_the_oddities_of_the_recording(azure):
    listed = {one["name"]: one for one in azure.get("/providers/Microsoft.ImportExport/locations")["value"]}
    assert len(listed) == 32
    assert (
        listed["West Europe"]
        == azure.get("/providers/Microsoft.ImportExport/locations/West Europe")
        == azure.get("/providers/Microsoft.ImportExport/locations/westeurope")
    )
    assert "phone" not in listed["West Europe"]["properties"]
    assert listed["UK South"]["properties"]["city"] == " "
    assert listed["East Asia"]["properties"]["streetAddress1"].startswith("\n")
    assert listed["Southeast Asia"]["properties"]["postalCode"] == "Singapore (SG)"
    assert listed["North Europe"]["properties"]["alternateLocations"] == ["/providers/Microsoft.ImportExport/locations/westeurope"]
    assert azure.refused("GET", "/providers/Microsoft.ImportExport/locations/atlantis")[0] == 404


def test_operations_are_told(azure):
    listed = azure.get("/providers/Microsoft.ImportExport/operations")["value"]
    assert "Microsoft.ImportExport/jobs/listBitLockerKeys/action" in [one["name"] for one in listed]
