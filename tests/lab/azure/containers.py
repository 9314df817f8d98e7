# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blob services and containers through ARM, bridged to the real Azurite."""

from __future__ import annotations

import re
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


def delete(cloud: Any, request: Request, subscription: str, group: str, account: str, container: str) -> Response:
    """Delete a container with its blobs."""
    known = find(cloud, group, account)
    return Response(200 if cloud.blobs.delete(known["name"], container) else 204)


def list_all(cloud: Any, request: Request, subscription: str, group: str, account: str) -> Response:
    """All containers of an account."""
    known = find(cloud, group, account)
    return Response(200, {"value": [_described(cloud, known, name) for name in cloud.blobs.names(known["name"])]})


def _described(cloud: Any, account: dict[str, Any], name: str) -> dict[str, Any]:
    seen = cloud.blobs.properties(account["name"], name)
    if seen is None:
        raise ArmError(404, "ContainerNotFound", "The specified container does not exist.")
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
            "leaseStatus": "Unlocked",
            "leaseState": "Available",
            "lastModifiedTime": seen.last_modified.strftime("%Y-%m-%dT%H:%M:%S.0000000Z"),
            "hasImmutabilityPolicy": False,
            "hasLegalHold": False,
        },
    }


_SERVICE = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{account}/blobServices/default"
ROUTES = [
    ("GET", _SERVICE, service),
    ("GET", _SERVICE + "/containers", list_all),
    ("PUT", _SERVICE + "/containers/{container}", put),
    ("GET", _SERVICE + "/containers/{container}", get),
    ("DELETE", _SERVICE + "/containers/{container}", delete),
]
