# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock that a Data Box job leaves on its account: removed by name, note and level once no job is open, and never another one."""

from __future__ import annotations

import json

import pytest
from unit.jobs import worlds
from unit.jobs.data_box_worlds import box_job, without_details
from unit.jobs.storage_worlds import ACCOUNT, LOCKS, lock
from unit.jobs.test_landing_blobs import expect_account, expect_page, wanted
from unit.scripted import GROUP, SUBSCRIPTION, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import landing_blobs

NOTES = "Data Box Service to copy data from device to storage account."
SERVICE = lock("DATABOX_SERVICE", notes=NOTES)
DATA_BOX = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.DataBox/jobs"
CLASSIC = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ImportExport/jobs"
VERSION = "2016-09-01"


@pytest.fixture
def inventory(tmp_path):
    path = tmp_path / "inventory.jsonl"
    path.write_text(json.dumps({"name": "a_AIBBlob", "size": 512}) + "\n")
    return str(path)


def expect_locks(script, *locks, **answer):
    expect_account(script)
    expect_page(script)
    script.expect("GET", LOCKS, version=VERSION, **{"json": {"value": list(locks)}, **answer}, token=script.token(1))


def expect_jobs(script, *data_box, classic=()):
    script.expect("GET", DATA_BOX, version="2022-12-01", json={"value": list(data_box)}, token=script.token(1))
    for job in data_box:
        script.expect("GET", job["id"], version="2022-12-01", query={"$expand": "details"}, json=job, token=script.token(1))
    script.expect("GET", CLASSIC, version="2016-11-01", json={"value": list(classic)}, token=script.token(1))
    for job in classic:
        script.expect("GET", job["id"], version="2016-11-01", json=job, token=script.token(1))


def run(task, inventory, **more):
    return task.run(landing_blobs, **wanted(inventory, remove_service_lock=True, **more))


def test_the_lock_goes_once_every_job_is_over(script, task, inventory):
    expect_locks(script, SERVICE)
    expect_jobs(script)
    script.expect("DELETE", SERVICE["id"], version=VERSION, body=None, status=200, token=script.token(1))
    result = run(task, inventory)
    told = {"found": True, "removed": True, "name": "DATABOX_SERVICE", "reason": None, "cure": None, "foreign": []}
    assert (result["changed"], result["service_lock"]) == (True, told)
    assert result["diff"] == {"before": {"blobs": 0, "locks": ["DATABOX_SERVICE"]}, "after": {"blobs": 0, "locks": []}}
    assert result["requests"] == [{"method": "DELETE", "path": f"{SERVICE['id']}?api-version={VERSION}", "body": None}]


def test_check_mode_says_so_and_sends_nothing(script, task, inventory):
    expect_locks(script, SERVICE)
    expect_jobs(script)
    result = run(task, inventory, check=True)
    assert result["changed"] and result["service_lock"]["removed"] and len(result["requests"]) == 1


@pytest.mark.parametrize("state", ["Creating", "Shipping", "Transferring", "Packaging", "Faulted"])
def test_while_a_job_of_the_account_is_open_the_lock_stays(script, task, inventory, state):
    job = worlds.job(state=state)
    job["properties"]["storageAccountId"] = ACCOUNT.upper()
    expect_locks(script, SERVICE)
    expect_jobs(script, classic=[job])
    result = run(task, inventory)
    told = result["service_lock"]
    assert (result["changed"], told["found"], told["removed"]) == (False, True, False)
    assert "srv1 (import_export" in told["reason"] and told["cure"] == "run again when the job is over"
    assert "DATABOX_SERVICE" in task_state.finished({})["warnings"][0]


def test_an_open_job_of_another_account_does_not_hold_it(script, task, inventory):
    job = worlds.job(state="Shipping")
    job["properties"]["storageAccountId"] = f"{ACCOUNT}2"
    expect_locks(script, SERVICE)
    expect_jobs(script, classic=[job])
    script.expect("DELETE", SERVICE["id"], version=VERSION, status=204, token=script.token(1))
    assert run(task, inventory)["service_lock"]["removed"]


def test_an_open_job_that_names_no_account_may_be_this_ones(script, task, inventory):
    job = worlds.job(state="Shipping")
    del job["properties"]["storageAccountId"]
    expect_locks(script, SERVICE)
    expect_jobs(script, classic=[job])
    assert not run(task, inventory)["service_lock"]["removed"]


def test_an_open_data_box_job_holds_it(script, task, inventory):
    expect_locks(script, SERVICE)
    expect_jobs(script, box_job(status="ShippedToAzureDC"))
    assert "srv1 (data_box, shipped)" in run(task, inventory)["service_lock"]["reason"]


def test_of_a_data_box_job_that_is_over_only_the_list_is_read(script, task, inventory):
    expect_locks(script, SERVICE)
    script.expect(
        "GET", DATA_BOX, version="2022-12-01", json={"value": [without_details(box_job(status="Completed"))]}, token=script.token(1)
    )
    script.expect("GET", CLASSIC, version="2016-11-01", json={"value": []}, token=script.token(1))
    script.expect("DELETE", SERVICE["id"], version=VERSION, status=200, token=script.token(1))
    assert run(task, inventory)["service_lock"]["removed"]


def test_a_service_that_the_subscription_does_not_have_has_no_jobs(script, task, inventory):
    expect_locks(script, SERVICE)
    missing = {"status": 409, "json": refusal("MissingSubscriptionRegistration"), "token": script.token(1)}
    for path, version in ((DATA_BOX, "2022-12-01"), (CLASSIC, "2016-11-01")):
        script.expect("GET", path, version=version, **missing)
    script.expect("DELETE", SERVICE["id"], version=VERSION, status=200, token=script.token(1))
    assert run(task, inventory)["service_lock"]["removed"]


@pytest.mark.parametrize(
    "other",
    [
        lock("DATABOX_SERVICE", notes="keep this"), lock("DATABOX_SERVICE", "ReadOnly", NOTES), lock("DoNotDelete", notes=NOTES),
        lock("databox_service", notes=NOTES), lock("DATABOX_SERVICE", notes=NOTES, scope=GROUP), lock("AzureBackupProtectionLock"),
    ],
)  # fmt: skip
def test_a_lock_of_others_is_named_with_the_cure_and_never_touched(script, task, inventory, other):
    expect_locks(script, other)
    told = run(task, inventory)["service_lock"]
    assert (told["found"], told["removed"]) == (False, False)
    (named,) = told["foreign"]
    assert named["name"] == other["name"] and "theirs to remove" in named["cure"]


def test_beside_a_lock_of_others_only_the_services_goes(script, task, inventory):
    expect_locks(script, lock("DoNotDelete"), SERVICE)
    expect_jobs(script)
    script.expect("DELETE", SERVICE["id"], version=VERSION, status=200, token=script.token(1))
    told = run(task, inventory)["service_lock"]
    assert told["removed"] and [one["name"] for one in told["foreign"]] == ["DoNotDelete"]


def test_a_lock_that_the_identity_may_not_remove_is_told_and_no_failure(script, task, inventory):
    expect_locks(script, SERVICE)
    expect_jobs(script)
    script.expect("DELETE", SERVICE["id"], version=VERSION, status=403, json=refusal("AuthorizationFailed"), token=script.token(1))
    result = run(task, inventory)
    assert not result["changed"] and "User Access Administrator" in result["service_lock"]["cure"]


def test_locks_that_may_not_be_read_are_unknown(script, task, inventory):
    expect_locks(script, status=403, json=refusal("AuthorizationFailed"))
    told = run(task, inventory)["service_lock"]
    assert (told["found"], told["removed"]) == (None, False) and "Microsoft.Authorization/locks/read" in told["cure"]


def test_where_jobs_may_not_be_read_the_lock_stays(script, task, inventory):
    expect_locks(script, SERVICE)
    script.expect("GET", DATA_BOX, version="2022-12-01", status=403, json=refusal("AuthorizationFailed"), token=script.token(1))
    told = run(task, inventory)["service_lock"]
    assert (told["found"], told["removed"]) == (True, False) and "Reader" in told["cure"]


def test_nobody_asks_for_locks_where_nobody_wants_them_removed(script, task, inventory):
    expect_account(script)
    expect_page(script)
    assert task.run(landing_blobs, **wanted(inventory))["service_lock"] is None
