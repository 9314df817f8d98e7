# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a storage account must be so that an import job can fill it with page blobs for Azure Backup: a table of rules.

Sources: azure-docs articles/backup/backup-azure-backup-import-export.md, articles/backup/offline-backup-azure-data-box.md
(page blobs), articles/import-export/storage-import-export-requirements.md (kinds, NFS, firewall).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..failure import Failure

KINDS = ("StorageV2", "Storage")
NEW = "Use another account, or let this module make one (kind StorageV2, sku Standard_LRS)."


@dataclass(frozen=True)
class Rule:
    """`holds` looks at the account's JSON; `seen` says what is there, `must` what has to be. A rule that only warns has `fatal` false."""

    field: str
    holds: Callable[[Mapping[str, Any]], bool]
    seen: Callable[[Mapping[str, Any]], Any]
    must: str
    cure: str
    fatal: bool = True


def _properties(account: Mapping[str, Any]) -> Mapping[str, Any]:
    return account.get("properties") or {}


def _firewall(account: Mapping[str, Any]) -> Mapping[str, Any]:
    return _properties(account).get("networkAcls") or {}


def _bypass(account: Mapping[str, Any]) -> set[str]:
    """`bypass` is a comma-separated set such as "Logging, Metrics, AzureServices"."""
    return {word.strip().casefold() for word in str(_firewall(account).get("bypass") or "").split(",")}


def _admits_azure(account: Mapping[str, Any]) -> bool:
    return _firewall(account).get("defaultAction", "Allow") != "Deny" or "azureservices" in _bypass(account)


RULES = (
    Rule(
        "kind",
        lambda account: account.get("kind") in KINDS,
        lambda account: account.get("kind"),
        f"one of {', '.join(KINDS)}: Azure Backup needs page blobs, which this kind does not hold",
        NEW,
    ),
    Rule(
        "sku",
        lambda account: str((account.get("sku") or {}).get("name", "Standard_LRS")).startswith("Standard_"),
        lambda account: (account.get("sku") or {}).get("name"),
        "a Standard_ sku: import jobs do not write to premium accounts",
        NEW,
    ),
    Rule(
        "isNfsV3Enabled",
        lambda account: not _properties(account).get("isNfsV3Enabled"),
        lambda account: True,
        "off: import jobs do not write to accounts with NFS 3.0, and it cannot be switched off",
        NEW,
    ),
    Rule(
        "networkAcls",
        _admits_azure,
        lambda account: f"defaultAction {_firewall(account).get('defaultAction')}, bypass {_firewall(account).get('bypass')}",
        "open to Azure services, or the import service cannot write",
        "Allow trusted Microsoft services: az storage account update --name ACCOUNT --bypass AzureServices.",
    ),
    Rule(
        "publicNetworkAccess",
        lambda account: _properties(account).get("publicNetworkAccess", "Enabled") != "Disabled",
        lambda account: _properties(account).get("publicNetworkAccess"),
        "Enabled, as far as is known, for the import service to write",
        "Enable it from selected networks while the seed travels.",
        fatal=False,
    ),
    Rule(
        "isHnsEnabled",
        lambda account: not _properties(account).get("isHnsEnabled"),
        lambda account: True,
        "off: page blobs are limited in accounts with a hierarchical namespace",
        "Use an account without it.",
        fatal=False,
    ),
    Rule(
        "allowSharedKeyAccess",
        lambda account: _properties(account).get("allowSharedKeyAccess") is not False,
        lambda account: False,
        "on, as far as is known: agent and import service use account keys",
        "Allow shared key access while the seed travels.",
        fatal=False,
    ),
)


def judge(name: str, account: Mapping[str, Any]) -> list[str]:
    """Warnings about the account; a Failure for the first rule that makes it unfit."""
    broken = [rule for rule in RULES if not rule.holds(account)]
    for rule in broken:
        if rule.fatal:
            raise Failure(
                f"Storage account {name}: {rule.field} is {rule.seen(account)!r}; it must be {rule.must}. {rule.cure}",
                field=rule.field,
                seen=rule.seen(account),
                must=rule.must,
                cure=rule.cure,
            )
    return [f"Storage account {name}: {rule.field} is {rule.seen(account)!r}; it should be {rule.must}. {rule.cure}" for rule in broken]


def account_from(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The account as a task returns it."""
    said = _properties(resource)
    return {
        "id": resource.get("id"),
        "name": resource.get("name"),
        "kind": resource.get("kind"),
        "sku": (resource.get("sku") or {}).get("name"),
        "location": "".join(str(resource.get("location") or "").split()).casefold(),
        "blob_endpoint": (said.get("primaryEndpoints") or {}).get("blob"),
        "https_only": said.get("supportsHttpsTrafficOnly"),
        "minimum_tls_version": said.get("minimumTlsVersion"),
        "blob_public_access": said.get("allowBlobPublicAccess"),
        "shared_key_access": said.get("allowSharedKeyAccess") is not False,
        "public_network_access": said.get("publicNetworkAccess") or "Enabled",
        "network_default_action": _firewall(resource).get("defaultAction") or "Allow",
        "network_bypass": _firewall(resource).get("bypass"),
        "nfs": bool(said.get("isNfsV3Enabled")),
        "hierarchical_namespace": bool(said.get("isHnsEnabled")),
        "tags": dict(resource.get("tags") or {}),
    }
