# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host just big enough to test the transport and the engine: one drive, two disks, a share, a registry key."""

from __future__ import annotations

import pathlib

import pytest

from lab.clock import Clock
from lab.shared import find_pwsh

DISK = {
    "_type": "MSFT_Disk",
    "_namespace": "root/Microsoft/Windows/Storage",
    "_numbers": {"BusType": 11, "PartitionStyle": 0},
    "Number": 1,
    "SerialNumber": "ZB1",
    "Size": 5 * 2**30,
    "BusType": "SATA",
    "PartitionStyle": "RAW",
    "IsOffline": False,
    "Path": r"\\?\scsi#1",
    "OperationalStatus": ["Online"],
}


class FakeHost:
    """Answers a handful of commands, keeps what it was asked."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.name, self.folder, self.clock = "SRV1", folder / "hosts" / "SRV1", Clock(folder / "clock.json")
        self.running, self.booted = True, "2026-01-01T00:00:00Z"
        self.asked: list[tuple[str, dict, str, dict]] = []
        self.letters = {"C": self.folder / "C"}
        (self.folder / "C" / "Users" / "Administrator").mkdir(parents=True)
        (self.folder / "share").mkdir()
        (self.folder / "share" / "one.bin").write_bytes(b"staged")

    def drives(self) -> dict[str, pathlib.Path]:
        return self.letters

    def path(self, path: str, session: object = None, write: bool = False) -> pathlib.Path:
        letter, rest = path.split(":", 1)
        return self.letters[letter.upper()].joinpath(*rest.strip("\\").split("\\"))

    def command(self, name: str, bound: dict, parameter_set: str = "", session: dict | None = None) -> dict:
        self.asked.append((name, bound, parameter_set, session))
        answer = getattr(self, "_" + name.replace("-", "_").lower(), self._unknown)(name, bound, session)
        return {"objects": [], "errors": [], "warnings": [], "terminating": False} | answer

    def _unknown(self, name: str, bound: dict, session: dict) -> dict:
        return error("LabNotModelled", f"The lab does not model {name}.", terminating=True)

    def _get_disk(self, name: str, bound: dict, session: dict) -> dict:
        numbers = bound.get("Number") or [1, 2]
        if 9 in numbers:
            return error("StorageWMI 8,Get-Disk", "No MSFT_Disk objects found", "ObjectNotFound")
        return {"objects": [DISK | {"Number": number, "SerialNumber": f"ZB{number}"} for number in numbers], "warnings": ["from the lab"]}

    def _clear_disk(self, name: str, bound: dict, session: dict) -> dict:
        return error("StorageWMI 41000,Clear-Disk", "The disk has not been initialized.")

    def _invoke_cimmethod(self, name: str, bound: dict, session: dict) -> dict:
        return {"objects": [{"_type": "CimMethodResult", "ReturnValue": 0, "VolumeKeyProtectorID": "{1}"}]}

    def _unlock_bitlocker(self, name: str, bound: dict, session: dict) -> dict:
        return error("HRESULT 0x80310027", "wrong password", "NotSpecified", 0x80310027)

    def _new_psdrive(self, name: str, bound: dict, session: dict) -> dict:
        if session["logon"] == "network" and "Credential" not in bound:
            return error("UnauthorizedAccess", "Access is denied", "PermissionDenied", 0x80070005, terminating=True)
        return {
            "objects": [
                {
                    "_type": "System.Management.Automation.PSDriveInfo",
                    "_namespace": "",
                    "Root": bound["Root"],
                    "_folder": str(self.folder / "share"),
                }
            ]
        }

    def _registry(self, name: str, bound: dict, session: dict) -> dict:
        there = bound["Path"].lower() == r"hklm:\software\lab"
        if bound["Operation"] == "Test-Path":
            return {"objects": [there]}
        if not there:
            return error("PathNotFound", f"Cannot find path '{bound['Path']}' because it does not exist.", "ObjectNotFound")
        return {"objects": [{"_type": "RegistryKey", "Size": 3, "When": "2026-01-02T03:04:05Z", "PSPath": bound["Path"]}]}


def error(id: str, message: str, category: str = "NotSpecified", hresult: int = 0, terminating: bool = False) -> dict:
    """An answer that is one error."""
    return {"errors": [{"id": id, "message": message, "category": category, "hresult": hresult}], "terminating": terminating}


@pytest.fixture
def host(tmp_path: pathlib.Path) -> FakeHost:
    """One host in a folder of its own."""
    return FakeHost(tmp_path)


@pytest.fixture(scope="session")
def pwsh() -> str:
    """A PowerShell, or the test is skipped and says why."""
    program = find_pwsh()
    if program is None:
        pytest.skip("no pwsh was found (OFFLINESEED_PWSH, PATH, shared/pwsh)")
    return program


@pytest.fixture(scope="session")
def engine(pwsh: str, tmp_path_factory: pytest.TempPathFactory):
    """One engine for all tests, as one lab has it."""
    from lab.winrm.engine import Engine

    made = Engine(tmp_path_factory.mktemp("lab"), pwsh, size=1)
    yield made
    made.close()
