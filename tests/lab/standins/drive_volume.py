# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clearing, formatting, mounting and BitLocker of a drive, through the same modelled commands that the PowerShell modules call."""

from __future__ import annotations

from typing import Any

from ..windows.commands.volumes import volume_at
from ..windows.session import Session
from . import ModuleFailure
from .drive_facts import drive_facts
from .drive_guard import standing_of
from .drive_papers import set_claim, utc_now
from .work_folder import ROOT, work_folder, write_paper

METHODS = {"Aes128": 3, "Aes256": 4, "XtsAes128": 6, "XtsAes256": 7}
FAILED_AUTHENTICATION, PROTECTOR_NOT_FOUND = 0x80310027, 0x80310033
ACCESS_DENIED, HANDLE_OPEN, NOT_ACTIVATED = 0x80070005, 0x80310059, 0x80310008
Wanted = dict[str, Any]


def ask(host: Any, command: str, **bound: Any) -> list[dict[str, Any]]:
    """Run a modelled command; its error ends the module."""
    answer = host.command(command, bound, session=Session("Administrator"))
    if answer["errors"]:
        raise ModuleFailure(answer["errors"][0]["message"])
    return answer["objects"]


def keeper_call(host: Any, volume_path: str, method: str, expected: tuple[int, ...] = (0,), **arguments: Any) -> dict[str, Any]:
    """Call a method of the volume's BitLocker object; a code that is not expected is a failure."""
    keeper = {"_type": "Win32_EncryptableVolume", "_namespace": "root/CIMV2/Security/MicrosoftVolumeEncryption", "DeviceID": volume_path}
    answer = ask(host, "Invoke-CimMethod", InputObject=keeper, MethodName=method, Arguments=arguments)[0]
    if answer["ReturnValue"] not in expected:
        raise ModuleFailure(f"BitLocker answered {method} with 0x{answer['ReturnValue']:08X}")
    return answer


def judgement_of(host: Any, wanted: Wanted) -> dict[str, Any]:
    """Look at the host again and judge one drive."""
    return standing_of(drive_facts(host, wanted["staging_path"]), wanted)


def mount_path(serial: str) -> str:
    """The folder in which a drive's volume is mounted."""
    return f"{ROOT}\\mnt\\{serial}"


def _may_be_wiped(judgement: dict[str, Any]) -> bool:
    return judgement["standing"] in ("blank", "wipeable", "reopen") and not judgement["reasons"]


def reset_drive(host: Any, wanted: Wanted) -> tuple[dict[str, Any], bool]:
    """Clear and format a drive, if and only if the guard allows it in this very call: (judgement, formatted)."""
    judgement = judgement_of(host, wanted)
    if judgement["standing"] not in ("blank", "wipeable", "reopen"):
        return judgement, False
    if not _may_be_wiped(judgement):
        _enable(host, judgement, wanted)
        judgement = judgement_of(host, wanted)
        if judgement["standing"] not in ("blank", "wipeable", "reopen"):
            return judgement, False
        if not _may_be_wiped(judgement):
            return judgement | {"standing": "refused"}, False
    drive = judgement["drive"]
    had_data = bool(drive["claim"] and drive["claim"]["had_data"]) or judgement["standing"] == "wipeable"
    set_claim(host, wanted, "clearing", None, had_data)
    if drive["partition_style"] != "RAW":
        ask(host, "Clear-Disk", Path=drive["path"], RemoveData=True, RemoveOEM=True)
    ask(host, "Initialize-Disk", Path=drive["path"], PartitionStyle="GPT")
    made = ask(host, "New-Partition", DiskPath=drive["path"], UseMaximumSize=True)[0]
    ask(host, "Set-Partition", DiskId=drive["path"], Offset=made["Offset"], NoDefaultDriveLetter=True)
    volume = next(p for p in made["AccessPaths"] if p.startswith("\\\\?\\"))
    ask(host, "Format-Volume", Path=volume, FileSystem="NTFS", NewFileSystemLabel="OFFLINESEED", Force=True)
    return judgement, True


def _enable(host: Any, judgement: dict[str, Any], wanted: Wanted) -> None:
    cures, path = [r["id"] for r in judgement["reasons"]], judgement["drive"]["path"]
    if "offline" in cures:
        ask(host, "Set-Disk", Path=path, IsOffline=False)
    if "read_only" in cures:
        ask(host, "Set-Disk", Path=path, IsReadOnly=False)
    if "unmounted" in cures:
        mount_drive(host, wanted)


def seed_partition(host: Any, wanted: Wanted) -> dict[str, Any]:
    """The one data partition of the drive with this serial number and size."""
    disks = [d for d in ask(host, "Get-Disk") if "".join(d["SerialNumber"].split()) == wanted["serial"] and d["Size"] == wanted["size"]]
    if len(disks) != 1:
        raise ModuleFailure(
            f"{len(disks)} disks of this host have the serial number '{wanted['serial']}' and {wanted['size']} bytes, expected one"
        )
    every = ask(host, "Get-Partition")
    found = [p for p in every if p["DiskId"] == disks[0]["Path"] and any(x.startswith("\\\\?\\") for x in p["AccessPaths"])]
    if len(found) != 1:
        raise ModuleFailure(f"drive '{wanted['serial']}' has {len(found)} volumes, expected one")
    return found[0]


def mount_drive(host: Any, wanted: Wanted) -> tuple[str, str, bool]:
    """The volume is mounted in its folder and has no letter: (folder, volume path, changed)."""
    partition, root, changed = seed_partition(host, wanted), mount_path(wanted["serial"]), False
    paths = [p.rstrip("\\") for p in partition["AccessPaths"]]
    if root not in paths:
        work_folder(host, "mnt")
        host.path(root).mkdir(exist_ok=True)
        ask(host, "Add-PartitionAccessPath", DiskId=partition["DiskId"], Offset=partition["Offset"], AccessPath=root)
        changed = True
    for path in (p for p in paths if len(p) == 2):
        ask(host, "Remove-PartitionAccessPath", DiskId=partition["DiskId"], Offset=partition["Offset"], AccessPath=path + "\\")
        changed = True
    return root, next(p for p in partition["AccessPaths"] if p.startswith("\\\\?\\")), changed


def dismount_drive(host: Any, wanted: Wanted) -> None:
    """The drive's mount folder is gone."""
    partition, root = seed_partition(host, wanted), mount_path(wanted["serial"])
    for path in (p for p in partition["AccessPaths"] if p.rstrip("\\") == root):
        ask(host, "Remove-PartitionAccessPath", DiskId=partition["DiskId"], Offset=partition["Offset"], AccessPath=path)
    folder = host.path(root)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def write_first_papers(host: Any, wanted: Wanted, root: str) -> None:
    """The journal's first line, then the marker; after that the drive is this seed's."""
    folder = host.path(root) / "offlineseed"
    folder.mkdir(exist_ok=True)
    about = {name: wanted[name] for name in ("seed", "serial", "plan_hash")}
    more = {name: wanted[name] for name in ("container", "files", "bytes")}
    write_paper(folder / "journal.jsonl", {"event": "opened", "v": 1, **about, **more, "at": utc_now()})
    write_paper(folder / "marker.json", {"v": 1, **about})


def free_of(host: Any, volume_path: str) -> int:
    """Free bytes of a volume."""
    return volume_at(host, volume_path).free()


def protectors(host: Any, volume_path: str, kind: int) -> list[str]:
    """Ids of the volume's protectors of a type."""
    answer = keeper_call(host, volume_path, "GetKeyProtectors", (0, NOT_ACTIVATED), KeyProtectorType=kind)
    return answer["VolumeKeyProtectorID"] or []


def add_key(host: Any, volume_path: str, key: str, method: str, whole: bool) -> tuple[str, bool]:
    """The escrowed key is the only protector and encryption runs: (protector, changed)."""
    changed = not protectors(host, volume_path, 0)
    if changed:
        keeper_call(host, volume_path, "ProtectKeyWithNumericalPassword", FriendlyName="offlineseed", NumericalPassword=key)
    held = protectors(host, volume_path, 0)
    if len(held) != 1 or protectors(host, volume_path, 3) != held:
        raise ModuleFailure(f"the volume has the key protectors {', '.join(held)}, expected one recovery password")
    told = keeper_call(host, volume_path, "GetKeyProtectorNumericalPassword", VolumeKeyProtectorID=held[0])
    if told["NumericalPassword"] != key:
        raise ModuleFailure(
            f"the key protector {held[0]} is not the one in escrow; "
            "put the escrow file of this drive back, or set wipe: true to prepare it anew"
        )
    if keeper_call(host, volume_path, "GetConversionStatus", PrecisionFactor=0)["ConversionStatus"] == 0:
        keeper_call(host, volume_path, "Encrypt", EncryptionMethod=METHODS[method], EncryptionFlags=0 if whole else 1)
        changed = True
    return held[0], changed


def unlock_drive(host: Any, volume_path: str, key: str) -> bool:
    """Open a locked volume; whether the key opened it."""
    fine = (0, FAILED_AUTHENTICATION, PROTECTOR_NOT_FOUND)
    return keeper_call(host, volume_path, "UnlockWithNumericalPassword", fine, NumericalPassword=key)["ReturnValue"] == 0


def lock_drive(host: Any, volume_path: str) -> None:
    """Lock it; by force where something still holds a file."""
    answer = keeper_call(host, volume_path, "Lock", (0, ACCESS_DENIED, HANDLE_OPEN), ForceDismount=False)
    if answer["ReturnValue"]:
        keeper_call(host, volume_path, "Lock", ForceDismount=True)


def is_protected(host: Any, volume_path: str) -> bool:
    """Is protection on?"""
    return keeper_call(host, volume_path, "GetProtectionStatus")["ProtectionStatus"] == 1


def conversion(host: Any, volume_path: str) -> dict[str, Any]:
    """ConversionStatus and percentage."""
    return keeper_call(host, volume_path, "GetConversionStatus", PrecisionFactor=0)
