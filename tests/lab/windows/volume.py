# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A volume: its files are real files in a folder, its free space is its size less what lies there."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pathlib
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .answer import WindowsError
from .encryption import LOCKED_VOLUME, Encryption

CLUSTER = 4096
OVERHEAD_LIMIT = 64 << 20


class VolumeLocked(WindowsError):
    """The volume is locked: its files are out of reach."""

    def __init__(self, where: str) -> None:
        super().__init__("VolumeLocked", f"'{where}': This drive is locked by BitLocker Drive Encryption.", "ReadError", LOCKED_VOLUME)


class VolumeFull(WindowsError):
    """There is not enough space on the disk (0x80070070)."""

    def __init__(self, where: str) -> None:
        super().__init__("DiskFull", f"There is not enough space on the disk: '{where}'.", "WriteError", 0x80070070)


@dataclass(eq=False)
class Volume:
    """`place` is the folder of the files relative to the base of its disk; while locked they lie in `sealed/<guid>`."""

    guid: str
    size: int
    label: str = ""
    file_system: str = ""
    cluster: int = CLUSTER
    place: str = ""
    encryption: Encryption = field(default_factory=Encryption)
    base: pathlib.Path = pathlib.Path()

    def __post_init__(self) -> None:
        self.place = self.place or f"volumes/{self.guid}"

    @classmethod
    def new(cls, base: pathlib.Path, size: int, place: str = "") -> Volume:
        """A raw volume with an empty folder."""
        volume = cls(str(uuid.uuid4()), size, place=place, base=base)
        volume.folder.mkdir(parents=True, exist_ok=True)
        return volume

    @classmethod
    def load(cls, base: pathlib.Path, state: dict[str, Any]) -> Volume:
        """From `state()`."""
        return cls(**{**state, "encryption": Encryption.load(state["encryption"]), "base": base})

    def state(self) -> dict[str, Any]:
        """JSON-ready; the base is where the disk is."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name not in ("base", "encryption")} | {
            "encryption": dataclasses.asdict(self.encryption)
        }

    @property
    def path(self) -> str:
        r"""`\\?\Volume{guid}\`: UniqueId and Path of MSFT_Volume, DeviceID of Win32_Volume and Win32_EncryptableVolume."""
        return "\\\\?\\Volume{" + self.guid + "}\\"

    @property
    def locked(self) -> bool:
        """Are the files out of reach?"""
        return self.encryption.locked

    @property
    def _open_folder(self) -> pathlib.Path:
        return self.base / self.place

    @property
    def _sealed_folder(self) -> pathlib.Path:
        return self.base / "sealed" / self.guid

    @property
    def folder(self) -> pathlib.Path:
        """The folder of the files; a locked volume has none."""
        if self.locked:
            raise VolumeLocked(self.path)
        return self._open_folder

    def format(self, file_system: str, label: str, cluster: int) -> None:
        """A new, empty file system; what was there is gone, encryption with it."""
        wipe_folder(self.folder)
        self.file_system, self.label, self.cluster, self.encryption = file_system, label, cluster, Encryption()

    def destroy(self) -> None:
        """The partition is gone: no file is left, locked or not."""
        for folder in (self._open_folder, self._sealed_folder):
            shutil.rmtree(folder, ignore_errors=True)

    def lock(self) -> None:
        """Put the files out of reach."""
        self._sealed_folder.parent.mkdir(parents=True, exist_ok=True)
        os.rename(self._open_folder, self._sealed_folder)
        self.encryption.locked = True

    def unlock(self) -> None:
        """Bring the files back within reach."""
        self._open_folder.parent.mkdir(parents=True, exist_ok=True)
        os.rename(self._sealed_folder, self._open_folder)
        self.encryption.locked = False

    def move(self, base: pathlib.Path) -> None:
        """The disk moves to another base (another host, the shelf)."""
        here = self._sealed_folder if self.locked else self._open_folder
        self.base = base
        there = self._sealed_folder if self.locked else self._open_folder
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(here, there)

    def overhead(self) -> int:
        """What the file system takes for itself (assumed: a 64th, at most 64 MiB)."""
        return min(OVERHEAD_LIMIT, self.size // 64) if self.file_system else 0

    def used(self) -> int:
        """Bytes taken, in whole clusters."""
        return self.overhead() + sum(-(-size // self.cluster) * self.cluster for _unused, size in self._sizes())

    def free(self) -> int:
        """SizeRemaining."""
        return max(0, self.size - self.used())

    def _sizes(self) -> Iterable[tuple[str, int]]:
        for name in walk_files(self.folder):
            try:
                yield name, os.lstat(self.folder / name).st_size
            except FileNotFoundError:  # a worker renamed or removed it between the two calls
                continue

    def digest(self, skip: tuple[str, ...] = ()) -> str:
        """SHA-256 over all names, sizes and bytes, locked or not; `skip` are beginnings of relative names in lower case."""
        return tree_digest(self._sealed_folder if self.locked else self._open_folder, skip)


def wipe_folder(folder: pathlib.Path) -> None:
    """An empty folder of that name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def walk_files(folder: pathlib.Path) -> Iterable[str]:
    """Relative names of all files below, sorted; links (mounted folders) are not followed and not files of this volume."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not os.path.islink(os.path.join(root, name)))
        for name in sorted(files):
            full = os.path.join(root, name)
            if os.path.isfile(full) and not os.path.islink(full):
                yield os.path.relpath(full, folder)


def tree_digest(folder: pathlib.Path, skip: tuple[str, ...] = ()) -> str:
    """One hash for a folder's files: names, sizes, bytes."""
    total = hashlib.sha256()
    for name in walk_files(folder):
        if name.lower().startswith(skip):
            continue
        with open(folder / name, "rb") as stream:
            content = hashlib.sha256()
            while block := stream.read(1 << 20):
                content.update(block)
        total.update(f"{name}\0{content.hexdigest()}\n".encode())
    return total.hexdigest()
