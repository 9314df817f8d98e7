# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One modelled Windows host: what every part of it shares, and the doors through which others use it."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..clock import Clock, parse, stamp
from .access import Access
from .answer import AccessDenied, WindowsError, failure
from .disk import MIB, Disk
from .mars.agent import Agent
from .paths import below, key, not_found
from .paths import parse as parse_path
from .registry import Registry
from .session import Session
from .storage import Storage
from .tasks import Tasks
from .volume import Volume, VolumeLocked, tree_digest

if TYPE_CHECKING:
    from .network import Network

RESTART_PENDING = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending"
PASSING = (
    "users/",
    "windows/temp/",
    "programdata/offlineseed/tmp/",
)


class Host:
    """`facts` are what does not change (name of the maker, build, domain); the parts are `storage`, `tasks`, `registry`, `access`, `mars`.

    `engine` (given by the lab) starts processes of tasks, `azure` is what the backup agent reaches, `workers` are the stand-ins' workers.
    """

    def __init__(self, name: str, folder: pathlib.Path, clock: Clock, network: Network, facts: dict[str, Any] | None = None) -> None:
        self.name, self.folder, self.clock, self.network = name, pathlib.Path(folder), clock, network
        self.lock = network.lock
        self.facts = dict(facts or {})
        self.engine: Any = None
        self._azure: Any = None
        self.workers: dict[str, Callable[..., Any]] = {}
        self.running = True
        self.booted = stamp(clock.now())
        self.services: dict[str, dict[str, Any]] = {}
        self.registry = Registry(self.folder / "registry.json")
        self.access = Access()
        self.storage = Storage(self)
        self.tasks = Tasks(self)
        self.shares: dict[str, dict[str, Any]] = {}
        self.mars: Agent | None = None

    @property
    def azure(self) -> Any:
        """What this host reaches in Azure (`lab.azure.for_hosts`)."""
        return self._azure

    @azure.setter
    def azure(self, azure: Any) -> None:
        self._azure = azure
        if self.mars:
            self.mars.publish()

    # -- state -------------------------------------------------------------------------------------------------------------------
    def state(self) -> dict[str, Any]:
        """All that `load` needs, JSON-ready; files, and the registry's file, lie beside it."""
        return {
            "name": self.name,
            "facts": self.facts,
            "running": self.running,
            "booted": self.booted,
            "services": self.services,
            "access": self.access.state(),
            "shares": self.shares,
            "storage": self.storage.state(),
            "tasks": self.tasks.state(),
            "mars": self.mars.state() if self.mars else None,
        }

    @classmethod
    def load(cls, folder: pathlib.Path, state: dict[str, Any], clock: Clock, network: Network) -> Host:
        """The host of a saved state, in its folder."""
        host = cls(state["name"], folder, clock, network, state["facts"])
        host.running, host.booted, host.services, host.shares = state["running"], state["booted"], state["services"], state["shares"]
        host.access = Access(state["access"])
        host.storage.load(state["storage"])
        host.tasks.load(state["tasks"])
        host.mars = Agent.load(host, state["mars"]) if state["mars"] else None
        return host

    def save(self) -> None:
        """Write model.json, atomically."""
        with self.lock:
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = self.folder / "model.json.new"
            fresh.write_text(json.dumps(self.state(), indent=1, ensure_ascii=False), encoding="utf-8")
            os.replace(fresh, self.folder / "model.json")

    def change(self, what: str, **detail: Any) -> None:
        """Journal a change of this host and save its model."""
        self.network.journal(self.name, what, **detail)
        self.save()

    # -- commands ----------------------------------------------------------------------------------------------------------------
    def command(self, name: str, bound: dict[str, Any], parameter_set: str = "", session: Any = None) -> dict[str, Any]:
        """Run a command with its bound parameters; answers as `answer.py` says, also for what fails."""
        from .commands import run

        try:
            return run(self, name, bound, parameter_set, Session.of(session))
        except WindowsError as error:
            return failure(error)

    def has_command(self, name: str) -> bool:
        """Does this host have the command at all?"""
        from .commands import COMMANDS

        return name in COMMANDS and COMMANDS[name].present(self)

    # -- files -------------------------------------------------------------------------------------------------------------------
    def path(self, path: str, session: Any = None, write: bool = False) -> pathlib.Path:
        r"""The real file of a Windows path (it need not exist). UNC paths go through the share, as the session's account.

        Raises `WindowsError`: no such drive or share, volume locked, access denied (also the second hop of a network logon).
        """
        where = parse_path(path)
        if where.kind == "share":
            return self.network.through_share(self, where, path, Session.of(session), write)
        if where.kind == "volume":
            volume = self.storage.volume(where.root)
            if volume is None:
                raise not_found(path)
            return below(volume.folder, where.parts)
        partition = self.storage.lettered(where.root)
        if partition is None or partition.volume is None:
            raise WindowsError(
                "DriveNotFound", f"Cannot find drive. A drive with the name '{where.root}' does not exist.", "ObjectNotFound"
            )
        mounted = self.storage.mounted_at(path)
        if mounted is not None and mounted.locked:
            raise VolumeLocked(path)
        return below(partition.volume.folder, where.parts)

    def volume_of(self, path: str) -> Volume:
        """The volume on which a local path lies, mounted folders seen through."""
        where = parse_path(path)
        found = self.storage.mounted_at(path)
        if found is None and where.kind == "letter" and (partition := self.storage.lettered(where.root)):
            found = partition.volume
        if found is None:
            raise not_found(path)
        return found

    def drives(self) -> dict[str, pathlib.Path]:
        """Letters and the folders behind them, of volumes that can be read now."""
        return {p.letter: v.folder for _unused, p, v in self.storage.online_volumes() if p.letter and not v.locked}

    # -- power and cables --------------------------------------------------------------------------------------------------------
    def attach_disk(self, serial: str, size: int, bus: str = "SATA", sector: int = 512, content: Any = None, **traits: Any) -> Disk:
        """Plug a drive in. `content`: None (RAW), "gpt" or "mbr" (a table, no partition), a folder to copy onto one NTFS volume.

        `traits` are fields of `Disk` (offline, read_only, removable, clustered, unique_id, seen, foreign, …) and `label`, `letter`.
        """
        label, letter = traits.pop("label", ""), traits.pop("letter", None)
        with self.lock:
            disk = Disk(serial, size, bus, sector, max(sector, 4096), base=self.folder, **traits)
            if content is not None:
                disk.initialise("MBR" if content == "mbr" else "GPT")
            if isinstance(content, (str, os.PathLike)) and content not in ("gpt", "mbr"):
                partition = disk.add_partition()
                partition.letter = letter
                partition.volume.format("NTFS", label, 4096)
                copy_into(pathlib.Path(content), partition.volume)
            self.storage.attach(disk)
            self.change("disk attached", serial=serial, size=size, bus=bus, number=disk.number)
        return disk

    def attach(self, disk: Disk) -> Disk:
        """Plug a drive of the shelf in, with what is on it."""
        with self.lock:
            self.network.take_from_shelf(disk)
            self.storage.attach(disk)
            self.change("disk attached", serial=disk.serial, size=disk.size, bus=disk.bus, number=disk.number)
        return disk

    def detach_disk(self, serial: str) -> Disk:
        """Pull a drive out; it lies on the network's shelf from then on, locked if it was protected."""
        with self.lock:
            disk = self.storage.by_serial(serial)
            if disk.boot:
                raise LookupError(f"{serial} is the boot disk of {self.name}")
            self.network.put_on_shelf(self.storage.detach(disk, self.network.shelf_folder(serial)))
            self.change("disk detached", serial=serial)
        return disk

    def reboot(self) -> None:
        """Every process ends, protected volumes come up locked."""
        self._end_processes("the host restarted")
        with self.lock:
            self.storage.power_cycle()
            self.facts |= self.facts.pop("after_restart", {})
            self.registry.remove(RESTART_PENDING)
            self.booted, self.running = stamp(self.clock.now()), True
            self.change("rebooted")

    def stop(self) -> None:
        """Power off."""
        self._end_processes("the host was switched off")
        with self.lock:
            self.running = False
            self.change("stopped")

    def _end_processes(self, why: str) -> None:
        self.tasks.stop_all()
        if self.engine is not None:
            self.engine.stop_processes(self)
        if self.mars:
            self.mars.interrupt(why)

    def start(self) -> None:
        """Power on."""
        if not self.running:
            self.reboot()

    def tick(self) -> None:
        """Time has passed: what was due happens."""
        if self.mars and self.running:
            self.mars.tick()

    # -- looking -----------------------------------------------------------------------------------------------------------------
    def hashes(self) -> dict[str, Any]:
        """`model`: the state and registry; `disks`: by serial, every byte of every volume (a system disk without temporary files)."""
        with self.lock:
            state = self.state() | {"registry": self.registry.state()}
            return {
                "model": digest(state),
                "disks": {d.serial: digest([v.digest(PASSING if d.boot else ()) for v in d.volumes]) for d in self.storage.disks},
            }

    def booted_at(self) -> Any:
        """The moment of the last start."""
        return parse(self.booted)

    def acl_path(self, path: str) -> str:
        """A local path as the lists of `access` know it."""
        return key(path)


def digest(value: Any) -> str:
    """SHA-256 of a JSON-ready value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def copy_into(source: pathlib.Path, volume: Volume) -> None:
    """Copy a folder's files and folders onto a volume; links, sockets and their kin are left out."""
    for root, folders, files in os.walk(source):
        here = pathlib.Path(root)
        folders[:] = [name for name in folders if not (here / name).is_symlink()]
        there = volume.folder / here.relative_to(source)
        there.mkdir(exist_ok=True)
        for path in (here / name for name in files):
            if path.is_file() and not path.is_symlink():
                shutil.copy2(path, there / path.name)


__all__ = ["MIB", "AccessDenied", "Host", "copy_into", "digest", "tree_digest"]
