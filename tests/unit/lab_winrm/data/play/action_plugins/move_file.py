# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts a file on a host and fetches it back, with what connection and shell plugins offer to action plugins."""

from __future__ import annotations

import filecmp
import pathlib
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Options: `scratch`, a folder of the controller."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result says `same`, `home` and what a missing file gives."""
        result = super().run(tmp, task_vars)
        sent, back = (pathlib.Path(self._task.args["scratch"]) / name for name in ("sent.bin", "back.bin"))
        sent.write_bytes(bytes(range(256)) * 3000)
        folder = self._make_tmp_path()
        remote = self._connection._shell.join_path(folder, "o'ne two.bin")
        self._connection.put_file(str(sent), remote)
        self._connection.fetch_file(remote, str(back))
        result["same"] = filecmp.cmp(sent, back, shallow=False)
        result["home"] = self._remote_expand_user("~\\x")
        self._remove_tmp_path(folder)
        try:
            self._connection.fetch_file("C:\\nothing", str(back))
            result["missing"] = "fetched"
        except AnsibleError as error:
            result["missing"] = str(error)
        return result
