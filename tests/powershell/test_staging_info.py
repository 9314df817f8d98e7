# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""win_staging_info lists what the agent wrote, file by file, and says why where it cannot."""

from __future__ import annotations

import hashlib
import json

import pytest


@pytest.fixture
def bench(either):
    """On the engine and on the stand-ins."""
    return either


WHERE = {"path": r"C:\staging", "storage_account": "seedlanding", "import_job_name": "srv1"}
GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def staged(number, kind="AIBBlob"):
    return f"4508156004108672185_{number}_{GUID}_{kind}"


@pytest.fixture
def folder(bench):
    """The job's folder on COPY1, with two good files."""
    made = bench.host("COPY1").path(r"C:\staging\seedlanding_srv1")
    made.mkdir(parents=True)
    (made / staged(10)).write_bytes(b"\0" * 1024)
    (made / staged(2, "BaseBlob")).write_bytes(b"\1" * 512)
    return made


def listing_of(bench, told):
    return bench.host("COPY1").path(told["listing"]).read_bytes()


def test_staged_files_are_listed_in_ordinal_order(bench, folder):
    told = bench.run("win_staging_info", "COPY1", **WHERE)
    assert (told["exists"], told["readable"], told["files"], told["bytes"]) == (True, True, 2, 1536)
    assert told["folder"] == r"C:\staging\seedlanding_srv1" and told["free_bytes"] > 0
    content = listing_of(bench, told)
    lines = [json.loads(line) for line in content.splitlines()]
    assert [(line["name"], line["size"]) for line in lines] == [(staged(10), 1024), (staged(2, "BaseBlob"), 512)]
    assert all(line["mtime"].endswith("Z") for line in lines)
    assert content.endswith(b"}\n") and hashlib.sha256(content).hexdigest() == told["listing_sha256"]


def test_listing_lies_in_a_folder_for_administrators_only(bench, folder):
    told = bench.run("win_staging_info", "COPY1", **WHERE)
    host = bench.host("COPY1")
    assert told["listing"] == r"C:\ProgramData\offlineseed\srv1\staging.jsonl"
    root = r"C:\ProgramData\offlineseed"
    assert host.access.protected(root)
    assert {rule["who"] for rule in host.access.rules(root)} == {"NT AUTHORITY\\SYSTEM", "BUILTIN\\Administrators"}


def test_folder_that_a_user_planted_is_refused(bench, folder):
    from lab.windows.access import USERS, Acl, rule

    host = bench.host("COPY1")
    planted = host.path(r"C:\ProgramData\offlineseed\srv1")
    planted.mkdir(parents=True)
    host.access.set(r"C:\ProgramData\offlineseed", Acl(False, [rule(USERS, "FullControl")], USERS))
    told = bench.run("win_staging_info", "COPY1", **WHERE)
    assert told["failed"] and r"C:\ProgramData\offlineseed" in told["msg"]


@pytest.mark.parametrize("what", [r"srv1\worker", r"srv1\worker\_DriveWorker.psm1", "link"])
def test_what_a_user_made_in_a_folder_that_was_open_is_refused_until_it_is_gone(bench, folder, tmp_path, what):
    from lab.windows.access import ADMINISTRATORS, USERS, Acl, rule

    root = r"C:\ProgramData\offlineseed"
    host = bench.host("COPY1")
    place = host.path(f"{root}\\{what}")
    place.parent.mkdir(parents=True)
    if what == "link":
        (tmp_path / "elsewhere").mkdir()
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.write_text("exit")
        host.access.set(f"{root}\\{what}", Acl(False, [], USERS))
    host.access.set(root, Acl(False, [rule(USERS, "FullControl")], ADMINISTRATORS))
    for _run in range(2):  # the first one closed the folder
        told = bench.run("win_staging_info", "COPY1", **WHERE)
        assert told["failed"] and f"{root}\\{what}" in told["msg"] and "was open to users" in told["msg"]
        assert host.access.protected(root)
    place.unlink()
    host.access.forget(f"{root}\\{what}")
    assert bench.run("win_staging_info", "COPY1", **WHERE)["listing"]
    assert {rule["who"] for rule in host.access.rules(root)} == {"NT AUTHORITY\\SYSTEM", "BUILTIN\\Administrators"}


def test_file_of_513_bytes_and_an_empty_one_are_named(bench, folder):
    (folder / staged(3)).write_bytes(b"x" * 513)
    (folder / staged(4)).write_bytes(b"")
    told = bench.run("win_staging_info", "COPY1", **WHERE)
    assert told["misaligned"] == [{"name": staged(3), "size": 513}, {"name": staged(4), "size": 0}]
    assert told["misaligned_count"] == 2


def test_what_is_not_the_agents_is_named_and_not_listed(bench, folder):
    (folder / "notes.txt").write_bytes(b"mine")
    (folder / "sub").mkdir()
    told = bench.run("win_staging_info", "COPY1", **WHERE)
    assert told["foreign"] == ["notes.txt", "sub\\"] and told["files"] == 2
    assert b"notes.txt" not in listing_of(bench, told)


def test_check_mode_counts_and_writes_nothing(bench, folder):
    real = bench.run("win_staging_info", "COPY1", **WHERE)
    before = bench.network.hashes()
    bench.host("COPY1").path(real["listing"]).unlink()
    told = bench.run("win_staging_info", "COPY1", check=True, **WHERE)
    assert (told["files"], told["listing"], told["listing_sha256"]) == (2, None, real["listing_sha256"])
    assert bench.network.hashes()["COPY1"]["model"] == before["COPY1"]["model"]
    assert not bench.host("COPY1").path(real["listing"]).exists()


def test_job_without_a_folder_yet_is_a_result(bench):
    told = bench.run("win_staging_info", "COPY1", **WHERE)
    assert (told["path_exists"], told["exists"], told["readable"], told["listing"]) == (True, False, True, None)
    assert told["read_error"] is None


def test_staging_path_that_does_not_exist_is_named_with_the_cure(bench):
    told = bench.run("win_staging_info", "COPY1", **{**WHERE, "path": r"C:\nowhere"})
    assert (told["path_exists"], told["readable"]) == (False, False)
    assert r"C:\nowhere" in told["read_error"] and "Create the folder" in told["read_error"]


def test_share_of_another_host_is_out_of_reach_for_a_network_logon(bench, folder):
    told = bench.run("win_staging_info", "SRV1", **{**WHERE, "path": r"\\COPY1\staging"})
    assert (told["exists"], told["readable"], told["free_bytes"]) == (False, False, None)
    for word in (r"\\COPY1\staging", "Administrator", "credential_username", "network logon"):
        assert word in told["read_error"]


def test_share_opens_with_a_credential(bench, folder):
    bench.network.add_account("LAB\\reader", "CANARY-share-password", administrator=True)
    told = bench.run("win_staging_info", "SRV1", **{**WHERE, "path": r"\\COPY1\staging"}, credential_username="LAB\\reader",
                     credential_password="CANARY-share-password")
    assert (told["exists"], told["readable"], told["files"]) == (True, True, 2), told["read_error"]
    assert "CANARY" not in json.dumps(told)


def test_wrong_password_names_the_account_and_not_the_password(bench, folder):
    bench.network.add_account("LAB\\reader", "right", administrator=True)
    told = bench.run("win_staging_info", "SRV1", **{**WHERE, "path": r"\\COPY1\staging"}, credential_username="LAB\\reader",
                     credential_password="CANARY-wrong")
    assert told["readable"] is False and "LAB\\reader" in told["read_error"]
    assert "CANARY" not in json.dumps(told)


def test_user_name_without_a_password_is_refused(bench):
    told = bench.run("win_staging_info", "SRV1", **WHERE, credential_username="LAB\\reader")
    assert told["failed"] and "credential_password" in told["msg"]
