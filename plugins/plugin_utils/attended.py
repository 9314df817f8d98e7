# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run of win_disk_prep with method diskprep: the agent's own tool is brought and explained, and what it did is read back and checked.

A person runs the tool. No disk is changed from here, and no key is read: the host takes only serial, manifest and hash out of the tool's
papers.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ..module_utils import task
from ..module_utils.agent import prompts
from ..module_utils.canonical import canonical
from ..module_utils.drives import attended, by_tool, lists, names, prep, recovery_password
from ..module_utils.failure import Failure, refuse
from . import drive_evidence

NEEDED = (
    "staging_location",
    "staging_path",
    "container",
    "inventory_file",
    "job_name",
    "resource_group",
    "storage_account_id",
    "evidence_dir",
)
LOOK, BRING = "tool_look", "tool_bring"


class AttendedPreparation:
    """`host` asks, puts and fetches (the action plugin); `options` are its validated arguments."""

    def __init__(self, host, options, check_mode):
        self._host, self._options, self._check = host, options, check_mode
        self._changed = False

    def run(self):
        """The task's result, by what the tool has left behind so far. Raises Failure, a by_tool.Conflict among them."""
        for name in NEEDED:
            if not self._options[name]:
                raise refuse(name, self._options[name], "set for method diskprep", "See the documentation of win_disk_prep.")
        drives = attended.requests(self._options["drives"])
        files = self._files()
        expected = self._expected(drives)
        answer = self._look(drives, files)
        outcome = by_tool.judge(answer["papers"], answer["summaries"], self._options["jobs"], expected)
        seen = {drive["serial"]: drive for drive in answer["drives"]}
        told = [attended.told(drive, outcome.papers.get(serial), outcome.progress) for serial, drive in seen.items()]
        if prep.refusals(told):
            return self._result(answer, outcome, told)
        if outcome.progress != by_tool.DONE:
            self._bring(drives, answer, files)
            return self._result(answer, outcome, told)
        contents = self._contents(outcome, seen)
        proven = [attended.proven(drive, *contents[drive["serial"]]) if drive["serial"] in contents else drive for drive in told]
        return self._result(answer, outcome, proven)

    def _files(self):
        """The files of tool_dir; in check mode, in which win_disk_prep_tool fetches nothing, there may be none yet."""
        folder = self._options["tool_dir"] and Path(self._options["tool_dir"])
        return attended.tool_files(folder) if folder and (folder.is_dir() or not self._check) else {}

    def _expected(self, drives):
        options = self._options
        serials = tuple(drive["serial"] for drive in drives)
        return by_tool.Expected(serials, options["job_name"], options["resource_group"], options["storage_account_id"])

    def _look(self, drives, files):
        answer = self._host.ask(LOOK, drives, _sources=attended.sources(files))
        if recovery_password.appears_in(canonical(answer)):
            raise Failure("The copy host answered with something like a recovery password; the answer was thrown away.", operation=LOOK)
        for paper in answer["papers"]:
            if paper["problem"]:
                task.warn(f"{paper['file']} in {answer['tool']['folder']} on the copy host: {paper['problem']}; it counts for nothing.")
        return answer

    # -- before the tool runs --------------------------------------------------------------------------------------------------------
    def _bring(self, drives, answer, files):
        """The tool's folder lies on the copy host; where it does already, nothing is done."""
        if answer["tool"]["exists"] and not answer["tool"]["missing"]:
            return
        if not (self._options["tool_dir"] or self._options["tool_path"]):
            raise Failure(
                f"The tool does not lie in {answer['tool']['folder']} on the copy host, and neither tool_dir nor tool_path says where it"
                " is. Fetch it from the source with win_disk_prep_tool (tool_dir), or give the path or share that the copy host reads"
                " (tool_path).",
                field="tool_path",
                seen=None,
                cure="fetch the tool with win_disk_prep_tool, or give tool_path",
            )
        self._changed = True
        if self._check:
            return
        missing = answer["tool"]["missing"]
        self._host.ask(BRING, [], _sources=[{"name": name, "sha256": ""} for name in missing])
        for name in missing:
            self._host.put(files[name].read_bytes(), f"tool\\{name}")
        left = self._look(drives, files)["tool"]
        if not left["exists"] or left["missing"]:
            lacking = ", ".join(left["missing"]) or prompts.TOOL
            raise Failure(f"{left['folder']} on the copy host still lacks {lacking} after the copying. Run again.", seen=left["missing"])

    # -- after it has run ------------------------------------------------------------------------------------------------------------
    def _contents(self, outcome, seen):
        """What each manifest says, once all of them together are exactly what was staged."""
        sizes = lists.sizes(self._options["inventory_file"], "inventory_file")
        contents = {serial: self._content(paper, seen[serial], sizes) for serial, paper in outcome.papers.items()}
        by_tool.refuse_unless_whole({serial: content for serial, (content, _kept) in contents.items()}, sizes)
        return contents

    def _content(self, paper, drive, sizes):
        found = drive["manifest"]
        if found is None:
            cure = "Look at the drive in Windows; give it back its letter if it has none, and run again."
            text = f"Drive {paper.serial} shows no {paper.manifest_file}, which {paper.file} names. Nothing was changed. {cure}"
            raise Failure(text, field="drives", seen=None, cure=cure)
        place = Path(self._options["evidence_dir"]) / names.file_name(paper.serial, "") / "DriveManifest.xml"
        with _Fetched(self._host, found["path"], place, keep=not self._check) as arrived:
            with open(arrived, "rb") as stream:
                content = by_tool.read_manifest(stream, paper, self._options["container"], sizes)
            kept = {"name": place.name, "sha256": drive_evidence.sha256_of(arrived), "bytes": content.size}
        return content, [kept]

    # -- the answer ------------------------------------------------------------------------------------------------------------------
    def _result(self, answer, outcome, drives):
        options = self._options
        folder = answer["tool"]["folder"]
        letters = tuple((drive["serial"], drive["letter"]) for drive in drives)
        rows = prompts.catalogue(prompts.Asked(options["job_name"], letters, options["return_address"] or {}))
        proven = [drive for drive in drives if drive["state"] == "proven"]
        result = {
            "changed": self._changed,
            "drives": drives,
            "sealed": [],
            "running": False,
            "prepared": outcome.progress == by_tool.DONE and len(proven) == len(outcome.papers),
            "source_readable": None,
            "tool": {
                "folder": folder,
                "progress": outcome.progress,
                "command_line": prompts.command_line(folder, options["staging_location"]),
                "prompts": rows,
                "papers": [
                    {"file": one["file"], "modified": one["modified"], "serials": sorted({drive["serial"] for drive in one["drives"]})}
                    for one in answer["papers"]
                ],
                "job": outcome.job and {key: outcome.job[key] for key in ("id", "name", "backend", "created_at", "service_state")},
            },
        }
        wrong = prep.complaint(drives)
        return {**result, "failed": True, "msg": wrong} if wrong else result


class _Fetched:
    """A file of the host in a file of the controller, which afterwards stands at `place` where it is to be kept."""

    def __init__(self, host, remote, place, keep):
        self._host, self._remote, self._place, self._keep = host, remote, place, keep

    def __enter__(self):
        if self._keep:
            self._place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".offlineseed-", dir=self._place.parent if self._keep else None)
        os.close(handle)
        self._arrived = Path(name)
        try:
            self._host.fetch(self._remote, name)
        except BaseException:
            self._arrived.unlink(missing_ok=True)
            raise
        return name

    def __exit__(self, kind, _error, _trace):
        if self._keep and kind is None:
            self._arrived.replace(self._place)
        else:
            self._arrived.unlink(missing_ok=True)
