# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugins of the attended way: the tool is brought once, explained, and its work accepted only if everything agrees."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from ansible.errors import AnsibleConnectionFailure

from ansible_collections.offlineseed.azure.plugins.action import win_disk_prep, win_disk_prep_tool

SIZE = 4000787030016
FOLDER = r"C:\ProgramData\offlineseed\srv1"
ACCOUNT = "/subscriptions/s/resourceGroups/rg-seed/providers/Microsoft.Storage/storageAccounts/seedlanding"
NAME = "4508156004108672185_1_0f8fad5b-d9cb-469f-a165-70867728950e_BaseBlob"
ZEROS = hashlib.md5(bytes(512), usedforsecurity=False).hexdigest()
MANIFEST = (
    '<DriveManifest Version="2014-11-01"><Drive><DriveId>WD-1</DriveId><BlobList><Blob>'
    f"<BlobPath>landing/{NAME}</BlobPath><FilePath>\\landing\\{NAME}</FilePath><Length>512</Length>"
    f'<PageRangeList><PageRange Offset="0" Length="512" Hash="{ZEROS}"/></PageRangeList></Blob></BlobList></Drive></DriveManifest>'
).encode()
DIGEST = hashlib.md5(MANIFEST, usedforsecurity=False).hexdigest().upper()
JOB = {
    "id": "/subscriptions/s/resourceGroups/rg-seed/providers/Microsoft.DataBox/jobs/srv1",
    "name": "srv1",
    "backend": "data_box",
    "created_at": None,
    "stage": "creating",
    "service_state": "AwaitingShipmentDetails",
    "terminal": False,
    "cancel_requested": False,
    "storage_account_id": ACCOUNT,
    "drives": [{"serial": "WD-1", "manifest_hash": DIGEST}],
}
KEY = "111111-222222-333333-444444-555555-666666-777777-888888"


class CopyHost:
    """Answers tool_look out of what lies there; counts what is asked, put and fetched."""

    def __init__(self, folder):
        self.folder, self.asked, self.put, self.fetched = folder, [], {}, []
        self.tool = folder / "tool"
        (self.tool / "en").mkdir(parents=True)
        (self.tool / "AzureOfflineBackupDiskPrep.exe").write_bytes(b"MZ")
        (self.tool / "en" / "words.dll").write_bytes(b"de")
        (folder / "inventory.jsonl").write_text(json.dumps({"name": NAME, "size": 512}) + "\n")
        self.drive = {
            "serial": "WD-1", "size": SIZE, "plan_hash": "", "state": "planned", "standing": "blank", "wipes": False, "holds": [],
            "files_total": None, "files_done": 0, "bytes_total": None, "bytes_done": 0, "manifest_file": None, "manifest_hash": None,
            "manifest_size": None, "protector": None, "message": None, "evidence": [], "reasons": [], "number": 2, "letter": "F",
            "blank": True, "lock": None, "manifest": None,
        }  # fmt: skip
        self.papers, self.summaries, self.jobs, self.exists = [], [], [], False

    def ran(self):
        """A person has run the tool."""
        told = {"serial": "WD-1", "manifest_file": "\\DriveManifest.xml", "manifest_hash": DIGEST, "has_key": True}
        paper = {"kind": "drive_info", "modified": "2026-01-02T03:04:05Z", "problem": None}
        self.papers = [{**paper, "file": "Journal1_DriveInfo_WD-1.xml", "drives": [told]}]
        self.summaries, self.jobs, self.exists = ["seedlanding_srv1.txt"], [JOB], True
        manifest = {"path": "F:\\DriveManifest.xml", "size": len(MANIFEST), "md5": DIGEST}
        self.drive.update(standing="refused", reasons=[{"id": "not_empty", "kind": "content", "text": "it is not empty"}])
        self.drive.update(lock="unlocked", protector="{P}", blank=False, manifest=manifest)

    def run(self, check=False, **options):
        args = {
            "seed": "srv1",
            "method": "diskprep",
            "drives": [{"serial": "WD-1", "size": SIZE}],
            "tool_dir": str(self.tool),
            "staging_location": r"\\COPY1\staging",
            "staging_path": r"C:\staging\seedlanding_srv1",
            "container": "landing",
            "inventory_file": str(self.folder / "inventory.jsonl"),
            "job_name": "srv1",
            "jobs": self.jobs,
            "resource_group": "rg-seed",
            "storage_account_id": ACCOUNT,
            "return_address": {"recipient_name": "Server room", "phone": "1"},
            "evidence_dir": str(self.folder / "evidence"),
            **options,
        }
        task = SimpleNamespace(args=args, async_val=0, check_mode=check, diff=False, action="win_disk_prep", environment=None)
        shell = SimpleNamespace(tmpdir=None)
        connection = SimpleNamespace(put_file=self._put, fetch_file=self._fetch, reset=lambda: None, _shell=shell)
        made = win_disk_prep.ActionModule(task=task, connection=connection, play_context=None, loader=None, templar=None)
        made._execute_module = self._module
        return made.run(task_vars={"inventory_hostname": "copy1"})

    def _put(self, local, remote):
        self.put[remote] = Path(local).read_bytes()

    def _fetch(self, remote, local):
        self.fetched.append(remote)
        Path(local).write_bytes(MANIFEST)

    def _module(self, module_name, module_args, task_vars):
        self.asked.append(module_args["_operation"])
        self.sent = module_args
        if module_args["_operation"] == "tool_bring":
            self.exists = self.exists or bool(module_args.get("tool_path"))
            return {"changed": True, "folder": FOLDER}
        there = {name.removeprefix(f"{FOLDER}\\tool\\"): hashlib.sha256(content).hexdigest() for name, content in self.put.items()}
        missing = [one["name"] for one in module_args["_sources"] if there.get(one["name"]) != one["sha256"]]
        tool = {"folder": f"{FOLDER}\\tool", "exists": self.exists or bool(there), "missing": missing}
        told = {"tool": tool, "papers": self.papers, "summaries": self.summaries, "drives": [dict(self.drive)]}
        return {"changed": False, "folder": FOLDER, **told}


@pytest.fixture
def host(tmp_path):
    return CopyHost(tmp_path)


def test_the_tool_is_brought_whole_and_every_answer_is_told(host):
    told = host.run()
    assert (told["changed"], told["prepared"], told["tool"]["progress"], told["tool"]["job"]) == (True, False, "not_run", None)
    assert host.put == {f"{FOLDER}\\tool\\AzureOfflineBackupDiskPrep.exe": b"MZ", f"{FOLDER}\\tool\\en\\words.dll": b"de"}
    assert told["tool"]["command_line"].endswith(r".\AzureOfflineBackupDiskPrep.exe s:\\COPY1\staging")
    answers = {row["prompt"]: row["answer"] for row in told["tool"]["prompts"]}
    assert (answers["drive_letter"], answers["confirm_format"], answers["contact_name"]) == ("F", "yes", "Server room")
    assert set(host.asked) == {"tool_look", "tool_bring"}


def test_a_second_run_brings_nothing(host):
    host.run()
    host.put_before = dict(host.put)
    assert host.run()["changed"] is False and host.put == host.put_before


def test_a_copy_that_did_not_arrive_is_told(host):
    host._put = lambda local, remote: None
    told = host.run()
    assert told["failed"] and "still lacks AzureOfflineBackupDiskPrep.exe" in told["msg"]


def test_a_tool_that_the_host_reads_is_brought_by_the_host(host):
    told = host.run(tool_dir=None, tool_path=r"\\SRV1\tools")
    assert told["changed"] and not host.put and host.asked == ["tool_look", "tool_bring", "tool_look"]


def test_without_any_way_to_the_tool_both_are_explained(host):
    told = host.run(tool_dir=None)
    assert told["failed"] and "tool_dir" in told["msg"] and "tool_path" in told["msg"] and told["cure"]


def test_check_mode_brings_and_keeps_nothing(host):
    told = host.run(check=True)
    assert told["changed"] and not host.put and host.asked == ["tool_look"]
    host.ran()
    told = host.run(check=True)
    assert told["prepared"] and not told["changed"] and not (host.folder / "evidence").exists()


def test_check_mode_before_the_tool_was_fetched_says_that_it_would_be_brought(host):
    assert host.run(check=True, tool_dir=str(host.folder / "not yet"))["changed"] is True


def test_what_the_tool_did_is_proven_and_its_manifest_kept(host):
    host.ran()
    told = host.run()
    [drive] = told["drives"]
    assert (told["prepared"], told["changed"], told["tool"]["progress"]) == (True, False, "done")
    assert (drive["state"], drive["manifest_hash"], drive["manifest_size"], drive["protector"]) == ("proven", DIGEST, len(MANIFEST), "{P}")
    assert (drive["files_total"], drive["bytes_total"]) == (1, 512)
    kept = host.folder / "evidence" / "WD-1" / "DriveManifest.xml"
    assert kept.read_bytes() == MANIFEST
    assert drive["evidence"] == [{"name": kept.name, "sha256": hashlib.sha256(MANIFEST).hexdigest(), "bytes": len(MANIFEST)}]
    assert told["tool"]["job"] == {key: JOB[key] for key in ("id", "name", "backend", "created_at", "service_state")}
    assert host.asked == ["tool_look"] and not host.put


def test_a_manifest_that_differs_is_a_conflict_and_is_not_kept(host):
    host.ran()
    (host.folder / "inventory.jsonl").write_text(json.dumps({"name": NAME, "size": 1024}) + "\n")
    told = host.run()
    assert told["failed"] and "staged are 1024 bytes" in told["msg"] and told["cure"] and "drives" not in told
    assert not list((host.folder / "evidence").rglob("*.xml")) and not list((host.folder / "evidence").rglob(".offlineseed*"))


def test_a_staged_file_that_no_drive_holds_is_a_conflict(host):
    host.ran()
    with (host.folder / "inventory.jsonl").open("a") as file:
        file.write(json.dumps({"name": NAME.replace("_1_", "_2_"), "size": 512}) + "\n")
    told = host.run()
    assert told["failed"] and "1 of 2 staged files" in told["msg"]


def test_a_drive_without_its_manifest_is_told(host):
    host.ran()
    host.drive["manifest"] = None
    told = host.run()
    assert told["failed"] and "shows no \\DriveManifest.xml" in told["msg"] and "drives" not in told


def test_a_refused_drive_keeps_the_tool_away(host):
    host.drive.update(standing="refused", blank=False, reasons=[{"id": "not_empty", "kind": "content", "text": "it is not empty"}])
    told = host.run()
    assert told["failed"] and "not empty" in told["msg"] and told["drives"][0]["state"] == "refused" and not host.put


def test_an_answer_with_a_recovery_password_is_thrown_away(host):
    host.ran()
    host.papers[0]["drives"][0]["key"] = KEY
    told = host.run()
    assert told["failed"] and KEY not in json.dumps(told) and "recovery password" in told["msg"]


def test_a_paper_that_could_not_be_read_is_a_warning(host):
    paper = {"file": "Journal1.jrn", "kind": "journal", "modified": "2026-01-02T03:04:05Z"}
    host.papers = [{**paper, "problem": "it cannot be read", "drives": []}]
    told = host.run()
    assert told["tool"]["progress"] == "unfinished" and "Journal1.jrn" in told["warnings"][0]


def test_only_what_the_host_needs_is_sent_to_it(host):
    host.jobs = [JOB]
    host.run(return_address={"recipient_name": "Server room"})
    assert not {"jobs", "return_address", "inventory_file", "evidence_dir", "tool_dir"} & set(host.sent)


@pytest.mark.parametrize("name", ["staging_location", "container", "inventory_file", "job_name", "storage_account_id", "evidence_dir"])
def test_a_missing_option_is_named(host, name):
    told = host.run(**{name: None})
    assert told["failed"] and told["field"] == name and host.asked == []


def test_a_connection_that_breaks_off_is_one_for_the_next_run(host):
    def lost(*_unused, **_more):
        raise AnsibleConnectionFailure("gone")

    host.ran()
    host._fetch = lost
    with pytest.raises(AnsibleConnectionFailure, match="DriveManifest.xml"):
        host.run()
    assert not list((host.folder / "evidence").rglob(".offlineseed*"))


# -- win_disk_prep_tool ------------------------------------------------------------------------------------------------------------
class Source:
    def __init__(self, **files):
        self.files, self.fetched = files, []

    def run(self, target, check=False, **more):
        listed = [
            {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in self.files.items()
        ]
        tool = {"found": True, "folder": r"C:\agent\tool", "reason": None, "files": listed, "bytes": 1, **more}
        args = {"fetch_to": str(target)} if target else {}
        task = SimpleNamespace(args=args, async_val=0, check_mode=check, diff=False, action="win_disk_prep_tool", environment=None)
        connection = SimpleNamespace(fetch_file=self._fetch, _shell=SimpleNamespace(tmpdir=None))
        made = win_disk_prep_tool.ActionModule(task=task, connection=connection, play_context=None, loader=None, templar=None)
        made._execute_module = lambda module_name, task_vars: {"changed": False, "tool": tool}
        return made.run(task_vars={})

    def _fetch(self, remote, local):
        self.fetched.append(remote)
        Path(local).write_bytes(self.files[remote.removeprefix("C:\\agent\\tool\\")])


def test_the_tool_is_fetched_once_with_its_folders(tmp_path):
    source, target = Source(**{"a.exe": b"MZ", "en\\words.dll": b"de"}), tmp_path / "tool"
    assert source.run(target, check=True)["changed"] is True and not target.exists()
    told = source.run(target)
    assert (told["changed"], told["fetched"]) == (True, str(target)) and (target / "en" / "words.dll").read_bytes() == b"de"
    assert source.run(target)["changed"] is False and len(source.fetched) == 2
    (target / "a.exe").write_bytes(b"other")
    assert source.run(target)["changed"] is True and source.fetched[2:] == ["C:\\agent\\tool\\a.exe"]


def test_a_file_that_arrives_otherwise_is_not_kept(tmp_path):
    source = Source(**{"a.exe": b"MZ"})
    source._fetch = lambda remote, local: Path(local).write_bytes(b"torn")
    told = source.run(tmp_path)
    assert told["failed"] and "SHA-256" in told["msg"] and list(tmp_path.iterdir()) == []


def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path):
    source = Source(**{"..\\a.exe": b"MZ"})
    told = source.run(tmp_path / "tool")
    assert told["failed"] and source.fetched == [] and not (tmp_path / "a.exe").exists()


def test_a_tool_that_is_not_there_is_a_result(tmp_path):
    told = Source().run(tmp_path / "tool", found=False, reason="no agent")
    assert "failed" not in told and "fetched" not in told
