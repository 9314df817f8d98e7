# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New-, Get-, Set-, Remove-Partition and their access paths. Codes: windows-driver-docs, storage/*-msft-partition.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import instances
from ..answer import WindowsError, storage_error
from ..disk import MIB, Disk, Partition
from ..words import GPT_BASIC, GPT_TYPE
from . import command
from .disks import chosen, visible
from .picking import many, one_of, pick

if TYPE_CHECKING:
    from ..host import Host

Pair = tuple[Disk, Partition]
BY = "DiskId Offset DiskNumber PartitionNumber DriveLetter InputObject"
# Names that New-Partition takes for its MBR types.
MBR_NAMES = {"IFS": 7, "FAT32": 12, "HUGE": 6, "EXTENDED": 5, "FAT16": 4, "FAT12": 1}


def _all(host: Host) -> list[Pair]:
    return [(d, p) for d in visible(host) for p in d.partitions]


def picked(host: Host, bound: dict[str, Any], name: str) -> list[Pair]:
    """The partitions that a command's parameters name."""
    if bound.get("InputObject") is not None:
        return [pair for o in many(bound["InputObject"]) for pair in _at(host, name, o["DiskId"], [o["Offset"]])]
    if bound.get("DiskId") is not None:
        return [pair for disk_id in many(bound["DiskId"]) for pair in _at(host, name, disk_id, many(bound.get("Offset")))]
    if bound.get("DriveLetter") is not None:
        return pick(name, _all(host), "DriveLetter", bound["DriveLetter"], lambda pair: pair[1].letter)
    found = pick(name, _all(host), "DiskNumber", bound.get("DiskNumber"), lambda pair: pair[0].number)
    if bound.get("PartitionNumber") is not None:
        return pick(name, found, "PartitionNumber", bound["PartitionNumber"], lambda pair: 1 + pair[0].partitions.index(pair[1]))
    return found


def _at(host: Host, name: str, disk_id: str, offsets: list[int]) -> list[Pair]:
    found = pick(name, _all(host), "DiskId", disk_id, lambda pair: pair[0].path)
    return pick(name, found, "Offset", offsets, lambda pair: pair[1].offset) if offsets else found


@command("Get-Partition", "UniqueId DiskId Offset DiskNumber PartitionNumber DriveLetter Disk Volume")
def get_partition(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """All partitions, or those of a disk, a volume, a letter."""
    name = "Get-Partition"
    if bound.get("Disk") is not None:
        found = [pair for pair in _all(host) if pair[0].path == bound["Disk"]["Path"]]
    elif bound.get("Volume") is not None:
        found = [pair for pair in _all(host) if pair[1].volume and pair[1].volume.path == bound["Volume"]["Path"]]
    elif bound.get("UniqueId") is not None:
        found = pick(name, _all(host), "UniqueId", bound["UniqueId"], lambda pair: instances.partition(host, *pair)["UniqueId"])
    elif bound.get("DiskNumber") is not None and bound.get("PartitionNumber") is None:
        numbers = pick(name, visible(host), "DiskNumber", bound["DiskNumber"], lambda d: d.number)
        found = [pair for pair in _all(host) if pair[0] in numbers]
    else:
        found = picked(host, bound, name) if one_of(bound, ("DiskId", "DriveLetter", "PartitionNumber")) else _all(host)
    return [instances.partition(host, *pair) for pair in found]


@command(
    "New-Partition",
    "DiskNumber DiskId DiskPath InputObject Size UseMaximumSize Offset DriveLetter AssignDriveLetter GptType MbrType IsHidden IsActive",
)
def new_partition(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """A partition; a letter comes where asked for, or by itself where automount is late (`letters_come_late`)."""
    name = "New-Partition"
    made = []
    for disk in chosen(host, bound, name, ("DiskNumber", "DiskId", "DiskPath")):
        _fit(disk, bound, name)
        partition = disk.add_partition(_size(disk, bound, name), _kind(disk, bound, name))
        partition.hidden = bool(bound.get("IsHidden"))
        host.change("partition made", serial=disk.serial, offset=partition.offset, size=partition.size)
        _letter(host, partition, bound, name)
        made.append(instances.partition(host, disk, partition))
    return made


def _fit(disk: Disk, bound: dict[str, Any], name: str) -> None:
    cases = ((41003, disk.offline), (41002, disk.read_only), (41000, disk.style == "RAW"), (41012, bound.get("Offset") is not None))
    for number, is_so in (*cases, (40005, bool(bound.get("Size")) == bool(bound.get("UseMaximumSize")))):
        if is_so:
            raise storage_error(number, name)


def _size(disk: Disk, bound: dict[str, Any], name: str) -> int:
    room = disk.largest_gap()[1]
    size = int(bound["Size"]) // MIB * MIB if bound.get("Size") else room
    if size <= 0 or size > room:
        raise storage_error(40000, name)
    return size


def _kind(disk: Disk, bound: dict[str, Any], name: str) -> str | int:
    if disk.style == "MBR":
        kind = bound.get("MbrType") or "IFS"
        return kind if isinstance(kind, int) else MBR_NAMES[str(kind).upper()]
    kind = "{" + str(bound.get("GptType") or GPT_BASIC).strip("{}").lower() + "}"
    if kind not in GPT_TYPE:
        raise storage_error(41010, name)
    return kind


def _letter(host: Host, partition: Partition, bound: dict[str, Any], name: str) -> None:
    if bound.get("DriveLetter"):
        if host.storage.lettered(bound["DriveLetter"]):
            raise storage_error(42002, name)
        partition.letter = str(bound["DriveLetter"]).upper()
    elif partition.takes_data and not partition.hidden and (bound.get("AssignDriveLetter") or host.storage.letters_come_late):
        partition.letter = host.storage.free_letter()
    if partition.letter:
        host.change("letter given", letter=partition.letter, offset=partition.offset)


@command(
    "Set-Partition",
    "DiskNumber PartitionNumber DiskId Offset DriveLetter InputObject NewDriveLetter NoDefaultDriveLetter IsHidden IsReadOnly GptType",
)
def set_partition(host: Host, bound: dict[str, Any], session: Any) -> None:
    """Attributes, or another letter."""
    name = "Set-Partition"
    for disk, partition in picked(host, bound, name):
        if partition.boot or partition.system:
            raise storage_error(42010, name)
        if disk.offline:
            raise storage_error(41003, name)
        if bound.get("NewDriveLetter"):
            if host.storage.lettered(bound["NewDriveLetter"]):
                raise storage_error(42002, name)
            partition.letter = str(bound["NewDriveLetter"]).upper()
        for parameter, attribute in (("NoDefaultDriveLetter", "no_default_letter"), ("IsHidden", "hidden"), ("IsReadOnly", "read_only")):
            if bound.get(parameter) is not None:
                if parameter == "NoDefaultDriveLetter" and disk.style != "GPT":
                    raise storage_error(41006, name)
                setattr(partition, attribute, bool(bound[parameter]))
        host.change(
            "partition set", serial=disk.serial, offset=partition.offset, **{k: v for k, v in bound.items() if isinstance(v, (bool, str))}
        )


@command("Remove-Partition", BY + " PassThru")
def remove_partition(host: Host, bound: dict[str, Any], session: Any) -> None:
    """The partition and what is on it are gone."""
    for disk, partition in picked(host, bound, "Remove-Partition"):
        if partition.boot or partition.system:
            raise storage_error(42010, "Remove-Partition")
        host.storage.unmount_all(partition)
        disk.remove_partition(partition)
        host.change("partition removed", serial=disk.serial, offset=partition.offset)


@command("Add-PartitionAccessPath", BY + " AccessPath AssignDriveLetter PassThru")
def add_partition_access_path(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """Mount in an empty NTFS folder, or give a letter: one of the two."""
    name, done = "Add-PartitionAccessPath", []
    if bool(bound.get("AccessPath")) == bool(bound.get("AssignDriveLetter")):
        raise storage_error(5, name)
    for disk, partition in picked(host, bound, name):
        path = bound.get("AccessPath")
        if partition.letter and (not path or len(path.rstrip(":\\")) == 1):
            raise storage_error(42012, name)
        if path and len(path.rstrip(":\\")) > 1:
            host.storage.mount(partition, path, name)
        else:
            letter = path[0].upper() if path else host.storage.free_letter()
            if host.storage.lettered(letter):
                raise storage_error(42002, name)
            partition.letter = letter
        host.change("mounted", serial=disk.serial, paths=partition.paths)
        done.append(instances.partition(host, disk, partition))
    return done if bound.get("PassThru") else []


@command("Remove-PartitionAccessPath", BY + " AccessPath PassThru")
def remove_partition_access_path(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """Take a letter or a mounted folder away."""
    name, done = "Remove-PartitionAccessPath", []
    pairs = picked(host, bound, name)
    if not pairs:
        raise WindowsError(f"CmdletizationQuery_NotFound,{name}", "No partition found.", "ObjectNotFound")
    for disk, partition in pairs:
        path = bound.get("AccessPath") or (f"{partition.letter}:\\" if partition.letter else "")
        host.storage.unmount(partition, path, name)
        host.change("unmounted", serial=disk.serial, path=path)
        done.append(instances.partition(host, disk, partition))
    return done if bound.get("PassThru") else []
