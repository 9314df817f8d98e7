# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft.ImportExport: locations and jobs, all ten operations of the three api-versions, which are one on the wire."""

from __future__ import annotations

import datetime
from typing import Any

from .. import names
from ..clock import Clock, parse, stamp
from . import import_job_rules as rules
from . import regions, subscriptions
from .messages import ArmError, Request, Response, not_found

VERSIONS = ("2016-11-01", "2020-08-01", "2021-01-01")
TYPE = "Microsoft.ImportExport/jobs"
PAGE = 100
KEPT_UNTOUCHED_IN_CREATING = datetime.timedelta(days=14)
KEPT_AFTER_THE_END = datetime.timedelta(days=90)
OPERATIONS = (
    ("jobs/write", "Creates a job with the specified parameters or update the properties or tags for the specified job."),
    ("jobs/read", "Gets the properties for the specified job or returns the list of jobs."),
    ("jobs/listBitLockerKeys/action", "Gets the BitLocker keys for the specified job."),
    ("jobs/delete", "Deletes an existing job."),
    ("locations/read", "Gets the properties for the specified location or returns the list of locations."),
    (
        "register/action",
        "Registers the subscription for the import/export resource provider and enables the creation of import/export jobs.",
    ),
)


def check_version(request: Request) -> None:
    """Raise ARM's 400 for an api-version that this provider does not have."""
    if request.version not in VERSIONS:
        raise ArmError(
            400,
            "NoRegisteredProviderFound",
            f"No registered resource provider found for location 'West Europe' and API version '{request.version}' for type 'jobs'. "
            f"The supported api-versions are '{', '.join(VERSIONS)}'.",
        )


def operations(cloud: Any, request: Request) -> Response:
    """What the provider can do."""
    value = [
        {
            "name": f"Microsoft.ImportExport/{name}",
            "display": {"provider": "Microsoft Azure Import/Export", "resource": "Jobs", "operation": name, "description": text},
        }
        for name, text in OPERATIONS
    ]
    return Response(200, {"value": value})


def _location(short: str) -> dict[str, Any]:
    place = regions.LOCATIONS[short]
    return {
        "id": f"/providers/Microsoft.ImportExport/locations/{short}",
        "name": place["name"],
        "type": "Microsoft.ImportExport/locations",
        "properties": place["properties"],
    }


def list_locations(cloud: Any, request: Request) -> Response:
    """Where drives can be sent, oddities included."""
    return Response(200, {"value": [_location(short) for short in regions.LOCATIONS]})


def get_location(cloud: Any, request: Request, location: str) -> Response:
    """One location, by `westus` or `West US`."""
    if not regions.known(location):
        raise ArmError(404, "ResourceNotFound", f"The location '{location}' was not found.")
    return Response(200, _location(regions.short(location)))


def key_of(group: str, name: str) -> str:
    """How a job is stored: names are case-insensitive."""
    return f"{group}/{name}".lower()


def find(cloud: Any, group: str, name: str) -> dict[str, Any]:
    """The stored job, or ARM's 404."""
    expire(cloud)
    found = cloud.state["jobs"].get(key_of(group, name))
    if found is None:
        subscriptions.find_group(cloud, group)
        raise not_found(TYPE, name, group)
    return found


def described(cloud: Any, job: dict[str, Any], *, drives: bool = True, location: str | None = None) -> dict[str, Any]:
    """A job as a client sees it: no BitLocker key, region with blanks, log addresses of this moment."""
    properties = {name: value for name, value in job["properties"].items() if name != "driveList"}
    if drives:
        properties["driveList"] = [_drive(cloud, job, drive) for drive in job["properties"]["driveList"]]
    return {
        "systemData": {
            "createdBy": names.CLIENT, "createdByType": "Application", "createdAt": job["created"].replace("Z", ".0000000Z"),
            "lastModifiedBy": names.CLIENT, "lastModifiedByType": "Application", "lastModifiedAt": job["updated"].replace("Z", ".0000000Z"),
        },
        "properties": properties,
        "identity": {"type": "None"},
        "id": f"{names.group_id(job['group'])}/providers/{TYPE}/{job['name']}",
        "name": job["name"],
        "type": TYPE,
        "location": location or regions.display(job["location"]),
        "tags": job["tags"],
    }  # fmt: skip


def _drive(cloud: Any, job: dict[str, Any], drive: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in drive.items() if name != "bitLockerKey"}
    account = job["properties"]["storageAccountId"].rsplit("/", 1)[-1]
    for uri in ("verboseLogUri", "errorLogUri", "manifestUri"):
        if uri in told:
            told[uri] = cloud.blobs.endpoint(account) + told[uri]
    return told


def put(cloud: Any, request: Request, subscription: str, group: str, job: str) -> Response:
    """Create a job (201), or replace what may still be changed of one in Creating (200)."""
    subscriptions.find_group(cloud, group)
    body = request.json()
    rules.check_new(job, body)
    expire(cloud)
    known = cloud.state["jobs"].get(key_of(group, job))
    if known and known["properties"]["state"] != "Creating":
        raise _conflict(known, "be updated")
    now = cloud.state.now()
    made = _made(group, job, body, now)
    if known:
        made["created"] = known["created"]
    with cloud.state.changed():
        cloud.state["jobs"][key_of(group, job)] = made
    return Response(200 if known else 201, described(cloud, made, location=body["location"]))


def _made(group: str, name: str, body: dict[str, Any], now: str) -> dict[str, Any]:
    given = body["properties"]
    properties = {
        "storageAccountId": given["storageAccountId"],
        "jobType": "Import",
        **{key: given[key] for key in ("returnAddress", "returnShipping", "deliveryPackage") if given.get(key)},
        "shippingInformation": given.get("shippingInformation") or _address(body["location"]),
        "diagnosticsPath": given.get("diagnosticsPath") or "waimportexport",
        "logLevel": given.get("logLevel") or "Error",
        "backupDriveManifest": bool(given.get("backupDriveManifest")),
        "state": "Creating",
        "cancelRequested": False,
        "provisioningState": "Succeeded",
        "encryptionKey": given.get("encryptionKey") or {"kekType": "MicrosoftManaged"},
        "driveList": [{**_wanted_drive(drive), "state": "Specified"} for drive in given["driveList"]],
    }
    return {
        "name": name, "group": group, "location": regions.short(body["location"]), "tags": body.get("tags") or {},
        "created": now, "updated": now, "state_since": now, "properties": properties,
    }  # fmt: skip


def _wanted_drive(drive: dict[str, Any]) -> dict[str, Any]:
    return {
        name: drive[name]
        for name in ("driveId", "bitLockerKey", "manifestFile", "manifestHash", "driveHeaderHash")
        if drive.get(name) is not None
    }


def _address(location: str) -> dict[str, Any]:
    place = regions.LOCATIONS[regions.short(location)]["properties"]
    told = {name: value for name, value in place.items() if name not in ("supportedCarriers", "alternateLocations")}
    return {**told, "additionalInformation": ""}


def get(cloud: Any, request: Request, subscription: str, group: str, job: str) -> Response:
    """The job with its drives."""
    return Response(200, described(cloud, find(cloud, group, job)))


def list_all(cloud: Any, request: Request, subscription: str, group: str | None = None) -> Response:
    """Jobs without their drives, a page at a time."""
    if group is not None:
        subscriptions.find_group(cloud, group)
    expire(cloud)
    found = [job for _unused, job in sorted(cloud.state["jobs"].items()) if group is None or job["group"].lower() == group.lower()]
    top = rules.page_size(request.query.get("$top"), PAGE)
    start = int(request.query.get("$skiptoken") or 0)
    answer: dict[str, Any] = {"value": [described(cloud, job, drives=False) for job in found[start : start + top]]}
    if start + top < len(found):
        answer["nextLink"] = f"{request.base}{request.path}?api-version={request.version}&$top={top}&$skiptoken={start + top}"
    return Response(200, answer)


def patch(cloud: Any, request: Request, subscription: str, group: str, job: str) -> Response:
    """Change a job: tags, address, parcel, log level, drives; `state: Shipping`; `cancelRequested: true`."""
    known, body = find(cloud, group, job), request.json()
    wanted = rules.wanted_change(known, body)
    if wanted.get("cancelRequested") and known["properties"]["state"] != "Creating":
        raise _conflict(known, "be canceled")
    if set(wanted) - {"tags"} and known["properties"]["state"] in rules.ENDED:
        raise _conflict(known, "be updated")
    with cloud.state.changed():
        _change(known, wanted, cloud.state.now())
    return Response(200, described(cloud, known))


def _change(job: dict[str, Any], wanted: dict[str, Any], now: str) -> None:
    job["tags"] = wanted.pop("tags", job["tags"])
    drives = {drive["driveId"]: drive for drive in job["properties"]["driveList"]}
    for drive in wanted.pop("driveList", []):
        drives.setdefault(drive["driveId"], {"state": "Specified"}).update(_wanted_drive(drive))
    job["properties"]["driveList"] = list(drives.values())
    job["properties"].update(wanted)
    job["updated"] = now
    if wanted.get("cancelRequested"):
        job["properties"]["state"] = "Canceled"
    if wanted.keys() & {"state", "cancelRequested"}:
        job["state_since"] = now


def _conflict(job: dict[str, Any], verb: str) -> ArmError:
    state = job["properties"]["state"]
    return ArmError(409, "Conflict", f"The job '{job['name']}' cannot {verb} because it is in the state {state}.", target="state")


def delete(cloud: Any, request: Request, subscription: str, group: str, job: str) -> Response:
    """Delete a job that has not been shipped, was canceled, or is completed."""
    known = find(cloud, group, job)
    if known["properties"]["state"] not in rules.DELETABLE:
        raise _conflict(known, "be deleted")
    with cloud.state.changed():
        del cloud.state["jobs"][key_of(group, job)]
    return Response(200)


def list_keys(cloud: Any, request: Request, subscription: str, group: str, job: str) -> Response:
    """The recovery passwords that were sent, by drive."""
    known = find(cloud, group, job)
    keys = [{"driveId": drive["driveId"], "bitLockerKey": drive["bitLockerKey"]} for drive in known["properties"]["driveList"]]
    return Response(200, {"value": keys})


def expire(cloud: Any) -> None:
    """Forget jobs left untouched in Creating for two weeks, and ended ones after 90 days."""
    gone = [key for key, job in cloud.state["jobs"].items() if _is_over(job, cloud.state.clock)]
    if gone:
        with cloud.state.changed("job deleted by the service", jobs=gone):
            for key in gone:
                del cloud.state["jobs"][key]


def _is_over(job: dict[str, Any], clock: Clock) -> bool:
    state = job["properties"]["state"]
    if state == "Creating":
        return clock.now() >= parse(job["updated"]) + KEPT_UNTOUCHED_IN_CREATING
    return state in rules.ENDED and clock.now() >= parse(job["state_since"]) + KEPT_AFTER_THE_END


def expires(job: dict[str, Any]) -> str | None:
    """When the service would forget a job that nobody touches, for people who look at the lab."""
    return stamp(parse(job["updated"]) + KEPT_UNTOUCHED_IN_CREATING) if job["properties"]["state"] == "Creating" else None


_JOBS = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ImportExport/jobs"
ROUTES = [
    ("GET", "/providers/Microsoft.ImportExport/operations", operations),
    ("GET", "/providers/Microsoft.ImportExport/locations", list_locations),
    ("GET", "/providers/Microsoft.ImportExport/locations/{location}", get_location),
    ("GET", "/subscriptions/{subscription}/providers/Microsoft.ImportExport/jobs", list_all),
    ("GET", _JOBS, list_all),
    ("GET", _JOBS + "/{job}", get),
    ("PUT", _JOBS + "/{job}", put),
    ("PATCH", _JOBS + "/{job}", patch),
    ("DELETE", _JOBS + "/{job}", delete),
    ("POST", _JOBS + "/{job}/listBitLockerKeys", list_keys),
]
