# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How vaults come, change and go: PUT and PATCH with their long-running operations, DELETE into soft delete, deleted vaults."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import Any

from .. import names
from ..clock import parse, stamp
from . import regions
from .messages import ArmError, Request, Response
from .vaults_known import PATH, SOFT_DELETE_DAYS, TYPE, described, find, key_of, vault_id, within
from .vaults_settings import REDUNDANCIES, check_redundancy

NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,49}")
SKUS = ("Standard", "RS0")
POLLS_UNTIL_MADE = 2
_PLACE = "/subscriptions/{subscription}/providers/Microsoft.RecoveryServices/locations/{place}/deletedVaults"


def put(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """Make a vault (201) or replace its tags and settings (200)."""
    body = request.json()
    _check(vault, body)
    key = key_of(cloud, group, vault)
    if key is not None:
        known = cloud.state["vaults"][key]
        if regions.short(body["location"]) != known["location"]:
            raise ArmError(
                409,
                "InvalidResourceLocation",
                f"The resource '{vault}' already exists in location '{known['location']}' in resource group '{group}'. A resource with "
                f"the same name cannot be created in location '{body['location']}'. Please select a new resource name.",
            )
        _change(cloud, known, {"tags": {}, **body})
        return Response(200, described(known))
    return _made(cloud, request, group, vault, body)


def _check(name: str, body: dict[str, Any]) -> None:
    if not NAME.fullmatch(name):
        raise ArmError(400, "InvalidVaultName", f"The vault name '{name}' is invalid.")
    if not body.get("location"):
        raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
    if not regions.known(body["location"]):
        raise ArmError(
            400,
            "LocationNotAvailableForResourceType",
            f"The provided location '{body['location']}' is not available for resource type '{TYPE}'.",
        )
    if (body.get("sku") or {}).get("name") not in SKUS:
        raise ArmError(400, "InvalidSku", f"The sku is missing or invalid; it must be one of {', '.join(SKUS)}.")
    asked = _redundancy(body)
    if asked is not None and asked not in REDUNDANCIES:
        raise ArmError(400, "BMSUserErrorInvalidInput", "Input provided for the call is invalid", target="standardTierStorageRedundancy")


def _redundancy(body: dict[str, Any]) -> Any:
    return ((body.get("properties") or {}).get("redundancySettings") or {}).get("standardTierStorageRedundancy")


def _made(cloud: Any, request: Request, group: str, name: str, body: dict[str, Any]) -> Response:
    """A new vault, unless a deleted one still has its id (that Azure refuses this is assumed)."""
    made = {
        "name": name, "group": group, "location": regions.short(body["location"]),
        "redundancy": _redundancy(body) or "GeoRedundant", "tags": dict(body.get("tags") or {}),
    }  # fmt: skip
    if any(one["vault_id"].lower() == vault_id(made).lower() for one in _kept(cloud)):
        raise ArmError(
            409, "ResourceInSoftDeletedState", f"A vault of the name '{name}' is in soft-deleted state in resource group '{group}'."
        )
    key = name.lower() if name.lower() not in cloud.state["vaults"] else f"{group}|{name}".lower()
    with cloud.state.changed():
        cloud.state["vaults"][key] = made
    answer = described(made)
    answer["properties"] |= {"provisioningState": "Provisioning"}
    return Response(201, answer, _operation(cloud, request, made))


def _operation(cloud: Any, request: Request, vault: dict[str, Any]) -> dict[str, str]:
    """Headers of a long-running operation: a status resource and, beside it, the place of the result."""
    operation = str(uuid.uuid4())
    with cloud.state.changed():
        cloud.state["operations"][operation] = {
            "group": vault["group"], "vault": vault["name"], "polls_left": POLLS_UNTIL_MADE, "start": cloud.state.now(),
        }  # fmt: skip
    place = f"{request.base}{vault_id(vault)}"
    version = f"api-version={request.version}"
    return {
        "azure-asyncoperation": f"{place}/operationStatus/{operation}?{version}",
        "location": f"{place}/operationResults/{operation}?{version}",
        "retry-after": "0",
    }


def status(cloud: Any, request: Request, subscription: str, group: str, vault: str, operation: str) -> Response:
    """Where an operation stands."""
    found = _polled(cloud, operation)
    word = "InProgress" if found["polls_left"] > 0 else "Succeeded"
    told = {"id": request.path, "name": operation, "status": word, "startTime": found["start"]}
    if word == "InProgress":
        return Response(200, told, {"retry-after": "0"})
    return Response(200, {**told, "endTime": cloud.state.now()})


def result(cloud: Any, request: Request, subscription: str, group: str, vault: str, operation: str) -> Response:
    """The vault, once its operation is over."""
    if _polled(cloud, operation)["polls_left"] > 0:
        return Response(202, None, {"location": f"{request.base}{request.path}?api-version={request.version}", "retry-after": "0"})
    return Response(200, described(find(cloud, group, vault)))


def _polled(cloud: Any, operation: str) -> dict[str, Any]:
    found = cloud.state["operations"].get(operation)
    if found is None or "vault" not in found:
        raise ArmError(404, "OperationNotFound", f"The operation '{operation}' was not found.")
    with cloud.state.changed():
        found["polls_left"] -= 1
    return found


def patch(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """Change tags (all of them) or redundancy: at once for tags, by an operation for settings."""
    known = find(cloud, group, vault)
    body = request.json()
    _change(cloud, known, body)
    return Response(202, None, _operation(cloud, request, known)) if body.get("properties") else Response(200, described(known))


def _change(cloud: Any, known: dict[str, Any], body: dict[str, Any]) -> None:
    asked = _redundancy(body)
    if asked is not None:
        check_redundancy(cloud, known, asked)
    with cloud.state.changed():
        known["redundancy"] = asked or known["redundancy"]
        if "tags" in body:
            known["tags"] = dict(body["tags"] or {})


def delete(cloud: Any, request: Request, subscription: str, group: str, vault: str) -> Response:
    """Delete a vault that holds nothing, not even in soft delete. It is kept for a while, out of sight."""
    key = key_of(cloud, group, vault)
    if key is None:
        return Response(204)
    known = cloud.state["vaults"][key]
    if within(cloud, "mab_containers", known) or within(cloud, "mab_items", known) or known.get("engines"):
        raise ArmError(
            400,
            "ServiceResourceNotEmptyWithContainerDetails",
            "Recovery Services vault cannot be deleted as there are existing resources within the vault.",
        )
    with cloud.state.changed():
        cloud.state["deleted_vaults"][str(uuid.uuid4())] = {"vault": known, "vault_id": vault_id(known), "deleted": cloud.state.now()}
        del cloud.state["vaults"][key]
    return Response(204)


def _kept(cloud: Any) -> list[dict[str, Any]]:
    """Deleted vaults that are not purged yet."""
    found = [{**one, "name": name} for name, one in sorted(cloud.state["deleted_vaults"].items())]
    return [one for one in found if _purge(one) > cloud.state.clock.now()]


def _purge(one: dict[str, Any]) -> datetime.datetime:
    return parse(one["deleted"]) + datetime.timedelta(days=SOFT_DELETE_DAYS)


def deleted(cloud: Any, request: Request, subscription: str, place: str) -> Response:
    """The deleted vaults of a region."""
    found = [one for one in _kept(cloud) if one["vault"]["location"] == regions.short(place)]
    return Response(200, {"value": [_deleted(one, place) for one in found]})


def _deleted(one: dict[str, Any], place: str) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{names.SUBSCRIPTION}/providers/Microsoft.RecoveryServices/locations/{place}/deletedVaults/{one['name']}",
        "name": one["name"],
        "type": "Microsoft.RecoveryServices/locations/deletedVaults",
        "properties": {"vaultId": one["vault_id"], "vaultDeletionTime": one["deleted"], "purgeAt": stamp(_purge(one))},
    }


def undelete(cloud: Any, request: Request, subscription: str, place: str, name: str) -> Response:
    """Bring a deleted vault back."""
    one = next((one for one in _kept(cloud) if one["name"] == name), None)
    if one is None:
        raise ArmError(404, "ResourceNotFound", f"The deleted vault '{name}' was not found.")
    with cloud.state.changed():
        cloud.state["vaults"][one["vault"]["name"].lower()] = one["vault"]
        del cloud.state["deleted_vaults"][name]
    return Response(202)


ROUTES = [
    ("PUT", PATH + "/{vault}", put),
    ("PATCH", PATH + "/{vault}", patch),
    ("DELETE", PATH + "/{vault}", delete),
    ("GET", PATH + "/{vault}/operationStatus/{operation}", status),
    ("GET", PATH + "/{vault}/operationResults/{operation}", result),
    ("GET", _PLACE, deleted),
    ("POST", _PLACE + "/{name}/undelete", undelete),
]
