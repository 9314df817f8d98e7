# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules drive_manifest and import_verify: files in, results out, and as tasks of a real playbook."""

from __future__ import annotations

import hashlib
import json
import subprocess

import pytest
import yaml
from unit.drives.landing import RANGE, Thing, errored, manifest_of, rootless_verbose

from ansible_collections.offlineseed.azure.plugins.module_utils.canonical import canonical
from ansible_collections.offlineseed.azure.plugins.module_utils.drives import drive_manifest, import_verify, plan
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure

THINGS = [Thing("a", RANGE + 512), Thing("b", 1024)]


@pytest.fixture
def world(tmp_path):
    """A folder with a manifest, a verbose log, a worker's journal, a plan and an inventory of two files."""
    load = plan.Load("WD-1", 10_000_000_000, 9_000_000_000, tuple(plan.File(one.name, one.size) for one in THINGS))
    texts = {
        "DriveManifest.xml": manifest_of(THINGS),
        "job_WD-1_verbose.xml": rootless_verbose(THINGS),
        "plan.json": plan.Plan("srv1", "c", (load,)).encoded(),
        "journal.jsonl": lines({"event": "opened"}, *({"event": "file", "name": one.name, "crc64": f"{one.crc64:016x}"} for one in THINGS)),
        "inventory.jsonl": lines(*({"name": one.name, "size": one.size} for one in THINGS)),
    }
    for name, content in texts.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path


def lines(*entries):
    return "".join(canonical(entry) + "\n" for entry in entries)


def read(world, name="DriveManifest.xml", **more):
    return drive_manifest.run({**dict.fromkeys(drive_manifest.ARGUMENT_SPEC), "path": str(world / name), **more}, False)


def verified(world, check_mode=False, **more):
    given = {
        **{name: option.get("default") for name, option in import_verify.ARGUMENT_SPEC.items()},
        "manifests": [str(world / "DriveManifest.xml")],
        "logs": [str(world / "job_WD-1_verbose.xml")],
        "checksum_files": [str(world / "journal.jsonl")],
    }
    return import_verify.run({**given, **more}, check_mode)


def test_a_manifest_is_checked_against_plan_inventory_and_hash(world):
    md5 = hashlib.md5(manifest_of(THINGS), usedforsecurity=False).hexdigest()
    made = read(world, serial="WD-1", plan_file=str(world / "plan.json"), manifest_hash=md5)
    assert made["fit"] and (made["blobs"], made["bytes"], made["ranges"]) == (2, RANGE + 1536, 3)
    assert made["drives"] == [{"serial": "WD-1", "manifest_file": "\\DriveManifest.xml", "manifest_hash": md5.upper(), "has_key": False}]
    assert read(world, inventory_file=str(world / "inventory.jsonl"), container="c")["fit"]
    for other in ({"container": "other"}, {"manifest_hash": "0" * 32}, {"serial": "X"}):
        assert not read(world, **other)["fit"]
    (world / "inventory.jsonl").write_text(lines({"name": "a", "size": 512}))
    whats = [one["what"] for one in read(world, inventory_file=str(world / "inventory.jsonl"))["differences"]]
    assert whats == [f"its length is {RANGE + 512}, staged are 512 bytes", "it is not in the inventory"]


def test_what_cannot_be_checked_against_fails_with_its_option(world):
    for more, field in (
        ({"plan_file": str(world / "journal.jsonl"), "serial": "WD-1"}, "plan_file"),
        ({"plan_file": str(world / "plan.json"), "serial": "WD-9"}, "serial"),
        ({"inventory_file": str(world / "plan.json")}, "inventory_file"),
        ({"path": str(world / "none")}, "path"),
    ):
        with pytest.raises(Failure) as refused:
            read(world, **more)
        assert refused.value.fields["field"] == field


def test_the_journal_of_the_worker_and_the_log_together_prove_the_seed(world):
    made = verified(world)
    assert made["proven"] and made["verdict"] == "proven" and made["counts"]["proven"] == 2 and made["objects"] == []
    assert made["repair"] == {"bytes": 0, "copies": [], "ranges": [], "files": [], "left_out": 0, "support": None}
    assert not verified(world, checksum_files=[])["proven"]


def test_a_length_in_the_container_alone_proves_nothing(world):
    (world / "blobs").write_text(lines(*({"name": one.name, "size": one.size} for one in THINGS)))
    made = verified(world, logs=[], blob_list=str(world / "blobs"), container="c")
    assert made["verdict"] == "unproven" and made["problems"] == ["there is no whole copy log of drive WD-1"]
    assert "there is no whole copy log of drive WD-1" in made["repair"]["support"]


def test_a_log_without_its_last_line_speaks_for_no_drive(world):
    (world / "o_WD-1_CopyLog_1.xml").write_text(errored("c/a", "UploadErrorWin32"))
    made = verified(world, logs=[str(world / "o_WD-1_CopyLog_1.xml")])
    assert [log["whole"] for log in made["logs"]] == [False] and "there is no whole copy log of drive WD-1" in made["problems"]


def test_a_manifest_without_a_file_is_not_fit(world):
    (world / "none.xml").write_text('<DriveManifest Version="2014-11-01"><Drive><DriveId>WD-1</DriveId></Drive></DriveManifest>')
    made = read(world, "none.xml")
    assert not made["fit"] and made["differences"] == [{"file": None, "what": "it lists no file"}]


def test_without_a_log_a_drive_is_proven_by_reading_all_of_it_back(world):
    sums = [{"name": one.name, "size": one.size, "sha256": hashlib.sha256(one.name.encode()).hexdigest()} for one in THINGS]
    (world / "blobs").write_text(lines(*({"name": one.name, "size": one.size} for one in THINGS)))
    (world / "journal.jsonl").write_text(lines(*({"event": "file", **one} for one in sums)))
    for back, verdict in ((sums, "proven"), (sums[:1], "unproven")):
        (world / "back").write_text(lines(*back))
        made = verified(world, logs=[], blob_list=str(world / "blobs"), read_back=str(world / "back"), container="c")
        assert made["verdict"] == verdict
    again = {"event": "ranges", "name": "a", "first": 0, "md5": []}
    (world / "journal.jsonl").write_text(lines(*({"event": "file", **one} for one in sums), again))
    (world / "back").write_text(lines(*sums))
    made = verified(world, logs=[], blob_list=str(world / "blobs"), read_back=str(world / "back"), container="c")
    assert made["verdict"] == "unproven", "what the worker began anew has no sum until it is done"


def test_a_file_that_the_worker_began_anew_has_no_checksum_until_it_is_done(world):
    again = {"event": "ranges", "name": "a", "first": 0, "md5": []}
    (world / "journal.jsonl").write_text((world / "journal.jsonl").read_text() + lines(again))
    assert verified(world)["counts"]["present"] == 1


def test_the_list_of_blobs_and_the_cut_of_long_lists(world):
    (world / "blobs").write_text(lines({"name": "other", "size": 1}))
    made = verified(world, blob_list=str(world / "blobs"), container="c", most_listed=1)
    assert made["counts"]["missing"] == 2 and made["counts"]["extra"] == 1 and made["verdict"] == "incomplete"
    assert len(made["objects"]) == 1 and made["objects"][0]["verdict"] == "missing" and made["repair"]["left_out"] == 1


def test_the_report_holds_a_verdict_for_every_object_and_is_written_once(world):
    path = world / "verdicts.jsonl"
    assert verified(world, check_mode=True, report_file=str(path))["changed"] and not path.exists()
    assert verified(world, report_file=str(path))["changed"]
    assert [json.loads(line)["verdict"] for line in path.read_text().splitlines()] == ["proven", "proven"]
    assert not verified(world, report_file=str(path))["changed"]
    assert {entry.name for entry in world.iterdir() if entry.name.startswith("tmp")} == set()


def test_a_list_that_is_none_is_refused_with_its_line(world):
    for content in ('{"name": "a", "crc64": "xyz"}', '{"name": "a", "crc64": 5}', "[1]", "{", "\udcff"):
        (world / "bad").write_bytes(b"{}\n" + content.encode("utf-8", "surrogateescape"))
        with pytest.raises(Failure) as refused:
            verified(world, checksum_files=[str(world / "bad")])
        assert refused.value.fields["field"] == "checksum_files"


def test_both_run_as_tasks_of_a_playbook(site, world):
    tasks = [
        {"name": "read", "offlineseed.azure.drive_manifest": {"path": str(world / "DriveManifest.xml")}, "register": "one"},
        {
            "name": "verify",
            "offlineseed.azure.import_verify": {
                "manifests": [str(world / "DriveManifest.xml")],
                "logs": [str(world / "job_WD-1_verbose.xml")],
                "checksum_files": [str(world / "journal.jsonl")],
            },
            "register": "two",
        },
        {"name": "both are good", "ansible.builtin.assert": {"that": ["one.fit", "two.proven"]}},
    ]
    (world / "play.yml").write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    command = [site.program("ansible-playbook"), "-i", "localhost,", "play.yml"]
    done = subprocess.run(command, env=site.environment(), cwd=world, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
