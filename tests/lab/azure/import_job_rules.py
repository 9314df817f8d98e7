# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Import/Export service takes: rules of bodies and states. The API names no error codes; those here are assumed."""

from __future__ import annotations

import re
from typing import Any

from . import regions
from .messages import ArmError

NAME = re.compile(r"[a-z][a-z0-9-]{1,22}[a-z0-9]")
SERIAL = re.compile(r"\S+")
RECOVERY_PASSWORD = re.compile(r"(\d{6}-){7}\d{6}")
HASH = re.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{64}")
ACCOUNT = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.(Classic)?Storage/storageAccounts/[a-z0-9]{3,24}", re.IGNORECASE
)
MOST_DRIVES = 10
REQUIRED = {
    "returnAddress": ("recipientName", "streetAddress1", "city", "postalCode", "countryOrRegion", "phone", "email"),
    "returnShipping": ("carrierName", "carrierAccountNumber"),
    "deliveryPackage": ("carrierName", "trackingNumber"),
}
PATCHABLE = ("returnAddress", "returnShipping", "deliveryPackage", "logLevel", "backupDriveManifest", "driveList")
LOG_LEVELS = ("Error", "Verbose")
DELETABLE = ("Creating", "Completed", "Canceled")
ENDED = ("Completed", "Closed", "Canceled")


def _bad(target: str, text: str) -> ArmError:
    return ArmError(400, "InvalidArgument", text, target=target)


def check_new(name: str, body: dict[str, Any]) -> None:
    """Raise the service's 400 for a body that makes no import job."""
    properties = body.get("properties") or {}
    if not NAME.fullmatch(name):
        raise _bad("jobName", f"The job name '{name}' is invalid: 3 to 24 lowercase letters, numbers and hyphens, beginning with a letter.")
    if not body.get("location"):
        raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
    if not regions.known(body["location"]):
        raise ArmError(
            400,
            "LocationNotAvailableForResourceType",
            f"The provided location '{body['location']}' is not available for 'Microsoft.ImportExport/jobs'.",
        )
    if properties.get("jobType") != "Import":
        raise _bad("jobType", f"The job type '{properties.get('jobType')}' is not supported; this lab takes Import.")
    if not ACCOUNT.fullmatch(properties.get("storageAccountId") or ""):
        raise _bad("storageAccountId", f"The storage account id '{properties.get('storageAccountId')}' is invalid.")
    if not properties.get("returnAddress") or not properties.get("returnShipping"):
        raise _bad("returnAddress", "An import job needs returnAddress and returnShipping.")
    _check_parts(properties)
    check_drives(properties.get("driveList"))


def _check_parts(properties: dict[str, Any]) -> None:
    for part, wanted in REQUIRED.items():
        given = properties.get(part)
        if given is None:
            continue
        missing = [field for field in wanted if not str(given.get(field) or "").strip()]
        if missing:
            raise _bad(f"{part}.{missing[0]}", f"The property {part} lacks: {', '.join(missing)}.")
    if properties.get("logLevel") not in (None, *LOG_LEVELS):
        raise _bad("logLevel", f"The log level '{properties['logLevel']}' is not one of {', '.join(LOG_LEVELS)}.")


def check_drives(drives: Any) -> None:
    """Raise the service's 400 for a list of drives that it cannot take."""
    if not isinstance(drives, list) or not 1 <= len(drives) <= MOST_DRIVES:
        count = len(drives) if isinstance(drives, list) else 0
        raise _bad("driveList", f"An import job needs 1 to {MOST_DRIVES} drives, not {count}.")
    for drive in drives:
        _check_drive(drive)
    serials = [drive["driveId"] for drive in drives]
    if len(set(serials)) < len(serials):
        raise _bad("driveList", "A drive stands twice in driveList.")


def _check_drive(drive: dict[str, Any]) -> None:
    serial = drive.get("driveId") or ""
    if not SERIAL.fullmatch(serial):
        raise _bad("driveList.driveId", f"The drive id '{serial}' is invalid: the serial number without spaces.")
    if not is_recovery_password(drive.get("bitLockerKey") or ""):
        raise _bad("driveList.bitLockerKey", f"The BitLocker key of drive {serial} is not a recovery password.")
    if not (drive.get("manifestFile") or "").startswith("\\"):
        raise _bad("driveList.manifestFile", f"The manifest file of drive {serial} is no path from the root of the drive.")
    if not HASH.fullmatch(drive.get("manifestHash") or ""):
        raise _bad("driveList.manifestHash", f"The manifest hash of drive {serial} is not a Base16 hash.")


def is_recovery_password(text: str) -> bool:
    """Eight groups of six digits, each divisible by 11 and below 720896 (2^16 * 11), as Win32_EncryptableVolume documents."""
    return bool(RECOVERY_PASSWORD.fullmatch(text)) and all(int(group) % 11 == 0 and int(group) < 720896 for group in text.split("-"))


def wanted_change(job: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """What a PATCH changes: {tags?, …properties}; raises the service's 400 or 409 for what it may not."""
    asked = body.get("properties") or {}
    wanted: dict[str, Any] = {name: asked[name] for name in PATCHABLE if asked.get(name) is not None}
    _check_parts(wanted)
    if "driveList" in wanted:
        _check_changed_drives(job, wanted["driveList"])
    if body.get("tags") is not None:
        wanted["tags"] = body["tags"]
    if "cancelRequested" in asked and asked["cancelRequested"] is not None:
        if asked["cancelRequested"] is not True:
            raise _bad("cancelRequested", "If specified, the value of cancelRequested must be true.")
        wanted["cancelRequested"] = True
    if asked.get("state"):
        wanted.update(_shipping(job, asked["state"], wanted))
    return wanted


def _check_changed_drives(job: dict[str, Any], drives: list[dict[str, Any]]) -> None:
    if job["properties"]["state"] != "Creating":
        raise ArmError(
            409,
            "Conflict",
            f"The drives of job '{job['name']}' cannot be changed in the state {job['properties']['state']}.",
            target="driveList",
        )
    known = {drive["driveId"]: drive for drive in job["properties"]["driveList"]}
    for drive in drives:
        known[drive.get("driveId") or ""] = {**known.get(drive.get("driveId") or "", {}), **drive}
    check_drives(list(known.values()))


def _shipping(job: dict[str, Any], state: str, wanted: dict[str, Any]) -> dict[str, Any]:
    if state != "Shipping":
        raise _bad("state", f"If specified, the state must be Shipping, not '{state}'.")
    after = {**job["properties"], **wanted}
    if not after.get("returnAddress") or not after.get("deliveryPackage"):
        raise _bad(
            "deliveryPackage",
            "The ReturnAddress and DeliveryPackage properties must have been set either in this request or in a previous request.",
        )
    seen = job["properties"]["state"]
    if seen == "Shipping":
        return {}
    if seen != "Creating":
        raise ArmError(
            409, "Conflict", f"The job '{job['name']}' cannot be set to Shipping because it is in the state {seen}.", target="state"
        )
    return {"state": "Shipping"}


def page_size(top: str | None, most: int) -> int:
    """`$top` as a number of at most 100."""
    if top is None:
        return most
    if not top.isdigit() or not 1 <= int(top) <= most:
        raise _bad("$top", f"The value '{top}' of $top is not a number from 1 to {most}.")
    return int(top)
