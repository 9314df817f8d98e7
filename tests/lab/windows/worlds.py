# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The standard world: a virtual source with the backup agent, and a physical copy host with a disk full of somebody's data."""

from __future__ import annotations

import pathlib
import random

from .. import names
from ..clock import Clock
from ..sample import measure
from ..sample import write as sample_data
from .access import ADMINISTRATORS, SYSTEM, Acl, rule
from .disk import MIB, Disk
from .diskprep import tool
from .host import Host, copy_into
from .mars.agent import Agent
from .network import DOMAIN, Network
from .tasks import Task
from .words import GPT_RECOVERY, GPT_RESERVED, GPT_SYSTEM

AGENT_VERSION = "2.0.9250.0"
INSTALL_PATH = "C:\\Program Files\\Microsoft Azure Recovery Services Agent\\"
BACKUP_KEY = "HKLM\\SOFTWARE\\Microsoft\\Windows Azure Backup"
UNINSTALL = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Windows Azure Backup"
APP_PATHS = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\App Paths"
MACHINE_ID = "6f9c7f9a-52f9-4f7a-9d35-5bd2d0b2f001"
SYSTEM_SERIALS = {"SRV1": "VD0000SRV1", "COPY1": "S4EVNX0COPY1"}
DATA_SERIAL = "VD0001SRV1"
BYSTANDER_SERIAL = "BYSTANDER01"
BYSTANDER_SIZE = 64 * MIB
SYSTEM_SIZE, DATA_SIZE = 2048 * MIB, 4096 * MIB
FOLDERS = (
    "Windows\\System32\\config",
    "Windows\\Temp",
    "ProgramData",
    "Program Files",
    "Users\\Public",
    "Users\\Administrator\\AppData\\Local\\Temp",
)
WINDOWS_2019 = {
    "os_caption": "Microsoft Windows Server 2019 Standard",
    "os_version": "10.0.17763",
    "language": 1033,
    "time_zone": "UTC",
    "san_policy": 2,
}
PHYSICAL = {"model": "PowerEdge T340", "manufacturer": "Dell Inc.", "virtual": False, **WINDOWS_2019}
VIRTUAL = {"model": "Virtual Machine", "manufacturer": "Microsoft Corporation", "virtual": True, **WINDOWS_2019}


def build(folder: pathlib.Path, clock: Clock, data: pathlib.Path | None = None) -> Network:
    """Make the standard world in a folder: SRV1, COPY1, the share between them; D: of SRV1 holds the content of `data` (or the sample)."""
    network = Network(folder, clock)
    network.folder.mkdir(parents=True, exist_ok=True)
    network.add_account(f"{DOMAIN}\\{names.WINRM_USER}", names.WINRM_PASSWORD, administrator=True)
    source = network.add_host(names.SOURCE, VIRTUAL)
    copy_host = network.add_host(names.COPY_HOST, PHYSICAL)
    system_disk(source, "Virtual")
    system_disk(copy_host, "SATA", SYSTEM_SIZE + 2 * _bytes(data))
    _data_disk(source, data)
    _share(copy_host)
    _agent(source)
    bystander(copy_host)
    network.save()
    return network


def system_disk(host: Host, bus: str, size: int = SYSTEM_SIZE) -> Disk:
    """The disk that Windows starts from: EFI, MSR, C:, recovery; with it come services and a registry."""
    disk = Disk(
        SYSTEM_SERIALS.get(host.name, f"SYS{host.name}"),
        size,
        bus,
        model="Virtual Disk" if bus == "Virtual" else "LAB SSD 2 GB",
        media="SSD",
        boot=True,
        system=True,
        page_file=True,
        base=host.folder,
    )
    disk.initialise("GPT")
    disk.partitions = []
    disk.add_partition(100 * MIB, GPT_SYSTEM).system = True
    disk.add_partition(16 * MIB, GPT_RESERVED)
    windows = disk.add_partition(disk.largest_gap()[1] - 64 * MIB, place="C")
    windows.boot, windows.letter = True, "C"
    disk.add_partition(None, GPT_RECOVERY)
    windows.volume.format("NTFS", "Windows", 4096)
    for name in FOLDERS:
        (windows.volume.folder / name.replace("\\", "/")).mkdir(parents=True, exist_ok=True)
    host.storage.attach(disk)
    _services(host)
    host.registry.set(
        "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
        ProductName=host.facts["os_caption"],
        CurrentBuild="17763",
        InstallationType="Server",
    )
    host.registry.set("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\FipsAlgorithmPolicy", Enabled=0)
    host.registry.set("HKLM\\SYSTEM\\CurrentControlSet\\Control\\FileSystem", LongPathsEnabled=0)
    host.registry.set(f"{APP_PATHS}\\IEXPLORE.EXE", Path="C:\\Program Files\\Internet Explorer;")
    host.registry.set("HKLM\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full", Release=528049, Version="4.8.03761")
    return disk


def _bytes(data: pathlib.Path | None) -> int:
    """Bytes of the data to protect, in whole MiB; the sample is small."""
    return measure(pathlib.Path(data))[1] // MIB * MIB if data else 0


def _services(host: Host) -> None:
    for name, display, path in (
        ("WinRM", "Windows Remote Management (WS-Management)", "C:\\Windows\\System32\\svchost.exe -k NetworkService"),
        ("LanmanServer", "Server", "C:\\Windows\\system32\\svchost.exe -k netsvcs"),
        ("Schedule", "Task Scheduler", "C:\\Windows\\system32\\svchost.exe -k netsvcs"),
        ("BDESVC", "BitLocker Drive Encryption Service", "C:\\Windows\\System32\\svchost.exe -k netsvcs"),
    ):
        host.services[name] = {"display": display, "state": "Running", "start": "Auto", "path": path}


def _data_disk(host: Host, data: pathlib.Path | None) -> None:
    disk = Disk(DATA_SERIAL, DATA_SIZE + 2 * _bytes(data), "Virtual", model="Virtual Disk", media="SSD", base=host.folder)
    disk.initialise("GPT")
    partition = disk.add_partition()
    partition.letter = "D"
    partition.volume.format("NTFS", "Data", 4096)
    if data is None:
        sample_data(partition.volume.folder)
    else:
        copy_into(pathlib.Path(data), partition.volume)
    host.storage.attach(disk)


def _share(host: Host) -> None:
    path = names.STAGING_ON_COPY_HOST
    host.path(path).mkdir()
    source = f"{DOMAIN}\\{names.SOURCE}$"
    host.shares["staging"] = {
        "path": path,
        "description": "Offline seeding",
        "access": [
            {"who": ADMINISTRATORS, "right": "Full"},
            {"who": source, "right": "Change"},
            {"who": f"{DOMAIN}\\{host.name}$", "right": "Change"},
        ],
    }
    host.access.set(path, Acl(True, [rule(SYSTEM, "FullControl"), rule(ADMINISTRATORS, "FullControl"), rule(source, "Modify")]))


def _agent(host: Host) -> None:
    scratch = INSTALL_PATH + "Scratch"
    for name in ("bin\\Modules\\MSOnlineBackup", "Scratch", "Temp"):
        host.path(INSTALL_PATH + name).mkdir(parents=True)
    host.path(INSTALL_PATH + "bin\\CBEngine.exe").write_bytes(b"MZ")
    tool.install(host, INSTALL_PATH)
    host.path(scratch + "\\OnlineBackup.KEK").write_bytes(b"\0" * 32)
    host.services["obengine"] = {
        "display": "Microsoft Azure Recovery Services Agent",
        "state": "Running",
        "start": "Auto",
        "path": f'"{INSTALL_PATH}bin\\cbengine.exe"',
    }
    registered = {"vault": names.VAULT, "resource_group": names.RESOURCE_GROUP, "subscription_id": names.SUBSCRIPTION}
    host.registry.set(
        UNINSTALL, DisplayName="Microsoft Azure Recovery Services Agent", DisplayVersion=AGENT_VERSION, Publisher="Microsoft Corporation"
    )
    host.registry.set(BACKUP_KEY + "\\Setup", InstallPath=INSTALL_PATH, DisplayVersion=AGENT_VERSION)
    host.registry.set(
        BACKUP_KEY + "\\Config",
        MachineId=MACHINE_ID,
        ResourceId="1001",
        ServiceResourceName=names.VAULT,
        SubscriptionId=names.SUBSCRIPTION,
        ResourceGroupName=names.RESOURCE_GROUP,
        ScratchLocation=scratch,
    )
    host.registry.set(BACKUP_KEY + "\\Config\\CloudBackupProvider", ScratchLocation=scratch)
    host.tasks.register(
        Task(
            "Microsoft-OnlineBackup",
            "\\Microsoft\\OnlineBackup\\",
            "",
            INSTALL_PATH + "bin\\wbadmin.exe",
            "start backup",
            "SYSTEM",
            "ServiceAccount",
            "HighestAvailable",
        )
    )
    host.mars = Agent(
        host,
        {
            "version": AGENT_VERSION,
            "install_path": INSTALL_PATH,
            "registered": registered,
            "machine_id": MACHINE_ID,
            "passphrase_set": True,
            "scratch": scratch,
            "offline_cmdlets": True,
        },
    )
    host.mars.create_policy(["D:\\"])


def bystander(host: Host, serial: str = BYSTANDER_SERIAL, size: int | None = None) -> Disk:
    """A disk full of somebody's data, which nothing may ever touch."""
    size = size or BYSTANDER_SIZE
    disk = Disk(serial, size, base=host.folder)
    disk.initialise("GPT")
    partition = disk.add_partition()
    partition.letter = host.storage.free_letter()
    volume = partition.volume
    volume.format("NTFS", "Family photos", 4096)
    chance, number = random.Random(serial), 0
    while volume.free() > 0:
        (volume.folder / f"photo {number:03d}.jpg").write_bytes(chance.randbytes(min(volume.free(), 4 * MIB)))
        number += 1
    host.storage.attach(disk)
    host.change("disk attached", serial=serial, size=size, bus=disk.bus, number=disk.number)
    return disk


__all__ = ["BYSTANDER_SERIAL", "PHYSICAL", "VIRTUAL", "build", "bystander", "sample_data", "system_disk"]
