# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs win_disk_prep_tool on the host and fetches the files of the tool that are not here yet."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from ansible.plugins.action import ActionBase

from ..module_utils.drives import attended
from ..module_utils.failure import Failure


class ActionModule(ActionBase):
    """A file that is here with the same SHA-256 is not fetched again."""

    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        result.update(self._execute_module(module_name="offlineseed.azure.win_disk_prep_tool", task_vars=task_vars))
        target = self._task.args.get("fetch_to")
        if result.get("failed") or not target or not result["tool"]["found"]:
            return result
        folder = Path(os.path.expanduser(os.path.expandvars(target))).absolute()
        try:
            places = {file["name"]: (attended.below(folder, file["name"]), file["sha256"]) for file in result["tool"]["files"]}
            due = {name: place for name, (place, sha256) in places.items() if hash_of(place) != sha256}
            if not self._task.check_mode:
                for name, place in due.items():
                    self._fetch(f"{result['tool']['folder']}\\{name}", place, places[name][1])
        except Failure as failure:
            return {**result, **failure.as_result()}
        result["changed"] = bool(due)
        result["fetched"] = str(folder)
        return result

    def _fetch(self, remote, place, sha256):
        """Put one file at *place* as a whole."""
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".offlineseed-")
        os.close(handle)
        arrived = Path(name)
        try:
            self._connection.fetch_file(remote, name)
            seen = hash_of(arrived)
            if seen != sha256:
                raise Failure(f"Failed to fetch {remote}: its SHA-256 is {seen}, the host said {sha256}. Run again.", seen=seen)
            arrived.replace(place)
        finally:
            arrived.unlink(missing_ok=True)


def hash_of(path):
    """SHA-256 of a file in hex; None where there is no file."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
