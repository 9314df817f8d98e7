# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read resource providers of a subscription: whether they are registered, what they offer where, and in which API versions.

Source: azure-rest-api-specs resources.json (2021-04-01). The words of `registrationState` are not in it: NotRegistered, Registering,
Registered and Unregistering are the portal's.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..arm import api
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..failure import refuse
from .data_box_parts import several, text
from .locations import short

ARGUMENT_SPEC = {**AZURE_OPTIONS, "namespaces": {"type": "list", "elements": "str"}}
AT_ONCE = 8
REGISTERED = "Registered"


def run(params, check_mode, azure=None):
    """`{providers: [...]}` in the order of `namespaces`, or all of the subscription by name when none are given; changes nothing."""
    namespaces = asked_for(params["namespaces"] or ())
    azure = azure or connect(params)
    if not namespaces:
        found = azure.arm.list("list the resource providers", f"{api.subscription(azure.subscription_id)}/providers", api.RESOURCES)
        return {"changed": False, "providers": sorted(map(provider_from, found), key=lambda one: one["namespace"].casefold())}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {"changed": False, "providers": list(pool.map(lambda one: provider_from(resource(azure, one)), namespaces))}


def asked_for(namespaces) -> list[str]:
    """The namespaces without blanks around them, each once; their case does not count."""
    found: dict[str, str] = {}
    for one in namespaces:
        name = str(one).strip()
        if not name or not all(letter.isalnum() or letter in "._-" for letter in name):
            raise refuse("namespaces", one, "names such as Microsoft.ImportExport", "Correct it.")
        found.setdefault(name.casefold(), name)
    return list(found.values())


def resource(azure, namespace: str) -> Mapping[str, Any]:
    """The provider as ARM shows it; a Failure that names one that Azure does not know."""
    found = azure.arm.get(f"read resource provider {namespace}", api.provider(azure.subscription_id, namespace), api.RESOURCES)
    if found is None:
        raise refuse("namespaces", namespace, "the namespace of a resource provider", "Correct it, for example Microsoft.ImportExport.")
    return found


def state_of(azure, namespace: str) -> str:
    """The provider's registration state; NotRegistered where the service does not tell."""
    return text(resource(azure, namespace).get("registrationState")) or "NotRegistered"


def provider_from(found: Mapping[str, Any]) -> dict[str, Any]:
    """The provider as a task returns it; locations by their short names."""
    return {
        "namespace": text(found.get("namespace")),
        "registration_state": text(found.get("registrationState")) or "NotRegistered",
        "registration_policy": text(found.get("registrationPolicy")) or None,
        "resource_types": [_type_from(one) for one in several(found, "resourceTypes")],
    }


def _type_from(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "resource_type": text(said.get("resourceType")),
        "locations": [short(text(one)) for one in said.get("locations") or ()],
        "api_versions": [text(one) for one in said.get("apiVersions") or ()],
        "default_api_version": text(said.get("defaultApiVersion")) or None,
    }
