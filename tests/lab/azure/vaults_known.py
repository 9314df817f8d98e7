# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab knows of vaults: find one, describe it, say what is in it.

Vaults stand in the state by name, one of another group whose name is taken by both. A vault is
`{name, group, location, redundancy, tags}`; `engines`, `jobs`, `certificates`, `principal` and `soft_delete` come when needed.
"""

from __future__ import annotations

from typing import Any

from .. import names
from .messages import ArmError, Request, Response, not_found

TYPE = "Microsoft.RecoveryServices/vaults"
FABRIC = "backupFabrics/Azure"
PATH = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.RecoveryServices/vaults"
SOFT_DELETE_DAYS = 14
PAGE = 200


def vault_id(vault: dict[str, Any]) -> str:
    """The ARM id of a stored vault."""
    return f"{names.group_id(vault['group'])}/providers/{TYPE}/{vault['name']}"


def key_of(cloud: Any, group: str, name: str) -> str | None:
    """Where the vault stands in the state, None where there is none."""
    for key, vault in cloud.state["vaults"].items():
        if (vault["group"].lower(), vault["name"].lower()) == (group.lower(), name.lower()):
            return key
    return None


def find(cloud: Any, group: str, name: str) -> dict[str, Any]:
    """The stored vault, or ARM's 404."""
    key = key_of(cloud, group, name)
    if key is None:
        raise not_found(TYPE, name, group)
    return cloud.state["vaults"][key]


def described(vault: dict[str, Any]) -> dict[str, Any]:
    """The vault as ARM shows it: the sku by its old name whatever was asked for, defaults filled in."""
    return {
        "location": vault["location"],
        "name": vault["name"],
        "etag": "W/\"datetime'2026-01-02T03%3A04%3A05.6789Z'\"",
        "tags": vault.get("tags") or {},
        "properties": {
            "provisioningState": "Succeeded",
            "privateEndpointStateForBackup": "None",
            "privateEndpointStateForSiteRecovery": "None",
            "publicNetworkAccess": "Enabled",
            "redundancySettings": {"standardTierStorageRedundancy": vault["redundancy"], "crossRegionRestore": cross_region(vault)},
            "securitySettings": {
                "softDeleteSettings": {
                    "softDeleteRetentionPeriodInDays": SOFT_DELETE_DAYS,
                    "softDeleteState": vault.get("soft_delete") or "Enabled",
                    "enhancedSecurityState": "Enabled",
                }
            },
        },
        "id": vault_id(vault),
        "type": TYPE,
        "sku": {"name": "RS0", "tier": "Standard"},
    }


def cross_region(vault: dict[str, Any]) -> str:
    return "Enabled" if vault.get("cross_region_restore") else "Disabled"


def within(cloud: Any, kind: str, vault: dict[str, Any]) -> list[dict[str, Any]]:
    """Servers (`mab_containers`) or items (`mab_items`) of a vault, the deleted ones too."""
    return [item for _unused, item in sorted(cloud.state[kind].items()) if item["vault"].lower() == vault["name"].lower()]


def locked(cloud: Any, vault: dict[str, Any]) -> bool:
    """Whether the redundancy is fixed: once a machine was registered, as the API file says; what lies in soft delete counts too."""
    return bool(within(cloud, "mab_containers", vault) or within(cloud, "mab_items", vault) or vault.get("engines"))


def paged(request: Request, value: list[dict[str, Any]], size: int = PAGE) -> Response:
    """A list in pages, each with the address of the next one, as `$skipToken`."""
    token = request.query.get("$skiptoken", "0")
    if not token.isdecimal():
        raise ArmError(400, "BMSUserErrorInvalidInput", "Input provided for the call is invalid", target="$skipToken")
    start = int(token)
    body: dict[str, Any] = {"value": value[start : start + size]}
    if start + size < len(value):
        kept = "".join(f"&{name}={escaped(text)}" for name, text in request.query.items() if name not in ("api-version", "$skiptoken"))
        body["nextLink"] = f"{request.base}{request.path}?api-version={request.version}{kept}&$skipToken={start + size}"
    return Response(200, body)


def escaped(text: str) -> str:
    """A text in a query."""
    return "".join(character if character.isalnum() or character in "-_.~" else f"%{ord(character):02X}" for character in text)
