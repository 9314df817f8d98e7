# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disks of one host: numbers, letters, mounted folders, what is locked."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .answer import WindowsError, storage_error
from .disk import Disk, Partition
from .paths import below, key, parse
from .volume import Volume, VolumeLocked

if TYPE_CHECKING:
    from .host import Host

LETTERS = "DEFGHIJKLMNOPQRSTUVWXYZ"


class Storage:
    """`automount` gives letters to volumes that come; `letters_come_late` gives one to a fresh partition nobody asked for."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.disks: list[Disk] = []
        self.automount = True
        self.letters_come_late = False

    def load(self, state: dict[str, Any]) -> None:
        """From `state()`."""
        self.disks = [Disk.load(self.host.folder, d) for d in state["disks"]]
        self.automount, self.letters_come_late = state["automount"], state["letters_come_late"]

    def state(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"disks": [d.state() for d in self.disks], "automount": self.automount, "letters_come_late": self.letters_come_late}

    def pairs(self) -> Iterator[tuple[Disk, Partition]]:
        """Every partition with its disk."""
        for disk in self.disks:
            for partition in disk.partitions:
                yield disk, partition

    def online_volumes(self) -> Iterator[tuple[Disk, Partition, Volume]]:
        """Every volume that Windows shows: those of disks that are online."""
        for disk, partition in self.pairs():
            if partition.volume and not disk.offline and disk.seen:
                yield disk, partition, partition.volume

    def where(self, volume: Volume) -> tuple[Disk, Partition]:
        """The disk and partition of a volume."""
        return next((d, p) for d, p in self.pairs() if p.volume is volume)

    def volume(self, guid: str) -> Volume | None:
        """By the GUID of its path."""
        return next((v for _unused, _unused, v in self.online_volumes() if v.guid.lower() == guid.strip("{}").lower()), None)

    def lettered(self, letter: str) -> Partition | None:
        """The partition with this letter."""
        return next((p for _unused, p, _unused in self.online_volumes() if p.letter == letter.upper()), None)

    def by_serial(self, serial: str) -> Disk:
        """The one disk of this serial."""
        found = [d for d in self.disks if d.serial == serial]
        if len(found) != 1:
            raise LookupError(f"{self.host.name} has {len(found)} disks with serial {serial}, expected 1")
        return found[0]

    # -- coming and going ------------------------------------------------------------------------------------------------------
    def attach(self, disk: Disk) -> Disk:
        """Plug a disk in: it takes the lowest free number; its volumes get letters if automount is on."""
        taken = {d.number for d in self.disks}
        disk.number = next(n for n in range(len(taken) + 1) if n not in taken)
        disk.location = f"Integrated : Bus 0 : Device {disk.number} : Function 0 : Adapter 0 : Port {disk.number}"
        disk.move(self.host.folder)
        self.disks.append(disk)
        self._letters_for(disk)
        return disk

    def detach(self, disk: Disk, base: pathlib.Path) -> Disk:
        """Pull a disk out: its volumes lose letters and folders, protected ones are locked."""
        for partition in disk.partitions:
            self.unmount_all(partition)
        disk.cut_power()
        self.disks.remove(disk)
        disk.move(base)
        disk.number = -1
        return disk

    def _letters_for(self, disk: Disk) -> None:
        for partition in disk.partitions:
            if self.automount and partition.volume and not partition.letter and not partition.no_default_letter and not disk.offline:
                partition.letter = self.free_letter()

    def free_letter(self) -> str:
        """The first letter from D that nobody has."""
        taken = {p.letter for _unused, p in self.pairs()}
        return next(letter for letter in LETTERS if letter not in taken)

    def power_cycle(self) -> None:
        """A reboot: protected volumes come up locked, lost letters come back."""
        for disk in self.disks:
            if not disk.boot:
                for volume in disk.volumes:
                    self._unlink(volume)
                disk.cut_power()
            self._letters_for(disk)
            disk.seen = True
        for disk, partition in self.pairs():
            if partition.volume and not disk.offline:
                self._link(partition.volume)

    def set_offline(self, disk: Disk, offline: bool) -> None:
        """Take a disk off line or back."""
        for volume in disk.volumes:
            self._unlink(volume)
        disk.offline, disk.offline_reason = offline, None
        self._letters_for(disk)
        for volume in disk.volumes:
            if not offline:
                self._link(volume)

    # -- letters and folders -----------------------------------------------------------------------------------------------------
    def mount(self, partition: Partition, folder: str, command: str) -> None:
        """Mount a volume in an empty NTFS folder of this host."""
        volume = partition.volume
        if volume is None or partition.hidden:
            raise storage_error(42004, command)
        real = self._mount_point(folder, command)
        if any(key(folder) == key(f) for _unused, p in self.pairs() for f in p.folders):
            raise storage_error(42002, command)
        if not real.is_dir() or real.is_symlink() or any(real.iterdir()):
            raise storage_error(42007, command)
        partition.folders.append(folder.rstrip("\\") + "\\")
        self._link(volume)

    def _mount_point(self, folder: str, command: str) -> pathlib.Path:
        try:
            where = parse(folder)
        except WindowsError:
            raise storage_error(42007, command) from None
        home = self.lettered(where.root) if where.kind == "letter" else None
        if home is None or home.volume is None or home.volume.locked or home.volume.file_system != "NTFS" or not where.parts:
            raise storage_error(42007, command)
        return below(home.volume.folder, where.parts)

    def unmount(self, partition: Partition, path: str, command: str) -> None:
        """Take a letter or a folder away."""
        if partition.volume and key(path) == key(partition.volume.path):
            raise storage_error(42005, command)
        if partition.letter and key(path) == key(f"{partition.letter}:"):
            if partition.boot:
                raise storage_error(42006, command)
            partition.letter = None
            return
        folder = next((f for f in partition.folders if key(f) == key(path)), None)
        if folder is None:
            raise storage_error(42007, command)
        self._drop(folder)
        partition.folders.remove(folder)

    def unmount_all(self, partition: Partition) -> None:
        """No letter, no folder is left."""
        for folder in partition.folders:
            self._drop(folder)
        partition.folders, partition.letter = [], None

    def lock(self, volume: Volume) -> None:
        """The files go out of reach; the mounted folders stay as places without content."""
        self._unlink(volume)
        volume.lock()

    def unlock(self, volume: Volume) -> None:
        """The files come back, in every mounted folder too."""
        volume.unlock()
        self._link(volume)

    def _link(self, volume: Volume) -> None:
        if volume.locked:
            return
        for folder in self.where(volume)[1].folders:
            real = self._mount_point(folder, "Add-PartitionAccessPath")
            if real.is_symlink():
                continue
            if real.is_dir() and any(real.iterdir()):
                raise VolumeLocked(f"{folder} was written to while its volume was locked, which Windows refuses")
            real.parent.mkdir(parents=True, exist_ok=True)
            if real.is_dir():
                real.rmdir()
            real.symlink_to(os.path.relpath(volume.folder, real.parent), target_is_directory=True)

    def _unlink(self, volume: Volume) -> None:
        for folder in self.where(volume)[1].folders:
            self._drop(folder)

    def _drop(self, folder: str) -> None:
        real = self._mount_point(folder, "Remove-PartitionAccessPath")
        if real.is_symlink():
            real.unlink()
            real.mkdir()

    def mounted_at(self, path: str) -> Volume | None:
        """The volume whose mounted folder holds this path, if any."""
        here = key(path) + "\\"
        return next((p.volume for _unused, p in self.pairs() for f in p.folders if here.startswith(key(f) + "\\")), None)


def in_use(folder: pathlib.Path) -> bool:
    """Has any process of this machine a file open below this folder?"""
    prefix = str(folder.resolve()) + os.sep
    for handle in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(handle).startswith(prefix):
                return True
        except OSError:  # the process or its handle went away meanwhile
            continue
    return False
