# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing the landing container with the inventory, and removing what is ours in it."""

from __future__ import annotations

import base64
import gc
import json

import pytest
from unit.scripted import ANYTHING, GROUP, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.arm.blobs import PAGE
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import landing_blobs, landing_blobs_info, landing_compare

ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/seedlanding"
KEY = base64.b64encode(b"CANARY account key").decode()
LIST = {"restype": "container", "comp": "list", "maxresults": str(PAGE)}
XML = {"Content-Type": "application/xml"}
NO_ROLE = b'<?xml version="1.0"?><Error><Code>AuthorizationPermissionMismatch</Code><Message>No role.</Message></Error>'


@pytest.fixture
def inventory(tmp_path):
    path = tmp_path / "inventory.jsonl"
    files = [{"name": "a_AIBBlob", "size": 512, "mtime": "2026-01-02T03:04:05Z"}, {"name": "b_BaseBlob", "size": 1024}]
    path.write_text("".join(json.dumps(one) + "\n" for one in files))
    return str(path)


def blob(name, size, kind="PageBlob", day=2):
    return (
        f"<Blob><Name>{name}</Name><Properties><Creation-Time>Fri, 02 Jan 2026 03:04:05 GMT</Creation-Time>"
        f"<Last-Modified>Fri, {day:02} Jan 2026 03:04:05 GMT</Last-Modified><Etag>0x{day}</Etag><Content-Length>{size}</Content-Length>"
        f"<Content-Type>application/octet-stream</Content-Type><BlobType>{kind}</BlobType></Properties></Blob>"
    )


def expect_page(script, *blobs, marker=None, following="", token=2, **answer):
    text = (
        f'<?xml version="1.0"?><EnumerationResults><Blobs>{"".join(blobs)}</Blobs><NextMarker>{following}</NextMarker></EnumerationResults>'
    )
    query = {**LIST, **({"marker": marker} if marker else {})}
    script.expect(
        "GET",
        "/seedlanding/seed-srv1",
        query=query,
        body=ANYTHING,
        token=script.token(token),
        headers=XML,
        **{"raw": text.encode(), **answer},
    )


def expect_account(script):
    endpoints = {"primaryEndpoints": {"blob": f"{script.url}/seedlanding/"}}
    script.expect(
        "GET", ACCOUNT, version="2023-05-01", json={"id": ACCOUNT, "name": "seedlanding", "properties": endpoints}, token=script.token(1)
    )


def expect_delete(script, name, **answer):
    script.expect("DELETE", f"/seedlanding/seed-srv1/{name}", token=script.token(2), **{"status": 202, "headers": XML, **answer})


def wanted(inventory, **more):
    return {"resource_group": "rg-seed", "account": "seedlanding", "container": "seed-srv1", "inventory_file": inventory, **more}


def test_everything_has_landed(script, task, inventory):
    expect_account(script)
    expect_page(script, blob("a_AIBBlob", 512, day=3), blob("b_BaseBlob", 1024))
    result = task.run(landing_blobs_info, **wanted(inventory))
    assert (result["complete"], result["newest_modified"], result["changed"]) == (True, "2026-01-03T03:04:05Z", False)
    assert (result["blobs"]["expected"], result["blobs"]["present"], result["blobs"]["bytes"]) == (2, 2, 1536)
    assert script.sign_ins[1]["scope"] == "https://storage.azure.com/.default"


def test_missing_different_and_extra_blobs_are_told_apart(script, task, inventory):
    expect_account(script)
    expect_page(script, blob("b_BaseBlob", 512), following="m1")
    expect_page(script, blob("somebody.txt", 7, "BlockBlob"), marker="m1")
    blobs = task.run(landing_blobs_info, **wanted(inventory, account=None, resource_group=None, storage_account_id=ACCOUNT))["blobs"]
    assert (blobs["missing"], blobs["extra"]) == (["a_AIBBlob"], ["somebody.txt"])
    assert blobs["different"] == [{"name": "b_BaseBlob", "expected": 1024, "seen": 512, "blob_type": "PageBlob"}]
    assert (blobs["missing_count"], blobs["extra_count"], blobs["different_count"]) == (1, 1, 1)


def test_a_block_blob_of_the_right_length_has_not_landed(script, task, inventory):
    expect_account(script)
    expect_page(script, blob("a_AIBBlob", 512, "BlockBlob"), blob("b_BaseBlob", 1024))
    result = task.run(landing_blobs_info, **wanted(inventory))
    assert not result["complete"] and result["blobs"]["different"][0]["blob_type"] == "BlockBlob"


def test_a_page_that_fails_is_asked_for_again_and_none_is_counted_twice(script, time, task, inventory):
    expect_account(script)
    expect_page(script, blob("a_AIBBlob", 512), following="m1")
    expect_page(script, marker="m1", status=503, raw=b"")
    expect_page(script, blob("b_BaseBlob", 1024), marker="m1")
    assert task.run(landing_blobs_info, **wanted(inventory))["blobs"]["present"] == 2
    assert time.slept == [1]


def test_an_identity_without_a_role_on_the_data_takes_an_account_key(script, task, inventory):
    expect_account(script)
    expect_page(script, status=403, raw=NO_ROLE)
    keys = {"keys": [{"keyName": "key1", "value": KEY, "permissions": "FULL"}]}
    script.expect("POST", f"{ACCOUNT}/listKeys", version="2023-05-01", json=keys, token=script.token(1))
    expect_page(script, blob("a_AIBBlob", 512), blob("b_BaseBlob", 1024), proof="SharedKey seedlanding:")
    assert task.run(landing_blobs_info, **wanted(inventory))["complete"]


def test_login_alone_says_which_role_is_missing(script, task, inventory):
    expect_account(script)
    expect_page(script, status=403, raw=NO_ROLE)
    failure = task.fail(landing_blobs_info, **wanted(inventory, auth_mode="login"))
    assert failure.fields["code"] == "AuthorizationPermissionMismatch"
    assert "Storage Blob Data Reader on the container" in failure.fields["cure"]


def test_a_container_that_is_not_there_is_named(script, task, inventory):
    expect_account(script)
    expect_page(script, status=404, raw=b"<Error><Code>ContainerNotFound</Code><Message>No such container.</Message></Error>")
    failure = task.fail(landing_blobs_info, **wanted(inventory))
    assert failure.msg.startswith("Failed to list the blobs of container seed-srv1: ContainerNotFound: ")


class TestRemoving:
    def test_only_what_was_staged_goes_and_the_rest_is_named(self, script, task, inventory):
        expect_account(script)
        expect_page(script, blob("a_AIBBlob", 512), blob("b_BaseBlob", 512), blob("somebody.txt", 7, "BlockBlob"))
        expect_delete(script, "a_AIBBlob")
        result = task.run(landing_blobs, **wanted(inventory))
        assert (result["changed"], result["removed"], result["removed_count"], result["removed_bytes"]) == (True, ["a_AIBBlob"], 1, 512)
        assert result["kept"] == ["b_BaseBlob", "somebody.txt"]

    def test_check_mode_removes_nothing(self, script, task, inventory):
        expect_account(script)
        expect_page(script, blob("a_AIBBlob", 512))
        result = task.run(landing_blobs, check=True, **wanted(inventory))
        assert result["changed"] and result["removed"] == ["a_AIBBlob"]

    def test_nothing_there_changes_nothing(self, script, task, inventory):
        expect_account(script)
        expect_page(script)
        assert not task.run(landing_blobs, **wanted(inventory))["changed"]

    def test_a_blob_that_is_gone_meanwhile_counts_as_removed(self, script, task, inventory):
        expect_account(script)
        expect_page(script, blob("a_AIBBlob", 512), blob("b_BaseBlob", 1024))
        script.any_order()
        expect_delete(script, "a_AIBBlob", status=404, raw=b"<Error><Code>BlobNotFound</Code></Error>")
        expect_delete(script, "b_BaseBlob")
        assert task.run(landing_blobs, **wanted(inventory))["removed_count"] == 2

    def test_a_blob_that_changed_since_it_was_listed_stays_and_the_task_fails(self, script, task, inventory):
        expect_account(script)
        expect_page(script, blob("a_AIBBlob", 512))
        expect_delete(script, "a_AIBBlob", status=412, raw=b"<Error><Code>ConditionNotMet</Code><Message>It changed.</Message></Error>")
        failure = task.fail(landing_blobs, **wanted(inventory))
        assert failure.msg.startswith("Failed to remove blob a_AIBBlob from container seed-srv1: ConditionNotMet: ")


@pytest.mark.parametrize("text", ["", "nonsense\n", '{"name": "a"}\n', "[1]\n", '{"name": "a", "size": "x"}\n'])
def test_an_inventory_that_is_none_is_refused_before_anything_is_sent(script, task, tmp_path, text):
    (tmp_path / "bad.jsonl").write_text(text)
    failure = task.fail(landing_blobs_info, **wanted(str(tmp_path / "bad.jsonl")))
    assert failure.fields["field"] == "inventory_file" and not script.metadata_asked


def test_an_inventory_that_is_not_there_is_named(task, tmp_path):
    failure = task.fail(landing_blobs_info, **wanted(str(tmp_path / "none.jsonl")))
    assert "No such file" in failure.msg and failure.fields["seen"].endswith("none.jsonl")


def test_an_account_that_is_not_there_is_named(script, task, inventory):
    script.expect("GET", ACCOUNT, version="2023-05-01", status=404, json=refusal("ResourceNotFound"))
    assert task.fail(landing_blobs_info, **wanted(inventory)).fields["seen"] == ACCOUNT


@pytest.mark.parametrize("missing", ["id", "name"])
def test_an_account_that_does_not_say_which_one_it_is_is_one_clear_error(script, task, inventory, missing):
    said = {"id": ACCOUNT, "name": "seedlanding", "properties": {"primaryEndpoints": {"blob": f"{script.url}/seedlanding/"}}}
    del said[missing]
    script.expect("GET", ACCOUNT, version="2023-05-01", json=said)
    failure = task.fail(landing_blobs, **wanted(inventory, remove_service_lock=True, auth_mode="key"))
    assert failure.msg.startswith("Failed to read storage account seedlanding: the answer has a resource without id or name")


class TestListing:
    def test_every_blob_goes_into_the_file_and_the_result_only_counts_them(self, script, task, tmp_path):
        expect_account(script)
        expect_page(script, blob("a", 512), following="m1")
        expect_page(script, blob("b", 7, "BlockBlob"), marker="m1")
        path = tmp_path / "list.jsonl"
        result = task.run(landing_blobs_info, **wanted(None, list_file=str(path)))
        assert result["listed"] == {"count": 2, "bytes": 519, "file": str(path)}
        assert (result["blobs"], result["complete"], result["newest_modified"]) == (None, None, None)
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert lines[0] == {
            "name": "a", "size": 512, "blob_type": "PageBlob", "modified": "2026-01-02T03:04:05Z", "etag": "0x2", "leased": False,
        }  # fmt: skip
        assert [one["name"] for one in lines] == ["a", "b"] and list(tmp_path.glob(".list-*")) == []

    def test_a_list_that_breaks_off_leaves_the_earlier_file(self, script, task, tmp_path):
        path = tmp_path / "list.jsonl"
        path.write_text("earlier")
        expect_account(script)
        expect_page(script, blob("a", 512), following="m1")
        expect_page(script, marker="m1", status=404, raw=b"<Error><Code>ContainerNotFound</Code></Error>")
        task.fail(landing_blobs_info, **wanted(None, list_file=str(path)))
        assert path.read_text() == "earlier" and list(tmp_path.glob(".list-*")) == []

    def test_check_mode_writes_no_file(self, script, task, tmp_path):
        expect_account(script)
        expect_page(script, blob("a", 512))
        task.run(landing_blobs_info, check=True, **wanted(None, list_file=str(tmp_path / "list.jsonl")))
        assert list(tmp_path.glob("*.jsonl")) == []

    def test_a_prefix_is_the_services_to_apply(self, script, task, inventory):
        expect_account(script)
        text = f"<EnumerationResults><Blobs>{blob('a_AIBBlob', 512)}</Blobs><NextMarker/></EnumerationResults>"
        query = {**LIST, "prefix": "a_"}
        script.expect("GET", "/seedlanding/seed-srv1", query=query, token=script.token(2), headers=XML, raw=text.encode())
        assert task.run(landing_blobs_info, **wanted(inventory, prefix="a_"))["listed"]["count"] == 1

    def test_neither_inventory_nor_list_is_refused(self, task):
        with pytest.raises(AssertionError, match="inventory_file, list_file"):
            task.run(landing_blobs_info, **wanted(None))

    def test_a_folder_that_is_not_there_is_named(self, script, task, tmp_path):
        expect_account(script)
        failure = task.fail(landing_blobs_info, **wanted(None, list_file=str(tmp_path / "no" / "list.jsonl")))
        assert failure.fields["field"] == "list_file"


def test_a_blob_that_somebody_holds_is_named(script, task, inventory):
    expect_account(script)
    held = blob("a_AIBBlob", 512).replace("</Properties>", "<LeaseStatus>locked</LeaseStatus><LeaseState>leased</LeaseState></Properties>")
    expect_page(script, held, blob("b_BaseBlob", 1024))
    result = task.run(landing_blobs_info, **wanted(inventory))
    assert (result["complete"], result["blobs"]["leased"], result["blobs"]["leased_count"]) == (True, ["a_AIBBlob"], 1)


def test_names_are_compared_letter_by_letter(script, task, tmp_path):
    names = ["B", "a", "b", "ä", "😀", "ﬀ", "e\u0301", "é"]
    path = tmp_path / "inventory.jsonl"
    path.write_text("".join(json.dumps({"name": name, "size": 512}) + "\n" for name in names), encoding="utf-8")
    expect_account(script)
    expect_page(script, *(blob(name, 512) for name in reversed(names)), blob("A", 512))
    result = task.run(landing_blobs_info, **wanted(str(path)))
    assert (result["complete"], result["blobs"]["extra"], result["blobs"]["present"]) == (True, ["A"], len(names))


def test_an_account_without_a_blob_service_is_named(script, task, inventory):
    said = {"id": ACCOUNT, "name": "seedlanding", "properties": {"primaryEndpoints": {"file": "https://x"}}}
    script.expect("GET", ACCOUNT, version="2023-05-01", json=said)
    assert "no blob endpoint" in task.fail(landing_blobs_info, **wanted(inventory)).msg


def test_removal_goes_page_by_page_and_asks_for_the_next_when_the_last_is_gone(script, task, tmp_path):
    path = tmp_path / "inventory.jsonl"
    path.write_text("".join(json.dumps({"name": f"{letter}_AIBBlob", "size": 512}) + "\n" for letter in "ab"))
    expect_account(script)
    expect_page(script, blob("a_AIBBlob", 512), following="m1")
    expect_delete(script, "a_AIBBlob")
    expect_page(script, blob("b_AIBBlob", 512), marker="m1")
    expect_delete(script, "b_AIBBlob")
    assert task.run(landing_blobs, **wanted(str(path)))["removed_count"] == 2


class TestMemory:
    def test_ten_times_the_blobs_cost_the_same_memory(self, tmp_path, monkeypatch):
        from benchmark import blob_listing

        from ansible_collections.offlineseed.azure.plugins.module_utils.arm import blobs

        pages = blobs.Container.pages

        def tidied(*asked):
            for page in pages(*asked):
                yield page
                gc.collect()  # the SDK leaves cycles behind, which otherwise go when Python finds time

        monkeypatch.setattr(blobs, "PAGE", 100)
        monkeypatch.setattr(landing_compare, "BATCH", 100)
        monkeypatch.setattr(blobs.Container, "pages", tidied)
        blob_listing.cost(tmp_path / "warm", 200)  # what the SDK makes once
        few, many = blob_listing.cost(tmp_path / "few", 200), blob_listing.cost(tmp_path / "many", 2000)
        assert many.result["complete"] and many.result["blobs"]["present"] == many.result["listed"]["count"] == 2000
        assert many.peak_mb < 1.2 * few.peak_mb, (many.peak_mb, few.peak_mb)
