# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's own tool as the Windows modules see it: found, brought whole, its papers read without a key, its drives looked at only."""

from __future__ import annotations

import hashlib
import json
import os

import pytest

SIZE = 256 << 20
TOOL = r"C:\ProgramData\offlineseed\srv1\tool"
GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
CANARY = "111111-222222-333333-444444-555555-666666-777777-888888"
STORAGE_KEY = "CANARYSTORAGEKEY=="
MD5 = "D863FE44F861AE0DA4DCEAEEFFCCCE68"
DRIVE = (
    f"<Drive><DriveId>ZB1</DriveId><BitLockerKey>{CANARY}</BitLockerKey><ManifestFile>\\DriveManifest.xml</ManifestFile>"
    f"<ManifestHash>{MD5}</ManifestHash></Drive>"
)
JOURNAL = (
    "[BeginUpdateRecord][2026/01/02 03:04:05.000][Type:HeaderRecord]\nVocabularyVersion: 2013-02-01\n[EndUpdateRecord]\n"
    f"[BeginUpdateRecord][2026/01/02 03:04:06.000][Type:ActivityRecord]\nStorageAccountKey: {STORAGE_KEY}\nActivityId: DriveInfo\n"
    f'DriveState: [BeginValue]\n<?xml version="1.0"?>\n{DRIVE}\n[EndValue]\nSaveCommandOutput: Completed\n[EndUpdateRecord]\n'
)


class Host:
    """COPY1 with what a person would find in its tool folder."""

    def __init__(self, bench):
        self.bench, self.host = bench, bench.host("COPY1")

    def call(self, operation, *drives, check=False, **more):
        request = [{"planned_serial": one["serial"], "planned_size": one["size"], "plan_hash": "", "wipe": False, **one} for one in drives]
        options = {"seed": "srv1", "method": "diskprep", "drives": list(drives), "_operation": operation, "_drives": request, **more}
        return self.bench.call("win_disk_prep", self.host, options, check, False)

    def paper(self, name, text):
        place = self.host.path(f"{TOOL}\\{name}")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        return place


@pytest.fixture
def copy_host(either):
    return Host(either)


ONE = {"serial": "ZB1", "size": SIZE}


def test_the_agents_tool_is_found_whole_and_without_what_it_wrote(either):
    source = either.host("SRV1")
    folder = "C:\\Program Files\\Microsoft Azure Recovery Services Agent\\Utils\\AzureOfflineBackupDiskPrep"
    source.path(f"{folder}\\Journal{GUID}.jrn").write_text(JOURNAL)
    told = either.run("win_disk_prep_tool", "SRV1")["tool"]
    assert (told["found"], told["folder"], told["reason"]) == (True, folder, None)
    names = [file["name"] for file in told["files"]]
    assert names == sorted(names) and "AzureOfflineBackupDiskPrep.exe" in names and any("\\" in name for name in names)
    assert not any(name.startswith("Journal") for name in names)
    for file in told["files"]:
        content = source.path(f"{folder}\\{file['name']}").read_bytes()
        assert (file["size"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert told["bytes"] == sum(file["size"] for file in told["files"])


def test_a_tool_that_is_not_there_is_explained(either):
    told = either.run("win_disk_prep_tool", "COPY1")["tool"]
    assert not told["found"] and "is not installed on COPY1" in told["reason"] and told["files"] == []
    told = either.run("win_disk_prep_tool", "COPY1", path="C:\\elsewhere")["tool"]
    assert not told["found"] and told["reason"].startswith("C:\\elsewhere holds no AzureOfflineBackupDiskPrep.exe")


def test_a_new_drive_is_blank_and_nothing_is_made_by_looking(copy_host):
    copy_host.host.attach_disk("ZB1", SIZE)
    before = sorted(str(path) for path in copy_host.host.path("C:\\ProgramData").rglob("*"))
    told = copy_host.call("tool_look", ONE, _sources=[{"name": "a.exe", "sha256": "0" * 64}])
    [drive] = told["drives"]
    assert (drive["standing"], drive["letter"], drive["blank"], drive["manifest"], drive["reasons"]) == ("blank", None, False, None, [])
    assert (told["tool"], told["papers"], told["summaries"]) == ({"folder": TOOL, "exists": False, "missing": ["a.exe"]}, [], [])
    assert told["changed"] is False
    assert sorted(str(path) for path in copy_host.host.path("C:\\ProgramData").rglob("*")) == before


def test_a_drive_that_is_absent_or_of_another_size_is_told_with_its_kind(copy_host):
    copy_host.host.attach_disk("ZB1", SIZE)
    wrong, absent = copy_host.call("tool_look", {"serial": "ZB1", "size": SIZE + 512}, {"serial": "ZB9", "size": SIZE})["drives"]
    assert [(reason["id"], reason["kind"]) for reason in wrong["reasons"]] == [("wrong_size", "never")]
    assert absent["standing"] == "absent"


def test_papers_are_read_and_no_key_leaves_the_host(copy_host):
    copy_host.host.attach_disk("ZB1", SIZE)
    inside = DRIVE.replace("<", "<x:").replace("<x:/", "</x:")
    info = f'<?xml version="1.0" encoding="utf-8"?>\n<x:DriveList xmlns:x="urn:a">{inside}</x:DriveList>'
    copy_host.paper(f"Journal{GUID}_DriveInfo_ZB1.xml", "\ufeff" + info)
    copy_host.paper(f"Journal{GUID}.jrn", JOURNAL)
    copy_host.paper("seedlanding_srv1.txt", f"Storage Account Name : seedlanding\nkey {CANARY}\n")
    copy_host.paper("AzureOfflineBackupDiskPrep.exe", "MZ")
    told = copy_host.call("tool_look", ONE)
    wanted = {"serial": "ZB1", "manifest_file": "\\DriveManifest.xml", "manifest_hash": MD5, "has_key": True}
    assert {(one["kind"], one["problem"]) for one in told["papers"]} == {("drive_info", None), ("journal", None)}
    assert [one["drives"] for one in told["papers"]] == [[wanted], [wanted]]
    assert told["summaries"] == ["seedlanding_srv1.txt"] and told["tool"]["exists"]
    assert CANARY not in json.dumps(told) and STORAGE_KEY not in json.dumps(told)


@pytest.mark.parametrize(
    "text",
    [
        f"<DriveList>{DRIVE}",
        f"<!DOCTYPE a [<!ENTITY b '{CANARY}'>]><DriveList>{DRIVE}</DriveList>",
        f"{CANARY}<DriveList>",
        f"<DriveList><{CANARY}/></DriveList>",
    ],
)
def test_a_paper_that_cannot_be_read_is_told_without_its_text(copy_host, text):
    copy_host.paper(f"Journal{GUID}_DriveInfo_ZB1.xml", text)
    told = copy_host.call("tool_look")
    [paper] = told["papers"]
    assert paper["drives"] == [] and paper["problem"].startswith("it cannot be read") and "failed" not in told
    assert CANARY not in json.dumps(told)


def test_a_journal_that_breaks_off_tells_of_no_drive(copy_host):
    copy_host.paper(f"Journal{GUID}.jrn", JOURNAL.rsplit("[EndUpdateRecord]", 1)[0])
    [paper] = copy_host.call("tool_look")["papers"]
    assert (paper["drives"], paper["problem"]) == ([], None)


def test_an_empty_volume_with_a_letter_is_blank_and_a_manifest_on_it_is_hashed(copy_host, tmp_path):
    (tmp_path / "nothing").mkdir()
    copy_host.host.attach_disk("ZB1", SIZE, content=tmp_path / "nothing")
    [drive] = copy_host.call("tool_look", ONE)["drives"]
    assert drive["letter"] and drive["blank"] and [reason["id"] for reason in drive["reasons"]] == ["not_empty"]
    content = b"<DriveManifest/>"
    copy_host.host.path(f"{drive['letter']}:\\DriveManifest.xml").write_bytes(content)
    copy_host.paper(f"Journal{GUID}_DriveInfo_ZB1.xml", f"<DriveList>{DRIVE}</DriveList>")
    [drive] = copy_host.call("tool_look", ONE)["drives"]
    wanted = {"path": f"{drive['letter']}:\\DriveManifest.xml", "size": len(content), "md5": hashlib.md5(content).hexdigest().upper()}
    assert drive["manifest"] == wanted and not drive["blank"]


def test_a_manifest_path_that_leads_elsewhere_is_not_followed(copy_host, tmp_path):
    (tmp_path / "nothing").mkdir()
    copy_host.host.attach_disk("ZB1", SIZE, content=tmp_path / "nothing")
    for path in ("\\..\\..\\secret", "C:\\secret", "\\a:b", "\\\\server\\share"):
        copy_host.paper(f"Journal{GUID}_DriveInfo_ZB1.xml", f"<DriveList>{DRIVE.replace(chr(92) + 'DriveManifest.xml', path)}</DriveList>")
        [drive] = copy_host.call("tool_look", ONE)["drives"]
        assert drive["manifest"] is None


def test_the_tool_is_copied_from_a_local_folder_once(copy_host):
    share = copy_host.host.path("C:\\tools\\prep\\en")
    share.mkdir(parents=True)
    (share.parent / "AzureOfflineBackupDiskPrep.exe").write_bytes(b"MZ")
    (share / "words.dll").write_bytes(b"de")
    told = copy_host.call("tool_bring", tool_path="C:\\tools\\prep")
    assert told["changed"] is True
    assert copy_host.host.path(f"{TOOL}\\en\\words.dll").read_bytes() == b"de"
    assert copy_host.call("tool_look")["tool"]["exists"]
    assert copy_host.call("tool_bring", tool_path="C:\\tools\\prep")["changed"] is False


def test_a_copying_that_broke_off_is_not_taken_for_the_whole_tool(bench):
    copy_host = Host(bench)
    share = copy_host.host.path("C:\\tools\\prep\\en")
    share.mkdir(parents=True)
    (share.parent / "AzureOfflineBackupDiskPrep.exe").write_bytes(b"MZ")
    (share / "words.dll").write_bytes(b"de")
    copy_host.paper("en", "a file where the folder has to be")
    assert copy_host.call("tool_bring", tool_path="C:\\tools\\prep")["failed"]
    assert copy_host.call("tool_look")["tool"]["exists"] is False
    copy_host.host.path(f"{TOOL}\\en").unlink()
    assert copy_host.call("tool_bring", tool_path="C:\\tools\\prep")["changed"] is True
    assert copy_host.call("tool_look")["tool"]["exists"] is True
    left = sorted(path.name for path in copy_host.host.path(TOOL).rglob("*") if path.is_file())
    assert left == ["AzureOfflineBackupDiskPrep.exe", "words.dll"]


def test_a_folder_without_the_tool_is_refused_with_its_path(copy_host):
    os.makedirs(copy_host.host.path("C:\\tools"))
    told = copy_host.call("tool_bring", tool_path="C:\\tools")
    assert told["failed"] and "C:\\tools holds no AzureOfflineBackupDiskPrep.exe, seen from COPY1" in told["msg"]


def test_folders_are_made_for_files_that_are_put_there_but_not_in_check_mode(copy_host):
    sources = [{"name": "en\\words.dll", "sha256": "0" * 64}]
    copy_host.call("tool_bring", check=True, _sources=sources)
    assert not copy_host.host.path(TOOL).exists()
    copy_host.call("tool_bring", _sources=sources)
    assert copy_host.host.path(f"{TOOL}\\en").is_dir()
