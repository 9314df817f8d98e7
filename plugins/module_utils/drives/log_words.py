# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of the copy logs: what each means for an object or a drive, and what cures it.

Sources: azure-docs, "Import/Export service log file format" (status codes), data-box-disk-troubleshoot-upload (2018-10-01) and
storage-import-export-tool-reviewing-job-status (2021-08-01, categories). A word that is not here counts as a failure.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """What a word makes of an object: *verdict* and *cure*."""

    verdict: str
    cure: str


FAULTLESS = frozenset({"Completed", "None"})
FAULTLESS_DISPOSITIONS = frozenset({"Created", "Overwritten"})
DRIVE_FAULTLESS = frozenset({"Completed", "Succeeded"})
DRIVE_COPIED = DRIVE_FAULTLESS | {"CompletedWithWarnings", "CompletedWithErrors"}
PAGE_BLOB = "PageBlob"

SEND = "Upload the file from the staging folder, or send it again on a drive."
ALLOW = "Let the import service write: the storage account's keys and network rules must be as when the job was made. Then " + SEND
UNLOCK = "Check that the recovery password in the job belongs to this drive, and that the volume is encrypted. Then send the drive again."
PREPARE = "Prepare the drive again; its manifest must be there, unchanged, and name this drive."
RENAMED = "Copy it to the expected name inside the storage account; nothing needs to be sent."
SUPPORT = "Ask Microsoft's support with the text of the repair."


def _all(verdict, cure, *words):
    return {word: Meaning(verdict, cure) for word in words}


OBJECT = {
    **_all(
        "corrupted", "Upload the ranges that are named, or the file.", "Corrupted", "CompletedWithErrors", "UploadErrorDataValidationError"
    ),
    **_all("failed", "The drive could not be read there. " + SEND, "FileNotFound", "FileAccessDenied", "IOFailed", "UploadErrorWin32"),
    **_all("failed", "The name was refused. " + SEND, "FileNameInvalid", "FileNameTooLong", "FileNameTrailsWithSlash", "InvalidWorkitem"),
    **_all("failed", ALLOW, "BlobRequestForbidden", "StorageRequestForbidden"),
    **_all("failed", "End the lease of the blob. Then " + SEND, "LeasePresent"),
    **_all("failed", "Somebody wrote to the blob while it was copied: find out who. Then " + SEND, "BlobUnexpectedChange"),
    **_all("failed", SEND, "BlobRequestFailed", "StorageRequestFailed", "RenameFailed", "Failed", "UploadErrorCloudHttp"),
    **_all("failed", SUPPORT, "UploadErrorUnknownType", "UploadErrorManagedConversionError", "ManagedDiskCreationTerminalFailure"),
    **_all(
        "failed",
        "It did not land as a page blob, which the agent needs. " + SEND,
        "InvalidPageBlobUploadAsBlockBlob",
        "BlockBlob",
        "AzureFile",
    ),
    **_all("renamed", RENAMED, "Renamed", "BlobRenamed", "ContainerRenamed", "FileRenamed", "ShareRenamed", "DiskRenamed"),
    **_all("skipped", "A blob of that name was there and was kept. Remove it, then " + SEND, "Skipped"),
    **_all("skipped", "The copy was stopped before it. " + SEND, "Cancelled"),
}
UNKNOWN = Meaning("failed", "This word is in no published list. " + SUPPORT)

DRIVE = {
    **dict.fromkeys(("DiskNotFound", "VolumeNotNtfs", "DiskOperationFailed", "BitLockerFailed", "ReadManifestFailed"), SUPPORT),
    **dict.fromkeys(("BitLockerVolumeNotFound", "BitLockerNotActivated", "BitLockerProtectorNotFound", "BitLockerKeyInvalid"), UNLOCK),
    "BitLockerUnlockVolumeFailed": UNLOCK,
    **dict.fromkeys(("ManifestNameInvalid", "ManifestNameTooLong", "ManifestNotFound", "ManifestAccessDenied"), PREPARE),
    **dict.fromkeys(("ManifestCorrupted", "ManifestFormatInvalid", "ManifestDriveIdMismatch", "BlobListFormatInvalid"), PREPARE),
    "BlobRequestForbidden": ALLOW,
}


def of_object(word):
    """Meaning of a status, disposition or category of an object that is not faultless."""
    return OBJECT.get(word, UNKNOWN)


def cure_of_drive(status):
    """What cures a drive that has this status."""
    return DRIVE.get(status, SUPPORT)
