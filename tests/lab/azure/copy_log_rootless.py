# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy logs of Microsoft.DataBox, version 2021-08-01: elements in a row without a root.

With a stray dash, backslashes and percent-escapes. Form and words: azure-docs, includes/data-box-disk-sample-copy-log and -verbose-log,
storage-import-export-tool-reviewing-job-status. The drive's id there is no serial number but a GUID. Codes and texts of errors are
assumed but for that of a renaming.
"""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from .drive_copier import not_faultless

VERSION = "2021-08-01"
CONTAINER = "databoxcopylog"
# Status or disposition of a blob -> category, code and text of its entry.
ERRORS = {
    "CompletedWithErrors": ("UploadErrorDataValidationError", "0x80071779", "The checksum of the data differs from the drive manifest."),
    "FileNotFound": ("UploadErrorWin32", "2", "The system cannot find the file specified."),
    "Skipped": ("UploadErrorCloudHttp", "409", "The specified blob already exists."),
    "Renamed": (
        "BlobRenamed", "1",
        "The original container/share/Blob has been renamed to: {new} :from: {old} :because a blob of this name already exists",
    ),
}  # fmt: skip


def name(job: str, serial: str, kind: str, job_id: str) -> str:
    """`<order>_<serial>_CopyLog_<jobId>.xml`."""
    return f"{job}_{serial}_{kind}_{job_id}.xml"


def copy_log(job_id: str, serial: str, status: str, blobs: list[dict[str, Any]]) -> bytes:
    """The log of what went wrong, and the summary."""
    wrong = not_faultless(blobs)
    moved = {blob["renamed_from"]: blob["blob_path"].partition("/")[0] for blob in blobs if blob.get("renamed_from")}
    entries = "".join(_container(old, new) for old, new in moved.items())
    entries += "".join(_entry(blob) for blob in wrong if _word(blob) in ERRORS)
    failed = [blob for blob in wrong if _word(blob) in ERRORS and _word(blob) != "Renamed"]
    outcome = "Succeeded" if status == "Completed" and not wrong else "Failed"
    return f"{entries}\n{_summary(job_id, serial, outcome, len(blobs), len(failed), _counted(wrong))}".lstrip().encode()


def _word(blob: dict[str, Any]) -> str:
    return blob["status"] if blob["status"] != "Completed" else blob["disposition_status"]


def _entry(blob: dict[str, Any]) -> str:
    category, code, text = ERRORS[_word(blob)]
    text = text.format(new=blob["blob_path"], old=_ordered_name(blob))
    return (
        f'<ErroredEntity CloudFormat="PageBlob" Path={quoteattr(_path(_ordered_name(blob)))}>\n  <Category>{category}</Category>\n'
        f"  <ErrorCode>{code}</ErrorCode>\n  <ErrorMessage>{escape(text)}</ErrorMessage>\n  <Type>File</Type>\n</ErroredEntity>"
    )


def _container(old: str, new: str) -> str:
    text = (
        f"The original container/share/Blob has been renamed to: {new} :from: {old} :because either name has invalid character(s)"
        " or length is not supported"
    )
    return (
        f"<ErroredEntity Path={quoteattr(old)}>\n  <Category>ContainerRenamed</Category>\n  <ErrorCode>1</ErrorCode>\n"
        f"  <ErrorMessage>{escape(text)}</ErrorMessage>\n  <Type>Container</Type>\n</ErroredEntity>"
    )


def _ordered_name(blob: dict[str, Any]) -> str:
    """`container/name` as the manifest has it; a renamed blob carries a number behind it."""
    path = blob["blob_path"]
    return path.rpartition(" (")[0] if blob["disposition_status"] == "Renamed" else path


def _path(path: str) -> str:
    """The container, a backslash, the name with percent-escapes."""
    container, _unused, blob = path.partition("/")
    return f"{container}\\{quote(blob)}"


def _counted(wrong: list[dict[str, Any]]) -> dict[str, int]:
    categories = ["ContainerRenamed" if blob.get("renamed_from") else ERRORS[_word(blob)][0] for blob in wrong]
    return {category: categories.count(category) for category in sorted(set(categories))}


def _summary(job_id: str, serial: str, outcome: str, files: int, errored: int, counted: dict[str, int]) -> str:
    errors = "".join(f'      <{category} Count="{count}" Description="{category}" />\n' for category, count in counted.items())
    drive = uuid.uuid5(uuid.UUID(job_id), serial)
    return (
        f'<CopyLog Summary="Summary">\n  <DriveLogVersion>{VERSION}</DriveLogVersion>\n  <DriveId>{drive}</DriveId>\n'
        f"  <Status>{outcome}</Status>\n  <TotalFiles_Blobs>{files}</TotalFiles_Blobs>\n  <FilesErrored>{errored}</FilesErrored>\n"
        f'  <Summary>\n    <ValidationErrors>\n      <None Count="{files}" />\n    </ValidationErrors>\n    <CopyErrors>\n{errors}'
        "    </CopyErrors>\n  </Summary>\n</CopyLog>\n"
    )


def verbose_log(blobs: list[dict[str, Any]]) -> bytes:
    """The log of what landed, with the checksum of each; it has no summary."""
    there = [blob for blob in blobs if blob["status"] == "Completed" and blob["disposition_status"] != "Skipped"]
    return ("-" + "".join(_landed(blob) for blob in there)).encode()


def _landed(blob: dict[str, Any]) -> str:
    size, crc64 = blob["length"], blob.get("crc64", 0)
    return f'<File CloudFormat="PageBlob" Path={quoteattr(_path(blob["blob_path"]))} Size="{size}" crc64="{crc64}">\n</File>'
