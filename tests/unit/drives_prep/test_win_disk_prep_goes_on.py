# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state machine of win_disk_prep: what it asks of the host, in which order, and what it does not ask."""

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow

from .fake_host import FOLDER, SIZE, FakeHost

NEW = ("blank", "planned")
REASON = {"id": "not_empty", "text": "disk 2, serial 'A': it is not empty; set wipe: true"}


@pytest.fixture
def host(tmp_path):
    return lambda **drives: FakeHost(tmp_path, **drives)


def test_new_drives_are_begun_started_together_and_proven_one_by_one(host, monkeypatch):
    copy = host(A=NEW, B=NEW)
    result = copy.run(monkeypatch)
    assert result["prepared"] and result["changed"] and result["sealed"] == ["A", "B"]
    assert copy.operations() == ["inspect", "probe_source", "begin", "begin", "start", "poll", "prove", "prove"]
    assert dict(copy.calls)["start"] == ["A", "B"]


def test_the_key_is_in_escrow_before_the_host_sees_it_and_in_no_result(host, monkeypatch, tmp_path):
    copy = host(A=NEW)
    seen = []
    copy.script["begin"] = [lambda there, requests: (seen.append(escrow.exists(tmp_path / "escrow", "A")), there._on_begin(requests))]
    result = copy.run(monkeypatch)
    key = escrow.read(tmp_path / "escrow", "A", tmp_path / "password")
    assert seen == [True] and set(copy.keys) == {key}
    assert key not in json.dumps(result) and not any(key.encode() in content for content in copy.put.values())


def test_lists_and_worker_are_put_into_the_work_folder_as_the_plan_says(host, monkeypatch):
    copy = host(A=NEW)
    copy.run(monkeypatch)
    head, line = copy.put[FOLDER + r"\lists\A.jsonl"].decode().splitlines()
    assert json.loads(head) | {"plan_hash": "x"} == {
        "v": 1,
        "seed": "srv1",
        "serial": "A",
        "plan_hash": "x",
        "container": "landing",
        "files": 1,
        "bytes": 512,
    }
    assert json.loads(line)["size"] == 512
    assert {FOLDER + rf"\worker\{name}" for name in ("_DriveWorker.psm1", "_DriveJournal.cs", "_DriveCopy.cs")} < set(copy.put)


def test_prepared_drives_are_only_looked_at(host, monkeypatch):
    copy = host(A=("prepared", "proven"), B=("prepared", "proven"))
    result = copy.run(monkeypatch)
    assert (result["prepared"], result["changed"], copy.operations()) == (True, False, ["inspect"]) and not copy.keys


def test_a_refused_drive_stops_the_run_before_any_drive_is_begun(host, monkeypatch):
    copy = host(A=("refused", "refused"), B=NEW)
    copy.move("A", reasons=[REASON])
    result = copy.run(monkeypatch)
    assert result["failed"] and not result["changed"] and copy.operations() == ["inspect"] and "wipe: true" in result["msg"]
    assert [drive["state"] for drive in result["drives"]] == ["refused", "planned"]


def test_staging_folder_that_cannot_be_read_stops_the_run_before_a_key_is_made(host, monkeypatch, tmp_path):
    copy = host(A=NEW)
    copy.script["probe_source"] = [
        {"changed": False, "folder": FOLDER, "source": {"readable": False, "error": "Access is denied", "account": "COPY1$"}}
    ]
    result = copy.run(monkeypatch)
    assert result["failed"] and result["source_readable"] is False and "Access is denied" in result["msg"] and "COPY1$" in result["msg"]
    assert copy.operations() == ["inspect", "probe_source"] and not (tmp_path / "escrow").exists()


def test_nothing_is_waited_for_longer_than_said(host, monkeypatch):
    copy = host(A=NEW)
    copy._on_poll = lambda requests: None
    result = copy.run(monkeypatch, wait=30)
    assert copy.slept <= 30 and result["running"] and not result["prepared"] and result["drives"][0]["state"] == "copying"
    assert not result.get("failed")


def test_dropped_connections_while_looking_are_survived(host, monkeypatch):
    copy = host(A=NEW)
    copy.script["poll"] = [AnsibleConnectionFailure("gone"), ConnectionResetError("reset"), AnsibleConnectionFailure("gone")]
    result = copy.run(monkeypatch)
    assert result["prepared"] and copy.resets == 3


def test_a_host_that_does_not_come_back_is_unreachable_and_says_that_the_copying_goes_on(host, monkeypatch):
    copy = host(A=NEW)
    copy.script["poll"] = [AnsibleConnectionFailure("gone")] * 1000
    with pytest.raises(AnsibleConnectionFailure, match="goes on without this run"):
        copy.run(monkeypatch)
    assert copy.slept <= 110


def test_a_dropped_connection_in_a_step_that_changes_something_is_not_tried_again(host, monkeypatch):
    copy = host(A=NEW)
    copy.script["begin"] = [AnsibleConnectionFailure("gone")]
    with pytest.raises(AnsibleConnectionFailure):
        copy.run(monkeypatch)
    assert copy.operations().count("begin") == 1


def test_a_restart_of_the_host_while_copying_leads_to_attach_and_a_new_start(host, monkeypatch):
    copy = host(A=NEW)
    copy.script["poll"] = [AnsibleConnectionFailure("gone"), lambda there, requests: there.move("A", "locked", "planned")]
    result = copy.run(monkeypatch)
    assert result["prepared"] and copy.operations().count("begin") == 1
    assert copy.operations()[-4:] == ["attach", "start", "poll", "prove"]


def test_one_drives_failure_leaves_the_others_alone(host, monkeypatch):
    copy = host(A=NEW, B=NEW)
    copy.script["begin"] = [{"failed": True, "msg": "Failed to begin drives of seed srv1 (A): the disk does not answer"}]
    result = copy.run(monkeypatch)
    states = {drive["serial"]: drive["state"] for drive in result["drives"]}
    assert states == {"A": "failed", "B": "proven"} and result["failed"] and "does not answer" in result["msg"]
    assert copy.operations().count("begin") == 2


def test_a_worker_that_dies_without_a_byte_is_not_started_for_ever(host, monkeypatch):
    copy = host(A=NEW)
    copy._on_start = lambda requests: copy.move("A", state="interrupted")
    result = copy.run(monkeypatch)
    assert result["failed"] and copy.operations().count("start") == 3 and "worker.log" in result["msg"]


def test_a_drive_that_failed_to_copy_is_started_again_by_the_next_run_only(host, monkeypatch):
    copy = host(A=("ours", "failed"))
    copy.move("A", message="file 'x': read error")
    copy._on_poll = lambda requests: copy.move("A", state="failed", message="file 'x': read error")
    result = copy.run(monkeypatch)
    assert result["failed"] and copy.operations().count("start") == 1 and "read error" in result["msg"]


def test_a_proof_that_fails_is_told_and_not_repeated(host, monkeypatch):
    copy = host(A=("ours", "copied"))
    copy._on_prove = lambda requests: copy.move("A", state="failed", message="not proven: the escrowed key does not open the drive")
    result = copy.run(monkeypatch)
    assert result["failed"] and copy.operations().count("prove") == 1 and "does not open" in result["msg"]


def test_a_drive_still_encrypting_is_waited_for(host, monkeypatch):
    copy = host(A=("ours", "encrypting"))
    copy.script["poll"] = [lambda there, requests: None, lambda there, requests: there.move("A", state="copied")]
    assert copy.run(monkeypatch)["prepared"] and copy.operations() == ["inspect", "poll", "poll", "prove"]


@pytest.mark.parametrize("wipe, steps", [(False, ["attach"]), (True, ["attach", "begin"])])
def test_a_locked_drive_of_another_key_is_wiped_by_consent_only(host, monkeypatch, wipe, steps):
    copy = host(A=("locked", "planned"))
    copy._on_attach = lambda requests: copy.move("A", state="refused", reasons=[{"id": "key_refused", "text": "the key does not open it"}])
    copy._on_begin = lambda requests: copy.move("A", "ours", "sealed", reasons=[])
    result = copy.run(monkeypatch, drives=[{"serial": "A", "size": SIZE, "wipe": wipe}])
    assert [one for one in copy.operations() if one in ("attach", "begin")] == steps and bool(result.get("failed")) == (not wipe)


def test_check_mode_looks_and_shows_and_does_nothing_else(host, monkeypatch, tmp_path):
    copy = host(A=("wipeable", "planned"), B=NEW)
    result = copy.run(monkeypatch, check=True)
    assert result["changed"] and copy.operations() == ["inspect"] and not (tmp_path / "escrow").exists()
    assert "drive A (4000787030016 bytes): WIPED, formatted" in result["diff"]["after"] and result["sealed"] == []


@pytest.mark.parametrize(
    "options, words",
    [
        ({"drives": [{"serial": "A", "size": SIZE}]}, "drive B, which seed_drives does not name"),
        ({"drives": [{"serial": "A", "size": SIZE - 512}, {"serial": "B", "size": SIZE}]}, "the plan 4000787030016"),
        ({"drives": [{"serial": "A", "size": SIZE}, {"serial": "A", "size": SIZE}, {"serial": "B", "size": SIZE}]}, "names drive A twice"),
        ({"container": "other"}, "the plan's container 'landing'"),
        ({"seed": "srv2"}, "the plan's seed 'srv1'"),
        ({"plan_file": "/nowhere/plan.json"}, "cannot be read"),
    ],
)
def test_consent_and_plan_that_disagree_are_refused_before_the_host_is_asked(host, monkeypatch, options, words):
    copy = host(A=NEW, B=NEW)
    result = copy.run(monkeypatch, **options)
    assert result["failed"] and words in result["msg"] and not copy.calls


def test_a_plan_that_was_changed_by_hand_is_refused(host, monkeypatch, tmp_path):
    copy = host(A=NEW)
    text = (tmp_path / "plan.json").read_text()
    (tmp_path / "plan.json").write_text(text.replace('"size":512', '"size":1024'))
    result = copy.run(monkeypatch)
    assert result["failed"] and "plan_hash" in result["msg"] and not copy.calls


def test_internal_options_are_refused_from_a_user(host, monkeypatch):
    copy = host(A=NEW)
    with pytest.raises(AnsibleActionFail, match="_operation is an internal option"):
        copy.run(monkeypatch, _operation="begin")
    assert not copy.calls


@pytest.mark.parametrize("name", ["plan_file", "staging_path", "container", "escrow_dir", "escrow_password_file"])
def test_options_that_prepared_needs_are_asked_for(host, monkeypatch, name):
    copy = host(A=NEW)
    result = copy.run(monkeypatch, **{name: None})
    assert result["failed"] and result["field"] == name and not copy.calls


def test_named_but_unneeded_drive_is_told_and_not_touched(host, monkeypatch):
    copy = host(A=NEW)
    result = copy.run(monkeypatch, drives=[{"serial": "A", "size": SIZE}, {"serial": "SPARE", "size": SIZE}])
    assert result["prepared"] and result["drives"][1]["standing"] == "unused"
    assert not any("SPARE" in serials for _operation, serials in copy.calls)


def test_cancel_asks_for_nothing_but_cancel(host, monkeypatch):
    copy = host(A=("ours", "copying"))
    assert copy.run(monkeypatch, state="cancelled")["changed"] and copy.operations() == ["cancel"]


def test_escrow_that_does_not_open_stops_before_the_drive_is_touched(host, monkeypatch, tmp_path):
    escrow.seal(tmp_path / "escrow", "A", _password(tmp_path, "another"), "srv1")
    copy = host(A=NEW)
    result = copy.run(monkeypatch)
    assert result["failed"] and "does not open" in result["msg"] and "begin" not in copy.operations()


def _password(folder, word):
    path = folder / "other-password"
    path.write_text(word + "\n")
    return path


def test_keys_are_sealed_alone_without_a_word_to_the_host(host, monkeypatch, tmp_path):
    copy = host(A=NEW, B=NEW)
    planned = copy.run(monkeypatch, check=True, state="sealed")
    assert (planned["changed"], planned["sealed"], (tmp_path / "escrow").exists()) == (True, [], False)
    result = copy.run(monkeypatch, state="sealed")
    keys = [escrow.read(tmp_path / "escrow", serial, tmp_path / "password") for serial in "AB"]
    assert (result["changed"], result["sealed"], copy.operations()) == (True, ["A", "B"], [])
    assert not any(key in json.dumps(result) for key in keys)
    assert copy.run(monkeypatch, state="sealed")["changed"] is False
    copy.run(monkeypatch)
    assert copy.keys[:2] == keys


def test_a_drive_is_not_begun_while_its_key_is_missing_in_the_store(host, monkeypatch, tmp_path):
    copy = host(A=NEW)
    marker = {"v": 1, "place": "seedstate/offlineseed/srv1", "record": 0, "files": {}}
    (tmp_path / "store.json").write_text(json.dumps(marker))
    result = copy.run(monkeypatch)
    assert result["failed"] and "is not in seedstate/offlineseed/srv1 yet" in result["msg"]
    assert "begin" not in copy.operations() and not copy.keys
    status = (tmp_path / "escrow" / "A.yml").stat()
    kept = {"escrow/A.yml": {"etag": "0x1", "stat": [status.st_size, status.st_mtime_ns]}}
    (tmp_path / "store.json").write_text(json.dumps({**marker, "files": kept}))
    assert copy.run(monkeypatch)["prepared"]
