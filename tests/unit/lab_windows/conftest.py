# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small standard world: SRV1 with a few files to protect, COPY1 with its bystander; commands run as from a WinRM session."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from lab import names
from lab.clock import Clock
from lab.windows import Host, Network, worlds
from lab.windows.encryption import new_recovery_password

MIB = 1 << 20
BITLOCKER = "root/CIMV2/Security/MicrosoftVolumeEncryption"


class Shell:
    """Commands on a host: objects back, or the first error raised as its id."""

    def __init__(self, host: Host) -> None:
        self.host = host

    def __call__(self, name: str, **bound: Any) -> list[Any]:
        answer = self.host.command(name, bound)
        if answer["errors"]:
            raise Refused(answer["errors"][0]["id"], answer["errors"][0])
        return answer["objects"]

    def disk(self, serial: str) -> dict[str, Any]:
        return next(d for d in self("Get-Disk") if d["SerialNumber"].strip() == serial)

    def formatted(self, serial: str, size: int = 200 * MIB) -> tuple[dict[str, Any], dict[str, Any]]:
        """A fresh drive with one NTFS volume that has no letter: (partition, volume)."""
        self.host.attach_disk(serial, size)
        path = self.disk(serial)["Path"]
        self("Initialize-Disk", Path=path)
        made = self("New-Partition", DiskPath=path, UseMaximumSize=True)[0]
        return made, self("Format-Volume", Partition=made, FileSystem="NTFS", NewFileSystemLabel="OFFLINESEED")[0]

    def mounted(self, partition: dict[str, Any], folder: str = "C:\\ProgramData\\mnt") -> pathlib.Path:
        self.host.path(folder).mkdir(parents=True, exist_ok=True)
        self("Add-PartitionAccessPath", DiskId=partition["DiskId"], Offset=partition["Offset"], AccessPath=folder)
        return self.host.path(folder)

    def keeper(self, volume: dict[str, Any]) -> dict[str, Any]:
        return next(
            k for k in self("Get-CimInstance", Namespace=BITLOCKER, ClassName="Win32_EncryptableVolume") if k["DeviceID"] == volume["Path"]
        )

    def bitlocker(self, volume: dict[str, Any], method: str, **arguments: Any) -> dict[str, Any]:
        return self("Invoke-CimMethod", InputObject=self.keeper(volume), MethodName=method, Arguments=arguments)[0]

    def encrypted(self, volume: dict[str, Any]) -> str:
        """Encrypt a volume at once; its recovery password."""
        self.host.facts["encryption_seconds"] = {"used": 0, "full": 0}
        key = new_recovery_password()
        assert self.bitlocker(volume, "ProtectKeyWithNumericalPassword", NumericalPassword=key)["ReturnValue"] == 0
        assert self.bitlocker(volume, "Encrypt", EncryptionMethod=4, EncryptionFlags=1)["ReturnValue"] == 0
        return key


class Refused(Exception):
    """A command answered with an error; `args[0]` is its id."""

    @property
    def record(self) -> dict[str, Any]:
        return self.args[1]


@pytest.fixture
def data(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "data"
    for name, size in (("empty.txt", 0), ("a/ü 🚚.bin", 513), ("deep/er/est/big.bin", 3 * MIB + 1), ("zz.bin", 512)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(bytes(i % 251 for i in range(min(size, 4096))) * (size // 4096 + 1) if size else b"")
        with open(folder / name, "r+b") as stream:
            stream.truncate(size)
    (folder / "nothing in here").mkdir()
    return folder


@pytest.fixture
def network(tmp_path: pathlib.Path, data: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Network:
    monkeypatch.setattr(worlds, "BYSTANDER_SIZE", 20 * MIB)
    return worlds.build(tmp_path / "lab", Clock(tmp_path / "clock.json"), data)


@pytest.fixture
def source(network: Network) -> Host:
    return network.hosts[names.SOURCE]


@pytest.fixture
def copy_host(network: Network) -> Host:
    return network.hosts[names.COPY_HOST]


@pytest.fixture
def shell(copy_host: Host) -> Shell:
    return Shell(copy_host)
