# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The import jobs of Microsoft.DataBox for drives of one's own (DataBoxCustomerDisk)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import task
from ..arm import api, shapes
from ..arm.write import Write
from ..failure import Failure, refuse
from . import data_box, key_check
from .data_box_parts import several, within
from .differences import Differences
from .locations import Destination, data_box_ship_to, short
from .model import Job, Order, Parcel, ReturnAddress, ReturnShipping
from .service import LOOKS, Jobs

LOGS = "waimportexport"  # the default of diagnostics_path, which this service has not
ACTION = "Microsoft.DataBox/"
# The RBAC action behind each kind of write; that of a POST is named after the last part of its path.
ACTIONS = {"PUT": "jobs/write", "PATCH": "jobs/write", "DELETE": "jobs/delete"}


class DataBoxJobs(Jobs):
    """Parcel and cancellation are requests of their own; a job is made at the region of its storage account."""

    backend = data_box.BACKEND
    namespace = "Microsoft.DataBox"
    deletes = "once it says of itself that it can be deleted"
    shipping = "ShippedToAzureDC"

    def resource(self, group: str, name: str) -> dict | None:
        """The job with its details: $expand asks for them, and a version of the service that refuses the word is asked without."""
        what, path, action = f"read import job {name}", self._path(group, name), f"{ACTION}jobs/read"
        try:
            found = self._azure.arm.get(what, path, api.DATA_BOX, query={"$expand": "details"}, action=action)
        except Failure as failure:
            if failure.fields.get("status") != 400:
                raise
            found = self._azure.arm.get(what, path, api.DATA_BOX, action=action)
        if found is not None:
            shapes.identified(what, found)
        data_box.refuse_other_kinds(found, name)
        return found

    def listed(self, group: str | None = None) -> list[dict]:
        what = f"list the import jobs of {f'resource group {group}' if group else 'the subscription'}"
        found = self._azure.arm.list(what, api.data_box_jobs(self._azure.subscription_id, group), api.DATA_BOX)
        return [one for one in found if data_box.of_own_drives(shapes.identified(what, one))]

    def job(self, resource: Mapping[str, Any]) -> Job:
        return data_box.job_from(resource)

    def destination(self, region: str) -> Destination:
        return Destination(short(region), data_box_ship_to(self.address(region)))

    def address(self, region: str) -> Mapping[str, Any]:
        """datacenterAddress of the region, as the service tells it."""
        what, path = f"read the shipping address of {region}", api.data_box_region(self._azure.subscription_id, short(region))
        body = {"datacenterAddressRequest": {"storageLocation": short(region), "skuName": data_box.SKU}}
        action = f"{ACTION}locations/regionConfiguration/action"
        told = self._azure.arm.post(what, f"{path}/regionConfiguration", api.DATA_BOX, body, action=action)
        found = within(told, "datacenterAddressResponse")
        if not found:
            raise refuse(
                "location",
                region,
                "a region in which Microsoft.DataBox takes drives of your own",
                "Choose a storage account in another region, or see whether the other service takes it (backend: import_export).",
            )
        return found

    def differences(self, resource: Mapping[str, Any], order: Order, goal: Destination) -> Differences:
        unlike = data_box.differences(resource, order, (goal.region, short(order.location)))
        for name, (there, wanted) in data_box.unlike_for_good(resource, order).items():
            task.warn(f"{name} of import job {order.name} is {there}, not {wanted}; Microsoft.DataBox does not change it in a job.")
        if not within(resource, "properties", "details"):
            task.warn(f"Microsoft.DataBox tells no details of import job {order.name}; its drives and account could not be compared.")
        editable = within(resource, "properties").get("isShippingAddressEditable")
        return unlike if editable is not False else _without_address(unlike, order.name)

    def way_back(self, resource: Mapping[str, Any], address: ReturnAddress | None, shipping: ReturnShipping | None) -> Differences:
        name = str(resource.get("name"))
        if not within(resource, "properties", "details"):
            task.warn(f"Microsoft.DataBox tells no details of import job {name}; the way back of its drives could not be compared.")
            return Differences()
        unlike = data_box.way_back(resource, address, shipping)
        editable = within(resource, "properties").get("isShippingAddressEditable")
        return unlike if editable is not False else _without_address(unlike, name)

    def recovery_passwords(self, group: str, name: str) -> dict[str, str]:
        what, action = f"read the recovery passwords of import job {name}", f"{ACTION}jobs/listCredentials/action"
        told = self._azure.arm.post(what, f"{self._path(group, name)}/listCredentials", api.DATA_BOX, action=action)
        secrets = [one for entry in several(told, "value") for one in several(within(entry, "jobSecrets"), "diskSecrets")]
        return key_check.held(what, secrets if isinstance(told.get("value"), list) else None, "diskSerialNumber")

    def create(self, order: Order, goal: Destination, keys: Mapping[str, str]) -> Write:
        if order.diagnostics_path != LOGS:
            task.warn(f"diagnostics_path {order.diagnostics_path} is not used: Microsoft.DataBox names the container of its logs itself.")
        return Write("PUT", self._path(order.resource_group, order.name), api.DATA_BOX, data_box.create_body(order, goal, keys))

    def planned(self, order: Order, request: Write) -> dict[str, Any]:
        properties = {**request.body["properties"], "status": "AwaitingShipmentDetails"}
        return {**request.body, "name": order.name, "id": request.path, "properties": properties}

    def change(self, group: str, name: str, body: Mapping[str, Any]) -> Write:
        return Write("PATCH", self._path(group, name), api.DATA_BOX, body)

    def changed(self, resource: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
        details = {**within(resource, "properties", "details"), **within(patch, "properties", "details")}
        properties = {**within(resource, "properties"), "details": details}
        return {**resource, "tags": patch.get("tags", resource.get("tags")), "properties": properties}

    def cancel(self, group: str, name: str, reason: str) -> Write:
        return Write("POST", f"{self._path(group, name)}/cancel", api.DATA_BOX, {"reason": reason})

    def delete(self, group: str, name: str) -> Write:
        return Write("DELETE", self._path(group, name), api.DATA_BOX)

    def ship(self, group: str, name: str, parcel: Parcel, more: Mapping[str, Any]) -> list[Write]:
        """Tags and the like first: once the parcel is known, nothing would cause another request for them."""
        changed = [self.change(group, name, more)] if more else []
        return [*changed, Write("POST", f"{self._path(group, name)}/markDevicesShipped", api.DATA_BOX, data_box.ship_body(parcel))]

    def kept(self, parcel: Parcel) -> Parcel:
        return data_box.kept(parcel)

    def knows(self, job: Job, parcel: Parcel) -> bool:
        """The status may lag behind the parcel."""
        return bool(job.inbound and job.inbound.fulfils(parcel) and job.stage.name != "canceled")

    def on_its_way(self, job: Job, parcel: Parcel) -> bool:
        return self.knows(job, parcel)

    def send_once(self, what: str, group: str, name: str, request: Write) -> dict | None:
        word = ACTIONS.get(request.method) or f"jobs/{request.path.rsplit('/', 1)[-1]}/action"
        self._azure.arm.write(what, request, action=ACTION + word, repeatable=False)
        return None if request.method == "DELETE" else self._afterwards(what, group, name)

    def _afterwards(self, what: str, group: str, name: str) -> dict:
        """The job after a write that Azure took; a new one may be shown a little later."""
        for look in range(1, LOOKS + 1):
            found = self.resource(group, name)
            if found is not None:
                return found
            self._azure.pace.sleep(self._azure.pace.backoff(look))
        cure = "run again; nothing is made twice"
        raise Failure(f"Failed to {what}: Azure took the request, but shows no job {name} yet. Cure: {cure}.", what=what, cure=cure)

    def _path(self, group: str, name: str) -> str:
        return api.data_box_job(self._azure.subscription_id, group, name)


def _without_address(unlike: Differences, name: str) -> Differences:
    """`unlike` without the address that the service says it does not change any more; that is told."""
    details = dict(within(unlike.patch, "properties", "details"))
    if details.pop("shippingAddress", None) is None:
        return unlike
    task.warn(f"The return address of import job {name} is another one, and Microsoft.DataBox does not change it any more.")
    before = {name: part for name, part in within(unlike.before, "properties", "details").items() if name in details}
    return Differences(unlike.fixed, _with_details(unlike.patch, details), _with_details(unlike.before, before))


def _with_details(body: Mapping[str, Any], details: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: part for name, part in body.items() if name != "properties"}
    return {**rest, "properties": {"details": details}} if details else rest
