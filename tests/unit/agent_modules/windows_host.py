# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection and a task for action plugins that talk to a Windows host; whatever else they would call, fails."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

TMP = r"C:\Users\Administrator\AppData\Local\Temp\ansible-tmp-1"


class Host:
    """Files that lie on the host, and what arrived there."""

    def __init__(self, **files: bytes) -> None:
        self.files = files
        self.sent: dict[str, bytes] = {}
        self.fetches: list[str] = []
        self.removed: list[str] = []
        self._shell = SimpleNamespace(tmpdir=None, join_path=lambda *parts: "\\".join(parts))

    def fetch_file(self, source: str, target: str) -> None:
        self.fetches.append(source)
        Path(target).write_bytes(self.files[source.rsplit("\\", 1)[-1].split(".")[0]])


def action(plugin: Any, host: Host, args: dict[str, Any], answer: Any) -> tuple[Any, list[dict[str, Any]]]:
    """An action plugin on that host, and the list of module calls it makes; `answer` is their result or an exception."""
    calls: list[dict[str, Any]] = []
    task = SimpleNamespace(args=args, async_val=0, check_mode=False, action="test", environment=None)
    made = plugin.ActionModule(task=task, connection=host, play_context=None, loader=None, templar=None)

    def execute_module(module_name: str, module_args: dict[str, Any] | None = None, task_vars: Any = None) -> dict[str, Any]:
        calls.append({"name": module_name, "args": task.args if module_args is None else module_args})
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    def make_tmp_path() -> str:
        host._shell.tmpdir = TMP
        return TMP

    def transfer_file(local: str, remote: str) -> str:
        host.sent[remote] = Path(local).read_bytes()
        return remote

    made._execute_module = execute_module
    made._make_tmp_path = make_tmp_path
    made._transfer_file = transfer_file
    made._remove_tmp_path = host.removed.append
    return made, calls


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
