# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Have a storage account and a container that an import job can fill; what exists is judged, and changed only on request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..arm import api, shapes
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..arm.write import Write
from ..failure import Failure, refuse
from . import field_changes, limits, resource_locks, storage_account_facts
from . import storage_account_rules as rules
from .locations import short
from .outcome import outcome
from .storage_account_facts import READ_ACCOUNT, Found

ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    "resource_group": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "location": {"type": "str", "required": True},
    "kind": {"type": "str", "default": "StorageV2"},
    "sku": {"type": "str", "default": "Standard_LRS"},
    "container": {"type": "str"},
    "tags": {"type": "dict"},
    "loosen": {"type": "list", "elements": "str", "choices": list(rules.LOOSENED), "default": []},
    "tighten": {"type": "list", "elements": "str", "choices": list(rules.TIGHTENED), "default": []},
}
WRITE_ACCOUNT = "Microsoft.Storage/storageAccounts/write"
WRITE_CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers/write"


def run(params, check_mode, azure=None):
    """Returns `account`, `container` (None when none was asked for), `locks`, `unfit`, `unknown`, `requests`, `changes`, diff, warnings.

    Before anything is sent it fails on names that Azure does not take, on a resource group that does not exist, and with a list of
    everything that blocks a seed: kind, sku, NFS, firewall, immutability, another region, a ReadOnly lock where something is to change.
    """
    _check(params)
    azure = azure or connect(params)
    there = storage_account_facts.read(azure, params["resource_group"], params["name"], params["container"])
    path = api.storage_account(azure.subscription_id, params["resource_group"], params["name"])
    if there.account is None:
        refuse_taken_name(azure, params["name"])
    else:
        _refuse_unfit(params, there.facts(params["container"]))
    planned = [one for one in (_of_account(path, params, there), _of_container(path, params, there)) if one]
    _refuse_locked(params, there.locks, planned)
    after = _planned(path, params, there, planned) if check_mode else _sent(azure, path, params, there, planned)
    return _told(params, there, after, planned)


def _check(params: Mapping[str, Any]) -> None:
    limits.check("storage account", params["name"], "name")
    limits.check("resource_group", params["resource_group"])
    if params["container"] is not None:
        limits.check("container", params["container"])
    for name in ("kind", "sku"):
        row = rules.BY_PATH[f"account.{name}"]
        if row.holds(params[name], {}) is not True:
            raise refuse(name, params[name], f"{row.must}: {row.why}", row.cure)


def refuse_taken_name(azure, name: str) -> None:
    """Ask whether a new account may have the name; a Failure with the service's reason if not."""
    answer = name_availability(azure, name)
    if answer["available"] is False:
        because = answer["message"] or "Somebody has it."
        failure = refuse("name", name, f"free in all of Azure ({answer['reason'] or 'no reason given'})", f"{because} Choose another name.")
        raise Failure(failure.msg, **failure.fields, reason=answer["reason"])


def name_availability(azure, name: str) -> dict[str, Any]:
    """What the service says of a name: `available`, and `reason` (AlreadyExists, AccountNameInvalid) with `message` where it is not."""
    where = f"{api.subscription(azure.subscription_id)}/providers/Microsoft.Storage/checkNameAvailability"
    asked = {"name": name, "type": "Microsoft.Storage/storageAccounts"}
    answer = azure.arm.post(f"ask whether the name {name} is free", where, api.STORAGE, asked)
    said = answer if isinstance(answer, Mapping) else {}
    available = said.get("nameAvailable")
    return {
        "available": available if isinstance(available, bool) else None,
        "reason": said.get("reason"),
        "message": said.get("message"),
    }


def _refuse_unfit(params: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """One Failure that names everything that blocks a seed and that the user has not asked to be changed."""
    blocking = [one for one in rules.findings(facts, rules.UNFIT) if one["effect"] == rules.BLOCKS]
    blocking = [one for one in blocking if not _may_repair(params, rules.BY_PATH[one["path"]])]
    seen = short(facts["account"]["location"])
    if seen != short(params["location"]):
        row, must = rules.BY_PATH["account.location"], f"{short(params['location'])}, as location says"
        cure = "Correct location, or use another account."
        told = {"path": row.path, "effect": rules.BLOCKS, "seen": seen, "must": must, "why": row.why, "cure": cure, "source": row.source}
        blocking.append(told)
    if blocking:
        raise Failure(
            f"Storage account {params['name']} is not fit for a seed, nothing was changed: {' '.join(map(rules.sentence, blocking))}",
            field=blocking[0]["path"],
            seen=blocking[0]["seen"],
            cure=" ".join(dict.fromkeys(one["cure"] for one in blocking)),
            unfit=blocking,
        )


def _may_repair(params: Mapping[str, Any], row: rules.Property) -> bool:
    return row.repair is not None and row.name in params[row.repair.option]


def _refuse_locked(params: Mapping[str, Any], locks: list[dict[str, Any]] | None, planned: list[Write]) -> None:
    held = resource_locks.read_only(locks)
    if held and planned:
        row = rules.BY_PATH["locks"]
        raise Failure(
            f"Storage account {params['name']} has to be changed and is locked: {', '.join(map(resource_locks.named, held))}. {row.cure}",
            field="locks",
            seen=[resource_locks.named(one) for one in held],
            cure=row.cure,
            requests=[one.shown() for one in planned],
        )


def _of_account(path: str, params: Mapping[str, Any], there: Found) -> Write | None:
    """What is to be sent about the account: all of it, missing tags and the asked-for repairs, or nothing."""
    tags = {name: str(value) for name, value in (params["tags"] or {}).items()}
    if there.account is None:
        nature = {"location": short(params["location"]), "kind": params["kind"], "sku": {"name": params["sku"]}, "tags": tags}
        return Write("PUT", path, api.STORAGE, {**nature, **_body_for_new(of_container=False)})
    body = _repairs(params, there.facts(params["container"]), there.account, of_container=False)
    known = there.account.get("tags") or {}
    if {**known, **tags} != known:
        body = {"tags": {**known, **tags}, **body}
    return Write("PATCH", path, api.STORAGE, body) if body else None


def _of_container(path: str, params: Mapping[str, Any], there: Found) -> Write | None:
    if not params["container"]:
        return None
    where = api.container(path, params["container"])
    facts = there.facts(params["container"])
    if not facts["container"]["exists"]:
        return Write("PUT", where, api.STORAGE, _body_for_new(of_container=True))
    body = _repairs(params, facts, there.container, of_container=True)
    return Write("PATCH", where, api.STORAGE, body) if body else None


def _body_for_new(*, of_container: bool) -> dict[str, Any]:
    new = [row.repair for row in rules.PROPERTIES if row.repair and row.repair.for_new and row.of_container == of_container]
    return _merged(repair.body({}) for repair in new)


def _repairs(params: Mapping[str, Any], facts: Mapping[str, Any], resource: Any, *, of_container: bool) -> dict[str, Any]:
    broken = [row for row, verdict in rules.judged(facts) if verdict == rules.UNFIT and row.of_container == of_container]
    return _merged(row.repair.body(resource) for row in broken if _may_repair(params, row))


def _merged(bodies: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for body in bodies:
        merged = field_changes.laid_over(merged, body)
    return merged


def _planned(path: str, params: Mapping[str, Any], there: Found, planned: list[Write]) -> Found:
    """What the requests would lead to."""
    account, container = there.account, there.container
    for request in planned:
        if request.path == path:
            account = field_changes.laid_over(account or {"id": path, "name": params["name"]}, request.body)
        else:
            container = field_changes.laid_over(container or {}, request.body)
    return Found(account, container, there.locks)


def _sent(azure, path: str, params: Mapping[str, Any], there: Found, planned: list[Write]) -> Found:
    """Send the requests in their order; what Azure then has."""
    after = _planned(path, params, there, planned)
    account, container = after.account, after.container
    for request in planned:
        if request.path != path:
            verb = "create" if request.method == "PUT" else "change"
            what = f"{verb} container {params['container']} of storage account {params['name']}"
            answer = azure.arm.write(what, request, action=WRITE_CONTAINER)
            container = field_changes.laid_over(container, answer) if isinstance(answer, Mapping) else container
        elif request.method == "PUT":
            azure.arm.write(f"create storage account {params['name']}", request, action=WRITE_ACCOUNT)
            account = _made(azure, path, params["name"])
        else:
            account = azure.arm.write(f"change storage account {params['name']}", request, action=WRITE_ACCOUNT) or account
    return Found(account, container, there.locks)


def _made(azure, path: str, name: str) -> Mapping[str, Any]:
    what = f"read storage account {name}"
    made = azure.arm.get(what, path, api.STORAGE, action=READ_ACCOUNT)
    if made is None:
        raise Failure(f"Storage account {name} was created and is not there. Run again.", field="name", seen=None, cure="run again")
    return shapes.identified(what, made)


def _told(params: Mapping[str, Any], there: Found, after: Found, planned: list[Write]) -> dict[str, Any]:
    facts = after.facts(params["container"])
    unfit = rules.findings(facts, rules.UNFIT)
    was = [there.container if "/blobServices/" in one.path else there.account for one in planned]
    before, wanted, changes = field_changes.of_requests(zip(planned, was, strict=True))
    told = {
        **facts,
        "unfit": unfit,
        "unknown": [one["path"] for one in rules.findings(facts, rules.UNKNOWN)],
        "changes": changes,
        "warnings": [f"Storage account {params['name']}: {rules.sentence(one)}" for one in unfit],
    }
    return outcome(planned, before, wanted, **told)
