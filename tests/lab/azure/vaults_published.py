# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What others than the modelled hosts do to a vault: a DPM or MABS registers, a job ran, somebody deletes a server or an item."""

from __future__ import annotations

from typing import Any

from ..names import RESOURCE_GROUP, VAULT
from .vaults_known import find

DPM, MABS = "DPM", "AzureBackupServer"


def engine(
    cloud: Any, name: str, *, managed: str = DPM, version: str = "10.22.148.0", agent_version: str = "2.0.9262.0", vault: str = VAULT
) -> None:
    """A DPM or MABS is registered with the vault."""
    known = find(cloud, RESOURCE_GROUP, vault)
    with cloud.state.changed():
        known.setdefault("engines", {})[name.lower()] = {
            "name": name, "managed": managed, "version": version, "agent_version": agent_version, "items": [],
            "refreshed": cloud.state.now(),
        }  # fmt: skip


def engine_item(cloud: Any, name: str, server: str, item: str, *, group: str, recovery_points: list[str], vault: str = VAULT) -> None:
    """The engine protects `item` of `server` in a protection group."""
    known = find(cloud, RESOURCE_GROUP, vault)["engines"][name.lower()]
    with cloud.state.changed():
        known["items"].append({"server": server, "name": item, "group": group, "recovery_points": sorted(recovery_points)})
        known["refreshed"] = cloud.state.now()


def job(
    cloud: Any, server: str, item: str, *, start: str, end: str = "", status: str = "Completed", operation: str = "Backup",
    managed: str = "MAB", error: str = "", vault: str = VAULT,
) -> None:  # fmt: skip
    """A job ran at `start`, or runs."""
    known = find(cloud, RESOURCE_GROUP, vault)
    told = {"server": server, "item": item, "start": start, "end": end or start, "status": status, "operation": operation}
    with cloud.state.changed():
        known.setdefault("jobs", []).append({**told, "managed": managed, "error": error})


def delete_item(cloud: Any, computer: str, name: str) -> None:
    """Somebody stops the protection of an item and deletes its data: it is kept for the days of soft delete."""
    with cloud.state.changed():
        cloud.state["mab_items"][f"{computer}|{name}".lower()]["deleted"] = cloud.state.now()


def delete_server(cloud: Any, name: str) -> None:
    """Somebody deletes a registered server: it is kept while its items are."""
    with cloud.state.changed():
        cloud.state["mab_containers"][name.lower()]["deleted"] = cloud.state.now()
