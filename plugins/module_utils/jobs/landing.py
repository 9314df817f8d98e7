# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The container that a seed lands in: found by its account, opened by token or key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from .. import task, times
from ..arm import api, shapes
from ..arm.blobs import Blob, Container
from ..failure import Failure, refuse
from . import limits
from .data_box_parts import within

PAGE_BLOB = "PageBlob"
LIST_KEYS = "Microsoft.Storage/storageAccounts/listKeys/action"
# Answers of the blob service to a token that has no role on the data.
NO_DATA_ROLE = frozenset({"AuthorizationPermissionMismatch", "AuthenticationFailed", "InvalidAuthenticationInfo", "AuthorizationFailure"})

LANDING_OPTIONS = {
    "resource_group": {"type": "str"},
    "account": {"type": "str"},
    "storage_account_id": {"type": "str"},
    "container": {"type": "str", "required": True},
    "auth_mode": {"type": "str", "choices": ["auto", "key", "login"], "default": "auto"},
}
LANDING_RULES = {
    "required_one_of": [("storage_account_id", "account")],
    "mutually_exclusive": [("storage_account_id", "account")],
    "required_together": [("account", "resource_group")],
}


def check(params) -> None:
    """Refuse names that no container or account has."""
    limits.check("container", params["container"])
    if params["storage_account_id"]:
        limits.check("storage_account_id", params["storage_account_id"])
    else:
        limits.check("storage account", params["account"], "account")
        limits.check("resource_group", params["resource_group"])


class Landing:
    """The landing container behind the options of a task.

    With auth_mode auto a key of the account is used where the identity has no role on the data; that is found out by the first request.
    """

    def __init__(self, azure, params):
        self._azure, self._params = azure, params
        self.account = account_of(azure, params)
        self.url = blob_endpoint(self.account)
        self.container = self._open(by_key=params["auth_mode"] == "key")

    def _open(self, *, by_key: bool, name: str | None = None) -> Container:
        key = key_of(self._azure, self.account) if by_key else None
        return self._azure.container(self.url, name or self._params["container"], key)

    def pages(self, prefix: str | None = None) -> Iterator[list[Blob]]:
        """The blobs of the container, page by page."""
        pages = self.container.pages(prefix)
        first = self.first_try(lambda: next(pages, []))
        if first is None:
            pages = self.container.pages(prefix)
            first = next(pages, [])
        yield first
        yield from pages

    def first_try(self, ask: Callable[[], Any]) -> Any:
        """What `ask` answers; None after a refusal for want of a role, with `container` then opened by key."""
        try:
            return ask()
        except Failure as failure:
            if self._params["auth_mode"] != "auto" or failure.fields.get("code") not in NO_DATA_ROLE:
                raise
        self.container = self._open(by_key=True, name=self.container.name)
        return None


def blob_endpoint(account: Mapping[str, Any]) -> str:
    """The URL of the account's blob service, without a slash at its end."""
    url = within(account, "properties", "primaryEndpoints").get("blob")
    if isinstance(url, str) and url.startswith("https://"):
        return url.rstrip("/")
    name = account.get("name")
    raise refuse("account", name, "an account with a blob service", f"Azure names no blob endpoint of it ({url!r}). Use another account.")


def account_of(azure, params) -> dict[str, Any]:
    path = params["storage_account_id"] or api.storage_account(azure.subscription_id, params["resource_group"], params["account"])
    name = path.rsplit("/", 1)[-1]
    what = f"read storage account {name}"
    found = azure.arm.get(what, path, api.STORAGE, action="Microsoft.Storage/storageAccounts/read")
    if found is None:
        raise refuse("storage_account_id", path, "an account that exists", "Correct it, or make the account with storage_account.")
    return shapes.identified(what, found)


def key_of(azure, account: dict[str, Any]) -> tuple[str, str]:
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
