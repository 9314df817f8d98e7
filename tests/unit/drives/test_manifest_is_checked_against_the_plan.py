# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DriveManifest.xml: what fits the plan passes, every other manifest is told what is wrong with it, and no entity is ever expanded."""

from __future__ import annotations

import hashlib
import io
import tracemalloc

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import manifest, plan

RANGE = 4 * 1024 * 1024
FILES = (plan.File("1_1_a_AIBBlob", RANGE + 512), plan.File("1_2_b_BaseBlob", 1024))
LOAD = plan.Load("WD-1", 200_000_000, 190_000_000, FILES)
MD5 = hashlib.md5(b"", usedforsecurity=False).hexdigest().upper()


def ranges(size):
    return "".join(f'<PageRange Offset="{at}" Length="{min(RANGE, size - at)}" Hash="{MD5}"/>' for at in range(0, size, RANGE))


def blob(name, size, **other):
    told = {
        "blob_path": f"seed-srv1/{name}",
        "file_path": f"\\data\\{name}",
        "length": size,
        "disposition": "overwrite",
        "ranges": ranges(size),
        **other,
    }
    return (
        f"<Blob><BlobPath>{told['blob_path']}</BlobPath><FilePath>{told['file_path']}</FilePath><Length>{told['length']}</Length>"
        f"<ImportDisposition>{told['disposition']}</ImportDisposition><PageRangeList>{told['ranges']}</PageRangeList></Blob>"
    )


def document(*blobs, serial="WD-1", prolog='<?xml version="1.0" encoding="UTF-8"?>'):
    lists = "".join(f"<BlobList>{one}</BlobList>" for one in blobs)
    return (
        f"{prolog}<DriveManifest"
        f' Version="2014-11-01"><Drive><DriveId>{serial}</DriveId><ClientCreator>x</ClientCreator>{lists}</Drive></DriveManifest>'.encode()
    )


GOOD = document(*(blob(file.name, file.size) for file in FILES))


def differences(content, **more):
    return [str(difference) for difference in manifest.check(io.BytesIO(content), LOAD, "seed-srv1", **more)]


def test_a_manifest_of_the_plan_has_no_differences():
    assert differences(GOOD, manifest_hash=hashlib.md5(GOOD, usedforsecurity=False).hexdigest()) == []


def test_a_manifest_is_read_whole():
    reader = manifest.Reader(io.BytesIO(GOOD))
    blobs = list(reader.blobs())
    assert [one.length for one in blobs] == [file.size for file in FILES]
    assert (blobs[0].ranges.count, blobs[0].ranges.covered) == (2, RANGE + 512)
    assert (reader.drive_id, reader.version, reader.size) == ("WD-1", "2014-11-01", len(GOOD))
    assert reader.hash == hashlib.md5(GOOD, usedforsecurity=False).hexdigest().upper()


def test_ranges_are_offered_as_they_are_read():
    seen = []
    list(manifest.Reader(io.BytesIO(GOOD), lambda path, one: seen.append((path, one))).blobs())
    assert seen[1] == (f"seed-srv1/{FILES[0].name}", manifest.Range(RANGE, 512, MD5)) and len(seen) == 3


def test_a_block_blob_is_named_as_not_fit_for_a_seed():
    blocks = "</PageRangeList><BlockList><Block Offset='0' Length='1024'/></BlockList><PageRangeList>"
    content = document(blob(FILES[0].name, FILES[0].size), blob(FILES[1].name, 1024, ranges=blocks))
    assert [one for one in differences(content) if "block blob (1 blocks), not fit for a seed" in one]


@pytest.mark.parametrize(("version", "fit"), [("2011-10-01", True), ("2014-11-01", True), ("2011-MM-DD", False)])
def test_both_versions_are_known_and_no_other(version, fit):
    found = differences(GOOD.replace(b"2014-11-01", version.encode()))
    assert found == ([] if fit else [f"its Version is '{version}', known are 2011-10-01 and 2014-11-01"])


def test_a_prefix_of_a_namespace_does_not_matter():
    assert differences(GOOD.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?")) == []


def test_a_blank_before_a_hash_as_in_a_published_sample_is_read():
    content = GOOD.replace(f'Hash="{MD5}"'.encode(), f'Hash=" {MD5.lower()}"'.encode())
    assert differences(content) == []


def test_another_hash_than_on_record_is_told_first():
    assert differences(GOOD, manifest_hash="0" * 32)[0].startswith("its MD5 is")


@pytest.mark.parametrize(
    ("blobs", "says"),
    [
        ([blob(FILES[0].name, FILES[0].size)], "1_2_b_BaseBlob: it is missing"),
        ([blob(file.name, file.size) for file in (*FILES, plan.File("x", 512))], "\\data\\x: it is not in the plan"),
        ([blob(file.name, file.size) for file in (*FILES, FILES[1])], "listed twice"),
        ([blob(FILES[0].name, FILES[0].size), blob(FILES[1].name, 1536)], "its length is 1536, staged are 1024"),
        ([blob(FILES[0].name, FILES[0].size), blob(FILES[1].name, 1024, blob_path="other/x")], "it goes to 'other/x'"),
        ([blob(FILES[0].name, FILES[0].size), blob(FILES[1].name, 1024, disposition="replace")], "ImportDisposition is 'replace'"),
        ([blob(FILES[0].name, FILES[0].size), blob(FILES[1].name, 1024, ranges=ranges(512))], "cover 512 of 1024"),
        ([blob(FILES[0].name, FILES[0].size), blob(FILES[1].name, 1024, ranges=ranges(512) * 2)], "overlaps"),
        ([blob(FILES[0].name, FILES[0].size), blob(FILES[1].name, 1024, ranges=ranges(1023))], "whole pages"),
        ([blob(FILES[0].name, FILES[0].size, ranges=f'<PageRange Offset="0" Length="{RANGE + 512}" Hash="{MD5}"/>')], "up to 4 MiB"),
    ],
)
def test_what_is_not_as_planned_is_told(blobs, says):
    assert any(says in one for one in differences(document(*blobs))), differences(document(*blobs))


def test_another_drives_manifest_is_told():
    assert (
        differences(document(*(blob(file.name, file.size) for file in FILES), serial="WD-9"))[0]
        == "DriveId is 'WD-9', the drive's serial is 'WD-1'"
    )


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (document(prolog=BOMB), "document type"),
        (document(prolog=OUTSIDE), "document type"),
        (b"<Drive/>", "begins with <Drive>"),
        (b"", "not well-formed"),
        (GOOD[:-20], "not well-formed"),
        (b"\0\0\0\0", "not well-formed"),
        (document(blob("x", 512, length="many")), "not a number"),
        (document(blob("x", 512, ranges='<PageRange Offset="0" Length="512" Hash="xyz"/>')), "32 hexadecimal"),
        (document(blob("x", 512, ranges=f'<PageRange Offset="-1" Length="512" Hash="{MD5}"/>')), "not a number"),
        (document("<Blob><BlobPath>c/x</BlobPath></Blob>"), "lacks FilePath, Length"),
    ],
)
def test_what_is_no_manifest_is_refused(content, says):
    with pytest.raises(manifest.NotAManifest, match=says):
        differences(content)


def test_the_ranges_of_one_big_file_are_not_kept_in_memory():
    head, tail = document(blob("x", 512, ranges="@")).split(b"@")
    one, step, steps = f'<PageRange Offset="{{}}" Length="512" Hash="{MD5}"/>\n', 1000, 60

    class Many(io.RawIOBase):
        """Manifest of one blob with 60,000 ranges, made as it is read."""

        def __init__(self):
            middle = ("".join(one.format(512 * at) for at in range(first, first + step)).encode() for first in range(0, step * steps, step))
            self.parts = iter([head, *middle, tail])

        def read(self, size=-1):
            return next(self.parts, b"")

    many = Many()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    (found,) = manifest.Reader(many).blobs()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.ranges.count == step * steps and peak - before < 4_000_000


def test_a_big_manifest_is_not_kept_in_memory():
    class Endless(io.RawIOBase):
        """Manifest of 3000 blobs, made as it is read."""

        def __init__(self):
            one = (blob(f"{0:040}", 20 * RANGE) + "\n").encode()
            begin, end = document("@").split(b"<BlobList>@</BlobList>")
            self.parts = iter([begin, b"<BlobList>", *([one] * 3000), b"</BlobList>", end])

        def read(self, size=-1):
            return b"".join(part for _number, part in zip(range(500), self.parts, strict=False))

    tracemalloc.start()
    count = sum(1 for _blob in manifest.Reader(Endless()).blobs())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 3000 and peak < 12_000_000
