# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job of Microsoft.DataBox that waits for a person is told as one, with what can be chosen."""

from __future__ import annotations

import json

import pytest
from unit.jobs.data_box_worlds import DATA_BOX, box_job, expect_box

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job_info
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.stages import DECIDED, RESOLUTIONS, WAITS
from lab.shared import shared

NAMED = {"resource_group": "rg-seed", "name": "srv1", "backend": "data_box"}
FOLDER = ("specs", "specification", "databox", "resource-manager", "Microsoft.DataBox", "stable", DATA_BOX)
ERROR = {"code": "SsemUserCopyErrorWaitingForAction", "message": "Job has an error in copy stage."}


def stage(status, name="DataCopy"):
    return {"jobStages": [{"stageName": "AtAzureDC", "stageStatus": "Succeeded"}, {"stageName": name, "stageStatus": status}]}


def read(script, task, details, status="DataCopy", **said):
    expect_box(script, box_job(status=status, details=details, **said))
    (found,) = task.run(import_job_info, **NAMED)["jobs"]
    return found


@pytest.mark.parametrize("status", WAITS)
def test_a_stage_that_waits_makes_the_job_a_persons(script, task, status):
    found = read(script, task, {**stage(status), "actions": ["MoveToCleanUpDevice", "Resume", "None"]}, error=ERROR)
    assert (found["stage"], found["actor"], found["terminal"]) == ("copying", "person", False)
    action = found["customer_action"]
    assert action["choices"] == ["MoveToCleanUpDevice", "Resume"] and action["drives"] == []
    assert action["reason"] == "SsemUserCopyErrorWaitingForAction: Job has an error in copy stage."
    assert WAITS[status] in action["text"] and f"Resume ({RESOLUTIONS['Resume']})" in action["text"]


def test_the_drives_that_it_is_about_are_named(script, task):
    progress = [{"serialNumber": "WD-1", "actions": ["Restart"]}, {"serialNumber": "WD-2", "actions": ["None"]}]
    action = read(script, task, {**stage("WaitingForCustomerAction"), "copyProgress": progress})["customer_action"]
    assert (action["drives"], action["choices"], action["reason"]) == (["WD-1"], ["Restart"], None)
    assert "of drive WD-1 on the job's page in the Azure portal" in action["text"]


def test_a_choice_without_stages_counts_because_they_may_be_left_out(script, task):
    assert read(script, task, {"actions": ["Resume"], "jobStages": None})["customer_action"]["choices"] == ["Resume"]


def test_a_choice_that_is_not_known_is_shown_as_it_is(script, task):
    assert "Choose Melt on" in read(script, task, {**stage("WaitingForCustomerAction"), "actions": ["Melt"]})["customer_action"]["text"]


@pytest.mark.parametrize(
    ("details", "status"),
    [
        (stage("InProgress"), "DataCopy"),
        ({**stage("CustomerActionPerformed"), "actions": ["Resume"]}, "DataCopy"),
        ({**stage("InProgress"), "actions": ["None"]}, "DataCopy"),
        ({**stage("WaitingForCustomerAction"), "actions": ["Resume"]}, "Cancelled"),
    ],
    ids=["goes on", "decided", "nothing to choose", "over"],
)
def test_nothing_is_asked_of_a_person_otherwise(script, task, details, status):
    found = read(script, task, details, status)
    assert found["customer_action"] is None and found["actor"] != "person"


@pytest.fixture(scope="module")
def spec():
    path = shared(*FOLDER, "databox.json")
    if not path or not path.is_file():
        pytest.skip("the service's public description is not beside the checkout")
    return json.loads(path.read_text())["definitions"]


def test_the_tables_have_every_word_of_the_service(spec):
    statuses = set(spec["JobStages"]["properties"]["stageStatus"]["enum"])
    assert {one for one in statuses if "Customer" in one} == {*WAITS, *DECIDED}
    assert set(spec["MitigateJobRequest"]["properties"]["customerResolutionCode"]["enum"]) == {*RESOLUTIONS, "None"}


def test_the_published_example_of_a_job_that_waits_is_read_as_one(script, task):
    path = shared(*FOLDER, "examples", "JobsGetWaitingForAction.json")
    if not path or not path.is_file():
        pytest.skip("the service's public examples are not beside the checkout")
    said = json.loads(path.read_text())["responses"]["200"]["body"]["properties"]
    details = {name: said["details"][name] for name in ("jobStages", "actions", "copyProgress") if name in said["details"]}
    found = read(script, task, details, error=said["error"])
    assert found["actor"] == "person" and found["customer_action"]["reason"].startswith("SsemUserCopyErrorWaitingForAction: ")
