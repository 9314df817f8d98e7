# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The import jobs of Microsoft.ImportExport."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..arm import api
from ..arm.write import Write
from . import import_export
from .differences import Differences
from .locations import Destination, destination, short
from .model import Job, Order, Parcel
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
        return import_export.differences(resource, order, (goal.region, short(order.location)))

    def create(self, order: Order, goal: Destination, keys: Mapping[str, str]) -> Write:
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

    def ship(self, group: str, name: str, parcel: Parcel, tags: Mapping[str, str] | None) -> list[Write]:
        return [self.change(group, name, import_export.ship_body(parcel, tags))]

    def kept(self, parcel: Parcel) -> Parcel:
        return parcel

    def knows(self, job: Job, parcel: Parcel) -> bool:
        """A package alone is not yet shipped: the state has to be set with it."""
        return bool(job.inbound and job.inbound.fulfils(parcel) and job.stage.name not in ("creating", "canceled"))

    def on_its_way(self, job: Job, parcel: Parcel) -> bool:
        return bool(job.stage.name == "shipped" and job.inbound and job.inbound.fulfils(parcel))

    def send_once(self, what: str, group: str, name: str, request: Write) -> dict | None:
        return self._client.send(what, group, name, request)
