# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of a job are compared with escrow, and no result, error or log ever has one."""

from __future__ import annotations

import hmac
import json

import pytest
from unit.jobs.data_box_worlds import DATA_BOX, box_drive, box_job, box_path, expect_box, expect_providers
from unit.jobs.worlds import VERSION, job, job_path
from unit.scripted import refusal

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job_info, key_check

DRIVES = ("WD-1", "WD-2", "WD-3", "WD-4")


@pytest.fixture
def sealed(tmp_path, task):
    """A real escrow with keys of three drives, and the options that name it."""
    password = tmp_path / "password"
    password.write_text("open sesame")
    folder = tmp_path / "escrow"
    keys = {serial: escrow.seal(folder, serial, password, "srv1") for serial in DRIVES[:3]}
    task.canaries |= set(keys.values())
    return keys, {"escrow_dir": str(folder), "escrow_password_file": str(password)}


class ImportExport:
    backend = "import_export"
    action = "Microsoft.ImportExport/jobs/listBitLockerKeys/action"

    def expect_job(self, script, drives=DRIVES):
        script.expect("GET", job_path(), version=VERSION, json=job(drives=drives))

    def expect_keys(self, script, keys=None, **answer):
        value = [{"driveId": serial, "bitLockerKey": key} for serial, key in (keys or {}).items()]
        script.expect("POST", f"{job_path()}/listBitLockerKeys", version=VERSION, **(answer or {"json": {"value": value}}))


class DataBox:
    backend = "data_box"
    action = "Microsoft.DataBox/jobs/listCredentials/action"

    def expect_job(self, script, drives=DRIVES):
        expect_box(script, box_job(details={"importDiskDetailsCollection": {serial: box_drive() for serial in drives}}))

    def expect_keys(self, script, keys=None, **answer):
        secrets = [{"diskSerialNumber": serial, "bitLockerKey": key} for serial, key in (keys or {}).items()]
        told = {"jobSecretsType": "DataBoxCustomerDisk", "diskSecrets": secrets, "carrierAccountNumber": "CANARY-account"}
        answer = answer or {"json": {"value": [{"jobName": "srv1", "jobSecrets": told}]}}
        script.expect("POST", f"{box_path()}/listCredentials", version=DATA_BOX, **answer)


@pytest.fixture(params=[ImportExport, DataBox])
def service(request):
    return request.param()


def named(service, options, **more):
    return {"resource_group": "rg-seed", "name": "srv1", "backend": service.backend, "check_keys": True, **options, **more}


def verdicts(result):
    return {one["serial"]: one["key"] for one in result["jobs"][0]["drives"]}


def test_each_drive_has_one_word(script, task, sealed, service):
    keys, options = sealed
    theirs = escrow.recovery_password.generate()
    task.canaries.add(theirs)
    service.expect_job(script)
    service.expect_keys(script, {"WD-1": keys["WD-1"], "WD-2": theirs, "WD-4": keys["WD-3"]})
    result = task.run(import_job_info, **named(service, options))
    assert verdicts(result) == {"WD-1": "matches", "WD-2": "differs", "WD-3": "missing", "WD-4": "not_in_escrow"}
    assert set(verdicts(result).values()) == set(key_check.VERDICTS) and not result["changed"]


def test_a_key_of_a_drive_that_is_not_in_the_job_is_told(script, task, sealed, service):
    keys, options = sealed
    service.expect_job(script, ("WD-1",))
    service.expect_keys(script, {"wd-1": f" {keys['WD-1']} ", "EXTRA": keys["WD-2"]})
    result = task.run(import_job_info, **named(service, options))
    assert verdicts(result) == {"WD-1": "matches", "EXTRA": "not_in_escrow"}
    assert result["jobs"][0]["drives"][1]["state"] == "unknown"


def test_they_are_compared_in_constant_time(script, task, sealed, service, monkeypatch):
    keys, options = sealed
    compared = []
    digest = hmac.compare_digest
    monkeypatch.setattr(key_check.hmac, "compare_digest", lambda ours, theirs: compared.append(len(ours)) or digest(ours, theirs))
    service.expect_job(script, ("WD-1",))
    service.expect_keys(script, {"WD-1": keys["WD-1"]})
    task.run(import_job_info, **named(service, options))
    assert compared == [len(keys["WD-1"])]


def test_both_keys_are_masked_wherever_the_task_ends(script, task, sealed, service):
    keys, options = sealed
    service.expect_job(script, ("WD-1",))
    service.expect_keys(script, {"WD-1": keys["WD-2"]})
    task.run(import_job_info, **named(service, options))
    told = json.dumps(task_state.finished({"msg": f"{keys['WD-1']} and {keys['WD-2']}"}))
    assert keys["WD-1"] not in told and keys["WD-2"] not in told


def test_a_403_names_the_action_and_a_role_that_has_it(script, task, sealed, service):
    service.expect_job(script)
    service.expect_keys(script, status=403, json=refusal("AuthorizationFailed", "no"))
    fields = task.fail(import_job_info, **named(service, sealed[1])).fields
    assert fields["action"] == service.action and fields["role"] in ("Contributor", "Data Box Contributor")


@pytest.mark.parametrize("body", [{}, {"value": None}, {"value": "x"}])
def test_an_answer_without_a_list_is_an_error_and_not_missing_keys(script, task, sealed, service, body):
    service.expect_job(script)
    service.expect_keys(script, json=body)
    assert task.fail(import_job_info, **named(service, sealed[1])).msg.startswith(
        "Failed to read the recovery passwords of import job srv1: "
    )


@pytest.mark.parametrize(
    "entry", [None, {}, {"driveId": "WD-1", "bitLockerKey": 7.5}, {"jobSecrets": "x"}, {"jobSecrets": {"diskSecrets": [None]}}]
)
def test_entries_that_are_none_leave_a_drive_without_a_key(script, task, sealed, service, entry):
    service.expect_job(script, ("WD-1",))
    service.expect_keys(script, json={"value": [entry]})
    assert verdicts(task.run(import_job_info, **named(service, sealed[1]))) == {"WD-1": "missing"}


@pytest.mark.parametrize("length", [20, 60, 90])
def test_an_answer_that_breaks_off_is_told_without_what_stood_there(script, task, sealed, service, length):
    keys, options = sealed
    service.expect_job(script, ("WD-1",))
    whole = json.dumps({"value": [{"driveId": "WD-1", "bitLockerKey": keys["WD-1"]}, {"driveId": "WD-2"}]})
    service.expect_keys(script, raw=whole.encode()[:length])
    failure = task.fail(import_job_info, **named(service, options))
    assert f"JSON that cannot be read, {length} letters" in failure.msg and keys["WD-1"][:13] not in failure.msg


def test_a_password_that_opens_no_escrow_is_the_escrows_error(script, task, sealed, service, tmp_path):
    keys, options = sealed
    wrong = tmp_path / "wrong"
    wrong.write_text("open barley")
    service.expect_job(script, ("WD-1",))
    service.expect_keys(script, {"WD-1": keys["WD-1"]})
    failure = task.fail(import_job_info, **named(service, options, escrow_password_file=str(wrong)))
    assert failure.fields["field"] == "escrow_password_file"


def test_a_job_that_is_not_there_has_no_keys_to_ask_for(script, task, sealed):
    script.expect("GET", job_path(), version=VERSION, status=404, json=refusal("ResourceNotFound"))
    assert task.run(import_job_info, **named(ImportExport(), sealed[1]))["jobs"] == []


def test_whichever_service_has_the_job_is_asked(script, task, sealed):
    keys, options = sealed
    expect_providers(script)
    DataBox().expect_job(script, ("WD-1",))
    script.expect("GET", job_path(), version=VERSION, status=404, json=refusal("ResourceNotFound"))
    DataBox().expect_keys(script, {"WD-1": keys["WD-1"]})
    assert verdicts(task.run(import_job_info, **named(DataBox(), options, backend="auto"))) == {"WD-1": "matches"}


def test_without_the_option_no_key_is_asked_for(script, task, service):
    service.expect_job(script, ("WD-1",))
    (found,) = task.run(import_job_info, resource_group="rg-seed", name="srv1", backend=service.backend)["jobs"]
    assert "key" not in found["drives"][0]


@pytest.mark.parametrize("missing", ["name", "escrow_dir", "escrow_password_file"])
def test_what_it_needs_is_wanted(task, sealed, missing):
    options = {name: value for name, value in named(ImportExport(), sealed[1]).items() if name != missing}
    with pytest.raises(AssertionError, match=missing):
        task.params(import_job_info, options)
