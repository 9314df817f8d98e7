# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that were changed on their way: no crash, no hang, and never a false *proven*.

How many inputs there are says tests/fuzz.py: 10,000, and a million in ``make test-long``.
"""

from __future__ import annotations

import io
import json
from functools import partial
from pathlib import Path

import fuzz
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.drives.landing import RANGE, Thing, copy_log_2021, drive_log, errored, manifest_of, report, rootless_verbose, words
from unit.drives.spoiling import deadline, mutated

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import copy_log, drive_info, journal, log_paths, manifest, plan
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure

DATA = Path(__file__).resolve().parents[1] / "data" / "formats"
THINGS = (Thing("a", RANGE + 512), Thing("b", 1024))
BAD = (Thing("a", RANGE + 512, range_status={1: "Corrupted"}, said={"crc64": 17}), Thing("b", 1024))
pytestmark = pytest.mark.timeout(0 if fuzz.inputs() > fuzz.INPUTS else 600)


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
    content = (DATA / name).read_bytes()
    refused = inputs = 0
    for played, chance in fuzz.series(name, 0.6 / len(READERS)):
        inputs += 1
        try:
            with deadline(played):
                READERS[name](mutated(content, chance))
        except Failure as failure:
            refused += 1
            assert "CANARY" not in failure.msg, played
    assert inputs < 50 or (refused and (refused < inputs or "placeholders" in name))


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


def sums(content):
    """What proves the objects of a log: path, size and checksums of each."""
    return {
        (log_paths.plain(one.path), one.size, one.crc64, (one.ranges.count, one.ranges.mark) if one.ranges else None)
        for one in copy_log.Reader(io.BytesIO(content)).entries()
    }


@pytest.mark.parametrize("generation", LOGS)
def test_no_mutated_log_proves_what_did_not_land_or_what_it_does_not_say(generation):
    bad, good = LOGS[generation](BAD), LOGS[generation](THINGS)
    before = sums(good)
    for played, chance in fuzz.series(f"verdict {generation}", 0.1):
        with deadline(played):
            assert words(report(BAD, ("verbose", mutated(bad, chance))))["a"] != "proven", played
            changed = mutated(good, chance)
            if report(THINGS, ("verbose", changed)).seed == "proven":
                assert before <= sums(changed), played


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


def test_no_mutated_manifest_passes_its_check():
    content = manifest_of(THINGS)
    load = plan.Load("WD-1", 0, 0, tuple(plan.File(one.name, one.size) for one in THINGS))
    reader = manifest.Reader(io.BytesIO(content))
    list(reader.blobs())
    for played, chance in fuzz.series("manifest against its hash", 0.1):
        changed = mutated(content, chance)
        try:
            with deadline(played):
                found = manifest.check(io.BytesIO(changed), load, "c", reader.hash)
        except manifest.NotAManifest:
            continue
        assert found or changed == content, played


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


LAUGHS = "<!DOCTYPE a [" + '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)) + "]>"


@pytest.mark.parametrize("read", [read_manifest, read_log, lambda content: drive_info.read(io.BytesIO(content))])
def test_a_billion_laughs_are_refused_at_once_in_every_place(read):
    for root in ("DriveManifest", "DriveLog", "Drives"):
        outside, attribute = f"{LAUGHS}<{root}>&l9;</{root}>", f'<?xml version="1.0"?>\n{LAUGHS}<{root} a="&l9;"/>'
        for text in (outside, attribute, f"<{root}>{LAUGHS}&l9;</{root}>"):
            with deadline(root), pytest.raises(Failure):
                read(text.encode())


@pytest.mark.parametrize("tag", ["PageRangeList", "Blob"])
def test_what_stands_inside_of_a_page_range_is_never_taken_for_more_ranges(tag):
    inside = f'<PageRange Offset="512" Length="512" Hash="{"A" * 32}" Status="Completed"/>'
    nested = inside.replace("/>", f"><{tag}>{inside}</{tag}></PageRange>")
    for content, read in ((drive_log(THINGS), read_log), (manifest_of(THINGS), read_manifest)):
        with pytest.raises(Failure, match="inside of a page range"):
            read(content.replace(b"<PageRangeList>", f"<PageRangeList>{nested}".encode(), 1))


def test_ranges_in_a_comment_do_not_count_and_an_unknown_element_beside_them_changes_nothing():
    content, comment = drive_log(THINGS), b'<!-- <PageRange Offset="0" Length="512" Status="Completed"/> -->'
    commented = content.replace(b"<PageRangeList>", b"<PageRangeList>" + comment)
    assert report(THINGS, commented).seed == "proven" and sums(commented) == sums(content)
    odd = content.replace(b"<PageRangeList>", b"<PageRangeList><Odd>x</Odd>")
    assert sums(odd) == sums(content) and words(report(THINGS, odd))["a"] == "failed"


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["Completed", "Corrupted", "Failed"])), max_size=6))
@settings(max_examples=60, deadline=None)
def test_repair_ranges_never_leave_out_a_bad_one(bad):
    one = Thing("a", 4 * RANGE, range_status=dict(bad))
    made = report([one], drive_log([one]))
    wrong = {number for number, status in dict(bad).items() if status != "Completed"}
    assert made.objects["c/a"].verdict == ("corrupted" if wrong else "proven")
    assert {at // RANGE for at, _length, _status in made.objects["c/a"].bad} == wrong, json.dumps(bad)
