# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell Azure which parcel holds the drives; from then on two weeks are left for it to arrive."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..arm.write import Write
from ..failure import Failure, refuse
from . import limits
from .backends import BACKEND_OPTION, Choice, beside, chosen_for, telling_the_other
from .model import Job, Parcel
from .outcome import bodies, nothing_to_do, outcome
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
    **BACKEND_OPTION,
}


def run(params, check_mode, azure=None):
    """Set parcel and state Shipping; unchanged when the job already says so. Returns `job`, `requests`, diff.

    Refuses a tracking number that another open job of the subscription has, and a job that is past shipping.
    """
    parcel = parcel_from(params)
    azure = azure or connect(params)
    choice = chosen_for(azure, params)
    with telling_the_other(choice.jobs.backend):
        return {**_shipped(azure, choice, choice.jobs.kept(parcel), params, check_mode), **choice.as_result()}


def _shipped(azure, choice: Choice, parcel: Parcel, params, check_mode: bool) -> dict[str, Any]:
    jobs = choice.jobs
    job = jobs.get(params["resource_group"], params["name"])
    if job is None:
        raise _no_job(params)
    if jobs.knows(job, parcel):
        return nothing_to_do(job=job.as_result())
    if not job.stage.accepts_parcel or job.cancel_requested:
        raise _too_late(job, parcel)
    _refuse_if_used_elsewhere(parcel, jobs.open_beside(job))
    # With the default nothing is asked of a service that the subscription may never have heard of.
    if params["backend"] != "import_export":
        _refuse_if_used_elsewhere(parcel, beside(azure, jobs, job))
    parcel = jobs.kept(replace(parcel, drive_count=parcel.drive_count or len(job.drives) or None))
    return _ship(jobs, job, parcel, params, check_mode)


def parcel_from(params) -> Parcel:
    """The parcel in the options; carrier and number must be there."""
    limits.check("name of the import job", params["name"], "name")
    limits.check("resource_group", params["resource_group"])
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


def _ship(jobs: Jobs, job: Job, parcel: Parcel, params, check_mode: bool) -> dict[str, Any]:
    tags = {**job.tags, **{name: str(value) for name, value in params["tags"].items()}} if params["tags"] else None
    requests = jobs.ship(params["resource_group"], params["name"], parcel, tags)
    before = {"deliveryPackage": job.inbound and job.inbound.tracking_number, "state": job.service_state, "tags": job.tags}
    after = replace(job, inbound=parcel, stage=BY_NAME["shipped"], service_state=jobs.shipping, tags=tags if tags is not None else job.tags)
    if not check_mode:
        group, name = params["resource_group"], params["name"]
        for request in requests:
            resource = jobs.send(f"ship import job {name}", group, name, request, _says(jobs, request, parcel))
        after = jobs.job(resource)
    return outcome(requests, before, bodies(requests), job=after.as_result())


def _says(jobs: Jobs, request: Write, parcel: Parcel):
    """Whether the job is as `request` makes it: on its way in the parcel, or tagged where the request is one for tags alone."""
    tags = (request.body or {}).get("tags")

    def done(resource) -> bool:
        job = jobs.job(resource) if resource else None
        if job is None or job.stage.name == "canceled":
            return False
        return job.tags == tags if set(request.body or {}) == {"tags"} else jobs.on_its_way(job, parcel)

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
