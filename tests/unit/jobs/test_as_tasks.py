# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same cores as tasks of a real playbook: in the controller process, and as a module where the task is delegated."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml
from unit.jobs.worlds import JOBS, VERSION
from unit.scripted import SECRET, SUBSCRIPTION, refusal

PROVIDER = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ImportExport"
# A connection that is not called local, so that Ansible sees another host; and one that nothing may touch.
ELSEWHERE = """
DOCUMENTATION = "{name: elsewhere, short_description: local by another name, description: stands for another host}"
from ansible.plugins.connection.local import Connection as Local
class Connection(Local):
    transport = "elsewhere"
"""
# Writes each result as Ansible shows it, which is after all masking.
REMEMBER = """
DOCUMENTATION = "{name: remember, type: notification, short_description: keeps results, description: keeps results}"
import json, os
from ansible.plugins.callback import CallbackBase
class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME = 2.0, "notification", "remember"
    def keep(self, result, failed):
        told = {**json.loads(self._dump_results(result._result)), "failed": failed}
        with open("results.jsonl", "a") as file:
            file.write(json.dumps([result._task.name, told]) + "\\n")
    def v2_runner_on_ok(self, result):
        self.keep(result, False)
    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.keep(result, True)
    v2_runner_on_unreachable = v2_runner_on_failed
"""
INVENTORY = {
    "all": {
        "hosts": {
            "srv1": {"ansible_connection": "winrm", "ansible_host": "127.0.0.1", "ansible_port": 1},
            "other": {"ansible_connection": "elsewhere", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
            "here": {"ansible_connection": "local"},
        }
    }
}
WHERE = {
    "winrm host": {},
    "localhost": {"delegate_to": "localhost"},
    "local host": {"delegate_to": "here"},
    "other host": {"delegate_to": "other"},
}


class Play:
    """Plays tasks against the scripted Azure and reads their results."""

    def __init__(self, folder, site, task):
        self._folder, self._site, self._task = folder, site, task
        (folder / "connection_plugins").mkdir()
        (folder / "connection_plugins" / "elsewhere.py").write_text(ELSEWHERE)
        (folder / "callback_plugins").mkdir()
        (folder / "callback_plugins" / "remember.py").write_text(REMEMBER)
        (folder / "inventory.yml").write_text(yaml.safe_dump(INVENTORY))
        self.options = {name: value for name, value in task.options.items() if name != "secret"}

    def run(self, *tasks, arguments=()):
        """(results by task name, everything that was printed)"""
        defaults = {"group/offlineseed.azure.azure": self.options}
        plays = [{"hosts": "srv1", "gather_facts": False, "module_defaults": defaults, "tasks": list(tasks)}]
        (self._folder / "play.yml").write_text(yaml.safe_dump(plays, sort_keys=False))
        env = {
            **self._site.environment(), "AZURE_SECRET": SECRET, "HOME": str(self._folder), "ANSIBLE_CALLBACKS_ENABLED": "remember",
            "ANSIBLE_LOCAL_TEMP": str(self._folder / "tmp"), "ANSIBLE_NOCOLOR": "1",
        }  # fmt: skip
        command = [self._site.program("ansible-playbook"), "-i", "inventory.yml", "play.yml", "-vvvv", *arguments]
        done = subprocess.run(command, cwd=self._folder, env=env, capture_output=True, text=True, check=False)
        kept = self._folder / "results.jsonl"
        assert kept.exists(), done.stdout + done.stderr
        results = dict(map(json.loads, kept.read_text().splitlines()))
        return results, done.stdout + done.stderr


@pytest.fixture
def play(tmp_path, site, task):
    return Play(tmp_path, site, task)


def provider(name="provider", **more):
    return {"name": name, "offlineseed.azure.resource_provider": {"namespaces": ["Microsoft.ImportExport"]}, **more}


def expect_state(script, state, **more):
    script.expect("GET", PROVIDER, version="2021-04-01", json={"registrationState": state}, **more)


@pytest.mark.parametrize("where", WHERE)
def test_a_task_runs_whatever_its_host_is(script, play, where):
    expect_state(script, "Registered")
    results, _printed = play.run(provider(**WHERE[where]))
    assert results["provider"]["providers"] == [{"namespace": "Microsoft.ImportExport", "registration_state": "Registered"}]
    assert results["provider"]["changed"] is False


@pytest.mark.parametrize("where", ["winrm host", "other host"])
def test_check_mode_and_diff_reach_the_core(script, play, where):
    expect_state(script, "NotRegistered")
    results, _printed = play.run(provider(**WHERE[where]), arguments=["--check", "--diff"])
    assert results["provider"]["changed"] is True
    assert results["provider"]["diff"]["before"] == {"Microsoft.ImportExport": "NotRegistered"}


def test_the_diff_is_left_out_where_nobody_asked_for_it(script, play):
    expect_state(script, "NotRegistered")
    results, _printed = play.run(provider(check_mode=True))
    assert "diff" not in results["provider"] and len(results["provider"]["requests"]) == 1


@pytest.mark.parametrize("where", ["winrm host", "other host"])
def test_a_failure_is_a_sentence_and_fields(script, play, where):
    script.expect(
        "GET", PROVIDER, version="2021-04-01", status=403, json=refusal("AuthorizationFailed", "perform action 'a/read' over scope 's'")
    )
    results, _printed = play.run(provider(**WHERE[where]))
    failed = results["provider"]
    assert failed["failed"] is True and failed["msg"].startswith(
        "Failed to read resource provider Microsoft.ImportExport: AuthorizationFailed: "
    )
    assert (failed["action"], failed["role"], failed["scope"]) == ("a/read", "Reader", "s")


@pytest.mark.parametrize("where", ["winrm host", "other host"])
def test_neither_secret_nor_token_is_ever_printed(script, play, where):
    script.expect("GET", PROVIDER, version="2021-04-01", status=400, json=refusal("Bad", f"{SECRET} and {script.token(1)} are bad"))
    results, printed = play.run(provider(**WHERE[where]))
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in results["provider"]["msg"] or "****" in results["provider"]["msg"]
    assert "CANARY" not in printed


def test_a_wrong_secret_is_one_error_and_nothing_leaks_beside_it(script, play):
    description = "AADSTS7000215: Invalid client secret provided."
    script.next_sign_in(401, {"error": "invalid_client", "error_description": description, "error_codes": [7000215]})
    results, printed = play.run(provider())
    assert (results["provider"]["field"], results["provider"]["code"]) == ("secret", "AADSTS7000215")
    assert "errantly sent data" not in printed and "CANARY" not in printed


def test_the_environment_of_a_task_signs_it_in(script, play):
    expect_state(script, "Registered")
    play.run(provider(environment={"AZURE_SECRET": "CANARY-other"}))
    assert script.sign_ins[0]["client_secret"] == "CANARY-other"


def test_what_stands_in_a_task_goes_before_the_defaults_of_the_group(script, play):
    other = SUBSCRIPTION.replace("1", "3")
    script.expect(
        "GET", f"/subscriptions/{other}/providers/Microsoft.ImportExport", version="2021-04-01", json={"registrationState": "Registered"}
    )
    task = provider()
    task["offlineseed.azure.resource_provider"]["subscription_id"] = other
    results, _printed = play.run(task)
    assert not results["provider"]["failed"]


def test_the_defaults_of_the_group_do_not_reach_a_module_outside_it(play, tmp_path):
    record = {"state_dir": str(tmp_path / "state"), "seed": "srv1", "state": "verified"}
    results, printed = play.run({"name": "record", "offlineseed.azure.seed_record": record, "ignore_errors": True})
    assert "Unsupported parameters" not in printed and "record" in results


def test_an_unknown_option_is_named(play):
    results, _printed = play.run({"name": "bad", "offlineseed.azure.import_job_info": {"nam": "x"}})
    assert "Unsupported parameters for (offlineseed.azure.import_job_info) module: nam" in results["bad"]["msg"]


def test_the_token_is_kept_from_one_task_to_the_next(script, play):
    play.options["token_cache"] = "file"
    for _unused in range(3):
        expect_state(script, "Registered", token=script.token(1))
    play.run(*(provider(f"provider {number}") for number in range(3)))
    assert len(script.sign_ins) == 1


def test_a_loop_and_a_task_without_options(script, play):
    for _unused in range(2):
        script.expect("GET", JOBS, version=VERSION, json={"value": []})
    results, _printed = play.run({"name": "jobs", "offlineseed.azure.import_job_info": {}, "loop": [1, 2]})
    assert [one["jobs"] for one in results["jobs"]["results"]] == [[], []]
