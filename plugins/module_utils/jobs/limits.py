# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What names and numbers may look like: a table, checked before anything is sent.

Sources: azure-rest-api-specs (storage, databox, storageimportexport),
azure-docs articles/import-export/storage-import-export-data-to-blobs.md.
The job name is the intersection of what the portal, Microsoft.ImportExport and Microsoft.DataBox take.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..failure import refuse

DRIVES_A_JOB = 10


@dataclass(frozen=True)
class Form:
    """`must` and `cure` complete the sentences "it must be ..." and "..." of the refusal."""

    pattern: re.Pattern
    must: str
    cure: str


FORMS = {
    "name of the import job": Form(
        re.compile(r"[a-z][a-z0-9-]{1,22}[a-z0-9]"),
        "3 to 24 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen",
        "Choose a shorter or simpler name; a job cannot be renamed.",
    ),
    "storage account": Form(re.compile(r"[a-z0-9]{3,24}"), "3 to 24 lower-case letters and digits", "Choose another name."),
    "container": Form(
        re.compile(r"[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}"),
        "3 to 63 lower-case letters, digits and single hyphens between them",
        "Choose another name, for example by writing it in lower case with - in place of _.",
    ),
    "recovery vault": Form(
        re.compile(r"[A-Za-z][A-Za-z0-9-]{1,49}"),
        "2 to 50 letters, digits and hyphens, starting with a letter",
        "Choose another name; a vault cannot be renamed.",
    ),
    "resource_group": Form(
        re.compile(r"[-\w.()]{0,89}[-\w()]"),
        "1 to 90 letters, digits and any of - _ . ( ), not ending with a full stop",
        "Correct the name.",
    ),
    "manifest_hash": Form(
        re.compile(r"[0-9A-Fa-f]{32}(?:[0-9A-Fa-f]{32})?"),
        "the MD5 of the manifest file in 32 hexadecimal digits",
        "Take manifest_hash from the result of win_disk_prep.",
    ),
    "manifest_file": Form(
        re.compile(r"\\.+"),
        "the path of the manifest on the drive, starting with a backslash",
        "Take manifest_file from the result of win_disk_prep.",
    ),
    "serial": Form(re.compile(r"\S{1,128}"), "the drive's serial number without blanks", "Take serial from the result of win_disk_info."),
    "storage_account_id": Form(
        re.compile(r"(?i)/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Storage/storageAccounts/[^/]+"),
        "the resource id of a Resource Manager storage account (/subscriptions/.../providers/Microsoft.Storage/storageAccounts/...)",
        "Take account.id from the result of storage_account.",
    ),
}


def check(form: str, value: str | None, field: str | None = None) -> str:
    """`value` if it has the form called `form`; a Failure that names `field` (default: the form), the value and the cure if not."""
    rule = FORMS[form]
    if value is None or not rule.pattern.fullmatch(str(value)):
        raise refuse(field or form, value, rule.must, rule.cure)
    return str(value)


def check_drives(drives) -> None:
    """Refuse a list of drives that no job can take: none, more than ten, or one serial twice."""
    if not 1 <= len(drives) <= DRIVES_A_JOB:
        raise refuse("drives", len(drives), f"1 to {DRIVES_A_JOB} drives", "Plan the data on fewer drives, or make one more seed of it.")
    seen: set[str] = set()
    for position, drive in enumerate(drives):
        for form in ("serial", "manifest_file", "manifest_hash"):
            check(form, drive.get(form), f"drives[{position}].{form}")
        if drive["serial"].casefold() in seen:
            raise refuse(f"drives[{position}].serial", drive["serial"], "in the list once", "Remove the second entry.")
        seen.add(drive["serial"].casefold())
