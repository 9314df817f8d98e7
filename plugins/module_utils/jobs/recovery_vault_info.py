# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a Recovery Services vault: its servers and engines, what they protect, the recovery points that prove a seed, jobs, locks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from .. import times
from ..arm import api, shapes
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..failure import refuse
from . import limits, resource_locks, subscription
from . import recovery_vault_reading as reading
from . import recovery_vault_state as state

MANAGED_BY = {"mars": "MAB", "dpm": "DPM", "mabs": "AzureBackupServer"}
DETAIL = {"$filter": "expand eq 'extendedinfo'"}
CHEAP = ["servers", "protected_items", "usages"]
JOB_DAYS = 7


def run(params, check_mode, azure=None):
    """`{vault, servers, protected_items, usages, engines, engine_items, jobs, soft_delete, storage, locks, subscription}`.

    What was not gathered is None. Without such a vault `vault` is None and what was gathered is empty.
    """
    limits.check("resource_group", params["resource_group"])
    azure = azure or connect(params)
    now = times.parse(params["now"], "now") if params["now"] else times.clock()
    window = _window(params, now)
    path = api.vault(azure.subscription_id, params["resource_group"], params["name"])
    what = f"vault {params['name']}"
    vault = azure.arm.get(f"read {what}", path, api.RECOVERY_SERVICES, action="Microsoft.RecoveryServices/vaults/read")
    vault = None if vault is None else shapes.identified(f"read {what}", vault)
    gathered = {
        kind: (gather(azure, path, what, {**params, "window": window, "vault": vault}) if vault is not None else empty())
        if kind in params["gather"]
        else None
        for kind, (empty, gather) in GATHER.items()
    }
    return {"changed": False, "vault": reading.vault_from(vault) if vault is not None else None, **gathered}


def _window(params: Mapping[str, Any], now: datetime) -> tuple[datetime, datetime]:
    """Between which times jobs are asked for: the last seven days, unless the options say otherwise."""
    until = times.parse(params["jobs_until"], "jobs_until") if params["jobs_until"] else now
    since = times.parse(params["jobs_since"], "jobs_since") if params["jobs_since"] else until - timedelta(days=JOB_DAYS)
    if since >= until:
        raise refuse("jobs_since", times.iso(since), f"earlier than {times.iso(until)}", "Correct jobs_since or jobs_until.")
    if params["jobs_limit"] < 1:
        raise refuse("jobs_limit", params["jobs_limit"], "1 or more", "Leave jobs out of gather if you want none.")
    return since, until


def _servers(azure, path: str, what: str, _asked) -> list[dict[str, Any]]:
    return [reading.server_from(one) for one in state.servers_of(azure, path, what)]


def _items(azure, path: str, what: str, _asked) -> list[dict[str, Any]]:
    return [reading.item_from(_with_detail(azure, one)) for one in state.items_of(azure, path, what)]


def _with_detail(azure, item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The item with its recovery points counted: a list may leave extendedInfo out."""
    if reading.part(reading.properties(item), "extendedInfo") or not item.get("id"):
        return item
    what = f"read protected item {item.get('name')}"
    found = azure.arm.get(what, item["id"], api.BACKUP, query=DETAIL)
    return item if found is None else reading.named(what, [found])[0]


def _usages(azure, path: str, what: str, _asked) -> dict[str, dict[str, Any]]:
    found = state.listed(azure, f"read the usage of {what}", f"{path}/usages", version=api.RECOVERY_SERVICES)
    return {str(reading.name_of(one)): reading.usage_from(one) for one in found}


def _engines(azure, path: str, what: str, _asked) -> list[dict[str, Any]]:
    found = state.listed(azure, f"list the DPM and MABS servers of {what}", f"{path}/backupEngines")
    return [reading.engine_from(one) for one in found]


def _engine_items(azure, path: str, what: str, _asked) -> list[dict[str, Any]]:
    """One call a product: the service takes one management type a filter."""
    found = []
    for product in ("dpm", "mabs"):
        query = {"$filter": f"backupManagementType eq '{MANAGED_BY[product]}'"}
        found += state.listed(azure, f"list the items of {product.upper()} in {what}", f"{path}/backupProtectedItems", query)
    return [reading.engine_item_from(_with_detail(azure, one)) for one in found]


def _jobs(azure, path: str, what: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Newest first; all that lie in the window are read before the newest are taken, since the service promises no order."""
    since, until = asked["window"]
    managed = MANAGED_BY[asked["jobs_of"]]
    query = {
        "$filter": f"startTime eq '{service_time(since)}' and endTime eq '{service_time(until)}' and backupManagementType eq '{managed}'"
    }
    found = state.listed(azure, f"list the jobs of {what}", f"{path}/backupJobs", query)
    jobs = [reading.job_from(one) for one in found]
    return sorted(jobs, key=lambda job: job["started_at"] or "", reverse=True)[: asked["jobs_limit"]]


def service_time(moment: datetime) -> str:
    """A time as the filter of backupJobs wants it, `2026-01-31 08:00:00 PM`, whatever the language of the machine."""
    return f"{moment:%Y-%m-%d} {moment.hour % 12 or 12:02}:{moment:%M:%S} {'AM' if moment.hour < 12 else 'PM'}"


def _soft_delete(azure, path: str, what: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, and what stands in soft delete: MARS items by the list of items, servers by their own list."""
    settings = state.soft_delete_of(azure, path, asked["vault"], what)
    items = state.items_of(azure, path, what)
    servers = state.listed(azure, f"list the deleted servers of {what}", f"{path}/backupDeletedProtectionContainers", state.SERVERS)
    return {
        **settings,
        "deleted_items": [told for told in map(reading.item_from, items) if told["soft_deleted"]],
        "deleted_servers": [reading.server_from(one)["name"] for one in servers],
    }


def _storage(azure, path: str, what: str, _asked) -> dict[str, Any]:
    return state.storage_of(azure, path, what)


def _subscription(azure, _path, _what, _asked) -> dict[str, Any] | None:
    return subscription.told(azure)


def _locks(azure, path: str, _what, _asked) -> list[dict[str, Any]] | None:
    return resource_locks.on(azure, path)


Gatherer = Callable[[Any, str, str, Mapping[str, Any]], Any]
# What can be gathered: what it is without a vault, and how it is read.
GATHER: dict[str, tuple[Callable[[], Any], Gatherer]] = {
    "servers": (list, _servers),
    "usages": (dict, _usages),
    "protected_items": (list, _items),
    "engines": (list, _engines),
    "engine_items": (list, _engine_items),
    "jobs": (list, _jobs),
    "soft_delete": (lambda: None, _soft_delete),
    "storage": (lambda: None, _storage),
    "locks": (list, _locks),
    "subscription": (lambda: None, _subscription),
}
ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    "resource_group": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "gather": {"type": "list", "elements": "str", "choices": list(GATHER), "default": CHEAP},
    "jobs_of": {"type": "str", "choices": list(MANAGED_BY), "default": "mars"},
    "jobs_since": {"type": "str"},
    "jobs_until": {"type": "str"},
    "jobs_limit": {"type": "int", "default": 50},
    "now": {"type": "str"},
}
