# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource providers: registered only after some polls, and refused in use until then."""

from __future__ import annotations

from typing import Any

from .. import names
from . import regions
from .messages import ArmError, Request, Response

POLLS_UNTIL_REGISTERED = 2
TYPES: dict[str, list[tuple[str, list[str]]]] = {
    "Microsoft.ImportExport": [
        ("jobs", ["2021-01-01", "2020-08-01", "2016-11-01"]),
        ("locations", ["2021-01-01", "2020-08-01", "2016-11-01"]),
    ],
    "Microsoft.DataBox": [("jobs", ["2023-12-01", "2022-12-01", "2022-02-01"])],
    "Microsoft.Storage": [("storageAccounts", ["2023-05-01", "2023-01-01"]), ("checkNameAvailability", ["2023-05-01"])],
    "Microsoft.RecoveryServices": [("vaults", ["2024-04-01", "2023-04-01"])],
    "Microsoft.Resources": [("resourceGroups", ["2021-04-01"]), ("subscriptions", ["2022-12-01"])],
    "Microsoft.Authorization": [("locks", ["2020-05-01", "2016-09-01"])],
}
ALWAYS_THERE = ("microsoft.resources", "microsoft.authorization")


def find(cloud: Any, namespace: str) -> str:
    """The provider's name in its own spelling, or ARM's 404."""
    for known in cloud.state["providers"]:
        if known.lower() == namespace.lower():
            return known
    raise ArmError(404, "InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")


def check(cloud: Any, namespace: str) -> None:
    """Raise ARM's 409 where a provider is used that is not registered."""
    name = find(cloud, namespace)
    if name.lower() in ALWAYS_THERE or cloud.state["providers"][name]["state"] == "Registered":
        return
    raise ArmError(
        409,
        "MissingSubscriptionRegistration",
        f"The subscription is not registered to use namespace '{name}'. "
        "See https://aka.ms/rps-not-found for how to register subscriptions.",
        target=name,
    )


def _described(cloud: Any, name: str) -> dict[str, Any]:
    places = [place["name"] for _unused, place in sorted(regions.LOCATIONS.items())]
    return {
        "id": f"/subscriptions/{names.SUBSCRIPTION}/providers/{name}",
        "namespace": name,
        "resourceTypes": [
            {"resourceType": kind, "locations": places, "apiVersions": versions, "capabilities": "None"}
            for kind, versions in TYPES.get(name, [])
        ],
        "registrationState": cloud.state["providers"][name]["state"],
        "registrationPolicy": "RegistrationFree" if name.lower() in ALWAYS_THERE else "RegistrationRequired",
    }


def get(cloud: Any, request: Request, subscription: str, namespace: str) -> Response:
    """One provider; each look at a registering one brings it nearer to Registered."""
    name = find(cloud, namespace)
    provider = cloud.state["providers"][name]
    if "polls_left" in provider:
        with cloud.state.changed():
            provider["polls_left"] -= 1
            if provider["polls_left"] <= 0:
                cloud.state["providers"][name] = {"state": "Registered"}
    return Response(200, _described(cloud, name))


def list_all(cloud: Any, request: Request, subscription: str) -> Response:
    """All providers that the lab knows."""
    return Response(200, {"value": [_described(cloud, name) for name in sorted(cloud.state["providers"])]})


def register(cloud: Any, request: Request, subscription: str, namespace: str) -> Response:
    """Begin registering; answers before it is done. A registered one stays so."""
    name = find(cloud, namespace)
    if cloud.state["providers"][name]["state"] not in ("Registered", "Registering"):
        with cloud.state.changed():
            cloud.state["providers"][name] = {"state": "Registering", "polls_left": POLLS_UNTIL_REGISTERED}
    return Response(200, _described(cloud, name))


def unregister(cloud: Any, request: Request, subscription: str, namespace: str) -> Response:
    """Take the registration away at once."""
    name = find(cloud, namespace)
    with cloud.state.changed():
        cloud.state["providers"][name] = {"state": "NotRegistered"}
    return Response(200, _described(cloud, name))


ROUTES = [
    ("GET", "/subscriptions/{subscription}/providers", list_all),
    ("GET", "/subscriptions/{subscription}/providers/{namespace}", get),
    ("POST", "/subscriptions/{subscription}/providers/{namespace}/register", register),
    ("POST", "/subscriptions/{subscription}/providers/{namespace}/unregister", unregister),
]
