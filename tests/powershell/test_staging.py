# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""win_staging removes exactly what the inventory names, and nothing else."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def bench(either):
    """On the engine and on the stand-ins."""
    return either


GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
INVENTORY = r"C:\Users\Administrator\inventory.jsonl"
WHERE = {"path": r"C:\staging", "storage_account": "seedlanding", "import_job_name": "srv1", "inventory_file": INVENTORY}
NAMES = [f"4508156004108672185_{number}_{GUID}_AIBBlob" for number in (1, 2)]


@pytest.fixture
def folder(bench):
    """Two inventoried files of 512 bytes."""
    made = bench.host("COPY1").path(r"C:\staging\seedlanding_srv1")
    made.mkdir(parents=True)
    for name in NAMES:
        (made / name).write_bytes(b"\0" * 512)
    write_inventory(bench, [{"name": name, "size": 512, "mtime": "2026-01-02T03:04:05Z"} for name in NAMES])
    return made


def write_inventory(bench, entries):
    place = bench.host("COPY1").path(INVENTORY)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("".join(json.dumps(entry) + "\n" for entry in entries))


def test_inventoried_files_and_the_empty_folder_are_removed(bench, folder):
    told = bench.run("win_staging", "COPY1", **WHERE)
    assert (told["changed"], told["removed"], told["removed_bytes"], told["kept"], told["folder_removed"]) == (True, 2, 1024, [], True)
    assert not folder.exists() and folder.parent.is_dir()


def test_second_run_changes_nothing(bench, folder):
    bench.run("win_staging", "COPY1", **WHERE)
    told = bench.run("win_staging", "COPY1", **WHERE)
    assert (told["changed"], told["removed"], told["kept"]) == (False, 0, [])


def test_everything_else_stays_and_is_named(bench, folder):
    (folder / "notes.txt").write_bytes(b"mine")
    (folder / "sub").mkdir()
    (folder / "sub" / NAMES[0]).write_bytes(b"\0" * 512)
    (folder / NAMES[1]).write_bytes(b"\0" * 1024)
    told = bench.run("win_staging", "COPY1", **WHERE)
    assert (told["removed"], told["folder_removed"]) == (1, False)
    assert told["kept"] == [NAMES[1], "notes.txt", "sub\\"]
    assert sorted(path.name for path in folder.iterdir()) == sorted([NAMES[1], "notes.txt", "sub"])
    assert (folder / "sub" / NAMES[0]).exists()


def test_folder_of_another_job_is_not_looked_at(bench, folder):
    other = folder.with_name("seedlanding_srv2")
    other.mkdir()
    (other / NAMES[0]).write_bytes(b"\0" * 512)
    bench.run("win_staging", "COPY1", **WHERE)
    assert (other / NAMES[0]).exists()


def test_check_mode_tells_the_same_and_removes_nothing(bench, folder):
    (folder / "notes.txt").write_bytes(b"mine")
    told = bench.run("win_staging", "COPY1", check=True, diff=True, **WHERE)
    assert (told["changed"], told["removed"], told["kept"]) == (True, 2, ["notes.txt"])
    assert (told["diff"]["before"]["files"], told["diff"]["after"]["files"]) == (3, 1)
    assert all((folder / name).exists() for name in NAMES)


@pytest.mark.parametrize("entry", [
    {"name": r"..\seedlanding_srv2\x", "size": 512}, {"name": "notes.txt", "size": 4}, {"name": NAMES[0]}, {"size": 512}])
def test_inventory_that_names_anything_but_staged_files_is_refused_whole(bench, folder, entry):
    write_inventory(bench, [{"name": NAMES[0], "size": 512}, entry])
    told = bench.run("win_staging", "COPY1", **WHERE)
    assert told["failed"] and "line 2" in told["msg"] and "Nothing was removed" in told["msg"]
    assert all((folder / name).exists() for name in NAMES)


def test_missing_staging_path_has_nothing_to_remove(bench):
    write_inventory(bench, [{"name": NAMES[0], "size": 512}])
    told = bench.run("win_staging", "COPY1", **{**WHERE, "path": r"C:\nowhere"})
    assert (told["changed"], told["removed"]) == (False, 0)


def test_share_out_of_reach_fails_and_names_the_cure(bench):
    host = bench.host("SRV1")
    host.path(INVENTORY).parent.mkdir(parents=True, exist_ok=True)
    host.path(INVENTORY).write_text(json.dumps({"name": NAMES[0], "size": 512}) + "\n")
    told = bench.run("win_staging", "SRV1", **{**WHERE, "path": r"\\COPY1\staging"})
    assert told["failed"] and "credential_username" in told["msg"]
