# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names on a drive, in the staging folder and in the container, and how one follows from the other."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote

LABEL = "OFFLINESEED"
MANIFEST_FILE = "\\DriveManifest.xml"
MARKER_FILE = "\\offlineseed\\marker.json"
JOURNAL_FILE = "\\offlineseed\\journal.jsonl"
DATA_FOLDER = "\\data"

# Screenshots of AzureOfflineBackupDiskPrep in azure-docs (articles/backup/media/backup-azure-backup-import-export).
STAGED_FILE = re.compile(r"^\d+_\d+_[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}_(AIBBlob|BaseBlob)$")
SECTOR = 512

# Microsoft.Storage 2023-05-01: storageAccounts, resourceGroupName, blobServices/containers.
ACCOUNT = re.compile(r"^[a-z0-9]{3,24}$")
CONTAINER = re.compile(r"^(?=.{3,63}$)[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9]))*$")
RESOURCE_GROUP = re.compile(r"^(?=.{1,90}$)[-\w._()]*[-\w_()]$")
# Microsoft.ImportExport: driveId is the serial number without blanks; manifestHash is MD5 as 32 digits in the text, 64 in the examples.
DRIVE_ID = re.compile(r"[\x21-\x7e]{1,64}")
MANIFEST_HASH = re.compile(r"^[0-9A-Fa-f]{32}([0-9A-Fa-f]{32})?$")
# azure-docs, storage-import-export-tool-preparing-hard-drives-import-v1: the session id of WAImportExport.
SESSION_ID = re.compile(r"^[A-Za-z0-9_#-]{3,30}$")
# "Naming and referencing containers, blobs, and metadata" (Microsoft Learn): 1 to 1,024 characters, at most 254 segments.
LONGEST_BLOB, MOST_SEGMENTS = 1024, 254


@dataclass(frozen=True)
class JobService:
    """One of those that take the name of an import job, and which names it takes."""

    who: str
    says: str
    pattern: re.Pattern
    sources: tuple


JOB_SERVICES = (
    JobService("the API of Microsoft.DataBox", "3 to 24 of letters, digits and -_.", re.compile(r"^[-\w.]{3,24}$", re.ASCII), ("DB",)),
    JobService(
        "the portal for Microsoft.DataBox",
        "3 to 24 letters, digits and hyphens, a letter or digit first and last",
        re.compile(r"^(?=.{3,24}$)[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]$"),
        ("S32",),
    ),
    JobService(
        "the portal for Microsoft.ImportExport",
        "lower-case letters, digits and hyphens, a letter first",
        re.compile(r"^[a-z][a-z0-9-]*$"),
        ("S8b", "S12"),
    ),
)
# The part that all of them take: names that end with a hyphen are left out, too.
JOB = re.compile(r"^[a-z][a-z0-9-]{1,22}[a-z0-9]$")


def serial(text):
    """Serial number as Windows gives it, stripped of blanks: the driveId of the import job."""
    return "".join(str(text).split())


def file_name(serial_number, ending):
    """Name of a file about a drive; characters that a file system or a path could take amiss are escaped."""
    return quote(serial(serial_number), safe="") + ending


def file_path(name):
    """Where a staged file stands on the drive, as the manifest writes it: no letter, backslashes."""
    return f"{DATA_FOLDER}\\{name}"


def blob_path(container, name):
    """Where the datacenter puts a staged file: container and name, relative to the storage account."""
    return f"{container}/{name}"


def blob_problem(path):
    """What is wrong with ``<container>/<blob>``, or None: the datacenter renames what it cannot use, and then nothing finds it."""
    container, _slash, blob = str(path).partition("/")
    if not CONTAINER.fullmatch(container):
        return f"{container!r} is no name of a container"
    if not 1 <= len(blob) <= LONGEST_BLOB:
        return f"the blob's name has {len(blob)} characters, it must have 1 to {LONGEST_BLOB}"
    if blob.count("/") >= MOST_SEGMENTS:
        return f"the blob's name has more than {MOST_SEGMENTS} parts"
    if blob.endswith((".", "/")) or any(ord(character) < 32 for character in blob):
        return "the blob's name ends with a dot or slash, or holds control characters"
    return None


def session_id(seed, serial_number, number=1):
    """Id of one copy session of WAImportExport: the same for the same seed, drive and *number*, and another for every other."""
    drive = re.sub(r"[^A-Za-z0-9_-]", "_", serial(serial_number))
    tail = hashlib.sha256(f"{seed}\n{serial(serial_number)}".encode()).hexdigest()[:6]
    return f"{drive[:14]}-{tail}#{number}"


def staging_folder(staging_path, account, job):
    """Folder that the agent makes in the staging location for one import job."""
    return f"{staging_path.rstrip(chr(92))}\\{account}_{job}"
