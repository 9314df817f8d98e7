# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A measure: what was measured, its aim, and whether the aim is reached."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Measure:
    """``aim``: the largest value that is good enough, or None where nothing is claimed."""

    name: str
    value: float
    unit: str
    aim: float | None = None

    @property
    def reached(self) -> bool | None:
        return None if self.aim is None else self.value <= self.aim

    def __str__(self) -> str:
        aim = "" if self.aim is None else f"aim ≤ {self.aim:g}"
        word = {True: "reached", False: "NOT REACHED", None: ""}[self.reached]
        return f"{self.name:<58}{self.value:>9.3f} {self.unit:<8}{aim:<12}{word}".rstrip()


def write(measures: list[Measure], path: Path) -> None:
    path.write_text(json.dumps([{**asdict(measure), "reached": measure.reached} for measure in measures], indent=1) + "\n")


@dataclass(frozen=True)
class Lap:
    """One task on one host, as the stopwatch callback wrote it."""

    task: str
    host: str
    seconds: float
    at: float
    failed: bool


def laps(path: Path) -> list[Lap]:
    return [Lap(**json.loads(line)) for line in path.read_text().splitlines()]


def typical(found: list[Lap], task: str) -> float:
    """Median seconds of the tasks of that name."""
    seconds = [lap.seconds for lap in found if lap.task == task]
    if not seconds:
        raise LookupError(f"the run had no task {task!r}; it had {sorted({lap.task for lap in found})}")
    return median(seconds)
