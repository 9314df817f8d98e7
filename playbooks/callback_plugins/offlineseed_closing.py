# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closing lines of a run: where each seed stands and what is next, also when every host failed or was unreachable, and under --limit.

Ansible loads this plugin by itself when a playbook of this folder is run or imported: it adds the folder of each playbook that it reads
to its plugin folders before it loads callbacks. A play at the end could not do the same: after all hosts of a play have failed no later
play runs.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from ansible import constants, context
from ansible.errors import AnsibleError
from ansible.plugins.callback import CallbackBase
from ansible.template import Templar

from ansible_collections.offlineseed.azure.plugins.module_utils import times
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import closing, pending, summary

COLLECTION = "offlineseed.azure."
STATUS = f"{COLLECTION}seed_status"
PREP = f"{COLLECTION}win_disk_prep"
PLAYBOOKS = Path(__file__).resolve().parent.parent
VARIABLES = ("seed_name", "seed_state_dir", "seed_summary_file", "seed_now", *closing.INPUTS)
# Programs read the output of these; the lines then go to the error stream.
STDOUT_FOR_PROGRAMS = ("json", "jsonl")


class CallbackModule(CallbackBase):
    """Keeps what each host told last, and says it at the end."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "offlineseed_closing"

    def __init__(self):
        super().__init__()
        self.run = str(uuid.uuid4())
        self.plays = {}
        self.ours = set()
        self.entries = {}
        self.errors = {}
        self.preps = {}
        self.folders = {}

    def v2_playbook_on_start(self, playbook):
        os.environ[pending.RUN_VARIABLE] = self.run

    def v2_playbook_on_play_start(self, play):
        hosts = play.get_variable_manager()._inventory.get_hosts(play.hosts)
        self.plays.update({host.name: (play, host) for host in hosts})
        if Path(play.get_path().rpartition(":")[0]).resolve().parent == PLAYBOOKS:
            self.ours.update(host.name for host in hosts)

    def v2_runner_on_ok(self, result):
        self._note(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._note(result)
        if not ignore_errors:
            self._note_error(result, unreachable=False)

    def v2_runner_on_unreachable(self, result):
        self._note_error(result, unreachable=True)

    def _note(self, result):
        """Keep the newest status of the host; a later phase that only waits for its turn has observed nothing."""
        name = _action(result)
        if not name.startswith(COLLECTION):
            return
        host, told = result._host.name, result._result
        self.ours.add(host)
        if name == STATUS and isinstance(told.get("status"), dict) and not (told.get("waits_for") and host in self.entries):
            self.entries[host] = told["status"]
            self.folders[host] = told.get("state_dir")
            self.errors.pop(host, None)

    def _note_error(self, result, unreachable):
        host, task = result._host.name, result._task.get_name().rpartition(" : ")[2]
        entry = self.entries.get(host)
        told_itself = isinstance(result._result.get("status"), dict) and entry is result._result["status"]
        if not told_itself:
            self.errors[host] = closing.error_of(task, host, result._result, unreachable)
            self.preps[host] = result._result if _action(result) == PREP and result._result.get("drives") else None

    def v2_playbook_on_stats(self, stats):
        told = {host: self._told(host, stats) for host in sorted(self.ours & set(self.plays))}
        if not told:
            return
        entries = {host: closing.entry_of(one, now) for host, (one, now, _file) in told.items()}
        for line in closing.lines(entries.values(), context.CLIARGS.get("check", False)):
            self._say(line)
        files = {}
        for host, (_one, now, file) in told.items():
            if file:
                files.setdefault(str(file), []).append((now, entries[host]))
        for file, dated in files.items():
            self._write(file, dated)

    def _told(self, host, stats):
        """``(Told, now, summary file)`` of a host."""
        variables = self._variables(host)
        down = stats.failures.get(host) or stats.dark.get(host)
        one = closing.Told(
            host=host,
            entry=self.entries.get(host),
            error=self.errors.get(host) if down else None,
            state_dir=self.folders.get(host) or _path(variables.get("seed_state_dir")),
            seed=(self.entries.get(host) or {}).get("seed") or str(variables.get("seed_name") or host),
            prep=self.preps.get(host),
            inputs={name: variables[name] for name in closing.INPUTS if variables.get(name) is not None},
        )
        return one, _now(variables.get("seed_now")), _path(variables.get("seed_summary_file"))

    def _variables(self, host):
        """The seed's variables of a host, templated; what cannot be templated is left out."""
        play, found = self.plays[host]
        every = play.get_variable_manager().get_vars(play=play, host=found)
        templar = Templar(loader=play.get_loader(), variables=every)
        known = {}
        for name in VARIABLES:
            if name in every:
                try:
                    known[name] = templar.template(every[name])
                except AnsibleError as error:
                    self._display.vv(f"{host}: {name} cannot be told at the end of the run: {error}")
        return known

    def _write(self, file, dated):
        if context.CLIARGS.get("check", False):
            return
        try:
            summary.write(file, self.run, times.iso(max(now for now, _entry in dated)), [entry for _now, entry in dated])
            self._say(f"Summary: {file}")
        except OSError as error:
            cure = "Set seed_summary_file to a path that can be written."
            self._display.warning(f"The summary could not be written to {file}: {error.strerror}. {cure}")

    def _say(self, line):
        self._display.display(line, stderr=constants.DEFAULT_STDOUT_CALLBACK.rpartition(".")[2] in STDOUT_FOR_PROGRAMS)


def _action(result):
    """Full name of the action that a task called."""
    return result._task.resolved_action or result._task.action


def _path(value):
    return os.path.abspath(os.path.expanduser(str(value))) if value else None


def _now(value):
    """The time that counts for a host; a seed_now that is none was already an error of the run."""
    try:
        return times.parse(value, "seed_now") if value else times.clock()
    except Failure:
        return times.clock()
