# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make lab``: the laboratory of the rehearsal, left up for use by hand; Ctrl-C ends everything."""

from __future__ import annotations

import argparse
import pathlib
import signal
import sys
import threading

from setup.site import Site

from . import given
from .lab import Lab, LabError
from .lab_folder import LabFolderError
from .playbook import PLAYBOOK
from .rehearsal import existing_folder, write_sample
from .story import Story

CONTROL = (
    ("show", "the lab at a glance"),
    ("attach --serial WD-0001 --size 250000000", "a blank SATA drive is attached to the copy host"),
    ("days 3", "three days pass: parcels travel, the datacenter works, scheduled backups run"),
    ("ship --carrier DHL --tracking-number 1Z999AA10123456784", "the prepared drives are on their way"),
    ("fault throttle method=PUT retry_after=2", "the next PUT to Azure is answered 429"),
    ("restore --to FOLDER", "the files as they come out of the vault"),
    ("save --to FOLDER", "the whole state, into a new folder"),
    ("load FOLDER", "takes a saved state up again, your answers with it"),
    ("--help", "all of it, the wizard too"),
)


def main(arguments: list[str] | None = None) -> int:
    told = argparse.ArgumentParser(prog="make lab", description=__doc__)
    told.add_argument("--data", type=existing_folder, help="a folder whose files the server backs up (default: a sample of 100 MB)")
    told.add_argument("--folder", type=pathlib.Path, default=Site.of_checkout().build / "lab", help="its state (default: build/lab; kept)")
    told.add_argument("--engine", choices=("auto", "pwsh", "standins"), default="auto")
    asked = told.parse_args(arguments)
    story = Story()
    try:
        if asked.data:
            given.check(asked.data, asked.folder.resolve())
        data = asked.data or (None if (asked.folder / "sample").exists() else write_sample(asked.folder))
        with story.waiting("the lab starts"):
            lab = Lab.start(asked.folder, engine=asked.engine, data=data)
    except (LabError, LabFolderError, given.Unfit, OSError) as error:
        story.failure(str(error))
        return 1
    except KeyboardInterrupt:
        story.failure("interrupted; nothing is left running")
        return 130
    with lab:
        explain(story, lab)
        wait_for_the_end(lab)
        story.tell("The lab ends; its state stays in " + str(lab.folder))
    return 0


def explain(story: Story, lab: Lab) -> None:
    """Inventory, commands and control, each to copy and paste."""
    site, controller = Site.of_checkout(), lab.folder / "controller"
    story.heading(f"The lab is up (Windows modules: {lab.told['engine']}). Ctrl-C ends everything.")
    story.heading("In a second terminal")
    story.tell(f"  cd {controller} && . ./environment && PATH={site.venv / 'bin'}:$PATH")
    story.tell(f"  lab() {{ PYTHONPATH={site.root / 'tests'} python -m lab \"$@\" --folder {lab.folder}; }}")
    story.heading("One seed, again and again, until it is complete (each run says what is next)")
    story.tell(f'  ansible-playbook {PLAYBOOK} -e seed_now="$(lab hours 0)" --check --diff')
    story.tell(f'  ansible-playbook {PLAYBOOK} -e seed_now="$(lab hours 0)"')
    story.tell(f"  Your answers (seed_drives, seed_parcel, …) belong into {controller / 'host_vars' / 'srv1' / 'answers.yml'}")
    story.heading("The control: a person's hands, and the passing of time")
    for command, text in CONTROL:
        story.tell(f"  lab {command:<58}# {text}")
    story.heading(f"Inventory: {controller / 'inventory.yml'}")
    story.tell((controller / "inventory.yml").read_text().removeprefix("---").strip("\n"))


def wait_for_the_end(lab: Lab) -> None:
    """Until Ctrl-C, or until somebody has stopped the lab by its control."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *caught: over.set())
    while lab.control.folder.running() and not over.wait(1):
        pass


if __name__ == "__main__":
    sys.exit(main())
