# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files after Microsoft's public samples (tests/unit/data/formats/SOURCES.md): read as they are, their errors told as errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import (
    copy_log,
    crc64,
    drive_info,
    drive_manifest,
    journal,
    manifest,
)

DATA = Path(__file__).resolve().parents[1] / "data" / "formats"
OPTIONS = dict.fromkeys(drive_manifest.ARGUMENT_SPEC)


def checked(name, **options):
    return drive_manifest.run({**OPTIONS, "path": str(DATA / name), **options}, False)


def entries(name):
    with (DATA / name).open("rb") as stream:
        reader = copy_log.Reader(stream)
        return reader, list(reader.entries())


def test_a_manifest_of_2011_names_a_block_blob_and_ranges_that_do_not_cover():
    made = checked("manifest_2011_10_01.xml")
    assert (made["version"], made["blobs"], made["block_blobs"], made["ranges"]) == ("2011-10-01", 2, 1, 3)
    assert [(one["file"], one["what"].split(",")[0]) for one in made["differences"]] == [
        ("\\photos\\town\\a.jpg", "its ranges cover 7680 of 15360 bytes"),
        ("\\photos\\wild\\b.jpg", "it is a block blob (2 blocks)"),
    ]


def test_a_manifest_of_placeholders_is_refused_and_its_key_is_not_told():
    with pytest.raises(manifest.NotAManifest, match="'MD5-HASH', not 32 hexadecimal") as refused:
        checked("manifest_placeholders.xml")
    assert "CANARY" not in str(refused.value)


@pytest.mark.parametrize("name", ["journal.jrn", "drive_info.txt"])
def test_a_journal_names_its_drive_and_whether_there_is_a_key(name):
    made = checked(name, serial="9WM35C3U", manifest_hash="D863FE44F861AE0DA4DCEAEEFFCCCE68")
    drive = {"serial": "9WM35C3U", "manifest_file": "\\DriveManifest.xml", "manifest_hash": "D863FE44F861AE0DA4DCEAEEFFCCCE68"}
    assert made["kind"] == "journal" and made["fit"] and made["drives"] == [{**drive, "has_key": False}]
    assert made["has_storage_key"] is False


def test_drive_info_is_read_in_any_namespace_without_its_key():
    made = checked("drive_info.xml", serial="9WM35C3U")
    assert made["kind"] == "drive_info" and made["fit"] and made["drives"][0]["has_key"] is True
    assert "CANARY" not in str(made)


def test_the_first_generation_has_hashes_and_statuses_of_ranges():
    reader, (one,) = entries("drivelog_2014.xml")
    assert (reader.generation, reader.drive_id, reader.status, reader.closed) == ("2014-11-01", "9WM35C3U", "CompletedWithErrors", True)
    assert one.bad == ((65536, 65536, "Corrupted"),) and one.statuses == ("CompletedWithErrors",) and one.disposition == "Overwritten"


def test_the_second_generation_is_read_past_a_blank_a_cut_and_ranges_without_hash():
    reader, (page, block, file) = entries("drivelog_2018_verbose.txt")
    assert (reader.generation, reader.status, reader.closed) == ("2018-10-01", "Completed", True)
    assert (page.path, page.size, page.ranges.unhashed, page.ranges.covers(page.size)) == ("$root/page.vhd", 8389120, 2, False)
    assert block.cloud_format == "BlockBlob" and file.path == "share/file.txt" and file.size == 20 and not file.odd


def test_an_error_log_of_the_second_generation_has_entries_without_ranges():
    reader, (one,) = entries("drivelog_2018_error.xml")
    assert reader.closed and one.statuses == ("ContainerRenamed",) and one.size == 10490880 and one.ranges is None
    assert one.file_path == "\\PageBlob\\page test\\a.vhd" and not one.odd


def test_the_copy_log_of_the_third_generation_says_failed_without_a_failed_file():
    reader, (container, share) = entries("copylog_2021.txt")
    assert (reader.generation, reader.version, reader.status, reader.total, reader.errored) == ("2021-08-01", "2021-08-01", "Failed", 60, 0)
    assert container.new_name == "databox-96d8e2ee-ffd4-4529-9ec0-f666674b70d9" and container.type == "Container" and share.new_name is None


def test_the_verbose_log_of_the_third_generation_is_read_past_stray_characters():
    reader, (block, page, empty) = entries("verboselog_2021.txt")
    assert reader.generation == "2021-08-01" and not reader.closed
    assert (block.cloud_format, page.size, empty.crc64, empty.path) == ("BlockBlob", 4096, 0, "folder\\Dir1/file_size0.txt")
    assert page.crc64 == crc64.crc64(b"1" * 4096)


KEY = "111111-222222-333333-CANARY"


def drive(serial="S1", key=KEY, md5="A" * 32):
    parts = {"DriveId": serial, "BitLockerKey": key, "ManifestFile": "\\M", "ManifestHash": md5}
    return "<Drive>" + "".join(f"<{tag}>{text}</{tag}>" for tag, text in parts.items()) + "</Drive>"


def record(*lines, kind="ActivityRecord"):
    return "\r\n".join([f"[BeginUpdateRecord][2016/11/01 21:22:25.379][Type:{kind}]", *lines, "[EndUpdateRecord]"]) + "\r\n"


def written(tmp_path, text):
    path = tmp_path / "file"
    path.write_bytes(text.encode())
    return drive_manifest.run({**OPTIONS, "path": str(path)}, False)


def test_keys_of_a_journal_are_told_as_there_and_never_which(tmp_path):
    text = record("StorageAccountKey: CANARY") + record("DriveState: [BeginValue]", drive(), "[EndValue]")
    made = written(tmp_path, text)
    assert made["drives"][0]["has_key"] and made["has_storage_key"] and "CANARY" not in str(made)
    assert [one["what"] for one in made["differences"]] == ["it holds a storage account key: keep the file like one"]


def test_the_last_word_of_a_journal_on_a_drive_counts_and_a_broken_record_is_told(tmp_path):
    text = "".join(record("DriveState: [BeginValue]", drive(md5=md5 * 32), "[EndValue]") for md5 in "AB")
    made = written(tmp_path, text + record("DriveState: [BeginValue]", drive(md5="C" * 32)).replace("[EndUpdateRecord]", ""))
    assert [one["manifest_hash"] for one in made["drives"]] == ["B" * 32]
    assert "breaks off" in made["differences"][0]["what"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (record("DriveState: [BeginValue]", "<Drive>" + KEY, "[EndValue]"), "not well-formed"),
        (record("DriveState: [BeginValue]", "<!DOCTYPE x [<!ENTITY a '" + KEY + "'>]>" + drive(), "[EndValue]"), "document type"),
        ("[BeginUpdateRecord]" + KEY, "no time and type"),
        (record("Nothing: here") + KEY, "outside its records"),
        ("<Drives>" + KEY + "</Drives>", "names no drive"),
        ("<Drives><Drive><BitLockerKey>" + KEY + "</BitLockerKey></Drive></Drives>", "without DriveId"),
        ("<!DOCTYPE x SYSTEM 'file:///etc/passwd'><Drives/>", "document type"),
        ("<a>" * 40 + "</a>" * 40, "deep"),
        ("<Drives>" + "x" * 70_000 + "</Drives>", "characters"),
    ],
)
def test_what_cannot_be_read_is_refused_without_a_word_of_it(tmp_path, content, says):
    with pytest.raises(drive_info.NotDriveInfo, match=says) as refused:
        written(tmp_path, content)
    assert "CANARY" not in str(refused.value)


def test_a_journal_too_big_for_the_portal_is_told(tmp_path):
    text = record("DriveState: [BeginValue]", drive(), "[EndValue]") + record("Filler: " + "x" * 100) * 20_000
    assert "2 MB" in written(tmp_path, text)["differences"][0]["what"]
    assert len(text) > journal.PORTAL_LIMIT
