# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model's parts as instances of management classes: names, types and numbers of `classes.json`, words of Windows' modules."""

from __future__ import annotations

import json
import pathlib
from typing import TYPE_CHECKING, Any

from . import words
from .answer import moment
from .disk import Disk, Partition
from .encryption import FULLY_DECRYPTED, PROTECTED, UNKNOWN
from .volume import Volume

if TYPE_CHECKING:
    from .host import Host

CLASSES: dict[str, Any] = json.loads((pathlib.Path(__file__).parent / "classes.json").read_text(encoding="utf-8"))
STORAGE = "root/Microsoft/Windows/Storage"


def instance(
    name: str, numbers: dict[str, tuple[dict[Any, str], Any]] | None = None, extra: dict[str, Any] | None = None, **properties: Any
) -> dict[str, Any]:
    """An object of a class with every property that a live server lists (null if not given).

    `numbers` maps a property to (its words, its number or list of numbers); `extra` are members that only the module adds.
    """
    known = CLASSES[name]
    strangers = set(properties) | set(numbers or {})
    if strangers - set(known["properties"]):
        raise KeyError(f"{name} has no {', '.join(sorted(strangers - set(known['properties'])))}")
    made = {"_type": name, "_namespace": known["namespace"], "_numbers": {}, **dict.fromkeys(known["properties"]), **properties}
    for property, (table, number) in (numbers or {}).items():
        made["_numbers"][property] = number
        made[property] = _words(table, number)
    return made | (extra or {})


def _words(table: dict[Any, str], number: Any) -> Any:
    if isinstance(number, list):
        spoken = [table.get(n, n) for n in number]
        return spoken[0] if len(spoken) == 1 else spoken
    return None if number is None else table.get(number, "Unknown")


def object_id(host: Host, kind: str, path: str) -> str:
    """ObjectId as the storage provider writes it."""
    return f'{{1}}\\\\{host.name}\\root/Microsoft/Windows/Storage/Providers_v2\\WSP_{kind}.ObjectId="{path}"'


def disk(host: Host, d: Disk) -> dict[str, Any]:
    """MSFT_Disk."""
    return instance(
        "MSFT_Disk",
        {
            "BusType": (words.BUS, words.number_of(words.BUS, d.bus)),
            "PartitionStyle": (words.PARTITION_STYLE, words.number_of(words.PARTITION_STYLE, d.style)),
            "OperationalStatus": (words.DISK_STATUS, [53267 if d.offline else 53264]),
            "HealthStatus": (words.HEALTH, words.number_of(words.HEALTH, d.health)),
            "OfflineReason": (words.OFFLINE_REASON, words.number_of(words.OFFLINE_REASON, d.offline_reason) if d.offline_reason else None),
            "ProvisioningType": (words.PROVISIONING, 1 if d.thin else 2),
            "UniqueIdFormat": (words.UNIQUE_ID_FORMAT, 3),
        },
        {"DiskNumber": d.number},
        Number=d.number,
        Path=d.path,
        UniqueId=d.unique_id,
        ObjectId=object_id(host, "Disk", d.path),
        SerialNumber=d.serial_number,
        Model=d.model,
        FriendlyName=d.model,
        Manufacturer="",
        FirmwareVersion="0001",
        Location=d.location,
        AdapterSerialNumber=None,
        Size=d.size,
        AllocatedSize=sum(p.size for p in d.partitions),
        LargestFreeExtent=0 if d.style == "RAW" else d.largest_gap()[1],
        LogicalSectorSize=d.sector,
        PhysicalSectorSize=d.physical_sector,
        NumberOfPartitions=len(d.partitions),
        IsOffline=d.offline,
        IsReadOnly=d.read_only,
        IsBoot=d.boot,
        IsSystem=d.system,
        BootFromDisk=d.boot,
        IsClustered=d.clustered,
        IsHighlyAvailable=False,
        IsScaleOut=False,
        Guid=d.guid,
        Signature=d.signature,
    )


def partition(host: Host, d: Disk, p: Partition) -> dict[str, Any]:
    """MSFT_Partition with Type and DiskPath, which only the module adds; a missing letter is the character 0."""
    table, number = (words.GPT_TYPE, p.gpt_type) if p.gpt_type else (words.MBR_TYPE, p.mbr_type)
    return instance(
        "MSFT_Partition",
        {"OperationalStatus": (words.PARTITION_STATUS, 4 if d.offline else 1)},
        {"DiskPath": d.path, "Type": table.get(number, "Unknown")},
        DiskNumber=d.number,
        PartitionNumber=1 + d.partitions.index(p),
        DiskId=d.path,
        Offset=p.offset,
        Size=p.size,
        DriveLetter="\0" if d.offline or not p.letter else p.letter,
        AccessPaths=[] if d.offline else p.paths,
        GptType=p.gpt_type,
        MbrType=p.mbr_type,
        Guid=p.guid or None,
        UniqueId=f"{{{p.offset:032x}}}{d.unique_id}",
        ObjectId=object_id(host, "Partition", f"{d.path}#{p.offset}"),
        NoDefaultDriveLetter=p.no_default_letter,
        IsHidden=p.hidden,
        IsReadOnly=p.read_only or d.read_only,
        IsOffline=d.offline,
        IsBoot=p.boot,
        IsSystem=p.system,
        IsActive=False,
        IsShadowCopy=False,
        IsDAX=False,
        TransitionState=1,
    )


def volume(host: Host, d: Disk, p: Partition, v: Volume) -> dict[str, Any]:
    """MSFT_Volume; a locked or raw one has no file system and size 0."""
    readable = bool(v.file_system) and not v.locked
    kind = words.number_of(words.FILE_SYSTEM_TYPE, v.file_system) if readable else 0
    return instance(
        "MSFT_Volume",
        {
            "OperationalStatus": (words.VOLUME_STATUS, [2]),
            "HealthStatus": (words.HEALTH, 0),
            "DriveType": (words.DRIVE_TYPE, 2 if d.removable else 3),
            "FileSystemType": (words.FILE_SYSTEM_TYPE, kind),
            "DedupMode": (words.DEDUP_MODE, 4),
        },
        {"FileSystem": v.file_system if readable else ""},
        UniqueId=v.path,
        Path=v.path,
        ObjectId=object_id(host, "Volume", v.path),
        DriveLetter=p.letter,
        FileSystemLabel=v.label if readable else "",
        Size=v.size if readable else 0,
        SizeRemaining=v.free() if readable else 0,
        AllocationUnitSize=v.cluster if readable else 0,
    )


def physical_disk(host: Host, d: Disk) -> dict[str, Any]:
    """MSFT_PhysicalDisk."""
    reasons = [n for n, is_so in ((2, d.pooled), (4, d.removable), (5, d.clustered), (6, d.offline), (7, bool(d.partitions))) if is_so]
    return instance(
        "MSFT_PhysicalDisk",
        {
            "BusType": (words.BUS, words.number_of(words.BUS, d.bus)),
            "MediaType": (words.MEDIA_TYPE, words.number_of(words.MEDIA_TYPE, d.media)),
            "HealthStatus": (words.HEALTH, words.number_of(words.HEALTH, d.health)),
            "OperationalStatus": (words.PHYSICAL_STATUS, [2 if d.health == "Healthy" else 5]),
            "CannotPoolReason": (words.CANNOT_POOL, reasons or None),
            "Usage": (words.USAGE, 1),
            "UniqueIdFormat": (words.UNIQUE_ID_FORMAT, 3),
        },
        DeviceId=str(d.number),
        SerialNumber=d.serial_number,
        UniqueId=d.unique_id,
        ObjectId=object_id(host, "PhysicalDisk", d.unique_id),
        FriendlyName=d.model,
        Model=d.model,
        FirmwareVersion="0001",
        Size=d.size,
        AllocatedSize=sum(p.size for p in d.partitions),
        LogicalSectorSize=d.sector,
        PhysicalSectorSize=d.physical_sector,
        CanPool=not reasons,
        PhysicalLocation=d.location,
        IsPartial=False,
    )


def encryptable_volume(d: Disk, p: Partition, v: Volume) -> dict[str, Any]:
    """Win32_EncryptableVolume of this moment."""
    e = v.encryption
    return instance(
        "Win32_EncryptableVolume",
        DeviceID=v.path,
        DriveLetter=f"{p.letter}:" if p.letter else None,
        PersistentVolumeID="{" + v.guid + "}" if e.activated else "",
        ConversionStatus=FULLY_DECRYPTED if e.locked else e.conversion,
        EncryptionMethod=0 if e.locked else e.method,
        IsVolumeInitializedForProtection=e.activated,
        ProtectionStatus=UNKNOWN if e.locked else (e.protection if e.protection == PROTECTED else 0),
        VolumeType=0 if p.boot else (2 if d.removable else 1),
    )


def win32_volume(host: Host, d: Disk, p: Partition, v: Volume) -> dict[str, Any]:
    """Win32_Volume; Capacity is null for a raw or locked one."""
    readable = bool(v.file_system) and not v.locked
    name = next(iter(p.paths), v.path)
    return instance(
        "Win32_Volume",
        DeviceID=v.path,
        Name=name,
        Caption=name,
        DriveLetter=f"{p.letter}:" if p.letter else None,
        Label=v.label if readable else None,
        FileSystem=v.file_system if readable else None,
        Capacity=v.size if readable else None,
        FreeSpace=v.free() if readable else None,
        BlockSize=v.cluster if readable else None,
        DriveType=2 if d.removable else 3,
        Automount=True,
        BootVolume=p.boot,
        SystemVolume=p.system,
        PageFilePresent=d.page_file and p.letter is not None,
        DirtyBitSet=False,
        SystemName=host.name,
    )


def win32_logical_disk(host: Host, d: Disk, p: Partition, v: Volume) -> dict[str, Any]:
    """Win32_LogicalDisk: only volumes with a letter."""
    readable = bool(v.file_system) and not v.locked
    return instance(
        "Win32_LogicalDisk",
        DeviceID=f"{p.letter}:",
        Name=f"{p.letter}:",
        Caption=f"{p.letter}:",
        DriveType=2 if d.removable else 3,
        SystemName=host.name,
        FileSystem=v.file_system if readable else None,
        Size=v.size if readable else None,
        FreeSpace=v.free() if readable else None,
        VolumeName=v.label if readable else None,
    )


def win32_disk_drive(host: Host, d: Disk) -> dict[str, Any]:
    """Win32_DiskDrive."""
    interface = {"USB": "USB", "ATA": "IDE"}.get(d.bus, "SCSI")
    kind = "Removable media" if d.removable else ("External hard disk media" if d.bus == "USB" else "Fixed hard disk media")
    return instance(
        "Win32_DiskDrive",
        DeviceID=f"\\\\.\\PHYSICALDRIVE{d.number}",
        Name=f"\\\\.\\PHYSICALDRIVE{d.number}",
        Index=d.number,
        SerialNumber=d.serial_number,
        Model=d.model,
        Caption=d.model,
        InterfaceType=interface,
        MediaType=kind,
        BytesPerSector=d.sector,
        Size=d.size,
        Partitions=len(d.partitions),
        SystemName=host.name,
        PNPDeviceID=f"SCSI\\DISK&VEN_&PROD_{d.number}\\4&{d.unique_id}",
    )


def computer_system(host: Host) -> dict[str, Any]:
    """Win32_ComputerSystem."""
    f = host.facts
    member = f["part_of_domain"]
    return instance(
        "Win32_ComputerSystem",
        Name=host.name,
        DNSHostName=host.name.lower(),
        Caption=host.name,
        Model=f["model"],
        Manufacturer=f["manufacturer"],
        Domain=f["domain"] if member else "WORKGROUP",
        Workgroup=None if member else "WORKGROUP",
        PartOfDomain=member,
        DomainRole=3 if member else 2,
        HypervisorPresent=f["virtual"],
        TotalPhysicalMemory=f.get("memory", 8 << 30),
        SystemType="x64-based PC",
        AutomaticManagedPagefile=True,
        NumberOfProcessors=1,
        NumberOfLogicalProcessors=2,
        Status="OK",
    )


def operating_system(host: Host) -> dict[str, Any]:
    """Win32_OperatingSystem."""
    f = host.facts
    return instance(
        "Win32_OperatingSystem",
        Caption=f["os_caption"],
        Version=f["os_version"],
        BuildNumber=f["os_version"].rsplit(".", 1)[-1],
        ProductType=3,
        OSLanguage=f["language"],
        CSName=host.name,
        LastBootUpTime=moment(host.booted_at()),
        LocalDateTime=moment(host.clock.now()),
        OSArchitecture="64-bit",
        SystemDirectory="C:\\Windows\\system32",
        WindowsDirectory="C:\\Windows",
        SystemDrive="C:",
        OperatingSystemSKU=7,
        CurrentTimeZone=0,
        Primary=True,
        Status="OK",
    )


def page_files(host: Host) -> list[dict[str, Any]]:
    """Win32_PageFileUsage: one for each disk that carries a page file."""
    found = []
    for d in host.storage.disks:
        if d.page_file:
            letter = next((p.letter for p in d.partitions if p.letter), "C")
            found.append(
                instance(
                    "Win32_PageFileUsage",
                    Name=f"{letter}:\\pagefile.sys",
                    Caption=f"{letter}:\\pagefile.sys",
                    Description=f"{letter}:\\pagefile.sys",
                    AllocatedBaseSize=1280,
                    CurrentUsage=40,
                    PeakUsage=90,
                    TempPageFile=False,
                )
            )
    return found


def service(host: Host, name: str) -> dict[str, Any]:
    """Win32_Service."""
    s = host.services[name]
    return instance(
        "Win32_Service",
        Name=name,
        DisplayName=s["display"],
        Caption=s["display"],
        State=s["state"],
        StartMode=s["start"],
        Started=s["state"] == "Running",
        StartName="LocalSystem",
        PathName=s["path"],
        ProcessId=s.get("pid", 4242) if s["state"] == "Running" else 0,
        ExitCode=0,
        SystemName=host.name,
        ServiceType="Own Process",
        Status="OK",
        AcceptStop=s["state"] == "Running",
    )


def share(host: Host, name: str) -> dict[str, Any]:
    """MSFT_SmbShare."""
    s = host.shares[name]
    return instance(
        "MSFT_SmbShare",
        {
            "ShareState": (words.SHARE_STATE, 1),
            "ShareType": (words.SHARE_TYPE, 0),
            "AvailabilityType": (words.AVAILABILITY, 0),
            "FolderEnumerationMode": (words.ENUMERATION_MODE, 1),
            "CachingMode": (words.CACHING_MODE, 1),
        },
        Name=name,
        ScopeName="*",
        Path=s["path"],
        Description=s.get("description", ""),
        Special=False,
        Temporary=False,
        Scoped=False,
        EncryptData=False,
        ConcurrentUserLimit=0,
        CurrentUsers=0,
        ContinuouslyAvailable=False,
    )
