# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell Azure which parcel holds the drives; from then on two weeks are left for it to arrive."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..failure import Failure, refuse
from . import limits
from .import_export import job_from, ship_body
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
}


def run(params, check_mode, azure=None):
    """Set parcel and state Shipping in one request; unchanged when the job already says so. Returns `job`, `requests`, diff.

    Refuses a tracking number that another open job of the subscription has, and a job that is past shipping.
    """
    parcel = parcel_from(params)
    jobs = Jobs(azure or connect(params))
    job = jobs.get(params["resource_group"], params["name"])
    if job is None:
        raise _no_job(params)
    if job.inbound and job.inbound.fulfils(parcel) and job.stage.name not in ("creating", "canceled"):
        return nothing_to_do(job=job.as_result())
    if not job.stage.accepts_parcel or job.cancel_requested:
        raise _too_late(job, parcel)
    _refuse_if_used_elsewhere(parcel, jobs.open_beside(job))
    parcel = replace(parcel, drive_count=parcel.drive_count or len(job.drives) or None)
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
    request = jobs.change(params["resource_group"], params["name"], ship_body(parcel, tags))
    before = {"deliveryPackage": job.inbound and job.inbound.tracking_number, "state": job.service_state, "tags": job.tags}
    after = replace(job, inbound=parcel, stage=BY_NAME["shipped"], service_state="Shipping", tags=tags if tags is not None else job.tags)
    if not check_mode:
        resource = jobs.send(f"ship import job {job.name}", params["resource_group"], params["name"], request, _says(parcel))
        after = job_from(resource)
    return outcome([request], before, bodies([request]), job=after.as_result())


def _says(parcel: Parcel):
    def done(resource) -> bool:
        job = job_from(resource) if resource else None
        return job is not None and job.stage.name == "shipped" and job.inbound is not None and job.inbound.fulfils(parcel)

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
