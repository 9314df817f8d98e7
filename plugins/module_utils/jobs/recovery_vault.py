# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Have a Recovery Services vault that agents can register with: name, region, redundancy, tags. A vault is never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..arm import api, shapes
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..arm.write import Write
from ..failure import Failure, refuse
from . import limits, resource_locks
from . import recovery_vault_state as state
from .differences import folded
from .locations import short
from .outcome import bodies, nothing_to_do, outcome
from .recovery_vault_reading import vault_from

REDUNDANCIES = ("LocallyRedundant", "ZoneRedundant", "GeoRedundant")
ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    "resource_group": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "location": {"type": "str", "required": True},
    "redundancy": {"type": "str", "choices": list(REDUNDANCIES)},
    "tags": {"type": "dict"},
}
READ = "Microsoft.RecoveryServices/vaults/read"
WRITE = "Microsoft.RecoveryServices/vaults/write"
WRITE_STORAGE = "Microsoft.RecoveryServices/vaults/backupstorageconfig/write"


def run(params, check_mode, azure=None):
    """Returns `vault`, `locks` (None when nothing was to be written), `requests`, diff, warnings.

    Fails on a vault in another region, on a redundancy that Azure has locked, under a ReadOnly lock, and on a name that a deleted
    vault still has; all of it before anything is written.
    """
    limits.check("recovery vault", params["name"], "name")
    limits.check("resource_group", params["resource_group"])
    azure = azure or connect(params)
    path = api.vault(azure.subscription_id, params["resource_group"], params["name"])
    found = _read(azure, path, params)
    if found is None:
        return _create(azure, path, params, check_mode)
    return _update(azure, path, found, params, check_mode)


def _create(azure, path: str, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    region = short(params["location"])
    locks = resource_locks.on(azure, api.resource_group(azure.subscription_id, params["resource_group"]))
    state.refuse_read_only(locks, _what(params))
    deleted = state.deleted_vaults(azure, region)
    state.refuse_deleted(deleted, path, params["name"])
    warnings = [] if deleted is not None else [f"Whether a deleted {_what(params)} waits to be purged is not known: Azure did not tell."]
    body = {"location": region, "sku": {"name": "Standard"}, "tags": _tags(params), "properties": _properties(params)}
    requests = [Write("PUT", path, api.RECOVERY_SERVICES, body)]
    if check_mode:
        made = {**body, "id": path, "name": params["name"]}
    else:
        azure.arm.write(f"create {_what(params)}", requests[0], action=WRITE)
        made = _reread(azure, path, params)
    vault = vault_from(made)
    if not check_mode and params["redundancy"] and folded(vault["redundancy"]) != folded(params["redundancy"]):
        # An older service takes the vault and leaves out its redundancySettings.
        vault = _change_redundancy(azure, path, vault, params, requests, check_mode)
    return outcome(requests, {}, bodies(requests), vault=vault, locks=locks, warnings=warnings)


def _properties(params: Mapping[str, Any]) -> dict[str, Any]:
    told = {"publicNetworkAccess": "Enabled"}  # as all of Microsoft's examples; the agent needs it, or a private endpoint
    return {**told, "redundancySettings": {"standardTierStorageRedundancy": params["redundancy"]}} if params["redundancy"] else told


def _update(azure, path: str, found: Mapping[str, Any], params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    _refuse_elsewhere(found, params)
    vault = vault_from(found)
    before = {"tags": vault["tags"], "redundancy": vault["redundancy"]}
    tags = {**vault["tags"], **_tags(params)}
    another = params["redundancy"] and folded(params["redundancy"]) != folded(vault["redundancy"])
    if another and vault["redundancy"] is None:
        vault = {**vault, "redundancy": state.storage_of(azure, path, _what(params))["redundancy"]}
        before["redundancy"] = vault["redundancy"]
        another = folded(params["redundancy"]) != folded(vault["redundancy"])
    if not another and tags == vault["tags"]:
        return nothing_to_do({"vault": before}, vault=vault, locks=None)
    locks = resource_locks.on(azure, path)
    state.refuse_read_only(locks, _what(params))
    requests: list[Write] = []
    if another:
        vault = _change_redundancy(azure, path, vault, params, requests, check_mode)
    if tags != vault["tags"]:
        vault = _tag(azure, path, vault, tags, params, requests, check_mode)
    after = {"vault": {"tags": vault["tags"], "redundancy": vault["redundancy"]}, **bodies(requests)}
    return outcome(requests, {"vault": before}, after, vault=vault, locks=locks)


def _refuse_elsewhere(found: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    if short(found.get("location")) != short(params["location"]):
        raise refuse(
            "location",
            params["location"],
            f"where {_what(params)} lies, {short(found.get('location'))}",
            "A vault cannot be moved to another region: correct location, or use another name.",
        )


def _change_redundancy(
    azure, path: str, vault: dict[str, Any], params: Mapping[str, Any], requests: list[Write], check_mode: bool
) -> dict[str, Any]:
    """Change how often Azure keeps the data, which it allows until the first server is registered; looks afterwards that it took."""
    wanted, what = params["redundancy"], _what(params)
    storage = state.storage_of(azure, path, what)
    if folded(storage["redundancy"]) == folded(wanted):
        return {**vault, "redundancy": wanted}
    _refuse_fixed(azure, path, storage, wanted, what)
    request = Write("PATCH", f"{path}/{state.STORAGE_CONFIG}", api.BACKUP, {"properties": {"storageModelType": wanted}})
    requests.append(request)
    if check_mode:
        return {**vault, "redundancy": wanted}
    azure.arm.write(f"change the redundancy of {what}", request, action=WRITE_STORAGE)
    seen = state.storage_of(azure, path, what)["redundancy"]
    if folded(seen) != folded(wanted):
        raise Failure(
            f"Azure took redundancy {wanted} for {what} and still shows {seen}. Look at its properties in the portal, and run again.",
            field="redundancy",
            seen=seen,
            cure="look at its properties in the portal, and run again",
        )
    return {**vault, "redundancy": seen}


def _refuse_fixed(azure, path: str, storage: Mapping[str, Any], wanted: str, what: str) -> None:
    """Refuse in advance what Azure would: `locked` storage, and cross-region restore without geo-redundancy."""
    if storage["locked"]:
        raise refuse(
            "redundancy",
            wanted,
            f"{storage['redundancy']}, which {what} has and Azure has locked ({state.why_locked(azure, path, what)})",
            "Redundancy can be changed only before the first item is protected. Leave redundancy out, or make another vault with "
            f"{wanted} and register the servers there.",
        )
    if storage["cross_region_restore"] and wanted != "GeoRedundant":
        raise refuse(
            "redundancy",
            wanted,
            f"GeoRedundant while cross-region restore of {what} is on",
            "Turn cross-region restore off in the vault's properties first, or make another vault.",
        )


def _tag(
    azure, path: str, vault: dict[str, Any], tags: dict[str, str], params: Mapping[str, Any], requests: list[Write], check_mode: bool
) -> dict[str, Any]:
    """Add the tags that are missing; tags of others stay (a PATCH of tags replaces all of them)."""
    request = Write("PATCH", path, api.RECOVERY_SERVICES, {"tags": tags})
    requests.append(request)
    if check_mode:
        return {**vault, "tags": tags}
    azure.arm.write(f"tag {_what(params)}", request, action=WRITE)
    return {**vault_from(_reread(azure, path, params)), "redundancy": vault["redundancy"]}


def _read(azure, path: str, params: Mapping[str, Any]) -> Mapping[str, Any] | None:
    what = f"read {_what(params)}"
    found = azure.arm.get(what, path, api.RECOVERY_SERVICES, action=READ)
    return None if found is None else shapes.identified(what, found)


def _reread(azure, path: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The vault after a write, whose last answer may be that of the operation."""
    made = _read(azure, path, params)
    if made is None:
        name = params["name"]
        raise Failure(f"Vault {name} was written and is not there. Run again.", field="name", seen=None, cure="run again")
    return made


def _what(params: Mapping[str, Any]) -> str:
    return f"vault {params['name']}"


def _tags(params: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in (params["tags"] or {}).items()}
