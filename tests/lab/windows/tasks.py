# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scheduled tasks: registered from XML, started on demand, run by the PowerShell engine or by a stand-in worker.

Numbers: MicrosoftDocs/win32, TaskSchd/task-scheduler-error-and-success-constants.md.
"""

from __future__ import annotations

import dataclasses
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ..clock import stamp
from .answer import WindowsError

if TYPE_CHECKING:
    from .host import Host

HAS_NOT_RUN, RUNNING, TERMINATED = 0x41303, 0x41301, 0x41306
NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
SYSTEM_NAMES = {"S-1-5-18", "SYSTEM", "NT AUTHORITY\\SYSTEM", "LOCALSYSTEM"}


class Run(Protocol):
    """A process or a thread that a task started."""

    def wait(self) -> int:
        """Wait for the end; the exit code."""

    def kill(self) -> None:
        """End it now."""


class ThreadRun:
    """A stand-in worker: `work(stop)` returns an exit code and looks at the event `stop` often."""

    def __init__(self, work: Callable[[threading.Event], int]) -> None:
        self.stop, self.code = threading.Event(), 0
        self.thread = threading.Thread(target=self._go, args=(work,), daemon=True)
        self.thread.start()

    def _go(self, work: Callable[[threading.Event], int]) -> None:
        self.code = work(self.stop)

    def wait(self) -> int:
        """The exit code of the work."""
        self.thread.join()
        return self.code

    def kill(self) -> None:
        """Ask it to end and wait until it has."""
        self.stop.set()
        if self.thread is not threading.current_thread():
            self.thread.join()


class ProcessRun:
    """A process of the lab's PowerShell engine."""

    def __init__(self, host: Host, command: str, account: str) -> None:
        self.ended, self.code = threading.Event(), 0
        self.process = host.engine.start_process(host, command, account=account, on_exit=self._exit)

    def _exit(self, code: int) -> None:
        self.code = code
        self.ended.set()

    def wait(self) -> int:
        """Its exit code."""
        self.ended.wait()
        return self.code

    def kill(self) -> None:
        """End it now."""
        self.process.kill()


@dataclass
class Task:
    """A registered task. `worker` names a stand-in that runs in the place of the command."""

    name: str
    path: str
    xml: str
    execute: str
    arguments: str
    user: str
    logon_type: str
    run_level: str
    author: str = ""
    description: str = ""
    time_limit: str = "PT72H"
    enabled: bool = True
    last_run: str | None = None
    last_result: int = HAS_NOT_RUN
    next_run: str | None = None
    worker: str | None = None

    @property
    def key(self) -> str:
        """Path and name, lower case."""
        return (self.path + self.name).lower()


def scheduler_error(code: int, text: str, command: str) -> WindowsError:
    """An error of the ScheduledTasks module: the id carries the HRESULT."""
    return WindowsError(f"HRESULT 0x{code:08x},{command}", text, "NotSpecified", code)


def read_xml(name: str, path: str, xml: str) -> Task:
    """A task from its definition; what Windows would refuse is refused with its number."""
    command = "Register-ScheduledTask"
    try:
        root = ET.fromstring(xml.encode("utf-16") if 'encoding="UTF-16"' in xml[:80] else xml)
    except ET.ParseError as broken:
        raise scheduler_error(0x8004131A, f"The task XML is malformed. {broken}", command) from None
    if root.tag != NAMESPACE + "Task":
        raise scheduler_error(0x80041317, "The task XML contains an unexpected namespace.", command)

    def text(path: str, default: str = "") -> str:
        found = root.find("/".join(NAMESPACE + step for step in path.split("/")))
        return (found.text or "").strip() if found is not None else default

    if not text("Actions/Exec/Command"):
        raise scheduler_error(0x80041319, "The task XML is missing a required element or attribute. (Actions)", command)
    return Task(
        name,
        path,
        xml,
        text("Actions/Exec/Command"),
        text("Actions/Exec/Arguments"),
        text("Principals/Principal/UserId"),
        text("Principals/Principal/LogonType") or "ServiceAccount",
        text("Principals/Principal/RunLevel") or "LeastPrivilege",
        text("RegistrationInfo/Author"),
        text("RegistrationInfo/Description"),
        text("Settings/ExecutionTimeLimit") or "PT72H",
        text("Settings/Enabled", "true").lower() != "false",
    )


class Tasks:
    """The task scheduler of a host."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.known: dict[str, Task] = {}
        self.runs: dict[str, Run] = {}

    def load(self, state: list[dict[str, Any]]) -> None:
        """From `state()`; nothing runs after a load."""
        self.known = {(t := Task(**entry)).key: t for entry in state}

    def state(self) -> list[dict[str, Any]]:
        """JSON-ready."""
        return [dataclasses.asdict(t) for _unused, t in sorted(self.known.items())]

    def find(self, name: str, path: str | None = None) -> Task | None:
        """By name, in one folder or in any."""
        return next((t for t in self.known.values() if t.name.lower() == name.lower() and path in (None, t.path)), None)

    def register(self, task: Task, force: bool = False) -> Task:
        """Take a task in. One that exists is replaced by `force` only; an account without a password must need none."""
        command = "Register-ScheduledTask"
        if task.key in self.known and not force:
            raise scheduler_error(0x800700B7, "Cannot create a file when that file already exists.", command)
        if task.user.upper() not in SYSTEM_NAMES and not task.user.endswith("$"):
            raise scheduler_error(0x8004130F, f"No account information could be found for '{task.user}'.", command)
        self.known[task.key] = task
        self.host.change("task registered", task=task.path + task.name, user=task.user, execute=task.execute)
        return task

    def unregister(self, task: Task) -> None:
        """Remove a task; one that runs is ended first."""
        self.stop(task)
        del self.known[task.key]
        self.host.change("task unregistered", task=task.path + task.name)

    def running(self, task: Task) -> bool:
        """Does it run now?"""
        return task.key in self.runs

    def start(self, task: Task) -> None:
        """Start it on demand; a second start of a running task is ignored (MultipleInstances IgnoreNew)."""
        if not task.enabled:
            raise scheduler_error(0x80041326, "The task is disabled.", "Start-ScheduledTask")
        if self.running(task):
            return
        run = self._begin(task)
        self.runs[task.key] = run
        task.last_run, task.last_result = stamp(self.host.clock.now()), RUNNING
        self.host.change("task started", task=task.path + task.name)
        threading.Thread(target=self._watch, args=(task, run), daemon=True).start()

    def _begin(self, task: Task) -> Run:
        if task.worker:
            return ThreadRun(self.host.workers[task.worker](self.host, task))
        if self.host.engine is None:
            raise scheduler_error(0x80070002, f"No engine runs '{task.execute}' on {self.host.name}.", "Start-ScheduledTask")
        account = "SYSTEM" if task.user.upper() in SYSTEM_NAMES else task.user
        return ProcessRun(self.host, f"{task.execute} {task.arguments}".strip(), account)

    def _watch(self, task: Task, run: Run) -> None:
        code = run.wait()
        with self.host.lock:
            if self.runs.get(task.key) is run:
                del self.runs[task.key]
                task.last_result = code & 0xFFFFFFFF
                self.host.change("task ended", task=task.path + task.name, result=task.last_result)

    def stop(self, task: Task) -> None:
        """End its process now."""
        run = self.runs.pop(task.key, None)
        if run is not None:
            run.kill()
            task.last_result = TERMINATED
            self.host.change("task stopped", task=task.path + task.name)

    def stop_all(self) -> None:
        """The host goes down: every process with it."""
        for key in list(self.runs):
            self.stop(self.known[key])
