# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""win_disk_prep from the action plugin down to the copied bytes: real plugin, real module and worker on the engine, modelled disks."""

from __future__ import annotations

import hashlib
import json
import time
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import crc64, drive_manifest
from lab import returned

from .prep_run import MIB, PrepRun, escrow

pytestmark = pytest.mark.engine

SIZE = 256 * MIB
ONE = {"serial": "ZB1", "size": SIZE}
TWO = {"serial": "ZB2", "size": SIZE}


@pytest.fixture
def prep(bench, tmp_path):
    """A seed with four staged files and two new drives."""
    run = PrepRun(bench, tmp_path)
    run.host.attach_disk("ZB1", SIZE)
    run.host.attach_disk("ZB2", SIZE)
    run.files = run.stage(0, 512, 5 * MIB, 9 * MIB + 512)
    run.plan(run.files, ("ZB1", SIZE), ("ZB2", SIZE))
    yield run
    bench.engine.stop_processes(run.host)


def alone(prep, *sizes):
    """The plan needs one drive only."""
    prep.files = prep.stage(*sizes)
    prep.plan(prep.files, ("ZB1", SIZE))
    return prep


def opened(prep, serial):
    """The folder of a prepared drive, opened with the escrowed key as the datacenter does."""
    key = escrow.read(prep.escrow, serial, prep.password_file)
    return prep.host.storage.by_serial(serial).unlock(key)


def journal(folder):
    return [json.loads(line) for line in (folder / "offlineseed" / "journal.jsonl").read_text().splitlines()]


def bytes_are_equal(prep, *serials):
    staged = prep.host.path(prep.staging)
    found = {path.name: path for serial in serials for path in (opened(prep, serial) / "data").iterdir()}
    assert sorted(found) == sorted(file.name for file in prep.files)
    return all(path.read_bytes() == (staged / name).read_bytes() for name, path in found.items())


def proofs(result):
    return [{"serial": drive["serial"], "protector": drive["protector"]} for drive in result["drives"] if drive["state"] == "proven"]


def disks(prep, *without):
    return {
        serial: value for serial, value in prep.host.hashes()["disks"].items() if serial not in ("ZB1", "ZB2", "S4EVNX0COPY1", *without)
    }


def test_two_drives_are_filled_at_once_proven_locked_and_left_alone_afterwards(prep):
    bystanders = disks(prep)
    result = prep.run(ONE, TWO)
    assert result["prepared"] and result["sealed"] == ["ZB1", "ZB2"] and result["source_readable"], result
    assert returned.differences("win_disk_prep", result) == [] and returned.missing("win_disk_prep", result) == []
    disk = prep.host.storage.by_serial("ZB1")
    assert disk.volumes[0].locked and not disk.partitions[-1].letter and not disk.partitions[-1].folders
    assert disk.volumes[0].encryption.method == 4, "Aes256"
    assert not prep.host.path(r"C:\ProgramData\offlineseed\mnt\ZB1").exists()
    assert bytes_are_equal(prep, "ZB1", "ZB2") and disks(prep) == bystanders
    for drive in result["drives"]:
        _manifest_is_right(prep, drive, opened(prep, drive["serial"]))
        prep.host.storage.by_serial(drive["serial"]).lock()

    before = prep.host.hashes()
    again = prep.run(ONE, TWO, proven=proofs(result))
    assert (again["changed"], again["prepared"], prep.operations[-1]) == (False, True, "inspect")
    assert prep.host.hashes() == before
    assert [d["manifest_hash"] for d in again["drives"]] == [d["manifest_hash"] for d in result["drives"]]


def test_journal_and_manifest_come_to_the_controller_while_the_drive_is_here(prep, tmp_path):
    evidence = tmp_path / "evidence"
    result = prep.run(ONE, TWO, evidence_dir=str(evidence), wait=240)
    assert result["prepared"], result
    for drive in result["drives"]:
        folder = opened(prep, drive["serial"])
        place = evidence / drive["serial"]
        assert (place / "journal.jsonl").read_bytes() == (folder / "offlineseed" / "journal.jsonl").read_bytes()
        assert (place / "DriveManifest.xml").read_bytes() == (folder / "DriveManifest.xml").read_bytes()
        sums = {one["name"]: (one["sha256"], one["bytes"]) for one in drive["evidence"]}
        assert sums == {path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size) for path in sorted(place.iterdir())}
        for entry in journal(folder):
            if entry["event"] == "file":
                content = (folder / "data" / entry["name"]).read_bytes()
                assert entry["crc64"] == f"{crc64.crc64(content):016x}"
                assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        prep.host.storage.by_serial(drive["serial"]).lock()
    (evidence / "ZB1" / "journal.jsonl").unlink()
    again = prep.run(ONE, TWO, proven=proofs(result), evidence_dir=str(evidence))
    assert again["changed"] and (evidence / "ZB1" / "journal.jsonl").exists()
    assert prep.run(ONE, TWO, proven=proofs(result), evidence_dir=str(evidence))["changed"] is False


def test_a_paper_that_arrives_as_another_one_is_refused_and_the_next_run_goes_on(prep, tmp_path):
    alone(prep, 5 * MIB)

    def torn(operation):
        if operation.startswith("fetch ") and operation.endswith("journal.jsonl"):
            prep.host.path(operation.removeprefix("fetch ")).write_bytes(b"torn")

    prep.before = torn
    result = prep.run(ONE, evidence_dir=str(tmp_path / "evidence"), wait=240)
    assert result["failed"] and "the copy host said" in result["msg"]
    assert not (tmp_path / "evidence" / "ZB1" / "journal.jsonl").exists()
    prep.before = lambda operation: None
    assert prep.run(ONE, evidence_dir=str(tmp_path / "evidence"))["prepared"]


def _manifest_is_right(prep, drive, folder):
    content = (folder / "DriveManifest.xml").read_bytes()
    assert (hashlib.md5(content).hexdigest().upper(), len(content)) == (drive["manifest_hash"], drive["manifest_size"])
    root = ET.fromstring(content)
    assert root.get("Version") == "2014-11-01" and root.findtext("Drive/DriveId") == drive["serial"]
    assert not root.findall(".//StorageAccountKey") and not root.findall(".//ContainerSas")
    hashes = {entry["name"]: entry["sha256"] for entry in journal(folder) if entry["event"] == "file"}
    for blob in root.iter("Blob"):
        data = (folder / blob.findtext("FilePath").replace("\\", "/").lstrip("/")).read_bytes()
        name = blob.findtext("BlobPath").removeprefix("landing/")
        assert hashlib.sha256(data).hexdigest() == hashes[name] and len(data) == int(blob.findtext("Length"))
        covered = 0
        for one in blob.iter("PageRange"):
            offset, length = int(one.get("Offset")), int(one.get("Length"))
            assert offset == covered and length % 512 == 0 and length <= 4 * MIB
            assert hashlib.md5(data[offset : offset + length]).hexdigest().upper() == one.get("Hash")
            covered += length
        assert covered == len(data)
    options = {**dict.fromkeys(drive_manifest.ARGUMENT_SPEC), "container": "landing", "serial": drive["serial"]}
    told = drive_manifest.run({**options, "path": str(folder / "DriveManifest.xml"), "manifest_hash": drive["manifest_hash"]}, False)
    assert told["fit"] and told["blobs"] == len(list(root.iter("Blob"))) and told["ranges"] == len(list(root.iter("PageRange"))), told


@pytest.mark.parametrize("end", ["worker killed", "host restarted"])
def test_a_run_returns_while_the_worker_copies_and_after_a_crash_only_the_file_in_flight_is_copied_again(prep, end):
    alone(prep, 65536, 0, 65536, 24 * MIB)
    first = prep.run(ONE, wait=0, max_rate=MIB // 4)
    assert (first["prepared"], first["running"], first["drives"][0]["state"]) == (False, True, "copying")
    _wait_until(lambda: _complete(prep) >= 2)
    if end == "worker killed":
        prep.bench.engine.stop_processes(prep.host)
    else:
        prep.host.reboot()
    result = prep.run(ONE)
    assert result["prepared"], result
    assert ("attach" in prep.operations) == (end == "host restarted") and prep.operations.count("begin") == 1
    entries = journal(opened(prep, "ZB1"))
    complete = [entry["name"] for entry in entries if entry["event"] == "file"]
    restarts = [entry["name"] for entry in entries if entry["event"] == "ranges" and entry["first"] == 0]
    assert sorted(complete) == sorted(file.name for file in prep.files)
    assert len(restarts) <= len(complete) + 1 and bytes_are_equal(prep, "ZB1")


def _complete(prep):
    path = prep.host.path(r"C:\ProgramData\offlineseed\srv1\progress\ZB1.json")
    return json.loads(path.read_text())["files_done"] if path.exists() else 0


def _wait_until(holds, seconds=30):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.1)


def test_a_drive_that_is_not_empty_is_refused_and_nothing_is_touched(prep, tmp_path):
    full = prep.host.storage.by_serial("BYSTANDER01")
    consent = {"serial": "BYSTANDER01", "size": full.size}
    prep.plan(prep.files, ("BYSTANDER01", full.size), ("ZB1", SIZE))
    before = prep.host.hashes()
    result = prep.run(consent, ONE)
    assert result["failed"] and not result["changed"] and prep.operations == ["inspect"] and prep.host.hashes() == before
    assert "BYSTANDER01" in result["msg"] and "not empty" in result["msg"] and "wipe: true" in result["msg"]


def test_wipe_true_wipes_that_drive_and_encrypts_its_free_space_too(prep, tmp_path):
    junk = tmp_path / "junk"
    junk.mkdir()
    (junk / "old.txt").write_text("old")
    prep.host.attach_disk("OLD", SIZE, content=junk, label="Old", letter="K")
    prep.plan(prep.files, ("OLD", SIZE))
    preview = prep.run({"serial": "OLD", "size": SIZE, "wipe": True}, check=True)
    assert preview["changed"] and "Old" in preview["diff"]["before"] and "WIPED" in preview["diff"]["after"]
    result = prep.run({"serial": "OLD", "size": SIZE, "wipe": True})
    assert result["prepared"], result
    assert prep.host.storage.by_serial("OLD").volumes[0].encryption.flags == 0 and bytes_are_equal(prep, "OLD")


def test_a_drive_is_encrypted_by_the_method_that_was_asked_for(prep):
    result = alone(prep, 512).run(ONE, encryption_method="XtsAes128")
    assert result["prepared"] and prep.host.storage.by_serial("ZB1").volumes[0].encryption.method == 6, result


def test_a_drive_whose_protection_was_switched_off_is_not_proven_until_it_is_on_again(prep):
    def suspend(operation):
        if operation == "prove":
            prep.host.storage.by_serial("ZB1").data_volume().encryption.suspended = off

    alone(prep, 512)
    prep.before, off = suspend, True
    result = prep.run(ONE)
    assert not result["prepared"] and "protection is off" in json.dumps(result["drives"]), result
    off = False
    assert prep.run(ONE)["prepared"]


def test_check_mode_changes_nothing_and_makes_no_key(prep):
    before = prep.host.hashes()
    result = prep.run(ONE, TWO, check=True)
    assert result["changed"] and prep.operations == ["inspect"] and prep.host.hashes() == before and not prep.escrow.exists()
    assert "filled with 2 files" in result["diff"]["after"] and [d["state"] for d in result["drives"]] == ["planned", "planned"]


@pytest.mark.parametrize("command", ["Format-Volume", "Add-PartitionAccessPath", "Invoke-CimMethod"])
def test_a_begin_that_broke_off_is_taken_up_by_the_next_run(prep, command, monkeypatch):
    alone(prep, MIB)
    whole, broken = prep.host.command, []

    def breaking(name, bound, *rest, **more):
        if name == command and not broken and (name != "Invoke-CimMethod" or bound.get("MethodName") == "Encrypt"):
            broken.append(name)
            raise RuntimeError("the power failed")
        return whole(name, bound, *rest, **more)

    monkeypatch.setattr(prep.host, "command", breaking)
    first = prep.run(ONE, wait=0)
    assert broken and first["failed"] and "ZB1" in first["msg"]
    again = prep.run(ONE)
    if command == "Format-Volume":
        # A partition without a file system has no label that would say whose it is: only consent clears it.
        assert again["failed"] and "wipe: true" in again["msg"]
        again = prep.run({**ONE, "wipe": True})
    assert again["prepared"] and bytes_are_equal(prep, "ZB1")


def test_a_drive_stands_in_one_seed_only(prep, bench):
    prep.run(ONE, TWO, wait=0, max_rate=MIB)
    (prep.folder / "other").mkdir()
    other = PrepRun(bench, prep.folder / "other", "srv2")
    other.plan(prep.files, ("ZB1", SIZE))
    result = other.run({**ONE, "wipe": True})
    assert result["failed"] and "seed 'srv1'" in result["msg"] and other.operations == ["inspect"]


def test_a_locked_drive_that_the_escrowed_key_does_not_open_is_refused_without_consent_and_wiped_with(prep):
    alone(prep, MIB)
    assert prep.run(ONE)["prepared"]
    escrow.file_of(prep.escrow, "ZB1").unlink()
    result = prep.run(ONE)
    assert result["failed"] and "does not open" in result["msg"] and prep.host.storage.by_serial("ZB1").volumes[0].locked
    assert prep.run({**ONE, "wipe": True})["prepared"] and bytes_are_equal(prep, "ZB1")


def test_prepared_but_unrecorded_drive_is_proven_again_and_not_wiped_even_with_consent(prep):
    alone(prep, MIB)
    first = prep.run({**ONE, "wipe": True})
    again = prep.run({**ONE, "wipe": True})
    assert again["prepared"] and "begin" not in prep.operations[prep.operations.index("prove") :]
    assert again["drives"][0]["protector"] == first["drives"][0]["protector"]


def test_offline_and_read_only_by_policy_are_cured_for_a_consented_new_drive_only(prep):
    prep.host.attach_disk("OFF", SIZE, offline=True, read_only=True)
    prep.host.attach_disk("OFF2", SIZE, offline=True)
    prep.plan(prep.files, ("OFF", SIZE))
    assert prep.run({"serial": "OFF", "size": SIZE})["prepared"]
    assert not prep.host.storage.by_serial("OFF").read_only and prep.host.storage.by_serial("OFF2").offline


@pytest.mark.parametrize("locked", [False, True])
def test_a_drive_of_ours_that_windows_took_offline_goes_on_and_is_not_wiped_even_with_consent(prep, locked):
    alone(prep, 16 * MIB)
    consent = {**ONE, "wipe": True}
    assert prep.run(consent, wait=0, max_rate=MIB // 4)["running"]
    prep.bench.engine.stop_processes(prep.host)
    disk = prep.host.storage.by_serial("ZB1")
    protector = prep.answers[-1]["drives"][0]["protector"]
    if locked:
        disk.lock()
    prep.host.storage.set_offline(disk, True)
    result = prep.run(consent, wait=240)
    assert result["prepared"] and result["drives"][0]["protector"] == protector, result
    assert bytes_are_equal(prep, "ZB1")


def test_a_locked_drive_of_an_older_plan_is_refused_and_left_locked(prep):
    alone(prep, MIB)
    assert prep.run(ONE)["prepared"]
    alone(prep, MIB, 512)
    result = prep.run(ONE)
    disk = prep.host.storage.by_serial("ZB1")
    assert result["failed"] and "this seed's marker" in result["msg"]
    assert disk.volumes[0].locked and not disk.partitions[-1].folders
    assert prep.run({**ONE, "wipe": True}, wait=240)["prepared"] and bytes_are_equal(prep, "ZB1")


def test_a_letter_that_automount_gave_is_taken_away_again(prep):
    alone(prep, MIB)
    prep.host.storage.letters_come_late = True
    result = prep.run(ONE, wait=0, max_rate=1)
    assert result["drives"][0]["state"] == "copying"
    partition = prep.host.storage.by_serial("ZB1").partitions[-1]
    assert partition.letter is None and partition.folders == ["C:\\ProgramData\\offlineseed\\mnt\\ZB1\\"]


def test_a_staged_file_of_another_size_fails_its_drive_and_leaves_the_other_alone(prep):
    (prep.host.path(prep.staging) / prep.files[0].name).write_bytes(b"\0" * 512)
    result = prep.run(ONE, TWO)
    states = {drive["serial"]: drive["state"] for drive in result["drives"]}
    assert result["failed"] and states == {"ZB1": "failed", "ZB2": "proven"} and "has 512 bytes, the plan says 0" in result["msg"]


def test_drive_too_small_for_its_files_says_how_much_is_missing(prep):
    prep.host.attach_disk("TINY", 48 * MIB)
    files = prep.stage(46 * MIB)
    prep.plan(files, ("TINY", 48 * MIB))
    result = prep.run({"serial": "TINY", "size": 48 * MIB})
    assert result["failed"] and " missing)" in result["msg"] and result["drives"][0]["state"] == "failed"


def test_share_that_the_copying_account_cannot_read_stops_before_anything_is_wiped(prep):
    prep.staging = r"\\NOWHERE\staging\seedlanding_srv1"
    before = prep.host.storage.by_serial("ZB1").style
    result = prep.run(ONE, TWO)
    assert result["failed"] and result["source_readable"] is False and "NOWHERE" in result["msg"] and "computer account" in result["msg"]
    assert prep.host.storage.by_serial("ZB1").style == before == "RAW" and not prep.escrow.exists()


def test_share_of_the_copy_host_is_read_by_the_worker_itself(prep):
    alone(prep, MIB)
    prep.staging = r"\\COPY1\staging\seedlanding_srv1"
    result = prep.run(ONE)
    assert result["prepared"] and result["source_readable"], result


def test_cancel_stops_locks_and_gives_the_drive_free(prep):
    alone(prep, 16 * MIB)
    prep.run(ONE, wait=0, max_rate=MIB)
    result = prep.run(ONE, state="cancelled")
    assert result["changed"] and not result["running"] and prep.host.storage.by_serial("ZB1").volumes[0].locked
    assert not prep.host.path(r"C:\ProgramData\offlineseed\claims\ZB1.json").exists() and not prep.host.tasks.known
    assert not prep.run(ONE, state="cancelled")["changed"]
    assert prep.run(ONE)["prepared"] and bytes_are_equal(prep, "ZB1")


def test_no_key_in_results_commands_logs_or_files(prep, bench):
    result = prep.run(ONE, TWO)
    keys = [escrow.read(prep.escrow, serial, prep.password_file) for serial in ("ZB1", "ZB2")]
    told = json.dumps([result, prep.answers])
    for key in keys:
        assert key not in told
        for path in prep.folder.rglob("*"):
            if path.is_file() and path.name != "commands.jsonl":
                assert key.encode() not in path.read_bytes(), path
    commands = [json.loads(line) for line in (bench.engine.folder / "commands.jsonl").read_text().splitlines()]
    carrying = [entry for entry in commands if any(key in json.dumps(entry) for key in keys)]
    assert all(entry["command"] == "Invoke-CimMethod" and list(entry["bound"]["Arguments"]) for entry in carrying)
    assert all(key not in json.dumps({**entry, "bound": {**entry["bound"], "Arguments": None}}) for entry in carrying for key in keys)


def test_host_without_bitlocker_is_refused_before_anything_is_touched(prep):
    prep.host.facts["bitlocker"] = False
    result = prep.run(ONE, TWO)
    assert result["failed"] and "BitLocker is not installed" in result["msg"]
    assert prep.host.storage.by_serial("ZB1").style == "RAW"


def test_fips_policy_is_refused_by_its_name_before_anything_is_touched(prep):
    prep.host.registry.set(r"HKLM:\SYSTEM\CurrentControlSet\Control\Lsa\FipsAlgorithmPolicy", Enabled=1)
    result = prep.run(ONE, TWO)
    assert result["failed"] and "FipsAlgorithmPolicy" in result["msg"]
    assert prep.host.storage.by_serial("ZB1").style == "RAW"
