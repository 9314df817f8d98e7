# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk with its partitions: what the drive itself carries, wherever it is attached."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
import uuid
from dataclasses import dataclass, field
from typing import Any

from .answer import WindowsError
from .encryption import S_OK
from .volume import Volume
from .words import GPT_BASIC, GPT_RESERVED

MIB = 1 << 20
SMALLEST_GPT = 8 * MIB


def msr_size(disk_size: int) -> int:
    """The reserved partition of a fresh GPT: 16 MiB since Windows 10; on a disk below 1 GiB, which only a lab has, 1 MiB (assumed)."""
    return 16 * MIB if disk_size >= 1024 * MIB else MIB


@dataclass(eq=False)
class Partition:
    """`letter` and `folders` (mounted folders) belong to the host that the disk is attached to."""

    offset: int
    size: int
    gpt_type: str | None = GPT_BASIC
    mbr_type: int | None = None
    guid: str = ""
    letter: str | None = None
    folders: list[str] = field(default_factory=list)
    no_default_letter: bool = False
    hidden: bool = False
    read_only: bool = False
    boot: bool = False
    system: bool = False
    volume: Volume | None = None

    @property
    def takes_data(self) -> bool:
        """Is it a partition for files? MSR and its kin have no volume."""
        return self.volume is not None

    @property
    def paths(self) -> list[str]:
        """AccessPaths: letter root, mounted folders, volume path; none for an MSR partition."""
        letter = [f"{self.letter}:\\"] if self.letter else []
        return letter + self.folders + ([self.volume.path] if self.volume else [])

    @classmethod
    def load(cls, base: pathlib.Path, state: dict[str, Any]) -> Partition:
        """From `state()`."""
        return cls(**{**state, "volume": Volume.load(base, state["volume"]) if state["volume"] else None})

    def state(self) -> dict[str, Any]:
        """JSON-ready."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "volume"}
        return fields | {"volume": self.volume.state() if self.volume else None}


@dataclass(eq=False)
class Disk:
    """A drive. `serial` is as printed on it; Windows may show it padded (`serial_number`). Sizes in bytes."""

    serial: str
    size: int
    bus: str = "SATA"
    sector: int = 512
    physical_sector: int = 4096
    model: str = ""
    unique_id: str = ""
    style: str = "RAW"
    guid: str | None = None
    signature: int | None = None
    number: int = -1
    location: str = ""
    health: str = "Healthy"
    media: str = "HDD"
    offline: bool = False
    offline_reason: str | None = None
    read_only: bool = False
    boot: bool = False
    system: bool = False
    page_file: bool = False
    clustered: bool = False
    removable: bool = False
    pooled: bool = False
    thin: bool = False
    seen: bool = True
    foreign: str | None = None
    partitions: list[Partition] = field(default_factory=list)
    base: pathlib.Path = pathlib.Path()

    def __post_init__(self) -> None:
        self.model = self.model or f"LAB {self.media} {self.size // MIB} MB"
        self.unique_id = self.unique_id or "5000C5" + hashlib.sha256(self.serial.encode()).hexdigest()[:10].upper()

    @classmethod
    def load(cls, base: pathlib.Path, state: dict[str, Any]) -> Disk:
        """From `state()`."""
        return cls(**{**state, "partitions": [Partition.load(base, p) for p in state["partitions"]], "base": base})

    def state(self) -> dict[str, Any]:
        """JSON-ready."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name not in ("partitions", "base")}
        return fields | {"partitions": [p.state() for p in self.partitions]}

    @property
    def serial_number(self) -> str:
        """SerialNumber as Windows shows it: the ATA field of a SATA drive is 20 characters, padded on the left (assumed)."""
        return self.serial.rjust(20) if self.bus == "SATA" and self.serial else self.serial

    @property
    def path(self) -> str:
        """The handle that stays while the disk is attached."""
        product = self.model.replace(" ", "_").lower()
        instance = hashlib.sha256((self.serial + self.unique_id + self.location).encode()).hexdigest()[:8]
        return f"\\\\?\\scsi#disk&ven_&prod_{product}#4&{instance}&0&000000#{{53f56307-b6bf-11d0-94f2-00a0c91efb8b}}"

    @property
    def volumes(self) -> list[Volume]:
        """Its volumes in the order of their offsets."""
        return [p.volume for p in self.partitions if p.volume]

    @property
    def empty(self) -> bool:
        """Does Windows see nothing but at most an MSR partition? A foreign signature looks empty too."""
        return all(p.gpt_type == GPT_RESERVED for p in self.partitions)

    def initialise(self, style: str) -> None:
        """A partition table; a fresh GPT holds an MSR partition (practice, not in a page)."""
        self.style = style
        if style == "GPT":
            self.guid = "{" + str(uuid.uuid4()) + "}"
            self.partitions = [Partition(MIB, msr_size(self.size), GPT_RESERVED, guid="{" + str(uuid.uuid4()) + "}")]
        else:
            self.signature = int(hashlib.sha256(self.serial.encode()).hexdigest()[:8], 16)

    def clear(self) -> None:
        """Back to RAW: partitions and every file on them are gone."""
        for volume in self.volumes:
            volume.destroy()
        self.partitions, self.style, self.guid, self.signature, self.foreign = [], "RAW", None, None, None

    def largest_gap(self) -> tuple[int, int]:
        """Offset and size of the largest free extent, in whole MiB."""
        taken = sorted((p.offset, p.offset + p.size) for p in self.partitions)
        begin, best = MIB, (MIB, 0)
        for start, end in [*taken, (self.size - MIB, self.size)]:
            if start - begin > best[1]:
                best = (begin, (start - begin) // MIB * MIB)
            begin = max(begin, end)
        return best

    def add_partition(self, size: int | None = None, kind: str | int = GPT_BASIC, place: str = "") -> Partition:
        """A partition with a raw volume in the largest free extent; `kind` is a GPT type or an MBR number."""
        offset, room = self.largest_gap()
        size = room if size is None else size
        guid = "{" + str(uuid.uuid4()) + "}"
        partition = (
            Partition(offset, size, kind, guid=guid) if isinstance(kind, str) else Partition(offset, size, None, mbr_type=kind, guid="")
        )
        if kind in (GPT_BASIC, 7):
            partition.volume = Volume.new(self.base, size, place)
        self.partitions = sorted([*self.partitions, partition], key=lambda p: p.offset)
        return partition

    def remove_partition(self, partition: Partition) -> None:
        """The partition and its files are gone."""
        if partition.volume:
            partition.volume.destroy()
        self.partitions.remove(partition)

    def move(self, base: pathlib.Path) -> None:
        """Carry the drive somewhere: its files go along."""
        for volume in self.volumes:
            volume.move(base)
        self.base = base

    def cut_power(self) -> None:
        """Protected volumes are locked when they get power again."""
        for volume in self.volumes:
            if volume.encryption.activated and volume.encryption.conversion and not volume.locked and not volume.encryption.auto_unlock:
                volume.lock()

    def data_volume(self) -> Volume:
        """The one data volume of the drive, as a datacenter reads it."""
        if len(self.volumes) != 1:
            raise WindowsError("DataVolume", f"drive {self.serial} has {len(self.volumes)} data volumes, expected 1", "InvalidData")
        return self.volumes[0]

    def unlock(self, recovery_password: str) -> pathlib.Path:
        """Open the data volume off any host; returns the folder of its files. A wrong key raises with the number of BitLocker."""
        volume = self.data_volume()
        code = volume.encryption.why_not_unlock(recovery_password)
        if code != S_OK:
            raise WindowsError(f"0x{code:08X}", f"drive {self.serial}: unlock refused with 0x{code:08X}", "SecurityError", code)
        if volume.locked:
            volume.unlock()
        return volume.folder

    def lock(self) -> None:
        """Close the data volume again."""
        if not self.data_volume().locked:
            self.data_volume().lock()
