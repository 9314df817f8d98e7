# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of the rehearsal act on the product's own steps, with what these say, and on nothing less."""

from __future__ import annotations

import copy

import pytest
import yaml

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import steps
from lab.person import STEPS, NotExplained, Person

SHIP_TO = {
    "recipient_name": "Azure Import", "street_address1": "Kade 1", "city": "Amsterdam", "state_or_province": "NH", "postal_code": "1000 AA",
    "country_or_region": "Netherlands", "phone": "+31 20 1", "carriers": ["DHL", "FedEx"],
}  # fmt: skip
VALUES = {
    "staging_path": r"\\COPY1\staging", "storage_account": "seedlanding", "container": "seed-srv1",
    "subscription_id": "11111111-2222-3333-4444-555555555555", "import_job_name": "srv1",
}  # fmt: skip
DRIVE = {"serial": "WD-SEED0001", "size": 132_120_576, "number": 3, "letter": "F"}
FOLDER = "C:\\ProgramData\\offlineseed\\srv1\\diskprep"
COMMAND_LINE = f"Set-Location -LiteralPath '{FOLDER}'; .\\AzureOfflineBackupDiskPrep.exe s:\\\\COPY1\\staging"
ANSWERS = [{"prompt": "drive_letter", "answer": "F"}, {"prompt": "confirm_format", "answer": "yes"}]
DATA = {
    "accept_undocumented": {},
    "create_policy_in_wizard": {"host": "srv1", "values": VALUES},
    "enter_offline_values": {"host": "srv1", "values": VALUES},
    "restart_copy_host": {"copy_host": "copy1"},
    "attach_drives": {"copy_host": "copy1", "bytes": 120_000_000, "minimum_drives": 2, "serials": [], "attached": [], "not_usable": []},
    "name_drives": {"proposed": [{"serial": "WD-SEED0001", "size": 132_120_576}], "compare_serials": []},
    "give_drive_letters": {"copy_host": "copy1", "drives": [DRIVE]},
    "run_disk_prep": {
        "copy_host": "copy1",
        "folder": FOLDER,
        "command_line": COMMAND_LINE,
        "answers": ANSWERS,
        "asked": ["Drive letter: F"],
        "drives": [DRIVE],
        "begun": False,
        "done": [],
    },
    "hand_over_parcel": {"job": "srv1", "serials": ["WD-SEED0001"], "ship_to": SHIP_TO, "due": "2026-12-11T00:00:00Z"},
    "repair_import": {
        "job": "srv1",
        "objects": 3,
        "unproven": 3,
        "problems": [],
        "support": "s",
        "report": "evidence/verdicts.jsonl",
        "repair": {
            "copies": [{"from": "databox-1/a", "to": "seed-srv1/a"}],
            "ranges": [{"path": "seed-srv1/b", "drive": "WD-1", "bytes": 512, "ranges": [{"offset": 0, "length": 512}]}],
            "files": [{"path": "seed-srv1/c", "drive": "WD-1", "bytes": 1024, "why": "no log names it", "cure": "Upload it."}],
        },
    },
    "run_playbook": {"phase": "stage"},
}
# Steps that a rehearsal whose world is in order never meets; meeting one is its failure.
NEVER = {"fix_findings", "fix_drives", "ask_inbound_id", "fix_error", "make_host_reachable", "resolve_conflict", "ask_import_support"}
NEVER |= {"answer_datacenter"}  # the lab's datacenter decides by itself


# What the lab answers, where a person reads it.
TOLD = {"give_letter": {"letter": "F"}, "run_disk_prep": {"drives": [DRIVE], "job": "srv1"}}


class Hands:
    """Notes what a person did."""

    def __init__(self):
        self.did = []

    def __getattr__(self, name):
        def did(**args):
            self.did.append((name, args))
            return TOLD.get(name)

        return did


@pytest.fixture
def person(tmp_path):
    return Person(Hands(), tmp_path / "host_vars" / "srv1" / "answers.yml", drives={"WD-SEED0001": 132_120_576})


def answers(person):
    return yaml.safe_load(person.answers.read_text())


def test_every_step_of_the_product_is_known_to_the_people_or_a_failure():
    human = {name for name, step in steps.STEPS.items() if step.who != "nobody"}
    assert human == set(STEPS) | NEVER


@pytest.mark.parametrize("name", STEPS)
def test_what_the_step_says_is_enough_to_act(person, name):
    assert person.act(steps.step(name, **DATA[name]))


@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("enter_offline_values", ("data", "values", "container")),
        ("attach_drives", ("data", "bytes")),
        ("hand_over_parcel", ("data", "ship_to", "postal_code")),
        ("hand_over_parcel", ("variables", "seed_parcel")),
        ("name_drives", ("variables", "seed_drives")),
        ("repair_import", ("data", "repair")),
        ("run_disk_prep", ("data", "command_line")),
        ("run_disk_prep", ("data", "answers")),
        ("run_disk_prep", ("data", "copy_host")),
        ("give_drive_letters", ("data", "drives")),
    ],
)
def test_a_step_that_says_less_is_refused(person, name, without):
    told = copy.deepcopy(steps.step(name, **DATA[name]))
    inside = told
    for part in without[:-1]:
        inside = inside[part]
    del inside[without[-1]]
    with pytest.raises(NotExplained, match=without[-1]):
        person.act(told)


def test_a_value_to_enter_that_the_text_does_not_name_is_refused(person):
    told = steps.step("enter_offline_values", **DATA["enter_offline_values"])
    told["text"] = told["text"].replace("seed-srv1", "the container")
    with pytest.raises(NotExplained, match="seed-srv1"):
        person.act(told)


def test_an_unknown_step_is_refused(person):
    with pytest.raises(NotExplained, match="dance"):
        person.act({"id": "dance", "who": "operator", "text": "Dance once around the copy host.", "variables": {}, "data": {}})


def test_only_drives_that_a_person_attached_are_named(person):
    told = steps.step("name_drives", proposed=[{"serial": "BYSTANDER", "size": 1}], compare_serials=[])
    with pytest.raises(NotExplained, match="BYSTANDER"):
        person.act(told)


def test_answers_are_added_to_the_users_own_file(person):
    for name in ("accept_undocumented", "name_drives", "hand_over_parcel"):
        person.act(steps.step(name, **DATA[name]))
    assert answers(person)["seed_accept_undocumented"] is True
    assert answers(person)["seed_drives"] == [{"serial": "WD-SEED0001", "size": 132_120_576}]
    assert answers(person)["seed_parcel"]["carrier"] == "DHL"


def test_attached_drives_hold_what_is_asked_for(person):
    person.act(steps.step("attach_drives", **DATA["attach_drives"]))
    attached = [args for name, args in person.control.did if name == "attach"]
    assert len({args["serial"] for args in attached}) == 2
    assert sum(args["size"] for args in attached) >= 120_000_000


def test_the_tool_is_run_with_exactly_what_the_step_says(person):
    person.act(steps.step("run_disk_prep", **DATA["run_disk_prep"]))
    assert person.control.did == [("run_disk_prep", {"command_line": COMMAND_LINE, "answers": ANSWERS, "host": "copy1"})]


def test_a_command_line_that_the_text_does_not_name_is_refused(person):
    told = steps.step("run_disk_prep", **DATA["run_disk_prep"])
    told["text"] = told["text"].replace(COMMAND_LINE, "the tool")
    with pytest.raises(NotExplained, match="AzureOfflineBackupDiskPrep"):
        person.act(told)
