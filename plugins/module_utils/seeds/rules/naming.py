# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about names and ids: what Azure, the agent and the drive tool all accept."""

from __future__ import annotations

import re

from ...drives import names
from ...failure import shown
from .. import state_dir
from .rule import BLOCK, OPERATOR, Rule, matches

STORAGE = "Azure REST API specification, Microsoft.Storage 2023-05-01"
BLOB = "Azure REST API specification, Microsoft.Storage 2023-05-01, blob containers"
JOBS = "strictest common part of Microsoft.ImportExport, Microsoft.DataBox and their portals"

ACCOUNT = re.compile(r"^[a-z0-9]{3,24}$")
CONTAINER = re.compile(r"^(?=.{3,63}$)[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9]))*$")
GROUP = re.compile(r"^(?=.{1,90}$)[-\w._()]*[-\w_()]$")
GUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
LOCATION = re.compile(r"^[A-Za-z][A-Za-z0-9 ]{2,40}$")


def _serials(facts):
    for drive in facts.ask("inputs.seed_drives") or []:
        serial = names.serial(drive.get("serial") or "")
        if serial and not re.fullmatch(r"[\x21-\x7e]{1,64}", serial):
            return f"serial {shown(serial)} in seed_drives has characters that no drive's serial has"
    return None


RULES = (
    Rule(
        "NM-01",
        BLOCK,
        OPERATOR,
        "3 to 24 lower-case letters and digits",
        "Set seed_storage_account to such a name before anything is made.",
        STORAGE,
        matches("seed_storage_account", ACCOUNT),
    ),
    Rule(
        "NM-02",
        BLOCK,
        OPERATOR,
        "3 to 63 lower-case letters, digits and single hyphens, a letter or digit first and last",
        "Set seed_container to such a name, and enter the same one in the agent's wizard: the datacenter renames a container with another"
        " name, and the agent then does not find its data.",
        BLOB,
        matches("seed_container", CONTAINER),
    ),
    Rule(
        "NM-06",
        BLOCK,
        OPERATOR,
        state_dir.SEED_NAME_RULE,
        "Set seed_job_name to such a name, and enter the same one in the agent's wizard.",
        JOBS,
        matches("seed_job_name", state_dir.SEED_NAME),
    ),
    Rule(
        "NM-13",
        BLOCK,
        OPERATOR,
        state_dir.SEED_NAME_RULE,
        "Set seed_name to such a name.",
        "offlineseed.azure, a seed's name is the default name of its job",
        matches("seed_name", state_dir.SEED_NAME),
    ),
    Rule(
        "NM-07",
        BLOCK,
        OPERATOR,
        "1 to 90 letters, digits, and -_.(), no dot last",
        "Set seed_resource_group to the name of the resource group.",
        STORAGE,
        matches("seed_resource_group", GROUP),
    ),
    Rule(
        "NM-08",
        BLOCK,
        OPERATOR,
        "a GUID such as 11111111-2222-3333-4444-555555555555",
        "Set seed_subscription_id to the id, not the name, of the subscription.",
        "Azure REST API specification, subscriptions",
        matches("seed_subscription_id", GUID),
    ),
    Rule(
        "NM-14",
        BLOCK,
        OPERATOR,
        "the name of an Azure region such as westeurope",
        "Set seed_location to the region of the storage account (az account list-locations).",
        "Azure REST API specification, subscriptions",
        matches("seed_location", LOCATION),
    ),
    Rule(
        "NM-10",
        BLOCK,
        OPERATOR,
        "the serial as Windows gives it, without blanks",
        "Paste the serial that win_disk_info or the step name_drives shows.",
        "Azure REST API specification, Microsoft.ImportExport driveId",
        _serials,
    ),
)
