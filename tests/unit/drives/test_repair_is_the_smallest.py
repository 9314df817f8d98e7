# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The follow-up of a landing: nothing that is proven is sent again, and of what is not only what is needed."""

from __future__ import annotations

from unit.drives.landing import RANGE, Thing, copy_log_2021, drive_log, errored, repaired, rootless_verbose

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import copy_log, repair


def test_a_proven_seed_needs_no_repair():
    these = [Thing("a", 512)]
    assert repaired(these, rootless_verbose(these)) == repair.Repair()


def test_only_the_bad_ranges_are_uploaded_and_neighbours_are_one():
    bad = Thing("a", 4 * RANGE, range_status={1: "Corrupted", 2: "Corrupted"})
    todo = repaired([bad], drive_log([bad], status="CompletedWithErrors"))
    assert todo.ranges == [{"path": "c/a", "drive": "WD-1", "bytes": 2 * RANGE, "ranges": [{"offset": RANGE, "length": 2 * RANGE}]}]
    assert not todo.files and todo.bytes == 2 * RANGE


def test_where_all_ranges_are_bad_or_too_many_to_list_the_file_goes_again():
    bad = Thing("a", RANGE, range_status={0: "Corrupted"})
    todo = repaired([bad], drive_log([bad]))
    assert [one["path"] for one in todo.files] == ["c/a"] and not todo.ranges
    assert repair.joined(((0, copy_log.WHOLE_FILE, "x"),)) is None


def test_what_was_renamed_is_copied_inside_the_account():
    one = Thing("b", 512, said={"path": "c/b (2)"})
    todo = repaired([one], drive_log([one]))
    assert todo.copies == [{"from": "c/b (2)", "to": "c/b"}] and todo.bytes == 0


def test_what_is_missing_or_skipped_goes_again_as_a_whole():
    these = [Thing("a", 512), Thing("b", 1024, said={"disposition": "Skipped"}), Thing("m", 2048)]
    todo = repaired(these, drive_log(these[:2]))
    assert {one["path"]: one["bytes"] for one in todo.files} == {"c/b": 1024, "c/m": 2048}


def test_support_is_asked_with_facts_that_name_job_drive_and_what_was_seen():
    these = [Thing("a", 512, said={"crc64": 5})]
    text = repaired(these, rootless_verbose(these)).support
    assert "Import job: srv1" in text and "Drive WD-1: no crc64" in text and text.endswith("send again?")
    text = repaired(these, ("c", copy_log_2021(1, errored("c/a", "UploadErrorUnknownType"), "Failed", 1))).support
    assert "Object c/a: UploadErrorUnknownType" in text
