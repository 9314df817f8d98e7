# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real action plugin win_disk_prep against a modelled copy host, without Ansible's connection in between."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ansible.plugins.loader import init_plugin_loader

from lab.powershell.try_module import payload
from lab.shared import BUILD

try:
    # The builder of module payloads reads collections through Ansible's loader, so it has to be there before the plugin is imported.
    init_plugin_loader([str(BUILD / "dev"), str(BUILD / "collections")])
except ValueError:
    pass  # it was set up before in this process

from ansible_collections.offlineseed.azure.plugins.action import win_disk_prep  # noqa: E402
from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow, plan  # noqa: E402

__all__ = ["MIB", "PrepRun", "escrow"]

MODULE = Path(__file__).resolve().parents[2] / "plugins" / "modules" / "win_disk_prep.ps1"
GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
STAGING = r"C:\staging\seedlanding_srv1"
MIB = 1 << 20


class PrepRun:
    """One seed on COPY1. `files` are (number, size) of staged files; `before` is called with each operation before it runs."""

    def __init__(self, bench: Any, folder: Path, seed: str = "srv1") -> None:
        self.bench, self.folder, self.seed = bench, folder, seed
        self.host = bench.host("COPY1")
        self.before: Callable[[str], None] = lambda operation: None
        self.operations: list[str] = []
        self.password_file = folder / "escrow-password"
        self.password_file.write_text("correct horse\n")
        self.escrow = folder / "escrow"
        self.staging = STAGING

    def stage(self, *sizes: int) -> list[plan.File]:
        """Staged files with content that differs everywhere."""
        place = self.host.path(r"C:\staging\seedlanding_srv1")
        place.mkdir(parents=True, exist_ok=True)
        files = []
        for number, size in enumerate(sizes):
            name = f"4508156004108672185_{number}_{GUID}_BaseBlob"
            block = bytes((number + index * 7 + (index >> 8)) % 251 for index in range(65537))
            (place / name).write_bytes((block * (size // len(block) + 1))[:size])
            files.append(plan.File(name, size))
        return files

    def plan(self, files: list[plan.File], *drives: tuple[str, int]) -> Path:
        """plan.json that spreads the files over the drives in turn."""
        loads = [plan.Load(serial, size, size, tuple(files[index :: len(drives)])) for index, (serial, size) in enumerate(drives)]
        path = self.folder / "plan.json"
        path.write_bytes(plan.Plan(self.seed, "landing", tuple(loads)).encoded())
        return path

    def run(self, *drives: dict[str, Any], check: bool = False, **options: Any) -> dict[str, Any]:
        """A run of the task; drives are consents."""
        args = {
            "seed": self.seed,
            "drives": list(drives),
            "plan_file": str(self.folder / "plan.json"),
            "staging_path": self.staging,
            "container": "landing",
            "escrow_dir": str(self.escrow),
            "escrow_password_file": str(self.password_file),
            "wait": 60,
            **options,
        }
        task = SimpleNamespace(args=args, async_val=0, check_mode=check, diff=True, action="win_disk_prep", environment=None)
        connection = SimpleNamespace(put_file=self._put, fetch_file=self._fetch, reset=lambda: None, _shell=SimpleNamespace(tmpdir=None))
        made = win_disk_prep.ActionModule(task=task, connection=connection, play_context=None, loader=None, templar=None)
        made._execute_module = lambda module_name, module_args, task_vars: self._module(module_args, check)
        self.answers: list[dict[str, Any]] = []
        return made.run(task_vars={"inventory_hostname": "copy1"})

    def _put(self, local: str, remote: str) -> None:
        self.before(f"put {remote}")
        shutil.copyfile(local, self.host.path(remote))

    def _fetch(self, remote: str, local: str) -> None:
        self.before(f"fetch {remote}")
        shutil.copyfile(self.host.path(remote), local)

    def _module(self, args: dict[str, Any], check: bool) -> dict[str, Any]:
        self.before(args["_operation"])
        self.operations.append(args["_operation"])
        outcome = self.bench.engine.run_module(self.host, payload(MODULE, args, check), "Administrator")
        try:
            answer = json.loads(outcome.out)
        except ValueError:
            raise AssertionError(f"{args['_operation']} printed no result: {outcome.out!r} {outcome.err!r}") from None
        self.answers.append(answer)
        return answer
