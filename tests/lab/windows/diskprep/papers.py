# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tool writes: DriveManifest.xml, the journal and DriveInfo of WAImportExport v1, the summary of the job.

Forms: azure-docs, storage-import-export-file-format-manifest, sample journals of storage-import-export-tool-preparing-hard-drives-import;
names and places: screenshots of the tool (backup-azure-backup-import-export, 2016). Written apart from the product's, on purpose.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MANIFEST = "\\DriveManifest.xml"


@dataclass
class Copied:
    """A file on a drive: name, bytes, (offset, length, MD5) of each range."""

    name: str
    size: int
    ranges: list[tuple[int, int, str]] = field(default_factory=list)


def manifest(serial: str, container: str, files: list[Copied]) -> bytes:
    """DriveManifest.xml: page blobs `container/name` from `\\container\\name`."""
    text = "".join(_blob(container, one) for one in files)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<DriveManifest Version="2014-11-01">\n  <Drive>\n'
        f"    <DriveId>{escape(serial)}</DriveId>\n    <ClientCreator>Microsoft Azure Import/Export tool</ClientCreator>\n"
        f"    <BlobList>\n{text}    </BlobList>\n  </Drive>\n</DriveManifest>\n"
    ).encode()


def _blob(container: str, one: Copied) -> str:
    ranges = "".join(
        f'          <PageRange Offset="{offset}" Length="{length}" Hash={quoteattr(md5)} />\n' for offset, length, md5 in one.ranges
    )
    return (
        f"      <Blob>\n        <BlobPath>{escape(f'{container}/{one.name}')}</BlobPath>\n"
        f"        <FilePath>{escape(file_path(container, one.name))}</FilePath>\n        <Length>{one.size}</Length>\n"
        f"        <ImportDisposition>rename</ImportDisposition>\n        <PageRangeList>\n{ranges}        </PageRangeList>\n      </Blob>\n"
    )


def file_path(container: str, name: str) -> str:
    """Where a staged file stands on the drive."""
    return f"\\{container}\\{name}"


def journal_begun(now: datetime.datetime, folder: str) -> str:
    """The records with which a journal begins."""
    return _record(now, "NewJournalFile", "VocabularyVersion: 2013-02-01") + _record(
        now, "ActivityRecord", f"ActivityId: PrepImportDriveCommandContext\nLogDirectory: {folder}"
    )


def journal_ended(now: datetime.datetime, drive: str) -> str:
    """The record of a drive that is done; `drive` is its XML."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return _record(
        now, "ActivityRecord", f"ActivityId: DriveInfo\nDriveState: [BeginValue]\n{head}\n{drive}\n[EndValue]\nSaveCommandOutput: Completed"
    )


def _record(now: datetime.datetime, kind: str, text: str) -> str:
    return f"[BeginUpdateRecord][{now:%Y/%m/%d %H:%M:%S}.000][Type:{kind}]\n{text}\n[EndUpdateRecord]\n"


def drive(serial: str, key: str, manifest_hash: str) -> str:
    """The element Drive of journal and DriveInfo."""
    return (
        f"<Drive>\n   <DriveId>{escape(serial)}</DriveId>\n   <BitLockerKey>{key}</BitLockerKey>\n"
        f"   <ManifestFile>{MANIFEST}</ManifestFile>\n   <ManifestHash>{manifest_hash}</ManifestHash>\n</Drive>"
    )


def drive_info(told: str) -> str:
    """The DriveInfo file; its root is assumed."""
    return f'<?xml version="1.0" encoding="utf-8"?>\n<DriveList>\n{told}\n</DriveList>\n'


def summary(result: dict[str, Any]) -> list[str]:
    """The lines of the job's summary, shown and kept."""
    address = result["ship_to"]
    where = [address[name] for name in ("company", "street1", "street2", "city", "state", "zip", "country", "phone") if address.get(name)]
    return [
        f"Storage Account Name : {result['storage_account']}",
        f"Import Job Name : {result['job']}",
        f"Resource Group : {result['resource_group']}",
        f"Supported Drive Destination : [{result['region']}]",
        f"Drive(s) : {', '.join(one['serial'] for one in result['drives'])}",
        "Ship the drive(s) to the following location:",
        *(where or [address.get("communicationInstruction", "")]),
        f"Supported Carrier: [{', '.join(result['carriers'])}]",
    ]
