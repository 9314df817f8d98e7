# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make benchmark``: one line a measure on the terminal, the same in ``build/benchmark.json``; exit code 1 if an aim is not reached."""

from __future__ import annotations

import collections
import re
import shutil
import sys
import time
from pathlib import Path

from rich.console import Console

from benchmark import azure_modules, blob_listing, copying, many_jobs, scale
from benchmark.measure import Lap, Measure, laps, typical, write
from lab.lab import Lab
from lab.playbook import Controller
from lab.rehearsal import SEED, Rehearsal, Stopped
from lab.sample import fingerprints
from lab.sample import write as write_sample
from lab.shared import find_pwsh
from lab.story import Story
from setup.site import Site

HERE = Path(__file__).resolve().parent
PLUGINS = HERE / "plugins"
PHASE = re.compile(r"^offlineseed\.azure\.(\w+) : ")
# Aims: an Azure task at most three times an empty one; a Windows task below two seconds; the whole rehearsal below four minutes.
TIMES_NOTHING, WINDOWS_SECONDS, REHEARSAL_SECONDS = 3, 2, 240


def main() -> int:
    site, story = Site.of_checkout(), Story()
    folder = site.build / "benchmark"
    shutil.rmtree(folder, ignore_errors=True)
    data = folder / "data"
    write_sample(data)
    measures: list[Measure] = []
    started = time.monotonic()
    with Lab.start(folder / "tasks", data=data) as lab:
        show(story, measures, Measure("lab: ready after", time.monotonic() - started, "s", 15))
        show(story, measures, *tasks(lab, story, folder))
        watched = {**stopwatch(folder / "azure_modules.jsonl"), "ANSIBLE_ACTION_PLUGINS": str(PLUGINS / "action")}
        show(story, measures, *azure_modules.measured(lab, story, folder / "modules", watched))
    with story.waiting("listing blobs"):
        fresh = blob_listing.measures(folder / "blobs")
    show(story, measures, *fresh)
    with story.waiting("many jobs"):
        fresh = list(many_jobs.measures(folder / "many_jobs"))
    show(story, measures, *fresh)
    with Lab.start(folder / "rehearsal", data=data) as lab:
        show(story, measures, *rehearsal(lab, story, folder, data))
    for measure in scale.measures():
        show(story, measures, measure)
    with story.waiting("copying"):
        fresh = copying.measures(folder / "copying", find_pwsh())
    show(story, measures, *fresh)
    write(measures, site.build / "benchmark.json")
    story.tell(f"The same in {site.build / 'benchmark.json'}")
    return 1 if any(measure.reached is False for measure in measures) else 0


def show(story: Story, measures: list[Measure], *fresh: Measure) -> None:
    for measure in fresh:
        measures.append(measure)
        story.tell(str(measure))


def tasks(lab: Lab, story: Story, folder: Path) -> list[Measure]:
    """What a task costs: one that does nothing, one that asks Azure, one on a Windows host."""
    azure, windows = played(lab, story, folder, "azure_tasks"), played(lab, story, folder, "windows_tasks")
    nothing, asked = typical(azure, "Nothing"), typical(azure, "Azure task without a change")
    engine = lab.told["engine"]
    return [
        Measure("task that does nothing (median of 20)", nothing, "s"),
        Measure("Azure task without a change (median of 20)", asked, "s"),
        Measure("Azure task against a task that does nothing", asked / nothing, "times", TIMES_NOTHING),
        Measure("first Azure task: SDKs imported, token fetched", typical(azure, "First Azure task"), "s"),
        Measure(f"Windows task, warm ({engine}; median of 8)", typical(windows, "Windows task"), "s", WINDOWS_SECONDS),
    ]


def played(lab: Lab, story: Story, folder: Path, playbook: str) -> list[Lap]:
    controller = Controller(lab.folder / "controller")
    times = folder / f"{playbook}.jsonl"
    controller.extra_environment = {**stopwatch(times), "ANSIBLE_ACTION_PLUGINS": str(PLUGINS / "action")}
    with story.waiting(playbook.replace("_", " ")) as waiting:
        run = controller.run(SEED, lab.control.show()["now"], waiting, playbook=str(HERE / f"{playbook}.yml"))
    if run.exit_code:
        raise Stopped(f"{playbook} ended with {run.exit_code}\n{run.trouble}")
    return laps(times)


def rehearsal(lab: Lab, story: Story, folder: Path, data: Path) -> list[Measure]:
    """Seconds of a whole rehearsal and of the tasks of each phase in it."""
    times = folder / "rehearsal.jsonl"
    play = Rehearsal(lab, Story(quiet(folder / "rehearsal.txt")), fingerprints(data))
    play.controller.extra_environment = stopwatch(times)
    started = time.monotonic()
    with story.waiting("rehearsal"):
        play.play()
        play.verify()
    whole = time.monotonic() - started
    runs = sum(run.seconds for run in play.controller.runs)
    phases: dict[str, float] = collections.defaultdict(float)
    for lap in laps(times):
        found = PHASE.match(lap.task)
        phases[found[1] if found else "other tasks"] += lap.seconds
    return [
        *(Measure(f"rehearsal: tasks of {phase}", seconds, "s") for phase, seconds in phases.items()),
        Measure("rehearsal: ansible-playbook beside its tasks", runs - sum(phases.values()), "s"),
        Measure("rehearsal: whole", whole, "s", REHEARSAL_SECONDS),
    ]


def stopwatch(times: Path) -> dict[str, str]:
    return {
        "OFFLINESEED_STOPWATCH": str(times),
        "ANSIBLE_CALLBACK_PLUGINS": str(PLUGINS / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "stopwatch",
    }


def quiet(path: Path) -> Console:
    """A console that writes into a file."""
    return Console(file=path.open("w"), highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
