# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy host that answers win_disk_prep as scripted: drives that move on step by step, and connections that drop."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ansible_collections.offlineseed.azure.plugins.action import win_disk_prep
from ansible_collections.offlineseed.azure.plugins.module_utils.drives import plan

SIZE = 4000787030016
FOLDER = r"C:\ProgramData\offlineseed\srv1"


class FakeHost:
    """`drives` maps a serial to its standing and state; `script` holds what happens at the next calls of an operation.

    A scripted thing is an exception to raise, a dict to answer with, or a function of (host, request) to call before the usual answer.
    """

    def __init__(self, folder: Path, **drives: tuple[str, str]) -> None:
        self.drives = {
            serial: {"standing": standing, "state": state, "reasons": [], "message": None, "done": 0}
            for serial, (standing, state) in drives.items()
        }
        self.folder, self.calls, self.put, self.keys = folder, [], {}, []
        self.script: dict[str, list[Any]] = {}
        self.running, self.resets, self.slept = False, 0, 0.0
        files = [plan.File(f"1_{number}_0f8fad5b-d9cb-469f-a165-70867728950e_BaseBlob", 512) for number, _unused in enumerate(drives)]
        loads = [plan.Load(serial, SIZE, SIZE, (file,)) for serial, file in zip(drives, files, strict=True)]
        (folder / "plan.json").write_bytes(plan.Plan("srv1", "landing", tuple(loads)).encoded())
        (folder / "password").write_text("secret\n")

    # -- the plugin on it ----------------------------------------------------------------------------------------------------------
    def run(self, monkeypatch: Any, check: bool = False, **options: Any) -> dict[str, Any]:
        """Run the task; time passes only as the plugin sleeps."""
        args = {
            "seed": "srv1",
            "drives": [{"serial": serial, "size": SIZE} for serial in self.drives],
            "plan_file": str(self.folder / "plan.json"),
            "staging_path": r"C:\staging\a_srv1",
            "container": "landing",
            "escrow_dir": str(self.folder / "escrow"),
            "escrow_password_file": str(self.folder / "password"),
            "wait": 100,
            **options,
        }
        monkeypatch.setattr(win_disk_prep.time, "sleep", self._sleep)
        monkeypatch.setattr(win_disk_prep.time, "monotonic", lambda: self.slept)
        task = SimpleNamespace(args=args, async_val=0, check_mode=check, diff=True, action="win_disk_prep", environment=None)
        connection = SimpleNamespace(put_file=self._put, reset=self._reset, _shell=SimpleNamespace(tmpdir=None))
        made = win_disk_prep.ActionModule(task=task, connection=connection, play_context=None, loader=None, templar=None)
        made._execute_module = self._module
        return made.run(task_vars={"inventory_hostname": "copy1"})

    def operations(self) -> list[str]:
        return [name for name, _unused in self.calls]

    def _sleep(self, seconds: float) -> None:
        self.slept += seconds

    def _reset(self) -> None:
        self.resets += 1

    def _put(self, local: str, remote: str) -> None:
        self.put[remote] = Path(local).read_bytes()

    def _module(self, module_name: str, module_args: dict[str, Any], task_vars: Any) -> dict[str, Any]:
        operation, requests = module_args["_operation"], module_args["_drives"]
        self.calls.append((operation, [request["serial"] for request in requests]))
        self.keys += [request["recovery_password"] for request in requests if request.get("recovery_password")]
        scripted = self.script.get(operation)
        if scripted:
            step = scripted.pop(0)
            if isinstance(step, Exception):
                raise step
            if isinstance(step, dict):
                return step
            step(self, requests)
        elif hasattr(self, f"_on_{operation}"):
            getattr(self, f"_on_{operation}")(requests)
        return self._answer(operation, requests)

    # -- what happens by itself -------------------------------------------------------------------------------------------------------
    def move(self, serial: str, standing: str | None = None, state: str | None = None, **more: Any) -> None:
        self.drives[serial].update({**more, **({"standing": standing} if standing else {}), **({"state": state} if state else {})})

    def _on_begin(self, requests: list[dict[str, Any]]) -> None:
        self.move(requests[0]["serial"], "ours", "sealed")

    _on_attach = _on_begin

    def _on_start(self, requests: list[dict[str, Any]]) -> None:
        for request in requests:
            self.move(request["serial"], state="copying")
        self.running = True

    def _on_poll(self, requests: list[dict[str, Any]]) -> None:
        for drive in self.drives.values():
            if drive["state"] == "copying":
                drive["state"] = "copied"
        self.running = False

    def _on_prove(self, requests: list[dict[str, Any]]) -> None:
        self.move(requests[0]["serial"], "prepared", "proven")

    def _answer(self, operation: str, requests: list[dict[str, Any]]) -> dict[str, Any]:
        common = {"changed": operation in ("begin", "attach", "start", "prove", "cancel"), "folder": FOLDER}
        if operation == "probe_source":
            return {**common, "source": {"readable": True, "files": 2, "error": None, "account": "COPY1$"}}
        if operation in ("begin", "attach", "prove"):
            return {**common, "drive": self._told(requests[0]["serial"])}
        return {**common, "drives": [self._told(serial) for serial in self.drives], "running": self.running}

    def _told(self, serial: str) -> dict[str, Any]:
        drive = self.drives[serial]
        return {
            "serial": serial,
            "size": SIZE,
            "state": drive["state"],
            "standing": drive["standing"],
            "wipes": drive["standing"] == "wipeable",
            "holds": [],
            "plan_hash": "x",
            "files_total": 1,
            "files_done": 0,
            "bytes_total": 512,
            "bytes_done": drive["done"],
            "manifest_file": None,
            "manifest_hash": None,
            "manifest_size": None,
            "protector": "{P}",
            "message": drive["message"],
            "reasons": drive["reasons"],
        }
