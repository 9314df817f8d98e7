# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of a lab: who runs in it, and what must be gone before another may."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import secrets
import shutil
import stat
from typing import Any

# What belongs to a running server, not to the state that is saved and loaded.
NOT_STATE = ("lab.json", "lab.json.new", "server.log", "azurite.log", "engine", "model.sock")


class LabFolderError(RuntimeError):
    """The folder cannot be used as asked."""


@dataclasses.dataclass(frozen=True)
class LabFolder:
    """Paths inside the folder of a lab."""

    root: pathlib.Path

    @property
    def description(self) -> pathlib.Path:
        """`lab.json`: ports, process, token, engine of the running server."""
        return self.root / "lab.json"

    @property
    def controller(self) -> pathlib.Path:
        """What belongs to the machine that runs ansible-playbook."""
        return self.root / "controller"

    def prepare(self) -> None:
        """Make the folder ready for a server: refuse where one lives, clear what a killed one left."""
        self.root.mkdir(parents=True, exist_ok=True)
        running = self.running()
        if running:
            raise LabFolderError(f"a lab already runs in {self.root} (process {running['pid']}); stop it, or choose another folder")
        self.description.unlink(missing_ok=True)
        for socket in self.root.glob("hosts/*/model.sock"):
            socket.unlink()

    def running(self) -> dict[str, Any] | None:
        """The description of a server that is alive, or None: none there, or what a killed one left behind."""
        try:
            told = json.loads(self.description.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return told if process_started(told.get("pid", 0)) == told.get("started") else None

    def describe(self, told: dict[str, Any]) -> None:
        """Write lab.json in one piece, readable by its owner only (it holds the control's token)."""
        fresh = self.description.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            json.dump(told, stream, indent=1)
        os.replace(fresh, self.description)


def copy_state(source: pathlib.Path, target: pathlib.Path) -> None:
    """Copy the state of a lab that is still into a folder that is not there yet, or empty but for what belongs to a running server."""
    if target.exists() and any(path.name not in NOT_STATE and not _is_empty_folder(path) for path in target.iterdir()):
        raise FileExistsError(f"{target} is not empty; give a new folder")
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True, ignore=_no_state, copy_function=_copy_unless_gone)


def _is_empty_folder(path: pathlib.Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not any(path.iterdir())


def _no_state(folder: str, names: list[str]) -> set[str]:
    """Names that belong to running processes: those of NOT_STATE, and the pipes and sockets in their temporary folders."""
    return {name for name in names if name in NOT_STATE or _is_channel(os.path.join(folder, name))}


def _is_channel(path: str) -> bool:
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return True
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _copy_unless_gone(source: str, target: str) -> str:
    """A temporary file of a warm engine may go while the folder is copied; everything else is still."""
    try:
        return shutil.copy2(source, target, follow_symlinks=False)
    except FileNotFoundError:
        if os.path.lexists(source):
            raise
        return target


def remove_state(folder: pathlib.Path) -> None:
    """Remove the state of a stopped lab; what belongs to the running server stays, and so does the controller's folder itself.

    Somebody's shell may stand in that folder: it is emptied, not removed, so that the shell still stands in the new one.
    """
    for path in [*folder.iterdir(), *LabFolder(folder).controller.glob("*")]:
        if path.name in NOT_STATE or path == LabFolder(folder).controller:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def process_started(pid: int) -> int | None:
    """The kernel's start time of a process (clock ticks since boot), or None where there is none or only a zombie.

    It tells a process from a later one of the same number (/proc/<pid>/stat, field 22 of proc(5)).
    """
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def new_token() -> str:
    """A token for the control."""
    return secrets.token_urlsafe(24)
