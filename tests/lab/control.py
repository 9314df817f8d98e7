# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of a running lab's control: a person's hands, and the passing of time."""

from __future__ import annotations

import http.client
import json
import os
import pathlib
import urllib.parse
from typing import Any

from .lab_folder import LabFolder, LabFolderError

TIMEOUT = 600


class ControlError(RuntimeError):
    """The lab refused, in its own words."""


class Control:
    """Talks to the lab in a folder. Every method of `operations.Operations` can be called by its name, with its arguments."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = LabFolder(pathlib.Path(folder).resolve())

    @property
    def told(self) -> dict[str, Any]:
        """lab.json of the running lab."""
        running = self.folder.running()
        if running is None:
            raise LabFolderError(f"no lab runs in {self.folder.root}; start one: python -m lab serve --folder {self.folder.root}")
        return running

    def call(self, name: str, **args: Any) -> Any:
        """Call one operation; raises ControlError with the lab's words where it refuses."""
        told = self.told
        where = urllib.parse.urlsplit(told["control"])
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=TIMEOUT)
        try:
            body = json.dumps({"call": name, "args": args}).encode()
            connection.request("POST", "/call", body, {"authorization": f"Bearer {told['token']}", "content-type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in answer:
            raise ControlError(answer["error"])
        return answer["result"]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda **args: self.call(name, **args)
