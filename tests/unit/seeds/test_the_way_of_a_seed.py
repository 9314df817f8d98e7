# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documented way: no consent to something undocumented, the right service, and steps that a person can follow word by word."""

from __future__ import annotations

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.agent import prompts
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import preflight, still_to_do

from .preflight_facts import facts
from .stories import DRIVE, blank, judge

TOOL = {"inputs__seed_disk_prep_method": "diskprep"}
FOLDER = r"C:\ProgramData\offlineseed\srv1\tool"
DRIVES = [
    {"serial": "WD-1", "size": 4_000_787_030_016, "number": 2, "letter": "F", "state": "planned"},
    {"serial": "WD-2", "size": 4_000_787_030_016, "number": 3, "letter": "G", "state": "planned"},
]
ADDRESS = {"recipient_name": "Server room", "street_address1": "Main Street 1", "city": "Stockholm", "email": "a@b.example"}


def outcome(rule, **changes):
    found = preflight.judge(facts(**changes))["findings"]
    return next(one["outcome"] for one in found if one["id"] == rule)


@pytest.mark.parametrize(
    ("rule", "changes", "wanted"),
    [
        ("CN-01", {"inputs__seed_accept_undocumented": False}, "fail"),
        ("CN-01", {"inputs__seed_accept_undocumented": False, **TOOL}, "pass"),
        ("CN-01", {"inputs__seed_accept_undocumented": False, "inputs__seed_job_backend": "data_box"}, "fail"),
        ("WY-01", {**TOOL, "inputs__seed_job_backend": "import_export"}, "fail"),
        ("WY-01", {**TOOL, "inputs__seed_job_backend": "auto"}, "pass"),
        ("WY-01", {"inputs__seed_job_backend": "data_box"}, "pass"),
    ],
)
def test_consent_and_service_follow_from_who_makes_the_job(rule, changes, wanted):
    assert outcome(rule, **changes) == wanted


@pytest.mark.parametrize(
    ("backend", "registered", "wanted"),
    [
        ("import_export", "Microsoft.ImportExport", "pass"),
        ("import_export", "Microsoft.DataBox", "fail"),
        ("data_box", "Microsoft.DataBox", "pass"),
        ("data_box", "Microsoft.ImportExport", "fail"),
        ("auto", "Microsoft.ImportExport", "pass"),
        ("auto", "Microsoft.DataBox", "pass"),
        ("auto", "Microsoft.Storage", "fail"),
    ],
)
def test_the_provider_that_matters_is_that_of_the_service(backend, registered, wanted):
    providers = [{"namespace": registered, "registration_state": "Registered"}]
    assert outcome("AZ-02", inputs__seed_job_backend=backend, target__provider__providers=providers) == wanted


def next_step(drives, **tool):
    rows = prompts.catalogue(prompts.Asked("srv1", tuple((drive["serial"], drive["letter"]) for drive in drives), ADDRESS))
    told = {"folder": FOLDER, "command_line": prompts.command_line(FOLDER, r"\\COPY1\staging"), "prompts": rows, "progress": "not_run"}
    prep = {"drives": drives, "prepared": False, "running": False, "tool": {**told, **tool}}
    return judge("staged", inputs={"seed_copy_host": "copy1"}, prep=prep)


def test_letters_are_asked_for_first_and_only_where_they_are_missing():
    entry = next_step([DRIVES[0], {**DRIVES[1], "letter": None}])
    step = entry["next"]
    assert (entry["state"], step["id"], step["who"]) == ("waiting_for_person", "give_drive_letters", "copy host")
    assert [drive["serial"] for drive in step["data"]["drives"]] == ["WD-2"]
    assert "WD-2 (disk 3, 4.0 TB)" in step["text"] and "WD-1" not in step["text"] and "copy1" in step["text"]


def test_the_step_holds_command_line_folder_and_every_answer():
    step = next_step(DRIVES)["next"]
    text, data = step["text"], step["data"]
    assert step["id"] == "run_disk_prep" and data["command_line"] in text and FOLDER in text and "copy1" in text
    for one in data["answers"]:
        assert set(one) == {"prompt", "answer"} and one["answer"] in text
    assert "F (WD-1, disk 2)" in text and "G (WD-2, disk 3)" in text
    assert not text.startswith("The tool has been started")


def test_a_tool_that_has_begun_is_told_apart_from_one_that_has_not():
    step = next_step([{**DRIVES[0], "state": "copied"}, DRIVES[1]], progress="unfinished")["next"]
    assert step["text"].startswith("The tool has been started, has prepared drive WD-1, and has made no import job yet.")
    assert "anew" in step["text"] and step["data"]["done"] == ["WD-1"]


def test_drives_that_are_prepared_ask_for_nothing():
    prep = {"drives": [{**DRIVES[0], "state": "proven"}], "prepared": True, "running": False, "tool": {"progress": "done"}}
    assert judge("staged", prep=prep)["next"]["id"] == "run_playbook"


@pytest.mark.parametrize(("made_by", "wanted"), [({}, "delete_escrow"), ({"made_by": "AzureOfflineBackupDiskPrep"}, "delete_tool_folder")])
def test_what_is_left_at_the_end_names_the_place_that_holds_the_keys(made_by, wanted):
    known = {**blank(), "drives": {"WD-1": {**DRIVE, **made_by}}, "preflight": {"copy_host": "copy1"}}
    tasks = {task["id"]: task["text"] for task in still_to_do.of(known, "srv1")}
    assert {"delete_escrow", "delete_tool_folder"} & set(tasks) == {wanted}
    assert ("copy1" in tasks[wanted] and "srv1\\tool" in tasks[wanted]) == bool(made_by)
    assert ("escrow" in tasks["wipe_drives"]) != bool(made_by)
