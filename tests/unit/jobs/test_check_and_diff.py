# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each verb on each service: check mode sends nothing and tells exactly what a real run then does, field by field, without a key."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from unit.jobs.data_box_worlds import BOX_JOBS, DATA_BOX, STREET, box_body, box_job, box_path, expect_address, expect_box
from unit.jobs.worlds import JOBS, KEYS, RETURN_ADDRESS, VERSION, body, job, job_path, location, location_path, order
from unit.scripted import refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job, shipping_update
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.field_changes import leaves

MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
NAMED = {"resource_group": "rg-seed", "name": "srv1"}
PARCEL = {"carrier": "DHL", "tracking_number": "77"}
PACKAGE = {"carrierName": "DHL", "trackingNumber": "77", "driveCount": 1}
BOX_PACKAGE = {"carrierName": "DHL", "trackingId": "77"}
MOVED = {**order()["return_address"], "city": "Utrecht"}


def reads(script, resource):
    found = {"json": resource} if resource else {"status": 404, "json": refusal("ResourceNotFound")}
    script.expect("GET", job_path(), version=VERSION, **found)


def box_reads(script, resource):
    expect_box(script, resource)


def place(script):
    script.expect("GET", location_path("westeurope"), version=VERSION, json=location())


def lists(script):
    script.expect("GET", JOBS, version=VERSION, json={"value": []})
    script.expect("GET", BOX_JOBS, version=DATA_BOX, json={"value": []})


def box_lists(script):
    script.expect("GET", BOX_JOBS, version=DATA_BOX, json={"value": []})
    script.expect("GET", JOBS, version=VERSION, json={"value": []})


def sends(method, path, version, given, **answer):
    return lambda script: script.expect(method, path, version=version, **({} if given is None else {"body": given}), **answer)


@dataclass(frozen=True)
class Verb:
    """A task: what it reads beforehand, what it sends and reads then, and the changes (path -> was, becomes) that it tells."""

    core: Any
    options: dict[str, Any]
    there: dict[str, Any] | None
    before: Callable[[Any], None]
    sending: tuple[Callable[[Any], Any], ...]
    bodies: tuple[Any, ...]
    changes: dict[str, tuple[Any, Any]]
    backend: str = "import_export"


def nothing(_script):
    return None


def created(whole):
    return {path: (None, value) for path, value in leaves(whole)}


IMPORT_EXPORT = {
    "create": Verb(
        import_job, order(), None, place,
        (sends("PUT", job_path(), VERSION, body(), status=201, json=job()),),
        (body(masked=True),), created(body(masked=True)),
    ),
    "update": Verb(
        import_job, order(return_address=MOVED, tags={"seed": "srv1", "more": "1"}), job(logLevel="Error"), place,
        (sends("PATCH", job_path(), VERSION, {
            "properties": {"returnAddress": {**RETURN_ADDRESS, "city": "Utrecht"}, "logLevel": "Verbose"},
            "tags": {"seed": "srv1", "more": "1"},
        }, json=job(returnAddress={**RETURN_ADDRESS, "city": "Utrecht"}, tags={"seed": "srv1", "more": "1"})),),
        ({"properties": {"returnAddress": {**RETURN_ADDRESS, "city": "Utrecht"}, "logLevel": "Verbose"},
          "tags": {"seed": "srv1", "more": "1"}},),
        {"properties.returnAddress.city": ("Amsterdam", "Utrecht"), "properties.logLevel": ("Error", "Verbose"), "tags.more": (None, "1")},
    ),
    "ship": Verb(
        shipping_update, {**NAMED, **PARCEL}, job(), lists,
        (sends("PATCH", job_path(), VERSION, {"properties": {"deliveryPackage": PACKAGE, "state": "Shipping"}},
               json=job(state="Shipping", deliveryPackage=PACKAGE)),),
        ({"properties": {"deliveryPackage": PACKAGE, "state": "Shipping"}},),
        {"properties.deliveryPackage.carrierName": (None, "DHL"), "properties.deliveryPackage.trackingNumber": (None, "77"),
         "properties.deliveryPackage.driveCount": (None, 1), "properties.state": ("Creating", "Shipping")},
    ),
    "cancel": Verb(
        import_job, {**NAMED, "state": "canceled"}, job(), nothing,
        (sends("PATCH", job_path(), VERSION, {"properties": {"cancelRequested": True}}, json=job(cancelRequested=True)),),
        ({"properties": {"cancelRequested": True}},), {"properties.cancelRequested": (False, True)},
    ),
    "delete": Verb(
        import_job, {**NAMED, "state": "absent"}, job(), nothing, (sends("DELETE", job_path(), VERSION, None),), (None,), {},
    ),
}  # fmt: skip
TO_UTRECHT = {"properties": {"details": {"shippingAddress": {**STREET, "addressType": "None", "city": "Utrecht"}}}}
DATA_BOX_VERBS = {
    "create": Verb(
        import_job, order(), None, expect_address,
        (sends("PUT", box_path(), DATA_BOX, box_body(), status=202), lambda script: expect_box(script, box_job())),
        (box_body(masked=True),), created(box_body(masked=True)), "data_box",
    ),
    "update": Verb(
        import_job, order(return_address=MOVED), box_job(), expect_address,
        (sends("PATCH", box_path(), DATA_BOX, TO_UTRECHT, status=202),
         lambda script: expect_box(script, box_job(details=TO_UTRECHT["properties"]["details"]))),
        (TO_UTRECHT,), {"properties.details.shippingAddress.city": ("Amsterdam", "Utrecht")}, "data_box",
    ),
    "ship": Verb(
        shipping_update, {**NAMED, **PARCEL, "tags": {"head": "7"}}, box_job(), box_lists,
        (sends("PATCH", box_path(), DATA_BOX, {"tags": {"seed": "srv1", "head": "7"}}, status=202),
         lambda script: expect_box(script, box_job(tags={"seed": "srv1", "head": "7"})),
         sends("POST", f"{box_path()}/markDevicesShipped", DATA_BOX, {"deliverToDcPackageDetails": BOX_PACKAGE}, status=204),
         lambda script: expect_box(script, box_job(status="ShippedToAzureDC", tags={"seed": "srv1", "head": "7"},
                                                   details={"deliverToDcPackageDetails": BOX_PACKAGE}))),
        ({"tags": {"seed": "srv1", "head": "7"}}, {"deliverToDcPackageDetails": BOX_PACKAGE}),
        {"tags.head": (None, "7"), "deliverToDcPackageDetails.carrierName": (None, "DHL"),
         "deliverToDcPackageDetails.trackingId": (None, "77")}, "data_box",
    ),
    "cancel": Verb(
        import_job, {**NAMED, "state": "canceled", "cancel_reason": "Wrong."}, box_job(), nothing,
        (sends("POST", f"{box_path()}/cancel", DATA_BOX, {"reason": "Wrong."}, status=204),
         lambda script: expect_box(script, box_job(status="Cancelled", isCancellable=False))),
        ({"reason": "Wrong."},), {"reason": (None, "Wrong.")}, "data_box",
    ),
    "delete": Verb(
        import_job, {**NAMED, "state": "absent"}, box_job(isDeletable=True), nothing,
        (sends("DELETE", box_path(), DATA_BOX, None, status=204),), (None,), {}, "data_box",
    ),
}  # fmt: skip
VERBS = [
    *(pytest.param(verb, id=f"{name} on import_export") for name, verb in IMPORT_EXPORT.items()),
    *(pytest.param(verb, id=f"{name} on data_box") for name, verb in DATA_BOX_VERBS.items()),
]


@pytest.fixture(autouse=True)
def keys(monkeypatch, task):
    monkeypatch.setattr(escrow, "read", lambda escrow_dir, serial, password_file: KEYS[serial])
    task.canaries |= set(KEYS.values())


@pytest.mark.parametrize("verb", VERBS)
def test_check_mode_tells_what_a_real_run_does(script, task, verb):
    for sending in ((), verb.sending):
        (reads if verb.backend == "import_export" else box_reads)(script, verb.there)
        verb.before(script)
        for step in sending:
            step(script)
    options = {**verb.options, "backend": verb.backend}
    planned, made = task.run(verb.core, check=True, **options), task.run(verb.core, **options)
    assert planned["changed"] and made["changed"]
    assert [one["body"] for one in planned["requests"]] == list(verb.bodies)
    for name in ("requests", "diff", "changes"):
        assert planned[name] == made[name], name
    assert set(planned) == set(made)
    assert {one["path"]: (one["was"], one["becomes"]) for one in made["changes"]} == verb.changes


@pytest.mark.parametrize("verb", [IMPORT_EXPORT["create"], DATA_BOX_VERBS["create"]])
def test_a_key_is_masked_wherever_it_would_be_shown(script, task, verb):
    (reads if verb.backend == "import_export" else box_reads)(script, None)
    verb.before(script)
    told = task.run(verb.core, check=True, **{**verb.options, "backend": verb.backend})
    for name in ("requests", "diff", "changes"):
        assert MASK in json.dumps(told[name]), name


def test_a_key_that_the_service_shows_after_all_stands_in_no_difference(script, task):
    leaking = job(logLevel="Error")
    leaking["properties"]["driveList"][0]["bitLockerKey"] = KEYS["WD-1"]
    reads(script, leaking)
    place(script)
    assert task.run(import_job, check=True, **order())["changed"]  # the fixture looks for the key in all that is told
