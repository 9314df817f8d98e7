# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the rules come from: title (and page name or repository path) and date of each source, by the key that the rules use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A public text; *date* is its own (ms.date of a page, day of a version), or None where it has none."""

    title: str
    date: str = None


_DOCS = "MicrosoftDocs/azure-docs, articles"
SOURCES = {
    "S1": Source(f"{_DOCS}/backup/backup-azure-backup-import-export.md of 2018", "2018-05-17"),
    "S2": Source(f"{_DOCS}/backup/backup-azure-backup-import-export.md", "2022-12-05"),
    "S3": Source(f"{_DOCS}/backup/backup-azure-backup-server-import-export.md", "2022-12-05"),
    "S4": Source(f"{_DOCS}/backup/offline-backup-server-previous-versions.md", "2024-10-25"),
    "S5": Source(f"{_DOCS}/backup/offline-backup-overview.md", "2020-01-28"),
    "S6": Source(f"{_DOCS}/backup/backup-azure-mars-troubleshoot.md", "2022-12-05"),
    "S7": Source(f"{_DOCS}/backup/offline-backup-azure-data-box.md", "2023-01-23"),
    "S8b": Source(f"{_DOCS}/backup/backup-azure-backup-import-export.md of 2016", "2016-01-28"),
    "S9": Source("Screenshots of the disk preparation tool beside backup-azure-backup-import-export.md", "2016-08-16"),
    "S10": Source(f"{_DOCS}/import-export/storage-import-export-requirements.md", "2022-05-19"),
    "S11": Source(f"{_DOCS}/import-export/storage-import-export-view-drive-status.md", "2022-03-14"),
    "S12": Source(f"{_DOCS}/import-export/storage-import-export-data-to-blobs.md", "2023-02-01"),
    "S13": Source(f"{_DOCS}/import-export/storage-import-export-service.md", "2022-10-27"),
    "S14": Source(f"{_DOCS}/import-export/storage-import-export-service-faq.md", "2021-01-07"),
    "S17": Source(f"{_DOCS}/storage/common/storage-import-export-tool-preparing-hard-drives-import-v1.md", "2017-01-15"),
    "S25": Source(f"{_DOCS}/storage/common/storage-import-export-retrieving-state-info-for-a-job.md", "2016-12-16"),
    "S28": Source(f"{_DOCS}/backup/backup-client-automation.md", "2019-12-02"),
    "S31": Source(f"{_DOCS}/backup/backup-support-matrix-mars-agent.md", "2022-11-30"),
    "S32": Source("MicrosoftDocs/azure-docs, includes/storage-import-export-*.md", "2022-03-14"),
    "S33": Source("Windows Admin Center, module for Azure Backup (Get-WACAB functions)"),
    "S34": Source("Microsoft CSS, data collection script for DPM, MABS and MARS, V17"),
    "S44": Source("GitHub, issues of MicrosoftDocs/azure-docs"),
    "S46": Source("PowerShell Gallery, DataProtectionManagerCX, MARSVersionMappingTable.json"),
    "IE": Source("Azure REST API specification, Microsoft.ImportExport", "2021-01-01"),
    "DB": Source("Azure REST API specification, Microsoft.DataBox", "2022-12-01"),
    "ST": Source("Azure REST API specification, Microsoft.Storage", "2023-05-01"),
    "SUB": Source("Azure REST API specification, subscriptions", "2022-12-01"),
    "FVE": Source("Microsoft, BitLocker policy settings (HKLM\\SOFTWARE\\Policies\\Microsoft\\FVE)", "2023-09-01"),
    "LANG": Source("Microsoft, about_Language_Modes", "2023-01-01"),
    "PRACTICE": Source("Windows administration practice, not from an article"),
    "INFERRED": Source("Concluded from the sources of this table, stated by none"),
    "OURS": Source("offlineseed.azure"),
}


def titles(keys):
    """The titles of these sources in one line."""
    return "; ".join(SOURCES[key].title for key in keys)


def newest(keys):
    """Date of the newest of these sources, or None."""
    return max((SOURCES[key].date for key in keys if SOURCES[key].date), default=None)
