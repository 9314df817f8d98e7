# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Management locks: what holds for a scope, its own locks and those of the scopes above it, in our words.

Sources: azure-rest-api-specs resources/locks.json (2016-09-01; a list at a scope names locks at, above and below it);
learn.microsoft.com "Lock your Azure resources" (locks are inherited).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..failure import Failure
from .data_box_parts import text, within
from .differences import folded

VERSION = "2016-09-01"
PART = "/providers/microsoft.authorization/locks/"
READ = "Microsoft.Authorization/locks/read"
NOT_TOLD = (400, 403, 404)  # the cloud does not know the call, or the identity may not make it: then a thing is unknown


def on(azure, scope: str) -> list[dict[str, Any]] | None:
    """Locks that hold for `scope`, its own first; None where they are unknown."""
    what = f"read the locks of {scope.rsplit('/', 1)[-1]}"
    found = listed_if_told(azure, what, f"{scope}/providers/Microsoft.Authorization/locks", VERSION)
    if found is None:
        return None
    held = [one for one in (lock_from(what, one) for one in found) if f"{folded(scope)}/".startswith(f"{folded(one['scope'])}/")]
    return sorted(held, key=lambda one: (folded(one["scope"]) != folded(scope), one["scope"], one["name"]))


def listed_if_told(azure, what: str, path: str, version: str) -> list[dict[str, Any]] | None:
    """A list, or None where the cloud knows no such call or the identity may not make it."""
    try:
        return azure.arm.list(what, path, version)
    except Failure as failure:
        if failure.fields.get("status") in NOT_TOLD and failure.fields.get("code") != "ResourceGroupNotFound":
            return None
        raise


def lock_from(what: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    """A lock as a task returns it; `scope` is what it lies on. A Failure where the service leaves out what decides: it may forbid all."""
    said, where = within(resource, "properties"), text(within(resource).get("id"))
    lock = {"id": where, "name": text(within(resource).get("name")), "level": text(said.get("level")), "notes": text(said.get("notes"))}
    at = where.casefold().rfind(PART)
    missing = next((name for name in ("name", "level") if not lock[name]), None if at > 0 else "id")
    if missing:
        cure = "run again; if it stays so, report it with the output of -vvvv"
        raise Failure(f"Failed to {what}: the answer has a lock without {missing}. Cure: {cure}.", what=what, seen=lock, cure=cure)
    return {**lock, "scope": where[:at]}


def read_only(locks: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """The locks under which nothing can be changed."""
    return [one for one in locks or () if folded(one["level"]) == "readonly"]


def named(lock: Mapping[str, Any]) -> str:
    """A lock in words: its name, level, where it lies, and what its owner wrote."""
    return f"{lock['name']} ({lock['level']}, on {lock['scope']}{', note: ' + lock['notes'] if lock['notes'] else ''})"
