# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs at the beginning of a phase, each played once and kept, so that a test of shipping does not play the six phases before it."""

from __future__ import annotations

import fcntl
import io
import pathlib
import shutil
import tempfile

from rich.console import Console

from . import sample
from .lab import Lab
from .rehearsal import Rehearsal
from .story import Story

PHASES = ("preflight", "target", "stage", "prepare", "ship", "track", "complete", "done")


class States:
    """Saved labs below one folder; several processes may ask at once, one of them plays."""

    def __init__(self, folder: pathlib.Path, engine: str = "auto") -> None:
        self.folder, self.engine = folder, engine

    def saved(self, phase: str) -> pathlib.Path:
        """The saved lab whose seed is about to begin `phase` ("done": it is complete)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            target = self.folder / phase
            if not target.exists():
                self._make(phase, target)
        return target

    def load(self, phase: str) -> Lab:
        """A running lab of one's own at the beginning of `phase`; stop it after use."""
        return Lab.load(self.saved(phase), short_folder(), self.engine)

    def _make(self, phase: str, target: pathlib.Path) -> None:
        before = PHASES.index(phase) - 1
        if before < 0:
            lab = self._first()
        else:
            earlier = self.folder / PHASES[before]
            if not earlier.exists():
                self._make(PHASES[before], earlier)
            lab = Lab.load(earlier, short_folder(), self.engine)
        try:
            if before >= 0:
                play(lab, PHASES[before])
            lab.save(target)
        finally:
            end(lab)

    def _first(self) -> Lab:
        folder = short_folder()
        data = folder / "sample"
        sample.write_small(data)
        return Lab.start(folder, self.engine, data)


def play(lab: Lab, phase: str) -> None:
    """Plays one phase to its end, with the playbook of that phase."""
    driver(lab).play_phase(phase)


def driver(lab: Lab) -> Rehearsal:
    """Runs playbooks and does human steps in a lab, without a story on the terminal."""
    return Rehearsal(lab, Story(Console(file=io.StringIO())), sample.fingerprints(lab.folder / "sample"))


def end(lab: Lab) -> None:
    """Stops a lab and removes its folder."""
    lab.stop()
    shutil.rmtree(lab.folder)


def short_folder() -> pathlib.Path:
    """A new folder with a short path: a lab has Unix sockets in it, whose paths must stay below 108 bytes."""
    return pathlib.Path(tempfile.mkdtemp(prefix="seedlab-"))
