# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read one import job, or all of a resource group or subscription, of one service or of both."""

from __future__ import annotations

from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from . import limits
from .backends import BACKEND_OPTION, SERVICES, holders, telling_the_other, usable
from .model import Job
from .service import Jobs

ARGUMENT_SPEC = {**AZURE_OPTIONS, "resource_group": {"type": "str"}, "name": {"type": "str"}, **BACKEND_OPTION}
ARGUMENT_RULES = {"required_by": {"name": ("resource_group",)}}


def run(params, check_mode, azure=None):
    """`{jobs: [neutral job]}`: none or one when `name` is given; a job that is not terminal is read whole.

    With `backend: auto` the jobs of every service that answers, and `backend_reason` says which that are.
    """
    if params["resource_group"]:
        limits.check("resource_group", params["resource_group"])
    azure = azure or connect(params)
    if params["backend"] == "auto":
        services, reason = usable(azure)
        return {**_told(_of_all(services, params)), "backend_reason": reason}
    with telling_the_other(params["backend"]):
        return _told(_of_one(SERVICES[params["backend"]](azure), params))


def _of_one(jobs: Jobs, params) -> list[Job]:
    if not params["name"]:
        return jobs.all(params["resource_group"])
    found = jobs.get(params["resource_group"], params["name"])
    return [] if found is None else [found]


def _of_all(services: list[Jobs], params) -> list[Job]:
    if params["name"]:
        return [job for _jobs, job in holders(services, params["resource_group"], params["name"])]
    return [job for jobs in services for job in jobs.all(params["resource_group"])]


def _told(found: list[Job]):
    return {"changed": False, "jobs": [job.as_result() for job in found]}
