# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of every disk of a host, as `_DriveFacts.psm1` gathers them: the guard reads these and nothing else."""

from __future__ import annotations

from typing import Any

from ..windows import words
from ..windows.disk import Disk, Partition
from ..windows.paths import key
from ..windows.volume import Volume
from .drive_papers import claim_of, content_of
from .work_folder import ROOT

GPT_WORDS = {
    words.GPT_BASIC: "basic",
    words.GPT_RESERVED: "reserved",
    words.GPT_SYSTEM: "system",
    words.GPT_RECOVERY: "recovery",
    "{5808c8aa-7e8f-42e0-85d2-e1e90434cfb3}": "dynamic",
    "{af9b60a0-1431-4f62-bc68-3311714a69ad}": "dynamic",
    "{e75caf8f-f680-4cee-afa3-b001e56efc2d}": "storage_pool",
}
METHODS = {0: "none", 3: "aes128", 4: "aes256", 6: "xts_aes128", 7: "xts_aes256"}
CONVERSION = {0: "fully_decrypted", 1: "fully_encrypted", 2: "encryption_in_progress", 3: "decryption_in_progress"}
PROTECTION = {0: "off", 1: "on", 2: "unknown"}


def _paths(disk: Disk, partition: Partition) -> list[str]:
    return [] if disk.offline else partition.paths


def local_staging(host: Any, path: str | None) -> str | None:
    """The staging folder as a local path of this host; None for another host's share."""
    if not path or not path.startswith("\\\\"):
        return path or None
    server, share, *rest = path.lstrip("\\").split("\\")
    if server.split(".")[0].upper() not in (host.name, "LOCALHOST"):
        return None
    found = next((s for n, s in host.shares.items() if n.lower() == share.lower()), None)
    return "\\".join([found["path"].rstrip("\\"), *rest]) if found else None


def _lies_on(host: Any, path: str | None, paths: list[str]) -> bool:
    """Does a local path lie below one of these access paths, and below no longer one of another partition?"""
    if not path:
        return False
    below = key(path) + "\\"
    every = [p for d, part in host.storage.pairs() for p in _paths(d, part)]
    best = max((key(p) + "\\" for p in every if below.startswith(key(p) + "\\")), key=len, default=None)
    return best is not None and any(key(p) + "\\" == best for p in paths)


def _partition(disk: Disk, p: Partition) -> dict[str, Any]:
    return {
        "number": 1 + disk.partitions.index(p), "type": GPT_WORDS.get(p.gpt_type, "unknown") if p.gpt_type else f"mbr_{p.mbr_type}",
        "gpt_type": p.gpt_type or "", "mbr_type": p.mbr_type, "size": p.size, "offset": p.offset,
        "letter": None if disk.offline else p.letter, "access_paths": _paths(disk, p), "system": p.system, "boot": p.boot,
    }  # fmt: skip


def _encryption(volume: Volume) -> dict[str, Any]:
    e = volume.encryption
    return {
        "lock": "locked" if e.locked else "unlocked", "protection": PROTECTION[e.protection],
        "conversion": CONVERSION[0 if e.locked else e.conversion], "method": METHODS[0 if e.locked else e.method],
        "protectors": [p.id for p in e.protectors],
    }  # fmt: skip


def _volume(host: Any, disk: Disk, p: Partition, v: Volume) -> dict[str, Any]:
    readable = bool(v.file_system) and not v.locked
    mount = f"{ROOT}\\mnt\\".lower()
    ranked = [x for x in p.paths if x.lower().startswith(mount)] + [x for x in p.paths if x[1:2] == ":"] + p.paths
    known = readable and ranked[0] != v.path  # the engine does not know a volume's own path
    return {
        "path": v.path, "label": v.label if readable else "", "file_system": v.file_system if readable else "",
        "size": v.size if readable else 0, "free": v.free() if readable else 0, "removable": disk.removable,
        "page_file": disk.page_file and p.letter is not None, "system": p.system, "boot": p.boot, "root": ranked[0],
        "encryption": _encryption(v) if host.facts.get("bitlocker", True) else None, "content": content_of(v.folder) if known else None,
    }  # fmt: skip


def _drive(host: Any, disk: Disk, staging: str | None) -> dict[str, Any]:
    partitions = [_partition(disk, p) for p in disk.partitions]
    volumes = [] if disk.offline else [_volume(host, disk, p, p.volume) for p in disk.partitions if p.volume]
    paths = [path for p in disk.partitions for path in _paths(disk, p)]
    serial = "".join(disk.serial_number.split())
    health = words.number_of(words.HEALTH, disk.health)
    return {
        "number": disk.number, "serial": serial, "size": disk.size, "bus": disk.bus, "bus_number": words.number_of(words.BUS, disk.bus),
        "model": disk.model, "unique_id": disk.unique_id, "path": disk.path, "logical_sector_size": disk.sector,
        "physical_sector_size": disk.physical_sector, "partition_style": disk.style, "partitions": partitions, "unseen_partitions": 0,
        "offline": disk.offline, "offline_reason": words.number_of(words.OFFLINE_REASON, disk.offline_reason) if disk.offline_reason else 0,
        "read_only": disk.read_only, "boot": disk.boot or any(p["boot"] for p in partitions),
        "system": disk.system or any(p["system"] for p in partitions), "page_file": any(v["page_file"] for v in volumes),
        "clustered": disk.clustered, "pooled": disk.pooled or disk.bus == "Spaces",
        "removable": disk.removable or disk.bus in ("SD", "MMC"),
        "staging": _lies_on(host, staging, paths), "work_folder": _lies_on(host, ROOT, paths),
        "shares": [name for name, share in sorted(host.shares.items()) if _lies_on(host, share["path"], paths)],
        "health": disk.health.lower(), "health_number": health, "operational_status": [53267 if disk.offline else 53264],
        "volumes": volumes, "claim": claim_of(host, serial),
    }  # fmt: skip


def drive_facts(host: Any, staging_path: str | None) -> list[dict[str, Any]]:
    """Every disk of the host in one snapshot, after Windows has looked at its buses again."""
    with host.lock:
        for disk in host.storage.disks:
            disk.seen = True
        staging = local_staging(host, staging_path)
        return [_drive(host, disk, staging) for disk in sorted(host.storage.disks, key=lambda d: d.number)]
