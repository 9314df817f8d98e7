# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make, adjust, cancel or delete the import job of a seed, on either service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from .. import task
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..arm.write import Write
from ..failure import Failure
from . import limits, notifications, return_address
from .backends import BACKEND_OPTION, chosen_for, telling_the_other
from .locations import Destination
from .model import Drive, Job, Order
from .outcome import bodies, changes, nothing_to_do, outcome
from .service import Jobs

DRIVE_OPTIONS = {
    "serial": {"type": "str", "required": True},
    "manifest_file": {"type": "str", "default": "\\DriveManifest.xml"},
    "manifest_hash": {"type": "str", "required": True},
}
ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    "resource_group": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "canceled", "absent"], "default": "present"},
    "location": {"type": "str"},
    "storage_account_id": {"type": "str"},
    "drives": {"type": "list", "elements": "dict", "options": DRIVE_OPTIONS},
    **return_address.OPTIONS,
    "notifications": notifications.OPTION,
    "log_level": {"type": "str", "choices": ["Error", "Verbose"], "default": "Verbose"},
    "backup_drive_manifest": {"type": "bool", "default": True},
    "diagnostics_path": {"type": "str", "default": "waimportexport"},
    "tags": {"type": "dict"},
    "append_tags": {"type": "bool", "default": True},
    "escrow_dir": {"type": "path"},
    "escrow_password_file": {"type": "path", "no_log": False},
    "cancel_reason": {"type": "str", "default": "The import is not needed any more."},
    **BACKEND_OPTION,
    "agent_version": {"type": "str"},
}
ARGUMENT_RULES = {
    "required_if": [("state", "present", ("location", "storage_account_id", "drives", "return_address", "return_shipping", "escrow_dir"))],
}


def run(params, check_mode, azure=None):
    """Bring the job into `state`; returns `job` (neutral, None when there is none), `ship_to`, `requests`, diff.

    Keys are read from escrow by serial, go into the PUT and nowhere else. Fails on names and drives that no job takes, on a job
    of that name with other drives, and on a state that the service no longer allows.
    """
    limits.check("name of the import job", params["name"], "name")
    limits.check("resource_group", params["resource_group"])
    order = order_from(params) if params["state"] == "present" else None
    azure = azure or connect(params)
    choice = chosen_for(azure, params)
    with telling_the_other(choice.jobs.backend):
        if order:
            return {**_present(choice.jobs, order, params, check_mode), **choice.as_result()}
        verb = {"canceled": _canceled, "absent": _absent}[params["state"]]
        return {**verb(choice.jobs, params, check_mode), **choice.as_result()}


def order_from(params: Mapping[str, Any]) -> Order:
    """The options as an Order; refuses what no job can be made of, before anything is sent."""
    limits.check("storage_account_id", params["storage_account_id"])
    limits.check_drives(params["drives"])
    back = return_address.way_back_from(params)
    return Order(
        **{name: params[name] for name in ("resource_group", "name", "location", "storage_account_id", "log_level")},
        **{name: params[name] for name in ("backup_drive_manifest", "diagnostics_path")},
        drives=tuple(
            Drive(one["serial"], manifest_file=one["manifest_file"], manifest_hash=one["manifest_hash"].upper()) for one in params["drives"]
        ),
        return_address=back.address,
        return_shipping=back.shipping,
        notifications=notifications.notifications_from(params["notifications"]),
        tags={name: str(value) for name, value in (params["tags"] or {}).items()},
        append_tags=params["append_tags"] or params["tags"] is None,  # who says nothing of tags wants none removed
    )


def _present(jobs: Jobs, order: Order, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    resource = jobs.resource(order.resource_group, order.name)
    goal = jobs.destination(order.location)
    if resource is None:
        return _create(jobs, order, goal, params, check_mode)
    unlike = jobs.differences(resource, order, goal)
    if unlike.fixed:
        raise _another_job(order, unlike.fixed)
    job = jobs.job(resource)
    if _is_canceled(job):
        raise Failure(
            f"Import job {order.name} was canceled. Delete it (state: absent), or choose another name.",
            field="name",
            seen=job.service_state,
            cure="delete it with state: absent, or choose another name",
        )
    if job.stage.terminal or not unlike.patch:
        return nothing_to_do(**_told(jobs, resource, goal), changes=[])
    request = jobs.change(order.resource_group, order.name, unlike.patch)
    after = jobs.changed(resource, unlike.patch)
    if not check_mode:
        after = jobs.send(f"update import job {order.name}", order.resource_group, order.name, request, _changed_by(jobs, order, goal))
    return outcome([request], unlike.before, unlike.patch, **_told(jobs, after, goal), changes=changes([request], resource))


def _create(jobs: Jobs, order: Order, goal: Destination, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    keys = _keys(order, params)
    request = jobs.create(order, goal, keys)
    if check_mode:
        return _made(jobs, request, jobs.planned(order, request), goal)

    def is_there(found):
        if found is None:
            return False
        unlike = jobs.differences(found, replace(order, location=goal.region), goal)
        if unlike.fixed:
            raise _another_job(order, unlike.fixed)
        return True

    made = jobs.send(f"create import job {order.name}", order.resource_group, order.name, request, is_there)
    return _made(jobs, request, made, goal)


def _made(jobs: Jobs, request: Write, resource: Mapping[str, Any], goal: Destination) -> dict[str, Any]:
    return outcome([request], {}, bodies([request]), **_told(jobs, resource, goal), changes=changes([request], None))


def _canceled(jobs: Jobs, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    group, name = params["resource_group"], params["name"]
    resource = jobs.resource(group, name)
    if resource is None:
        return nothing_to_do(job=None, ship_to=None, changes=[])
    job = jobs.job(resource)
    if _is_canceled(job):
        return nothing_to_do(job=job.as_result(), ship_to=None, changes=[])
    if not job.stage.cancellable:
        raise _not_now(job, "it can be canceled only before the drives are received", "wait until the drives come back")
    request = jobs.cancel(group, name, params["cancel_reason"])
    if not check_mode:
        after = jobs.send(f"cancel import job {name}", group, name, request, lambda found: found is None or _is_canceled(jobs.job(found)))
        job = jobs.job(after) if after else job
    told = changes([request], resource)
    return outcome([request], {"cancelRequested": False}, bodies([request]), job=job.as_result(), ship_to=None, changes=told)


def _absent(jobs: Jobs, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    group, name = params["resource_group"], params["name"]
    job = jobs.get(group, name)
    if job is None:
        return nothing_to_do(job=None, ship_to=None, changes=[])
    if not (job.stage.deletable or job.cancel_requested):
        can = "cancel it first with state: canceled" if job.stage.cancellable else "wait until the drives come back"
        raise _not_now(job, f"Azure deletes a job only {jobs.deletes}", can)
    request = jobs.delete(group, name)
    if not check_mode:
        jobs.send(f"delete import job {name}", group, name, request, lambda found: found is None)
    return outcome([request], job.as_result(), {}, job=None, ship_to=None, changes=[])


def _not_now(job: Job, rule: str, cure: str) -> Failure:
    """The service would refuse; of a job that is over there is nothing to do but wait for Azure to forget it."""
    if job.stage.terminal:
        days = job.stage.clock.days if job.stage.clock else 90
        cure = f"nothing needs to be done: the job is over, and Azure deletes it by itself {days} days after its end"
    return Failure(
        f"Import job {job.name} is {job.service_state}; {rule}. Cure: {cure}.", field="state", seen=job.service_state, rule=rule, cure=cure
    )


def _keys(order: Order, params: Mapping[str, Any]) -> dict[str, str]:
    """Recovery passwords by serial, out of escrow."""
    from ..drives import escrow

    keys = {one.serial: escrow.read(params["escrow_dir"], one.serial, params["escrow_password_file"]) for one in order.drives}
    for key in keys.values():
        task.keep_secret(key)
    return keys


def _changed_by(jobs: Jobs, order: Order, goal: Destination):
    return lambda found: found is not None and not jobs.differences(found, order, goal).patch


def _is_canceled(job: Job) -> bool:
    return job.stage.name == "canceled" or job.cancel_requested


def _another_job(order: Order, fixed: Mapping[str, tuple[Any, Any]]) -> Failure:
    """An existing job is another one: say both sides."""
    sides = "; ".join(f"{name}: the job has {_text(there)}, asked for is {_text(wanted)}" for name, (there, wanted) in fixed.items())
    return Failure(
        f"Import job {order.name} exists and is another one ({sides}). Nothing was changed. Give what it was made of, choose another name, "
        "or cancel and delete it.",
        field=next(iter(fixed)),
        seen={name: there for name, (there, _wanted) in fixed.items()},
        expected={name: wanted for name, (_there, wanted) in fixed.items()},
        cure="give what it was made of, choose another name, or cancel and delete it",
    )


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _told(jobs: Jobs, resource: Mapping[str, Any], goal: Destination) -> dict[str, Any]:
    """`job` and `ship_to` of the result: the address of the location with its carriers, which the job itself does not name."""
    address = {**asdict(goal.ship_to), "carriers": list(goal.ship_to.carriers)}
    return {"job": {**jobs.job(resource).as_result(), "ship_to": address}, "ship_to": address}
