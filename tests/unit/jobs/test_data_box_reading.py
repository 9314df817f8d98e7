# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading jobs of Microsoft.DataBox: stages, drives, parcels, and answers that are not whole."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.jobs.data_box_worlds import (
    ADDRESS,
    BOX_JOBS,
    DATA_BOX,
    INSTRUCTION,
    NOT_FOUND,
    box_body,
    box_drive,
    box_job,
    box_path,
    expect_box,
    without_details,
)
from unit.jobs.worlds import HASH, KEYS, order
from unit.scripted import GROUP, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job, import_job_info
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.data_box import create_body, differences, job_from
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.import_job import order_from
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.locations import Destination
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.model import ShipTo
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.stages import (
    BY_NAME,
    COPY_STATES,
    OF_LENT_DEVICES,
    STAGES,
    drive_state,
    stage_of,
)
from lab.shared import shared

NAMED = {"resource_group": "rg-seed", "name": "srv1", "backend": "data_box"}
WORDS = [(one.word, stage.name) for stage in STAGES for one in stage.data_box]
DRIVE_WORDS = {"specified", "received", "never_received", "copying", "completed", "completed_with_errors", "failed"}


def progress(status="InProgress", done=50, everything=200, serial="WD-1", **more):
    return {"serialNumber": serial, "copyStatus": status, "bytesProcessed": done, "totalBytesToProcess": everything, **more}


def read(script, task, resource):
    expect_box(script, resource)
    (found,) = task.run(import_job_info, **NAMED)["jobs"]
    return found


class TestStages:
    @pytest.mark.parametrize(("word", "stage"), WORDS)
    def test_stage_and_what_follows_from_it(self, script, task, word, stage):
        found = read(script, task, box_job(status=word, isCancellable=None))
        row = BY_NAME[stage]
        assert (found["stage"], found["service_state"], found["backend"]) == (stage, word, "data_box")
        assert (found["terminal"], found["succeeded"], found["cancellable"]) == (row.terminal, row.succeeded, row.cancellable)

    @pytest.mark.parametrize("word", [*OF_LENT_DEVICES, "Quarantined", "", None])
    def test_a_word_that_is_not_known_is_kept_and_no_success(self, script, task, word):
        found = read(script, task, box_job(status=word))
        assert (found["stage"], found["service_state"], found["succeeded"], found["terminal"]) == ("unknown", word or "", False, False)

    def test_only_one_word_is_a_success(self):
        assert [word for word, stage in WORDS if BY_NAME[stage].succeeded] == ["Completed"]

    def test_the_services_have_words_of_their_own(self):
        assert stage_of("DataCopy").name == "unknown" and stage_of("Transferring", "data_box").name == "unknown"

    @pytest.mark.parametrize("status", ["CompletedWithErrors", "DriveNotReceived", "HardwareError", "NewWord"])
    def test_a_completed_job_with_a_drive_that_was_not_copied_has_not_succeeded(self, script, task, status):
        found = read(script, task, box_job(status="Completed", details={"copyProgress": [progress(status)]}))
        assert (found["stage"], found["succeeded"], found["service_state"]) == ("completed_with_errors", False, "Completed")

    @pytest.mark.parametrize("allowed", [True, False])
    def test_what_the_service_says_of_canceling_counts_before_the_table(self, script, task, allowed):
        assert read(script, task, box_job(status="AtAzureDC", isCancellable=allowed))["cancellable"] is allowed

    def test_every_portal_word_of_the_documents_stands_in_the_table(self):
        portal = {one.portal: stage.name for stage in STAGES for one in stage.data_box if one.portal}
        assert portal == {
            "Awaiting shipment information": "creating", "Shipped": "shipped", "Received": "received", "Data copy in progress": "copying",
            "Preparing to ship": "returning", "Shipped to customer": "returning", "Completed": "completed",
            "Completed with errors": "completed_with_errors", "Completed with warnings": "completed_with_errors", "Canceled": "canceled",
        }  # fmt: skip


class TestDrives:
    @pytest.mark.parametrize("word", COPY_STATES)
    def test_a_drives_word_is_translated_and_kept(self, script, task, word):
        (drive,) = read(script, task, box_job(status="DataCopy", details={"copyProgress": [progress(word)]}))["drives"]
        wanted = "received" if word == "NotStarted" else COPY_STATES[word][0]
        assert (drive["state"], drive["service_state"]) == (wanted, word) and wanted in DRIVE_WORDS

    def test_a_word_that_is_not_known_is_kept(self, script, task):
        (drive,) = read(script, task, box_job(details={"copyProgress": [progress("Melted")]}))["drives"]
        assert (drive["state"], drive["service_state"]) == ("unknown", "Melted")
        assert drive_state("Melted", "data_box") == "unknown"

    def test_progress_and_logs_are_put_together_by_serial(self, script, task):
        details = {
            "importDiskDetailsCollection": {"WD-1": box_drive(), "WD-2": box_drive()},
            "copyProgress": [progress(serial=" WD-2 "), progress("Completed", 100, 100, serial="EXTRA")],
            "copyLogDetails": [{"serialNumber": "WD-2", "errorLogLink": "https://x/e?sv=1&sig=CANARY", "verboseLogLink": ""}],
        }
        found = read(script, task, box_job(status="DataCopy", details=details))
        assert [drive["serial"] for drive in found["drives"]] == ["WD-1", "WD-2", "EXTRA"]
        assert found["drives"][1] == {
            "serial": "WD-2", "state": "copying", "percent": 25, "bytes_copied": 50, "manifest_file": "\\DriveManifest.xml",
            "manifest_hash": HASH, "error_log": "https://x/e", "verbose_log": None, "service_state": "InProgress",
        }  # fmt: skip
        assert found["percent"] == 50 and found["drives"][0]["state"] == "received"

    @pytest.mark.parametrize("more", [{"isEnumerationInProgress": True}, {"totalBytesToProcess": 0}, {"bytesProcessed": None}])
    def test_a_total_that_does_not_count_yet_gives_no_percentage(self, script, task, more):
        found = read(script, task, box_job(details={"copyProgress": [{**progress(), **more}]}))
        assert (found["percent"], found["drives"][0]["percent"]) == (None, None)

    def test_99_9_percent_is_not_100(self, script, task):
        assert read(script, task, box_job(details={"copyProgress": [progress(done=1999, everything=2000)]}))["percent"] == 99


class TestParts:
    def test_address_parcels_and_contact(self, script, task):
        details = {
            "datacenterAddress": {**ADDRESS, "additionalShippingInformation": " Gate 7 "},
            "deliverToDcPackageDetails": {"carrierName": "DHL", "trackingId": "77"},
            "returnToCustomerPackageDetails": {"carrierName": "FedEx", "carrierAccountNumber": "", "trackingId": "88"},
        }
        found = read(script, task, box_job(details=details))
        assert (found["ship_to"]["city"], found["ship_to"]["instruction"]) == ("Middenmeer", "Gate 7")
        assert found["inbound"] == {"carrier": "DHL", "tracking_number": "77", "drive_count": None, "ship_date": None}
        assert found["outbound"]["tracking_number"] == "88"
        assert found["return_shipping"] == {"carrier": "FedEx", "account_number": ""}
        assert (found["return_address"]["recipient_name"], found["return_address"]["email"]) == ("IT", "it@example.com")

    def test_an_instruction_in_place_of_an_address(self, script, task):
        found = read(script, task, box_job(details={"datacenterAddress": INSTRUCTION}))
        assert "Contact adbops@microsoft.com with the order" in found["ship_to"]["instruction"]

    def test_a_key_that_comes_back_after_all_is_not_told(self, script, task):
        task.canaries |= set(KEYS.values())
        read(script, task, box_job(details={"importDiskDetailsCollection": {"WD-1": box_drive(bitLockerKey=KEYS["WD-1"])}}))

    def test_a_job_that_is_not_there_is_an_empty_list(self, script, task):
        expect_box(script)
        assert task.run(import_job_info, **NAMED)["jobs"] == []

    def test_a_version_that_refuses_expand_is_asked_without(self, script, task):
        expect_box(script, status=400, json=refusal("InvalidQueryParameter"))
        script.expect("GET", box_path(), version=DATA_BOX, json=box_job())
        (found,) = task.run(import_job_info, **NAMED)["jobs"]
        assert found["drives"][0]["serial"] == "WD-1"

    def test_a_job_without_details_is_shown_with_what_there_is(self, script, task):
        found = read(script, task, without_details(box_job()))
        assert (found["stage"], found["drives"], found["return_address"], found["storage_account_id"]) == ("creating", [], None, "")


class TestLists:
    def test_all_pages_are_read_open_jobs_whole_and_lent_devices_left_out(self, script, task):
        going, over, disk = box_job("web01"), box_job("old01", status="Completed"), {**box_job("lent"), "sku": {"name": "DataBoxDisk"}}
        link = f"{script.url}{BOX_JOBS}?api-version={DATA_BOX}&$skipToken=a%2Bb"
        script.expect("GET", BOX_JOBS, version=DATA_BOX, json={"value": [without_details(over)], "nextLink": link})
        rest = {"value": [without_details(disk), without_details(going)]}
        script.expect("GET", BOX_JOBS, query={"api-version": DATA_BOX, "$skipToken": "a+b"}, json=rest)
        expect_box(script, going, box_path("web01"))
        found = task.run(import_job_info, backend="data_box")["jobs"]
        assert [(one["name"], len(one["drives"])) for one in found] == [("old01", 0), ("web01", 1)]

    def test_all_of_a_resource_group(self, script, task):
        script.expect("GET", f"{GROUP}/providers/Microsoft.DataBox/jobs", version=DATA_BOX, json={"value": []})
        assert task.run(import_job_info, resource_group="rg-seed", backend="data_box")["jobs"] == []

    def test_a_job_that_is_gone_meanwhile_is_left_out(self, script, task):
        script.expect("GET", BOX_JOBS, version=DATA_BOX, json={"value": [without_details(box_job("web01"))]})
        script.expect("GET", box_path("web01"), version=DATA_BOX, query={"$expand": "details"}, **NOT_FOUND)
        assert task.run(import_job_info, backend="data_box")["jobs"] == []


class TestBrokenAnswers:
    @pytest.mark.parametrize("entry", [{}, {"id": "x", "name": "y"}, {**box_job(), "name": None}, None, "x"])
    def test_an_entry_of_a_list_that_is_no_job_could_hide_a_parcel_and_stops_the_task(self, script, task, entry):
        script.expect("GET", BOX_JOBS, version=DATA_BOX, json={"value": [entry]})
        told = task.fail(import_job_info, backend="data_box").msg
        assert "a resource without id or name" in told if isinstance(entry, dict) else " in value[0] where an object belongs" in told

    @pytest.mark.parametrize("answer", [{"raw": b"<html><title>Sign in</title>"}, {"json": ["x"]}, {"json": "x"}])
    def test_what_is_no_job_is_one_clear_error(self, script, task, answer):
        script.expect("GET", box_path(), version=DATA_BOX, query={"$expand": "details"}, **answer)
        assert task.fail(import_job_info, **NAMED).msg.startswith("Failed to read import job srv1: ")

    @given(data=st.data())
    @settings(max_examples=150, deadline=None)
    def test_a_job_with_any_part_missing_null_or_of_another_type_is_read(self, data):
        details = {"copyProgress": [progress()], "copyLogDetails": [{"serialNumber": "WD-1"}], "datacenterAddress": ADDRESS}
        resource = box_job(details=details)
        for _unused in range(data.draw(st.integers(1, 3))):
            spoil(resource, data)
        try:
            json.dumps(job_from(resource).as_result())
        except Failure as failure:
            assert failure.fields["field"] == "createdAt"


def spoil(resource, data):
    """Put something else in the place of one value, somewhere inside."""
    at = resource
    while True:
        name = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else list(range(len(at)))))
        inner = at[name]
        if not inner or not isinstance(inner, (dict, list)) or data.draw(st.booleans()):
            at[name] = data.draw(st.sampled_from([None, "", "x", 7, True, [], {}, [None], {"a": None}]))
            return
        at = inner


class TestMapping:
    def test_what_was_created_is_no_different_from_the_order(self, task):
        wanted = order_from(task.params(import_job, order()))
        made = create_body(wanted, Destination("westeurope", ShipTo()), KEYS)
        assert made == box_body()
        unlike = differences(made, wanted, ("westeurope",))
        assert (unlike.fixed, unlike.patch) == ({}, {})


SPEC = shared("specs", "specification", "databox", "resource-manager", "Microsoft.DataBox", "stable", DATA_BOX, "databox.json")


@pytest.fixture(scope="module")
def spec():
    if not SPEC or not SPEC.is_file():
        pytest.skip("the service's public description is not beside the checkout")
    return json.loads(SPEC.read_text())


class TestAgainstTheServicesDescription:
    def test_the_table_has_every_status(self, spec):
        words = set(spec["definitions"]["JobProperties"]["properties"]["status"]["enum"])
        assert words == {word for word, _stage in WORDS} | set(OF_LENT_DEVICES)

    def test_the_table_has_every_copy_status(self, spec):
        assert set(spec["definitions"]["DataBoxCustomerDiskCopyProgress"]["properties"]["copyStatus"]["enum"]) == set(COPY_STATES)

    def test_the_body_of_the_put_has_no_field_that_is_not_described(self, spec):
        unknown = list(undescribed(box_body(), {"$ref": "#/definitions/JobResource"}, spec["definitions"]))
        assert unknown == []

    def test_the_job_of_these_tests_has_no_field_that_is_not_described(self, spec):
        details = {"copyProgress": [progress()], "datacenterAddress": ADDRESS}
        resource = box_job(details=details)
        assert list(undescribed(resource, {"$ref": "#/definitions/JobResource"}, spec["definitions"])) == []


def undescribed(value, schema, definitions, path=""):
    """Paths in `value` that the schema does not have; of a polymorphic object any of its kinds may have them."""
    if isinstance(value, list):
        for one in value:
            yield from undescribed(one, schema.get("items", {}), definitions, f"{path}[]")
        return
    if not isinstance(value, dict):
        return
    known = properties_of(schema, definitions)
    for name, part in value.items():
        if name in known:
            yield from undescribed(part, known[name], definitions, f"{path}.{name}")
        elif "additionalProperties" in schema:
            yield from undescribed(part, schema["additionalProperties"], definitions, f"{path}.{name}")
        else:
            yield f"{path}.{name}"


def properties_of(schema, definitions):
    if "$ref" in schema:
        if not schema["$ref"].startswith("#/definitions/"):
            return {}
        name = schema["$ref"].rsplit("/", 1)[-1]
        kinds = [one for one in definitions.values() if {"$ref": schema["$ref"]} in one.get("allOf", ())]
        own = properties_of(definitions[name], definitions)
        return {**{key: part for kind in kinds for key, part in kind.get("properties", {}).items()}, **own}
    found = dict(schema.get("properties", {}))
    for above in schema.get("allOf", ()):
        found = {**properties_of({**definitions[above["$ref"].rsplit("/", 1)[-1]]}, definitions), **found}
    return found
