# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the preparation of a seed's drives: looks, seals keys, and tells the host one step at a time.

Every step can be repeated, and each run begins by looking: the controller may be killed anywhere. Only looking (poll) is
tried again when the connection drops; a step that changes something is found in the next run's look.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils import task
from ..module_utils.drives import escrow, names, prep
from ..module_utils.failure import Failure, refuse
from ..module_utils.seeds import second_store
from ..plugin_utils import drive_evidence
from ..plugin_utils.attended import AttendedPreparation

LOST = [AnsibleConnectionFailure, OSError]  # requests' exceptions are OSErrors
try:
    from winrm.exceptions import WinRMError

    LOST.append(WinRMError)
except ImportError:
    pass  # another connection plugin is in use
try:
    from pypsrp.exceptions import WinRMError as PSRPError

    LOST.append(PSRPError)
except ImportError:
    pass  # another connection plugin is in use
LOST = tuple(LOST)

MODULE = "offlineseed.azure.win_disk_prep"
SOURCES = ("_DriveWorker.psm1", "_DriveJournal.cs", "_DriveCopy.cs")
PAUSES = (0.5, 1, 1, 2, 3, 5, 8, 10)  # seconds between two looks, the last one again and again
STARTS = 3  # a drive whose worker ends without a byte more is started so often in one run

DRIVE = {
    "serial": {"type": "str", "required": True},
    "size": {"type": "int", "required": True},
    "wipe": {"type": "bool", "default": False},
}
ARGUMENT_SPEC = {
    "seed": {"type": "str", "required": True},
    "method": {"type": "str", "choices": ["native", "diskprep"], "default": "native"},
    "drives": {"type": "list", "elements": "dict", "required": True, "options": DRIVE},
    "plan_file": {"type": "path"},
    "plan": {"type": "dict"},
    "staging_path": {"type": "str"},
    "credential_username": {"type": "str"},
    "credential_password": {"type": "str", "no_log": True},
    "container": {"type": "str"},
    "escrow_dir": {"type": "path"},
    "escrow_password_file": {"type": "path", "no_log": False},
    "evidence_dir": {"type": "path"},
    "encryption_method": {"type": "str", "choices": ["Aes128", "Aes256", "XtsAes128", "XtsAes256"], "default": "Aes256"},
    "wait": {"type": "int", "default": 600},
    "max_rate": {"type": "int", "default": 0},
    "tool_path": {"type": "str"},
    "tool_dir": {"type": "path"},
    "staging_location": {"type": "str"},
    "inventory_file": {"type": "path"},
    "job_name": {"type": "str"},
    "jobs": {"type": "list", "elements": "dict", "default": []},
    "resource_group": {"type": "str"},
    "storage_account_id": {"type": "str"},
    "return_address": {"type": "dict"},
    "state": {"type": "str", "choices": ["prepared", "sealed", "cancelled"], "default": "prepared"},
    "proven": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {"serial": {"type": "str", "required": True}, "protector": {"type": "str", "required": True}},
    },
}
TOGETHER = [("credential_username", "credential_password")]
# What only this side of the connection reads.
HERE = ("plan", "tool_dir", "inventory_file", "jobs", "return_address", "evidence_dir")
SEALING = ("escrow_dir", "escrow_password_file")  # for state=sealed
NEEDED = ("plan_file", "staging_path", "container", "escrow_dir", "escrow_password_file")  # for state=prepared


class ActionModule(ActionBase):
    """The state machine is the table in module_utils/drives/prep.py; this class calls the host and keeps the time."""

    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp=None, task_vars=None):
        hidden = sorted(name for name in self._task.args if name.startswith("_"))
        if hidden:
            raise AnsibleActionFail(f"{', '.join(hidden)} is an internal option of win_disk_prep. Leave it out; set state instead.")
        super().run(tmp, task_vars)
        self._checked, self._options = self.validate_argument_spec(ARGUMENT_SPEC, required_together=TOGETHER)
        self._vars = task_vars
        self._changed = False
        self._given_up = {}
        task.begin()
        try:
            return task.finished(self._way()())
        except Failure as failure:
            return task.finished({"changed": self._changed, **failure.fields, "failed": True, "msg": failure.msg})

    def _way(self):
        if self._options["state"] == "cancelled":
            return self._cancel
        if self._options["state"] == "sealed":
            return self._seal_only
        if self._options["method"] == "diskprep":
            return AttendedPreparation(CopyHost(self), self._options, self._task.check_mode).run
        return self._prepare

    def _seal_only(self):
        """Every drive's key is in escrow; nothing else."""
        options = self._options
        for name in SEALING:
            if not options[name]:
                raise refuse(name, options[name], "set for state sealed", "See the documentation of win_disk_prep.")
        serials = [names.serial(drive["serial"]) for drive in options["drives"]]
        fresh = [serial for serial in serials if not escrow.exists(options["escrow_dir"], serial)]
        if not self._task.check_mode:
            for serial in serials:
                task.keep_secret(escrow.seal(options["escrow_dir"], serial, options["escrow_password_file"], options["seed"]))
        sealed = [serial for serial in serials if escrow.exists(options["escrow_dir"], serial)]
        return {**_empty(), "changed": bool(fresh), "sealed": sealed}

    def _key(self, serial):
        """The recovery password of a drive, sealed in escrow, and in the seed's store where it has one."""
        options = self._options
        key = escrow.seal(options["escrow_dir"], serial, options["escrow_password_file"], options["seed"])
        task.keep_secret(key)
        second_store.require_kept(escrow.file_of(options["escrow_dir"], serial), options["seed"])
        return key

    # -- the run -------------------------------------------------------------------------------------------------------------------
    def _prepare(self):
        options = self._options
        for name in NEEDED:
            if not options[name]:
                raise refuse(name, options[name], "set to prepare drives", "See the documentation of win_disk_prep.")
        self._until = time.monotonic() + max(options["wait"], 0)
        self._wanted, unused = prep.consented(options["drives"], self._plan_text(), options["seed"], options["container"])
        self._unused = [prep.unplanned(drive) for drive in options["drives"] if prep.names.serial(drive["serial"]) in unused]
        self._states = {}
        self._look("inspect")
        if prep.refusals(self._states.values()):
            return self._result(source_readable=None)
        if self._task.check_mode:
            return self._result(source_readable=None, diff=prep.preview([*self._states.values(), *self._unused], self._wanted))
        readable = self._probe()
        self._open()
        self._copy()
        self._changed |= drive_evidence.fetch(self._connection, self._folder, self._states.values(), options["evidence_dir"])
        return self._result(source_readable=readable, diff=None)

    def _plan_text(self):
        """The plan's file; in check mode, where seed_plan has not written it, what it would hold."""
        plan = self._options.pop("plan")
        return json.dumps(plan) if plan and self._task.check_mode else _text(self._options["plan_file"])

    def _cancel(self):
        answer = self._ask("inspect" if self._task.check_mode else "cancel", [])
        open_ones = [state for state in answer["drives"] if state["standing"] == "ours"]
        changed = bool(open_ones or answer["running"]) if self._task.check_mode else answer["changed"]
        states = [prep.told(state) for state in answer["drives"]]
        return {"changed": changed, **_empty(), "drives": states, "running": answer["running"]}

    def _probe(self):
        """The account that will copy can read the staging folder: asked before anything is wiped, if there is something to copy."""
        copying = [state for state in self._states.values() if state["state"] not in ("proven", "copied", "encrypting", "copying")]
        if not copying:
            return None
        source = self._ask("probe_source", [])["source"]
        path = self._options["staging_path"]
        unknown = {"field": "staging_path", "seen": path, **_empty(), "drives": self._told(), "source_readable": False}
        if source["account"] is None:
            text = f"The account that copies could not be asked on the copy host whether it reads {path}: {source['error']}."
            raise Failure(text, **unknown)
        if not source["readable"]:
            raise Failure(
                f"{path} cannot be read by the account that copies ({source['account']} on the copy host): {source['error']}. "
                "A task of SYSTEM reaches a share as the computer account: let DOMAIN\\HOST$ read share and folder, "
                "or give seed_staging_path_on_copy_host a path that is local to the copy host.",
                **unknown,
            )
        return True

    def _open(self):
        """Every drive is ours, open and encrypting. One that fails leaves the others alone."""
        for wanted in self._due(prep.BEGIN, prep.ATTACH):
            self._step(self._next(wanted), wanted)
            if prep.may_begin_after(self._states[wanted.serial], wanted):
                self._step(prep.BEGIN, wanted)

    def _copy(self):
        """Starts, looks and proves until everything is settled or the time is over."""
        starts = {}
        for pause in _pauses():
            self._prove()
            self._restart(starts)
            if prep.settled(self._states.values()) or time.monotonic() + pause > self._until:
                return
            time.sleep(pause)
            self._patiently_look()

    def _prove(self):
        for wanted in self._due(prep.PROVE):
            self._step(prep.PROVE, wanted)

    def _restart(self, starts):
        """Orders for the drives that wait for one; a drive that came up locked is opened first."""
        self._open()
        due = self._due(prep.START)
        for wanted in due:
            seen = starts.setdefault(wanted.serial, [])
            state = self._states[wanted.serial]
            if (state["state"] == "failed" and seen) or seen.count(state["bytes_done"]) >= STARTS:
                self._give_up(wanted, state["message"] or "the worker ends without copying; see worker.log in the work folder")
            seen.append(state["bytes_done"])
        due = [wanted for wanted in due if wanted.serial not in self._given_up]
        if due:
            self._start(due)

    def _due(self, *steps):
        """The drives whose next step is one of *steps*, but for those that failed in this run."""
        return [wanted for wanted in self._wanted if wanted.serial not in self._given_up and self._next(wanted) in steps]

    def _next(self, wanted):
        return prep.next_step(self._states[wanted.serial])

    def _give_up(self, wanted, message):
        """This drive has failed in this run; the next run tries again."""
        self._given_up[wanted.serial] = message
        self._states[wanted.serial] = {**self._states[wanted.serial], "state": "failed", "message": message}

    # -- one call each ---------------------------------------------------------------------------------------------------------------
    def _step(self, operation, wanted):
        """begin, attach or prove one drive. Its key goes from escrow into this one call; the first time, into escrow before that."""
        key = self._key(wanted.serial)
        self._say(f"{operation} drive {wanted.serial}")
        try:
            answer = self._ask(operation, [wanted.request(recovery_password=key)])
        except Failure as failure:
            self._give_up(wanted, failure.msg)
            return
        self._changed |= answer["changed"]
        self._states[wanted.serial] = state = answer["drive"]
        if state["state"] == "failed" and operation == prep.PROVE:
            self._give_up(wanted, state["message"])

    def _start(self, due):
        """Puts file lists and worker beside each other on the host, then gives the orders."""
        sources = [{"name": name, "sha256": self._put(_source(name).read_bytes(), f"worker\\{name}")} for name in SOURCES]
        requests = []
        for wanted in due:
            sha256 = self._put(wanted.file_list(self._options["seed"]), f"lists\\{wanted.serial}.jsonl")
            requests.append(wanted.request(list_sha256=sha256))
        answer = self._ask("start", requests, _sources=sources)
        self._changed = True
        self._take(answer)

    def _put(self, content, place):
        """A file in the seed's work folder; returns the SHA-256 that the host has to find there."""
        handle, name = tempfile.mkstemp(prefix="offlineseed-")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
            self._connection.put_file(name, f"{self._folder}\\{place}")
        finally:
            os.unlink(name)
        return prep.digest(content)

    def _look(self, operation):
        self._take(self._ask(operation, [wanted.request() for wanted in self._wanted]))

    def _patiently_look(self):
        """A look that survives a dropped connection or a restart of the host, as long as there is time."""
        lost = False
        for pause in _pauses():
            try:
                if lost:
                    self._connection.reset()
                self._look("poll")
                return
            except LOST as error:
                lost = True
                if time.monotonic() + pause > self._until:
                    raise AnsibleConnectionFailure(
                        f"The copy host does not answer any more ({error}). What it copies goes on without this run; run again."
                    ) from error
                self._say(f"the copy host does not answer ({type(error).__name__}), trying again")
                time.sleep(pause)

    def _take(self, answer):
        self._running = answer["running"]
        for state in answer["drives"]:
            given_up = self._given_up.get(state["serial"])
            self._states[state["serial"]] = {**state, "state": "failed", "message": given_up} if given_up else state

    def _ask(self, operation, drives, **more):
        """One call of the module; a failure that it reports is a Failure here."""
        known = {name: value for name, value in self._options.items() if name not in HERE}
        args = {**known, **more, "_operation": operation, "_drives": drives}
        try:
            answer = self._execute_module(module_name=MODULE, module_args=args, task_vars=self._vars)
        except LOST as error:
            raise AnsibleConnectionFailure(
                f"The connection broke off while the copy host was asked to {operation}: {error}. Run again."
            ) from error
        if answer.get("failed"):
            raise Failure(answer.get("msg", "win_disk_prep failed without a word"), operation=operation)
        self._folder = answer.get("folder")
        return answer

    # -- the answer --------------------------------------------------------------------------------------------------------------------
    def _told(self):
        return [prep.told(state) for state in [*self._states.values(), *self._unused]]

    def _result(self, source_readable, diff=None):
        options = self._options
        states = self._states.values()
        planned = self._task.check_mode and any(prep.next_step(state) for state in states)
        result = {
            "changed": self._changed or planned,
            "drives": self._told(),
            "sealed": [wanted.serial for wanted in self._wanted if escrow.exists(options["escrow_dir"], wanted.serial)],
            "running": self._running,
            "prepared": all(state["state"] == "proven" for state in states),
            "source_readable": source_readable,
        }
        if diff and self._task.diff:
            result["diff"] = diff
        wrong = prep.complaint(states)
        return {**result, "failed": True, "msg": wrong} if wrong else result

    def _say(self, text):
        Display().v(f"win_disk_prep: {text}", host=self._vars.get("inventory_hostname"))


class CopyHost:
    """The copy host as the run of method diskprep needs it."""

    def __init__(self, action):
        self._action = action
        self.ask, self.put = action._ask, action._put

    def fetch(self, remote, local):
        """The file *remote* of the host as *local* here."""
        try:
            self._action._connection.fetch_file(remote, local)
        except LOST as error:
            raise AnsibleConnectionFailure(f"The connection broke off while {remote} was fetched: {error}. Run again.") from error


def _empty():
    return {"drives": [], "sealed": [], "running": False, "prepared": False, "source_readable": None}


def _pauses():
    yield from PAUSES
    while True:
        yield PAUSES[-1]


def _source(name):
    return Path(__file__).resolve().parent.parent / "module_utils" / name


def _text(path):
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        text = f"plan_file {path} cannot be read: {error.strerror}. Make it with seed_plan."
        raise Failure(text, field="plan_file", seen=str(path)) from error
