# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that were changed on their way: no crash, no hang, and never a false *proven*.

The number of inputs is OFFLINESEED_FUZZ (10,000 unless set; a long run takes a million).
"""

from __future__ import annotations

import io
import json
import os
import random
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.drives.landing import RANGE, Thing, copy_log_2021, drive_log, errored, manifest_of, report, rootless_verbose, words

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import copy_log, drive_info, journal, log_paths, manifest, plan
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure

INPUTS = int(os.environ.get("OFFLINESEED_FUZZ", "10000"))
DATA = Path(__file__).resolve().parents[1] / "data" / "formats"
THINGS = (Thing("a", RANGE + 512), Thing("b", 1024))
BAD = (Thing("a", RANGE + 512, range_status={1: "Corrupted"}, said={"crc64": 17}), Thing("b", 1024))
PIECES = (b"<", b">", b"</", b"&", b"&x;", b'"', b"<!DOCTYPE a>", b"<?xml?>", b"\0", b"\xff", b"[EndValue]", b"<Blob>", b"9" * 30, b"-")


def mutated(content, chance):
    """*content* with one to four changes: a bit, a byte, a piece in, a part out, a part twice, an end too early."""
    content = bytearray(content)
    for _change in range(chance.randint(1, 4)):
        if not content:
            break
        at, length = chance.randrange(len(content)), chance.randint(1, 60)
        kind = chance.randrange(6)
        if kind == 0:
            content[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            content[at] = chance.randrange(256)
        elif kind == 2:
            content[at:at] = chance.choice(PIECES)
        elif kind == 3:
            del content[at : at + length]
        elif kind == 4:
            content[at:at] = content[at : at + length]
        else:
            del content[at:]
    return bytes(content)


def read_manifest(content):
    return list(manifest.Reader(io.BytesIO(content)).blobs())


def read_log(content):
    return list(copy_log.Reader(io.BytesIO(content)).entries())


READERS = {
    "manifest_2011_10_01.xml": read_manifest,
    "manifest_placeholders.xml": read_manifest,
    "journal.jrn": lambda content: journal.check(journal.read(io.BytesIO(content))),
    "drive_info.xml": lambda content: drive_info.check(drive_info.read(io.BytesIO(content))),
    "drivelog_2014.xml": read_log,
    "drivelog_2018_verbose.txt": read_log,
    "drivelog_2018_error.xml": read_log,
    "copylog_2021.txt": read_log,
    "verboselog_2021.txt": read_log,
}


@pytest.mark.parametrize("name", READERS)
def test_a_reader_answers_or_refuses_whatever_it_is_given(name):
    chance, content = random.Random(name), (DATA / name).read_bytes()
    refused, inputs = 0, INPUTS // len(READERS)
    for _input in range(inputs):
        try:
            READERS[name](mutated(content, chance))
        except Failure as failure:
            refused += 1
            assert "CANARY" not in failure.msg
    assert refused and (refused < inputs or "placeholders" in name)


LOGS = {
    "2014-11-01": drive_log,
    "2018-10-01": partial(drive_log, version="2018-10-01"),
    "2021-08-01": rootless_verbose,
}


@pytest.mark.parametrize("generation", LOGS)
def test_what_did_not_land_whole_is_proven_by_no_flipped_byte(generation):
    content = LOGS[generation](BAD)
    assert words(report(BAD, content))["a"] != "proven"
    for at in range(len(content)):
        for flip in (0x01, 0x20, 0x80):
            changed = bytearray(content)
            changed[at] ^= flip
            assert words(report(BAD, ("verbose", bytes(changed))))["a"] != "proven", (at, bytes(changed))


def meaning(content):
    """What the verdicts hang on: the entries but for the words that only people read, and the drive's last lines."""
    reader = copy_log.Reader(io.BytesIO(content))
    said = [
        (log_paths.plain(one.path), one.size, one.statuses, one.disposition, one.bad, one.crc64, one.cloud_format, one.odd, one.category)
        + ((one.ranges.count, one.ranges.covered, one.ranges.mark) if one.ranges else ())
        for one in reader.entries()
    ]
    return said, reader.generation, reader.version, reader.drive_id, reader.status, reader.total, reader.errored


@pytest.mark.parametrize("generation", LOGS)
def test_a_flip_that_changes_what_is_read_takes_the_proof_away(generation):
    content = LOGS[generation](THINGS)
    assert report(THINGS, content).seed == "proven"
    before, still = meaning(content), 0
    for at in range(len(content)):
        for flip in (0x01, 0x20):
            changed = bytearray(content)
            changed[at] ^= flip
            if report(THINGS, ("verbose", bytes(changed))).seed == "proven":
                still += 1
                assert meaning(bytes(changed)) == before, (at, bytes(changed)[max(0, at - 30) : at + 30])
    assert still < len(content)


def test_an_error_in_a_copy_log_is_lost_by_no_flipped_byte():
    content = copy_log_2021(2, errored("c/a", "UploadErrorDataValidationError"), "Failed", 1)
    verbose = ("verbose", rootless_verbose(THINGS))
    for at in range(len(content)):
        changed = bytearray(content)
        changed[at] ^= 0x01
        assert report(THINGS, verbose, ("copy", bytes(changed))).seed != "proven", bytes(changed)


def test_no_flipped_byte_of_a_manifest_passes_its_check():
    content = manifest_of(THINGS)
    load = plan.Load("WD-1", 0, 0, tuple(plan.File(one.name, one.size) for one in THINGS))
    reader = manifest.Reader(io.BytesIO(content))
    list(reader.blobs())
    assert manifest.check(io.BytesIO(content), load, "c", reader.hash) == []
    for at in range(len(content)):
        changed = bytearray(content)
        changed[at] ^= 0x01
        try:
            assert manifest.check(io.BytesIO(bytes(changed)), load, "c", reader.hash)
        except manifest.NotAManifest:
            continue


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_noise_is_refused(content):
    streams = (journal.read, drive_info.read)
    for read in (read_manifest, read_log, *(lambda content, read=read: read(io.BytesIO(content)) for read in streams)):
        with pytest.raises(Failure):
            read(content)


BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prolog", [BOMB, OUTSIDE])
@pytest.mark.parametrize("read", [read_manifest, read_log, lambda content: drive_info.read(io.BytesIO(content))])
def test_no_entity_is_expanded(prolog, read):
    for content in (prolog + b"<DriveLog>&c;&a;</DriveLog>", b'<?xml version="1.0"?>' + prolog + b"<DriveManifest>&c;</DriveManifest>"):
        with pytest.raises(Failure):
            read(content)


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["Completed", "Corrupted", "Failed"])), max_size=6))
@settings(max_examples=60, deadline=None)
def test_repair_ranges_never_leave_out_a_bad_one(bad):
    one = Thing("a", 4 * RANGE, range_status=dict(bad))
    made = report([one], drive_log([one]))
    wrong = {number for number, status in dict(bad).items() if status != "Completed"}
    assert made.objects["c/a"].verdict == ("corrupted" if wrong else "proven")
    assert {at // RANGE for at, _length, _status in made.objects["c/a"].bad} == wrong, json.dumps(bad)
