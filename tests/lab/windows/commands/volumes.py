# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Get-Volume and Format-Volume. Codes: windows-driver-docs, storage/format-msft-volume.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import instances
from ..answer import storage_error
from ..disk import Disk, Partition
from ..paths import key
from ..volume import Volume
from . import command
from .picking import many, one_of, pick

if TYPE_CHECKING:
    from ..host import Host

Triple = tuple[Disk, Partition, Volume]
CLUSTERS = (0, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536)


def _look(host: Host, parameter: str, triple: Triple) -> Any:
    if parameter == "DriveLetter":
        return triple[1].letter
    if parameter == "FileSystemLabel":
        return triple[2].label
    return instances.object_id(host, "Volume", triple[2].path) if parameter == "ObjectId" else triple[2].path


def picked(host: Host, bound: dict[str, Any], name: str) -> list[Triple]:
    """The volumes that a command's parameters name; all if none is named."""
    triples = list(host.storage.online_volumes())
    if bound.get("InputObject") is not None:
        return [t for o in many(bound["InputObject"]) for t in pick(name, triples, "Path", o["Path"], lambda t: t[2].path)]
    if bound.get("Partition") is not None:
        wanted = bound["Partition"]
        return [t for t in triples if t[0].path == wanted["DiskId"] and t[1].offset == wanted["Offset"]]
    if bound.get("FilePath"):
        return [t for t in triples if t[2] is host.volume_of(bound["FilePath"])]
    by = one_of(bound, ("DriveLetter", "UniqueId", "Path", "ObjectId", "FileSystemLabel"))
    return pick(name, triples, by[0], by[1], lambda t: _look(host, by[0], t)) if by else triples


@command("Get-Volume", "DriveLetter ObjectId UniqueId Path FileSystemLabel Partition FilePath")
def get_volume(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """All volumes, or those named."""
    return [instances.volume(host, *triple) for triple in picked(host, bound, "Get-Volume")]


@command(
    "Format-Volume",
    "DriveLetter ObjectId Path FileSystemLabel Partition InputObject FileSystem NewFileSystemLabel AllocationUnitSize Full Force "
    "Compress ShortFileNameSupport UseLargeFRS DisableHeatGathering IsDAX",
)
def format_volume(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """An empty file system; gives the volume back."""
    name, done = "Format-Volume", []
    file_system = str(bound.get("FileSystem") or "NTFS").upper()
    cluster = int(bound.get("AllocationUnitSize") or 4096)
    for disk, partition, volume in picked(host, bound, name):
        for number, is_so in (
            (42010, partition.boot or partition.system),
            (43006, disk.read_only),
            (43001, file_system not in ("NTFS", "REFS")),
            (40001, volume.locked),
        ):
            if is_so:
                raise storage_error(number, name)
        volume.format("ReFS" if file_system == "REFS" else "NTFS", bound.get("NewFileSystemLabel") or "", cluster)
        host.change("formatted", serial=disk.serial, label=volume.label, file_system=volume.file_system)
        done.append(instances.volume(host, disk, partition, volume))
    return done


def volume_at(host: Host, path: str) -> Volume | None:
    """The volume of a `\\\\?\\Volume{…}\\` path."""
    return next((v for _unused, _unused, v in host.storage.online_volumes() if key(v.path) == key(path)), None)
