# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery Services vaults: reading them and their usage; the rest of their routes stands in the files beside, by purpose."""

from __future__ import annotations

from typing import Any

from . import vaults_backup, vaults_certificates, vaults_jobs, vaults_life, vaults_settings
from .messages import Request, Response
from .vaults_known import PATH, described, find, within


def get(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """The vault."""
    return Response(200, described(find(cloud, group, vault)))


def list_all(cloud: Any, request: Request, subscription: str, group: str | None = None) -> Response:
    """The vaults of the subscription or of a group."""
    found = [vault for _unused, vault in sorted(cloud.state["vaults"].items()) if group is None or vault["group"].lower() == group.lower()]
    return Response(200, {"value": [described(vault) for vault in found]})


def usages(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """Counts and bytes of the vault."""
    known = find(cloud, group, vault)
    servers, items = within(cloud, "mab_containers", known), within(cloud, "mab_items", known)
    counts = [
        ("MABContainersCount", "Backup management servers", "Count", len(servers)),
        ("ProtectedItemCount", "Backup items", "Count", len(items)),
        ("ProtectedItemCriticalCount", "Critical", "Count", 0),
        ("MABProtectedItemCount", "File-Folders", "Count", len(items)),
        ("ManagedInstances", "Protected Instances", "Count", len(servers)),
        (f"{_usage_prefix(known)}StorageUsage", f"Cloud - {_usage_prefix(known)}", "Bytes", sum(item.get("bytes") or 0 for item in items)),
    ]
    value = [
        {"unit": unit, "currentValue": count, "limit": -1, "name": {"value": name, "localizedValue": title}}
        for name, title, unit, count in counts
    ]
    return Response(200, {"value": value})


def _usage_prefix(vault: dict[str, Any]) -> str:
    return "GRS" if vault["redundancy"] == "GeoRedundant" else "LRS"


def summaries(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """Counts of items or servers by management type, chosen by `$filter`."""
    known = find(cloud, group, vault)
    kind = "mab_items" if "BackupProtectedItemCountSummary".lower() in request.query.get("$filter", "").lower() else "mab_containers"
    count = {
        "unit": "Count",
        "currentValue": len(within(cloud, kind, known)),
        "limit": -1,
        "name": {"value": "MAB", "localizedValue": "MAB"},
    }
    return Response(200, {"value": [count]})


ROUTES = [
    ("GET", "/subscriptions/{subscription}/providers/Microsoft.RecoveryServices/vaults", list_all),
    ("GET", PATH, list_all),
    ("GET", PATH + "/{vault}", get),
    ("GET", PATH + "/{vault}/usages", usages),
    ("GET", PATH + "/{vault}/backupUsageSummaries", summaries),
    *vaults_backup.ROUTES,
    *vaults_jobs.ROUTES,
    *vaults_settings.ROUTES,
    *vaults_life.ROUTES,
    *vaults_certificates.ROUTES,
]
