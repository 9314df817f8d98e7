# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab as an object: its server process is started, stopped, saved and loaded."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time
from typing import Any

from .control import Control
from .lab_folder import LabFolder, copy_state
from .shared import CHECKOUT

READY_SECONDS = 60
STOP_SECONDS = 60


class LabError(RuntimeError):
    """The lab did not start or stop."""


class Lab:
    """A running lab. It ends with the process that started it; `with Lab.start(folder) as lab:` ends it earlier."""

    def __init__(self, folder: pathlib.Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.control = Control(folder)
        self._process = process

    @classmethod
    def start(cls, folder: str | os.PathLike[str], engine: str = "auto", data: str | os.PathLike[str] | None = None) -> Lab:
        """Start a lab in a folder (new, or with the state that it had) and wait until it is ready."""
        place = LabFolder(pathlib.Path(folder).resolve())
        place.prepare()
        command = [sys.executable, "-m", "lab", "serve", "--folder", str(place.root), "--engine", engine, "--until-stdin-closes"]
        if data is not None:
            command += ["--data", str(pathlib.Path(data).resolve())]
        with open(place.root / "server.log", "ab") as log:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=_environment(), start_new_session=True)
        lab = cls(place.root, process)
        try:
            lab._wait_until_ready()
        except BaseException:  # Ctrl-C too: nothing half started stays
            lab._kill()
            raise
        return lab

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while self.control.folder.running() is None:
            if self._process.poll() is not None or time.monotonic() > until:
                log = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")
                raise LabError(f"the lab in {self.folder} did not start; the end of its server.log:\n{log[-4000:]}")
            time.sleep(0.02)

    @property
    def told(self) -> dict[str, Any]:
        """lab.json: addresses, engine."""
        return self.control.told

    def stop(self) -> None:
        """End it; its state stays in the folder."""
        if self._process.poll() is None:
            self._process.stdin.close()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._kill()
                raise LabError(f"the lab in {self.folder} did not stop by itself and was killed; see server.log there") from None

    def _kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()

    def save(self, saved: str | os.PathLike[str]) -> None:
        """Copy the whole state into a new folder; the lab goes on."""
        self.control.save(to=str(pathlib.Path(saved).resolve()))

    @classmethod
    def load(cls, saved: str | os.PathLike[str], folder: str | os.PathLike[str], engine: str = "auto") -> Lab:
        """Start a lab in a new folder with a saved state. The saved one stays as it is."""
        copy_state(pathlib.Path(saved), pathlib.Path(folder))
        return cls.start(folder, engine)

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.stop()


def _environment() -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(CHECKOUT / "tests"), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
