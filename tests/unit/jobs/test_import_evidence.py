# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence of an import comes to the controller whole, once, from the job's own account, and nothing else of the container does."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from unit.drives.landing import Thing, manifest_of
from unit.jobs.test_landing_blobs import ACCOUNT, XML, blob, expect_account, expect_page

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_evidence

KEY = base64.b64encode(b"CANARY account key").decode()
LOG = "waimportexport/waies/srv1_WD-1_20260131-080000-000_verbose.xml"
CONTENT = b"<DriveLog/>"
MANIFEST = manifest_of([Thing("a_AIBBlob", 512, container="seed-srv1")])


@pytest.fixture
def folder(tmp_path):
    """Evidence as win_disk_prep leaves it."""
    place = tmp_path / "evidence" / "WD-1"
    place.mkdir(parents=True)
    (place / "DriveManifest.xml").write_bytes(MANIFEST)
    (place / "journal.jsonl").write_text("{}\n")
    return place.parent


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest().upper()


def job(**change):
    drive = {"serial": "WD-1", "manifest_hash": md5(MANIFEST), "error_log": None, "verbose_log": LOG}
    told = {"name": "srv1", "terminal": True, "storage_account_id": ACCOUNT, "drives": [{**drive, **change.pop("drive", {})}]}
    return {**told, **change}


def wanted(folder, **more):
    return {"job": job(), "container": "seed-srv1", "evidence_dir": str(folder), **more}


def expect_blob(script, path, content, etag="0x1", token=2, **answer):
    """The questions for one blob: what it is, and what it holds."""
    known = {**XML, "ETag": etag, "Last-Modified": "Fri, 02 Jan 2026 03:04:05 GMT", "x-ms-blob-type": "BlockBlob"}
    proof = {"token": script.token(token)} if "proof" not in answer else {"proof": answer.pop("proof")}
    gone = {"x-ms-error-code": "BlobNotFound"} if answer else {}
    script.expect("HEAD", f"/seedlanding/{path}", raw=content, headers={**known, **gone}, **proof, **answer)
    if content and not answer:
        ranged = {**known, "Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}"}
        script.expect("GET", f"/seedlanding/{path}", raw=content, status=206, headers=ranged, **proof)


def test_log_job_and_list_are_archived_with_their_hashes(script, task, folder):
    expect_account(script)
    expect_blob(script, LOG, CONTENT)
    expect_page(script, blob("a_AIBBlob", 512))
    result = task.run(import_evidence, **wanted(folder))
    log = folder / "logs" / LOG.rsplit("/", 1)[-1]
    assert result["changed"] and result["archived"] and log.read_bytes() == CONTENT
    assert [one["name"] for one in result["files"]] == [
        "WD-1/DriveManifest.xml", "WD-1/journal.jsonl", "blobs.jsonl", "job.json", f"logs/{log.name}",
    ]  # fmt: skip
    assert all(hashlib.sha256((folder / one["name"]).read_bytes()).hexdigest() == one["sha256"] for one in result["files"])
    assert result["missing"] == ["job names no error_log of drive WD-1"] and result["logs"] == [str(log)]
    assert json.loads((folder / "blobs.jsonl").read_text()) == {
        "name": "a_AIBBlob", "size": 512, "kind": "PageBlob", "modified": "2026-01-02T03:04:05Z", "etag": "0x2",
    }  # fmt: skip
    assert {path.stat().st_mode & 0o777 for path in (log, folder / "job.json")} == {0o600}


def test_a_second_run_changes_nothing_and_keeps_a_log_that_azure_has_deleted(script, task, folder):
    for content in (CONTENT, None):
        expect_account(script)
        if content:
            expect_blob(script, LOG, content)
        else:
            expect_blob(script, LOG, b"", status=404)
        expect_page(script, blob("a_AIBBlob", 512))
        result = task.run(import_evidence, **wanted(folder))
        script.sign_ins.clear()
    assert not result["changed"] and len(result["logs"]) == 1 and len(result["missing"]) == 1


def test_a_log_that_is_gone_is_said_and_the_rest_goes_on(script, task, folder):
    expect_account(script)
    expect_blob(script, LOG, b"", status=404)
    expect_page(script, blob("a_AIBBlob", 512))
    result = task.run(import_evidence, **wanted(folder))
    assert result["logs"] == [] and f"{LOG} of drive WD-1 is not in the account" in result["missing"]


def test_only_what_was_found_wanting_is_read_back_and_once(script, task, folder):
    (folder / "verdicts.jsonl").write_text(
        "".join(
            json.dumps({"path": f"seed-srv1/{name}", "verdict": verdict, "by": "log"}) + "\n"
            for name, verdict in (("a", "corrupted"), ("b", "proven"), ("c", "missing"), ("d", "failed"))
        )
    )
    for first in (True, False):
        expect_account(script)
        expect_blob(script, LOG, CONTENT)
        expect_page(script, blob("a", 512, day=3), blob("b", 512), blob("d", 512, "BlockBlob"))
        if first:
            expect_blob(script, "seed-srv1/a", b"x" * 512, etag='"0x3"')  # a header has quotes, the list has none
        result = task.run(import_evidence, **wanted(folder, verdicts_file=str(folder / "verdicts.jsonl")))
        script.sign_ins.clear()
    (line,) = (folder / "read_back.jsonl").read_text().splitlines()
    assert json.loads(line) == {"name": "a", "size": 512, "etag": "0x3", "sha256": hashlib.sha256(b"x" * 512).hexdigest()}
    assert result["read_back"] == str(folder / "read_back.jsonl") and not result["changed"]


def test_a_url_of_the_account_is_a_log_and_one_of_another_place_is_refused(script, task, folder):
    expect_account(script)
    expect_blob(script, LOG, CONTENT)
    expect_page(script)
    url = f"{script.url}/seedlanding/{LOG}?sv=ignored"
    assert task.run(import_evidence, **wanted(folder, job=job(drive={"verbose_log": url})))["logs"]
    for place in ("c/log.xml", f"seedlanding/{LOG}"):
        script.sign_ins.clear()
        expect_account(script)
        foreign = job(drive={"verbose_log": f"https://elsewhere.invalid/{place}?sig=CANARY"})
        failure = task.fail(import_evidence, **wanted(folder, job=foreign))
        assert "a log in the storage account" in failure.msg and "CANARY" not in failure.msg


def test_an_identity_without_a_role_takes_a_key_and_the_key_stays_inside(script, task, folder):
    expect_account(script)
    script.expect("HEAD", f"/seedlanding/{LOG}", status=403, raw=b"", token=script.token(2), headers=denied())
    keys = {"keys": [{"keyName": "key1", "value": KEY, "permissions": "FULL"}]}
    script.expect("POST", f"{ACCOUNT}/listKeys", version="2023-05-01", json=keys, token=script.token(1))
    expect_blob(script, LOG, CONTENT, proof="SharedKey seedlanding:")
    expect_page(script, blob("a_AIBBlob", 512), proof="SharedKey seedlanding:", token=None)
    result = task.run(import_evidence, **wanted(folder))
    assert KEY not in json.dumps(result) and result["archived"]


def denied():
    return {**XML, "x-ms-error-code": "AuthorizationPermissionMismatch"}


def test_a_drive_that_the_job_has_forgotten_is_still_expected(script, task, folder):
    other = folder / "WD-2" / "DriveManifest.xml"
    other.parent.mkdir()
    other.write_bytes(manifest_of([Thing("b_AIBBlob", 512, container="seed-srv1")]))
    prepared = [{"serial": "WD-1", "manifest_hash": md5(MANIFEST).lower()}, {"serial": "WD-2", "manifest_hash": md5(other.read_bytes())}]
    expect_account(script)
    expect_blob(script, LOG, CONTENT)
    expect_page(script)
    result = task.run(import_evidence, **wanted(folder, drives=prepared))
    assert result["manifests"] == [str(folder / "WD-1" / "DriveManifest.xml"), str(other)]
    assert {"job names no drive WD-2, which was prepared for it", "journal of drive WD-2"} <= set(result["missing"])


def test_a_manifest_is_the_one_that_was_put_on_record_where_the_job_tells_none(task, folder):
    silent, another = job(drive={"manifest_hash": None}), [{"serial": "WD-1", "manifest_hash": "0" * 32}]
    assert "has another MD5" in task.fail(import_evidence, **wanted(folder, job=silent, drives=another)).msg
    assert "has another MD5" in task.fail(import_evidence, **wanted(folder, drives=another)).msg


def test_a_manifest_of_which_nobody_tells_the_md5_is_said(script, task, folder):
    expect_account(script)
    result = task.run(import_evidence, check=True, **wanted(folder, job=job(drive={"manifest_hash": None})))
    assert "nobody tells the MD5 of the manifest of drive WD-1" in result["missing"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"terminal": False, "stage": "copying"}, "a job that is over"),
        ({"storage_account_id": ""}, "names no storage account"),
        ({"drive": {"manifest_hash": "0" * 32}}, "has another MD5"),
        ({"drive": {"serial": "WD-2"}}, "manifest of drive WD-2"),
        ({"drive": {"serial": ".."}}, "a serial number"),
    ],
)
def test_what_cannot_be_archived_is_refused_before_anything_is_asked(task, folder, change, words):
    assert words in task.fail(import_evidence, **wanted(folder, job=job(**change))).msg


def test_an_account_without_a_blob_service_is_named(script, task, folder):
    said = {"id": ACCOUNT, "name": "seedlanding", "properties": {"primaryEndpoints": {"file": "https://x"}}}
    script.expect("GET", ACCOUNT, version="2023-05-01", json=said)
    assert "no blob endpoint" in task.fail(import_evidence, **wanted(folder)).msg


def test_check_mode_fetches_nothing(script, task, folder):
    expect_account(script)
    result = task.run(import_evidence, check=True, **wanted(folder))
    assert result["changed"] and not result["archived"] and sorted(path.name for path in folder.iterdir()) == ["WD-1"]


def test_a_container_that_is_gone_holds_nothing(script, task, folder):
    expect_account(script)
    expect_blob(script, LOG, CONTENT)
    gone = b'<?xml version="1.0"?><Error><Code>ContainerNotFound</Code><Message>No.</Message></Error>'
    expect_page(script, status=404, raw=gone)
    task.run(import_evidence, **wanted(folder))
    assert (folder / "blobs.jsonl").read_text() == ""
