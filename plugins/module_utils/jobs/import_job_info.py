# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read one import job, or all of a resource group or subscription."""

from __future__ import annotations

from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from . import limits
from .service import Jobs

ARGUMENT_SPEC = {**AZURE_OPTIONS, "resource_group": {"type": "str"}, "name": {"type": "str"}}
ARGUMENT_RULES = {"required_by": {"name": ("resource_group",)}}


def run(params, check_mode, azure=None):
    """`{jobs: [neutral job]}`: none or one when `name` is given; a job that is not terminal is read whole."""
    if params["resource_group"]:
        limits.check("resource_group", params["resource_group"])
    jobs = Jobs(azure or connect(params))
    if params["name"]:
        found = [jobs.get(params["resource_group"], params["name"])]
    else:
        found = jobs.all(params["resource_group"])
    return {"changed": False, "jobs": [job.as_result() for job in found if job is not None]}
