# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the copy logs to the first increment: nothing is cleaned or closed before its proof, and what is left for people is named."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest
from unit.seeds.stories import CORRUPTED, CUT_LOG, SEED, chain, judge

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import proof, record, seed_record, seed_status, still_to_do, summary

AT = "2026-01-16T00:00:00Z"
SOURCE = {"host": {"name": "SRV1.corp"}, "agent": {"scheduled_task": {"next_run": "2026-01-16T22:00:00Z"}}}
ITEM = {"computer_name": "srv1", "protection_state": "Protected", "last_recovery_point": "2026-01-15T22:10:00Z"}
JOB = {"id": "1", "seed_state": "completed", "running": False, "start_time": "2026-01-15T22:00:00Z"}
RAN = {"agent": {"seed_state": "completed", "job": JOB}, "source": SOURCE, "vault": {"protected_items": [ITEM]}}


def increment(**change):
    return proof.of_increment(chain("staging_removed").replay(), {**RAN, **change})


def test_a_backup_after_the_proof_with_a_point_after_it_is_the_first_increment():
    assert increment() == {"recovery_point": "2026-01-15T22:10:00Z", "started": "2026-01-15T22:00:00Z", "items": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"agent": None},
        {"agent": {"job": None}},
        {"agent": {"job": {**JOB, "seed_state": "failed"}}},
        {"agent": {"job": {**JOB, "seed_state": "Surprising"}}},
        {"agent": {"job": {**JOB, "running": True}}},
        {"agent": {"job": {**JOB, "start_time": None}}},
        {"agent": {"job": {**JOB, "start_time": "2026-01-14T22:00:00Z"}}},  # the copy to the vault itself
        {"vault": None},
        {"vault": {"protected_items": []}},
        {"vault": {"protected_items": [{**ITEM, "last_recovery_point": "2026-01-14T22:00:00Z"}]}},
        {"vault": {"protected_items": [ITEM, {**ITEM, "last_recovery_point": None}]}},
        {"vault": {"protected_items": [{**ITEM, "computer_name": "other"}]}},
    ],
)
def test_anything_less_is_no_increment(change):
    assert increment(**change) is None


def test_an_item_whose_point_was_newest_at_the_proof_needs_a_newer_one():
    known = chain("staging_removed").replay()
    known["vault"]["newest"] = "2026-01-15T23:00:00Z"
    assert proof.of_increment(known, RAN) is None


def test_the_wait_for_the_increment_ends_with_the_schedule():
    entry = judge("staging_removed", now=AT, agent={"seed_state": "completed"}, source=SOURCE)
    assert entry["again_at"] == "2026-01-16T22:30:00Z" and "2026-01-16T22:00:00Z" in entry["next"]["text"]


def test_the_repair_names_the_ranges_to_upload_and_the_report():
    entry = judge("corrupted")
    text = entry["next"]["text"]
    assert "c/a (offset 1024 length 512)" in text and "1 of 2 objects" in text and "evidence/verdicts.jsonl" in text
    assert "nothing is removed" in entry["error"]["seen"] and "1 corrupted" in entry["error"]["seen"]
    assert entry["next"]["data"]["repair"]["ranges"] == CORRUPTED["repair"]["ranges"]


def test_the_question_to_support_is_given_word_for_word():
    assert "Import job: srv1 Which of the objects were written whole?" in judge("cut_log")["next"]["text"]
    assert CUT_LOG["problems"][0] in judge("cut_log")["next"]["text"]


@pytest.mark.parametrize(
    ("until", "allowed"), [("unproven_in_vault", False), ("unverified_in_vault", False), ("landed", False), ("vault_proven", True)]
)
def test_nothing_may_be_cleaned_while_anything_is_unproven(tmp_path, until, allowed):
    keep(tmp_path, chain(until))
    told = seed_status.run({"state_dir": str(tmp_path), "seed": SEED, "phase": "complete"}, False)
    assert told["may_clean"] is allowed
    assert (told["status"]["state"] == "failed") == (until.startswith("un"))


def test_objects_without_a_checksum_to_compare_are_enough_to_go_on():
    known = chain("vault_proven").replay()
    known["verified"] = {"conclusion": "present", "counts": {"present": 2}, "other_algorithm": ["WD-1"]}
    assert proof.landed_well(known) and judge(None, known=known)["state"] == "waiting_for_person"


def test_a_complete_seed_names_what_is_left_for_people():
    entry = judge("completed")
    assert "Still to do by people: delete_escrow" in summary.line(entry)
    assert [line.strip() for line in summary.step_lines(entry)] == ["operator: Delete it."]
    assert judge("landed")["still_to_do"] == []


def test_what_is_left_is_about_this_seeds_drives_and_source():
    tasks = {task["id"]: task["text"] for task in still_to_do.of(chain("landed").replay(), "srv1")}
    assert set(tasks) == set(still_to_do.IDS) - {"delete_tool_folder"}
    assert "WD-1" in tasks["wipe_drives"] and SEED in tasks["delete_escrow"] and "srv1" in tasks["remove_entra_app"]
    assert {task["id"] for task in still_to_do.of(chain("staged").replay(), "srv1")} == {"remove_entra_app", "remove_wizard_files"}


def test_a_new_job_for_the_same_drives_has_no_verdict_yet():
    told = chain("corrupted").replay()
    assert told["verified"] and told["evidence"]
    from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import events

    events.tell(told, "job_forgotten", {"name": "srv1", "why": "lost"}, AT)
    assert told["verified"] is None and told["evidence"] is None
    assert "evidence_archived" not in {one["id"] for one in told["proven"]}


# The script beside the record.


def keep(folder, told):
    place = folder / SEED
    place.mkdir()
    (place / record.RECORD).write_bytes(b"".join(line.encoded() for line in told.lines))
    (place / record.HEAD).write_text(f'{{"hash":"{told.head}","n":{len(told.lines)}}}')


@pytest.fixture
def archived(tmp_path):
    """A seed whose evidence (a log, a journal) is on record; the folder of the seed."""
    evidence = tmp_path / SEED / "evidence"
    files = {"logs/a_verbose.xml": b"<log/>", "WD-1/journal.jsonl": b"{}\n"}
    for name, content in files.items():
        (evidence / name).parent.mkdir(parents=True, exist_ok=True)
        (evidence / name).write_bytes(content)
    told = [{"name": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)} for name, content in files.items()]
    params = {"state_dir": str(tmp_path), "seed": SEED, "state": "appended", "now": None}
    drive = {"plan_hash": "a", "manifest_file": "\\D", "manifest_hash": "AB", "protector": "{1}"}
    paper = [{**told[1], "name": "journal.jsonl"}]
    seed_record.run({**params, "event": "drive_prepared", "data": {"serial": "WD-1", **drive, "evidence": paper}}, False)
    assert not (tmp_path / SEED / "verify_record.py").exists()
    seed_record.run({**params, "event": "evidence_archived", "data": {"files": told[:1], "missing": []}}, False)
    return tmp_path / SEED


def verified(folder):
    command = [sys.executable, "-I", "verify_record.py", "record.jsonl", "--evidence", "evidence"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.returncode, done.stdout


def test_the_script_that_lies_beside_the_record_checks_every_file_of_the_evidence(archived):
    code, said = verified(archived)
    assert code == 0 and "all 2 files of evidence have the hashes of the record" in said, said


@pytest.mark.parametrize("name", ["logs/a_verbose.xml", "WD-1/journal.jsonl"])
def test_evidence_that_was_changed_or_is_gone_is_named(archived, name):
    place = archived / "evidence" / name
    place.write_bytes(place.read_bytes()[:-1] + b"x")
    code, said = verified(archived)
    assert code == 1 and f"evidence {name}: it was changed" in said and "record.jsonl is what was written" in said
    place.unlink()
    code, said = verified(archived)
    assert code == 1 and f"evidence {name}: it is not in evidence" in said


def test_a_record_that_names_files_outside_of_the_folder_is_not_followed(archived, tmp_path):
    (archived.parent / "secret").write_text("x")
    params = {"state_dir": str(tmp_path), "seed": SEED, "state": "appended", "now": None}
    files = [{"name": "../../secret", "sha256": hashlib.sha256(b"x").hexdigest(), "bytes": 1}]
    seed_record.run({**params, "event": "evidence_archived", "data": {"files": files}}, False)
    code, said = verified(archived)
    assert code == 1 and "outside of the folder" in said


def test_the_record_keeps_when_azure_was_first_done(archived, tmp_path):
    first = record.read(tmp_path, SEED).replay()["evidence"]
    params = {"state_dir": str(tmp_path), "seed": SEED, "state": "appended", "now": "2030-01-01T00:00:00Z"}
    seed_record.run({**params, "event": "evidence_archived", "data": {"files": [], "missing": ["a"]}}, False)
    again = record.read(tmp_path, SEED).replay()["evidence"]
    assert again["since"] == first["since"] != again["at"] and again["files"] == []
    assert json.loads(json.dumps(again)) == again
