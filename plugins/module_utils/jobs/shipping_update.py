# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell Azure which parcel holds the drives, and who brings them back; from then on two weeks are left for the parcel to arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .. import task
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..failure import Failure, refuse
from . import limits, return_address
from .backends import BACKEND_OPTION, beside, chosen_for, telling_the_other
from .differences import Differences
from .model import Job, Parcel
from .outcome import bodies, changes, nothing_to_do, outcome
from .return_address import WayBack
from .service import Jobs
from .stages import BY_NAME

ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    "resource_group": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "carrier": {"type": "str"},
    "tracking_number": {"type": "str"},
    "drive_count": {"type": "int"},
    "ship_date": {"type": "str"},
    "tags": {"type": "dict"},
    **return_address.OPTIONS,
    **BACKEND_OPTION,
}
PARCEL = ("carrier", "tracking_number", "drive_count", "ship_date")


def run(params, check_mode, azure=None):
    """Set parcel and state Shipping, and the way back where it is given; unchanged when the job already says so.

    Returns `job`, `requests`, diff. Refuses a tracking number that another open job of the subscription has, and a job that is past
    shipping. Without a parcel only the way back is set.
    """
    parcel, back = parcel_from(params), return_address.way_back_from(params)
    azure = azure or connect(params)
    choice = chosen_for(azure, params)
    with telling_the_other(choice.jobs.backend):
        parcel = parcel and choice.jobs.kept(parcel)
        return {**_updated(azure, choice.jobs, parcel, back, params, check_mode), **choice.as_result()}


def _updated(azure, jobs: Jobs, parcel: Parcel | None, back: WayBack, params, check_mode: bool) -> dict[str, Any]:
    resource = jobs.resource(params["resource_group"], params["name"])
    if resource is None:
        raise _no_job(params)
    job = jobs.job(resource)
    unlike = _way_back(jobs, job, resource, back)
    if parcel is None or jobs.knows(job, parcel):
        if not unlike.patch:
            return nothing_to_do(job=job.as_result(), changes=[])
        return _sent_back(jobs, resource, unlike, back, params, check_mode)
    if not job.stage.accepts_parcel or job.cancel_requested:
        raise _too_late(job, parcel)
    _refuse_if_used_elsewhere(parcel, jobs.open_beside(job))
    _refuse_if_used_elsewhere(parcel, beside(azure, jobs, job))
    parcel = jobs.kept(replace(parcel, drive_count=parcel.drive_count or len(job.drives) or None))
    return _shipped(jobs, resource, parcel, unlike, back, params, check_mode)


def _way_back(jobs: Jobs, job: Job, resource: Mapping[str, Any], back: WayBack) -> Differences:
    """What is to be changed of the way back: nothing more once the job is over."""
    unlike = jobs.way_back(resource, back.address, back.shipping) if back.asked else Differences()
    if not unlike.patch or not (job.stage.terminal or job.cancel_requested):
        return unlike
    task.warn(f"Import job {job.name} is {job.service_state}: the way back of its drives is not changed any more.")
    return Differences()


def parcel_from(params) -> Parcel | None:
    """The parcel in the options; carrier and number must be there, unless only the way back is given: then None."""
    limits.check("name of the import job", params["name"], "name")
    limits.check("resource_group", params["resource_group"])
    if all(params[name] is None for name in PARCEL) and any(params[name] for name in return_address.OPTIONS):
        return None
    for name, cure in (
        ("carrier", "Give the carrier's name as ship_to.carriers of import_job spells it."),
        ("tracking_number", "Give the number that the carrier printed on the label of the parcel."),
    ):
        if not str(params[name] or "").strip():
            raise refuse(name, params[name], "set once the parcel is handed over", cure)
    parcel = Parcel(params["carrier"].strip(), params["tracking_number"].strip(), params["drive_count"], params["ship_date"])
    if not parcel.key:
        raise refuse("tracking_number", params["tracking_number"], "letters and digits", "Give the number on the label of the parcel.")
    if parcel.drive_count is not None and not 1 <= parcel.drive_count <= limits.DRIVES_A_JOB:
        raise refuse("drive_count", parcel.drive_count, f"1 to {limits.DRIVES_A_JOB}", "Give the number of drives in the parcel.")
    return parcel


def _sent_back(jobs: Jobs, resource: Mapping[str, Any], unlike: Differences, back: WayBack, params, check_mode: bool) -> dict[str, Any]:
    """Change the way back alone."""
    group, name = params["resource_group"], params["name"]
    request = jobs.change(group, name, unlike.patch)
    after = jobs.changed(resource, unlike.patch)
    if not check_mode:
        after = jobs.send(f"change the way back of import job {name}", group, name, request, _has(jobs, unlike.patch, back))
    return outcome([request], unlike.before, unlike.patch, job=jobs.job(after).as_result(), changes=changes([request], resource))


def _shipped(
    jobs: Jobs, resource: Mapping[str, Any], parcel: Parcel, unlike: Differences, back: WayBack, params, check_mode: bool
) -> dict[str, Any]:
    group, name, job = params["resource_group"], params["name"], jobs.job(resource)
    tags = {"tags": {**job.tags, **{tag: str(value) for tag, value in params["tags"].items()}}} if params["tags"] else {}
    more = {**unlike.patch, **tags}
    requests = jobs.ship(group, name, parcel, more)
    before = {
        **unlike.before,
        "deliveryPackage": job.inbound and job.inbound.tracking_number, "state": job.service_state, "tags": job.tags,
    }  # fmt: skip
    after = replace(jobs.job(jobs.changed(resource, more)), inbound=parcel, stage=BY_NAME["shipped"], service_state=jobs.shipping)
    if not check_mode:
        what, last = f"ship import job {name}", len(requests) - 1
        for number, request in enumerate(requests):
            done = _on_its_way(jobs, parcel) if number == last else _has(jobs, more, back)
            after = jobs.job(jobs.send(what, group, name, request, done))
        _refuse_another_parcel(after, parcel)
    return outcome(requests, before, bodies(requests), job=after.as_result(), changes=changes(requests, resource))


def _refuse_another_parcel(job: Job, parcel: Parcel) -> None:
    """What the service took is what was sent, or nobody may rely on it."""
    if job.inbound is None or job.inbound.key == parcel.key:
        return
    raise Failure(
        f"Import job {job.name} was told {parcel.carrier} {parcel.tracking_number} and answers with {job.inbound.carrier} "
        f"{job.inbound.tracking_number}. Look at the job in the portal; run again to enter the number anew.",
        field="tracking_number",
        seen=job.inbound.tracking_number,
        expected=parcel.tracking_number,
        cure="look at the job in the portal, then run again",
    )


def _on_its_way(jobs: Jobs, parcel: Parcel):
    """Whether a job travels in the parcel."""
    return lambda resource: bool(resource) and jobs.on_its_way(jobs.job(resource), parcel)


def _has(jobs: Jobs, more: Mapping[str, Any], back: WayBack):
    """Whether a job is as the request with the body `more` makes it."""

    def done(resource) -> bool:
        if not resource or jobs.job(resource).stage.name == "canceled":
            return False
        same = "tags" not in more or jobs.job(resource).tags == more["tags"]
        return same and not (back.asked and jobs.way_back(resource, back.address, back.shipping).patch)

    return done


def _refuse_if_used_elsewhere(parcel: Parcel, others: list[Job]) -> None:
    taken = next((job for job in others if job.inbound and job.inbound.key == parcel.key), None)
    if taken is None:
        return
    raise Failure(
        f"tracking_number {parcel.tracking_number} is already that of import job {taken.name} in resource group {taken.resource_group}. "
        "Every job travels in a parcel of its own: correct the number here or there.",
        field="tracking_number",
        seen=parcel.tracking_number,
        used_by=taken.id,
        cure="correct the number here or there",
    )


def _too_late(job: Job, parcel: Parcel) -> Failure:
    has = f"{job.inbound.carrier} {job.inbound.tracking_number}" if job.inbound else "no parcel"
    state = "being canceled" if job.cancel_requested else job.service_state
    return Failure(
        f"Import job {job.name} is {state} with {has}; {parcel.carrier} {parcel.tracking_number} cannot be set any more. "
        "A parcel can be set while the job is Creating and corrected while it is Shipping.",
        field="tracking_number",
        seen=has,
        cure="correct the parcel in your variables to what the job has",
    )


def _no_job(params) -> Failure:
    return Failure(
        f"There is no import job {params['name']} in resource group {params['resource_group']}. Make it first (module import_job); "
        "a job that is not shipped within 14 days is deleted by Azure.",
        field="name",
        seen=params["name"],
        cure="make the job first with import_job",
    )
