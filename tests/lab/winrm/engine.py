# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs modules and scheduled tasks of modelled hosts on a genuine PowerShell."""

from __future__ import annotations

import functools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..powershell import command_line, overrides
from ..powershell.generate import write_modules
from ..powershell.model_socket import LONGEST_PATH, ModelSocket
from ..powershell.nursery import Nursery, end
from ..powershell.pool import Job, Outcome, Processes, Running, WarmPool, serves
from ..powershell.signatures import excerpted, known, signature
from ..powershell.surroundings import PRELUDE, is_system, process_environment
from . import delivery
from .payload import ModuleRun

NETWORK, SYSTEM, BATCH = "network", "system", "batch"
OPTIONS = ("-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Unrestricted")
WINDOWS_MODULES = frozenset(
    {"Storage", "BitLocker", "CimCmdlets", "ScheduledTasks", "SmbShare", "ServerManager", "MSOnlineBackup", "FailoverClusters"}
)


@dataclass(frozen=True)
class _Place:
    """What the engine keeps of one host."""

    host: Any
    socket: ModelSocket


@dataclass
class TaskProcess:
    """A process that the task scheduler of a host started. Killed, it ends with -9."""

    process: subprocess.Popen[bytes]
    log: pathlib.Path

    @property
    def pid(self) -> int:
        """Its process id on this machine."""
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self.process.poll() is None

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait()

    def kill(self) -> None:
        """End it with all that it started."""
        end(self.process)


class Engine:
    """`folder` is the lab's folder. One engine serves all hosts of a lab; `add` a host before anything runs on it."""

    kind = "pwsh"

    def __init__(self, folder: pathlib.Path, program: str, size: int = 2) -> None:
        self.folder, self.program = pathlib.Path(folder).absolute(), program
        self.home = self.folder / "engine"
        self.home.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.home / "modules", ignore_errors=True)
        self.nursery = Nursery()
        self.scratch = short_folder(self.home / "run")
        self.pool: WarmPool | Processes = (
            WarmPool(program, self.nursery, self.scratch, size) if serves(program) else Processes(program, self.nursery)
        )
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = {}
        self._jobs: dict[str, list[Running]] = {}
        self._tasks: dict[str, list[TaskProcess]] = {}
        self._overrides = overrides.write(self.home / "modules")
        self._modules: dict[frozenset[str], list[pathlib.Path]] = {}

    # -- hosts -------------------------------------------------------------------------------------------------------------------
    def add(self, host: Any) -> None:
        """Open the model of a host to PowerShell; a host that was loaded anew takes the place of its former self."""
        with self._lock:
            former = self._places.get(host.name)
            if former is not None and former.host is not host:
                former.socket.close()
            if former is None or former.host is not host:
                self._places[host.name] = _Place(host, ModelSocket(host, self.folder / "commands.jsonl"))

    def warm(self) -> None:
        """Get ready before the first task comes; returns at once."""
        self.pool.warm()

    def close(self) -> None:
        """End everything that runs."""
        self.pool.close()
        self.nursery.close()
        for place in self._places.values():
            place.socket.close()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def stop_processes(self, host: Any) -> None:
        """End every job and task process of a host, as a power cut does."""
        with self._lock:
            ending = [*self._jobs.get(host.name, []), *self._tasks.pop(host.name, [])]
        for one in ending:
            one.end() if isinstance(one, Running) else one.kill()

    # -- modules -----------------------------------------------------------------------------------------------------------------
    def run_module(
        self,
        host: Any,
        request: ModuleRun,
        account: str,
        logon: str = NETWORK,
        running: Running | None = None,
        plain_errors: bool = False,
    ) -> Outcome:
        """Run a module's payload, unchanged but for the modelled Windows that is put around it."""
        script, stdin, key = delivery.job(request, genuine=serves(self.program))
        return self._run(host, script, stdin, key, (account, logon), running, plain_errors)

    def run_script(
        self,
        host: Any,
        script: str,
        account: str,
        logon: str = NETWORK,
        stdin: bytes = b"",
        running: Running | None = None,
        plain_errors: bool = False,
    ) -> Outcome:
        """Run a script's text on a host, wait for its end. `plain_errors`: its errors are text, not CLIXML."""
        return self._run(host, f"{PRELUDE}\n{script}", stdin, None, (account, logon), running, plain_errors)

    def _run(
        self,
        host: Any,
        script: str,
        stdin: bytes,
        key: str | None,
        who: tuple[str, str],
        running: Running | None,
        plain_errors: bool,
    ) -> Outcome:
        running = running or Running()
        options = (*OPTIONS, "-OutputFormat", "Text") if plain_errors else OPTIONS
        args = (*options, "-EncodedCommand", command_line.encode(script))
        with self._at_work(host, running), self._folder() as cwd:
            outcome = self.pool.run(Job(args, stdin, self._environment(host, *who), cwd, key), running)
            return _refuse_strays(host, cwd, outcome)

    @contextmanager
    def _at_work(self, host: Any, running: Running) -> Iterator[None]:
        with self._lock:
            self._jobs.setdefault(host.name, []).append(running)
        try:
            yield
        finally:
            with self._lock:
                self._jobs[host.name].remove(running)

    @contextmanager
    def _folder(self) -> Iterator[pathlib.Path]:
        with tempfile.TemporaryDirectory(dir=self.scratch) as name:
            yield pathlib.Path(name)

    def _environment(self, host: Any, account: str, logon: str) -> dict[str, str]:
        self.add(host)
        return process_environment(
            host,
            {"account": account, "logon": logon},
            self.program,
            self._places[host.name].socket.path,
            self._module_folders(host),
            self.home,
        )

    def _module_folders(self, host: Any) -> list[pathlib.Path]:
        """Modules with the commands that this host has; hosts with the same commands share them."""
        has = getattr(host, "has_command", None)
        names = frozenset(name for name in _played() if has is None or has(name))
        with self._lock:
            if names not in self._modules:
                folder = self.home / "modules" / f"commands{len(self._modules)}"
                self._modules[names] = list(write_modules([signature(name) for name in names], folder).values())
            return [self._overrides, *self._modules[names]]

    # -- scheduled tasks ---------------------------------------------------------------------------------------------------------
    def start_process(self, host: Any, command: str, account: str = "SYSTEM", on_exit: Callable[[int], None] | None = None) -> TaskProcess:
        """Start a scheduled task's action and return at once. It lives on when the connection that started it is gone.

        `on_exit(code)` is called from a thread of the engine's when the process ends, also when it was killed (then with -9).
        """
        args = _task_arguments(host, command, account)
        cwd = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        logs = self.folder / "hosts" / host.name / "tasks"
        logs.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=logs, prefix="task-", suffix=".log", delete=False) as log:
            process = self.nursery.spawn(
                [self.program, *args],
                env=self._environment(host, account, SYSTEM if is_system(account) else BATCH),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        task = TaskProcess(process, pathlib.Path(log.name))
        with self._lock:
            self._tasks.setdefault(host.name, []).append(task)
        threading.Thread(target=self._watch, args=(host, task, cwd, on_exit), name=f"task of {host.name}", daemon=True).start()
        return task

    def _watch(self, host: Any, task: TaskProcess, cwd: pathlib.Path, on_exit: Callable[[int], None] | None) -> None:
        code = task.process.wait()
        stray = _strays(host, cwd)
        if stray:
            with open(task.log, "a", encoding="utf-8") as log:
                log.write(f"\n{stray}\n")
            code = code or 1
        shutil.rmtree(cwd, ignore_errors=True)
        with self._lock:
            if task in self._tasks.get(host.name, []):
                self._tasks[host.name].remove(task)
        if on_exit is not None:
            on_exit(code)


@functools.cache
def _played() -> frozenset[str]:
    """Every command of Windows' own modules, and those of PowerShell's modules that exist on Windows only (the excerpt names them)."""
    found = {name for name in known() if signature(name).module in WINDOWS_MODULES}
    found |= {name for name in excerpted() if signature(name).module.startswith("Microsoft.PowerShell.")}
    return frozenset(found - overrides.OVERRIDDEN)


def short_folder(wanted: pathlib.Path) -> pathlib.Path:
    """An empty folder for sockets and working folders; elsewhere where its path is too long for a socket's address."""
    if len(os.fsencode(wanted)) > LONGEST_PATH - len("/pwsh0000"):
        return pathlib.Path(tempfile.mkdtemp(prefix="offlineseed-engine-"))
    shutil.rmtree(wanted, ignore_errors=True)
    wanted.mkdir(parents=True)
    return wanted


def _task_arguments(host: Any, command: str, account: str) -> tuple[str, ...]:
    start = command_line.parse(command)
    if start.script is not None:
        quoted = command_line.encode(start.script)
        body = f". ([scriptblock]::Create([System.Text.Encoding]::Unicode.GetString([System.Convert]::FromBase64String('{quoted}'))))"
    elif start.file is not None:
        session = {"account": account, "logon": SYSTEM if is_system(account) else BATCH}
        words = " ".join("'{}'".format(word.replace("'", "''")) if word[:1] != "-" else word for word in start.arguments)
        body = "& '{}' {}".format(str(host.path(start.file, session=session)).replace("'", "''"), words)
    else:
        raise ValueError(f"the task's action {command[:80]!r} gives PowerShell neither a script nor a file")
    ending = "if ($null -ne (Get-Variable -Name LASTEXITCODE -ErrorAction Ignore)) { exit $LASTEXITCODE }"
    script = f"{PRELUDE}\n{body}\n{ending}"
    return (*OPTIONS, "-OutputFormat", "Text", "-EncodedCommand", command_line.encode(script))


def _strays(host: Any, cwd: pathlib.Path) -> str | None:
    """What a script left at a place that no Windows path means: .NET was given a path that PowerShell had not resolved."""
    found = sorted(path.name for path in cwd.iterdir())
    if not found:
        return None
    return (
        f"On {host.name} .NET was given a Windows path that PowerShell had not resolved, and wrote {', '.join(map(repr, found[:3]))} "
        "to the process's folder; resolve it first with $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath()"
    )


def _refuse_strays(host: Any, cwd: pathlib.Path, outcome: Outcome) -> Outcome:
    stray = _strays(host, cwd)
    if stray is None:
        return outcome
    return Outcome(1, json.dumps({"failed": True, "msg": stray}).encode(), outcome.err)
