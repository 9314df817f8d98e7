# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DriveManifest.xml as the Import/Export service reads it (azure-docs, storage-import-export-file-format-metadata-and-properties and
"manifest file format"): page blobs only, which is what Azure Backup wants. Written apart from the product's reader, on purpose."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET

VERSIONS = ("2011-10-01", "2014-11-01")
PAGE = 512
LONGEST_RANGE = 4 * 1024 * 1024
DISPOSITIONS = ("no-overwrite", "overwrite", "rename")


class ManifestFormatInvalid(ValueError):
    """The manifest is not what the format says."""


@dataclasses.dataclass(frozen=True)
class Range:
    """A page range and the Base16 MD5 of its bytes."""

    offset: int
    length: int
    hash: str


@dataclasses.dataclass(frozen=True)
class Blob:
    """One file of the drive and the page blob that it becomes; `path` is `container/name`."""

    path: str
    file: str
    length: int
    disposition: str
    ranges: tuple[Range, ...]

    @property
    def container(self) -> str:
        """The container in which it lands."""
        return self.path.split("/", 1)[0]

    @property
    def name(self) -> str:
        """Its name there."""
        return self.path.split("/", 1)[1]


@dataclasses.dataclass(frozen=True)
class Manifest:
    """What a drive says is on it."""

    serial: str
    blobs: tuple[Blob, ...]

    @property
    def bytes(self) -> int:
        """Bytes of all ranges: what is copied."""
        return sum(part.length for blob in self.blobs for part in blob.ranges)


def read(content: bytes) -> Manifest:
    """Read a manifest; raises ManifestFormatInvalid naming what is wrong."""
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        raise ManifestFormatInvalid(f"no XML: {error}") from error
    if root.tag != "DriveManifest" or root.get("Version") not in VERSIONS:
        raise ManifestFormatInvalid(
            f"<{root.tag} Version={root.get('Version')!r}>, expected <DriveManifest> of version {' or '.join(VERSIONS)}"
        )
    drive = root.find("Drive")
    serial = drive.findtext("DriveId") if drive is not None else None
    if not serial:
        raise ManifestFormatInvalid("no Drive/DriveId")
    blobs = tuple(_blob(node) for blob_list in drive.findall("BlobList") for node in blob_list.findall("Blob"))
    if not blobs:
        raise ManifestFormatInvalid("no BlobList/Blob")
    return Manifest(serial, blobs)


def _blob(node: ET.Element) -> Blob:
    path, file, length = (node.findtext(name) or "" for name in ("BlobPath", "FilePath", "Length"))
    if path.count("/") < 1 or not all(path.split("/", 1)):
        raise ManifestFormatInvalid(f"BlobPath {path!r} is no container/name")
    if not file.startswith("\\"):
        raise ManifestFormatInvalid(f"FilePath {file!r} does not begin at the root of the drive")
    ranges = node.find("PageRangeList")
    if ranges is None:
        raise ManifestFormatInvalid(f"{path} has no PageRangeList; this datacenter copies page blobs")
    blob = Blob(
        path, file, _number(length, path), node.findtext("ImportDisposition") or "rename", tuple(_range(part, path) for part in ranges)
    )
    _check(blob)
    return blob


def _range(part: ET.Element, path: str) -> Range:
    return Range(_number(part.get("Offset"), path), _number(part.get("Length"), path), part.get("Hash") or "")


def _number(text: str | None, path: str) -> int:
    if not (text or "").isdigit():
        raise ManifestFormatInvalid(f"{path}: {text!r} is no number of bytes")
    return int(text)


def _check(blob: Blob) -> None:
    if blob.length % PAGE:
        raise ManifestFormatInvalid(f"{blob.path}: length {blob.length} is no multiple of {PAGE}")
    if blob.disposition not in DISPOSITIONS:
        raise ManifestFormatInvalid(f"{blob.path}: ImportDisposition {blob.disposition!r} is none of {', '.join(DISPOSITIONS)}")
    end = 0
    for part in blob.ranges:
        if part.offset % PAGE or part.length % PAGE or not 0 < part.length <= LONGEST_RANGE:
            raise ManifestFormatInvalid(
                f"{blob.path}: range {part.offset}+{part.length} is not made of pages, or longer than {LONGEST_RANGE}"
            )
        if part.offset < end or part.offset + part.length > blob.length:
            raise ManifestFormatInvalid(f"{blob.path}: range {part.offset}+{part.length} overlaps or ends behind the blob")
        end = part.offset + part.length
