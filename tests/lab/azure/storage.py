# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage accounts and their containers: ARM in front, Azurite behind."""

from __future__ import annotations

import re
import uuid
from typing import Any

from .. import names
from . import regions, subscriptions
from .messages import ArmError, Request, Response, not_found
from .state import account_key

KINDS = ("Storage", "StorageV2", "BlobStorage", "FileStorage", "BlockBlobStorage")
SKUS = ("Standard_LRS", "Standard_GRS", "Standard_RAGRS", "Standard_ZRS", "Standard_GZRS", "Standard_RAGZRS", "Premium_LRS", "Premium_ZRS")
ACCOUNT_NAME = re.compile(r"[a-z0-9]{3,24}")
TYPE = "Microsoft.Storage/storageAccounts"
POLLS_UNTIL_MADE = 1
NETWORK = {"bypass": "AzureServices", "virtualNetworkRules": [], "ipRules": [], "defaultAction": "Allow"}
DEFAULTS: dict[str, Any] = {
    "supportsHttpsTrafficOnly": True,
    "minimumTlsVersion": "TLS1_0",
    "allowBlobPublicAccess": False,
    "allowSharedKeyAccess": True,
    "publicNetworkAccess": "Enabled",
    "isHnsEnabled": False,
    "networkAcls": NETWORK,
}
TAKEN_ELSEWHERE = ("taken", "test", "storage")
SETTABLE = frozenset(DEFAULTS) | {
    "accessTier",
    "allowCrossTenantReplication",
    "defaultToOAuthAuthentication",
    "encryption",
    "immutableStorageWithVersioning",
    "isNfsV3Enabled",
}
ENCRYPTION = {"keySource": "Microsoft.Storage", "services": {"blob": {"enabled": True, "keyType": "Account"}}}


def account_id(account: dict[str, Any]) -> str:
    """The ARM id of a stored account."""
    return f"{names.group_id(account['group'])}/providers/{TYPE}/{account['name']}"


def find(cloud: Any, group: str, name: str) -> dict[str, Any]:
    """The stored account, or ARM's 404."""
    found = cloud.state["accounts"].get(name.lower())
    if found is None or found["group"].lower() != group.lower():
        raise not_found(TYPE, name, group)
    return found


def _described(cloud: Any, account: dict[str, Any]) -> dict[str, Any]:
    endpoint = cloud.blobs.endpoint(account["name"])
    return {
        "sku": {"name": account["sku"], "tier": account["sku"].split("_")[0]},
        "kind": account["kind"],
        "id": account_id(account),
        "name": account["name"],
        "type": TYPE,
        "location": account["location"],
        "tags": account["tags"],
        "properties": {
            **account["properties"],
            "provisioningState": "Succeeded",
            "creationTime": account["created"],
            "primaryLocation": account["location"],
            "statusOfPrimary": "available",
            "primaryEndpoints": {"blob": endpoint},
            "privateEndpointConnections": [],
            "encryption": account["properties"].get("encryption", ENCRYPTION),
            "keyCreationTime": account.get("keys_made") or dict.fromkeys(("key1", "key2"), account["created"]),
        },
    }


def put(cloud: Any, request: Request, subscription: str, group: str, account: str) -> Response:
    """Make (202, then a poll) or change (200) an account."""
    body = request.json()
    _check_body(account, body)
    known = cloud.state["accounts"].get(account)
    if known is None:
        _check_acls(body)
        return _create(cloud, request, group, account, body)
    if known["group"].lower() != group.lower():
        raise ArmError(409, "StorageAccountAlreadyTaken", f"The storage account named {account} is already taken.")
    _refuse_new_nature(known, body)
    _check_acls(body)
    with cloud.state.changed():
        _apply(known, body)
    return Response(200, _described(cloud, known))


def _check_body(account: str, body: dict[str, Any]) -> None:
    if not ACCOUNT_NAME.fullmatch(account):
        raise ArmError(400, "AccountNameInvalid", _name_rule(account))
    if account in TAKEN_ELSEWHERE:
        raise ArmError(409, "StorageAccountAlreadyTaken", f"The storage account named {account} is already taken.")
    if not body.get("location"):
        raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
    if not regions.known(body["location"]):
        raise ArmError(
            400,
            "LocationNotAvailableForResourceType",
            f"The provided location '{body['location']}' is not available for resource type '{TYPE}'.",
        )
    kind, sku = body.get("kind"), (body.get("sku") or {}).get("name")
    if kind not in KINDS:
        raise ArmError(
            400,
            "InvalidRequestPropertyValue",
            f"The value '{kind}' is not allowed for property kind. Allowed values are: {', '.join(KINDS)}.",
        )
    if sku not in SKUS:
        raise ArmError(
            400,
            "InvalidRequestPropertyValue",
            f"The value '{sku}' is not allowed for property sku.name. Allowed values are: {', '.join(SKUS)}.",
        )


def _check_acls(body: dict[str, Any]) -> None:
    """A firewall without its default action is refused, as the API file says that it is required."""
    acls = (body.get("properties") or {}).get("networkAcls")
    seen = acls.get("defaultAction") if acls is not None else "Allow"
    if seen not in ("Allow", "Deny"):
        told = f"The value '{seen}' is not allowed for property networkAcls.defaultAction. Allowed values are: Allow, Deny."
        raise ArmError(400, "InvalidRequestPropertyValue", told)


def _name_rule(account: str) -> str:
    return (
        f"{account} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length "
        "and use numbers and lower-case letters only."
    )


def make(cloud: Any, group: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """A new account with the properties of a PUT body."""
    made: dict[str, Any] = {
        "name": name, "group": group, "location": regions.short(body["location"]), "kind": body["kind"],
        "sku": body["sku"]["name"], "tags": {},
        "created": cloud.state.now(), "keys": [account_key(), account_key()], "properties": {**DEFAULTS, "networkAcls": dict(NETWORK)},
    }  # fmt: skip
    with cloud.state.changed():
        _apply(made, body)
        cloud.state["accounts"][name] = made
        cloud.blobs.tell_accounts()
    return made


def _create(cloud: Any, request: Request, group: str, name: str, body: dict[str, Any]) -> Response:
    made = make(cloud, group, name, body)
    operation = str(uuid.uuid4())
    with cloud.state.changed():
        cloud.state["operations"][operation] = {"account": name, "polls_left": POLLS_UNTIL_MADE}
    place = f"/subscriptions/{names.SUBSCRIPTION}/providers/Microsoft.Storage/locations/{made['location']}/asyncoperations/{operation}"
    return Response(
        202, None, {"location": f"{request.base}{place}?monitor=true&api-version={request.version}", "x-ms-retry-after-ms": "20"}
    )


def poll(cloud: Any, request: Request, subscription: str, place: str, operation: str) -> Response:
    """Where a new account stands: 202 with the same address, then 200 with the account."""
    found = cloud.state["operations"].get(operation)
    if found is None:
        raise ArmError(404, "OperationNotFound", f"The operation '{operation}' was not found.")
    if found["polls_left"] > 0:
        with cloud.state.changed():
            found["polls_left"] -= 1
        again = f"{request.base}{request.path}?monitor=true&api-version={request.version}"
        return Response(202, None, {"location": again, "x-ms-retry-after-ms": "20"})
    return Response(200, _described(cloud, cloud.state["accounts"][found["account"]]))


def _apply(account: dict[str, Any], body: dict[str, Any]) -> None:
    if "tags" in body:
        account["tags"] = body["tags"] or {}
    if (body.get("sku") or {}).get("name"):
        account["sku"] = body["sku"]["name"]
    for name, value in (body.get("properties") or {}).items():
        if name == "networkAcls":  # rules that a request leaves out are gone
            account["properties"][name] = {**NETWORK, **value}
        elif name in SETTABLE:
            account["properties"][name] = value


def _refuse_new_nature(known: dict[str, Any], body: dict[str, Any]) -> None:
    if regions.short(body["location"]) != known["location"]:
        raise ArmError(
            409,
            "InvalidResourceLocation",
            f"The resource '{known['name']}' already exists in location '{known['location']}' in resource group '{known['group']}'. "
            f"A resource with the same name cannot be created in location '{body['location']}'. Please select a new resource name.",
        )
    if body["kind"] != known["kind"] and (known["kind"], body["kind"]) not in (("Storage", "StorageV2"), ("BlobStorage", "StorageV2")):
        raise ArmError(
            400,
            "AccountPropertyCannotBeUpdated",
            "The property 'kind' was specified in the input, but it cannot be updated.",
            target="kind",
        )
    known["kind"] = body["kind"]


def get(cloud: Any, request: Request, subscription: str, group: str, account: str) -> Response:
    """The account."""
    return Response(200, _described(cloud, find(cloud, group, account)))


def list_all(cloud: Any, request: Request, subscription: str, group: str | None = None) -> Response:
    """The accounts of the subscription or of a group."""
    accounts = (account for _id, account in sorted(cloud.state["accounts"].items()))
    found = [account for account in accounts if group is None or account["group"].lower() == group.lower()]
    return Response(200, {"value": [_described(cloud, account) for account in found]})


def patch(cloud: Any, request: Request, subscription: str, group: str, account: str) -> Response:
    """Change an account."""
    known, body = find(cloud, group, account), request.json()
    _check_acls(body)
    with cloud.state.changed():
        _apply(known, body)
    return Response(200, _described(cloud, known))


def delete(cloud: Any, request: Request, subscription: str, group: str, account: str) -> Response:
    """Delete an account with its containers."""
    known = cloud.state["accounts"].get(account.lower())
    if known is None or known["group"].lower() != group.lower():
        return Response(204)
    for container in cloud.blobs.names(known["name"]):
        cloud.blobs.delete(known["name"], container)
    with cloud.state.changed():
        del cloud.state["accounts"][known["name"]]
        cloud.blobs.tell_accounts()
    return Response(200)


def list_keys(cloud: Any, request: Request, subscription: str, group: str, account: str) -> Response:
    """Both keys in full."""
    known = find(cloud, group, account)
    keys = [
        {"keyName": f"key{number}", "value": value, "permissions": "Full", "creationTime": known["created"]}
        for number, value in enumerate(known["keys"], 1)
    ]
    return Response(200, {"keys": keys})


def regenerate_key(cloud: Any, request: Request, subscription: str, group: str, account: str) -> Response:
    """A new key in place of one; the old one is refused at once."""
    known, wanted = find(cloud, group, account), request.json().get("keyName")
    if wanted not in ("key1", "key2"):
        raise ArmError(400, "InvalidValuesForRequestParameters", "Values for request parameters are invalid: keyName.", target="keyName")
    with cloud.state.changed():
        known["keys"][int(wanted[-1]) - 1] = account_key()
        known["keys_made"] = {**dict.fromkeys(("key1", "key2"), known["created"]), **known.get("keys_made", {}), wanted: cloud.state.now()}
        cloud.blobs.tell_accounts()
    return list_keys(cloud, request, subscription, group, account)


def check_name(cloud: Any, request: Request, subscription: str) -> Response:
    """Whether a name is free in all of Azure."""
    name = request.json().get("name") or ""
    if not ACCOUNT_NAME.fullmatch(name):
        return Response(200, {"nameAvailable": False, "reason": "AccountNameInvalid", "message": _name_rule(name)})
    if name in cloud.state["accounts"] or name in TAKEN_ELSEWHERE:
        return Response(
            200, {"nameAvailable": False, "reason": "AlreadyExists", "message": f"The storage account named {name} is already taken."}
        )
    return Response(200, {"nameAvailable": True})


def in_group(cloud: Any, request: Request, subscription: str, group: str) -> Response:
    """The accounts of a group that exists."""
    subscriptions.find_group(cloud, group)
    return list_all(cloud, request, subscription, group)


_ACCOUNTS = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts"
ROUTES = [
    ("POST", "/subscriptions/{subscription}/providers/Microsoft.Storage/checkNameAvailability", check_name),
    ("GET", "/subscriptions/{subscription}/providers/Microsoft.Storage/storageAccounts", list_all),
    ("GET", "/subscriptions/{subscription}/providers/Microsoft.Storage/locations/{place}/asyncoperations/{operation}", poll),
    ("GET", _ACCOUNTS, in_group),
    ("PUT", _ACCOUNTS + "/{account}", put),
    ("GET", _ACCOUNTS + "/{account}", get),
    ("PATCH", _ACCOUNTS + "/{account}", patch),
    ("DELETE", _ACCOUNTS + "/{account}", delete),
    ("POST", _ACCOUNTS + "/{account}/listKeys", list_keys),
    ("POST", _ACCOUNTS + "/{account}/regenerateKey", regenerate_key),
]
