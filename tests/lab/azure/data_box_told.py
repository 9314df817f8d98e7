# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a job of Microsoft.DataBox is told: stages, progress and logs of its drives, never a secret.

Properties and words: databox.json, 2022-12-01. Which status a stage has at which moment is assumed.
"""

from __future__ import annotations

from typing import Any

from .. import names
from .data_box_address import address_of
from .drive_copier import not_faultless, succeeded

TYPE = "Microsoft.DataBox/jobs"
SKU = "DataBoxCustomerDisk"
WAITING, SHIPPED = "AwaitingShipmentDetails", "ShippedToAzureDC"
ROAD = (WAITING, SHIPPED, "AtAzureDC", "DataCopy", "PreparingToShipFromAzureDC", "ShippedToCustomer")
# Last stage of a job -> status of this stage.
ENDS = {
    "Completed": "Succeeded",
    "CompletedWithErrors": "SucceededWithErrors",
    "CompletedWithWarnings": "SucceededWithWarnings",
    "Cancelled": "Cancelled",
    "Failed_IssueDetectedAtAzureDC": "Failed",
    "Aborted": "Failed",
}
ENDED = tuple(ENDS)
SECRETS = ("bitLockerKey", "carrierAccountNumber")


def job_id(job: dict[str, Any]) -> str:
    """The ARM id of a stored job."""
    return f"{names.group_id(job['group'])}/providers/{TYPE}/{job['name']}"


def account_of(job: dict[str, Any]) -> str:
    """The ARM id of the storage account that a stored job brings its data to."""
    return job["details"]["dataImportDetails"][0]["accountDetails"]["storageAccountId"]


def described(cloud: Any, job: dict[str, Any], *, details: bool) -> dict[str, Any]:
    """A job as a client sees it: without secrets, and without details in a list."""
    properties = {
        "transferType": "ImportToAzure",
        "status": job["status"],
        "startTime": job["created"],
        "isCancellable": job["status"] == WAITING,
        "isDeletable": job["status"] in ENDED,
        "isShippingAddressEditable": job["status"] not in ENDED,
        **({"cancellationReason": job["reason"]} if job.get("reason") else {}),
        **({"details": _details(cloud, job)} if details else {}),
    }
    return {
        "id": job_id(job), "name": job["name"], "type": TYPE, "location": job["location"], "tags": job["tags"],
        "sku": {"name": SKU}, "properties": properties,
    }  # fmt: skip


def _details(cloud: Any, job: dict[str, Any]) -> dict[str, Any]:
    parcel = {"deliverToDcPackageDetails": job["parcel"]} if job.get("parcel") else {}
    told = {
        "jobDetailsType": SKU, **job["details"], **parcel, **_way_back(job), "jobStages": _stages(job),
        "importDiskDetailsCollection": _ordered(job), "copyProgress": _progress(job), "copyLogDetails": _logs(cloud, job),
        "datacenterAddress": address_of(job["location"]),
    }  # fmt: skip
    return _without_secrets(told)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_secrets(part) for name, part in value.items() if name not in SECRETS}
    return [_without_secrets(part) for part in value] if isinstance(value, list) else value


def _way_back(job: dict[str, Any]) -> dict[str, Any]:
    """The parcel back, by the carrier of the job, or else the first that the datacenter works with."""
    if "way_back" not in job:
        return {}
    supported = (address_of(job["location"]) or {}).get("supportedCarriersForReturnShipment") or [""]
    carrier = job["details"]["returnToCustomerPackageDetails"].get("carrierName") or supported[0]
    return {"returnPackage": {"carrierName": carrier, "trackingId": job["way_back"]}}


def _stages(job: dict[str, Any]) -> list[dict[str, Any]]:
    """The stages of the road with the time at which each was reached, and the last one once it is."""
    reached, now = job.get("stages", {}), job["status"]
    place = ROAD.index(now) if now in ROAD else max([ROAD.index(stage) for stage in reached if stage in ROAD], default=0)
    stages = [_stage(name, _status(job, number, place), reached.get(name)) for number, name in enumerate(ROAD)]
    return stages if now in ROAD else [*stages, _stage(now, ENDS[now], reached.get(now))]


def _status(job: dict[str, Any], number: int, place: int) -> str:
    if ROAD[number] == "DataCopy" and "copied" in job:
        return job["copied"]
    if number > place:
        return "None"
    return "InProgress" if number == place and job["status"] in ROAD else "Succeeded"


def _stage(name: str, status: str, reached: str | None) -> dict[str, Any]:
    return {"stageName": name, "stageStatus": status, **({"stageTime": reached} if reached else {})}


def _ordered(job: dict[str, Any]) -> dict[str, Any]:
    """The drives of the order; where their manifests were backed up, the place of each."""
    told = {}
    for serial, drive in job["details"]["importDiskDetailsCollection"].items():
        path = job.get("drives", {}).get(serial, {}).get("logs", {}).get("backupManifestCloudPath")
        told[serial] = {**drive, **({"backupManifestCloudPath": path} if path else {})}
    return told


def _progress(job: dict[str, Any]) -> list[dict[str, Any]]:
    return [_of_drive(job, serial, drive) for serial, drive in job.get("drives", {}).items()]


def _of_drive(job: dict[str, Any], serial: str, drive: dict[str, Any]) -> dict[str, Any]:
    work, blobs = drive["work"], drive["work"]["blobs"]
    wrong = not_faultless(blobs)
    renamed = [blob for blob in wrong if blob["disposition_status"] == "Renamed" and blob["status"] == "Completed"]
    return {
        "serialNumber": serial,
        "storageAccountName": account_of(job).rsplit("/", 1)[-1],
        "accountId": account_of(job),
        "transferType": "ImportToAzure",
        "dataAccountType": "StorageAccount",
        "copyStatus": drive["status"],
        "isEnumerationInProgress": "total" not in work and drive["status"] in ("NotStarted", "InProgress"),
        "bytesProcessed": succeeded(blobs),
        "totalBytesToProcess": work.get("total", 0),
        "filesProcessed": len(blobs) - len(wrong) + len(renamed),
        "totalFilesToProcess": work.get("files", 0),
        "invalidFilesProcessed": len(renamed),
        "invalidFileBytesUploaded": succeeded(renamed),
        "filesErroredOut": len(wrong) - len(renamed),
        "renamedContainerCount": 0,
        "directoriesErroredOut": 0,
        "invalidDirectoriesProcessed": 0,
        **({"error": drive["error"]} if "error" in drive else {}),
    }


def _logs(cloud: Any, job: dict[str, Any]) -> list[dict[str, Any]]:
    """Where the logs of each drive are, by addresses of this moment."""
    endpoint = cloud.blobs.endpoint(account_of(job).rsplit("/", 1)[-1])
    found = []
    for serial, drive in job.get("drives", {}).items():
        links = {link: endpoint + path for link, path in drive["logs"].items() if link != "backupManifestCloudPath"}
        if links:
            found.append({"copyLogDetailsType": SKU, "serialNumber": serial, **links})
    return found


def credentials(job: dict[str, Any]) -> dict[str, Any]:
    """The answer of listCredentials: the recovery passwords that were sent, by drive."""
    secrets = [{"diskSerialNumber": serial, "bitLockerKey": drive["bitLockerKey"]} for serial, drive in _drives(job)]
    account = job["details"]["returnToCustomerPackageDetails"].get("carrierAccountNumber")
    told = {"jobSecretsType": SKU, "diskSecrets": secrets, **({"carrierAccountNumber": account} if account else {})}
    return {"value": [{"jobName": job["name"], "jobSecrets": told}]}


def _drives(job: dict[str, Any]) -> Any:
    return job["details"]["importDiskDetailsCollection"].items()
