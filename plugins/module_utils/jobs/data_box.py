# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between the neutral job and the JSON of Microsoft.DataBox (2022-12-01, DataBoxCustomerDisk), in both directions.

Where the wire is odd (azure-rest-api-specs databox.json; recordings in azure-cli-extensions src/databox): bitLockerKey and
carrierAccountNumber never come back, although the first is described as required; a list has no details, and a GET may have none either;
neither the number of drives in a parcel nor its day is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .. import times
from ..failure import Failure
from . import notifications
from .customer_action import customer_action
from .data_box_drives import drives_from, percent_of, serial
from .data_box_parts import several, text, within
from .differences import Differences, comparable, folded
from .locations import Destination, data_box_ship_to, short
from .model import Job, Notifications, Order, Parcel, ReturnAddress, ReturnShipping, ShipTo
from .stages import BY_NAME, Stage, judged, stage_of

BACKEND = "data_box"
SKU = "DataBoxCustomerDisk"
RETURN_CARRIER = "returnToCustomerPackageDetails"
CONTACT = {"recipient_name": "contactName", "phone": "phone"}
STREET = {
    "street_address1": "streetAddress1",
    "street_address2": "streetAddress2",
    "city": "city",
    "state_or_province": "stateOrProvince",
    "postal_code": "postalCode",
    "country_or_region": "country",
}


def of_own_drives(resource: Mapping[str, Any]) -> bool:
    """Whether the job is one for the customer's own drives; the service has jobs for devices that Microsoft lends out as well."""
    name = text(within(resource, "sku").get("name")) or text(within(resource, "properties", "details").get("jobDetailsType"))
    return not name or name.casefold() == SKU.casefold()


def job_from(resource: Mapping[str, Any]) -> Job:
    """The neutral job in an ARM resource; parts that the service did not tell are None or empty."""
    said, details = within(resource, "properties"), within(resource, "properties", "details")
    stage = stage_of(text(said.get("status")), BACKEND)
    drives = drives_from(details, stage)
    stage = judged(stage, (drive.state for drive in drives))
    awaited = None if stage.terminal else customer_action(said, details)
    return Job(
        id=text(resource.get("id")),
        name=text(resource.get("name")),
        backend=BACKEND,
        stage=_as_told(replace(stage, actor="person") if awaited else stage, said),
        service_state=text(said.get("status")),
        created_at=_moment(within(resource, "systemData").get("createdAt") or said.get("startTime")),
        location=short(text(resource.get("location"))),
        storage_account_id=_account(details),
        percent=percent_of(details),
        drives=drives,
        ship_to=data_box_ship_to(within(details, "datacenterAddress")) if within(details, "datacenterAddress") else ShipTo(),
        return_address=_return_address(details),
        return_shipping=_return_shipping(within(details, "returnToCustomerPackageDetails")),
        inbound=_parcel(within(details, "deliverToDcPackageDetails")) or _parcel(within(details, "deliveryPackage")),
        outbound=_parcel(within(details, "returnPackage")) or _parcel(within(details, "returnToCustomerPackageDetails")),
        cancel_requested=stage.name != "canceled" and _canceling(said, details),
        tags=dict(within(resource, "tags")),
        notifications=notifications.told(within(details, "contactDetails")),
        customer_action=awaited,
    )


def create_body(order: Order, goal: Destination, keys: Mapping[str, str]) -> dict[str, Any]:
    """The body of the PUT that makes the job; `keys` maps serial to recovery password."""
    return {
        "location": goal.region,
        "tags": dict(order.tags),
        "sku": {"name": SKU},
        "properties": {
            "transferType": "ImportToAzure",
            "details": {
                "jobDetailsType": SKU,
                **_new(order),
                "dataImportDetails": [
                    {
                        "accountDetails": {"dataAccountType": "StorageAccount", "storageAccountId": order.storage_account_id},
                        "logCollectionLevel": order.log_level,
                    }
                ],
                "importDiskDetailsCollection": {
                    drive.serial: {
                        "manifestFile": drive.manifest_file,
                        "manifestHash": drive.manifest_hash,
                        "bitLockerKey": keys[drive.serial],
                    }
                    for drive in order.drives
                },
                "enableManifestBackup": order.backup_drive_manifest,
                "keyEncryptionKey": {"kekType": "MicrosoftManaged"},
            },
        },
    }


def ship_body(parcel: Parcel) -> dict[str, Any]:
    """The body of markDevicesShipped."""
    return {"deliverToDcPackageDetails": {"carrierName": parcel.carrier, "trackingId": parcel.tracking_number}}


def kept(parcel: Parcel) -> Parcel:
    """The part of a parcel that the service keeps: carrier and number."""
    return replace(parcel, drive_count=None, ship_date=None)


def differences(resource: Mapping[str, Any], order: Order, regions: tuple[str, ...]) -> Differences:
    """What lies between the job that is there and the order; a part of the job that the service did not tell counts as equal."""
    details = within(resource, "properties", "details")
    fixed: dict[str, tuple[Any, Any]] = {}
    if short(text(resource.get("location"))) not in regions:
        fixed["location"] = (short(text(resource.get("location"))), order.location)
    if _account(details) and folded(_account(details)) != folded(order.storage_account_id):
        fixed["storage_account_id"] = (_account(details), order.storage_account_id)
    there, wanted = _named(drives_from(details, BY_NAME["creating"])), _named(order.drives)
    if there and there != wanted:
        fixed["drives"] = (there, wanted)
    changed, before = _changeable(details, _wanted(order.return_address, order.return_shipping), order.notifications)
    patch = _in_details(changed)
    tags = dict(within(resource, "tags"))
    target = {**tags, **order.tags} if order.append_tags else order.tags
    if target != tags:
        patch["tags"] = target
    was = {**_in_details(before), **({"tags": tags} if "tags" in patch else {})}
    return Differences(fixed, patch, was)


def way_back(resource: Mapping[str, Any], address: ReturnAddress | None, shipping: ReturnShipping | None) -> Differences:
    """What lies between the job and this way back; a part that is None is not looked at, and one that the job has not is one to set."""
    details = within(resource, "properties", "details")
    wanted = _wanted(address, shipping)
    changed, before = _changeable({**{name: {} for name in wanted}, **_known(details)}, wanted, Notifications())
    return Differences(patch=_in_details(changed), before=_in_details(before))


def unlike_for_good(resource: Mapping[str, Any], order: Order) -> dict[str, tuple[Any, Any]]:
    """Settings that are other than ordered and that the service cannot change any more: option -> (there, wanted)."""
    details = within(resource, "properties", "details")
    if not details:
        return {}
    pairs = {
        "log_level": (_import_details(details).get("logCollectionLevel") or "Error", order.log_level),
        "backup_drive_manifest": (bool(details.get("enableManifestBackup")), order.backup_drive_manifest),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def refuse_other_kinds(resource: Mapping[str, Any] | None, name: str) -> None:
    """Fail where the name belongs to a job for a device that Microsoft lends out."""
    if resource is None or of_own_drives(resource):
        return
    sku = text(within(resource, "sku").get("name"))
    raise Failure(
        f"Microsoft.DataBox has a job {name}, but it is one for {sku}, not for drives of your own. Choose another name.",
        field="name",
        seen=sku,
        cure="choose another name",
    )


def _wanted(address: ReturnAddress | None, shipping: ReturnShipping | None) -> dict[str, Any]:
    """The objects that can be changed later as well."""
    contact = {"contactDetails": {**_said(address, CONTACT), "emailList": [address.email]}} if address else {}
    street = {"shippingAddress": _said(address, STREET)} if address else {}
    carrier = {"carrierName": shipping.carrier, "carrierAccountNumber": shipping.account_number} if shipping else {}
    return {**contact, **street, **({RETURN_CARRIER: carrier} if carrier else {})}


def _new(order: Order) -> dict[str, Any]:
    """The same for a job that is made."""
    wanted, told = _wanted(order.return_address, order.return_shipping), order.notifications
    contact = {**wanted["contactDetails"], "emailList": notifications.emails([], told, order.return_address.email)}
    if told.stages is not None:
        contact["notificationPreference"] = notifications.asked(told.stages)
    return {**wanted, "contactDetails": contact}


def _contact(wanted: Mapping[str, Any], there: Mapping[str, Any], told: Notifications) -> dict[str, Any]:
    """contactDetails as wanted, with the addresses and preferences that are there where those are right."""
    [own] = wanted["emailList"]
    mails = [one for one in map(text, notifications.listed(there)) if one]
    preferences = notifications.preferences(several(there, "notificationPreference"), told)
    stages = {"notificationPreference": preferences} if told.stages is not None and preferences else {}
    return {**wanted, "emailList": notifications.emails(mails, told, own), **stages}


def _changeable(details: Mapping[str, Any], objects: Mapping[str, Any], told: Notifications) -> tuple[dict[str, Any], dict[str, Any]]:
    """Objects to patch, whole and with what stands in them beside ours, and what they are now."""
    changed, before = {}, {}
    for name, wanted in objects.items():
        there = within(details, name)
        wanted = _contact(wanted, there, told) if name == "contactDetails" else wanted
        fields = {**dict.fromkeys(STREET.values() if name == "shippingAddress" else (), ""), **wanted}
        # The account number is withheld; then the carrier alone can be compared.
        known = {key: there.get(key, fields[key] if key == "carrierAccountNumber" else "") for key in fields}
        # An empty object is an answer: the agent's tool makes its job without a carrier for the way back.
        if isinstance(details.get(name), Mapping) and comparable(known) != comparable(fields):
            whole = {**there, **fields}
            changed[name], before[name] = {key: one for key, one in whole.items() if one != ""}, dict(there)
    return changed, before


def _as_told(stage: Stage, said: Mapping[str, Any]) -> Stage:
    """The stage with what the service itself says of canceling and deleting."""
    said_of_itself = {ours: said.get(theirs) for ours, theirs in (("cancellable", "isCancellable"), ("deletable", "isDeletable"))}
    return replace(stage, **{name: value for name, value in said_of_itself.items() if isinstance(value, bool)})


def _canceling(said: Mapping[str, Any], details: Mapping[str, Any]) -> bool:
    return bool(said.get("cancellationReason")) or any(one.get("stageStatus") == "Cancelling" for one in several(details, "jobStages"))


def _known(details: Mapping[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in details.items() if isinstance(part, Mapping)}


def _in_details(objects: Mapping[str, Any]) -> dict[str, Any]:
    return {"properties": {"details": dict(objects)}} if objects else {}


def _import_details(details: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(several(details, "dataImportDetails")), {})


def _account(details: Mapping[str, Any]) -> str:
    return text(within(_import_details(details), "accountDetails").get("storageAccountId"))


def _return_address(details: Mapping[str, Any]) -> ReturnAddress | None:
    contact, street = within(details, "contactDetails"), within(details, "shippingAddress")
    if not contact and not street:
        return None
    emails = contact.get("emailList")
    fields = {ours: text(contact.get(theirs)) for ours, theirs in CONTACT.items()}
    fields.update({ours: text(street.get(theirs)) for ours, theirs in STREET.items()})
    return ReturnAddress(**fields, email=", ".join(text(one) for one in emails) if isinstance(emails, list) else "")


def _return_shipping(said: Mapping[str, Any]) -> ReturnShipping | None:
    return ReturnShipping(text(said.get("carrierName")), text(said.get("carrierAccountNumber"))) if said.get("carrierName") else None


def _parcel(said: Mapping[str, Any]) -> Parcel | None:
    return Parcel(text(said.get("carrierName")), text(said.get("trackingId"))) if text(said.get("trackingId")) else None


def _named(drives) -> list[str]:
    """Drives as text that can be compared and read: serial, manifest and its hash."""
    return sorted(f"{serial(one.serial)} {(one.manifest_file or '').casefold()} {(one.manifest_hash or '').upper()}" for one in drives)


def _said(part: Any, names: Mapping[str, str]) -> dict[str, str]:
    return {theirs: getattr(part, ours) for ours, theirs in names.items() if getattr(part, ours)}


def _moment(moment: Any) -> str | None:
    return times.iso(times.parse(moment, "createdAt")) if text(moment) else None
