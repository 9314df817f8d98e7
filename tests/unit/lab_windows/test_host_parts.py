# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry, services, facts, WQL."""

from __future__ import annotations

import pytest

from lab.windows import Host, wql
from lab.windows.answer import WindowsError

from .conftest import Refused, Shell

CONFIG = "HKLM\\SOFTWARE\\Microsoft\\Windows Azure Backup\\Config"


def test_registry_keeps_kinds_and_compares_names_without_case(source: Host) -> None:
    source.registry.set("HKLM\\Software\\X", Number=7, Text="a", Many=["a", "b"])
    assert source.registry.get("hklm\\SOFTWARE\\x", "NUMBER") == 7
    assert source.registry.values("HKEY_LOCAL_MACHINE\\SOFTWARE\\X") == {"Number": 7, "Text": "a", "Many": ["a", "b"]}
    source.registry.set("HKLM:\\SOFTWARE\\X", Number=None)
    assert "Number" not in source.registry.values("HKLM\\SOFTWARE\\X")
    source.registry.remove("HKLM\\SOFTWARE\\X")
    assert not source.registry.has("HKLM\\SOFTWARE\\X")


def test_registry_answers_the_engines_cmdlets(source: Host) -> None:
    shell = Shell(source)
    assert shell("Registry", Operation="Test-Path", Path=CONFIG) == [True]
    assert shell("Registry", Operation="Get-ItemProperty", Path=CONFIG)[0]["ServiceResourceName"] == "vault1"
    assert shell("Registry", Operation="Get-ItemPropertyValue", Path=CONFIG, Name="SubscriptionId")
    names = [
        k["PSChildName"] for k in shell("Registry", Operation="Get-ChildItem", Path="HKLM:\\SOFTWARE\\Microsoft\\Windows Azure Backup")
    ]
    assert names == ["Config", "Setup"]
    with pytest.raises(Refused):
        shell("Registry", Operation="Get-Item", Path="HKLM:\\Nothing")
    with pytest.raises(Refused):
        shell("Registry", Operation="Get-ItemProperty", Path=CONFIG, Name="Nothing")


def test_services_start_and_stop_with_their_codes(source: Host) -> None:
    shell = Shell(source)
    assert shell("Get-Service", Name="obengine")[0]["Status"] == "Running"
    (service,) = shell("Get-CimInstance", ClassName="Win32_Service", Filter="Name='obengine'")
    codes = [
        shell("Invoke-CimMethod", InputObject=service, MethodName=m)[0]["ReturnValue"]
        for m in ("StartService", "StopService", "StopService")
    ]
    assert codes == [10, 0, 5]
    with pytest.raises(Refused):
        shell("Get-Service", Name="nothing")
    assert shell("Get-Service", Name="noth*") == []


def test_source_is_virtual_and_copy_host_is_not(source: Host, copy_host: Host) -> None:
    models = [Shell(h)("Get-CimInstance", ClassName="Win32_ComputerSystem")[0]["Model"] for h in (source, copy_host)]
    assert models == ["Virtual Machine", "PowerEdge T340"]


def test_reboot_moves_the_boot_time(copy_host: Host) -> None:
    shell = Shell(copy_host)
    before = shell("Get-CimInstance", ClassName="Win32_OperatingSystem")[0]["LastBootUpTime"]
    copy_host.clock.advance(days=1)
    copy_host.reboot()
    assert shell("Get-CimInstance", ClassName="Win32_OperatingSystem")[0]["LastBootUpTime"] != before


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ("", True), ("Name = 'a\\\\b'", True), ("name='A\\\\B' AND Size > 5", True), ("Size = 7 OR Size = 8", True),
        ("Size < 7", False),
        ("Name LIKE 'a%'", True), ("Letter IS NULL", True), ("Letter IS NOT NULL", False),
        ("On = TRUE AND Size <> 7", False), ("Bus = 11", True),
    ],
)  # fmt: skip
def test_wql(where: str, holds: bool) -> None:
    assert wql.matches({"Name": "a\\b", "Size": 7, "Letter": None, "On": True, "Bus": "SATA", "_numbers": {"Bus": 11}}, where) == holds


@pytest.mark.parametrize("where", ["Name", "Name ~ 1", "Nothing = 1", "Name = 'a' AND", "(Size = 7)"])
def test_bad_wql_is_an_error(where: str) -> None:
    with pytest.raises(WindowsError):
        wql.matches({"Name": "a", "Size": 7, "_numbers": {}}, where)


def test_unknown_class_fails_loudly(copy_host: Host) -> None:
    with pytest.raises(Refused) as refused:
        Shell(copy_host)("Get-CimInstance", ClassName="Win32_Fan")
    assert refused.value.args[0] == "LabNotModelled"


def test_query_gives_the_class_and_its_condition(copy_host: Host) -> None:
    found = Shell(copy_host)("Get-CimInstance", Query="SELECT * FROM Win32_LogicalDisk WHERE DeviceID = 'C:'")
    assert [o["DeviceID"] for o in found] == ["C:"]


def test_page_file_disk_is_told(copy_host: Host) -> None:
    assert [o["Name"] for o in Shell(copy_host)("Get-CimInstance", ClassName="Win32_PageFileUsage")] == ["C:\\pagefile.sys"]
