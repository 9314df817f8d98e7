# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The narrowest built-in role for each action that this collection needs: a table for 403 answers, the documentation and the tests."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The role definitions under "Azure built-in roles" on learn.microsoft.com (storage, management and governance, migration), and
# "Use Azure role-based access control to manage Azure Backup recovery points".
SOURCE = "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles"
AS_OF = "2026-11-27"


@dataclass(frozen=True)
class Role:
    """`pattern` is matched from the start of an action, whatever its case; `name` is given at `where`. `does` is for people."""

    pattern: str
    name: str
    where: str
    does: str


# The first row that fits wins.
ROLES = (
    Role(r"Microsoft\.DataBox/register/action$", "Data Box Contributor", "the subscription", "register Microsoft.DataBox"),
    Role(r".*/register/action$", "Contributor", "the subscription", "register a resource provider"),
    Role(r"Microsoft\.ImportExport/.*/read$", "Reader", "the resource group", "read jobs and locations of Microsoft.ImportExport"),
    Role(r"Microsoft\.ImportExport/", "Contributor", "the resource group", "make and change jobs of Microsoft.ImportExport"),
    Role(r"Microsoft\.DataBox/.*/read$", "Data Box Reader", "the resource group", "read jobs of Microsoft.DataBox"),
    Role(
        r"Microsoft\.DataBox/(locations|subscriptions|resourceGroups)/.*action$",
        "Data Box Reader",
        "the subscription",
        "ask Microsoft.DataBox where to ship to and what it offers",
    ),
    Role(r"Microsoft\.DataBox/", "Data Box Contributor", "the resource group", "make, ship, cancel and delete jobs of Microsoft.DataBox"),
    Role(
        r"Microsoft\.Storage/storageAccounts/listKeys/",
        "Storage Account Key Operator Service Role",
        "the storage account",
        "read the keys of the storage account",
    ),
    Role(r"Microsoft\.Storage/.*/blobs/read$", "Storage Blob Data Reader", "the container", "list and read blobs by token"),
    Role(r"Microsoft\.Storage/.*/blobs/", "Storage Blob Data Contributor", "the container", "write and remove blobs by token"),
    Role(r"Microsoft\.Storage/.*/read$", "Reader", "the storage account", "read storage account and containers"),
    Role(r"Microsoft\.Storage/", "Storage Account Contributor", "the resource group", "make storage account and container"),
    Role(r"Microsoft\.RecoveryServices/.*/read$", "Backup Reader", "the vault", "read vault, servers and recovery points"),
    Role(r"Microsoft\.RecoveryServices/vaults/certificates/", "Backup Operator", "the vault", "make vault credentials"),
    Role(r"Microsoft\.RecoveryServices/", "Backup Contributor", "the resource group", "make and change a vault"),
    Role(r"Microsoft\.Authorization/locks/(write|delete)$", "User Access Administrator", "the storage account", "remove a lock"),
    Role(r".*/read$", "Reader", "the resource group", "read anything else"),
)
OTHERWISE = ("Contributor", "the scope")


def narrowest(action: str) -> tuple[str, str]:
    """(role, where to give it) for an action such as Microsoft.ImportExport/jobs/write."""
    fitting = (role for role in ROLES if re.match(role.pattern, action, re.IGNORECASE))
    return next(((role.name, role.where) for role in fitting), OTHERWISE)
