# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about names and ids: what Azure, the agent and the drive tools all accept."""

from __future__ import annotations

import re

from ...drives import names
from ...failure import shown
from .. import state_dir
from .checks import matches
from .rule import BLOCK, INFORM, OPERATOR, Rule

GUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
LOCATION = re.compile(r"^[A-Za-z][A-Za-z0-9 ]{2,40}$")


def _serials(facts):
    for drive in facts.ask("inputs.seed_drives") or []:
        serial = names.serial(drive.get("serial") or "")
        if serial and not names.DRIVE_ID.fullmatch(serial):
            return f"serial {shown(serial)} in seed_drives has characters that no drive's serial has"
    return None


def _job(rule_id, service):
    """A rule about the job's name that tells which service would refuse it; the name of the strictest common part is what blocks."""
    return Rule(
        rule_id,
        INFORM,
        OPERATOR,
        f"the job's name is one that {service.who} takes: {service.says}",
        "See NM-06: a name of the part that all of them take.",
        service.sources,
        matches("seed_job_name", service.pattern),
        asks=("inputs.seed_job_name",),
    )


RULES = (
    Rule(
        "NM-01",
        BLOCK,
        OPERATOR,
        "3 to 24 lower-case letters and digits",
        "Set seed_storage_account to such a name before anything is made.",
        ("ST",),
        matches("seed_storage_account", names.ACCOUNT),
        asks=("inputs.seed_storage_account",),
        firm=True,
    ),
    Rule(
        "NM-02",
        BLOCK,
        OPERATOR,
        "3 to 63 lower-case letters, digits and single hyphens, a letter or digit first and last",
        "Set seed_container to such a name, and enter the same one in the agent's wizard: the datacenter renames a container with another"
        " name, and the agent then does not find its data.",
        ("ST",),
        matches("seed_container", names.CONTAINER),
        asks=("inputs.seed_container",),
        firm=True,
    ),
    *(_job(rule_id, service) for rule_id, service in zip(("NM-03", "NM-04", "NM-05"), names.JOB_SERVICES, strict=True)),
    Rule(
        "NM-06",
        BLOCK,
        OPERATOR,
        state_dir.SEED_NAME_RULE,
        "Set seed_job_name to such a name, and enter the same one in the agent's wizard.",
        ("INFERRED", "DB", "S32", "S12"),
        matches("seed_job_name", names.JOB),
        asks=("inputs.seed_job_name",),
        firm=True,
    ),
    Rule(
        "NM-07",
        BLOCK,
        OPERATOR,
        "1 to 90 letters, digits, and -_.(), no dot last",
        "Set seed_resource_group to the name of the resource group.",
        ("ST",),
        matches("seed_resource_group", names.RESOURCE_GROUP),
        asks=("inputs.seed_resource_group",),
        firm=True,
    ),
    Rule(
        "NM-08",
        BLOCK,
        OPERATOR,
        "a GUID such as 11111111-2222-3333-4444-555555555555",
        "Set seed_subscription_id to the id, not the name, of the subscription.",
        ("S2", "SUB"),
        matches("seed_subscription_id", GUID),
        asks=("inputs.seed_subscription_id",),
        firm=True,
    ),
    Rule(
        "NM-10",
        BLOCK,
        OPERATOR,
        "the serial as Windows gives it, without blanks",
        "Paste the serial that win_disk_info or the step name_drives shows.",
        ("IE",),
        _serials,
        asks=("inputs.seed_drives",),
        firm=True,
    ),
    Rule(
        "NM-13",
        BLOCK,
        OPERATOR,
        state_dir.SEED_NAME_RULE,
        "Set seed_name to such a name.",
        ("OURS",),
        matches("seed_name", state_dir.SEED_NAME),
        asks=("inputs.seed_name",),
        firm=True,
    ),
    Rule(
        "NM-14",
        BLOCK,
        OPERATOR,
        "the name of an Azure region such as westeurope",
        "Set seed_location to the region of the storage account (az account list-locations).",
        ("SUB",),
        matches("seed_location", LOCATION),
        asks=("inputs.seed_location",),
        firm=True,
    ),
)
