# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole stories on the other job service: the documented way with the agent's own tool, and our own engine with a Data Box job."""

from __future__ import annotations

import json
import pathlib
import random

import pytest

from lab import rehearsal
from lab.sample import put
from lab.story import Story

MIB = 1024 * 1024


def record_of(folder: pathlib.Path) -> dict[str, list[dict]]:
    """The data of the record's events, by event."""
    events: dict[str, list[dict]] = {}
    for line in (folder / "controller" / "state" / "srv1" / "record.jsonl").read_text().splitlines():
        told = json.loads(line)
        events.setdefault(told["event"], []).append(told["data"])
    return events


def tools_keys(folder: pathlib.Path) -> set[str]:
    """The recovery passwords that the tool gave to its job, as Azure holds them."""
    jobs = json.loads((folder / "azure.json").read_text())["data_box_jobs"].values()
    return {drive["bitLockerKey"] for job in jobs for drive in job["details"]["importDiskDetailsCollection"].values()}


def holding(folder: pathlib.Path, words: set[str]) -> list[str]:
    """Files below a folder that hold one of the words."""
    wanted = [word.encode() for word in words]
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(folder)) for path in files if any(word in path.read_bytes() for word in wanted))


def more_than_a_drive_holds(folder: pathlib.Path) -> pathlib.Path:
    """The files of a server, of which the agent stages several, and the tool puts a part on each of two drives."""
    chance = random.Random(5)
    for number in range(6):
        put(folder / f"volume {number}.vhdx", chance.randbytes(15 * MIB))
    return folder


def test_the_documented_way_ends_complete(tmp_path, pwsh):
    """From the empty lab to the closed record, driven by the summary; the rehearsal itself checks restore, bystander, and one more run.
    Nobody gives a password for the escrow, since the tool's keys never are in it."""
    folder, data = tmp_path / "lab", more_than_a_drive_holds(tmp_path / "data")
    given = {"seed_disk_prep_method": "diskprep", "seed_escrow_password_file": None}
    rehearsal.play(Story(), folder, data, "pwsh" if pwsh else "standins", given)
    events = record_of(folder)
    assert "completed" in events and not {"undocumented_accepted", "key_sealed"} & set(events)
    [job], drives = events["job_created"], events["drive_prepared"]
    assert (job["backend"], job["made_by"]) == ("data_box", "AzureOfflineBackupDiskPrep")
    assert {drive["made_by"] for drive in drives} == {"AzureOfflineBackupDiskPrep"}
    assert len({drive["serial"] for drive in drives}) == 2 == len({drive["manifest_hash"] for drive in drives})
    keys = tools_keys(folder)
    assert len(keys) == len(drives) and holding(folder / "controller", keys) == []
    assert not (folder / "controller" / "state" / "srv1" / "escrow").exists()


@pytest.mark.parametrize("backend", ["data_box", "auto"])
def test_our_own_engine_with_a_data_box_job_ends_complete(server_data, tmp_path, backend):
    """The job is made outside the agent's tool, so consent is asked for; both providers are registered for auto, which takes Data Box."""
    folder = tmp_path / "lab"
    rehearsal.play(Story(), folder, server_data, "standins", {"seed_job_backend": backend})
    events = record_of(folder)
    assert {"undocumented_accepted", "completed"} <= set(events)
    assert events["job_created"][0]["backend"] == "data_box" and "made_by" not in events["job_created"][0]
    requests = [json.loads(line) for line in (folder / "requests.jsonl").read_text().splitlines()]
    registered = {line["path"].split("/")[-2] for line in requests if line["method"] == "POST" and line["path"].endswith("/register")}
    assert registered == {"Microsoft.DataBox"} | ({"Microsoft.ImportExport"} if backend == "auto" else set())
