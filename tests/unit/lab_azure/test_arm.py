# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for all of ARM: paths, versions, providers, locks, faults, the request log."""

from __future__ import annotations

import json

import pytest

from lab import names
from lab.azure import faults

JOBS = f"{names.group_id()}/providers/Microsoft.ImportExport/jobs"
REGISTER = f"/subscriptions/{names.SUBSCRIPTION}/providers/Microsoft.ImportExport/register"
PROVIDER = f"/subscriptions/{names.SUBSCRIPTION}/providers/Microsoft.ImportExport"


def test_paths_are_case_insensitive_and_doubled_slashes_are_one(azure):
    told = azure.get(f"/Subscriptions/{names.SUBSCRIPTION.upper()}//RESOURCEGROUPS/RG-SEED")
    assert told["id"] == names.group_id()


@pytest.mark.parametrize(
    ("path", "version", "expected"),
    [
        (f"/subscriptions/{names.SUBSCRIPTION}/resourceGroups/other", "2021-04-01", (404, "ResourceGroupNotFound")),
        ("/subscriptions/00000000-0000-0000-0000-000000000000", "2022-12-01", (404, "SubscriptionNotFound")),
        (f"/subscriptions/{names.SUBSCRIPTION}/providers/Microsoft.Nothing", "2021-04-01", (404, "InvalidResourceNamespace")),
        (f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/nosuch", "2023-05-01", (404, "ResourceNotFound")),
        (f"{names.group_id()}/providers/Microsoft.Storage/tables", "2023-05-01", (404, "InvalidResourceType")),
    ],
)
def test_what_is_not_there_is_404_with_its_code(azure, path, version, expected):
    assert azure.refused("GET", path, version=version)[:2] == expected


def test_an_unregistered_provider_refuses_its_use_and_registers_only_after_polls(azure):
    status, code, text = azure.refused("GET", JOBS)
    assert (status, code) == (409, "MissingSubscriptionRegistration")
    assert "'Microsoft.ImportExport'" in text
    assert azure.send("POST", REGISTER).body["registrationState"] == "Registering"
    assert azure.refused("GET", JOBS)[1] == "MissingSubscriptionRegistration"
    assert [azure.get(PROVIDER)["registrationState"] for _unused in range(3)] == ["Registering", "Registered", "Registered"]
    assert azure.get(JOBS) == {"value": []}


def test_a_registered_provider_stays_so_when_registered_again(azure):
    azure.register()
    assert azure.send("POST", REGISTER).body["registrationState"] == "Registered"


@pytest.mark.parametrize("version", ["2016-11-01", "2020-08-01", "2021-01-01"])
def test_import_export_speaks_its_three_versions_and_no_other(azure, version):
    azure.register()
    assert azure.get(JOBS, version=version) == {"value": []}
    status, code, text = azure.refused("GET", JOBS, version="2019-01-01")
    assert (status, code) == (400, "NoRegisteredProviderFound")
    assert version in text


def test_a_request_without_version_is_refused(azure):
    assert azure.refused("GET", "/subscriptions", **{"api-version": ""})[:2] == (400, "MissingApiVersionParameter")


def test_locks_forbid_what_they_say_and_are_listed_from_above_and_below(azure):
    account = azure.make_account()
    lock = f"{names.group_id()}/providers/Microsoft.Authorization/locks/keep"
    assert azure.send("PUT", lock, {"properties": {"level": "CanNotDelete", "notes": "mine"}}, version="2016-09-01").status == 201
    listed = azure.get(f"{account}/providers/Microsoft.Authorization/locks", version="2016-09-01")["value"]
    assert [(one["name"], one["properties"]["level"]) for one in listed] == [("keep", "CanNotDelete")]
    assert azure.refused("DELETE", account)[:2] == (409, "ScopeLocked")
    assert azure.send("PATCH", account, {"tags": {"a": "b"}}).status == 200
    azure.send("PUT", lock, {"properties": {"level": "ReadOnly"}}, version="2016-09-01")
    assert azure.refused("POST", f"{account}/listKeys")[:2] == (409, "ScopeLocked")
    assert azure.send("DELETE", lock, version="2016-09-01").status == 200
    assert azure.send("POST", f"{account}/listKeys").status == 200


def plan(azure, kind, **wanted):
    azure.state["faults"].append(faults.new(kind, **wanted))


def test_throttling_hits_the_chosen_requests_as_often_as_asked(azure):
    plan(azure, "throttle", method="get", path="resourcegroups", times=2, after=1, retry_after=3)
    plan(azure, "throttle", path="subscriptions$")
    group = names.group_id()
    assert [azure.send("GET", group).status for _unused in range(4)] == [200, 429, 429, 200]
    answer = azure.send("GET", "/subscriptions", version="2022-12-01")
    assert (answer.status, answer.body["error"]["code"], "retry-after" in answer.headers) == (429, "TooManyRequests", False)


def test_retry_after_zero_cannot_even_be_planned():
    with pytest.raises(ValueError, match="must not be 0"):
        faults.new("throttle", retry_after=0)


def test_a_right_that_is_missing_is_named_with_its_scope(azure):
    plan(azure, "forbidden", path="register")
    status, code, text = azure.refused("POST", REGISTER)
    assert (status, code) == (403, "AuthorizationFailed")
    assert f"perform action 'Microsoft.ImportExport/register/action' over scope '/subscriptions/{names.SUBSCRIPTION}'" in text
    plan(azure, "forbidden", method="PUT")
    assert "'Microsoft.ImportExport/jobs/write'" in azure.refused("PUT", f"{JOBS}/srv1", {})[2]
    assert azure.get(PROVIDER)["registrationState"] == "NotRegistered"


def test_a_lost_answer_is_lost_after_the_change_and_a_lost_request_before_it(azure):
    plan(azure, "lose_request", method="POST")
    assert azure.send("POST", REGISTER).dropped
    assert azure.get(PROVIDER)["registrationState"] == "NotRegistered"
    plan(azure, "lose_answer", method="POST")
    assert azure.cloud.handle is not None
    plan(azure, "status", method="DELETE", status=500)
    dropped = azure.send("POST", REGISTER)
    assert dropped.dropped
    assert azure.get(PROVIDER)["registrationState"] == "Registering"
    assert azure.refused("DELETE", f"{JOBS}/srv1")[:2] == (500, "InternalServerError")


def test_requests_are_logged_without_bodies_and_writes_are_journaled(azure):
    azure.make_account()
    azure.refused("GET", JOBS)
    log = [json.loads(line) for line in (azure.folder / "requests.jsonl").read_text().splitlines()]
    assert [(one["method"], one["status"]) for one in log] == [("PUT", 202), ("GET", 409)]
    assert all(set(one) == {"at", "method", "path", "status"} for one in log)
    journal = [json.loads(line) for line in (azure.folder / "journal.jsonl").read_text().splitlines()]
    assert [one["what"] for one in journal] == [f"PUT {names.group_id()}/providers/Microsoft.Storage/storageAccounts/seedlanding"]


def test_no_answer_bears_retry_after_zero(azure):
    answer = azure.send(
        "PUT",
        f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/another",
        {"location": "westeurope", "kind": "Storage", "sku": {"name": "Standard_LRS"}},
    )
    assert "retry-after" not in answer.headers
    assert answer.headers["x-ms-retry-after-ms"] == "20"
