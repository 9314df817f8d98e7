# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans, inventories, lists, journals of the worker and records that somebody or something spoilt: an answer or a Failure, and no lie."""

from __future__ import annotations

import gzip
import json

import fuzz
import pytest
from unit.drives.spoiling import deadline, mutated

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import drive_manifest, lists, plan
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import inventory, record, seed_plan, verify_record

AT = "2026-01-31T08:00:00Z"
FILES = [plan.File(f"{number}_1_0f8fad5b-d9cb-469f-a165-70867728950e_AIBBlob", number * 512) for number in range(1, 8)]
INVENTORY = b"".join(json.dumps({"name": file.name, "size": file.size, "mtime": AT}).encode() + b"\n" for file in FILES)
SUMS = b"".join(json.dumps({"name": file.name, "size": file.size, "crc64": f"{n:016x}"}).encode() + b"\n" for n, file in enumerate(FILES))
PLAN = plan.make("srv1", "c", FILES, [plan.Drive("WD-1", 200_000_000), plan.Drive("WD-2", 200_000_000)]).encoded()
SHARE = 0.4 / 7
pytestmark = pytest.mark.timeout(0 if fuzz.inputs() > fuzz.INPUTS else 600)


def spoilt(family, content, read):
    """Read every spoilt input; returns how many were refused and what the others gave, beside their content."""
    refused, inputs, answers = 0, 0, []
    for played, chance in fuzz.series(family, SHARE):
        changed = mutated(content, chance)
        inputs += 1
        try:
            with deadline(played):
                answers.append((played, changed, read(changed)))
        except Failure as failure:
            refused += 1
            assert len(failure.msg) > 20, played
    assert refused or inputs < 50
    return answers


def at(tmp_path, read):
    """*read* of a file, as a reader of its content."""
    path = tmp_path / "spoilt"

    def of(content):
        path.write_bytes(content)
        return read(path)

    return of


def whole(size):
    """A whole number of bytes; True is none."""
    return isinstance(size, int) and not isinstance(size, bool) and size >= 0


@pytest.mark.parametrize("packed", [False, True])
def test_a_spoilt_inventory_gives_sound_files_or_is_refused(tmp_path, packed):
    content = gzip.compress(INVENTORY) if packed else INVENTORY
    for played, _changed, files in spoilt(f"inventory {packed}", content, at(tmp_path, inventory.read)):
        assert len({file.name for file in files}) == len(files), played
        for name, size in files:
            assert isinstance(name, str) and name and whole(size) and size % 512 == 0, played


def test_a_spoilt_list_of_blobs_gives_sizes_or_is_refused(tmp_path):
    for played, _changed, found in spoilt("sizes", INVENTORY, at(tmp_path, lambda path: lists.sizes(path, "blob_list"))):
        assert all(whole(size) for size in found.values()), played


def test_a_spoilt_list_of_checksums_gives_numbers_of_64_bits_or_is_refused(tmp_path):
    for played, _changed, found in spoilt("checksums", SUMS, at(tmp_path, lambda path: lists.checksums(path, "checksum_files"))):
        assert all(0 <= value < 1 << 64 for value in found.values()), played


def test_a_spoilt_plan_is_never_another_plan(tmp_path):
    whole = plan.Plan.decoded(PLAN)
    read = at(tmp_path, lambda path: seed_plan._read_plan(path, "srv1"))
    for played, _changed, made in spoilt("plan", PLAN, read):
        assert [(load.serial, load.size, load.files) for load in made.loads] == [
            (load.serial, load.size, load.files) for load in whole.loads
        ] and (made.seed, made.container) == ("srv1", "c"), played


def test_a_plan_that_a_manifest_is_checked_against_may_be_spoilt(tmp_path):
    (tmp_path / "manifest.xml").write_text('<DriveManifest Version="2014-11-01"><Drive><DriveId>WD-1</DriveId></Drive></DriveManifest>')
    params = {**dict.fromkeys(drive_manifest.ARGUMENT_SPEC), "path": str(tmp_path / "manifest.xml"), "serial": "WD-1"}
    read = at(tmp_path, lambda path: drive_manifest.run({**params, "plan_file": str(path)}, False))
    for played, _changed, told in spoilt("plan of a manifest", PLAN, read):
        assert not told["fit"], played


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Folder of a record of several events, with its bytes."""
    folder = tmp_path_factory.mktemp("record")
    record.append(folder, "srv1", "preflight_passed", {"rules": 88}, AT)
    record.append(folder, "srv1", "staged", {"files": 7, "bytes": 14_336, "folder": "\\\\COPY1\\stäging"}, AT)
    record.append(folder, "srv1", "planned", {"plan_hash": "ab", "drives": [{"serial": "WD-1", "size": 1}]}, AT, AT)
    return folder, (folder / "srv1" / record.RECORD).read_bytes()


def test_a_spoilt_record_is_found_by_reader_and_script_alike(told):
    folder, content = told
    path = folder / "srv1" / record.RECORD

    def read(changed):
        path.write_bytes(changed)
        found = verify_record.check(path, "srv1")
        try:
            chain = record.read(folder, "srv1")
        except record.RecordDamaged:
            assert found.damages, changed
            raise
        assert not found.damages, changed
        return chain

    for played, changed, chain in spoilt("record", content, read):
        # What is no damage is the record itself, or a line after it that a crash may have left without its end.
        assert changed.startswith(content) and len(chain.lines) == content.count(b"\n"), played


def test_a_spoilt_head_is_found_or_says_the_same(told):
    folder, content = told
    (folder / "srv1" / record.RECORD).write_bytes(content)
    path = folder / "srv1" / record.HEAD
    head = path.read_bytes()

    def read(changed):
        path.write_bytes(changed)
        return record.read(folder, "srv1")

    for played, _changed, chain in spoilt("head", head, read):
        assert len(chain.lines) == content.count(b"\n"), played
    path.write_bytes(head)
