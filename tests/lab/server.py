# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server process of a lab: starts the parts, answers the control, and takes everything with it when it goes."""

from __future__ import annotations

import os
import pathlib
import signal
import sys
import threading
from typing import Any

from . import controller_folder
from .control_server import ControlServer
from .lab_folder import LabFolder, new_token, process_started
from .operations import Operations
from .parts import Parts
from .shared import choose_engine


class Server:
    """One lab. `run` blocks until it is told to stop: by a signal, by the control, or by the end of its standard input where asked."""

    def __init__(self, folder: pathlib.Path, engine: str = "auto", data: pathlib.Path | None = None) -> None:
        self.folder = LabFolder(folder.resolve())
        self.engine, self.pwsh = choose_engine(engine)
        self.token = new_token()
        self._stopping = threading.Event()
        self.parts = Parts(self.folder.root, self.engine, self.pwsh, data)
        self._control = ControlServer(Operations(self), self.token)

    def run(self, until_stdin_closes: bool = False) -> None:
        """Start, serve, stop."""
        self.folder.prepare()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_unused: self._stopping.set())
        if until_stdin_closes:
            threading.Thread(target=self._watch_stdin, daemon=True).start()
        try:
            self.parts.start()
            self._control.start()
            self.describe()
            self._greet()
            self._stopping.wait()
        finally:
            self._stop()

    def _watch_stdin(self) -> None:
        """The one who started this lab holds the other end; when it is gone, so is the reason for the lab."""
        sys.stdin.buffer.read()
        self._stopping.set()

    def describe(self) -> None:
        """Write lab.json and the controller's folder with the addresses of now."""
        told = self.told()
        controller_folder.write(self.folder.controller, told)
        self.folder.describe(told)

    def _greet(self) -> None:
        told = self.told()
        hosts = ", ".join(f"{name} 127.0.0.1:{host['port']}" for name, host in told["hosts"].items())
        print(f"The lab in {told['folder']} is up: ARM {told['arm']}, WinRM {hosts}, Windows modules by {told['engine']}.")
        print(f"For ansible-playbook: . {self.folder.controller / 'environment'}", flush=True)

    def told(self) -> dict[str, Any]:
        """The content of lab.json."""
        pid = os.getpid()
        return {
            "pid": pid, "started": process_started(pid), "folder": str(self.folder.root), "engine": self.engine, "pwsh": self.pwsh,
            "control": self._control.url, "token": self.token, **self.parts.addresses(),
        }  # fmt: skip

    def stop_soon(self) -> None:
        """Let `run` end."""
        self._stopping.set()

    def _stop(self) -> None:
        self._control.stop()
        self.parts.stop()
        self.folder.description.unlink(missing_ok=True)
