# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between the neutral job and the JSON of Microsoft.ImportExport (2016-11-01), in both directions.

Where the wire is odd (recordings in azure-powershell src/ImportExport and azure-cli-extensions src/import-export): a region is sent as
"westus" and comes back as "West US"; bitLockerKey never comes back; a list omits driveList; what was left out comes back filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import times
from .differences import Differences, comparable, folded
from .locations import ADDRESS, Destination, ship_to, shipping_information, short
from .model import Drive, Job, Notifications, Order, Parcel, ReturnAddress, ReturnShipping, ShipTo, log_address
from .stages import drive_state, judged, stage_of

BACKEND = "import_export"
RETURN_ADDRESS = {**ADDRESS, "email": "email"}
RETURN_SHIPPING = {"carrier": "carrierName", "account_number": "carrierAccountNumber"}
PACKAGE = {"carrier": "carrierName", "tracking_number": "trackingNumber", "drive_count": "driveCount", "ship_date": "shipDate"}
# What the service fills in where a create request was silent.
DEFAULTS = {"logLevel": "Error", "backupDriveManifest": False, "diagnosticsPath": "waimportexport"}


def job_from(resource: Mapping[str, Any]) -> Job:
    """The neutral job in an ARM resource."""
    said = resource.get("properties") or {}
    drives = tuple(drive_from(one) for one in said.get("driveList") or ())
    return Job(
        id=resource.get("id") or "",
        name=resource.get("name") or "",
        backend=BACKEND,
        stage=judged(stage_of(said.get("state")), (drive.state for drive in drives)),
        service_state=said.get("state") or "",
        created_at=_moment((resource.get("systemData") or {}).get("createdAt")),
        location=short(resource.get("location")),
        storage_account_id=said.get("storageAccountId") or "",
        percent=said.get("percentComplete"),
        drives=drives,
        ship_to=ship_to(said["shippingInformation"]) if said.get("shippingInformation") else ShipTo(),
        return_address=_part(ReturnAddress, RETURN_ADDRESS, said.get("returnAddress")),
        return_shipping=_part(ReturnShipping, RETURN_SHIPPING, said.get("returnShipping")),
        inbound=parcel_from(said.get("deliveryPackage")),
        outbound=parcel_from(said.get("returnPackage")),
        cancel_requested=bool(said.get("cancelRequested")),
        tags=dict(resource.get("tags") or {}),
        notifications=Notifications((email,)) if (email := (said.get("returnAddress") or {}).get("email")) else None,
    )


def drive_from(said: Mapping[str, Any]) -> Drive:
    """One entry of driveList; the service's own word only where ours does not say the same."""
    word = said.get("state") or None
    state = drive_state(word)
    return Drive(
        serial=serial(said.get("driveId")),
        state=state,
        percent=said.get("percentComplete"),
        bytes_copied=said.get("bytesSucceeded"),
        manifest_file=said.get("manifestFile"),
        manifest_hash=(said.get("manifestHash") or "").upper() or None,
        error_log=log_address(said.get("errorLogUri")),
        verbose_log=log_address(said.get("verboseLogUri")),
        service_state=word if state == "unknown" else None,
    )


def parcel_from(said: Mapping[str, Any] | None) -> Parcel | None:
    """A deliveryPackage or returnPackage; None while it names no parcel."""
    if not said or not said.get("trackingNumber"):
        return None
    return Parcel(
        **{ours: said.get(theirs) or None for ours, theirs in PACKAGE.items() if ours not in ("carrier", "tracking_number")},
        carrier=said.get("carrierName") or "",
        tracking_number=said["trackingNumber"],
    )


def create_body(order: Order, goal: Destination, keys: Mapping[str, str]) -> dict[str, Any]:
    """The body of the PUT that makes the job; `keys` maps serial to recovery password."""
    return {
        "location": goal.region,
        "tags": dict(order.tags),
        "properties": {
            "jobType": "Import",
            "storageAccountId": order.storage_account_id,
            "returnAddress": _said(order.return_address, RETURN_ADDRESS),
            "returnShipping": _said(order.return_shipping, RETURN_SHIPPING),
            "shippingInformation": shipping_information(goal.ship_to),
            "diagnosticsPath": order.diagnostics_path,
            "logLevel": order.log_level,
            "backupDriveManifest": order.backup_drive_manifest,
            "driveList": [
                {
                    "driveId": drive.serial,
                    "bitLockerKey": keys[drive.serial],
                    "manifestFile": drive.manifest_file,
                    "manifestHash": drive.manifest_hash,
                }
                for drive in order.drives
            ],
        },
    }


def ship_body(parcel: Parcel, more: Mapping[str, Any]) -> dict[str, Any]:
    """The body of the PATCH that says which parcel holds the drives: package and state together, one alone changes nothing.

    `more` is the body of a PATCH for what changes with it.
    """
    package = {theirs: getattr(parcel, ours) for ours, theirs in PACKAGE.items() if getattr(parcel, ours) is not None}
    return {**more, "properties": {**more.get("properties", {}), "deliveryPackage": package, "state": "Shipping"}}


CANCEL_BODY = {"properties": {"cancelRequested": True}}


def differences(resource: Mapping[str, Any], order: Order, regions: tuple[str, ...]) -> Differences:
    """What lies between the job that is there and the order; `regions` are the short names that count as its location."""
    said = resource.get("properties") or {}
    fixed: dict[str, tuple[Any, Any]] = {}
    if short(resource.get("location")) not in regions:
        fixed["location"] = (short(resource.get("location")), order.location)
    if folded(said.get("storageAccountId")) != folded(order.storage_account_id):
        fixed["storage_account_id"] = (said.get("storageAccountId"), order.storage_account_id)
    if folded(said.get("diagnosticsPath") or DEFAULTS["diagnosticsPath"]) != folded(order.diagnostics_path):
        fixed["diagnostics_path"] = (said.get("diagnosticsPath"), order.diagnostics_path)
    there, wanted = _drives(drive_from(one) for one in said.get("driveList") or ()), _drives(order.drives)
    if there != wanted:
        fixed["drives"] = (there, wanted)
    changed, before = _changeable(said, order)
    patch: dict[str, Any] = {"properties": changed} if changed else {}
    tags = dict(resource.get("tags") or {})
    target = {**tags, **order.tags} if order.append_tags else order.tags
    if target != tags:
        patch["tags"] = target
    return Differences(fixed, patch, {**({"properties": before} if before else {}), **({"tags": tags} if "tags" in patch else {})})


def way_back(resource: Mapping[str, Any], address: ReturnAddress | None, shipping: ReturnShipping | None) -> Differences:
    """What lies between the job and this way back; a part that is None is not looked at, and one that the job has not is one to set."""
    said = resource.get("properties") or {}
    wanted = {}
    if address:
        wanted["returnAddress"] = _said(address, RETURN_ADDRESS)
    if shipping:
        wanted["returnShipping"] = _said(shipping, RETURN_SHIPPING)
    there = _with_account({name: said.get(name) or {} for name in wanted}, wanted)
    unlike = [name for name, value in wanted.items() if comparable(there[name]) != comparable(value)]
    patch = {"properties": {name: wanted[name] for name in unlike}} if unlike else {}
    return Differences(patch=patch, before={"properties": {name: said.get(name) for name in unlike}} if unlike else {})


def _changeable(said: Mapping[str, Any], order: Order) -> tuple[dict[str, Any], dict[str, Any]]:
    """Properties to patch, and what they are now. An object that the service does not return at all counts as equal."""
    wanted = {
        "returnAddress": _said(order.return_address, RETURN_ADDRESS),
        "returnShipping": _said(order.return_shipping, RETURN_SHIPPING),
        "logLevel": order.log_level,
        "backupDriveManifest": order.backup_drive_manifest,
    }
    there = {
        **{name: said.get(name) for name in wanted},
        **{name: said.get(name, DEFAULTS[name]) for name in ("logLevel", "backupDriveManifest")},
    }
    there = _with_account(there, wanted)
    unlike = [name for name, value in wanted.items() if there[name] is not None and comparable(there[name]) != comparable(value)]
    return {name: wanted[name] for name in unlike}, {name: said.get(name) for name in unlike}


def _with_account(there: dict[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`there` with the account number that is wanted where the service withholds it: then the carrier alone can be compared."""
    carrier = there.get("returnShipping")
    if not carrier or carrier.get("carrierAccountNumber"):
        return there
    return {**there, "returnShipping": {**carrier, "carrierAccountNumber": wanted["returnShipping"]["carrierAccountNumber"]}}


def serial(text: str | None) -> str:
    """A serial number without blanks."""
    return "".join(str(text or "").split())


def _drives(drives) -> list[str]:
    """Drives as text that can be compared and read: serial, manifest and its hash."""
    return sorted(f"{one.serial} {(one.manifest_file or '').casefold()} {(one.manifest_hash or '').upper()}" for one in drives)


def _said(part: Any, names: Mapping[str, str]) -> dict[str, str]:
    """An address or account in ARM's words; optional fields that are empty are left out."""
    return {theirs: getattr(part, ours) for ours, theirs in names.items() if getattr(part, ours)}


def _part(kind: type, names: Mapping[str, str], said: Mapping[str, Any] | None):
    return kind(**{ours: said.get(theirs) or "" for ours, theirs in names.items()}) if said else None


def _moment(text: str | None) -> str | None:
    return times.iso(times.parse(text, "createdAt")) if text else None
