# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a service writes to about a job, and of which stages."""

from __future__ import annotations

import json

import pytest
from unit.jobs.data_box_worlds import CONTACT, DATA_BOX, box_job, box_path, expect_address, expect_box
from unit.jobs.worlds import KEYS, VERSION, job, job_path, location, location_path, order

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.notifications import NOTIFIED
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.stages import BY_NAME
from lab.shared import shared

MAILS = ["it@example.com", "backup@example.com"]
SPEC = shared("specs", "specification", "databox", "resource-manager", "Microsoft.DataBox", "stable", DATA_BOX, "databox.json")


@pytest.fixture(autouse=True)
def keys(monkeypatch, task):
    monkeypatch.setattr(escrow, "read", lambda escrow_dir, serial, password_file: KEYS[serial])
    task.canaries |= set(KEYS.values())


def preferences(*stages):
    return [{"stageName": name, "sendNotification": stage in stages} for stage, name in NOTIFIED.items()]


def contact(**more):
    return box_job(details={"contactDetails": {**CONTACT, **more}})


def box(task, check=True, **notifications):
    return task.run(import_job, check=check, **order(backend="data_box", notifications=notifications or None))


def warnings():
    return task_state.finished({}).get("warnings", [])


class TestTheTable:
    def test_each_name_is_a_word_of_its_stage(self):
        for stage, name in NOTIFIED.items():
            assert name in {one.word for one in BY_NAME[stage].data_box}

    def test_each_name_is_one_of_the_service(self):
        if not SPEC or not SPEC.is_file():
            pytest.skip("the service's public description is not beside the checkout")
        definition = json.loads(SPEC.read_text())["definitions"]["NotificationPreference"]
        lent = {"DevicePrepared", "Dispatched", "Delivered"}
        assert set(definition["properties"]["stageName"]["enum"]) == set(NOTIFIED.values()) | lent


class TestDataBox:
    def test_a_new_job_has_addresses_and_a_preference_for_each_stage(self, script, task):
        expect_box(script)
        expect_address(script)
        result = box(task, emails=MAILS, stages=["received", "returning"])
        told = result["requests"][0]["body"]["properties"]["details"]["contactDetails"]
        assert told == {**CONTACT, "emailList": MAILS, "notificationPreference": preferences("received", "returning")}
        assert result["job"]["notifications"] == {"emails": MAILS, "stages": ["received", "returning"]}

    def test_without_the_option_nothing_is_said_of_stages(self, script, task):
        expect_box(script)
        expect_address(script)
        body = box(task)["requests"][0]["body"]
        assert body["properties"]["details"]["contactDetails"] == CONTACT

    @pytest.mark.parametrize(
        ("there", "wanted"),
        [
            ({"emailList": [one.upper() for one in reversed(MAILS)]}, {"emails": MAILS}),
            ({"emailList": MAILS}, {}),
            ({"notificationPreference": list(reversed(preferences("received")))}, {"stages": ["received"]}),
            ({"notificationPreference": [{"stageName": "AtAzureDC"}]}, {"stages": ["received"]}),
            ({}, {"stages": []}),
            ({"notificationPreference": None}, {}),
            ({"notificationPreference": [], "emailList": [" it@example.com"]}, {}),
        ],
        ids=["order and case", "more addresses", "order of stages", "default of a preference", "none told, none wanted", "null", "empty"],
    )
    def test_what_is_so_already_is_no_difference(self, script, task, there, wanted):
        expect_box(script, contact(**there))
        expect_address(script)
        assert not box(task, check=False, **wanted)["changed"]

    @pytest.mark.parametrize(
        ("there", "wanted", "becomes"),
        [
            ({}, {"emails": MAILS}, {"emailList": MAILS}),
            ({"emailList": MAILS}, {"emails": MAILS[:1]}, {"emailList": MAILS[:1]}),
            ({}, {"stages": ["copying"]}, {"notificationPreference": preferences("copying")}),
            (
                {"notificationPreference": [{"stageName": "Dispatched", "sendNotification": True}, *preferences("copying", "received")]},
                {"stages": ["copying"]},
                {"notificationPreference": [{"stageName": "Dispatched", "sendNotification": True}, *preferences("copying")]},
            ),
        ],
        ids=["one more address", "one address less", "stages for the first time", "a stage less; what is of lent devices stays"],
    )
    def test_what_is_otherwise_is_changed_and_then_rests(self, script, task, there, wanted, becomes):
        after = contact(**{**there, **becomes})
        body = {"properties": {"details": {"contactDetails": {**CONTACT, **there, **becomes}}}}
        expect_box(script, contact(**there))
        expect_address(script)
        script.expect("PATCH", box_path(), version=DATA_BOX, body=body, status=202)
        expect_box(script, after)
        expect_box(script, after)
        expect_address(script)
        first = box(task, check=False, **wanted)
        assert first["changed"] and first["diff"]["before"]["properties"]["details"]["contactDetails"] == {**CONTACT, **there}
        assert not box(task, check=False, **wanted)["changed"]

    def test_a_new_address_for_the_return_replaces_the_old_one(self, script, task):
        expect_box(script, contact(emailList=["old@example.com"]))
        expect_address(script)
        told = box(task)["requests"][0]["body"]["properties"]["details"]["contactDetails"]
        assert told["emailList"] == ["it@example.com"]


class TestImportExport:
    def run(self, script, task, resource, **notifications):
        found = {"json": resource} if resource else {"status": 404, "json": {"error": {"code": "ResourceNotFound"}}}
        script.expect("GET", job_path(), version=VERSION, **found)
        script.expect("GET", location_path("westeurope"), version=VERSION, json=location())
        return task.run(import_job, check=True, **order(notifications=notifications))

    @pytest.mark.parametrize("resource", [None, job()])
    @pytest.mark.parametrize("wanted", [{"emails": MAILS}, {"stages": ["received"]}])
    def test_it_has_one_address_only_and_says_so(self, script, task, resource, wanted):
        result = self.run(script, task, resource, **wanted)
        assert len(warnings()) == 1 and "writes to return_address.email (it@example.com) only" in warnings()[0]
        assert result["job"]["notifications"] == {"emails": ["it@example.com"], "stages": None}
        assert not any("notification" in json.dumps(one) for one in result["requests"])

    def test_the_address_that_it_has_is_no_reason_to_warn(self, script, task):
        self.run(script, task, job(), emails=["IT@example.com"])
        assert warnings() == []


@pytest.mark.parametrize("email", ["it", "@example.com", "it@", "a b@example.com", ""])
def test_what_is_no_address_is_refused_before_anything_is_sent(script, task, email):
    failure = task.fail(import_job, **order(notifications={"emails": ["it@example.com", email]}))
    assert failure.fields["field"] == "notifications.emails[1]" and not script.metadata_asked
