# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agent's tool left behind is held against consent, inventory and the job; whatever differs is a conflict in words."""

from __future__ import annotations

import hashlib
import io

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import attended, by_tool
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure

ONE, TWO = "0" * 31 + "1", "0" * 31 + "2"
GROUP = "/subscriptions/s/resourceGroups/rg-seed/providers"
ACCOUNT = f"{GROUP}/Microsoft.Storage/storageAccounts/seedlanding"
EXPECTED = by_tool.Expected(("WD-1", "WD-2"), "srv1", "rg-seed", ACCOUNT)
SUMMARY = "seedlanding_srv1.txt"
GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def paper(serial="WD-1", digest=ONE, at="2026-01-02T03:04:05Z", file="Journal1_DriveInfo.xml"):
    drive = {"serial": serial, "manifest_file": "\\DriveManifest.xml", "manifest_hash": digest, "has_key": True}
    return {"file": file, "modified": at, "drives": [drive]}


def job(name="srv1", drives=(("WD-1", ONE),), **more):
    told = {
        "id": f"{GROUP}/Microsoft.DataBox/jobs/{name}",
        "name": name,
        "stage": "creating",
        "terminal": False,
        "cancel_requested": False,
        "service_state": "AwaitingShipmentDetails",
        "storage_account_id": ACCOUNT.upper(),
        "drives": [{"serial": serial, "manifest_hash": digest} for serial, digest in drives],
    }
    return {**told, **more}


def conflict(*said, papers=(), summaries=(), jobs=()):
    """The conflict that these make, which says all of *said*, what was seen, and a cure."""
    with pytest.raises(by_tool.Conflict) as raised:
        by_tool.judge(list(papers), list(summaries), list(jobs), EXPECTED)
    for words in said:
        assert words in raised.value.msg, raised.value.msg
    assert "Nothing was changed." in raised.value.msg and {"field", "seen", "cure"} <= set(raised.value.fields)
    return raised.value


class TestProgress:
    def test_nothing_there_means_that_the_tool_was_not_run(self):
        assert by_tool.judge([], [], [], EXPECTED) == by_tool.Outcome(by_tool.NOT_RUN, {})

    def test_papers_without_a_job_mean_that_it_is_not_done(self):
        outcome = by_tool.judge([paper()], [], [], EXPECTED)
        assert (outcome.progress, set(outcome.papers), outcome.job) == (by_tool.UNFINISHED, {"WD-1"}, None)

    def test_a_journal_that_tells_of_no_drive_yet_means_the_same(self):
        told = {"file": "Journal1.jrn", "modified": "2026-01-02T03:04:05Z", "drives": []}
        assert by_tool.judge([told], [], [], EXPECTED).progress == by_tool.UNFINISHED

    def test_a_session_without_a_hash_counts_for_no_drive(self):
        assert by_tool.judge([paper(digest="")], [], [], EXPECTED).papers == {}

    def test_job_and_papers_that_agree_are_done_and_unused_consent_does_not_matter(self):
        outcome = by_tool.judge([paper()], [SUMMARY], [job("other", ()), job()], EXPECTED)
        assert (outcome.progress, outcome.job["name"]) == (by_tool.DONE, "srv1")
        assert outcome.papers["WD-1"].manifest_hash == ONE

    def test_of_several_papers_the_one_of_the_job_counts_even_if_it_is_older(self):
        papers = [paper(digest=TWO, at="2026-01-03T00:00:00Z", file="new.xml"), paper(file="old.xml")]
        assert by_tool.judge(papers, [SUMMARY], [job()], EXPECTED).papers["WD-1"].file == "old.xml"

    def test_a_hash_in_lower_case_is_the_same(self):
        digest = "abcdef" + "0" * 26
        assert by_tool.judge([paper(digest=digest)], [], [job(drives=[("WD-1", digest.upper())])], EXPECTED).progress == by_tool.DONE

    def test_the_tools_own_readme_is_no_summary(self):
        assert by_tool.judge([], ["license_terms.txt"], [], EXPECTED).progress == by_tool.NOT_RUN


class TestConflicts:
    def test_a_drive_that_nobody_named(self):
        found = conflict("WD-9", "seed_drives does not name", papers=[paper(), paper("WD-9")], jobs=[job()])
        assert found.fields["seen"] == ["WD-9"] and "formatted" in found.fields["cure"]

    def test_a_job_that_the_tool_made_and_azure_does_not_have(self):
        conflict("srv1", "Azure has no such job", papers=[paper()], summaries=[SUMMARY.title()])

    def test_a_job_of_another_name_with_these_drives(self):
        found = conflict("srv1-b", "seed_job_name is srv1", papers=[paper()], jobs=[job("srv1-b")])
        assert found.fields["field"] == "seed_job_name"

    def test_a_job_of_another_name_that_is_over_does_not_matter(self):
        assert by_tool.judge([paper()], [], [job("old", terminal=True), job()], EXPECTED).progress == by_tool.DONE

    def test_a_summary_of_another_job_in_this_account(self):
        conflict("srv9", papers=[paper()], summaries=["seedlanding_srv9.txt"])

    def test_a_job_in_another_resource_group(self):
        elsewhere = job(id="/subscriptions/s/resourceGroups/rg-other/providers/Microsoft.DataBox/jobs/srv1")
        assert conflict("rg-other", papers=[paper()], jobs=[elsewhere]).fields["field"] == "seed_resource_group"

    def test_a_job_without_any_paper(self):
        conflict("holds no paper", jobs=[job()])

    @pytest.mark.parametrize("more", [{"stage": "canceled"}, {"cancel_requested": True}])
    def test_a_job_that_was_cancelled(self, more):
        conflict("was cancelled", papers=[paper()], jobs=[job(**more)])

    @pytest.mark.parametrize("account", [None, "", f"{GROUP}/Microsoft.Storage/storageAccounts/elsewhere"])
    def test_a_job_for_another_account_or_one_that_is_not_told(self, account):
        conflict("goes to storage account", papers=[paper()], jobs=[job(storage_account_id=account)])

    @pytest.mark.parametrize(
        ("papers", "drives", "said"),
        [
            ([paper(), paper("WD-2", TWO)], [("WD-1", ONE)], "only in the papers: WD-2"),
            ([paper()], [("WD-1", ONE), ("WD-2", TWO)], "only in the job: WD-2"),
            ([paper()], [], "only in the papers: WD-1"),
        ],
    )
    def test_a_job_with_more_or_fewer_drives(self, papers, drives, said):
        conflict(said, papers=papers, jobs=[job(drives=drives)])

    @pytest.mark.parametrize("digest", [TWO, None])
    def test_a_manifest_hash_that_the_job_has_otherwise_or_does_not_tell(self, digest):
        conflict("manifest hash", "WD-1", papers=[paper()], jobs=[job(drives=[("WD-1", digest)])])


NAMES = [f"4508156004108672185_{number}_{GUID}_BaseBlob" for number in range(3)]
SIZES = dict.fromkeys(NAMES, 512)


def manifest(*names, serial="WD-1", length=512):
    """The bytes of a manifest with these files where the tool puts them."""
    zeros = hashlib.md5(bytes(length), usedforsecurity=False).hexdigest()
    blobs = "".join(
        f"<Blob><BlobPath>landing/{name}</BlobPath><FilePath>\\landing\\{name}</FilePath><Length>{length}</Length>"
        f'<PageRangeList><PageRange Offset="0" Length="{length}" Hash="{zeros}"/></PageRangeList></Blob>'
        for name in names
    )
    text = f'<DriveManifest Version="2014-11-01"><Drive><DriveId>{serial}</DriveId><BlobList>{blobs}</BlobList></Drive></DriveManifest>'
    return text.encode()


def read(content, digest=None, container="landing"):
    digest = digest or hashlib.md5(content, usedforsecurity=False).hexdigest().upper()
    found = by_tool.Paper("WD-1", "\\DriveManifest.xml", digest, "Journal1.xml", "")
    return by_tool.read_manifest(io.BytesIO(content), found, container, SIZES)


class TestManifests:
    def test_a_manifest_of_staged_files_tells_its_content(self):
        content = manifest(*NAMES[:2])
        told = read(content)
        assert (told.files, told.bytes, told.size) == (dict.fromkeys(NAMES[:2], 512), 1024, len(content))

    @pytest.mark.parametrize(
        ("content", "digest", "container", "said"),
        [
            (manifest(*NAMES[:1]), ONE, "landing", "it was changed"),
            (manifest(*NAMES[:1], serial="WD-2"), None, "landing", "DriveId is 'WD-2'"),
            (manifest(*NAMES[:1], length=1024), None, "landing", "staged are 512 bytes"),
            (manifest("foreign"), None, "landing", "it is not in the inventory"),
            (manifest(*NAMES[:1]), None, "elsewhere", "not to 'elsewhere/"),
        ],
    )
    def test_what_is_not_as_staged_is_a_conflict(self, content, digest, container, said):
        with pytest.raises(by_tool.Conflict, match="Nothing was changed") as raised:
            read(content, digest, container)
        assert said in raised.value.msg and "Do not ship" in raised.value.fields["cure"]

    def test_a_torn_manifest_is_refused(self):
        with pytest.raises(Failure):
            read(manifest(*NAMES[:1])[:-20])

    def test_the_drives_together_hold_every_file_once(self):
        first, second = read(manifest(*NAMES[:2])), read(manifest(NAMES[2]))
        by_tool.refuse_unless_whole({"WD-1": first, "WD-2": second}, SIZES)
        with pytest.raises(by_tool.Conflict, match="on no drive: .*_2_"):
            by_tool.refuse_unless_whole({"WD-1": first}, SIZES)
        with pytest.raises(by_tool.Conflict, match="on more than one drive: .*_0_"):
            by_tool.refuse_unless_whole({"WD-1": first, "WD-2": read(manifest(NAMES[0], NAMES[2]))}, SIZES)


def seen(standing="blank", *reasons, **more):
    told = {"serial": "WD-1", "size": 4, "number": 2, "letter": "F", "blank": False, "lock": None, "manifest": None}
    kinds = [{"id": name, "kind": kind, "text": f"it is {name}"} for name, kind in reasons]
    return {**told, "standing": standing, "reasons": kinds, "holds": [], "state": "planned", **more}


PAPER = by_tool.Paper("WD-1", "\\DriveManifest.xml", ONE, "Journal1.xml", "")


class TestDrives:
    @pytest.mark.parametrize(
        ("drive", "state", "ids"),
        [
            (seen(), "planned", []),
            (seen("blank", ("offline", "consent")), "planned", []),
            (seen("wipeable"), "planned", []),
            (seen("absent"), "refused", ["absent"]),
            (seen("refused", ("wrong_size", "never")), "refused", ["wrong_size"]),
            (seen("refused", ("not_empty", "content")), "refused", ["not_empty"]),
            (seen("refused", ("not_empty", "content"), blank=True), "planned", []),
            (seen("refused", ("manifest_left", "content"), ("not_empty", "content"), blank=True), "refused", ["manifest_left"]),
            (seen("locked", ("locked", "content"), lock="locked"), "refused", ["locked"]),
        ],
    )
    def test_only_empty_or_given_up_drives_are_named_to_the_person(self, drive, state, ids):
        told = attended.told(drive, None)
        assert (told["state"], [reason["id"] for reason in told["reasons"]]) == (state, ids)

    def test_a_drive_of_the_tool_is_copied_unless_it_is_locked_or_may_never_be_touched(self):
        held = seen("refused", ("not_empty", "content"), ("manifest_left", "content"), lock="unlocked")
        assert attended.told(held, PAPER, by_tool.DONE)["state"] == "copied"
        locked = attended.told({**held, "lock": "locked"}, PAPER, by_tool.DONE)
        assert locked["state"] == "refused" and "Journal1.xml" in locked["reasons"][0]["text"]
        assert attended.told(seen("refused", ("boot", "never")), PAPER, by_tool.DONE)["state"] == "refused"

    def test_a_drive_on_which_the_tool_may_be_at_work_is_not_refused_but_said(self):
        told = attended.told(seen("refused", ("not_empty", "content")), None, by_tool.UNFINISHED)
        assert told["state"] == "planned" and "at work" in told["message"]

    def test_a_named_drive_that_the_tool_did_not_need_may_be_absent(self):
        told = attended.told(seen("absent"), None, by_tool.DONE)
        assert (told["state"], told["standing"]) == ("planned", "unused")


class TestToolFiles:
    def test_files_are_named_as_on_windows(self, tmp_path):
        (tmp_path / "en").mkdir()
        (tmp_path / "en" / "words.dll").write_bytes(b"de")
        files = attended.tool_files(tmp_path)
        assert list(files) == ["en\\words.dll"]
        assert attended.sources(files) == [{"name": "en\\words.dll", "sha256": hashlib.sha256(b"de").hexdigest()}]

    def test_a_folder_that_is_missing_or_empty_is_refused(self, tmp_path):
        for folder in (tmp_path, tmp_path / "gone"):
            with pytest.raises(Failure, match="win_disk_prep_tool"):
                attended.tool_files(folder)

    def test_names_of_a_host_stay_below_the_folder(self, tmp_path):
        assert attended.below(tmp_path, "en\\words.dll") == tmp_path / "en" / "words.dll"
        for name in ("..\\x", "en\\..\\..\\x", "C:\\x", "\\x", "C:x", "a:b", "", "/etc/passwd", "a/../../x"):
            with pytest.raises(Failure):
                attended.below(tmp_path, name)

    def test_consent_names_each_drive_once(self):
        assert attended.requests([{"serial": " WD-1 ", "size": 4}])[0]["planned_serial"] == "WD-1"
        with pytest.raises(Failure, match="twice"):
            attended.requests([{"serial": "WD-1", "size": 4}, {"serial": "WD -1", "size": 4}])
        with pytest.raises(Failure, match="serial"):
            attended.requests([{"serial": " ", "size": 4}])
