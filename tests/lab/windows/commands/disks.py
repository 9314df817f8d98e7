# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Get-Disk, Set-Disk, Clear-Disk, Initialize-Disk and what else looks at whole disks.

Codes: MicrosoftDocs/windows-driver-docs, storage/*-msft-disk.md. Source of the signatures: the Storage module's cdxml files.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import instances
from ..answer import WindowsError, storage_error
from ..disk import SMALLEST_GPT, Disk
from ..words import PARTITION_STYLE
from . import command
from .picking import many, one_of, pick

if TYPE_CHECKING:
    from ..host import Host

LOOKS: dict[str, Callable[[Disk], Any]] = {
    "Number": lambda d: d.number,
    "DiskNumber": lambda d: d.number,
    "UniqueId": lambda d: d.unique_id,
    "Path": lambda d: d.path,
    "DiskPath": lambda d: d.path,
    "DiskId": lambda d: d.path,
    "FriendlyName": lambda d: d.model,
    "SerialNumber": lambda d: d.serial_number,
}
BY = "Number UniqueId Path FriendlyName InputObject"


def visible(host: Host) -> list[Disk]:
    """The disks that the storage cache shows."""
    return sorted((d for d in host.storage.disks if d.seen), key=lambda d: d.number)


def chosen(host: Host, bound: dict[str, Any], name: str, parameters: tuple[str, ...] = tuple(LOOKS)) -> list[Disk]:
    """The disks that a command's parameters name; none named is an error of the caller."""
    if bound.get("InputObject") is not None:
        return [d for o in many(bound["InputObject"]) for d in pick(name, visible(host), "Path", o["Path"], LOOKS["Path"])]
    by = one_of(bound, parameters)
    if by is None:
        raise WindowsError("MissingArgument," + name, f"{name} names no disk.", "InvalidArgument", terminating=True)
    return pick(name, visible(host), by[0], by[1], LOOKS[by[0]])


@command("Get-Disk", "Number UniqueId FriendlyName SerialNumber Path Partition")
def get_disk(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """All disks, or those of one property."""
    if bound.get("Partition") is not None:
        return [instances.disk(host, d) for d in pick("Get-Disk", visible(host), "Path", bound["Partition"]["DiskId"], LOOKS["Path"])]
    by = one_of(bound, ("Number", "UniqueId", "SerialNumber", "FriendlyName", "Path"))
    found = pick("Get-Disk", visible(host), by[0], by[1], LOOKS[by[0]]) if by else visible(host)
    return [instances.disk(host, d) for d in found]


@command("Get-PhysicalDisk", "UniqueId FriendlyName SerialNumber InputObject CanPool")
def get_physical_disk(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """All physical disks, or those of one property."""
    by = one_of(bound, ("UniqueId", "SerialNumber", "FriendlyName"))
    found = pick("Get-PhysicalDisk", visible(host), by[0], by[1], LOOKS[by[0]]) if by else visible(host)
    made = [instances.physical_disk(host, d) for d in found]
    return [o for o in made if bound.get("CanPool") in (None, o["CanPool"])]


@command("Update-HostStorageCache")
def update_host_storage_cache(host: Host, bound: dict[str, Any], session: Any) -> None:
    """Look again: a disk that came since the last look appears."""
    for disk in host.storage.disks:
        if not disk.seen:
            disk.seen = True
            host.save()


@command("Update-Disk", BY)
def update_disk(host: Host, bound: dict[str, Any], session: Any) -> None:
    """Refresh one disk's view; refuses RAW and offline ones."""
    for disk in chosen(host, bound, "Update-Disk"):
        _refuse("Update-Disk", (41003, disk.offline), (41000, disk.style == "RAW"))


@command("Get-StorageSetting")
def get_storage_setting(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """The SAN policy."""
    policies = {0: "Unknown", 1: "OnlineAll", 2: "OfflineShared", 3: "OfflineAll", 4: "OfflineInternal"}
    scrub = {0: "Off", 1: "IntegrityStreams", 2: "All"}
    return [
        instances.instance("MSFT_StorageSetting", {"NewDiskPolicy": (policies, host.facts.get("san_policy", 2)), "ScrubPolicy": (scrub, 1)})
    ]


def _refuse(name: str, *cases: tuple[int, bool]) -> None:
    for number, is_so in cases:
        if is_so:
            raise storage_error(number, name)


@command("Set-Disk", "Number UniqueId Path InputObject IsOffline IsReadOnly PartitionStyle Guid Signature")
def set_disk(host: Host, bound: dict[str, Any], session: Any) -> None:
    """One kind of change a call: online or offline, attributes, or style."""
    for disk in chosen(host, bound, "Set-Disk"):
        if bound.get("IsOffline") is not None:
            _refuse("Set-Disk", (41009, disk.boot or disk.system or disk.page_file))
            host.storage.set_offline(disk, bool(bound["IsOffline"]))
            host.change("disk offline" if disk.offline else "disk online", serial=disk.serial)
        elif bound.get("IsReadOnly") is not None:
            _refuse("Set-Disk", (41003, disk.offline), (41009, disk.boot or disk.system))
            disk.read_only = bool(bound["IsReadOnly"])
            host.change("disk read-only" if disk.read_only else "disk writable", serial=disk.serial)
        else:
            raise WindowsError(
                "LabNotModelled", "The lab models Set-Disk -IsOffline and -IsReadOnly only.", "NotImplemented", terminating=True
            )


@command("Clear-Disk", BY + " RemoveData RemoveOEM PassThru")
def clear_disk(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """Back to RAW; every refusal of the method page."""
    done = []
    for disk in chosen(host, bound, "Clear-Disk"):
        _refuse(
            "Clear-Disk",
            (41003, disk.offline),
            (41002, disk.read_only),
            (41009, disk.boot or disk.system or disk.page_file),
            (41019, disk.clustered),
            (41000, disk.style == "RAW"),
            (41008, not disk.empty and not bound.get("RemoveData")),
        )
        for partition in disk.partitions:
            host.storage.unmount_all(partition)
        disk.clear()
        host.change("disk cleared", serial=disk.serial, number=disk.number)
        done.append(instances.disk(host, disk))
    return done if bound.get("PassThru") else []


@command("Initialize-Disk", BY + " PartitionStyle PassThru")
def initialize_disk(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """A partition table on a RAW disk."""
    style = bound.get("PartitionStyle") or "GPT"
    style = PARTITION_STYLE.get(style, style) if isinstance(style, int) else str(style).upper()
    done = []
    for disk in chosen(host, bound, "Initialize-Disk"):
        _refuse(
            "Initialize-Disk",
            (41003, disk.offline),
            (41002, disk.read_only),
            (41001, disk.style != "RAW"),
            (41010, style not in ("GPT", "MBR")),
            (41014, style == "GPT" and disk.size < SMALLEST_GPT),
        )
        disk.initialise(style)
        host.change("disk initialised", serial=disk.serial, number=disk.number, style=style)
        done.append(instances.disk(host, disk))
    return done if bound.get("PassThru") else []
