# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing the service of a job."""

from __future__ import annotations

import pytest
from unit.jobs.data_box_worlds import (
    BOX_JOBS,
    DATA_BOX,
    NOT_FOUND,
    PROVIDERS,
    RESOURCES,
    box_job,
    box_path,
    expect_address,
    expect_box,
    expect_providers,
    without_details,
)
from unit.jobs.worlds import JOBS, KEYS, VERSION, job, job_path, listed, location, location_path, order
from unit.scripted import refusal

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job, import_job_info, shipping_update
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.backends import SERVICES, VERSIONS

NAMED = {"resource_group": "rg-seed", "name": "srv1", "backend": "auto"}


@pytest.fixture(autouse=True)
def keys(monkeypatch, task):
    monkeypatch.setattr(escrow, "read", lambda escrow_dir, serial, password_file: KEYS[serial])
    task.canaries |= set(KEYS.values())


def expect_job(script, resource=None):
    script.expect("GET", job_path(), version=VERSION, **({"json": resource} if resource else NOT_FOUND))


def planned(script, task, **options):
    return task.run(import_job, check=True, **order(backend="auto", **options))


class TestANewJob:
    def on_data_box(self, script):
        expect_box(script)
        expect_address(script)

    def on_import_export(self, script):
        expect_job(script)
        script.expect("GET", location_path("westeurope"), version=VERSION, json=location())

    def test_data_box_is_taken_where_both_answer(self, script, task):
        expect_providers(script)
        expect_box(script)
        expect_job(script)
        self.on_data_box(script)
        result = planned(script, task)
        assert (result["backend"], result["job"]["backend"]) == ("data_box", "data_box")
        assert result["backend_reason"].startswith("Both answer; data_box is taken, because it follows import_export.")

    @pytest.mark.parametrize(
        ("found", "seen"),
        [
            ({"data_box": "NotRegistered"}, "Microsoft.DataBox is NotRegistered; it needs: Microsoft.DataBox registered"),
            ({"data_box": "Registering"}, "Microsoft.DataBox is Registering"),
            ({"apiVersions": ["2021-03-01"]}, "Microsoft.DataBox does not answer API version 2022-12-01"),
            ({"resourceType": "things"}, "Microsoft.DataBox is Registered but has no jobs"),
            ({"locations": ["West US"]}, "Microsoft.DataBox has no jobs in westeurope"),
        ],
    )
    def test_import_export_is_taken_where_data_box_does_not_answer_and_why_is_said(self, script, task, found, seen):
        expect_providers(script, **found)
        expect_job(script)
        self.on_import_export(script)
        result = planned(script, task)
        assert result["backend"] == "import_export" and seen in result["backend_reason"]

    def test_data_box_is_taken_where_import_export_is_gone(self, script, task):
        expect_providers(script)
        script.expected[-1].status, script.expected[-1].json = 404, refusal("InvalidResourceNamespace")
        expect_box(script)
        self.on_data_box(script)
        result = planned(script, task)
        assert result["backend"] == "data_box"
        assert "import_export: Azure knows no provider Microsoft.ImportExport" in result["backend_reason"]

    def test_an_old_agent_goes_by_import_export(self, script, task):
        expect_providers(script)
        expect_box(script)
        expect_job(script)
        self.on_import_export(script)
        result = planned(script, task, agent_version="2.0.9249.0")
        assert result["backend_reason"].startswith("The agent is 2.0.9249.0; those before 2.0.9250.0 go by import_export.")

    def test_an_old_agent_whose_service_does_not_answer_is_told(self, script, task):
        expect_providers(script, "Registered", "NotRegistered")
        expect_box(script)
        self.on_data_box(script)
        assert planned(script, task, agent_version="2.0.9249.0")["backend"] == "data_box"
        (warning,) = task_state.finished({})["warnings"]
        assert warning.startswith("The agent is 2.0.9249.0; ") and warning.endswith("update the agent.")

    def test_a_newer_agent_goes_by_data_box(self, script, task):
        expect_providers(script)
        expect_box(script)
        expect_job(script)
        self.on_data_box(script)
        assert planned(script, task, agent_version="2.0.10000.0")["backend"] == "data_box"

    def test_a_version_that_is_none_is_refused(self, script, task):
        expect_providers(script)
        expect_box(script)
        expect_job(script)
        assert task.fail(import_job, **order(backend="auto", agent_version="new")).fields["field"] == "agent_version"

    def test_neither_is_one_error_that_says_what_each_needs(self, script, task):
        expect_providers(script, "NotRegistered", "Unregistered")
        failure = task.fail(import_job, **order(backend="auto"))
        assert "data_box: Microsoft.DataBox is NotRegistered" in failure.msg
        assert "import_export: Microsoft.ImportExport is Unregistered" in failure.msg
        assert set(failure.fields["needs"]) == set(SERVICES)


class TestAJobThatIsThere:
    def test_it_stays_where_it_is(self, script, task):
        expect_providers(script)
        expect_box(script)
        expect_job(script, job())
        expect_job(script, job())
        script.expect("GET", location_path("westeurope"), version=VERSION, json=location())
        result = task.run(import_job, **order(backend="auto"))
        assert (result["changed"], result["backend"]) == (False, "import_export")
        assert result["backend_reason"].startswith("The job is on import_export.")

    def test_one_that_goes_on_counts_before_one_that_is_over(self, script, task):
        expect_providers(script)
        expect_box(script, box_job())
        expect_job(script, job(state="Completed"))
        (found,) = task.run(import_job_info, **NAMED)["jobs"]
        assert found["backend"] == "data_box"

    @pytest.mark.parametrize("core", [import_job, import_job_info, shipping_update])
    def test_two_that_go_on_are_not_guessed_at(self, script, task, core):
        options = {import_job: order(), shipping_update: {"carrier": "DHL", "tracking_number": "1"}}.get(core, {})
        expect_providers(script)
        expect_box(script, box_job())
        expect_job(script, job())
        failure = task.fail(core, **{**options, **NAMED})
        assert failure.fields["seen"] == [box_path(), job_path()] and failure.fields["field"] == "backend"

    def test_deleting_finds_it(self, script, task):
        expect_providers(script)
        expect_box(script, box_job(isDeletable=True))
        expect_job(script)
        expect_box(script, box_job(isDeletable=True))
        script.expect("DELETE", box_path(), version=DATA_BOX, status=204)
        assert task.run(import_job, **NAMED, state="absent")["backend"] == "data_box"


class TestReadingBoth:
    def test_all_jobs_of_both_services(self, script, task):
        expect_providers(script)
        script.expect("GET", BOX_JOBS, version=DATA_BOX, json={"value": [without_details(box_job(status="Completed"))]})
        script.expect("GET", JOBS, version=VERSION, json={"value": [listed(job("web01", state="Completed"))]})
        result = task.run(import_job_info, backend="auto")
        assert [(one["backend"], one["name"]) for one in result["jobs"]] == [("data_box", "srv1"), ("import_export", "web01")]

    def test_a_service_that_is_not_registered_is_left_out_and_said(self, script, task):
        expect_providers(script, "NotRegistered")
        script.expect("GET", JOBS, version=VERSION, json={"value": []})
        result = task.run(import_job_info, backend="auto")
        assert result["jobs"] == [] and "Microsoft.DataBox is NotRegistered" in result["backend_reason"]

    def test_both_services_tell_a_job_in_the_same_words(self, script, task):
        expect_box(script, box_job())
        expect_job(script, job())
        (box,) = task.run(import_job_info, **{**NAMED, "backend": "data_box"})["jobs"]
        (classic,) = task.run(import_job_info, **{**NAMED, "backend": "import_export"})["jobs"]
        assert set(box) == set(classic)
        same = ("name", "stage", "terminal", "succeeded", "cancellable", "location", "storage_account_id", "drives", "return_address")
        assert {name: box[name] for name in same} == {name: classic[name] for name in same}


class TestTheDefault:
    def test_it_asks_nothing_of_the_other_service(self, script, task):
        expect_job(script, job())
        result = task.run(import_job_info, resource_group="rg-seed", name="srv1")
        assert set(result) == {"changed", "jobs"}

    def test_a_refusal_of_the_service_is_told_with_what_the_other_needs(self, script, task):
        script.expect("GET", JOBS, version=VERSION, status=409, json=refusal("MissingSubscriptionRegistration", "Not registered."))
        fields = task.fail(import_job_info).fields
        assert (fields["code"], fields["other_backend"]) == ("MissingSubscriptionRegistration", "data_box")


def test_a_provider_that_may_not_be_read_names_the_action(script, task):
    script.expect("GET", f"{PROVIDERS}/Microsoft.DataBox", version=RESOURCES, status=403, json=refusal("AuthorizationFailed"))
    assert task.fail(import_job_info, backend="auto").fields["status"] == 403


def test_every_service_has_a_version():
    assert set(SERVICES) == set(VERSIONS)
