# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy logs of the classic service: `DriveLog` in XML, an error log and, where asked for, a verbose one.

Form and status words: azure-docs, articles "Reviewing job status with copy log files" and "Import/Export service log file format";
version 2018-10-01 has the same form.
"""

from __future__ import annotations

import datetime
import xml.etree.ElementTree as ET
from typing import Any

VERSION = "2018-10-01"


def name(job: str, serial: str, moment: datetime.datetime, kind: str) -> str:
    """`waies/<job>_<drive>_<timestamp>_<kind>.xml`, as the public examples of log addresses have it."""
    return f"waies/{job}_{serial}_{moment.strftime('%Y%m%d-%H%M%S')}-{moment.microsecond // 1000:03d}_{kind}.xml"


def render(serial: str, status: str, blobs: list[dict[str, Any]], version: str = VERSION, *, hashes: bool = True) -> bytes:
    """A log of `blobs`, each as `drive_copy.copy_blob` answers it:

    {blob_path, file_path, length, disposition, disposition_status, ranges: [{offset, length, hash, status}], status}.
    """
    root = ET.Element("DriveLog", Version=version)
    ET.SubElement(root, "DriveId").text = serial
    if version == VERSION:
        _summary(root, blobs)
    for blob in blobs:
        _renamed(root, blob) if blob.get("renamed_from") and version == VERSION else _blob(root, blob, hashes)
    ET.SubElement(root, "Status").text = status
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _summary(root: ET.Element, blobs: list[dict[str, Any]]) -> None:
    summary = ET.SubElement(root, "Summary")
    ET.SubElement(ET.SubElement(summary, "ValidationErrors"), "None", Count=str(len(blobs)))
    errors = ET.SubElement(summary, "CopyErrors")
    words = ["ContainerRenamed" if blob.get("renamed_from") else blob["status"] for blob in blobs]
    for word in sorted(set(words)):
        ET.SubElement(errors, word, Count=str(words.count(word)), Description=word)


def _renamed(root: ET.Element, blob: dict[str, Any]) -> None:
    """An object of a container that got another name, as azure-docs, data-box-disk-troubleshoot-upload shows it."""
    node = ET.SubElement(root, "Blob", Status="ContainerRenamed")
    ET.SubElement(node, "BlobPath").text = blob["blob_path"]
    ET.SubElement(node, "OriginalFilePath").text = blob["file_path"]
    ET.SubElement(node, "SizeInBytes").text = str(blob["length"])


def _blob(root: ET.Element, blob: dict[str, Any], hashes: bool) -> None:
    node = ET.SubElement(root, "Blob")
    ET.SubElement(node, "BlobPath").text = blob["blob_path"]
    ET.SubElement(node, "FilePath").text = blob["file_path"]
    ET.SubElement(node, "Length").text = str(blob["length"])
    ET.SubElement(node, "ImportDisposition", Status=blob["disposition_status"]).text = blob["disposition"]
    if blob["ranges"]:
        ranges = ET.SubElement(node, "PageRangeList")
        for part in blob["ranges"]:
            told = {"Hash": part["hash"]} if hashes else {}
            ET.SubElement(ranges, "PageRange", Offset=str(part["offset"]), Length=str(part["length"]), **told, Status=part["status"])
    ET.SubElement(node, "Status").text = blob["status"]
