# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a service answers, a parser gives a result of plain types or one Failure that names the object and what was seen."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import fuzz
import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from unit.fuzz.mutations import spoilt
from unit.jobs.data_box_worlds import ADDRESS, INSTRUCTION, box_drive, box_job
from unit.jobs.worlds import job, location, order
from unit.scripted import metadata, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.arm import answer, cloud, errors, retries, shapes
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.exchange import Exchange
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.retries import Pace
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import data_box, import_export
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.data_box_jobs import DataBoxJobs
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.import_export_jobs import ImportExportJobs
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.import_job import ARGUMENT_RULES, ARGUMENT_SPEC, order_from
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.locations import data_box_ship_to, destination

URL = "https://arm.example/thing"
WHAT = "read the thing srv1"
LONGEST = 6000  # letters of a Failure
PARCEL = {"carrierName": "DHL", "trackingNumber": "JD014", "driveCount": 1, "shipDate": "2026-01-05T00:00:00Z"}
FULL_JOB = job(drives=("WD-1", "WD-2"), deliveryPackage=PARCEL, returnPackage=PARCEL, percentComplete=10, state="Transferring")
FULL_BOX_JOB = box_job(
    status="DataCopy",
    details={
        "importDiskDetailsCollection": {"WD-1": box_drive(), "WD-2": box_drive()},
        "copyProgress": [{"serialNumber": "WD-1", "copyStatus": "InProgress", "bytesProcessed": 5, "totalBytesToProcess": 10}],
        "copyLogDetails": [{"serialNumber": "WD-1", "errorLogLink": "https://x/e", "verboseLogLink": "https://x/v"}],
        "jobStages": [{"stageName": "DataCopy", "stageStatus": "WaitingForCustomerAction"}],
        "actions": ["Resume", "None"],
        "datacenterAddress": ADDRESS,
        "deliverToDcPackageDetails": {"carrierName": "DHL", "trackingId": "JD014"},
    },
)


KEY = "-".join(["000011"] * 8)
KEYS = {"value": [{"driveId": "WD-1", "bitLockerKey": KEY}, {"driveId": "WD-2", "bitLockerKey": KEY}]}
SECRETS = [{"diskSerialNumber": "WD-1", "bitLockerKey": KEY}, {"diskSerialNumber": "WD-2", "bitLockerKey": KEY}]
CREDENTIALS = {"value": [{"jobName": "srv1", "jobSecrets": {"jobSecretsType": "DataBoxCustomerDisk", "diskSecrets": SECRETS}}]}


def answered(document: Any, chance: random.Random, status: int = 200) -> answer.Answer:
    """An exchange over which one spoilt answer came."""
    content = spoilt(document, chance)
    exchange = Exchange(Pace(sleep=lambda seconds: None), lambda: None)
    return exchange.run(WHAT, lambda: answer.read("GET", URL, status, {"x-ms-request-id": "r-1"}, content), url=URL)


def expect_result_or_failure(name: str, parse: Callable[[], Any]) -> Any:
    """What `parse` gives; None for a Failure, which must be whole."""
    try:
        result = parse()
    except Failure as failure:
        assert 20 < len(failure.msg) < LONGEST, name
        assert failure.fields.get("what") or failure.fields.get("field"), f"{name}: {failure.msg}"
        json.dumps(failure.fields)
        return None
    except Exception as error:
        raise AssertionError(f"{name}: {type(error).__name__}: {error}") from error
    json.dumps(result, ensure_ascii=False).encode()
    return result


def the_order():
    outcome = ArgumentSpecValidator(ARGUMENT_SPEC, **ARGUMENT_RULES).validate(order())
    assert not outcome.error_messages
    return order_from(outcome.validated_parameters)


def test_jobs_of_import_export():
    wanted = the_order()

    def parse(chance: random.Random) -> dict[str, Any]:
        found = shapes.identified(WHAT, shapes.body_of(WHAT, answered(FULL_JOB, chance)))
        import_export.differences(found, wanted, ("westeurope",))
        import_export.way_back(found, wanted.return_address, wanted.return_shipping)
        return import_export.job_from(found).as_result()

    for name, chance in fuzz.series("jobs of Microsoft.ImportExport"):
        found = expect_result_or_failure(name, lambda chance=chance: parse(chance))
        assert found is None or not found["succeeded"], f"{name}: a job that is copying is told as completed"


def test_jobs_of_data_box():
    wanted = the_order()

    def parse(chance: random.Random) -> dict[str, Any]:
        found = shapes.identified(WHAT, shapes.body_of(WHAT, answered(FULL_BOX_JOB, chance)))
        data_box.differences(found, wanted, ("westeurope",))
        data_box.way_back(found, wanted.return_address, wanted.return_shipping)
        return data_box.job_from(found).as_result()

    for name, chance in fuzz.series("jobs of Microsoft.DataBox"):
        found = expect_result_or_failure(name, lambda chance=chance: parse(chance))
        assert found is None or not found["succeeded"], f"{name}: a job that is copying is told as completed"


@pytest.mark.parametrize(("jobs", "document"), [(ImportExportJobs, KEYS), (DataBoxJobs, CREDENTIALS)])
def test_keys_of_a_job(jobs, document):
    """Whatever comes, a drive has the key that was sent or none, and no failure holds one."""

    def parse(chance: random.Random) -> dict[str, str]:
        def post(what: str, *_request: Any, **_options: Any) -> dict[str, Any]:
            return shapes.body_of(what, answered(document, chance))

        path = SimpleNamespace(path=lambda group, name: f"/{group}/{name}")
        azure = SimpleNamespace(arm=SimpleNamespace(post=post), import_export=path, subscription_id="s")
        try:
            return jobs(azure).recovery_passwords("rg-seed", "srv1")
        except Failure as failure:
            assert KEY not in json.dumps([failure.msg, failure.fields])
            raise

    for name, chance in fuzz.series(f"keys of {jobs.namespace}"):
        expect_result_or_failure(name, lambda chance=chance: parse(chance))


def test_locations():
    records = (location(), location("westeurope", "northeurope"))

    def parse(chance: random.Random) -> Any:
        if chance.random() < 0.5:
            told = destination("westeurope", lambda _name: shapes.body_of(WHAT, answered(chance.choice(records), chance)))
            return told.ship_to.street_address1
        address = answered({"datacenterAddressResponse": chance.choice((ADDRESS, INSTRUCTION))}, chance)
        return data_box_ship_to(shapes.body_of(WHAT, address).get("datacenterAddressResponse") or {}).city

    for name, chance in fuzz.series("locations"):
        expect_result_or_failure(name, lambda chance=chance: parse(chance))


def test_errors():
    details = [{"code": "Inner", "message": "Because."}, {"code": "Other", "message": "And so."}]
    denied = "The client 'x' does not have authorization to perform action 'a/read' over scope 's'"
    bodies = (
        refusal("Conflict", "no", details=details, innererror={"code": "deep"}),
        refusal("AuthorizationFailed", denied),
        {"error": "invalid_client", "error_description": "AADSTS7000215: no"},
    )
    for name, chance in fuzz.series("errors"):
        content, status = spoilt(chance.choice(bodies), chance), chance.choice((400, 401, 403, 404, 409, 412, 429, 500, 503))
        headers = {"Retry-After": chance.choice(("5", "0", "-1", "", "soon", "1e400", "nan", "Fri, 31 Feb 2026 99:99:99 GMT"))}
        told = answer.read("PUT", URL, status, headers, content)
        failure = errors.refused(WHAT, told, 5, "a/write", 3.0)
        assert failure.msg.startswith(f"Failed to {WHAT}: ") and len(failure.msg) < LONGEST, name
        json.dumps(failure.fields)
        waited = retries.retry_after(headers, 1_800_000_000.0)
        assert waited is None or 0 <= waited < float("inf"), name


def test_clouds():
    documents = (metadata("https://arm.example"), [metadata("https://other.example"), metadata("https://arm.example")])

    def parse(chance: random.Random) -> list[str]:
        found = cloud.from_metadata("https://arm.example", answered(chance.choice(documents), chance).body)
        assert found.login.startswith("https://") and found.resource_manager.startswith("https://")
        return [found.login, found.scope, found.storage_suffix, found.name]

    for name, chance in fuzz.series("clouds"):
        expect_result_or_failure(name, lambda chance=chance: parse(chance))


def test_pages():
    page = {"value": [FULL_JOB, job("srv2")], "nextLink": "https://arm.example/next?page=2"}

    def parse(chance: random.Random) -> list[Any]:
        found, link = shapes.page_of(WHAT, answered(page, chance))
        assert all(isinstance(one, dict) for one in found) and (link is None or isinstance(link, str))
        return [import_export.job_from(shapes.identified(WHAT, one)).as_result() for one in found]

    for name, chance in fuzz.series("pages"):
        expect_result_or_failure(name, lambda chance=chance: parse(chance))


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b"[]", b'{"value": null}', b'{"value": {}}', b'{"value": [null]}', b'{"items": []}'])
def test_a_page_without_a_list_is_no_empty_list(body):
    with pytest.raises(Failure, match=WHAT):
        shapes.page_of(WHAT, answer.read("GET", URL, 200, {}, body))
