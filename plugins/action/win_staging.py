# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends the inventory of a seed to the host as a file and runs win_staging there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """`inventory_file` is a file on the controller; the module gets the path of its copy."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        del tmp
        given = self._task.args.get("inventory_file")
        if not given:
            raise AnsibleActionFail("inventory_file is missing: give the inventory that win_staging_info fetched for this seed.")
        inventory = Path(os.path.expanduser(os.path.expandvars(given))).absolute()
        if not inventory.is_file():
            raise AnsibleActionFail(f"inventory_file is {inventory}, which does not exist on the controller; nothing was removed.")
        self._make_tmp_path()
        try:
            sent = self._transfer_file(str(inventory), self._connection._shell.join_path(self._connection._shell.tmpdir, "inventory.jsonl"))
            arguments = {**self._task.args, "inventory_file": sent}
            result.update(self._execute_module(module_name="offlineseed.azure.win_staging", module_args=arguments, task_vars=task_vars))
        finally:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result
