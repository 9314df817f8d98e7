# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agent's own tool (AzureOfflineBackupDiskPrep) left behind, held against what was agreed: drives, files, and the job in Azure.

The host tells the papers (DriveInfo files and journals) without a key, Azure the jobs. A fact that neither tells is never taken for well.
Which of the files goes on which drive is the tool's choice; that each lies on exactly one is checked here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..failure import Failure
from . import manifest, names
from .manifest import MD5

NOT_RUN, UNFINISHED, DONE = "not_run", "unfinished", "done"
AGAIN = "Nothing was changed."
SUMMARY = re.compile(r"(?P<account>[a-z0-9]{3,24})_(?P<job>.+)\.txt")
CANCELED = "canceled"


class Conflict(Failure):
    """The tool, Azure and the seed's variables cannot all be right."""


@dataclass(frozen=True)
class Paper:
    """What the tool wrote of a drive it prepared: *serial*, path and MD5 of its manifest, the *file* that says so, and when."""

    serial: str
    manifest_file: str
    manifest_hash: str
    file: str
    modified: str


@dataclass(frozen=True)
class Expected:
    """What the seed's variables say: *serials* of the consent, *job_name*, its *resource_group*, the *account_id* the data go to."""

    serials: tuple
    job_name: str
    resource_group: str
    account_id: str

    @property
    def account(self):
        return self.account_id.rstrip("/").rpartition("/")[2]


@dataclass(frozen=True)
class Outcome:
    """How far the tool is: *progress*, its *papers* by serial, and the *job* (neutral, a dict) once it is made."""

    progress: str
    papers: dict
    job: dict | None = None


def papers_of(told):
    """Papers by serial, newest first, out of the host's answer ``[{file, modified, drives: [{serial, manifest_file, manifest_hash}]}]``.

    A paper without a whole hash is one of a session that did not come to its end, and counts for nothing.
    """
    found = {}
    for one in sorted(told, key=lambda paper: (paper["modified"], paper["file"]), reverse=True):
        for drive in one["drives"]:
            serial = names.serial(drive["serial"])
            if serial and MD5.fullmatch(drive["manifest_hash"] or "") and drive["manifest_file"]:
                paper = Paper(serial, drive["manifest_file"], drive["manifest_hash"].upper(), one["file"], one["modified"])
                found.setdefault(serial, []).append(paper)
    return found


def judge(told, summaries, jobs, expected):
    """The Outcome; a Conflict where papers, job and *expected* differ.

    *told* are the papers as of ``papers_of``, *summaries* names of files, *jobs* neutral jobs (dicts).
    """
    papers = papers_of(told)
    _refuse_foreign_drives(papers, expected)
    job = _job(jobs, expected, papers)
    _refuse_other_summary(summaries, expected)
    made = f"{expected.account}_{expected.job_name}.txt".lower() in {name.lower() for name in summaries}
    if job is None:
        if made:
            raise _vanished(expected)
        return Outcome(UNFINISHED if told else NOT_RUN, _newest(papers))
    _refuse_unfit_job(job, expected)
    if not papers:
        raise _no_papers(job, expected)
    return Outcome(DONE, _as_in(job, papers), job)


def _newest(papers):
    return {serial: found[0] for serial, found in papers.items()}


def _refuse_foreign_drives(papers, expected):
    foreign = sorted(set(papers) - set(expected.serials))
    if foreign:
        cure = (
            "If the drive is meant for this seed, name it in seed_drives. If a wrong letter was entered, that drive was formatted: put its"
            " journal and DriveInfo file aside, and prepare the right drive."
        )
        raise _conflict("seed_drives", f"The tool prepared drive {', '.join(foreign)}, which seed_drives does not name", foreign, cure)


def _job(jobs, expected, papers):
    """The job of the wanted name; a Conflict if these drives stand in one of another name, or it stands in another resource group."""
    wanted = set(expected.serials) & set(papers)
    named = [job for job in jobs if job["name"].lower() == expected.job_name.lower()]
    here = [job for job in named if _group(job) == expected.resource_group.lower()]
    for job in jobs:
        if job not in named and not job.get("terminal") and {names.serial(drive["serial"]) for drive in job["drives"]} & wanted:
            cure = (
                "Set seed_job_name to the name of that job if it is this seed's (the agent's wizard has to have the same name), or cancel"
                " and delete it and run the tool again."
            )
            said = f"Drives of this seed stand in import job {job['name']} ({job['id']}), and seed_job_name is {expected.job_name}"
            raise _conflict("seed_job_name", said, job["name"], cure)
    if named and not here:
        seen = named[0]["id"]
        cure = "Set seed_resource_group to the group of the storage account, where the tool makes the job, or move the job there."
        raise _conflict("seed_resource_group", f"Import job {expected.job_name} stands in another resource group: {seen}", seen, cure)
    return here[0] if here else None


def _group(job):
    parts = str(job["id"]).split("/")
    return parts[4].lower() if len(parts) > 4 else ""


def _refuse_other_summary(summaries, expected):
    for name in summaries:
        found = SUMMARY.fullmatch(name.lower())
        if found and found["account"] == expected.account.lower() and found["job"] != expected.job_name.lower():
            cure = "Compare seed_job_name with what was entered in the agent's wizard. If the file is left from another seed, put it aside."
            said = f"The tool made import job {found['job']} ({name}), and seed_job_name is {expected.job_name}"
            raise _conflict("seed_job_name", said, name, cure)


def _vanished(expected):
    cure = (
        "If it stands in another subscription, set seed_subscription_id and seed_resource_group to where it is. If it was deleted, remove"
        " the tool's journals, DriveInfo files and summary from its folder and run the tool again: it prepares the drives anew."
    )
    said = f"The tool wrote that it made import job {expected.job_name}, and Azure has no such job"
    return _conflict("seed_job_name", said, None, cure)


def _no_papers(job, expected):
    cure = (
        "If the tool was run in another folder, copy its Journal*.jrn, Journal*_DriveInfo_*.xml and summary file into the folder of this"
        " seed. If another tool made the job, set seed_job_name to a free name (in the agent's wizard too)."
    )
    said = f"Azure has import job {expected.job_name} ({job['id']}), but the tool's folder holds no paper of a prepared drive"
    return _conflict("seed_job_name", said, job["id"], cure)


def _refuse_unfit_job(job, expected):
    if job["stage"] == CANCELED or job.get("cancel_requested"):
        cure = "Delete it, remove the tool's papers from its folder, and run the tool again."
        raise _conflict("seed_job_name", f"Import job {job['name']} was cancelled", job["service_state"], cure)
    account = job.get("storage_account_id") or ""
    if account.lower() != expected.account_id.lower():
        cure = "Compare seed_storage_account and seed_resource_group with what was entered in the agent's wizard."
        said = f"Import job {job['name']} goes to storage account {account or '(not told)'}, not to {expected.account_id}"
        raise _conflict("seed_storage_account", said, account, cure)


def _as_in(job, papers):
    """The paper of each drive of the job; the one whose hash the job holds, where there are several."""
    in_job = {names.serial(drive["serial"]): (drive.get("manifest_hash") or "").upper() for drive in job["drives"]}
    if set(in_job) != set(papers):
        only_job, only_papers = sorted(set(in_job) - set(papers)), sorted(set(papers) - set(in_job))
        sides = [f"only in the job: {', '.join(only_job)}"] * bool(only_job) + [f"only in the papers: {', '.join(only_papers)}"] * bool(
            only_papers
        )
        cure = (
            "If the papers of a drive are left from an earlier attempt, put them aside. If the job lacks a drive that holds data, cancel"
            " and delete it and run the tool again with all drives."
        )
        said = f"Import job {job['name']} has {len(in_job)} drives, the tool's papers tell of {len(papers)} ({'; '.join(sides)})"
        raise _conflict("seed_drives", said, sorted(in_job), cure)
    chosen = {}
    for serial, digest in in_job.items():
        fitting = [paper for paper in papers[serial] if paper.manifest_hash == digest]
        if not fitting:
            cure = (
                "The drive was prepared again after the job was made, or the job is another run's: cancel and delete the job and run the"
                " tool again."
            )
            said = f"Import job {job['name']} has manifest hash {digest or '(not told)'} for drive {serial}, the tool's papers have "
            said += " and ".join(paper.manifest_hash for paper in papers[serial])
            raise _conflict("drives", said, digest, cure)
        chosen[serial] = fitting[0]
    return chosen


@dataclass(frozen=True)
class Content:
    """What a manifest says lies on a drive: *files* (name → bytes), its own *size* and *hash*."""

    files: dict
    size: int
    hash: str

    @property
    def bytes(self):
        return sum(self.files.values())


def read_manifest(stream, paper, container, sizes):
    """The Content of a manifest; a Conflict that says what in it is not as staged (*sizes*: name → bytes) or not as its *paper* says."""
    reader = _Listing(stream)
    differences = manifest.check_read(reader, manifest.staged(sizes), container, paper.serial, paper.manifest_hash)
    if differences:
        shown = "; ".join(str(one) for one in differences[:4]) + (f"; and {len(differences) - 4} more" if len(differences) > 4 else "")
        cure = "Do not ship this drive: cancel and delete the job, remove the tool's papers from its folder, and run the tool again."
        said = f"The manifest of drive {paper.serial} is not what was staged: {shown}"
        raise _conflict("drives", said, [str(one) for one in differences[:20]], cure)
    return Content(reader.files, reader.size, reader.hash)


class _Listing(manifest.Reader):
    """A Reader that keeps names and lengths."""

    def __init__(self, stream):
        super().__init__(stream)
        self.files = {}

    def batches(self):
        for batch in super().batches():
            for blob in batch:
                self.files[blob.file_path.rpartition("\\")[2]] = blob.length
            yield batch


def refuse_unless_whole(contents, sizes):
    """A Conflict unless the drives of *contents* (serial → Content) together hold each staged file (*sizes*) exactly once."""
    places = {}
    for serial, content in sorted(contents.items()):
        for name in content.files:
            places.setdefault(name, []).append(serial)
    missing = sorted(set(sizes) - set(places))
    twice = sorted(name for name, serials in places.items() if len(serials) > 1)
    if missing or twice:
        parts = [f"on no drive: {_few(missing)}"] * bool(missing)
        parts += [f"on more than one drive: {_few(twice)}"] * bool(twice)
        cure = (
            "Was another initial backup staged after the tool ran? Then stage again and run the tool again. If not, cancel and delete the"
            " job and run the tool with drives that hold all files."
        )
        said = f"The drives hold {len(places)} of {len(sizes)} staged files ({'; '.join(parts)})"
        raise _conflict("drives", said, [*missing, *twice][:20], cure)


def _few(found):
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def _conflict(field, said, seen, cure):
    return Conflict(f"{said}. {AGAIN} {cure}", field=field, seen=seen, cure=cure)
