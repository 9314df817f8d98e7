# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft.DataBox: jobs for drives of one's own (DataBoxCustomerDisk), and the datacenter's address.

Documented: azure-rest-api-specs databox.json. Recorded (azure-cli-extensions src/databox test_databox_custom_disk.yaml): 202 with a
signed Location that is renewed once on the same path and then leads to the job, or for a delete to 204; no key and no carrier account in
an answer; keys, hashes and serials are not looked at. Assumed: error codes but for 404, that the job is there at once, and which states
can be canceled or deleted. Once its parcel is named, the datacenter moves a job on.
"""

from __future__ import annotations

import datetime
import urllib.parse
import uuid
from typing import Any

from .. import names
from ..clock import parse
from . import data_box_lock, regions, subscriptions
from .data_box_address import address_of
from .data_box_told import ENDED, SHIPPED, SKU, TYPE, WAITING, account_of, credentials, described, job_id
from .messages import ArmError, Request, Response, not_found

VERSIONS = ("2022-02-01", "2022-12-01", "2023-12-01")
PAGE = 50
KEPT_WITHOUT_PARCEL = datetime.timedelta(days=14)
KEPT_AFTER_THE_END = datetime.timedelta(days=90)
# What a create request needs, as paths into its body.
NEEDED = (
    "location", "sku.name", "properties.transferType", "properties.details.jobDetailsType", "properties.details.contactDetails.contactName",
    "properties.details.contactDetails.phone", "properties.details.contactDetails.emailList",
    "properties.details.dataImportDetails", "properties.details.importDiskDetailsCollection",
)  # fmt: skip
RETURN = "returnToCustomerPackageDetails"  # needed too, but may be empty
GIVEN = ("contactDetails", "shippingAddress", "returnToCustomerPackageDetails", "dataImportDetails", "importDiskDetailsCollection")
CHANGEABLE = ("contactDetails", "shippingAddress", "returnToCustomerPackageDetails")


def check_version(request: Request) -> None:
    """Raise ARM's 400 for an api-version that this provider does not have."""
    if request.version not in VERSIONS:
        raise ArmError(
            400,
            "NoRegisteredProviderFound",
            f"No registered resource provider found for location 'West Europe' and API version '{request.version}' for type 'jobs'. "
            f"The supported api-versions are '{', '.join(VERSIONS)}'.",
        )


def find(cloud: Any, group: str, name: str) -> dict[str, Any]:
    """The stored job, or ARM's 404."""
    expire(cloud)
    found = cloud.state["data_box_jobs"].get(_key(group, name))
    if found is None:
        subscriptions.find_group(cloud, group)
        raise not_found(TYPE, name, group)
    return found


def put(cloud: Any, request: Request, subscription: str, group: str, job: str) -> Response:
    """Take an order; the operation behind its Location leads to the job."""
    subscriptions.find_group(cloud, group)
    body = request.json()
    _check_new(body)
    expire(cloud)
    if _key(group, job) in cloud.state["data_box_jobs"]:
        raise ArmError(409, "ResourceAlreadyExists", f"The job '{job}' exists; it is updated with PATCH.")
    given = body["properties"]["details"]
    made = {
        "name": job, "group": group, "location": regions.short(body["location"]), "tags": body.get("tags") or {}, "status": WAITING,
        "created": cloud.state.now(), "since": cloud.state.now(), "order": str(uuid.uuid4()), "stages": {WAITING: cloud.state.now()},
        "details": {
            **{name: given[name] for name in GIVEN if name in given},
            "enableManifestBackup": bool(given.get("enableManifestBackup")),
            "keyEncryptionKey": given.get("keyEncryptionKey") or {"kekType": "MicrosoftManaged"},
        },
    }  # fmt: skip
    with cloud.state.changed():
        cloud.state["data_box_jobs"][_key(group, job)] = made
        data_box_lock.place(cloud, account_of(made))
    return _accepted(request, made, made["order"])


def _check_new(body: dict[str, Any]) -> None:
    for path in NEEDED:
        part: Any = body
        for name in path.split("."):
            part = part.get(name) if isinstance(part, dict) else None
        if not part:
            raise ArmError(400, "InvalidArgument", f"The property {path} is required.", target=path)
    if not isinstance(body["properties"]["details"].get(RETURN), dict):
        raise ArmError(400, "InvalidArgument", f"The property {RETURN} is required.", target=RETURN)
    if not regions.known(body["location"]):
        raise ArmError(400, "LocationNotAvailableForResourceType", f"The location '{body['location']}' is not available for '{TYPE}'.")
    if body["sku"]["name"] != SKU or body["properties"]["transferType"] != "ImportToAzure":
        raise ArmError(400, "InvalidArgument", f"This lab takes {SKU} with ImportToAzure only.", target="sku")


def _accepted(request: Request, job: dict[str, Any], operation: str, turn: int = 1) -> Response:
    signature = urllib.parse.quote(_signature(operation), safe="")
    path = f"/subscriptions/{names.SUBSCRIPTION}/providers/Microsoft.DataBox/locations/{job['location']}/operationResults/{operation}"
    return Response(202, None, {"location": f"{request.base}{path}?api-version={request.version}&t={turn}&c={signature}"})


def _signature(operation: str) -> str:
    """Stands for a certificate and a signature; its characters suffer when a client writes the URL anew."""
    return f"MII+{operation}/=="


def operation(cloud: Any, request: Request, subscription: str, place: str, operation: str) -> Response:
    """The state of an operation: renewed once, then the job, or nothing more for a delete."""
    if request.query.get("c") != _signature(operation):
        raise ArmError(403, "InvalidSignature", "The signature of the operation's URL does not fit.")
    if request.query.get("t") == "1":
        return _accepted(request, {"location": place}, operation, 2)
    if operation.endswith("-deleteorder"):
        return Response(204)
    job = next((one for one in cloud.state["data_box_jobs"].values() if one["order"] == operation), None)
    if job is None:
        raise ArmError(404, "ResourceNotFound", f"The operation '{operation}' was not found.")
    return Response(202, None, {"location": f"{request.base}{job_id(job)}?api-version={request.version}"})


def get(cloud: Any, request: Request, subscription: str, group: str, job: str) -> Response:
    """The job; its details with $expand=details only."""
    return Response(200, described(cloud, find(cloud, group, job), details=request.query.get("$expand") == "details"))


def list_all(cloud: Any, request: Request, subscription: str, group: str | None = None) -> Response:
    """Jobs without their details, a page at a time."""
    if group is not None:
        subscriptions.find_group(cloud, group)
    expire(cloud)
    found = [job for _unused, job in sorted(cloud.state["data_box_jobs"].items()) if group is None or job["group"].lower() == group.lower()]
    start = int(request.query.get("$skiptoken") or 0)
    answer: dict[str, Any] = {"value": [described(cloud, job, details=False) for job in found[start : start + PAGE]]}
    if start + PAGE < len(found):
        answer["nextLink"] = f"{request.base}{request.path}?api-version={request.version}&$skipToken={start + PAGE}"
    return Response(200, answer)


def patch(cloud: Any, request: Request, subscription: str, group: str, job: str) -> Response:
    """Change tags, contact, address or return carrier."""
    known, body = find(cloud, group, job), request.json()
    wanted = (body.get("properties") or {}).get("details") or {}
    strange = sorted(set(wanted) - set(CHANGEABLE))
    if strange:
        raise ArmError(400, "InvalidArgument", f"These properties cannot be updated: {', '.join(strange)}.", target=strange[0])
    if wanted and known["status"] in ENDED:
        raise _conflict(known, "updated")
    with cloud.state.changed():
        known["tags"] = body.get("tags", known["tags"])
        known["details"].update(wanted)
    return _accepted(request, known, known["order"])


def cancel(cloud: Any, request: Request, subscription: str, group: str, job: str) -> Response:
    """Cancel a job whose parcel is not yet named."""
    known, reason = find(cloud, group, job), request.json().get("reason")
    if not reason:
        raise ArmError(400, "InvalidArgument", "The property reason is required.", target="reason")
    if known["status"] != WAITING:
        raise _conflict(known, "canceled")
    with cloud.state.changed():
        _move(known, "Cancelled", cloud.state.now(), reason=reason)
    return Response(204)


def mark_shipped(cloud: Any, request: Request, subscription: str, group: str, job: str) -> Response:
    """Name the parcel that brings the drives."""
    known, parcel = find(cloud, group, job), request.json().get("deliverToDcPackageDetails") or {}
    if not parcel.get("carrierName") or not parcel.get("trackingId"):
        raise ArmError(400, "InvalidArgument", "carrierName and trackingId are required.", target="deliverToDcPackageDetails")
    if known["status"] not in (WAITING, SHIPPED):
        raise _conflict(known, "marked as shipped")
    with cloud.state.changed():
        _move(known, SHIPPED, cloud.state.now(), parcel={name: parcel[name] for name in ("carrierName", "trackingId")})
        known.pop("drives", None)
    return Response(204)


def _move(job: dict[str, Any], status: str, now: str, **more: Any) -> None:
    job.update(status=status, since=now, **more)
    job.setdefault("stages", {})[status] = now


def list_credentials(cloud: Any, request: Request, subscription: str, group: str, job: str) -> Response:
    """The recovery passwords that were sent."""
    return Response(200, credentials(find(cloud, group, job)))


def delete(cloud: Any, request: Request, subscription: str, group: str, job: str) -> Response:
    """Delete a job that is over; 204 for one that is not there."""
    expire(cloud)
    known = cloud.state["data_box_jobs"].get(_key(group, job))
    if known is None:
        return Response(204)
    if known["status"] not in ENDED:
        raise _conflict(known, "deleted")
    with cloud.state.changed():
        del cloud.state["data_box_jobs"][_key(group, job)]
    return _accepted(request, known, f"{known['order']}-deleteorder")


def region_configuration(cloud: Any, request: Request, subscription: str, place: str) -> Response:
    """Where drives for a storage account are sent."""
    asked = request.json().get("datacenterAddressRequest") or {}
    if not asked.get("storageLocation") or asked.get("skuName") != SKU:
        return Response(200, {})
    found = address_of(asked["storageLocation"])
    return Response(200, {"datacenterAddressResponse": found} if found else {})


def expire(cloud: Any) -> None:
    """Forget jobs whose parcel was not named for two weeks, and ended ones after 90 days."""
    now = cloud.state.clock.now()
    kept = {WAITING: KEPT_WITHOUT_PARCEL, **dict.fromkeys(ENDED, KEPT_AFTER_THE_END)}
    gone = [
        key
        for key, job in cloud.state["data_box_jobs"].items()
        if job["status"] in kept and now >= parse(job["since"]) + kept[job["status"]]
    ]
    if gone:
        with cloud.state.changed("job deleted by the service", jobs=gone):
            for key in gone:
                del cloud.state["data_box_jobs"][key]


def _key(group: str, name: str) -> str:
    return f"{group}/{name}".lower()


def _conflict(job: dict[str, Any], verb: str) -> ArmError:
    state = job["status"]
    return ArmError(409, "Conflict", f"The job '{job['name']}' cannot be {verb} because it is in the state {state}.", target="status")


_JOBS = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DataBox/jobs"
_PLACE = "/subscriptions/{subscription}/providers/Microsoft.DataBox/locations/{place}"
ROUTES = [
    ("GET", "/subscriptions/{subscription}/providers/Microsoft.DataBox/jobs", list_all),
    ("GET", _JOBS, list_all),
    ("GET", _JOBS + "/{job}", get),
    ("PUT", _JOBS + "/{job}", put),
    ("PATCH", _JOBS + "/{job}", patch),
    ("DELETE", _JOBS + "/{job}", delete),
    ("POST", _JOBS + "/{job}/cancel", cancel),
    ("POST", _JOBS + "/{job}/markDevicesShipped", mark_shipped),
    ("POST", _JOBS + "/{job}/listCredentials", list_credentials),
    ("GET", _PLACE + "/operationResults/{operation}", operation),
    ("POST", _PLACE + "/regionConfiguration", region_configuration),
]
