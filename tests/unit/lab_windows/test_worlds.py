# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The standard world, its state on disk, and what tells that nothing changed."""

from __future__ import annotations

import json
import pathlib

from lab.clock import Clock
from lab.windows import Host, Network, worlds

from .conftest import MIB, Shell


def test_source_holds_the_data_given(source: Host, data: pathlib.Path) -> None:
    there = source.path("D:\\")
    assert sorted(p.relative_to(there) for p in there.rglob("*")) == sorted(p.relative_to(data) for p in data.rglob("*"))


def test_bystander_is_full_for_real(shell: Shell) -> None:
    (volume,) = [v for v in shell("Get-Volume") if v["FileSystemLabel"] == "Family photos"]
    assert volume["SizeRemaining"] == 0
    assert volume["DriveLetter"] == "D"


def test_journal_tells_every_change_and_a_look_is_none(network: Network, shell: Shell) -> None:
    lines = [json.loads(line) for line in (network.folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {"at", "where", "what"} <= set(lines[-1])
    shell("Get-Disk")
    shell("Get-CimInstance", ClassName="Win32_Volume")
    assert len((network.folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()) == len(lines)


def test_saved_network_loads_the_same_in_another_folder(network: Network, shell: Shell, tmp_path: pathlib.Path) -> None:
    partition, volume = shell.formatted("ZA1")
    (shell.mounted(partition) / "x").write_text("data")
    key = shell.encrypted(volume)
    shell.formatted("ZA2")
    shell.host.detach_disk("ZA2")
    network.copy_to(tmp_path / "saved")
    loaded = Network.load(tmp_path / "saved", Clock(tmp_path / "clock.json"))
    assert loaded.hashes() == network.hashes()
    other = Shell(loaded.hosts["COPY1"])
    assert (other.host.path("C:\\ProgramData\\mnt\\x")).read_text() == "data"
    assert other.host.path("C:\\ProgramData\\mnt\\x").resolve().is_relative_to(tmp_path / "saved")
    assert other.bitlocker(volume, "Lock")["ReturnValue"] == 0
    assert other.bitlocker(volume, "UnlockWithNumericalPassword", NumericalPassword=key)["ReturnValue"] == 0
    assert loaded.on_shelf("ZA2").serial == "ZA2"


def test_hash_changes_with_one_byte_on_any_disk(copy_host: Host) -> None:
    before = copy_host.hashes()
    with open(copy_host.path("D:\\photo 000.jpg"), "r+b") as stream:
        stream.write(b"!")
    after = copy_host.hashes()
    assert {s for s in before["disks"] if before["disks"][s] != after["disks"][s]} == {worlds.BYSTANDER_SERIAL}
    assert before["model"] == after["model"]


def test_drive_goes_from_the_shelf_into_another_host(network: Network, shell: Shell, source: Host) -> None:
    partition, _unused = shell.formatted("ZA1")
    (shell.mounted(partition) / "x").write_text("data")
    disk = shell.host.detach_disk("ZA1")
    source.attach(disk)
    assert not network.shelf
    assert [v.folder.joinpath("x").read_text() for v in disk.volumes] == ["data"]
    assert not list(shell.host.path("C:\\ProgramData\\mnt").iterdir())


def test_two_drives_with_one_serial_can_be_attached(shell: Shell) -> None:
    shell.host.attach_disk("SAME", 100 * MIB)
    shell.host.attach_disk("SAME", 100 * MIB, unique_id="5000C50000000001")
    paths = {d["Path"] for d in shell("Get-Disk") if d["SerialNumber"].strip() == "SAME"}
    assert len(paths) == 2


def test_drive_with_a_folders_content(shell: Shell, data: pathlib.Path) -> None:
    shell.host.attach_disk("ZA1", 100 * MIB, content=data, label="Old", letter="X")
    assert (shell.host.path("X:\\zz.bin")).stat().st_size == 512


def test_freed_number_is_given_again(shell: Shell) -> None:
    shell.host.attach_disk("ZA1", 100 * MIB)
    shell.host.detach_disk("ZA1")
    shell.host.attach_disk("ZA2", 100 * MIB)
    assert shell.disk("ZA2")["Number"] == 2
