# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong on the way or in the datacenter, as the product judges it: verdict and repair, by logs of each generation."""

from __future__ import annotations

import hashlib
import json

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import import_verify
from lab import datacenter_faults
from lab.crc64 import crc64
from lab.datacenter import Datacenter
from lab.windows.network import Network

from .shelf import FILES, RANGE, content, manifest, put_on_shelf
from .test_datacenter import job, pass_days, ship

CONTAINER = "seed-srv1"
BIG, SMALL, EMPTY = (f"{CONTAINER}/{name}" for name in FILES)
VERSIONS = datacenter_faults.VERSIONS


@pytest.fixture
def network(azure):
    return Network(azure.folder / "lab", azure.clock)


@pytest.fixture
def landed(azure, network, job_body, tmp_path):
    """``landed({fault}, …)``: the result of import_verify after a drive has landed under these faults."""

    def play(*faults, version=None, remove=(), checksums=True, mend=None):
        datacenter = Datacenter(azure.state, azure.cloud.blobs, network)
        with azure.state.changed():
            azure.state["datacenter_faults"].extend(datacenter_faults.new(**one) for one in faults)
            if version:
                azure.state["datacenter_faults"].append(datacenter_faults.new("log", **version))
        ship(azure, datacenter, job_body, {"WD-1": put_on_shelf(network, "WD-1")}, logLevel="Verbose")
        pass_days(azure, datacenter, 10)
        for name in remove:
            azure.cloud.blobs.remove("seedlanding", CONTAINER, name)
        return judged(azure, tmp_path, checksums, mend)

    return play


def judged(azure, folder, checksums, mend):
    paths = {"manifest": "DriveManifest.xml", "journal": "journal.jsonl", "blobs": "blobs.jsonl", "back": "read_back.jsonl"}
    paths = {what: folder / name for what, name in paths.items()}
    paths["manifest"].write_bytes(manifest("WD-1", FILES))
    paths["journal"].write_text("".join(json.dumps(written(name)) + "\n" for name in FILES))
    there = azure.cloud.blobs.files("seedlanding", CONTAINER)
    paths["blobs"].write_text("".join(json.dumps({"name": name, "size": size}) + "\n" for name, size in there))
    (drive,) = job(azure)["driveList"]
    logs = []
    for kind in ("errorLogUri", "verboseLogUri"):
        account, container, name = drive[kind].split("/", 5)[3:]
        logs.append(folder / name.rsplit("/", 1)[-1])
        logs[-1].write_bytes(azure.cloud.blobs.read(account, container, name))
    given = {name: option.get("default") for name, option in import_verify.ARGUMENT_SPEC.items()}
    given |= {"manifests": [str(paths["manifest"])], "logs": [str(log) for log in logs], "blob_list": str(paths["blobs"])}
    given |= {"container": CONTAINER, "job": "srv1", "checksum_files": [str(paths["journal"])] if checksums else []}
    if mend:
        paths["back"].write_text("".join(json.dumps(one) + "\n" for one in mend))
        given["read_back"] = str(paths["back"])
    return import_verify.run(given, False)


def written(name):
    """What the worker's journal says of a file."""
    data = content(name, FILES[name])
    return {
        "event": "file",
        "name": name,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "crc64": f"{crc64(data):016x}",
    }


def words(result):
    return {one["path"]: one["verdict"] for one in result["objects"]}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_good_drive_is_proven_by_a_log_of_each_generation(landed, version):
    result = landed(version={"version": version})
    assert result["verdict"] == "proven" and result["counts"]["proven"] == 3, result
    assert {log["generation"] for log in result["logs"]} == {version}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_byte_that_flipped_in_transit_is_found_and_its_range_is_the_repair(landed, version):
    result = landed({"kind": "flip", "file": 0, "offset": RANGE + 7}, version={"version": version})
    assert words(result) == {BIG: "corrupted"} and result["verdict"] == "incomplete"
    if version == "2021-08-01":  # this generation names no ranges
        assert [one["path"] for one in result["repair"]["files"]] == [BIG]
    else:
        size = FILES[BIG.partition("/")[2]]
        ranges = [{"offset": RANGE, "length": size - RANGE}]
        assert result["repair"]["ranges"] == [{"path": BIG, "drive": "WD-1", "bytes": size - RANGE, "ranges": ranges}]
        assert result["repair"]["files"] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_renamed_container_is_cured_by_a_copy_inside_the_account(landed, version):
    result = landed({"kind": "rename_container"}, version={"version": version})
    new = datacenter_faults.new_container(CONTAINER)
    assert words(result) == dict.fromkeys((BIG, SMALL, EMPTY), "renamed"), result["objects"]
    copies = sorted(result["repair"]["copies"], key=lambda one: one["to"])
    assert copies == [{"from": f"{new}/{name}", "to": f"{CONTAINER}/{name}"} for name in FILES]
    assert result["repair"]["bytes"] == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_a_blob_that_was_removed_after_the_landing_is_missing(landed, version):
    result = landed(version={"version": version}, remove=[SMALL.partition("/")[2]])
    assert words(result) == {SMALL: "missing"} and [one["path"] for one in result["repair"]["files"]] == [SMALL]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_that_the_datacenter_skipped_is_sent_again(landed, version):
    result = landed({"kind": "skip", "file": 1}, version={"version": version})
    assert result["verdict"] == "incomplete" and [one["path"] for one in result["repair"]["files"]] == [SMALL]
    assert words(result)[SMALL] in ("skipped", "failed", "missing")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_that_no_log_names_and_that_is_not_there_is_missing(landed, version):
    result = landed({"kind": "omit", "file": 1}, version={"version": version})
    assert words(result) == {SMALL: "missing"} and result["verdict"] == "incomplete"


def test_checksums_of_another_algorithm_are_no_corruption(landed):
    result = landed(version={"version": "2021-08-01", "algorithm": "other"})
    assert result["verdict"] == "present" and result["drives"][0]["other_algorithm"]
    assert "CRC-64/NVME" in result["repair"]["support"]


def test_a_log_of_2018_without_hashes_shows_that_all_are_there(landed):
    result = landed(version={"version": "2018-10-01", "hashes": False})
    assert result["verdict"] == "present" and result["counts"]["present"] == 2


def test_what_was_put_right_and_read_back_is_proven_although_the_log_stays(landed):
    name = BIG.partition("/")[2]
    mended = written(name)
    result = landed({"kind": "flip", "file": 0, "offset": 9}, mend=[mended])
    assert result["verdict"] == "proven" and result["problems"] == [] and result["repair"]["ranges"] == []


def test_what_was_read_back_and_is_something_else_is_corrupted_whatever_the_log_says(landed):
    name = BIG.partition("/")[2]
    result = landed(mend=[{**written(name), "sha256": "0" * 64}])
    assert words(result) == {BIG: "corrupted"} and result["objects"][0]["by"] == "read_back"
