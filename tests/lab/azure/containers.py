# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blob services and containers through ARM, bridged to the real Azurite."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .messages import ArmError, Request, Response
from .storage import account_id, find

NAME = re.compile(r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*")
PUBLIC_ACCESS = {None: "None", "container": "Container", "blob": "Blob"}
ASKED_ACCESS = {name: value for value, name in PUBLIC_ACCESS.items()}
TYPE = "Microsoft.Storage/storageAccounts/blobServices/containers"


def service(cloud: Any, request: Request, subscription: str, group: str, account: str) -> Response:
    """The blob service of an account."""
    known = find(cloud, group, account)
    return Response(
        200,
        {
            "sku": {"name": known["sku"], "tier": known["sku"].split("_")[0]},
            "id": f"{account_id(known)}/blobServices/default",
            "name": "default",
            "type": "Microsoft.Storage/storageAccounts/blobServices",
            "properties": {"cors": {"corsRules": []}, "deleteRetentionPolicy": {"allowPermanentDelete": False, "enabled": False}},
        },
    )


def put(cloud: Any, request: Request, subscription: str, group: str, account: str, container: str) -> Response:
    """Make a container (201), or leave one as it is (200)."""
    known = find(cloud, group, account)
    if not NAME.fullmatch(container):
        raise ArmError(400, "InvalidResourceName", "The specified resource name contains invalid characters.")
    wanted = (request.json().get("properties") or {}).get("publicAccess") or "None"
    if wanted not in ASKED_ACCESS:
        raise ArmError(400, "InvalidRequestPropertyValue", f"The value '{wanted}' is not allowed for property publicAccess.")
    if wanted != "None" and not known["properties"]["allowBlobPublicAccess"]:
        raise ArmError(409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.")
    made = cloud.blobs.create(known["name"], container, ASKED_ACCESS[wanted])
    return Response(201 if made else 200, _described(cloud, known, container))


def get(cloud: Any, request: Request, subscription: str, group: str, account: str, container: str) -> Response:
    """The container."""
    return Response(200, _described(cloud, find(cloud, group, account), container))


def patch(cloud: Any, request: Request, subscription: str, group: str, account: str, container: str) -> Response:
    """Change who may read a container without asking."""
    known = find(cloud, group, account)
    _described(cloud, known, container)
    wanted = (request.json().get("properties") or {}).get("publicAccess") or "None"
    if wanted not in ASKED_ACCESS:
        raise ArmError(400, "InvalidRequestPropertyValue", f"The value '{wanted}' is not allowed for property publicAccess.")
    cloud.blobs.open_to(known["name"], container, ASKED_ACCESS[wanted])
    return Response(200, _described(cloud, known, container))


def set_hold(cloud: Any, request: Request, subscription: str, group: str, account: str, container: str) -> Response:
    """Add tags to a legal hold. It is told, and keeps the container; blobs are Azurite's, which knows no holds."""
    return _hold(cloud, find(cloud, group, account), container, lambda tags: tags | set(request.json().get("tags") or ()))


def clear_hold(cloud: Any, request: Request, subscription: str, group: str, account: str, container: str) -> Response:
    """Take tags of a legal hold away; with the last one it ends."""
    return _hold(cloud, find(cloud, group, account), container, lambda tags: tags - set(request.json().get("tags") or ()))


def _hold(cloud: Any, known: dict[str, Any], container: str, change: Callable[[set[str]], set[str]]) -> Response:
    _described(cloud, known, container)
    with cloud.state.changed():
        tags = sorted(change(set(known.setdefault("holds", {}).get(container, ()))))
        known["holds"][container] = tags
    return Response(200, {"hasLegalHold": bool(tags), "tags": tags})


def immutability(cloud: Any, request: Request, subscription: str, group: str, account: str, container: str) -> Response:
    """Set (PUT) or take away (DELETE) an unlocked retention policy."""
    known = find(cloud, group, account)
    _described(cloud, known, container)
    with cloud.state.changed():
        policies = known.setdefault("retention", {})
        if request.method == "DELETE":
            policies.pop(container, None)
            days, state = 0, "Unlocked"
        else:
            days, state = (request.json().get("properties") or {}).get("immutabilityPeriodSinceCreationInDays") or 1, "Unlocked"
            policies[container] = days
    name = f"{account_id(known)}/blobServices/default/containers/{container}/immutabilityPolicies/default"
    return Response(200, {
        "id": name, "name": "default", "type": f"{TYPE}/immutabilityPolicies", "etag": '"8d59f81a87fa10"',
        "properties": {"immutabilityPeriodSinceCreationInDays": days, "state": state},
    })  # fmt: skip


def delete(cloud: Any, request: Request, subscription: str, group: str, account: str, container: str) -> Response:
    """Delete a container with its blobs, unless a hold or a policy keeps them."""
    known = find(cloud, group, account)
    if known.get("holds", {}).get(container) or container in known.get("retention", {}):
        raise ArmError(
            409, "ContainerProtectedFromDeletion", "The storage account container is protected from deletion due to ImmutabilityPolicy."
        )
    return Response(200 if cloud.blobs.delete(known["name"], container) else 204)


def list_all(cloud: Any, request: Request, subscription: str, group: str, account: str) -> Response:
    """All containers of an account."""
    known = find(cloud, group, account)
    return Response(200, {"value": [_described(cloud, known, name) for name in cloud.blobs.names(known["name"])]})


def _described(cloud: Any, account: dict[str, Any], name: str) -> dict[str, Any]:
    seen = cloud.blobs.properties(account["name"], name)
    if seen is None:
        raise ArmError(404, "ContainerNotFound", "The specified container does not exist.")
    days, hold = account.get("retention", {}).get(name), account.get("holds", {}).get(name)
    held: dict[str, Any] = {"hasImmutabilityPolicy": days is not None, "hasLegalHold": bool(hold)}
    if days is not None:
        held["immutabilityPolicy"] = {"properties": {"immutabilityPeriodSinceCreationInDays": days, "state": "Unlocked"}}
    if hold:
        held["legalHold"] = {"hasLegalHold": True, "tags": [{"tag": tag} for tag in hold]}
    lease = seen.lease
    return {
        "id": f"{account_id(account)}/blobServices/default/containers/{name}",
        "name": name,
        "type": TYPE,
        "etag": seen.etag,
        "properties": {
            "deleted": False,
            "remainingRetentionDays": 0,
            "defaultEncryptionScope": "$account-encryption-key",
            "denyEncryptionScopeOverride": False,
            "publicAccess": PUBLIC_ACCESS[seen.public_access],
            "leaseStatus": lease.status.capitalize(),
            "leaseState": lease.state.capitalize(),
            **({"leaseDuration": lease.duration.capitalize()} if lease.duration else {}),
            "lastModifiedTime": seen.last_modified.strftime("%Y-%m-%dT%H:%M:%S.0000000Z"),
            **held,
        },
    }


_SERVICE = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{account}/blobServices/default"
ROUTES = [
    ("GET", _SERVICE, service),
    ("GET", _SERVICE + "/containers", list_all),
    ("PUT", _SERVICE + "/containers/{container}", put),
    ("GET", _SERVICE + "/containers/{container}", get),
    ("PATCH", _SERVICE + "/containers/{container}", patch),
    ("DELETE", _SERVICE + "/containers/{container}", delete),
    ("PUT", _SERVICE + "/containers/{container}/immutabilityPolicies/default", immutability),
    ("DELETE", _SERVICE + "/containers/{container}/immutabilityPolicies/default", immutability),
    ("POST", _SERVICE + "/containers/{container}/setLegalHold", set_hold),
    ("POST", _SERVICE + "/containers/{container}/clearLegalHold", clear_hold),
]
