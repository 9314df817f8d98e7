# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscriptions, their resource groups, and the poll addresses of long-running operations."""

from __future__ import annotations

from typing import Any

from .. import names
from . import regions
from .messages import ArmError, Request, Response


def _described() -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{names.SUBSCRIPTION}",
        "subscriptionId": names.SUBSCRIPTION,
        "tenantId": names.TENANT,
        "displayName": "Offline seed lab",
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
        "authorizationSource": "RoleBased",
    }


def list_all(cloud: Any, request: Request) -> Response:
    """The one subscription of the lab."""
    return Response(200, {"value": [_described()], "nextLink": ""})


def get(cloud: Any, request: Request, subscription: str) -> Response:
    """The subscription."""
    return Response(200, _described())


def check(subscription: str) -> None:
    """Raise ARM's 404 for a subscription that is not the lab's."""
    if subscription.lower() != names.SUBSCRIPTION:
        raise ArmError(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")


def list_regions(cloud: Any, request: Request, subscription: str) -> Response:
    """The regions that this subscription sees."""
    found = [
        {"id": f"/subscriptions/{names.SUBSCRIPTION}/locations/{short}", "name": short, "displayName": place["name"], "type": "Region"}
        for short, place in sorted(regions.LOCATIONS.items())
    ]
    return Response(200, {"value": found})


def _group(group: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": names.group_id(group["name"]),
        "name": group["name"],
        "type": "Microsoft.Resources/resourceGroups",
        "location": group["location"],
        "tags": group["tags"],
        "properties": {"provisioningState": "Succeeded"},
    }


def find_group(cloud: Any, name: str) -> dict[str, Any]:
    """The stored group, or ARM's 404."""
    found = cloud.state["groups"].get(name.lower())
    if found is None:
        raise ArmError(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")
    return found


def get_group(cloud: Any, request: Request, subscription: str, group: str) -> Response:
    """The resource group."""
    return Response(200, _group(find_group(cloud, group)))


def head_group(cloud: Any, request: Request, subscription: str, group: str) -> Response:
    """204 where it exists, 404 where not."""
    return Response(204 if group.lower() in cloud.state["groups"] else 404)


def list_groups(cloud: Any, request: Request, subscription: str) -> Response:
    """All resource groups."""
    return Response(200, {"value": [_group(group) for _unused, group in sorted(cloud.state["groups"].items())]})


def put_group(cloud: Any, request: Request, subscription: str, group: str) -> Response:
    """Make or change a resource group; its region is fixed."""
    body = request.json()
    wanted = regions.short(body.get("location") or "")
    if not regions.known(wanted):
        raise ArmError(
            400,
            "LocationNotAvailableForResourceGroup",
            f"The provided location '{body.get('location')}' is not available for resource group.",
        )
    known = cloud.state["groups"].get(group.lower())
    if known and known["location"] != wanted:
        raise ArmError(
            409,
            "InvalidResourceGroupLocation",
            f"Invalid resource group location '{wanted}'. The Resource group already exists in location '{known['location']}'.",
        )
    with cloud.state.changed():
        made = cloud.state["groups"].setdefault(group.lower(), {"name": group, "location": wanted, "tags": {}})
        made["tags"] = body.get("tags") or {}
    return Response(200 if known else 201, _group(made))


def delete_group(cloud: Any, request: Request, subscription: str, group: str) -> Response:
    """Delete an empty resource group; the lab keeps what is in use."""
    find_group(cloud, group)
    used = [
        kind for kind in ("accounts", "vaults", "jobs") for item in cloud.state[kind].values() if item["group"].lower() == group.lower()
    ]
    if used:
        raise ArmError(409, "ResourceGroupBeingUsed", f"Resource group '{group}' still holds: {', '.join(sorted(set(used)))}.")
    with cloud.state.changed():
        del cloud.state["groups"][group.lower()]
    return Response(200)


ROUTES = [
    ("GET", "/subscriptions", list_all),
    ("GET", "/subscriptions/{subscription}", get),
    ("GET", "/subscriptions/{subscription}/locations", list_regions),
    ("GET", "/subscriptions/{subscription}/resourceGroups", list_groups),
    ("GET", "/subscriptions/{subscription}/resourceGroups/{group}", get_group),
    ("HEAD", "/subscriptions/{subscription}/resourceGroups/{group}", head_group),
    ("PUT", "/subscriptions/{subscription}/resourceGroups/{group}", put_group),
    ("DELETE", "/subscriptions/{subscription}/resourceGroups/{group}", delete_group),
]
