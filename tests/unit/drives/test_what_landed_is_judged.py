# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts out of manifests and logs of all three generations, for objects and for the seed."""

from __future__ import annotations

import io
import tracemalloc
from contextlib import closing

import pytest
from unit.drives.landing import (
    RANGE,
    Thing,
    copy_log_2021,
    drive_log,
    errored,
    manifest_of,
    report,
    rootless_verbose,
    source,
    words,
)

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import copy_log, log_words, verify
from lab.azure import copy_log as lab_log


def things(**changed):
    """Three files; *changed* gives fields of the second."""
    return [Thing("a", RANGE + 512), Thing("b", 3 * RANGE, **changed), Thing("e", 0)]


GENERATIONS = [("2014-11-01", drive_log), ("2018-10-01", lambda these: drive_log(these, "2018-10-01")), ("2021-08-01", rootless_verbose)]


@pytest.mark.parametrize(("generation", "write"), GENERATIONS)
def test_what_landed_whole_is_proven_in_every_generation(generation, write):
    made = report(things(), ("job_verbose.xml", write(things())))
    assert made.seed == "proven" and set(words(made).values()) == {"proven"} and not made.problems
    assert [(log.generation, log.verbose) for log in made.logs] == [(generation, True)]


@pytest.mark.parametrize("stray", [b"\xef\xbb\xbf", b" \r\n", b"-", b"- \n-\t", b"\xef\xbb\xbf- "])
@pytest.mark.parametrize(("generation", "write"), GENERATIONS)
def test_stray_characters_before_a_log_do_not_matter(generation, write, stray):
    assert report(things(), ("job_verbose.xml", stray + write(things()))).seed == "proven", generation


def test_without_a_checksum_to_compare_an_object_is_present():
    assert report(things(), rootless_verbose(things()), checksums=False).seed == "present"
    assert report(things(), drive_log(things(), "2018-10-01", hashes=False)).seed == "present"


def test_an_empty_file_has_the_checksum_zero():
    assert words(report(things(), rootless_verbose(things())))["e"] == "proven"


@pytest.mark.parametrize("word", sorted(log_words.OBJECT))
def test_every_known_word_of_failure_has_a_verdict_and_a_cure(word):
    made = report(things(), drive_log(things(said={"status": word}), status="CompletedWithErrors"))
    assert words(made)["b"] == log_words.OBJECT[word].verdict and made.objects["c/b"].cure and made.seed == "incomplete"


@pytest.mark.parametrize("word", ["Complete", "completed", "OK", "", "Fehlgeschlagen", "CompletedWithErrors "])
def test_a_word_in_no_list_is_never_success(word):
    assert words(report(things(), drive_log(things(said={"status": word}))))["b"] in ("failed", "corrupted")


DISPOSITIONS = [("Renamed", "renamed"), ("Skipped", "skipped"), ("Cancelled", "skipped"), ("X", "failed")]


@pytest.mark.parametrize(("disposition", "verdict"), DISPOSITIONS)
def test_the_disposition_counts(disposition, verdict):
    assert words(report(things(), drive_log(things(said={"disposition": disposition}))))["b"] == verdict


@pytest.mark.parametrize("status", ["Corrupted", "Uncommitted", "FileUnexpectedEnd", "completed"])
def test_ranges_that_were_not_copied_well_are_named(status):
    made = report(things(), drive_log(things(range_status={1: status})))
    assert made.objects["c/b"].verdict == "corrupted" and made.objects["c/b"].bad == ((RANGE, RANGE, status),)


def test_ranges_with_another_hash_are_found_in_step():
    made = report(things(), drive_log(things(range_md5={2: "0" * 32})))
    assert made.objects["c/b"].verdict == "corrupted" and made.objects["c/b"].bad == ((2 * RANGE, RANGE, "MD5 differs"),)


def test_ranges_that_a_log_leaves_out_were_not_copied():
    for hashes in (True, False):
        log = drive_log(things(), hashes=hashes).replace(f'<PageRange Offset="{RANGE}" Length="{RANGE}"'.encode(), b'<X Offset="0"')
        assert words(report(things(), log))["b"] in ("corrupted", "failed")
        short = things()
        log = drive_log([Thing("a", RANGE), *short[1:]]).replace(f"<Length>{RANGE}<".encode(), f"<Length>{RANGE + 512}<".encode(), 1)
        assert words(report(short, log))["a"] == "corrupted"


def test_ranges_of_other_sizes_than_the_manifest_has_are_no_corruption_and_no_proof():
    one = [Thing("a", 1024)]
    half = f'<PageRange Offset="0" Length="512" Hash="{"A" * 32}" Status="Completed" />'
    log = drive_log(one).split(b"<PageRange ")
    log = log[0] + (half + half.replace('"0"', '"512"')).encode() + b"</PageRangeList>" + log[1].split(b"</PageRangeList>", 1)[1]
    assert words(report(one, log))["a"] == "present"


def test_objects_in_another_order_are_still_compared():
    these = things(range_md5={0: "F" * 32})
    made = report(things(), drive_log(list(reversed(these))))
    assert words(made) == {"a": "proven", "b": "corrupted", "e": "proven"} and made.objects["c/b"].bad[0][0] == 0


@pytest.mark.parametrize("write", [drive_log, rootless_verbose])
def test_another_length_is_corruption(write):
    assert words(report(things(), write(things(said={"size": 512}))))["b"] == "corrupted"


@pytest.mark.parametrize(("generation", "write"), GENERATIONS)
def test_what_a_verbose_log_does_not_name_is_missing(generation, write):
    assert words(report(things(), ("job_verbose.xml", write(things()[:1]))))["b"] == "missing", generation


def test_an_error_log_speaks_for_what_it_does_not_name():
    made = report(things(), ("job_WD-1_error.xml", drive_log([])))
    assert made.seed == "present" and made.objects["c/a"].by == "error_log"
    made = report(things(), ("o_WD-1_CopyLog_1.xml", copy_log_2021(3)))
    assert made.seed == "present"


def test_a_drive_that_could_not_be_opened_fails_all_its_objects():
    made = report(things(), ("job_WD-1_error.xml", drive_log([], status="BitLockerKeyInvalid")))
    assert set(words(made).values()) == {"failed"} and "recovery password" in made.objects["c/a"].cure


def test_objects_that_no_manifest_names_are_extra_and_harm_nothing():
    these = [one for one in things() if one.size]
    made = report(these, ("job_verbose.xml", rootless_verbose([*these, Thing("other", 512)])))
    assert words(made)["other"] == "extra" and made.seed == "proven"


def test_one_checksum_that_differs_is_corruption_and_all_of_a_drive_are_another_algorithm():
    made = report(things(), rootless_verbose(things(said={"crc64": 1})))
    assert words(made) == {"a": "proven", "b": "corrupted", "e": "proven"} and not made.other_algorithm
    these = [Thing("a", 512, said={"crc64": 5}), Thing("b", 512, said={"crc64": 6}), Thing("e", 0), Thing("x", 512, drive="WD-2")]
    made = report(these, rootless_verbose(these))
    assert words(made) == {"a": "present", "b": "present", "e": "proven", "x": "proven"} and made.other_algorithm == ["WD-1"]
    assert made.seed == "present" and "another algorithm" in made.objects["c/a"].why


@pytest.mark.parametrize("form", ["{more}", "-{crc64}", "{crc64:x}", "{crc64}.0", "{crc64}\u0660"])
def test_a_checksum_that_is_no_number_of_64_bits_equals_none(form):
    these = [Thing("a", 512), Thing("b", 512)]
    said = form.format(crc64=these[1].crc64, more=these[1].crc64 + (1 << 64))
    made = report(these, ("verbose", rootless_verbose([these[0], Thing("b", 512, said={"crc64": said})])))
    assert words(made) == {"a": "proven", "b": "corrupted"}


def test_paths_are_found_behind_slashes_and_escapes():
    these = [Thing("x/y z", 512), Thing("b", 512)]
    made = report(these, rootless_verbose([Thing("x/y z", 512, said={"path": "\\c\\x/y%20z"}), these[1]]))
    assert made.seed == "proven"


def test_a_path_that_could_mean_two_objects_proves_neither():
    these = [Thing("a%20b", 512), Thing("a b", 512)]
    made = report(these, ("verbose", rootless_verbose(these[:1])))
    assert words(made)["a%20b"] != "proven" and words(made)["a b"] != "proven"


def test_logs_of_the_laboratory_prove_what_it_copied():
    """Written apart from the product: tests/lab/azure/copy_log.py."""
    blobs = [
        {
            "blob_path": one.path,
            "file_path": f"\\data\\{one.name}",
            "length": one.size,
            "disposition": "overwrite",
            "disposition_status": "Created",
            "ranges": [{"offset": at, "length": size, "hash": md5, "status": "Completed"} for at, size, md5 in one.ranges()],
            "status": "Completed",
        }
        for one in things()
    ]
    made = report(things(), ("v_verbose", lab_log.render("WD-1", "Completed", blobs)), ("e_error", lab_log.render("WD-1", "Completed", [])))
    assert made.seed == "proven" and not made.problems


RENAMED = "has been renamed to: databox-1 :from: c :because of its name"


def test_a_renamed_container_renames_its_objects_whichever_log_comes_first():
    errors = errored("c", "ContainerRenamed", RENAMED, "Container")
    moved = rootless_verbose([Thing("a", RANGE + 512, container="databox-1"), Thing("b", 3 * RANGE, container="databox-1")])
    for logs in ([("v_Verbose", moved), ("c", copy_log_2021(3, errors, "Failed"))], [("c", copy_log_2021(3, errors, "Failed"))]):
        made = report(things(), *logs)
        assert {words(made)[name] for name in "ab"} == {"renamed"} and made.seed == "incomplete"
        assert made.objects["c/b"].seen_as == "databox-1/b"


def test_a_blob_that_the_log_has_under_another_name_is_renamed():
    made = report(things(), drive_log(things(said={"path": "c/b (2)"})))
    assert words(made)["b"] == "renamed" and made.objects["c/b"].seen_as == "c/b (2)"


@pytest.mark.parametrize("category", ["UploadErrorDataValidationError", "UploadErrorCloudHttp", "SomethingNew"])
def test_an_error_outweighs_a_good_line(category):
    made = report(things(), rootless_verbose(things()), ("copy", copy_log_2021(3, errored("c\\b", category), "Failed", 1)))
    assert words(made)["b"] in ("corrupted", "failed") and made.objects["c/b"].category == category


def test_a_block_blob_is_not_what_the_agent_needs():
    assert words(report(things(), rootless_verbose(things(said={"format": "BlockBlob"}))))["b"] == "failed"


@pytest.mark.parametrize(
    ("log", "says"),
    [
        (copy_log_2021(2), "counts 2 files, the manifests list 3"),
        (copy_log_2021(3, errored=1), "counts 1 files with errors"),
        (copy_log_2021(3, status="Failed"), "status is 'Failed'"),
        (copy_log_2021(3).replace(b"2021-08-01", b"2021-08-02"), "not known"),
        (copy_log_2021(3, errored("c/gone", "UploadErrorWin32")), "no manifest names it"),
        (copy_log_2021(3)[:-4], "not well-formed"),
        (errored("c/b", "X").encode(), "may be cut off"),
        (drive_log([Thing("a", RANGE, drive="WD-9")]), "of which there is no manifest"),
        (b"<Invoice/>", "no copy log has"),
        (b"", "neither a DriveLog nor entries"),
    ],
)
def test_what_is_wrong_with_a_log_keeps_the_seed_unproven(log, says):
    made = report(things(), ("job_WD-1_verbose", rootless_verbose(things())), ("job_WD-1_", log))
    assert any(says in problem for problem in made.problems), made.problems
    assert made.seed != "proven"


def test_what_lies_in_the_container_has_the_last_word():
    blobs = {"c/a": RANGE + 512, "c/b (2)": 3 * RANGE, "c/e": 0, "c/zzz": 5}
    made = report(things(), rootless_verbose(things()), blobs=blobs)
    assert words(made) == {"a": "proven", "b": "renamed", "e": "proven", "zzz": "extra"} and made.objects["c/b"].seen_as == "c/b (2)"
    made = report(things(), rootless_verbose(things()), blobs={"c/a": 512, "c/b": 3 * RANGE})
    assert words(made) == {"a": "corrupted", "b": "proven", "e": "missing"}
    assert report(things(), blobs={"c/a": RANGE + 512, "c/b": 3 * RANGE, "c/e": 0}).seed == "present"
    made = report(things(), drive_log(things(said={"path": "c/b (2)"})), blobs={"c/a": RANGE + 512, "c/b": 3 * RANGE, "c/e": 0})
    assert words(made)["b"] == "present", "copied to its name since"


def test_a_drive_that_two_manifests_name_differently_is_told():
    manifests = [source("one", manifest_of(things())), source("two", manifest_of(things()))]
    assert "more than one place" in verify.verify(manifests, []).problems[0]


def test_ranges_of_a_log_are_not_kept():
    lines = 60_000

    class Log(io.RawIOBase):
        """A DriveLog of one blob with many ranges, made as it is read."""

        def __init__(self):
            head, tail = drive_log([Thing("a", 0)]).split(b"</PageRangeList>")
            one = '<PageRange Offset="{}" Length="512" Hash="' + "A" * 32 + '" Status="Completed" />\n'
            step = 1000
            middle = ("".join(one.format(512 * at) for at in range(first, first + step)).encode() for first in range(0, lines, step))
            self.parts = iter([head, *middle, b"</PageRangeList>" + tail])

        def read(self, size=-1):
            return next(self.parts, b"")

    log = Log()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    with closing(log):
        found = list(copy_log.Reader(log).entries())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[0].ranges.count == lines and peak - before < 4_000_000
