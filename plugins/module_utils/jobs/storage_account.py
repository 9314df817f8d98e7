# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Have a storage account and a container that an import job can fill; what exists is judged, never loosened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..arm import api
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..arm.write import Write
from ..failure import Failure, refuse
from . import accounts, limits
from .locations import short
from .outcome import bodies, nothing_to_do, outcome

ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    "resource_group": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "location": {"type": "str", "required": True},
    "kind": {"type": "str", "default": "StorageV2"},
    "sku": {"type": "str", "default": "Standard_LRS"},
    "container": {"type": "str"},
    "tags": {"type": "dict"},
}
SECURE = {"minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": False, "supportsHttpsTrafficOnly": True}
PRIVATE = {"properties": {"publicAccess": "None"}}
WRITE_ACCOUNT = "Microsoft.Storage/storageAccounts/write"
READ_ACCOUNT = "Microsoft.Storage/storageAccounts/read"
CONTAINERS = "Microsoft.Storage/storageAccounts/blobServices/containers/"


def run(params, check_mode, azure=None):
    """Returns `account`, `container` (None when none was asked for), `requests`, diff, warnings.

    Fails on names that Azure does not take, on an account that is unfit (kind, sku, NFS, firewall) or lies in another region,
    and on a resource group that does not exist.
    """
    _check(params)
    azure = azure or connect(params)
    path = api.storage_account(azure.subscription_id, params["resource_group"], params["name"])
    account = azure.arm.get(f"read storage account {params['name']}", path, api.STORAGE, action=READ_ACCOUNT)
    requests: list[Write] = []
    before: dict[str, Any] = {}
    if account is None:
        account = _create(azure, path, params, requests, check_mode)
        warnings: list[str] = []
    else:
        before["account"] = {"tags": account.get("tags") or {}}
        warnings = _judge_existing(account, params)
        account = _tag(azure, path, account, params, requests, check_mode)
    container = None
    if params["container"]:
        container = _container(azure, path, params, requests, check_mode, is_new=bool(requests and requests[0].method == "PUT"))
        if container["public_access"] != "None":
            warnings.append(
                f"Container {container['name']}: its blobs can be read by anybody (public access {container['public_access']})."
            )
    told = {"account": accounts.account_from(account), "container": container, "warnings": warnings}
    return outcome(requests, before, {**before, **bodies(requests)}, **told) if requests else nothing_to_do(before, **told)


def _check(params: Mapping[str, Any]) -> None:
    limits.check("storage account", params["name"], "name")
    limits.check("resource_group", params["resource_group"])
    if params["container"] is not None:
        limits.check("container", params["container"])
    accounts.judge(params["name"], {"kind": params["kind"], "sku": {"name": params["sku"]}})


def _create(azure, path: str, params: Mapping[str, Any], requests: list[Write], check_mode: bool) -> dict[str, Any]:
    """Make the account; in check mode what it would be."""
    name = params["name"]
    asked = azure.arm.post(
        f"ask whether the name {name} is free",
        f"{api.subscription(azure.subscription_id)}/providers/Microsoft.Storage/checkNameAvailability",
        api.STORAGE,
        {"name": name, "type": "Microsoft.Storage/storageAccounts"},
    )
    if asked and asked.get("nameAvailable") is False:
        raise refuse("name", name, "free in all of Azure", f"{asked.get('message') or 'Somebody has it.'} Choose another name.")
    body = {
        "location": short(params["location"]),
        "kind": params["kind"],
        "sku": {"name": params["sku"]},
        "tags": _tags(params),
        "properties": dict(SECURE),
    }
    request = Write("PUT", path, api.STORAGE, body)
    requests.append(request)
    if check_mode:
        return {**body, "id": path, "name": name}
    azure.arm.write(f"create storage account {name}", request, action=WRITE_ACCOUNT)
    made = azure.arm.get(f"read storage account {name}", path, api.STORAGE, action=READ_ACCOUNT)
    if made is None:
        raise Failure(f"Storage account {name} was created and is not there. Run again.", field="name", seen=None, cure="run again")
    return made


def _judge_existing(account: Mapping[str, Any], params: Mapping[str, Any]) -> list[str]:
    if short(account.get("location")) != short(params["location"]):
        raise refuse(
            "location",
            params["location"],
            f"where storage account {params['name']} lies, {short(account.get('location'))}",
            "Correct location, or use another account.",
        )
    return accounts.judge(params["name"], account)


def _tag(azure, path: str, account: dict[str, Any], params: Mapping[str, Any], requests: list[Write], check_mode: bool) -> dict[str, Any]:
    """Add the tags that are missing; tags of others stay."""
    tags = {**(account.get("tags") or {}), **_tags(params)}
    if tags == (account.get("tags") or {}):
        return account
    request = Write("PATCH", path, api.STORAGE, {"tags": tags})
    requests.append(request)
    if check_mode:
        return {**account, "tags": tags}
    return azure.arm.write(f"tag storage account {params['name']}", request, action=WRITE_ACCOUNT) or {**account, "tags": tags}


def _container(azure, path: str, params: Mapping[str, Any], requests: list[Write], check_mode: bool, *, is_new: bool) -> dict[str, Any]:
    name = params["container"]
    where = api.container(path, name)
    what = f"container {name} of storage account {params['name']}"
    found = None
    if not (check_mode and is_new):
        found = azure.arm.get(f"read {what}", where, api.STORAGE, action=f"{CONTAINERS}read")
    if found is not None:
        return {"name": name, "exists": True, "public_access": (found.get("properties") or {}).get("publicAccess") or "None"}
    request = Write("PUT", where, api.STORAGE, PRIVATE)
    requests.append(request)
    if not check_mode:
        azure.arm.write(f"create {what}", request, action=f"{CONTAINERS}write")
    return {"name": name, "exists": True, "public_access": "None"}


def _tags(params: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in (params["tags"] or {}).items()}
