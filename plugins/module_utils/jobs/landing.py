# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare what lies in the landing container with what was staged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .. import task, times
from ..arm import api
from ..arm.blobs import Blob, Container
from ..failure import Failure, refuse
from . import limits

PAGE_BLOB = "PageBlob"
NAMED = 1000  # names in a result; the count says how many there are
LIST_KEYS = "Microsoft.Storage/storageAccounts/listKeys/action"
# Answers of the blob service to a token that has no role on the data.
NO_DATA_ROLE = frozenset({"AuthorizationPermissionMismatch", "AuthenticationFailed", "InvalidAuthenticationInfo", "AuthorizationFailure"})

LANDING_OPTIONS = {
    "resource_group": {"type": "str"},
    "account": {"type": "str"},
    "storage_account_id": {"type": "str"},
    "container": {"type": "str", "required": True},
    "inventory_file": {"type": "path", "required": True},
    "auth_mode": {"type": "str", "choices": ["auto", "key", "login"], "default": "auto"},
}
LANDING_RULES = {
    "required_one_of": [("storage_account_id", "account")],
    "mutually_exclusive": [("storage_account_id", "account")],
    "required_together": [("account", "resource_group")],
}


@dataclass
class Comparison:
    """Filled while blobs stream by; after `finish` the rest of `waiting` is missing."""

    expected: int
    waiting: dict[str, int] = field(repr=False)
    ours: list[Blob] = field(default_factory=list, repr=False)
    different: list[dict[str, Any]] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    newest: datetime | None = None

    def see(self, blob: Blob) -> None:
        """Sort one blob of the container in."""
        size = self.waiting.pop(blob.name, None)
        if size is None:
            self.extra.append(blob.name)
        elif size == blob.size and blob.kind == PAGE_BLOB:
            self.ours.append(blob)
            self.newest = max(self.newest or blob.modified, blob.modified)
        else:
            self.different.append({"name": blob.name, "expected": size, "seen": blob.size, "blob_type": blob.kind})

    @property
    def complete(self) -> bool:
        return not self.waiting and not self.different

    def as_result(self) -> dict[str, Any]:
        return {
            "expected": self.expected,
            "present": len(self.ours),
            "bytes": sum(blob.size for blob in self.ours),
            "missing": sorted(self.waiting)[:NAMED],
            "missing_count": len(self.waiting),
            "different": self.different[:NAMED],
            "different_count": len(self.different),
            "extra": self.extra[:NAMED],
            "extra_count": len(self.extra),
        }


def inventory(path: str) -> dict[str, int]:
    """Name and size of every staged file in a file of JSON lines `{"name", "size"}`."""
    found: dict[str, int] = {}
    try:
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    name, size = _entry(path, number, line)
                    found[name] = size
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise refuse("inventory_file", path, "a readable file of JSON lines", f"Reading it failed: {reason}.") from None
    if not found:
        raise refuse("inventory_file", path, "a list of at least one staged file", "Take the inventory of the staging folder first.")
    return found


def _entry(path: str, number: int, line: str) -> tuple[str, int]:
    try:
        entry = json.loads(line)
        return str(entry["name"]), int(entry["size"])
    except (ValueError, TypeError, KeyError):
        raise refuse(
            "inventory_file", f"{path} line {number}", 'JSON such as {"name": "...", "size": 512}', "Take the inventory anew."
        ) from None


def check(params) -> None:
    """Refuse names that no container or account has."""
    limits.check("container", params["container"])
    if params["storage_account_id"]:
        limits.check("storage_account_id", params["storage_account_id"])
    else:
        limits.check("storage account", params["account"], "account")
        limits.check("resource_group", params["resource_group"])


def compare(azure, params, expected: dict[str, int]) -> tuple[Comparison, Container]:
    """Stream the container past the inventory; with auth_mode auto an account key is used where the identity has no role on the data."""
    account = _account(azure, params)
    url = account["properties"]["primaryEndpoints"]["blob"].rstrip("/")
    if params["auth_mode"] != "key":
        container = azure.container(url, params["container"])
        try:
            return _compared(container.blobs(), expected), container
        except Failure as failure:
            if params["auth_mode"] == "login" or failure.fields.get("code") not in NO_DATA_ROLE:
                raise
    container = azure.container(url, params["container"], _key(azure, account))
    return _compared(container.blobs(), expected), container


def _compared(blobs: Iterable[Blob], expected: dict[str, int]) -> Comparison:
    comparison = Comparison(len(expected), dict(expected))
    for blob in blobs:
        comparison.see(blob)
    return comparison


def _account(azure, params) -> dict[str, Any]:
    path = params["storage_account_id"] or api.storage_account(azure.subscription_id, params["resource_group"], params["account"])
    name = path.rsplit("/", 1)[-1]
    found = azure.arm.get(f"read storage account {name}", path, api.STORAGE, action="Microsoft.Storage/storageAccounts/read")
    if found is None:
        raise refuse("storage_account_id", path, "an account that exists", "Correct it, or make the account with storage_account.")
    return found


def _key(azure, account: dict[str, Any]) -> tuple[str, str]:
    name = account["name"]
    answer = azure.arm.post(f"list the keys of storage account {name}", f"{account['id']}/listKeys", api.STORAGE, action=LIST_KEYS)
    key = next((one["value"] for one in (answer or {}).get("keys") or () if one.get("value")), None)
    if key is None:
        raise Failure(
            f"Storage account {name} gives no key. Give the identity the role Storage Blob Data Contributor instead.", field="auth_mode"
        )
    task.keep_secret(key)
    return name, key


def moment(value: datetime | None) -> str | None:
    return times.iso(value) if value else None
