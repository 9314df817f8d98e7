# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The import jobs of Microsoft.ImportExport."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import task
from ..arm import api
from ..arm.write import Write
from . import import_export, key_check
from .differences import Differences, folded
from .locations import Destination, destination, short
from .model import Job, Order, Parcel, ReturnAddress, ReturnShipping
from .service import Jobs


class ImportExportJobs(Jobs):
    """Every change is one PATCH; a region may send its parcels to another one."""

    backend = import_export.BACKEND
    namespace = "Microsoft.ImportExport"
    deletes = "while it is Creating or once it is Completed or canceled"
    shipping = "Shipping"

    def __init__(self, azure):
        super().__init__(azure)
        self._client = azure.import_export

    def resource(self, group: str, name: str) -> dict | None:
        return self._client.get(group, name)

    def listed(self, group: str | None = None) -> list[dict]:
        return self._client.list(group)

    def job(self, resource: Mapping[str, Any]) -> Job:
        return import_export.job_from(resource)

    def destination(self, region: str) -> Destination:
        return destination(region, self._client.location)

    def differences(self, resource: Mapping[str, Any], order: Order, goal: Destination) -> Differences:
        _say_who_is_written_to(order)
        return import_export.differences(resource, order, (goal.region, short(order.location)))

    def way_back(self, resource: Mapping[str, Any], address: ReturnAddress | None, shipping: ReturnShipping | None) -> Differences:
        return import_export.way_back(resource, address, shipping)

    def recovery_passwords(self, group: str, name: str) -> dict[str, str]:
        what, path = f"read the recovery passwords of import job {name}", f"{self._client.path(group, name)}/listBitLockerKeys"
        told = self._azure.arm.post(what, path, api.IMPORT_EXPORT, action=f"{self.namespace}/jobs/listBitLockerKeys/action")
        return key_check.held(what, told.get("value"), "driveId")

    def create(self, order: Order, goal: Destination, keys: Mapping[str, str]) -> Write:
        _say_who_is_written_to(order)
        body = import_export.create_body(order, goal, keys)
        return Write("PUT", self._client.path(order.resource_group, order.name), api.IMPORT_EXPORT, body)

    def planned(self, order: Order, request: Write) -> dict[str, Any]:
        properties = {**request.body["properties"], "state": "Creating"}
        return {**request.body, "name": order.name, "id": request.path, "properties": properties}

    def change(self, group: str, name: str, body: Mapping[str, Any]) -> Write:
        return Write("PATCH", self._client.path(group, name), api.IMPORT_EXPORT, body)

    def changed(self, resource: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
        properties = {**resource["properties"], **patch.get("properties", {})}
        return {**resource, "tags": patch.get("tags", resource.get("tags")), "properties": properties}

    def cancel(self, group: str, name: str, reason: str) -> Write:
        """The service takes no reason."""
        return self.change(group, name, import_export.CANCEL_BODY)

    def delete(self, group: str, name: str) -> Write:
        return Write("DELETE", self._client.path(group, name), api.IMPORT_EXPORT)

    def ship(self, group: str, name: str, parcel: Parcel, more: Mapping[str, Any]) -> list[Write]:
        return [self.change(group, name, import_export.ship_body(parcel, more))]

    def kept(self, parcel: Parcel) -> Parcel:
        return parcel

    def knows(self, job: Job, parcel: Parcel) -> bool:
        """A package alone is not yet shipped: the state has to be set with it."""
        return bool(job.inbound and job.inbound.fulfils(parcel) and job.stage.name not in ("creating", "canceled"))

    def on_its_way(self, job: Job, parcel: Parcel) -> bool:
        return bool(job.stage.name == "shipped" and job.inbound and job.inbound.fulfils(parcel))

    def send_once(self, what: str, group: str, name: str, request: Write) -> dict | None:
        return self._client.send(what, group, name, request)


def _say_who_is_written_to(order: Order) -> None:
    """Warn where more is wanted than the one address that the service has."""
    wanted, own = order.notifications, order.return_address.email
    if wanted.stages is not None or any(folded(one) != folded(own) for one in wanted.emails):
        task.warn(
            f"notifications of import job {order.name} are not used: Microsoft.ImportExport writes to return_address.email ({own}) only, "
            "and does not ask of which stages. Give the address of a group there."
        )
