# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks, partitions and volumes: what Windows refuses is refused with its number."""

from __future__ import annotations

import pytest

from lab.windows.disk import MIB, msr_size
from lab.windows.words import GPT_BASIC, GPT_RESERVED

from .conftest import Refused, Shell


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.args[0]


def test_serial_of_a_sata_drive_is_padded(shell: Shell) -> None:
    shell.host.attach_disk("ZA1", 100 * MIB)
    assert shell.disk("ZA1")["SerialNumber"] == "ZA1".rjust(20)


def test_blank_drive_is_raw_and_cannot_be_cleared(shell: Shell) -> None:
    shell.host.attach_disk("ZA1", 100 * MIB)
    disk = shell.disk("ZA1")
    assert (disk["PartitionStyle"], disk["_numbers"]["PartitionStyle"]) == ("RAW", 0)
    with pytest.raises(Refused) as refused:
        shell("Clear-Disk", Path=disk["Path"], RemoveData=True)
    assert code(refused) == "StorageWMI 41000,Clear-Disk"


def test_initialised_drive_holds_an_msr_partition_and_cannot_be_initialised_again(shell: Shell) -> None:
    shell.host.attach_disk("ZA1", 100 * MIB)
    path = shell.disk("ZA1")["Path"]
    shell("Initialize-Disk", Path=path, PartitionStyle="GPT")
    (reserved,) = [p for p in shell("Get-Partition") if p["DiskId"] == path]
    assert (reserved["GptType"], reserved["Size"], reserved["AccessPaths"]) == (GPT_RESERVED, msr_size(100 * MIB), [])
    with pytest.raises(Refused) as refused:
        shell("Initialize-Disk", Path=path)
    assert code(refused) == "StorageWMI 41001,Initialize-Disk"


@pytest.mark.parametrize(
    ("traits", "number"),
    [({"offline": True}, 41003), ({"read_only": True}, 41002), ({"clustered": True}, 41019), ({"page_file": True}, 41009)],
)
def test_disk_in_a_state_is_not_cleared(shell: Shell, traits: dict[str, bool], number: int) -> None:
    shell.host.attach_disk("ZA1", 100 * MIB, content="gpt", **traits)
    with pytest.raises(Refused) as refused:
        shell("Clear-Disk", Path=shell.disk("ZA1")["Path"], RemoveData=True)
    assert code(refused) == f"StorageWMI {number},Clear-Disk"


def test_system_disk_is_neither_cleared_nor_taken_offline(shell: Shell) -> None:
    for call in (("Clear-Disk", {"RemoveData": True}), ("Set-Disk", {"IsOffline": True})):
        with pytest.raises(Refused) as refused:
            shell(call[0], Number=0, **call[1])
        assert code(refused) == f"StorageWMI 41009,{call[0]}"


def test_data_is_cleared_only_when_said(shell: Shell) -> None:
    path = shell.disk("BYSTANDER01")["Path"]
    with pytest.raises(Refused) as refused:
        shell("Clear-Disk", Path=path)
    assert code(refused) == "StorageWMI 41008,Clear-Disk"


def test_cleared_drive_holds_no_file(shell: Shell) -> None:
    partition, _unused = shell.formatted("ZA1")
    folder = shell.mounted(partition)
    (folder / "x").write_text("data")
    real = folder.resolve()
    shell("Clear-Disk", Path=partition["DiskId"], RemoveData=True)
    assert not real.exists()
    assert not folder.is_symlink()
    assert folder.is_dir()


def test_partition_takes_exactly_one_way_to_say_its_size(shell: Shell) -> None:
    shell.host.attach_disk("ZA1", 100 * MIB, content="gpt")
    path = shell.disk("ZA1")["Path"]
    for bound in ({}, {"Size": MIB, "UseMaximumSize": True}):
        with pytest.raises(Refused) as refused:
            shell("New-Partition", DiskPath=path, **bound)
        assert code(refused) == "StorageWMI 40005,New-Partition"
    with pytest.raises(Refused) as refused:
        shell("New-Partition", DiskPath=path, Size=101 * MIB)
    assert code(refused) == "StorageWMI 40000,New-Partition"


def test_letter_comes_late_where_automount_gives_one(shell: Shell) -> None:
    shell.host.storage.letters_come_late = True
    partition, volume = shell.formatted("ZA1")
    assert partition["DriveLetter"] == volume["DriveLetter"] == "E"
    shell("Remove-PartitionAccessPath", DiskId=partition["DiskId"], Offset=partition["Offset"], AccessPath="E:\\")
    assert shell("Get-Volume", Path=volume["Path"])[0]["DriveLetter"] is None


def test_mounted_folder_is_a_link_while_mounted(shell: Shell) -> None:
    partition, _unused = shell.formatted("ZA1")
    folder = shell.mounted(partition)
    (folder / "x").write_text("data")
    assert shell("Get-Partition", DiskId=partition["DiskId"], Offset=partition["Offset"])[0]["AccessPaths"][0] == "C:\\ProgramData\\mnt\\"
    shell("Remove-PartitionAccessPath", DiskId=partition["DiskId"], Offset=partition["Offset"], AccessPath="C:\\ProgramData\\mnt\\")
    assert folder.is_dir()
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ("folder", "number"),
    [("C:\\nowhere", 42007), ("C:\\Windows", 42007), ("Q:\\x", 42007), ("C:\\", 42007), ("relative", 42007)],
)
def test_only_an_empty_folder_takes_a_volume(shell: Shell, folder: str, number: int) -> None:
    partition, _unused = shell.formatted("ZA1")
    with pytest.raises(Refused) as refused:
        shell("Add-PartitionAccessPath", DiskId=partition["DiskId"], Offset=partition["Offset"], AccessPath=folder + "\\y"[:0])
    if folder == "C:\\":  # a letter's root is a letter, and C is taken
        number = 42002
    assert code(refused) == f"StorageWMI {number},Add-PartitionAccessPath"


def test_volume_path_cannot_be_removed(shell: Shell) -> None:
    partition, volume = shell.formatted("ZA1")
    with pytest.raises(Refused) as refused:
        shell("Remove-PartitionAccessPath", DiskId=partition["DiskId"], Offset=partition["Offset"], AccessPath=volume["Path"])
    assert code(refused) == "StorageWMI 42005,Remove-PartitionAccessPath"


def test_free_space_is_size_less_what_lies_there(shell: Shell) -> None:
    partition, volume = shell.formatted("ZA1")
    (shell.mounted(partition) / "x").write_bytes(b"\1" * 10_000)
    after = shell("Get-Volume", Path=volume["Path"])[0]
    assert volume["SizeRemaining"] - after["SizeRemaining"] == 12288


def test_disk_that_came_since_the_last_look_is_not_seen_before_the_cache_is_updated(shell: Shell) -> None:
    shell.host.attach_disk("ZA1", 100 * MIB, seen=False)
    assert "ZA1" not in [d["SerialNumber"].strip() for d in shell("Get-Disk")]
    shell("Update-HostStorageCache")
    assert shell.disk("ZA1")["Number"] == 2


def test_offline_disk_shows_no_path_and_no_volume(shell: Shell) -> None:
    shell.host.attach_disk("ZA1", 100 * MIB, content="gpt", offline=True, offline_reason="Policy", read_only=True)
    disk = shell.disk("ZA1")
    assert (disk["OfflineReason"], disk["_numbers"]["OfflineReason"], disk["OperationalStatus"]) == ("Policy", 1, "Offline")
    shell("Set-Disk", Path=disk["Path"], IsOffline=False)
    shell("Set-Disk", Path=disk["Path"], IsReadOnly=False)
    assert (shell.disk("ZA1")["IsOffline"], shell.disk("ZA1")["IsReadOnly"]) == (False, False)


def test_what_is_not_there_is_not_found(shell: Shell) -> None:
    for command, bound in (("Get-Disk", {"Number": 9}), ("Get-Volume", {"DriveLetter": "Z"}), ("Get-Partition", {"DiskNumber": 9})):
        with pytest.raises(Refused) as refused:
            shell(command, **bound)
        assert code(refused) == f"CmdletizationQuery_NotFound_{next(iter(bound))},{command}"


def test_wildcard_that_matches_nothing_is_no_error(shell: Shell) -> None:
    assert shell("Get-Disk", SerialNumber="nothing*") == []


@pytest.mark.parametrize(("command", "bound"), [("Get-Weather", {}), ("Get-Disk", {"VirtualDisk": {}}), ("Get-Disk", {"AsJob": True})])
def test_what_is_not_modelled_fails_loudly(shell: Shell, command: str, bound: dict[str, object]) -> None:
    answer = shell.host.command(command, bound)
    assert answer["terminating"]
    assert answer["errors"][0]["id"] == "LabNotModelled"


def test_mbr_disk_takes_a_partition_too(shell: Shell) -> None:
    shell.host.attach_disk("ZA1", 100 * MIB, content="mbr")
    made = shell("New-Partition", DiskPath=shell.disk("ZA1")["Path"], UseMaximumSize=True)[0]
    assert (made["GptType"], made["MbrType"], made["Type"]) == (None, 7, "IFS")


def test_whatif_changes_nothing(shell: Shell) -> None:
    shell.host.attach_disk("ZA1", 100 * MIB)
    before = shell.host.hashes()
    shell("Initialize-Disk", Path=shell.disk("ZA1")["Path"], WhatIf=True)
    assert shell.host.hashes() == before


def test_basic_partition_gets_a_raw_volume(shell: Shell) -> None:
    shell.host.attach_disk("ZA1", 100 * MIB, content="gpt")
    made = shell("New-Partition", DiskPath=shell.disk("ZA1")["Path"], UseMaximumSize=True)[0]
    volume = shell("Get-Volume", Partition=made)[0]
    assert (made["GptType"], volume["FileSystem"], volume["Size"]) == (GPT_BASIC, "", 0)
