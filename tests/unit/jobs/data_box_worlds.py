# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs, addresses and providers as Microsoft.DataBox shows them, for the order of worlds.py.

Forms: azure-rest-api-specs databox.json 2022-12-01; recordings in azure-cli-extensions src/databox (test_databox_custom_disk.yaml).
"""

from __future__ import annotations

from typing import Any

from unit.jobs.worlds import ACCOUNT, HASH, KEYS
from unit.scripted import GROUP, SUBSCRIPTION, refusal

DATA_BOX = "2022-12-01"
RESOURCES = "2021-04-01"
PROVIDERS = f"/subscriptions/{SUBSCRIPTION}/providers"
BOX_JOBS = f"{PROVIDERS}/Microsoft.DataBox/jobs"
REGION = f"{PROVIDERS}/Microsoft.DataBox/locations/westeurope/regionConfiguration"
NOT_FOUND = {"status": 404, "json": refusal("ResourceNotFound", "The Resource was not found.")}
DETAILS = {"$expand": "details"}
CONTACT = {"contactName": "IT", "phone": "+31 20 1", "emailList": ["it@example.com"]}
STREET = {"streetAddress1": "Gracht 1", "city": "Amsterdam", "postalCode": "1015 CJ", "country": "Netherlands"}
ADDRESS = {
    "datacenterAddressType": "DatacenterAddressLocation", "contactPersonName": "Receiving", "company": "Microsoft",
    "street1": "Agriport 570", "street2": "", "street3": "Dock 2", "city": "Middenmeer", "state": "NL-NH", "zip": "1775TB",
    "country": "Netherlands", "phone": "", "supportedCarriersForReturnShipment": ["DHL", "FedEx"],
    "dataCenterAzureLocation": "westeurope",
}  # fmt: skip
INSTRUCTION = {
    "datacenterAddressType": "DatacenterAddressInstruction", "communicationInstruction": " Contact adbops@microsoft.com\n with the order ",
    "supportedCarriersForReturnShipment": ["DHL"],
}  # fmt: skip


def box_path(name: str = "srv1", group: str = GROUP) -> str:
    return f"{group}/providers/Microsoft.DataBox/jobs/{name}"


def box_drive(**more: Any) -> dict[str, Any]:
    """An entry of importDiskDetailsCollection as it comes back: without its key."""
    return {"manifestFile": "\\DriveManifest.xml", "manifestHash": HASH, **more}


def box_job(
    name: str = "srv1", *, status: str = "AwaitingShipmentDetails", group: str = GROUP, tags: Any = None, details: Any = None, **said: Any
) -> dict[str, Any]:
    """A job as GET shows it; `details` come on top of what a new one has, `said` are further properties."""
    return {
        "id": box_path(name, group),
        "name": name,
        "type": "Microsoft.DataBox/jobs",
        "location": "westeurope",
        "tags": {"seed": "srv1"} if tags is None else tags,
        "sku": {"name": "DataBoxCustomerDisk"},
        "properties": {
            "isCancellable": True,
            "isDeletable": False,
            "isShippingAddressEditable": True,
            "status": status,
            "startTime": "2026-01-02T03:04:05.1234567+00:00",
            "transferType": "ImportToAzure",
            **said,
            "details": {
                "jobDetailsType": "DataBoxCustomerDisk",
                "contactDetails": {**CONTACT, "notificationPreference": [{"stageName": "AtAzureDC", "sendNotification": True}]},
                "shippingAddress": {**STREET, "addressType": "None"},
                "returnToCustomerPackageDetails": {"carrierName": "FedEx"},
                "dataImportDetails": [
                    {"accountDetails": {"dataAccountType": "StorageAccount", "storageAccountId": ACCOUNT}, "logCollectionLevel": "Verbose"}
                ],
                "importDiskDetailsCollection": {"WD-1": box_drive()},
                "enableManifestBackup": True,
                "jobStages": [],
                "copyProgress": [],
                **(details or {}),
            },
        },
    }


def without_details(resource: dict[str, Any]) -> dict[str, Any]:
    """A job as a list shows it."""
    return {**resource, "properties": {name: value for name, value in resource["properties"].items() if name != "details"}}


def box_body(masked: bool = False) -> dict[str, Any]:
    """The body of the PUT for order()."""
    key = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" if masked else KEYS["WD-1"]
    return {
        "location": "westeurope",
        "tags": {"seed": "srv1"},
        "sku": {"name": "DataBoxCustomerDisk"},
        "properties": {
            "transferType": "ImportToAzure",
            "details": {
                "jobDetailsType": "DataBoxCustomerDisk",
                "contactDetails": CONTACT,
                "shippingAddress": STREET,
                "returnToCustomerPackageDetails": {"carrierName": "FedEx", "carrierAccountNumber": "123"},
                "dataImportDetails": [
                    {"accountDetails": {"dataAccountType": "StorageAccount", "storageAccountId": ACCOUNT}, "logCollectionLevel": "Verbose"}
                ],
                "importDiskDetailsCollection": {"WD-1": box_drive(bitLockerKey=key)},
                "enableManifestBackup": True,
                "keyEncryptionKey": {"kekType": "MicrosoftManaged"},
            },
        },
    }


def expect_box(script, resource: dict[str, Any] | None = None, path: str | None = None, **more: Any) -> None:
    """The next request reads a job with its details; without a resource there is none."""
    found = {"json": resource} if resource else {} if more else NOT_FOUND
    script.expect("GET", path or box_path(), version=DATA_BOX, query=DETAILS, **found, **more)


def expect_address(script, address: Any = None) -> None:
    """The next request asks for the datacenter's address."""
    body = {"datacenterAddressRequest": {"storageLocation": "westeurope", "skuName": "DataBoxCustomerDisk"}}
    told = {"datacenterAddressResponse": ADDRESS if address is None else address}
    script.expect("POST", REGION, version=DATA_BOX, body=body, json=told)


def provider(namespace: str, version: str, state: str = "Registered", **kind: Any) -> dict[str, Any]:
    """A resource provider of the subscription."""
    jobs = {"resourceType": "jobs", "apiVersions": ["2099-01-01", version], "locations": ["West Europe", "West US"], **kind}
    types = [{"resourceType": "operations"}, jobs]
    return {"id": f"{PROVIDERS}/{namespace}", "namespace": namespace, "registrationState": state, "resourceTypes": types}


def expect_providers(script, data_box: str = "Registered", import_export: str = "Registered", **kind: Any) -> None:
    """The next two requests look at both providers; `kind` changes what Microsoft.DataBox says of its jobs."""
    found = (("Microsoft.DataBox", DATA_BOX, data_box, kind), ("Microsoft.ImportExport", "2016-11-01", import_export, {}))
    for namespace, version, state, more in found:
        script.expect("GET", f"{PROVIDERS}/{namespace}", version=RESOURCES, json=provider(namespace, version, state, **more))
