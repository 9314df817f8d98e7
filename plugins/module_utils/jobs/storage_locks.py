# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock that a Data Box job leaves on its storage account, told apart from the locks of others.

Source: the recording of a customer's disk job in azure-cli-extensions src/databox (the lock outlives its job and stands beside locks of
others).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..arm.write import Write
from . import resource_locks
from .differences import folded

DELETE = "Microsoft.Authorization/locks/delete"
# What the service's own lock is known by; all three must fit, for names are free.
SERVICE_NAME = "DATABOX_SERVICE"
SERVICE_NOTES = "Data Box Service to copy data from device to storage account."
SERVICE_LEVEL = "CanNotDelete"


def read(azure, account_id: str) -> list[dict[str, Any]] | None:
    """Locks that hold for the account, its own first; None where the identity may not read locks: then they are unknown."""
    held = resource_locks.on(azure, account_id)
    return None if held is None else [_marked(one, account_id) for one in held]


def _marked(lock: Mapping[str, Any], account_id: str) -> dict[str, Any]:
    """The lock with where it lies; `service` says that it is the one that a Data Box job leaves on its account."""
    on_account = folded(lock["scope"]) == folded(account_id)
    marks = (lock["name"] == SERVICE_NAME, lock["notes"] == SERVICE_NOTES, folded(lock["level"]) == folded(SERVICE_LEVEL))
    return {**lock, "on_account": on_account, "service": on_account and all(marks)}


def foreign(locks: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """The locks that are not the service's."""
    return [one for one in locks or () if not one["service"]]


def remove(lock: Mapping[str, Any]) -> Write:
    """The request that removes a lock."""
    return Write("DELETE", lock["id"], resource_locks.VERSION)
