# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names on a drive, in the staging folder and in the container, and how one follows from the other."""

from __future__ import annotations

import re
from urllib.parse import quote

LABEL = "OFFLINESEED"
MANIFEST_FILE = "\\DriveManifest.xml"
MARKER_FILE = "\\offlineseed\\marker.json"
JOURNAL_FILE = "\\offlineseed\\journal.jsonl"
DATA_FOLDER = "\\data"

# Screenshots of AzureOfflineBackupDiskPrep in azure-docs (articles/backup/media/backup-azure-backup-import-export).
STAGED_FILE = re.compile(r"^\d+_\d+_[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}_(AIBBlob|BaseBlob)$")
SECTOR = 512


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


def staging_folder(staging_path, account, job):
    """Folder that the agent makes in the staging location for one import job."""
    return f"{staging_path.rstrip(chr(92))}\\{account}_{job}"
