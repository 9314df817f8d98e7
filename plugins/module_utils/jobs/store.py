# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The container that keeps the state of seeds for controllers whose disk does not last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..arm.client import connect
from ..arm.kept_blobs import KeptBlobs
from ..arm.options import AZURE_OPTIONS
from ..failure import refuse
from . import landing, limits

STORE_OPTIONS = {
    "resource_group": {"type": "str", "required": True},
    "account": {"type": "str", "required": True},
    "container": {"type": "str", "required": True},
    "prefix": {"type": "str", "default": ""},
    "auth_mode": {"type": "str", "choices": ["key", "login"], "default": "login"},
    "azure": {"type": "dict", "default": {}, "options": AZURE_OPTIONS},
}
STORE = {"type": "dict", "options": STORE_OPTIONS}


@dataclass(frozen=True)
class Place:
    """Where a store is. Two runs that name the same place share it."""

    account: str
    container: str
    prefix: str

    def __str__(self) -> str:
        return f"{self.account}/{self.container}/{self.prefix}"


def place_of(store: dict[str, Any]) -> Place:
    """The place in the options of a store; a Failure where Azure knows no such name."""
    limits.check("resource_group", store["resource_group"], "store.resource_group")
    limits.check("storage account", store["account"], "store.account")
    limits.check("container", store["container"], "store.container")
    prefix = (store.get("prefix") or "").strip("/")
    if any(part in ("", ".", "..") for part in prefix.split("/")) and prefix:
        raise refuse("store.prefix", store["prefix"], "a folder's name such as seeds/production", "Correct it, or leave it out.")
    return Place(store["account"], store["container"], f"{prefix}/" if prefix else "")


def open_store(store: dict[str, Any], azure=None) -> KeptBlobs:
    """The container of a store, by Entra token (`auth_mode: login`) or by a key of the account."""
    azure = azure or connect(store.get("azure") or {})
    account = landing.account_of(
        azure, {"storage_account_id": None, "resource_group": store["resource_group"], "account": store["account"]}
    )
    key = landing.key_of(azure, account) if store["auth_mode"] == "key" else None
    return azure.kept_blobs(landing.blob_endpoint(account), store["container"], key)
