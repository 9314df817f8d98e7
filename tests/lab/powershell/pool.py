# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs PowerShell jobs: on a few warm processes (`pwsh -Serve`), or, with a pwsh that lacks that mode, in a process for each job."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .nursery import Nursery, end

READY_SECONDS = 60


@dataclass(frozen=True)
class Job:
    """One run of PowerShell: arguments after the program's name, standard input, environment, folder.

    `key` names the set of C# sources that it compiles, None where it compiles nothing.
    """

    args: tuple[str, ...]
    stdin: bytes
    env: dict[str, str]
    cwd: pathlib.Path
    key: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What a job said. `code` is None where the process was killed."""

    code: int | None
    out: bytes
    err: bytes


@dataclass
class Running:
    """A handle on a job at work, for whoever may have to end it."""

    ended: bool = False
    process: subprocess.Popen[bytes] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def attach(self, process: subprocess.Popen[bytes]) -> None:
        """Name the process that does the job now; kills it where the job was ended before it began."""
        with self._lock:
            self.process = process
            if self.ended:
                end(process)

    def end(self) -> None:
        """Kill the job's process."""
        with self._lock:
            self.ended = True
            if self.process is not None:
                end(self.process)


def serves(program: str) -> bool:
    """Whether this pwsh has the mode -Serve: the laboratory's own build carries its registry module."""
    return (pathlib.Path(program).resolve().parent / "Modules" / "PsLab.Registry").is_dir()


class Processes:
    """A new process for each job."""

    def __init__(self, program: str, nursery: Nursery) -> None:
        self.program, self.nursery = program, nursery

    def run(self, job: Job, running: Running) -> Outcome:
        """Run a job to its end."""
        process = self.nursery.spawn(
            [self.program, *job.args], env=job.env, cwd=job.cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        running.attach(process)
        out, err = process.communicate(job.stdin)
        return Outcome(None if running.ended else process.returncode, out, err)

    def warm(self) -> None:
        """Nothing to prepare."""

    def close(self) -> None:
        """Nothing is kept."""


@dataclass
class _Server:
    process: subprocess.Popen[bytes]
    path: str
    key: str | None = None


class WarmPool:
    """At most `size` warm processes; a job goes to one that has compiled its set of C# sources, or has compiled nothing yet."""

    def __init__(self, program: str, nursery: Nursery, folder: pathlib.Path, size: int = 2) -> None:
        self.program, self.nursery, self.folder, self.size = program, nursery, folder, size
        self._free = threading.Condition()
        self._idle: list[_Server] = []
        self._count = self._names = 0
        self._closed = False

    def warm(self) -> None:
        """Start one process in the background, so that the first job finds it ready."""
        threading.Thread(target=self._warm, name="warming", daemon=True).start()

    def _warm(self) -> None:
        try:
            self._release(self._take(None))
        except RuntimeError:
            if not self._closed:
                raise

    def run(self, job: Job, running: Running) -> Outcome:
        """Run a job to its end; a process that asks to be replaced is replaced."""
        while True:
            server = self._take(job.key)
            running.attach(server.process)
            try:
                said = _ask(server.path, job, job.key or server.key) if not running.ended else None
            except OSError:
                said = None
            if said is None:
                self._drop(server)
                return Outcome(
                    None if running.ended else server.process.returncode, b"", b"the PowerShell process ended before its job did\n"
                )
            if said.recycle:
                self._drop(server)
                continue
            if said.code is None:  # the script ended the process, or somebody killed it
                self._drop(server)
                return Outcome(None if running.ended else server.process.returncode, said.out, said.err)
            server.key = job.key or server.key
            self._release(server)
            return Outcome(said.code, said.out, said.err)

    def close(self) -> None:
        """End the idle processes; the nursery ends the others."""
        with self._free:
            self._closed, idle, self._idle = True, self._idle, []
            self._free.notify_all()
        for server in idle:
            end(server.process)

    def _take(self, key: str | None) -> _Server:
        with self._free:
            while True:
                if self._closed:
                    raise RuntimeError("the lab's PowerShell pool is closed")
                fitting = [server for server in self._idle if key is None or server.key in (None, key)]
                if fitting:
                    best = max(fitting, key=lambda server: server.key == key)
                    self._idle.remove(best)
                    return best
                if self._count < self.size or self._idle:
                    break
                self._free.wait()
            stale = self._idle.pop(0) if self._count >= self.size else None
            self._count += 1 if stale is None else 0
            self._names += 1
            name = self._names
        if stale is not None:
            end(stale.process)
        try:
            return self._start(name)
        except BaseException:
            self._forget()
            raise

    def _start(self, name: int) -> _Server:
        path = str(self.folder / f"pwsh{name}")
        env = {"PATH": f"{os.path.dirname(self.program)}:/usr/bin:/bin", "HOME": str(self.folder), "LANG": "C.UTF-8", "TERM": "dumb"}
        process = self.nursery.spawn(
            [self.program, "-NoProfile", "-Serve", path],
            env=env,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        timer = threading.Timer(READY_SECONDS, lambda: end(process))
        timer.start()
        line = process.stderr.readline()
        timer.cancel()
        if line.strip() != b"ready":
            end(process)
            raise RuntimeError(f"{self.program} -Serve did not become ready: {line.decode(errors='replace').strip() or 'it ended'}")
        return _Server(process, path)

    def _release(self, server: _Server) -> None:
        with self._free:
            if not self._closed:
                self._idle.append(server)
                self._free.notify()
                return
        end(server.process)

    def _drop(self, server: _Server) -> None:
        end(server.process)
        self._forget()

    def _forget(self) -> None:
        with self._free:
            self._count -= 1
            self._free.notify()


@dataclass
class _Said:
    code: int | None = None
    out: bytes = b""
    err: bytes = b""
    recycle: bool = False


def _ask(path: str, job: Job, key: str | None) -> _Said:
    """One job on a warm process; the protocol stands at the top of src/Host/Server.cs of the laboratory's PowerShell."""
    with socket.socket(socket.AF_UNIX) as wire:
        wire.connect(path)
        order: dict[str, Any] = {"args": list(job.args), "env": job.env, "cwd": str(job.cwd), "stdin": len(job.stdin), "key": key}
        wire.sendall(json.dumps(order).encode() + b"\n" + job.stdin)
        texts: dict[str, list[str]] = {"out": [], "err": []}
        said = _Said()
        with wire.makefile("rb") as lines:
            for line in lines:
                for name, value in json.loads(line).items():
                    _HEARD[name](said, texts, value)
        said.out, said.err = "".join(texts["out"]).encode(), "".join(texts["err"]).encode()
        return said


_HEARD: dict[str, Callable[[_Said, dict[str, list[str]], Any], None]] = {
    "out": lambda said, texts, value: texts["out"].append(value),
    "err": lambda said, texts, value: texts["err"].append(value),
    "exit": lambda said, texts, value: setattr(said, "code", value),
    "recycle": lambda said, texts, value: setattr(said, "recycle", True),
}
