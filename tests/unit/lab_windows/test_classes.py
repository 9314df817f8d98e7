# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model's objects and commands against the tables of Microsoft's classes and signatures, where these are found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lab.shared import shared
from lab.windows import instances, words
from lab.windows.commands import COMMANDS
from lab.windows.commands.cim import ENUMERATE

from .conftest import Shell

TYPES: dict[str, Any] = {"string": str, "boolean": bool, "char16": str, "datetime": dict}
# Members that only PowerShell's modules put on an object.
FROM_MODULE = {"MSFT_Disk": {"DiskNumber"}, "MSFT_Partition": {"DiskPath", "Type"}}
WORD_TABLES = [
    ("MSFT_Disk", "BusType", words.BUS), ("MSFT_Disk", "PartitionStyle", words.PARTITION_STYLE),
    ("MSFT_Disk", "OperationalStatus", words.DISK_STATUS),
    ("MSFT_Disk", "HealthStatus", words.HEALTH), ("MSFT_Disk", "OfflineReason", words.OFFLINE_REASON),
    ("MSFT_Disk", "ProvisioningType", words.PROVISIONING), ("MSFT_Disk", "UniqueIdFormat", words.UNIQUE_ID_FORMAT),
    ("MSFT_Partition", "OperationalStatus", words.PARTITION_STATUS), ("MSFT_Partition", "Type", words.GPT_TYPE),
    ("MSFT_Partition", "Type", words.MBR_TYPE), ("MSFT_Volume", "OperationalStatus", words.VOLUME_STATUS),
    ("MSFT_Volume", "DriveType", words.DRIVE_TYPE), ("MSFT_Volume", "DedupMode", words.DEDUP_MODE),
    ("MSFT_PhysicalDisk", "MediaType", words.MEDIA_TYPE), ("MSFT_PhysicalDisk", "OperationalStatus", words.PHYSICAL_STATUS),
    ("MSFT_PhysicalDisk", "CannotPoolReason", words.CANNOT_POOL), ("MSFT_PhysicalDisk", "Usage", words.USAGE),
    ("MSFT_ScheduledTask", "State", words.TASK_STATE), ("MSFT_SmbShare", "ShareState", words.SHARE_STATE),
    ("MSFT_SmbShare", "ShareType", words.SHARE_TYPE), ("MSFT_SmbShare", "AvailabilityType", words.AVAILABILITY),
    ("MSFT_SmbShare", "FolderEnumerationMode", words.ENUMERATION_MODE), ("MSFT_SmbShare", "CachingMode", words.CACHING_MODE),
]  # fmt: skip
# FileSystemType: the module's table lacks the number 0 of a volume without a file system, whose word is then null.


def table(name: str) -> dict[str, Any]:
    path = shared("pwsh", name)
    if path is None:
        pytest.skip(f"../shared/pwsh/{name} is not there")
    return json.loads(path.read_text(encoding="utf-8"))


def every_object(shell: Shell) -> list[dict[str, Any]]:
    _unused, volume = shell.formatted("ZA1")
    shell.encrypted(volume)
    shell.host.attach_disk("ZA2", 100 << 20, bus="USB", removable=True)
    made = [o for look in ENUMERATE.values() for o in look(shell.host)]
    made += shell("Get-SmbShare") + shell("Get-SmbShareAccess", Name="staging")
    return [o for o in made if o["_type"] in instances.CLASSES]


def fits(kind: str, value: Any) -> bool:
    if value is None:
        return True
    if kind.endswith("[]"):
        return all(fits(kind[:-2], v) for v in value) if isinstance(value, list) else fits(kind[:-2], value)
    if kind.startswith(("uint", "sint")):
        return isinstance(value, int) and not isinstance(value, bool) and (value >= 0 or kind[0] == "s") and value < 1 << int(kind[4:])
    return isinstance(value, TYPES[kind])


def test_own_table_of_properties_is_microsofts() -> None:
    official = table("classes.json")
    for name, known in instances.CLASSES.items():
        if name.startswith("_"):
            continue
        live = {p: d["type"] for p, d in official[name]["properties"].items() if {"2019", "23h2"} & set(d["seen"])}
        assert known["properties"] == live, name
        assert known["namespace"].replace("/", "\\") == official[name]["namespace"], name


def test_every_object_has_the_properties_of_its_class_with_their_types(shell: Shell) -> None:
    seen = set()
    for made in every_object(shell):
        name, known = made["_type"], instances.CLASSES[made["_type"]]["properties"]
        own = {key for key in made if not key.startswith("_")} - FROM_MODULE.get(name, set())
        assert own == set(known), name
        for property, kind in known.items():
            value = made["_numbers"].get(property, made[property])
            assert fits(kind, value), f"{name}.{property} is {value!r}, expected {kind}"
        seen.add(name)
    assert len(seen) >= 12


@pytest.mark.parametrize(("name", "property", "ours"), WORD_TABLES, ids=lambda v: v if isinstance(v, str) else "")
def test_words_are_those_of_windows_modules(name: str, property: str, ours: dict[Any, str]) -> None:
    theirs = table("classes.json")[name]["cmdlet_object"]["script_properties"][property]["values"]
    assert {str(number): word for number, word in ours.items() if str(number) in theirs} == {
        str(n): theirs[str(n)] for n in ours if str(n) in theirs
    }
    missing = {str(n): w for n, w in ours.items() if str(n) not in theirs}
    assert all(word == "Unknown" for word in missing.values()), missing


def test_numbers_of_fve_errors_are_winerrors() -> None:
    from lab.windows import encryption

    codes = table("classes.json")["_codes"]["fve"]
    ours = {name: value for name, value in vars(encryption).items() if isinstance(value, int) and name.isupper() and value > 0x80310000}
    assert len(ours) > 10
    for name, value in ours.items():
        told = codes[str(value)]
        assert (told["name"] if isinstance(told, dict) else told).removeprefix("FVE_E_") == name


def test_every_modelled_command_and_parameter_exists_on_windows() -> None:
    official = table("commands-5.1.json") | table("commands-backup.json")
    for name, known in COMMANDS.items():
        if name == "Registry":  # the wire's own
            continue
        assert name in official, name
        unknown = known.parameters - set(official[name].get("parameters", {}))
        assert not unknown, f"{name} has no parameter {', '.join(sorted(unknown))}"


def test_methods_of_the_encryptable_volume_exist_with_their_arguments() -> None:
    from lab.windows.commands.encryptable import METHODS

    official = table("classes.json")["Win32_EncryptableVolume"]["methods"]
    for name, (_unused, arguments) in METHODS.items():
        assert arguments <= set(official[name]["in"]), name
