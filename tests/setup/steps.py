# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A step of the set-up: done once for each content of its key, with a line of progress and a log in ``build/logs``."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from setup.site import Site

HEARTBEAT = 10  # seconds between two signs of life
TAIL = 25  # lines of the log that are shown when a step fails


class StepFailed(Exception):
    """A program of the set-up ended badly; the message says which, and where its log is."""


@dataclass(frozen=True)
class Step:
    """``key(site)`` is the content that the step is made from; while it stays the same and ``product(site)`` exists, the step is done."""

    name: str
    text: str
    key: Callable[[Site], str]
    product: Callable[[Site], Path]
    run: Callable[[Site, Logged], None]


class Logged:
    """Runs the programs of one step into its log."""

    def __init__(self, site: Site, name: str):
        self.site = site
        self.log = site.logs / f"setup-{name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text("")
        self.started = self.spoke = time.monotonic()

    def __call__(self, *command: object, **popen: object) -> None:
        """Runs a program to its end; raises StepFailed on an exit code other than 0."""
        words = [str(word) for word in command]
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(words)}\n")
            log.flush()
            options = {"env": self.site.environment(), "stdin": subprocess.DEVNULL, **popen}
            with subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT, **options) as process:
                while self._runs(process):
                    self._heartbeat()
        if process.returncode:
            raise StepFailed(f"{Path(words[0]).name} ended with {process.returncode}:\n{self._tail()}\nThe whole log: {self.log}")

    @staticmethod
    def _runs(process: subprocess.Popen) -> bool:
        try:
            process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            return True
        return False

    def _heartbeat(self) -> None:
        now = time.monotonic()
        if now - self.spoke >= HEARTBEAT:
            self.spoke = now
            say(f"      … {now - self.started:.0f} s")

    def _tail(self) -> str:
        return "\n".join(f"    {line}" for line in self.log.read_text(errors="replace").splitlines()[-TAIL:])


def install(site: Site, steps: Iterable[Step]) -> None:
    """Does the steps that are not done yet; ends the program with 1 and a reason when one fails."""
    with one_at_a_time(site):
        due = [step for step in steps if not is_done(site, step)]
        if due:
            say(f"Setting up {site.build} (once; {len(due)} steps)")
        for number, step in enumerate(due, 1):
            say(f"  {number}/{len(due)} {step.text}")
            logged = Logged(site, step.name)
            try:
                step.run(site, logged)
            except StepFailed as failure:
                sys.exit(f"Set-up stopped at: {step.text}\n{failure}")
            stamp_of(site, step).write_text(fingerprint(site, step))
            say(f"      done in {time.monotonic() - logged.started:.0f} s")


@contextlib.contextmanager
def one_at_a_time(site: Site) -> Iterator[None]:
    """Two `make` started together do not install over each other: the second waits."""
    stamps(site).mkdir(parents=True, exist_ok=True)
    with (stamps(site) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_done(site: Site, step: Step) -> bool:
    stamp = stamp_of(site, step)
    return step.product(site).exists() and stamp.is_file() and stamp.read_text() == fingerprint(site, step)


def fingerprint(site: Site, step: Step) -> str:
    return hashlib.sha256(step.key(site).encode()).hexdigest()


def stamp_of(site: Site, step: Step) -> Path:
    return stamps(site) / step.name


def stamps(site: Site) -> Path:
    return site.build / "stamps"


def say(line: str) -> None:
    print(line, flush=True)
