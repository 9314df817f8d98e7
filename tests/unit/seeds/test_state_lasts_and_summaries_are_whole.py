# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where state may live, what the modules do in check mode, and the summary file."""

from __future__ import annotations

import json
import stat

import pytest
from unit.seeds.stories import judge

from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import (
    pending,
    seed_preflight,
    seed_record,
    seed_status,
    state_dir,
    summary,
)

AWX = {"AWX_PRIVATE_DATA_DIR": "/tmp/awx_1"}


@pytest.mark.parametrize("folder", ["/runner/seeds", "/tmp/seeds", "/tmp", "/var/tmp/x", "/srv/../tmp/x", "/dev/shm/x"])
@pytest.mark.parametrize("environment", [AWX, {"RUNNER_OMIT_EVENTS": "False"}])
def test_a_folder_that_awx_throws_away_is_refused_there(folder, environment):
    assert "throws away" in state_dir.problem(folder, environment)


@pytest.mark.parametrize("folder", ["/srv/seeds", "/tmpfiles/x", "/runners/x"])
def test_a_folder_that_lasts_is_taken_inside_awx(folder):
    assert state_dir.problem(folder, AWX) is None


def test_a_link_into_a_folder_that_is_thrown_away_is_refused(tmp_path):
    link = tmp_path / "state"
    link.symlink_to("/tmp")
    assert state_dir.problem(str(link), AWX)


def test_outside_of_awx_tmp_is_the_users_own_choice():
    assert state_dir.problem("/tmp/seeds", {}) is None


@pytest.mark.parametrize("folder", ["", None, "seeds", "./seeds"])
def test_no_folder_and_a_relative_one_are_refused(folder):
    assert state_dir.problem(folder, {})


@pytest.mark.parametrize("seed", ["SRV1", "1srv", "ab", "a" * 25, "srv-", "srv_1", "../x", "srv1\n"])
def test_a_name_that_is_no_seeds_is_refused_with_the_rule(tmp_path, seed):
    with pytest.raises(Failure, match="3 to 24 lower-case"):
        state_dir.checked(str(tmp_path), seed, {})


def params(tmp_path, **more):
    return {"state_dir": str(tmp_path), "seed": "srv1", "state": "appended", **more}


def test_check_mode_appends_nothing_and_later_tasks_see_the_event(tmp_path, monkeypatch):
    monkeypatch.setenv(pending.RUN_VARIABLE, "run-1")
    told = []
    for event, phase in (("preflight_passed", "target"), ("target_ready", "stage")):
        result = seed_record.run(params(tmp_path, event=event, pending_events=told), True)
        told = result["ansible_facts"]["seed_pending_events"]
        assert result["changed"] and result["phase"] == phase and event in result["diff"]["after"]
    assert list(tmp_path.iterdir()) == []
    asked = {**params(tmp_path), "pending_events": told, "phase": "stage"}
    assert seed_status.run(asked, True)["run"] is True
    assert seed_status.run(asked, False)["run"] is False
    assert seed_status.run(asked, False)["waits_for"] == "preflight"


def test_pending_events_of_an_earlier_run_do_not_count(tmp_path, monkeypatch):
    monkeypatch.setenv(pending.RUN_VARIABLE, "run-1")
    told = seed_record.run(params(tmp_path, event="preflight_passed"), True)["ansible_facts"]["seed_pending_events"]
    monkeypatch.setenv(pending.RUN_VARIABLE, "run-2")
    assert seed_status.run({**params(tmp_path), "pending_events": told}, True)["phase"] == "preflight"


def test_what_is_on_record_is_no_change_in_check_mode_either(tmp_path):
    seed_record.run(params(tmp_path, event="preflight_passed"), False)
    result = seed_record.run(params(tmp_path, event="preflight_passed"), True)
    assert not result["changed"] and "ansible_facts" not in result


def test_an_event_that_could_not_be_written_fails_in_check_mode_too(tmp_path):
    with pytest.raises(Failure, match="lacks"):
        seed_record.run(params(tmp_path, event="staged"), True)


def test_verified_reads_and_changes_nothing(tmp_path):
    seed_record.run(params(tmp_path, event="preflight_passed"), False)
    result = seed_record.run({**params(tmp_path), "state": "verified"}, False)
    assert (result["changed"], result["events"], result["event"]) == (False, 2, None)
    path = tmp_path / "srv1" / "record.jsonl"
    path.write_text(path.read_text().replace("preflight", "Preflight"))
    with pytest.raises(Failure, match="line 2"):
        seed_record.run({**params(tmp_path), "state": "verified"}, False)


def test_status_writes_nothing(tmp_path):
    result = seed_status.run(params(tmp_path), False)
    assert result["changed"] is False and result["record"]["events"] == 0 and list(tmp_path.iterdir()) == []
    assert result["ansible_stats"]["data"] == {"offlineseed": {"srv1": result["status"]}}


def test_status_of_a_changed_record_fails_and_says_where(tmp_path):
    seed_record.run(params(tmp_path, event="preflight_passed"), False)
    path = tmp_path / "srv1" / "record.jsonl"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(Failure, match="line 2"):
        seed_status.run(params(tmp_path), False)


def test_a_folder_that_is_a_file_is_an_error_about_the_folder(tmp_path):
    (tmp_path / "srv1").write_text("x")
    for call in (
        lambda: seed_record.run(params(tmp_path, event="preflight_passed"), False),
        lambda: seed_status.run(params(tmp_path), False),
    ):
        with pytest.raises(Failure, match=r"seed_state_dir.* cannot be used: .*srv1.*Give a folder that lasts"):
            call()


def test_the_preflight_finds_a_folder_that_cannot_be_written(tmp_path):
    assert state_dir.access_problem(tmp_path / "new" / "deeper") is None
    (tmp_path / "file").write_text("x")
    assert state_dir.access_problem(tmp_path / "file" / "x") == f"{tmp_path / 'file'} is not a folder"


# The summary.


def test_a_summary_is_whole_private_and_sorted(tmp_path):
    path = tmp_path / "new" / "summary.json"
    entries = [{**judge("staged"), "seed": name} for name in ("srv2", "srv1")]
    document = summary.write(path, "run-1", "2026-01-31T08:00:00Z", entries)
    assert json.loads(path.read_text()) == document
    assert (document["schema"], document["run"], document["as_of"]) == (1, "run-1", "2026-01-31T08:00:00Z")
    assert [entry["seed"] for entry in document["seeds"]] == ["srv1", "srv2"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and [one.name for one in path.parent.iterdir()] == ["summary.json"]


def test_seeds_that_the_same_run_wrote_stay_and_those_of_another_go(tmp_path):
    path = tmp_path / "summary.json"
    first, second = ({**judge("staged"), "seed": name} for name in ("srv1", "srv2"))
    summary.write(path, "run-1", "2026-01-31T08:00:00Z", [first])
    assert len(summary.write(path, "run-1", "2026-01-31T08:00:00Z", [second])["seeds"]) == 2
    again = summary.write(path, "run-1", "2026-01-31T08:00:00Z", [{**first, "state": "complete"}])
    assert [entry["state"] for entry in again["seeds"]] == ["complete", second["state"]]
    assert len(summary.write(path, "run-2", "2026-01-31T08:00:00Z", [second])["seeds"]) == 1


@pytest.mark.parametrize("content", ["", "[]", "{", '{"schema": 2, "run": "run-1", "seeds": [{"seed": "x"}]}', '{"run": "run-1"}'])
def test_a_file_that_is_no_summary_is_replaced(tmp_path, content):
    path = tmp_path / "summary.json"
    path.write_text(content)
    assert len(summary.write(path, "run-1", "2026-01-31T08:00:00Z", [judge("staged")])["seeds"]) == 1


def test_a_line_tells_phase_state_error_and_clocks_that_are_near():
    assert summary.line(judge("staged")) == "srv1: waits for a person in phase prepare (4 of 7)."
    assert summary.line(judge("completed")) == "srv1: complete. Still to do by people: delete_escrow."
    line = summary.line(judge("job_created", now="2026-01-15T00:00:00Z"))
    assert "2 days left to give Azure carrier and tracking number" in line
    line = summary.line(judge("staged", error={"what": "Host copy1", "seen": "timed\nout", "cure": "x", "kind": "unreachable"}))
    assert line == "srv1: UNREACHABLE in phase prepare (4 of 7). Host copy1: timed out."


def test_step_lines_show_the_value_to_paste():
    disk = {"number": 2, "serial": "WD-1", "size": 250_000_000, "bus": "SATA", "eligible": True}
    lines = summary.step_lines(judge("staged", disks=[disk]))
    assert lines[-1].strip() == 'seed_drives: [{"serial": "WD-1", "size": 250000000}]'
    assert [line.strip() for line in summary.step_lines(judge("completed"))] == ["operator: Delete it."]


# The preflight module looks at the controller itself.


@pytest.mark.parametrize(("make", "says"), [(None, "No such file"), ("", "is empty"), ("folder", "is not a file"), ("x", None)])
def test_the_escrows_password_file_is_looked_at_but_not_read(tmp_path, make, says):
    path = tmp_path / "pw"
    if make == "folder":
        path.mkdir()
    elif make is not None:
        path.write_text(make)
    assert (seed_preflight.password_file_problem(str(path)) or "ok").endswith(says or "ok") or says in seed_preflight.password_file_problem(
        str(path)
    )


def test_facts_that_were_left_out_are_unknown_not_empty(tmp_path):
    target = {"provider": None, "account": None, "vault": None, "jobs": None}
    facts = {"source": None, "copy": None, "staging": None, "copying_account": None, "target": target}
    found = seed_preflight.run({"facts": facts, "inputs": {"seed_state_dir": str(tmp_path)}}, False)
    outcomes = {one["id"]: one["outcome"] for one in found["findings"]}
    assert {outcomes[rule] for rule in ("AG-01", "CP-01", "AZ-03", "AZ-18", "ST-01")} == {"unknown"}
