# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs, orders and locations as the service shows them."""

from __future__ import annotations

from typing import Any

from unit.scripted import GROUP, SUBSCRIPTION

VERSION = "2016-11-01"
JOBS = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ImportExport/jobs"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/seedlanding"
HASH = "109B21108597EF36D5785F08303F3638"
KEYS = {"WD-1": "111111-222222-333333-444444-555555-666666-CANARY-WD1", "WD-2": "111111-222222-333333-444444-555555-666666-CANARY-WD2"}


def job_path(name: str = "srv1", group: str = GROUP) -> str:
    return f"{group}/providers/Microsoft.ImportExport/jobs/{name}"


def location_path(name: str) -> str:
    return f"/providers/Microsoft.ImportExport/locations/{name}"


def location(name: str = "westeurope", *alternates: str, **address: Any) -> dict[str, Any]:
    """A location record; its alternates are itself unless others are named."""
    properties = {
        "recipientName": "Microsoft Azure Import/Export Service", "streetAddress1": "Agriport 570", "streetAddress2": "",
        "city": "Middenmeer", "stateOrProvince": "NL-NH", "postalCode": "1775TB", "countryOrRegion": "Netherlands (NL)", "phone": "",
        "supportedCarriers": ["DHL", "FedEx"], "alternateLocations": [location_path(one) for one in alternates or (name,)],
    }  # fmt: skip
    return {"id": location_path(name), "name": name, "type": "Microsoft.ImportExport/locations", "properties": {**properties, **address}}


def drive(serial: str, **more: Any) -> dict[str, Any]:
    """An entry of driveList as it comes back: without its key."""
    return {"driveId": serial, "manifestFile": "\\DriveManifest.xml", "manifestHash": HASH, "state": "Specified", **more}


RETURN_ADDRESS = {
    "recipientName": "IT", "streetAddress1": "Gracht 1", "city": "Amsterdam", "postalCode": "1015 CJ", "countryOrRegion": "Netherlands",
    "phone": "+31 20 1", "email": "it@example.com",
}  # fmt: skip
SHIPPING_INFORMATION = {
    name: value for name, value in location()["properties"].items() if name not in ("supportedCarriers", "alternateLocations")
}


def job(
    name: str = "srv1", *, tags: dict[str, str] | None = None, group: str = GROUP, drives: tuple[str, ...] = ("WD-1",), **properties: Any
) -> dict[str, Any]:
    """A job as GET shows it: the region by its display name, defaults filled in, no keys."""
    return {
        "id": job_path(name, group),
        "name": name,
        "type": "Microsoft.ImportExport/jobs",
        "location": "West Europe",
        "tags": {"seed": "srv1"} if tags is None else tags,
        "systemData": {"createdAt": "2026-01-02T03:04:05.1234567Z"},
        "properties": {
            "storageAccountId": ACCOUNT,
            "jobType": "Import",
            "returnAddress": RETURN_ADDRESS,
            "returnShipping": {"carrierName": "FedEx", "carrierAccountNumber": "123"},
            "shippingInformation": {**SHIPPING_INFORMATION, "additionalInformation": ""},
            "diagnosticsPath": "waimportexport",
            "logLevel": "Verbose",
            "backupDriveManifest": True,
            "cancelRequested": False,
            "state": "Creating",
            "driveList": [drive(serial) for serial in drives],
            "provisioningState": "Succeeded",
            **properties,
        },
    }


def listed(resource: dict[str, Any]) -> dict[str, Any]:
    """A job as a list shows it: without driveList and deliveryPackage."""
    left_out = ("driveList", "deliveryPackage")
    return {**resource, "properties": {name: value for name, value in resource["properties"].items() if name not in left_out}}


def order(**more: Any) -> dict[str, Any]:
    """The options of import_job that describe job()."""
    return {
        "resource_group": "rg-seed",
        "name": "srv1",
        "location": "westeurope",
        "storage_account_id": ACCOUNT,
        "drives": [{"serial": "WD-1", "manifest_hash": HASH}],
        "return_address": {
            "recipient_name": "IT", "street_address1": "Gracht 1", "city": "Amsterdam", "postal_code": "1015 CJ",
            "country_or_region": "Netherlands", "phone": "+31 20 1", "email": "it@example.com",
        },
        "return_shipping": {"carrier": "FedEx", "account_number": "123"},
        "tags": {"seed": "srv1"},
        "escrow_dir": "escrow",
        **more,
    }  # fmt: skip


def body(*serials: str, masked: bool = False, **more: Any) -> dict[str, Any]:
    """The body of the PUT for order()."""
    return {
        "location": "westeurope",
        "tags": {"seed": "srv1"},
        "properties": {
            "jobType": "Import",
            "storageAccountId": ACCOUNT,
            "returnAddress": RETURN_ADDRESS,
            "returnShipping": {"carrierName": "FedEx", "carrierAccountNumber": "123"},
            "shippingInformation": SHIPPING_INFORMATION,
            "diagnosticsPath": "waimportexport",
            "logLevel": "Verbose",
            "backupDriveManifest": True,
            "driveList": [
                {
                    "driveId": serial,
                    "bitLockerKey": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" if masked else KEYS[serial],
                    "manifestFile": "\\DriveManifest.xml",
                    "manifestHash": HASH,
                }
                for serial in serials or ("WD-1",)
            ],
            **more,
        },
    }
