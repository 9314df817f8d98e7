# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller of a rehearsal: runs ``ansible-playbook`` as a user would, keeps each run's log, reads the summary file."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import time
from dataclasses import dataclass, field
from typing import Any

from setup.site import Site

from .story import Waiting

PLAYBOOK = "offlineseed.azure.seed"
TASK = re.compile(r"^TASK \[(.*)\] \*+$", re.MULTILINE)
RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """One run of a playbook. ``summary``: the entry of this seed in the summary file, {} where the run wrote none."""

    number: int
    command: list[str]
    log: pathlib.Path
    seconds: float
    exit_code: int
    summary: dict[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Tasks that changed something, over all hosts."""
        return sum(int(host[2]) for host in RECAP.findall(self.log.read_text(errors="replace")))

    @property
    def trouble(self) -> str:
        """The last lines of the log, for a person who has to find out why."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-25:])


class Controller:
    """The folder that a user works in: inventory, host variables, state, logs."""

    def __init__(self, folder: pathlib.Path, site: Site | None = None) -> None:
        self.folder = folder
        self.site = site or Site.of_checkout()
        self.inventory = folder / "inventory.yml"
        self.summary_file = folder / "summary.json"
        self.logs = folder / "logs"
        self.runs: list[Run] = []
        self.extra_environment: dict[str, str] = {}

    def command(self, now: str | None = None, *options: str, playbook: str = PLAYBOOK) -> list[str]:
        """The command line that a user types; `now` is the lab's time, ISO 8601."""
        told = ["-e", f"seed_now={now}"] if now else []
        return ["ansible-playbook", "-i", str(self.inventory), playbook, "-e", f"seed_summary_file={self.summary_file}", *told, *options]

    def environment(self) -> dict[str, str]:
        """The environment of that command: the checkout as the collection, no configuration of the user's own."""
        return {
            **self.site.environment(),
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "tmp"),
            "ANSIBLE_FORCE_COLOR": "0",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            **self.extra_environment,
        }

    def run(self, seed: str, now: str, waiting: Waiting, *options: str, playbook: str = PLAYBOOK) -> Run:
        """Runs the playbook to its end; `waiting` hears the name of each task."""
        number = len(self.runs) + 1
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"run-{number:02d}.log"
        command = self.command(now, *options, playbook=playbook)
        before = self.summary_file.read_bytes() if self.summary_file.exists() else None
        started = time.monotonic()
        with log.open("w") as out:
            out.write(f"$ {' '.join(command)}\n")
            out.flush()
            program = [self.site.program(command[0]), *command[1:]]
            with subprocess.Popen(
                program, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=self.environment(), cwd=self.folder
            ) as process:
                follow(process, log, waiting)
        run = Run(number, command, log, time.monotonic() - started, process.returncode, self.summary_of(seed, before))
        self.runs.append(run)
        return run

    def summary_of(self, seed: str, before: bytes | None) -> dict[str, Any]:
        """What the run left in the summary file about this seed; {} if the file is missing or is the one from `before`."""
        if not self.summary_file.exists() or self.summary_file.read_bytes() == before:
            return {}
        summary = json.loads(self.summary_file.read_text())
        return next((entry for entry in summary["seeds"] if entry["seed"] == seed), {})


def follow(process: subprocess.Popen[bytes], log: pathlib.Path, waiting: Waiting) -> None:
    """Waits for the end of a run, telling `waiting` the newest task."""
    with log.open(errors="replace") as lines:
        while True:
            try:
                process.wait(timeout=0.3)
            except subprocess.TimeoutExpired:
                for name in TASK.findall(lines.read()):
                    waiting.now(name.removeprefix("offlineseed.azure."))
                continue
            except KeyboardInterrupt:
                process.terminate()
                process.wait()
                raise
            return
