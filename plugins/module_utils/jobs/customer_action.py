# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether Microsoft.DataBox waits for a decision of the customer in a job, and what can be decided.

Source: azure-rest-api-specs databox.json (StageStatus, actions, CustomerResolutionCode) and its example JobsGetWaitingForAction.json.
The decision itself is a person's: one of the choices gives up what is on the drive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .data_box_drives import serial
from .data_box_parts import several, text, within
from .model import CustomerAction
from .stages import DECIDED, RESOLUTIONS, WAITS

NO_CHOICE = "None"


def customer_action(said: Mapping[str, Any], details: Mapping[str, Any]) -> CustomerAction | None:
    """What the service waits for; None where it does not wait."""
    statuses = [text(one.get("stageStatus")) for one in several(details, "jobStages")]
    waits = next((WAITS[status] for status in statuses if status in WAITS), None)
    told = {serial(one.get("serialNumber")): _choices(one) for one in several(details, "copyProgress")}
    of_drives = {name: choices for name, choices in told.items() if name and choices}
    choices = tuple(dict.fromkeys([*_choices(details), *(choice for some in of_drives.values() for choice in some)]))
    if waits is None and (not choices or any(status in DECIDED for status in statuses)):
        return None
    error = within(said, "error")
    reason = ": ".join(part for part in (text(error.get("code")), text(error.get("message"))) if part)
    drives = tuple(of_drives)
    return CustomerAction(_sentence(waits or "the service offers a choice", choices, drives), reason or None, choices, drives)


def _choices(said: Mapping[str, Any]) -> list[str]:
    found = said.get("actions")
    return [word for word in map(text, found) if word and word != NO_CHOICE] if isinstance(found, list) else []


def _sentence(waits: str, choices: tuple[str, ...], drives: tuple[str, ...]) -> str:
    about = f" of drive {', '.join(drives)}" if drives else ""
    meant = [f"{choice} ({RESOLUTIONS[choice]})" if choice in RESOLUTIONS else choice for choice in choices]
    choose = f" Choose {' or '.join(meant)}{about} on the job's page in the Azure portal." if choices else ""
    return f"Azure waits for you: {waits}.{choose or ' Open the job in the Azure portal; its page says what to do.'}"
