# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Management locks on a storage account: whose they are, and the one that a Data Box job leaves behind.

Sources: azure-rest-api-specs resources/locks.json (2016-09-01; a list at a scope names locks at, above and below it); the recording of a
customer's disk job in azure-cli-extensions src/databox (the lock outlives its job and stands beside locks of others).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..arm.write import Write
from ..failure import Failure
from .data_box_parts import text, within
from .differences import folded

VERSION = "2016-09-01"
PART = "/providers/microsoft.authorization/locks"
READ = "Microsoft.Authorization/locks/read"
DELETE = "Microsoft.Authorization/locks/delete"
# What the service's own lock is known by; all three must fit, for names are free.
SERVICE_NAME = "DATABOX_SERVICE"
SERVICE_NOTES = "Data Box Service to copy data from device to storage account."
SERVICE_LEVEL = "CanNotDelete"


def read(azure, account_id: str) -> list[dict[str, Any]] | None:
    """Locks that hold for the account, its own first; None where the identity may not read locks: then they are unknown."""
    what = f"read the locks of storage account {account_id.rsplit('/', 1)[-1]}"
    try:
        found = azure.arm.list(what, f"{account_id}/providers/Microsoft.Authorization/locks", VERSION)
    except Failure as failure:
        if failure.fields.get("status") not in (403, 404):
            raise
        return None
    locks = [lock_from(one, account_id) for one in found if isinstance(one, Mapping)]
    held = [one for one in locks if f"{folded(account_id)}/".startswith(f"{folded(one['scope'])}/")]
    return sorted(held, key=lambda one: (not one["on_account"], one["scope"], one["name"]))


def lock_from(resource: Mapping[str, Any], account_id: str) -> dict[str, Any]:
    """A lock as a task returns it; `service` says that it is the one that a Data Box job leaves on its account."""
    said, where = within(resource, "properties"), text(resource.get("id"))
    at = where.casefold().rfind(PART)
    scope = where[:at] if at >= 0 else ""
    lock = {"id": where, "name": text(resource.get("name")), "level": text(said.get("level")), "notes": text(said.get("notes"))}
    on_account = folded(scope) == folded(account_id)
    marks = (lock["name"] == SERVICE_NAME, lock["notes"] == SERVICE_NOTES, folded(lock["level"]) == folded(SERVICE_LEVEL))
    return {**lock, "scope": scope, "on_account": on_account, "service": on_account and all(marks)}


def foreign(locks: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """The locks that are not the service's."""
    return [one for one in locks or () if not one["service"]]


def read_only(locks: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """The locks under which nothing of the account can be changed and its keys cannot be listed."""
    return [one for one in locks or () if folded(one["level"]) == "readonly"]


def named(lock: Mapping[str, Any]) -> str:
    """A lock in words: its name, level, where it lies, and what its owner wrote."""
    return f"{lock['name']} ({lock['level']}, on {lock['scope']}{', note: ' + lock['notes'] if lock['notes'] else ''})"


def remove(lock: Mapping[str, Any]) -> Write:
    """The request that removes a lock."""
    return Write("DELETE", lock["id"], VERSION)
