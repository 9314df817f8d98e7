# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BitLocker: return codes of Win32_EncryptableVolume, and that a locked volume's files are really out of reach."""

from __future__ import annotations

import json

import pytest

from lab.windows import Disk
from lab.windows.answer import WindowsError
from lab.windows.encryption import is_recovery_password, new_recovery_password
from lab.windows.volume import VolumeLocked

from .conftest import BITLOCKER, Refused, Shell


def test_generated_password_is_valid() -> None:
    assert all(is_recovery_password(new_recovery_password()) for _unused in range(50))


@pytest.mark.parametrize(
    "text", ["", "1", "000011-" * 7 + "000012", "720896-" + "000000-" * 6 + "000000", "000011-" * 8, "00001a-" * 7 + "000011"]
)
def test_malformed_password_is_refused(text: str) -> None:
    assert not is_recovery_password(text)


def test_codes_before_anything_is_set_up(shell: Shell) -> None:
    _unused, volume = shell.formatted("ZA1")
    assert shell.bitlocker(volume, "GetKeyProtectors")["ReturnValue"] == 0x80310008
    assert shell.bitlocker(volume, "Encrypt", EncryptionMethod=4)["ReturnValue"] == 0x8031002E
    assert shell.bitlocker(volume, "Lock")["ReturnValue"] == 0x80310001
    assert shell.bitlocker(volume, "UnlockWithNumericalPassword", NumericalPassword=new_recovery_password())["ReturnValue"] == 0x80310008
    assert shell.bitlocker(volume, "ProtectKeyWithNumericalPassword", NumericalPassword="1")["ReturnValue"] == 0x80310035
    assert shell.bitlocker(volume, "GetProtectionStatus") | {"ReturnValue": 0, "ProtectionStatus": 0} == shell.bitlocker(
        volume, "GetProtectionStatus"
    )


def test_unknown_method_number_is_an_invalid_argument(shell: Shell) -> None:
    _unused, volume = shell.formatted("ZA1")
    shell.bitlocker(volume, "ProtectKeyWithNumericalPassword")
    assert shell.bitlocker(volume, "Encrypt", EncryptionMethod=5)["ReturnValue"] == 0x80070057


def test_conversion_takes_its_time_and_protection_waits_for_its_end(shell: Shell) -> None:
    _unused, volume = shell.formatted("ZA1")
    shell.host.facts["encryption_seconds"] = {"used": 1000, "full": 1000}
    shell.bitlocker(volume, "ProtectKeyWithNumericalPassword")
    shell.bitlocker(volume, "Encrypt", EncryptionMethod=4, EncryptionFlags=1)
    seen = shell.bitlocker(volume, "GetConversionStatus", PrecisionFactor=0)
    assert (seen["ConversionStatus"], seen["EncryptionFlags"]) == (2, 1)
    assert shell.bitlocker(volume, "GetProtectionStatus")["ProtectionStatus"] == 0
    assert shell.bitlocker(volume, "Lock")["ReturnValue"] == 0x80310021


def test_locked_volume_is_out_of_reach_until_the_right_key_comes(shell: Shell) -> None:
    partition, volume = shell.formatted("ZA1")
    folder = shell.mounted(partition)
    (folder / "x").write_text("data")
    real = folder.resolve()
    key = shell.encrypted(volume)
    assert shell.bitlocker(volume, "Lock", ForceDismount=False)["ReturnValue"] == 0
    assert not real.exists()
    assert not list(folder.iterdir())
    with pytest.raises(VolumeLocked):
        shell.host.path("C:\\ProgramData\\mnt\\x")
    seen = shell("Get-Volume", Path=volume["Path"])[0]
    assert (seen["FileSystem"], seen["Size"]) == ("", 0)
    assert shell.bitlocker(volume, "GetConversionStatus")["ReturnValue"] == 0x80310000
    assert shell.bitlocker(volume, "GetLockStatus")["LockStatus"] == 1
    assert shell.bitlocker(volume, "GetProtectionStatus")["ProtectionStatus"] == 2
    assert len(shell.bitlocker(volume, "GetKeyProtectors", KeyProtectorType=3)["VolumeKeyProtectorID"]) == 1
    assert shell.bitlocker(volume, "UnlockWithNumericalPassword", NumericalPassword=new_recovery_password())["ReturnValue"] == 0x80310027
    assert shell.bitlocker(volume, "UnlockWithNumericalPassword", NumericalPassword="x")["ReturnValue"] == 0x80310035
    assert shell.bitlocker(volume, "UnlockWithNumericalPassword", NumericalPassword=key)["ReturnValue"] == 0
    assert shell.host.path("c:/programdata/MNT/X").read_text() == "data"


def test_lock_refuses_while_a_file_is_open_unless_forced(shell: Shell) -> None:
    partition, volume = shell.formatted("ZA1")
    folder = shell.mounted(partition)
    (folder / "x").write_text("data")
    shell.encrypted(volume)
    with open(folder / "x"):
        assert shell.bitlocker(volume, "Lock", ForceDismount=False)["ReturnValue"] == 0x80070005
        assert shell.bitlocker(volume, "Lock", ForceDismount=True)["ReturnValue"] == 0


def test_writing_into_the_mount_folder_of_a_locked_volume_is_found(shell: Shell) -> None:
    partition, volume = shell.formatted("ZA1")
    folder = shell.mounted(partition)
    key = shell.encrypted(volume)
    shell.bitlocker(volume, "Lock")
    (folder / "stray").write_text("Windows would have refused this")
    with pytest.raises(Refused) as refused:
        shell.bitlocker(volume, "UnlockWithNumericalPassword", NumericalPassword=key)
    assert refused.value.record["hresult"] == 0x80310000


def test_reboot_locks_and_the_mount_folder_comes_back_with_the_key(shell: Shell) -> None:
    partition, volume = shell.formatted("ZA1")
    folder = shell.mounted(partition)
    (folder / "x").write_text("data")
    key = shell.encrypted(volume)
    shell.host.reboot()
    assert shell.bitlocker(volume, "GetLockStatus")["LockStatus"] == 1
    shell.bitlocker(volume, "UnlockWithNumericalPassword", NumericalPassword=key)
    assert (folder / "x").read_text() == "data"


def test_pulled_drive_opens_with_its_key_only(shell: Shell) -> None:
    partition, volume = shell.formatted("ZA1")
    (shell.mounted(partition) / "x").write_text("data")
    key = shell.encrypted(volume)
    disk: Disk = shell.host.detach_disk("ZA1")
    with pytest.raises(WindowsError) as refused:
        disk.unlock(new_recovery_password())
    assert refused.value.hresult == 0x80310027
    assert (disk.unlock(key) / "x").read_text() == "data"
    disk.lock()
    assert disk.data_volume().locked


def test_password_comes_back_from_an_unlocked_volume_and_lies_nowhere_in_clear(shell: Shell) -> None:
    _unused, volume = shell.formatted("ZA1")
    key = shell.encrypted(volume)
    protector = shell.bitlocker(volume, "GetKeyProtectors")["VolumeKeyProtectorID"][0]
    assert shell.bitlocker(volume, "GetKeyProtectorNumericalPassword", VolumeKeyProtectorID=protector)["NumericalPassword"] == key
    shell.bitlocker(volume, "Lock")
    assert shell.bitlocker(volume, "GetKeyProtectorNumericalPassword", VolumeKeyProtectorID=protector)["ReturnValue"] == 0x80310000
    assert key not in json.dumps(shell.host.state())
    everything = [p for p in shell.host.network.folder.rglob("*") if p.is_file()]
    assert not [p for p in everything if key.encode() in p.read_bytes()]


def test_policy_can_forbid_recovery_passwords_and_set_the_method(shell: Shell) -> None:
    _unused, volume = shell.formatted("ZA1")
    policy = "HKLM\\SOFTWARE\\Policies\\Microsoft\\FVE"
    shell.host.registry.set(policy, FDVRecoveryPassword=0)
    assert shell.bitlocker(volume, "ProtectKeyWithNumericalPassword")["ReturnValue"] == 0x8031005C
    shell.host.registry.set(policy, FDVRecoveryPassword=2, EncryptionMethodWithXtsFdv=7)
    shell.bitlocker(volume, "ProtectKeyWithNumericalPassword")
    assert shell.bitlocker(volume, "Encrypt", EncryptionMethod=4)["ReturnValue"] == 0x80070057


def test_host_without_bitlocker_has_no_such_namespace(shell: Shell) -> None:
    shell.host.facts["bitlocker"] = False
    with pytest.raises(Refused) as refused:
        shell("Get-CimInstance", Namespace=BITLOCKER, ClassName="Win32_EncryptableVolume")
    assert refused.value.record["hresult"] == 0x8004100E


def test_unknown_method_or_argument_fails_loudly(shell: Shell) -> None:
    _unused, volume = shell.formatted("ZA1")
    for method, arguments in (("FlyAway", {}), ("Lock", {"Wings": 2})):
        with pytest.raises(Refused) as refused:
            shell.bitlocker(volume, method, **arguments)
        assert refused.value.args[0] == "LabNotModelled"


def test_instance_is_found_by_wql_with_its_escaped_path(shell: Shell) -> None:
    _unused, volume = shell.formatted("ZA1")
    text = f"DeviceID = '{volume['Path']}'".replace("\\", "\\\\")
    assert len(shell("Get-CimInstance", Namespace=BITLOCKER, ClassName="Win32_EncryptableVolume", Filter=text)) == 1
