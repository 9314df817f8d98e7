# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The closing lines: what they say of a host that failed, and that real Ansible prints them when no host is left and under --limit."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml
from unit.seeds.stories import chain, judge

from ansible_collections.offlineseed.azure.plugins.module_utils import times
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import closing

NOW = times.parse("2026-01-04T00:00:00Z")


def put_record(folder, until):
    told = chain(until)
    (folder / "srv1").mkdir(parents=True)
    (folder / "srv1" / "record.jsonl").write_bytes(b"".join(line.encoded() for line in told.lines))
    (folder / "srv1" / "record.head").write_text(f'{{"hash":"{told.head}","n":{len(told.lines)}}}')


def told(folder, **more):
    return closing.Told(**{"host": "srv1", "state_dir": str(folder), "seed": "srv1", **more})


ERROR = {"what": "Drives are filled", "seen": "it broke", "cure": "Mend it.", "kind": "failed"}


def test_the_last_status_is_said_as_it_is():
    entry = judge("staged")
    assert closing.entry_of(told("/nowhere", entry=entry), NOW) is entry


def test_a_host_that_failed_before_any_status_is_judged_by_its_record(tmp_path):
    put_record(tmp_path, "shipped")
    entry = closing.entry_of(told(tmp_path, error=ERROR), NOW)
    assert (entry["state"], entry["phase"], entry["error"]["seen"]) == ("failed", "track", "it broke")
    assert [clock["id"] for clock in entry["clocks"]] == ["arrive"] and entry["proven"]


def test_a_failure_after_a_status_is_judged_by_the_record_as_it_is_now(tmp_path):
    put_record(tmp_path, "staged")
    entry = closing.entry_of(told(tmp_path, entry=judge("target_ready"), error=ERROR), NOW)
    assert (entry["state"], entry["phase"]) == ("failed", "prepare")


def test_findings_say_more_than_the_message_of_the_task_that_failed_on_them(tmp_path):
    finding = {"id": "CP-01", "seen": "the copy host is a virtual machine", "cure": "Name a physical one."}
    entry = closing.entry_of(told(tmp_path, entry=judge("opened", findings=[finding]), error=ERROR), NOW)
    assert (entry["state"], entry["next"]["id"]) == ("failed", "fix_findings")


def test_drives_that_were_refused_say_more_than_the_message(tmp_path):
    put_record(tmp_path, "staged")
    drives = [{"serial": "WD-1", "state": "refused", "reasons": [{"id": "not_empty", "text": "it holds data"}]}]
    entry = closing.entry_of(told(tmp_path, error=ERROR, prep={"drives": drives}), NOW)
    assert (entry["state"], entry["next"]["id"]) == ("failed", "fix_drives") and "it holds data" in entry["error"]["seen"]


def test_a_conflict_stays_a_conflict(tmp_path):
    put_record(tmp_path, "job_created")
    entry = closing.entry_of(told(tmp_path, entry=judge("job_created", jobs=[]), error=ERROR), NOW)
    assert entry["state"] == "conflict"


@pytest.mark.parametrize(("more", "says"), [({"state_dir": None}, "seed_state_dir"), ({"seed": "Bad_Name"}, "3 to 24")])
def test_a_host_without_folder_or_name_is_said_to_be_wrong(tmp_path, more, says):
    entry = closing.entry_of(told(tmp_path, **more), NOW)
    assert entry["state"] == "failed" and says in entry["error"]["seen"]


def test_a_changed_record_is_said(tmp_path):
    put_record(tmp_path, "shipped")
    path = tmp_path / "srv1" / "record.jsonl"
    path.write_bytes(path.read_bytes().replace(b"DHL", b"UPS"))
    entry = closing.entry_of(told(tmp_path), NOW)
    assert entry["state"] == "failed" and "line 8" in entry["error"]["seen"]


@pytest.mark.parametrize(
    ("result", "unreachable", "seen"),
    [
        ({"msg": "it broke"}, False, "it broke"),
        ({"msg": "all items failed", "results": [{"msg": "fine"}, {"failed": True, "msg": "two broke"}]}, False, "two broke"),
        ({"censored": "the output has been hidden"}, False, "the output has been hidden"),
        ({}, False, "it gave no message"),
        ({"msg": ["a", "b"]}, False, "['a', 'b']"),
        ({"msg": "line one\nline two"}, True, "line one line two"),
    ],
)
def test_the_error_of_a_task_is_found(result, unreachable, seen):
    error = closing.error_of("Task", "srv1", result, unreachable)
    assert error["seen"] == seen and error["cure"] and error["kind"] == ("unreachable" if unreachable else "failed")


def test_a_copy_host_that_did_not_answer_is_named():
    error = closing.error_of("Disks are known", "srv1", {"msg": "timed out", "_ansible_delegated_vars": {"ansible_host": "10.0.0.7"}}, True)
    assert "srv1's copy host 10.0.0.7" in error["what"] and "WinRM" in error["cure"]


def test_a_long_message_is_cut():
    assert len(closing.error_of("Task", "srv1", {"msg": "x" * 5000}, False)["seen"]) < 800


# With real Ansible.

PING = [{"hosts": "seed_sources", "gather_facts": False, "tasks": [{"name": "Host answers", "ansible.windows.win_ping": None}]}]
SEED_VARIABLES = {
    "seed_now": "2026-01-06T00:00:00Z",
    "seed_azure": {"secret": "CANARY-secret"},
    "seed_escrow_password_file": "{{ seed_state_dir }}/password",
    "seed_subscription_id": "11111111-2222-3333-4444-555555555555",
    "seed_resource_group": "rg-seed",
    "seed_location": "westeurope",
    "seed_vault": {"name": "vault1", "resource_group": "rg-seed"},
    "seed_storage_account": "seedlanding",
    "seed_container": "seed-srv",
    "seed_staging_path": "D:\\staging",
    "seed_return_address": dict.fromkeys(("recipient_name", "street_address1", "city", "postal_code", "country_or_region", "phone"), "x")
    | {"phone": "+49 221 5550123", "email": "greta.lind@example.com"},
    "seed_return_shipping": {"carrier": "DHL", "account_number": "1"},
}
NOBODY = {
    "ansible_connection": "winrm",
    "ansible_host": "127.0.0.1",
    "ansible_port": 1,
    "ansible_user": "a",
    "ansible_password": "CANARY-winrm",
}


@pytest.fixture
def playing(site, tmp_path):
    """Call it with a playbook and options: runs ansible-playbook on two hosts that do not answer; returns (process, summary)."""
    put_record(tmp_path / "state", "shipped")
    variables = {
        **SEED_VARIABLES,
        "folder": str(tmp_path),
        "seed_state_dir": "{{ folder }}/state",
        "seed_summary_file": "{{ folder }}/summary.json",
        "seed_copy_host": "{{ not_defined_anywhere }}",
    }
    (tmp_path / "inventory.yml").write_text(
        yaml.safe_dump({"seed_sources": {"hosts": {"srv1": NOBODY, "srv2": NOBODY}, "vars": variables}})
    )
    (tmp_path / "state" / "password").write_text("CANARY-escrow\n")
    (tmp_path / "own.yml").write_text(yaml.safe_dump([{"import_playbook": "offlineseed.azure.seed"}]))
    (tmp_path / "ping.yml").write_text(yaml.safe_dump(PING))

    def play(playbook, *options, **environment):
        command = [site.program("ansible-playbook"), "-vvv", "-i", str(tmp_path / "inventory.yml"), playbook, *options]
        done = subprocess.run(
            command, env={**site.environment(), **environment}, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        file = tmp_path / "summary.json"
        assert "CANARY" not in done.stdout + done.stderr
        return done, json.loads(file.read_text()) if file.exists() else None

    return play


def closing_lines(done):
    assert "Offline seeding" in done.stdout, done.stdout + done.stderr
    return done.stdout.split("Offline seeding", 1)[1]


def test_lines_and_summary_come_when_no_host_is_left(playing):
    done, document = playing("own.yml", "-e", "seed_copy_host=srv2")
    assert done.returncode == 4, done.stdout
    lines = closing_lines(done)
    assert "srv2: UNREACHABLE in phase preflight (1 of 7). srv2 did not answer (Backup agent of the source is known)" in lines
    assert [(entry["seed"], entry["phase"]) for entry in document["seeds"]] == [("srv1", "track"), ("srv2", "preflight")]
    assert document["seeds"][1]["state"] == "unreachable" and document["seeds"][1]["next"]["id"] == "make_host_reachable"
    assert document["as_of"] == "2026-01-06T00:00:00Z" and document["seeds"][0]["clocks"][0]["days_left"] == 13


def test_under_limit_only_the_hosts_within_it_are_spoken_of(playing):
    done, document = playing("own.yml", "--limit", "srv2", "-e", "seed_copy_host=srv2")
    assert done.returncode == 4 and "srv1" not in closing_lines(done)
    assert [(entry["seed"], entry["state"]) for entry in document["seeds"]] == [("srv2", "unreachable")]


def test_a_host_whose_variables_are_wrong_is_spoken_of(playing):
    done, document = playing(
        "own.yml", "--limit", "srv2", "-e", "seed_copy_host=srv2", "-e", "seed_max_rate=fast", "-e", "seed_name=Bad_Name"
    )
    assert done.returncode == 2 and "seed (seed_name) is 'Bad_Name'" in closing_lines(done)
    assert [entry["state"] for entry in document["seeds"]] == ["failed"]


@pytest.mark.parametrize("how", ["name", "path", "own"])
def test_lines_come_in_each_of_the_three_ways_to_run(playing, site, how, tmp_path):
    (tmp_path / "status.yml").write_text(yaml.safe_dump([{"import_playbook": "offlineseed.azure.status"}]))
    ways = {"name": "offlineseed.azure.status", "path": str(site.root / "playbooks" / "status.yml"), "own": "status.yml"}
    done, document = playing(ways[how])
    assert done.returncode == 0, done.stderr
    assert "srv1: waits for a person in phase track" in closing_lines(done)
    assert [entry["phase"] for entry in document["seeds"]] == ["track", "preflight"]


def test_check_mode_speaks_and_writes_no_summary(playing):
    done, document = playing("offlineseed.azure.status", "--check")
    assert "check mode" in closing_lines(done) and document is None


def test_a_clock_that_ran_out_fails_the_run_with_its_words(playing):
    done, document = playing(
        "offlineseed.azure.status", "-e", "seed_fail_on=past", "-e", "seed_now=2026-02-06T00:00:00Z", "--limit", "srv1"
    )
    assert done.returncode == 2
    assert "The parcel should be in the datacenter" in closing_lines(done)
    assert document["seeds"][0]["state"] == "waiting_for_person" and document["seeds"][0]["clocks"][0]["level"] == "past"


def test_what_only_people_know_counts_in_the_status_and_in_the_closing_lines(playing):
    online = ("-e", "seed_dpm_online_at=2026-01-02T00:00:00Z", "-e", "seed_now=2026-01-18T00:00:00Z", "--limit", "srv1")
    done, document = playing("offlineseed.azure.status", "-e", "seed_fail_on=past", *online)
    assert done.returncode == 2 and "offline for more than 15 days" in closing_lines(done)
    assert {one["id"]: one["level"] for one in document["seeds"][0]["clocks"]} == {"arrive": "near", "dpm_offline": "past"}


def test_a_playbook_that_has_nothing_to_do_with_seeds_is_left_alone(playing):
    done, document = playing("ping.yml")
    assert done.returncode == 4 and "Offline seeding" not in done.stdout and document is None


def test_output_for_programs_stays_theirs(playing, tmp_path):
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "json.py").write_text(JSON_CALLBACK)
    done, document = playing("offlineseed.azure.status", ANSIBLE_STDOUT_CALLBACK="json", ANSIBLE_CALLBACK_PLUGINS=str(plugins))
    assert "Offline seeding" not in done.stdout and "Offline seeding" in done.stderr and document


JSON_CALLBACK = """
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = "name: json\\ntype: stdout\\nshort_description: x\\ndescription: [x]\\n"


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "json"
"""
