# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gate: a name, and a function that answers whether it is open."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from setup.site import Site

HEARTBEAT = 30  # seconds between two signs of life of a gate that prints nothing
TAIL = 80  # lines of a failed gate's output that are shown


@dataclass(frozen=True)
class Answer:
    """``passed`` None: the gate could not be asked; ``shown``: what of the output tells why it failed (None: its end);
    ``left_out``: what the gate did not look at, and why, in whole sentences."""

    passed: bool | None
    output: str = ""
    shown: str | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gate:
    name: str
    ask: Callable[[Site], Answer]


@dataclass
class Verdict:
    gate: Gate
    answer: Answer
    seconds: float = field(default=0.0)

    @property
    def word(self) -> str:
        return {True: "passed", False: "FAILED", None: "not run"}[self.answer.passed]


def ask(gate: Gate, site: Site) -> Verdict:
    """Asks one gate, prints what came out, keeps its whole output in ``build/logs``."""
    started = time.monotonic()
    print(f"{gate.name} …", flush=True)
    over = threading.Event()
    threading.Thread(target=_heartbeat, args=(gate.name, started, over), daemon=True).start()
    try:
        answer = gate.ask(site)
    finally:
        over.set()
    verdict = Verdict(gate, answer, time.monotonic() - started)
    log_of(site, gate).write_text(answer.output)
    if answer.passed is False:
        print(answer.shown if answer.shown is not None else end_of(answer.output))
    print(f"{gate.name}: {verdict.word} in {verdict.seconds:.0f} s", flush=True)
    return verdict


def end_of(output: str) -> str:
    lines = output.rstrip().splitlines()
    return "\n".join([f"({len(lines) - TAIL} lines above these are in the log)", *lines[-TAIL:]] if len(lines) > TAIL else lines)


def log_of(site: Site, gate: Gate) -> Path:
    site.logs.mkdir(parents=True, exist_ok=True)
    return site.logs / f"gate-{gate.name.replace(' ', '-')}.log"


def run(command: list[object], site: Site, *, folder: Path | None = None, env: dict[str, str] | None = None) -> Answer:
    """Asks a program: exit code 0 is passed."""
    done = subprocess.run(
        [str(word) for word in command], cwd=folder or site.root, env=env or site.environment(), check=False, text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    return Answer(done.returncode == 0, done.stdout)


def stream(command: list[object], site: Site, *, env: dict[str, str] | None = None) -> Answer:
    """Like run, and shows the output while it comes."""
    lines = []
    with subprocess.Popen(
        [str(word) for word in command], cwd=site.root, env=env or site.environment(), text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:
        for line in process.stdout:
            lines.append(line)
            sys.stdout.write(line)
            sys.stdout.flush()
    return Answer(process.returncode == 0, "".join(lines), shown="")


def _heartbeat(name: str, started: float, over: threading.Event) -> None:
    while not over.wait(HEARTBEAT):
        print(f"  {name} … {time.monotonic() - started:.0f} s", flush=True)
