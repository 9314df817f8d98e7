# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read one import job, or all of a resource group or subscription, of one service or of both; compare its keys with escrow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from . import key_check, limits
from .backends import BACKEND_OPTION, SERVICES, holders, telling_the_other, usable
from .model import Drive, Job
from .service import Jobs

ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    "resource_group": {"type": "str"},
    "name": {"type": "str"},
    "check_keys": {"type": "bool", "default": False, "no_log": False},
    "escrow_dir": {"type": "path"},
    "escrow_password_file": {"type": "path", "no_log": False},
    **BACKEND_OPTION,
}
ARGUMENT_RULES = {
    "required_by": {"name": ("resource_group",)},
    "required_if": [("check_keys", True, ("name", "escrow_dir", "escrow_password_file"))],
}


def run(params, check_mode, azure=None):
    """`{jobs: [neutral job]}`: none or one when `name` is given; a job that is not terminal is read whole.

    With `backend: auto` the jobs of every service that answers, and `backend_reason` says which that are. With `check_keys` each drive
    has `key`, a word of key_check.VERDICTS; the keys themselves are read, compared and forgotten.
    """
    if params["resource_group"]:
        limits.check("resource_group", params["resource_group"])
    azure = azure or connect(params)
    if params["backend"] == "auto":
        services, reason = usable(azure)
        return {**_told(_of_all(services, params), params), "backend_reason": reason}
    with telling_the_other(params["backend"]):
        return _told(_of_one(SERVICES[params["backend"]](azure), params), params)


def _of_one(jobs: Jobs, params) -> list[tuple[Jobs, Job]]:
    if not params["name"]:
        return [(jobs, job) for job in jobs.all(params["resource_group"])]
    found = jobs.get(params["resource_group"], params["name"])
    return [] if found is None else [(jobs, found)]


def _of_all(services: list[Jobs], params) -> list[tuple[Jobs, Job]]:
    if params["name"]:
        return holders(services, params["resource_group"], params["name"])
    return [(jobs, job) for jobs in services for job in jobs.all(params["resource_group"])]


def _told(found: list[tuple[Jobs, Job]], params) -> dict[str, Any]:
    told = [_with_keys(jobs, job, params) if params["check_keys"] else job.as_result() for jobs, job in found]
    return {"changed": False, "jobs": told}


def _with_keys(jobs: Jobs, job: Job, params) -> dict[str, Any]:
    """The job with a word for the key of each drive; a drive that only the list of keys names is one of nothing else."""
    keys = jobs.recovery_passwords(params["resource_group"], params["name"])
    verdicts = key_check.judged(job, keys, params["escrow_dir"], params["escrow_password_file"])
    known = {one.serial for one in job.drives}
    whole = replace(job, drives=(*job.drives, *(Drive(serial, state="unknown") for serial in verdicts if serial not in known)))
    result = whole.as_result()
    return {**result, "drives": [{**one, "key": verdicts[one["serial"]]} for one in result["drives"]]}
