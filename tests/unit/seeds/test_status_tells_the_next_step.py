# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Status: one phase, one state, and a next step that says who does what with which values."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.seeds.stories import JOB_ID, PHASE_BEGINS, SHIP_TO, STORY, chain, job, judge

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import plan
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import conflict, events, phases, proof, summary
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.steps import STEPS
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.words import STATES

BLANK_DISK = {"number": 2, "serial": "WD 1", "size": 250_000_000, "bus": "SATA", "model": "WDC", "eligible": True, "reasons": []}
BYSTANDER = {
    "number": 1,
    "serial": "BY",
    "size": 10**12,
    "bus": "SATA",
    "eligible": False,
    "reasons": [{"id": "not_empty", "text": "it holds data"}],
}
SOURCE = {"host": {"name": "SRV1"}, "agent": {"scheduled_task": {"next_run": "2026-01-14T22:00:00Z"}}}
PREP = {"serial": "WD-1", "state": "copying", "bytes_done": 5_000_000, "bytes_total": 10_000_000}
TOOL_DRIVE = {"serial": "WD-1", "size": 10_000_000, "number": 2, "letter": "F", "state": "planned"}
TOOL = {"folder": "C:\\tool", "command_line": ".\\tool.exe s:C:\\staging", "prompts": [], "progress": "not_run"}
FINDING = {
    "id": "CP-01",
    "seen": "the copy host is a virtual machine",
    "cure": "Name a physical one.",
    "must": "physical",
    "who": "copy host",
}

# (event that happened last, observations, state, next step)
ASKED = {"text": "Azure waits for you: copying has stopped. Choose Resume.", "reason": "Stuck: why.", "choices": ["Resume"], "drives": []}
CASES = [
    (None, {}, "waiting_for_person", "run_playbook"),
    ("opened", {"findings": [FINDING]}, "waiting_for_person", "fix_findings"),
    ("opened", {"findings": [{**FINDING, "id": "CN-01"}]}, "waiting_for_person", "accept_undocumented"),
    ("opened", {"findings": [{**FINDING, "id": "CN-01"}, {**FINDING, "id": "CP-08"}]}, "waiting_for_person", "restart_copy_host"),
    ("opened", {"findings": [{**FINDING, "id": "CP-08"}, FINDING]}, "waiting_for_person", "fix_findings"),
    ("opened", {"findings": [{**FINDING, "id": "CN-01"}, FINDING]}, "waiting_for_person", "fix_findings"),
    ("preflight_passed", {}, "waiting_for_person", "run_playbook"),
    ("target_ready", {"offline": {"state": "needs_policy"}}, "waiting_for_person", "create_policy_in_wizard"),
    ("target_ready", {"offline": {"state": "needs_wizard"}}, "waiting_for_person", "enter_offline_values"),
    ("target_ready", {"offline": {"state": "configured"}, "agent": {"seed_state": "running"}}, "working", "wait_for_backup"),
    ("target_ready", {"agent": {"seed_state": "InAnotherMood"}}, "working", "wait_for_backup"),
    ("target_ready", {"agent": {"seed_state": "failed"}}, "failed", "fix_error"),
    ("target_ready", {"agent": {"seed_state": "aborted"}}, "failed", "fix_error"),
    ("target_ready", {"agent": {"seed_state": "completed"}}, "failed", "fix_error"),
    ("target_ready", {"agent": {"seed_state": "waiting_for_import"}}, "waiting_for_person", "run_playbook"),
    ("staged", {"disks": []}, "waiting_for_person", "attach_drives"),
    ("staged", {"disks": [BYSTANDER]}, "waiting_for_person", "attach_drives"),
    ("staged", {"disks": [{**BLANK_DISK, "size": 90_000_000}]}, "waiting_for_person", "attach_drives"),
    ("staged", {"disks": [BLANK_DISK, BYSTANDER]}, "waiting_for_person", "name_drives"),
    ("staged", {"prep": {"running": True, "drives": [PREP]}}, "working", "wait_for_copying"),
    ("staged", {"prep": {"drives": [{**PREP, "state": "encrypting"}]}}, "working", "wait_for_copying"),
    (
        "staged",
        {"prep": {"drives": [{**PREP, "state": "refused", "reasons": [{"id": "not_empty", "text": "holds data"}]}]}},
        "failed",
        "fix_drives",
    ),
    ("staged", {"prep": {"drives": [{**PREP, "state": "failed", "message": "disk error"}]}}, "failed", "fix_drives"),
    (
        "staged",
        {"prep": {"drives": [{**PREP, "state": "refused", "reasons": [{"id": "absent", "text": "no disk"}]}]}},
        "waiting_for_person",
        "attach_drives",
    ),
    ("staged", {"prep": {"drives": [{**TOOL_DRIVE, "letter": None}], "tool": TOOL}}, "waiting_for_person", "give_drive_letters"),
    ("staged", {"prep": {"drives": [TOOL_DRIVE], "tool": TOOL}}, "waiting_for_person", "run_disk_prep"),
    (
        "staged",
        {"prep": {"drives": [{**TOOL_DRIVE, "state": "copied"}], "tool": {**TOOL, "progress": "unfinished"}}},
        "waiting_for_person",
        "run_disk_prep",
    ),
    ("prepared", {"jobs": []}, "waiting_for_person", "run_playbook"),
    ("prepared", {"jobs": [job()]}, "waiting_for_person", "run_playbook"),
    ("job_created", {"jobs": [job()]}, "waiting_for_person", "hand_over_parcel"),
    ("job_created", {"ship_to": {"recipient_name": "", "street_address1": ""}}, "waiting_for_person", "ask_inbound_id"),
    ("job_created", {"jobs": []}, "conflict", "resolve_conflict"),
    ("shipped", {"jobs": [job("shipped")]}, "waiting_for_azure", "wait_for_datacenter"),
    ("shipped", {"jobs": [job("copying", percent=40)]}, "waiting_for_azure", "wait_for_datacenter"),
    ("shipped", {"jobs": [job("returning")]}, "waiting_for_azure", "wait_for_datacenter"),
    ("shipped", {"jobs": [job("unknown")]}, "waiting_for_azure", "wait_for_datacenter"),
    ("shipped", {"jobs": [job("copying", customer_action=ASKED)]}, "waiting_for_person", "answer_datacenter"),
    ("shipped", {"jobs": [job("copying", customer_action={**ASKED, "reason": None})]}, "waiting_for_person", "answer_datacenter"),
    ("shipped", {"jobs": [job("completed")]}, "waiting_for_person", "run_playbook"),
    ("shipped", {"jobs": [job("completed_with_errors", drives=[{"error_log": "https://x/log"}])]}, "waiting_for_person", "run_playbook"),
    ("verified", {"jobs": [job("completed")]}, "waiting_for_person", "run_playbook"),
    ("corrupted", {"jobs": [job("completed_with_errors")]}, "failed", "repair_import"),
    ("corrupted", {}, "failed", "repair_import"),
    ("cut_log", {"jobs": [job("completed")]}, "failed", "ask_import_support"),
    ("shipped", {"jobs": [job("canceled")]}, "conflict", "resolve_conflict"),
    ("shipped", {"jobs": [job("creating")]}, "conflict", "resolve_conflict"),
    ("landed", {"jobs": [], "agent": {"seed_state": "waiting_for_copy"}, "source": SOURCE}, "waiting_for_azure", "wait_for_vault_copy"),
    ("landed", {"agent": {"seed_state": "running"}, "source": SOURCE}, "working", "wait_for_vault_copy"),
    ("landed", {"agent": {"seed_state": "failed"}, "source": SOURCE}, "failed", "fix_error"),
    ("vault_proven", {}, "waiting_for_person", "run_playbook"),
    ("unproven_in_vault", {}, "failed", "repair_import"),
    ("unverified_in_vault", {}, "failed", "fix_error"),
    ("staging_removed", {}, "waiting_for_person", "run_playbook"),
    ("staging_removed", {"agent": {"seed_state": "completed"}, "source": SOURCE}, "waiting_for_azure", "wait_for_increment"),
    ("staging_removed", {"agent": {"seed_state": "running"}, "source": SOURCE}, "working", "wait_for_increment"),
    ("staging_removed", {"agent": {"seed_state": "failed"}, "source": SOURCE}, "failed", "fix_error"),
    ("increment_ran", {}, "waiting_for_person", "run_playbook"),
    ("completed", {}, "complete", None),
    ("completed", {"jobs": []}, "complete", None),
]


@pytest.mark.parametrize(("until", "observations", "state", "next_step"), CASES)
def test_state_and_next_step(until, observations, state, next_step):
    entry = judge(until, **observations)
    assert (entry["state"], entry["next"] and entry["next"]["id"]) == (state, next_step), entry
    assert (entry["error"] is not None) == (state in ("failed", "conflict"))
    assert (entry["again_at"] is not None) == (state in ("working", "waiting_for_azure"))


@pytest.mark.parametrize(("phase", "event"), PHASE_BEGINS.items())
def test_the_phase_is_the_first_that_has_not_ended(phase, event):
    assert judge(event)["phase"] == phase


def test_every_state_and_every_step_occurs():
    seen = {state for _until, _observations, state, _step in CASES} | {"unreachable"}
    assert seen == set(STATES)
    assert {name for *_rest, name in CASES if name} | {"make_host_reachable"} == set(STEPS)


NAMES = [event for event, _data, _at in STORY if event not in ("opened", "completed")]
STAGES = ["creating", "shipped", "copying", "returning", "completed", "completed_with_errors", "canceled", "unknown", "other"]
OBSERVATIONS = st.fixed_dictionaries(
    {},
    optional={
        "jobs": st.lists(st.sampled_from(STAGES).map(job), max_size=1),
        "offline": st.sampled_from(["configured", "needs_policy", "needs_wizard"]).map(lambda word: {"state": word}),
        "agent": (
            st.sampled_from(["not_started", "running", "waiting_for_import", "waiting_for_copy", "completed", "failed", "?"]).map(
                lambda word: {"seed_state": word}
            )
        ),
        "disks": st.lists(st.sampled_from([BLANK_DISK, BYSTANDER]), max_size=3),
        "prep": st.just({"drives": [PREP]}),
        "findings": st.lists(st.just(FINDING), max_size=2),
        "ship_to": st.just(SHIP_TO),
        "source": st.just(SOURCE),
    },
)


@settings(max_examples=150, deadline=None)
@given(
    happened=st.lists(st.sampled_from(NAMES), unique=True),
    observations=OBSERVATIONS,
    error=st.booleans(),
    days=st.integers(0, 200),
    done=st.booleans(),
)
def test_a_seed_is_always_in_exactly_one_phase_and_one_state(happened, observations, error, days, done):
    known = events.blank("srv1")
    told = {event: (data, at) for event, data, at in STORY}
    for event in [*happened, *(["completed"] if done else [])]:
        events.tell(known, event, *told[event])
    trouble = {"what": "w", "seen": "s", "cure": "c"} if error else None
    month, day = divmod(days, 28)
    entry = judge(None, now=f"2026-{month + 1:02}-{day + 1:02}T00:00:00Z", known=known, error=trouble, **observations)
    assert entry["phase"] in phases.NAMES and entry["state"] in STATES
    assert set(entry) == {"seed", "phase", "state", "proven", "clocks", "next", "again_at", "error", "still_to_do"}
    assert (entry["next"] is None) == (entry["state"] == "complete")
    assert json.loads(json.dumps(entry)) == entry
    assert "\n" not in summary.line(entry) and entry["seed"] in summary.line(entry)
    if entry["next"]:
        assert set(entry["next"]) == {"id", "who", "text", "variables", "data"} and len(entry["next"]["text"]) >= 30


@pytest.mark.parametrize(("kind", "state"), [("failed", "failed"), ("unreachable", "unreachable"), ("conflict", "conflict")])
def test_an_error_makes_the_state_and_says_the_cure(kind, state):
    entry = judge("staged", error={"what": "Host copy1", "seen": "timed out", "cure": "Switch it on.", "kind": kind})
    assert entry["state"] == state and entry["phase"] == "prepare"
    assert entry["error"] == {"what": "Host copy1", "seen": "timed out", "cure": "Switch it on."}
    assert "Switch it on." in entry["next"]["text"]


# The text of each step says what a person needs.


def test_name_drives_gives_the_exact_value_and_proposes_no_more_drives_than_needed():
    disks = [{**BLANK_DISK, "serial": f"WD-{n}", "size": size} for n, size in enumerate((80_000_000, 60_000_000, 250_000_000))]
    step = judge("staged", disks=disks)["next"]
    assert step["variables"] == {"seed_drives": [{"serial": "WD-2", "size": 250_000_000}]}
    assert [drive["serial"] for drive in step["data"]["eligible"]] == ["WD-2", "WD-0", "WD-1"]
    assert "WD-2" in step["text"] and "seed_drives" in step["text"]


def test_name_drives_proposes_what_the_planner_would_use_where_the_files_are_known():
    files = tuple(plan.File(f"f{n}", 90_000_384) for n in range(3))
    disks = [{**BLANK_DISK, "serial": f"WD-{n}", "size": 110_000_000} for n in range(5)]
    step = judge("staged", disks=disks, files=files)["next"]
    assert [drive["serial"] for drive in step["data"]["proposed"]] == ["WD-0", "WD-1", "WD-2"]
    step = judge("staged", disks=disks[:2], files=files)["next"]
    assert step["id"] == "attach_drives" and step["data"]["bytes"] > 90_000_384 and step["data"]["largest"] is None


def test_attach_drives_says_how_big_a_drive_the_biggest_file_needs():
    step = judge("staged", disks=[BLANK_DISK], files=(plan.File("big", 450_000_384),))["next"]
    assert step["data"]["largest"] == 470_000_000 and "one of them at least 470.0 MB for the biggest file" in step["text"]


def test_name_drives_warns_of_buses_that_hide_serials():
    assert "compare it letter by letter" in judge("staged", disks=[{**BLANK_DISK, "bus": "USB"}])["next"]["text"]
    assert "compare it letter by letter" not in judge("staged", disks=[BLANK_DISK])["next"]["text"]


def test_attach_drives_says_how_much_where_and_what_was_not_usable():
    step = judge("staged", disks=[BYSTANDER])["next"]
    assert step["data"]["bytes"] > 100_000_256 and step["data"]["copy_host"] == "copy1" and step["data"]["minimum_drives"] == 1
    assert "copy1" in step["text"] and "Attached but not usable: disk 1 (BY): it holds data." in step["text"]
    assert "1 or more blank SATA drives" in step["text"]


def test_a_drive_of_the_size_that_is_asked_for_is_enough():
    asked = judge("staged", disks=[])["next"]["data"]["bytes"]
    assert judge("staged", disks=[{**BLANK_DISK, "size": asked}])["next"]["id"] == "name_drives"


def test_the_wizard_step_names_all_five_values_and_the_host():
    step = judge("target_ready", offline={"state": "needs_wizard"})["next"]
    assert set(step["data"]["values"]) == {"staging_path", "storage_account", "container", "subscription_id", "import_job_name"}
    for value in (*step["data"]["values"].values(), "srv1"):
        assert value in step["text"]


def test_the_values_come_from_the_module_that_compared_them_where_it_did():
    wanted = {"staging_path": "E:\\s", "storage_account": "a", "container": "c", "subscription_id": "s", "import_job_name": "j"}
    assert judge("target_ready", offline={"state": "needs_policy", "wanted": wanted})["next"]["data"]["values"] == wanted


def test_the_parcel_step_names_drives_address_job_deadline_and_a_carrier():
    step = judge("job_created", jobs=[job()])["next"]
    for said in ("WD-1", "Kade 1", "1000 AA", "Netherlands", "srv1", "2026-01-17T01:00:00Z", "FedEx", "seed_parcel"):
        assert said in step["text"]
    assert step["variables"]["seed_parcel"]["carrier"] == "DHL"
    assert judge("job_created", jobs=[job(return_shipping={"carrier": "fedex"})])["next"]["variables"]["seed_parcel"]["carrier"] == "FedEx"
    assert judge("job_created", jobs=[job(return_shipping={"carrier": "UPS"})])["next"]["variables"]["seed_parcel"]["carrier"] == "DHL"


def test_a_parcel_that_is_named_is_not_asked_for():
    assert (
        judge("job_created", jobs=[job()], inputs={"seed_parcel": {"carrier": "DHL", "tracking_number": "1"}})["next"]["id"]
        == "run_playbook"
    )


@pytest.mark.parametrize("name", STEPS)
def test_no_step_leaves_a_hole_in_its_text(name):
    for until, observations, _state, step in CASES:
        if step == name:
            text = judge(until, **observations)["next"]["text"]
            assert not re.search(r"None|\{|\}|  |\n", text), text


# Conflicts say both sides and change nothing.


def test_a_job_that_this_record_made_before_it_was_killed_is_taken_up():
    made = job(tags={"offlineseed": "srv1", "offlineseed_record": chain("prepared").head})
    assert judge("prepared", jobs=[made])["state"] == "waiting_for_person"


@pytest.mark.parametrize(
    ("tags", "says"),
    [
        ({}, "no tag"),
        (None, "no tag"),
        ({"offlineseed": "srv2"}, "tagged for seed srv2"),
        ({"offlineseed": "srv1", "offlineseed_record": "00"}, "a record that is not the one here"),
    ],
)
def test_a_job_of_our_name_that_is_not_ours_is_a_conflict(tags, says):
    entry = judge("prepared", jobs=[job(tags=tags)])
    assert entry["state"] == "conflict" and says in entry["error"]["seen"] and "knows of no import job" in entry["error"]["what"]


def test_another_job_than_the_one_on_record_is_a_conflict():
    entry = judge("job_created", jobs=[job(id="/other/srv1")])
    assert entry["state"] == "conflict" and JOB_ID in entry["error"]["what"] and "/other/srv1" in entry["error"]["seen"]


@pytest.mark.parametrize(("until", "stage"), [("job_created", "creating"), ("shipped", "shipped")])
def test_a_job_that_a_branch_of_the_record_changed_is_a_conflict(until, stage):
    entry = judge(until, jobs=[job(stage, tags={"offlineseed": "srv1", "offlineseed_record": "ab12"}, inbound={"tracking_number": "1"})])
    assert entry["state"] == "conflict" and "has no event ab12" in entry["error"]["what"] and "another place" in entry["error"]["seen"]


@pytest.mark.parametrize("tags", [None, {}, {"offlineseed": "srv1"}, {"owner": "x", "offlineseed_record": "ab12"}])
def test_a_known_job_whose_tags_somebody_removed_is_no_conflict(tags):
    assert judge("job_created", jobs=[job(tags=tags)])["state"] == "waiting_for_person"


def test_ids_that_differ_only_in_case_are_one_job():
    assert judge("job_created", jobs=[job(id=JOB_ID.upper())])["state"] == "waiting_for_person"


def test_a_job_that_azure_deleted_after_the_landing_is_no_conflict():
    assert judge("landed", jobs=[], agent={"seed_state": "waiting_for_copy"}, source=SOURCE)["state"] == "waiting_for_azure"


def test_every_conflict_has_ways_out():
    for until, observations in (
        ("job_created", {"jobs": []}),
        ("prepared", {"jobs": [job(tags={})]}),
        ("shipped", {"jobs": [job("canceled")]}),
    ):
        step = judge(until, **observations)["next"]
        assert step["data"]["ways_out"] and all(way in step["text"] for way in step["data"]["ways_out"])


def test_tags_name_seed_and_head():
    assert conflict.tags("srv1", "ab") == {"offlineseed": "srv1", "offlineseed_record": "ab"}
    assert conflict.tags("srv1", None) == {"offlineseed": "srv1"}


# The proof of the vault.

POINT = {"computer_name": "srv1.contoso.com", "protection_state": "Protected", "last_recovery_point": "2026-01-14T22:00:00Z"}
DONE = {"agent": {"seed_state": "completed"}, "source": SOURCE, "vault": {"protected_items": [POINT]}}


@pytest.mark.parametrize(
    ("change", "proven"),
    [
        ({}, True),
        ({"agent": {"seed_state": "completed_with_warning"}}, True),
        ({"agent": {"seed_state": "waiting_for_copy"}}, False),
        ({"agent": {}}, False),
        ({"source": {}}, False),
        ({"vault": {"protected_items": []}}, False),
        ({"vault": {"protected_items": [{**POINT, "last_recovery_point": "2026-01-12T00:00:00Z"}]}}, False),
        ({"vault": {"protected_items": [{**POINT, "last_recovery_point": None}]}}, False),
        ({"vault": {"protected_items": [{**POINT, "computer_name": "srv2"}]}}, False),
        ({"vault": {"protected_items": [POINT, {**POINT, "computer_name": "srv2", "last_recovery_point": None}]}}, True),
        ({"vault": {"protected_items": [POINT, {**POINT, "last_recovery_point": None}]}}, False),
        ({"vault": {"protected_items": [POINT, {**POINT, "last_recovery_point": None, "protection_state": "ProtectionStopped"}]}}, True),
        ({"vault": {"protected_items": [POINT, {**POINT, "last_recovery_point": None, "soft_deleted": True}]}}, True),
        ({"vault": {"protected_items": [{**POINT, "soft_deleted": True}]}}, False),
    ],
)
def test_the_vault_has_proven_the_seed_only_if_agent_and_every_item_say_so(change, proven):
    found = proof.of_vault(chain("landed").replay(), {**DONE, **change})
    assert (found is not None) == proven
    assert not proven or found["recovery_point"] == "2026-01-14T22:00:00Z"


def test_nothing_is_proven_before_the_landing():
    assert proof.of_vault(chain("shipped").replay(), DONE) is None


def test_while_the_vault_waits_the_next_scheduled_backup_is_when_to_look_again():
    entry = judge("landed", now="2026-01-13T00:00:00Z", agent={"seed_state": "waiting_for_copy"}, source=SOURCE)
    assert entry["again_at"] == "2026-01-14T22:30:00Z" and "2026-01-14T22:00:00Z" in entry["next"]["text"]


# Proofs.


def test_proven_lists_what_happened_with_its_time():
    entry = judge("shipped")
    assert {"id": "drive_prepared:WD-1", "at": "2026-01-03T00:00:00Z"} in entry["proven"]
    assert [proven["id"] for proven in entry["proven"]][-1] == "shipped"
