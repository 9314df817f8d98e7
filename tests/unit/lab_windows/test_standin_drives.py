# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in of win_disk_prep: what it prepares is what the worker of the product would have written, and it wipes nothing else."""

from __future__ import annotations

import hashlib
import json
import pathlib
import re
from typing import Any

import pytest

from lab.windows import Host
from lab.windows.encryption import new_recovery_password

from .conftest import Shell
from .prepared_drives import MIB, PLAN_HASH, Seed, module, stage


@pytest.fixture
def seed(copy_host: Host) -> Seed:
    copy_host.facts["encryption_seconds"] = {"used": 0, "full": 0}
    copy_host.attach_disk("ZA1", 100 * MIB)
    return Seed(copy_host, stage(copy_host))


def untouched(seed: Seed, answer: dict[str, Any], reason: str, before: dict[str, Any]) -> None:
    """The drive was refused for this reason and not a byte has changed on any disk."""
    drive = answer["drive"]
    assert drive["state"] == "refused", drive
    assert reason in [r["id"] for r in drive["reasons"]]
    disks, now = dict(before["disks"]), dict(seed.host.hashes()["disks"])
    disks.pop("S4EVNX0COPY1"), now.pop("S4EVNX0COPY1")  # the seed's own folders lie there
    assert now == disks


def test_prepared_drive_holds_every_staged_file_and_opens_with_the_key(seed: Seed) -> None:
    state = seed.prepared()
    assert (state["files_done"], state["bytes_done"]) == (3, 5 * MIB + 512)
    disk = seed.host.detach_disk("ZA1")
    assert disk.data_volume().locked
    root = disk.unlock(seed.key)
    for i, entry in enumerate(seed.files):
        assert (root / "data" / entry["name"]).read_bytes() == bytes([i + 1]) * entry["size"]
    manifest = (root / "DriveManifest.xml").read_bytes()
    assert hashlib.md5(manifest).hexdigest().upper() == state["manifest_hash"]
    assert len(manifest) == state["manifest_size"]
    first = hashlib.md5(b"\1" * (4 * MIB)).hexdigest().upper()
    assert f'<PageRange Offset="0" Length="4194304" Hash="{first}" />' in manifest.decode()
    assert manifest.decode().count("<Blob>") == 3
    assert json.loads((root / "offlineseed" / "marker.json").read_text()) == {
        "v": 1,
        "seed": "srv1",
        "serial": "ZA1",
        "plan_hash": PLAN_HASH,
    }
    events = [json.loads(line)["event"] for line in (root / "offlineseed" / "journal.jsonl").read_text().splitlines()]
    assert events == ["opened", "ranges", "file", "file", "ranges", "file", "manifest"]


def test_looking_changes_nothing_and_check_mode_neither(seed: Seed) -> None:
    before = seed.host.hashes()
    assert seed.call("inspect", check=True)["drives"][0]["standing"] == "blank"
    assert seed.call("begin", check=True, recovery_password=seed.key)["changed"] is False
    assert seed.host.hashes() == before


def test_each_step_again_changes_nothing(seed: Seed) -> None:
    assert seed.begin()["changed"] is True
    assert seed.begin()["changed"] is False
    seed.start()
    seed.settle("copied")
    assert seed.call("attach", recovery_password=seed.key)["changed"] is False
    seed.proven = [{"serial": "ZA1", "protector": seed.prove()["drive"]["protector"]}]
    assert seed.prove()["changed"] is False
    assert seed.state()["state"] == "proven"


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"offline": True, "offline_reason": "Collision"}, "offline_for_cause"), ({"removable": True}, "removable"),
        ({"clustered": True}, "clustered"), ({"pooled": True}, "pooled"), ({"bus": "USB"}, "wrong_bus"), ({"sector": 4096}, "sector_size"),
        ({"health": "Warning"}, "unhealthy"),
    ],
)  # fmt: skip
def test_drive_with_a_defect_is_refused_whatever_anybody_says(copy_host: Host, traits: dict[str, Any], reason: str) -> None:
    copy_host.attach_disk("ZA1", 100 * MIB, **traits)
    seed = Seed(copy_host, stage(copy_host), wipe=True)
    before = copy_host.hashes()
    untouched(seed, seed.begin(), reason, before)


def test_full_drive_is_refused_without_wipe(copy_host: Host) -> None:
    seed = Seed(copy_host, stage(copy_host), "BYSTANDER01", 20 * MIB)
    before = copy_host.hashes()
    answer = seed.begin()
    untouched(seed, answer, "not_empty", before)
    assert "'Family photos'" in str(answer["drive"]["reasons"])


@pytest.mark.parametrize(
    ("serial", "size", "drive", "reason"),
    [
        ("S4EVNX0COPY1", 2048 * MIB, {"wipe": True}, "boot"), ("BYSTANDER01", 20 * MIB + 512, {"wipe": True}, "wrong_size"),
        ("BYSTANDER01", 20 * MIB, {"wipe": True, "planned_size": 1}, "not_planned"), ("NOWHERE", 20 * MIB, {"wipe": True}, "absent"),
    ],
)  # fmt: skip
def test_drive_that_consent_plan_and_host_do_not_all_name_is_refused(
    copy_host: Host, serial: str, size: int, drive: dict[str, Any], reason: str
) -> None:
    seed = Seed(copy_host, stage(copy_host), serial, size, wipe=True)
    before = copy_host.hashes()
    untouched(seed, seed.begin(**drive), reason, before)


def test_two_disks_of_one_serial_are_both_refused(seed: Seed) -> None:
    seed.host.attach_disk("ZA1", 100 * MIB, unique_id="5000C50000000001")
    before = seed.host.hashes()
    untouched(seed, seed.begin(), "duplicate_serial", before)


def test_wiped_drive_loses_its_data_only_by_consent_and_is_encrypted_as_a_whole(copy_host: Host, shell: Shell) -> None:
    copy_host.facts["encryption_seconds"] = {"used": 0, "full": 0}
    seed = Seed(copy_host, stage(copy_host), "BYSTANDER01", 20 * MIB, wipe=True)
    seed.begin()
    (volume,) = [v for v in shell("Get-Volume") if v["FileSystemLabel"] == "OFFLINESEED"]
    assert shell.bitlocker(volume, "GetConversionStatus")["EncryptionFlags"] == 0


def test_offline_drive_is_brought_online_by_consent(copy_host: Host) -> None:
    copy_host.attach_disk("ZA1", 100 * MIB, offline=True, offline_reason="Policy", read_only=True)
    seed = Seed(copy_host, stage(copy_host))
    assert {r["id"] for r in seed.state()["reasons"]} == {"offline", "read_only"}
    assert seed.begin()["drive"]["standing"] == "ours"


def test_drive_of_another_seed_is_refused(seed: Seed) -> None:
    seed.begin()
    other = Seed(seed.host, seed.files)
    other.name = "other"
    before = seed.host.hashes()
    untouched(other, other.begin(), "claimed", before)


def test_drive_of_another_plan_is_refused(seed: Seed) -> None:
    seed.begin()
    before = seed.host.hashes()
    untouched(seed, seed.begin(plan_hash="cd" * 32), "other_plan", before)


def test_killed_between_clear_and_marker_is_begun_again(seed: Seed, shell: Shell) -> None:
    seed.begin()
    root = seed.host.path("C:\\ProgramData\\offlineseed\\mnt\\ZA1")
    (root / "offlineseed" / "marker.json").unlink()
    claim = seed.host.path("C:\\ProgramData\\offlineseed\\claims\\ZA1.json")
    claim.write_text(claim.read_text().replace('"begun"', '"clearing"'))
    assert seed.state()["standing"] == "reopen"
    assert seed.begin()["drive"]["standing"] == "ours"


def test_killed_worker_goes_on_with_the_file_in_flight(seed: Seed) -> None:
    seed.files = stage(seed.host, (2 * MIB, 9 * MIB, 512))
    seed.max_rate = 4 * MIB
    seed.begin()
    seed.start()
    while seed.call("poll")["drives"][0]["files_done"] < 1:
        pass
    seed.host.tasks.stop_all()
    state = seed.settle("interrupted")
    assert state["files_done"] >= 1
    root = seed.host.path("C:\\ProgramData\\offlineseed\\mnt\\ZA1")
    first = (root / "data" / seed.files[0]["name"]).stat().st_mtime_ns
    seed.max_rate = 0
    seed.start()
    seed.settle("copied")
    assert (root / "data" / seed.files[0]["name"]).stat().st_mtime_ns == first


def test_reboot_while_copying_is_attached_and_goes_on(seed: Seed) -> None:
    seed.max_rate = 2 * MIB
    seed.begin()
    seed.start()
    seed.host.reboot()
    assert seed.state()["standing"] == "locked"
    assert seed.call("attach", recovery_password=seed.key)["drive"]["standing"] == "ours"
    seed.max_rate = 0
    seed.start()
    seed.settle("copied")
    assert seed.prove()["drive"]["state"] == "proven"


def test_key_that_does_not_open_a_locked_drive_refuses_it(seed: Seed) -> None:
    seed.begin()
    seed.host.reboot()
    before = seed.host.hashes()
    answer = seed.call("attach", recovery_password=new_recovery_password())
    untouched(seed, answer, "key_refused", before)


def test_staged_file_that_changed_since_the_plan_fails_the_drive(seed: Seed) -> None:
    seed.begin()
    (seed.host.path("C:\\staging\\acct_srv1") / seed.files[0]["name"]).write_bytes(b"x" * 512)
    seed.start()
    assert "the plan says" in seed.settle("failed")["message"]


def test_torn_file_list_is_told_and_copies_nothing(seed: Seed) -> None:
    seed.begin()
    seed.listing()
    answer = seed.call("start", list_sha256="00" * 32)
    assert answer["drives"][0]["state"] == "failed"
    assert "torn" in answer["drives"][0]["message"]
    assert not answer["running"]


def test_drive_too_small_says_how_much_is_missing(copy_host: Host) -> None:
    copy_host.attach_disk("ZA1", 40 * MIB)
    seed = Seed(copy_host, stage(copy_host, (38 * MIB,)), size=40 * MIB)
    seed.begin()
    assert re.search(r"\d+ missing", seed.start()["drives"][0]["message"])


def test_changed_manifest_is_not_proven(seed: Seed) -> None:
    seed.begin()
    seed.start()
    seed.settle("copied")
    with open(seed.host.path("C:\\ProgramData\\offlineseed\\mnt\\ZA1\\DriveManifest.xml"), "ab") as stream:
        stream.write(b" ")
    state = seed.prove()["drive"]
    assert (state["state"], "MD5" in state["message"]) == ("failed", True)


def test_suspended_protection_is_not_proven(seed: Seed, shell: Shell) -> None:
    seed.begin()
    seed.start()
    seed.settle("copied")
    (volume,) = [v for v in shell("Get-Volume") if v["FileSystemLabel"] == "OFFLINESEED"]
    shell.bitlocker(volume, "DisableKeyProtectors")
    assert "protection is off" in seed.prove()["drive"]["message"]


def test_cancelled_drive_is_locked_and_free_for_another_seed(seed: Seed) -> None:
    seed.begin()
    answer = seed.call("cancel")
    assert (answer["changed"], answer["running"]) == (True, False)
    assert seed.host.storage.by_serial("ZA1").data_volume().locked
    assert not seed.host.path("C:\\ProgramData\\offlineseed\\claims\\ZA1.json").exists()


def test_source_is_probed_in_the_account_that_copies(seed: Seed, source: Host) -> None:
    assert seed.call("probe_source")["source"] == {"readable": True, "files": 3, "error": None, "account": "COPY1$"}
    other = Seed(source, seed.files)
    assert other.call("probe_source")["source"]["readable"] is False


def test_fips_policy_refuses_in_those_words(seed: Seed) -> None:
    seed.host.registry.set("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\FipsAlgorithmPolicy", Enabled=1)
    answer = seed.begin()
    assert answer["failed"]
    assert "FIPS" in answer["msg"]


def test_no_key_lies_in_any_file_of_the_lab(seed: Seed) -> None:
    seed.prepared()
    everything = [p for p in pathlib.Path(seed.host.network.folder).rglob("*") if p.is_file()]
    assert not [p for p in everything if seed.key.encode() in p.read_bytes()]


def test_disk_info_offers_blank_drives_only(seed: Seed) -> None:
    disks = {d["serial"]: d for d in module(seed.host, "win_disk_info", staging_path="C:\\staging")["disks"]}
    assert [s for s, d in disks.items() if d["eligible"]] == ["ZA1"]
    assert disks["S4EVNX0COPY1"]["staging"]
    assert {"boot", "system", "page_file", "staging", "shared"} <= {r["id"] for r in disks["S4EVNX0COPY1"]["reasons"]}


def test_prep_info_tells_an_interrupted_drive_and_the_way_on(seed: Seed) -> None:
    seed.begin()
    seed.max_rate = MIB
    seed.start()
    seed.host.tasks.stop_all()
    (drive,) = module(seed.host, "win_disk_prep_info", seed="srv1", drives=[seed.consent])["drives"]
    assert drive["state"] in ("sealed", "copying")


def test_killed_between_format_and_mount_is_mounted_looked_at_and_begun_again(seed: Seed, shell: Shell) -> None:
    seed.begin()
    (seed.host.path("C:\\ProgramData\\offlineseed\\mnt\\ZA1") / "offlineseed" / "marker.json").unlink()
    partition = shell("Get-Partition", DiskNumber=2)[-1]
    where = {"DiskId": partition["DiskId"], "Offset": partition["Offset"]}
    shell("Remove-PartitionAccessPath", **where, AccessPath="C:\\ProgramData\\offlineseed\\mnt\\ZA1")
    claim = seed.host.path("C:\\ProgramData\\offlineseed\\claims\\ZA1.json")
    claim.write_text(claim.read_text().replace('"begun"', '"clearing"'))
    assert [r["id"] for r in seed.state()["reasons"]] == ["unmounted"]
    assert seed.begin()["drive"]["standing"] == "ours"


def test_host_without_bitlocker_refuses_in_those_words(seed: Seed) -> None:
    seed.host.facts["bitlocker"] = False
    assert "Install-WindowsFeature" in seed.begin()["msg"]
