# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The import jobs of a subscription: read, and written so that a lost answer never makes a second job."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..arm import api
from ..arm.exchange import AnswerLost
from ..arm.write import Write
from ..failure import Failure
from .import_export import job_from
from .locations import Destination, destination
from .model import Job

AT_ONCE = 8
LOOKS = 5


class Jobs:
    """Jobs behind `azure` (module_utils/arm/client.py)."""

    def __init__(self, azure):
        self._azure = azure
        self._client = azure.import_export

    def resource(self, group: str, name: str) -> dict | None:
        """The job as ARM's JSON; None when there is none."""
        return self._client.get(group, name)

    def get(self, group: str, name: str) -> Job | None:
        """The neutral job; None when there is none."""
        resource = self.resource(group, name)
        return None if resource is None else job_from(resource)

    def all(self, group: str | None = None) -> list[Job]:
        """Every job of the resource group or subscription, each that is not terminal read on its own (lists omit what matters)."""
        listed = [job_from(one) for one in self._client.list(group)]
        full = {job.id: job for job in self._read_each(job for job in listed if not job.stage.terminal)}
        return [full.get(job.id, job) for job in listed if job.stage.terminal or job.id in full]

    def open_beside(self, own: Job) -> list[Job]:
        """Every job of the subscription that is not terminal, but for `own`."""
        others = [job_from(one) for one in self._client.list()]
        return self._read_each(job for job in others if not job.stage.terminal and job.id.casefold() != own.id.casefold())

    def destination(self, region: str) -> Destination:
        """Where drives for an account in `region` are sent, and at which region the job is made."""
        return destination(region, self._client.location)

    def create(self, group: str, name: str, body: Mapping[str, Any]) -> Write:
        """The request that makes a job. Send it only after a GET said 404."""
        return Write("PUT", self._client.path(group, name), api.IMPORT_EXPORT, body)

    def change(self, group: str, name: str, body: Mapping[str, Any]) -> Write:
        """The request that changes a job."""
        return Write("PATCH", self._client.path(group, name), api.IMPORT_EXPORT, body)

    def delete(self, group: str, name: str) -> Write:
        """The request that deletes a job."""
        return Write("DELETE", self._client.path(group, name), api.IMPORT_EXPORT)

    def send(self, what: str, group: str, name: str, request: Write, done: Callable[[dict | None], bool]) -> dict | None:
        """Send `request`; when its answer is lost, read the job, and send again only if it is not `done(resource)`.

        Returns the job's JSON as the service has it now, None after a delete.
        """
        for look in range(1, LOOKS + 1):
            try:
                return self._client.send(what, group, name, request)
            except AnswerLost as lost:
                there = self.resource(group, name)
                if done(there):
                    return there
                if look == LOOKS:
                    raise Failure(lost.failure.msg, **lost.failure.fields) from lost
                self._azure.pace.sleep(self._azure.pace.backoff(look))
        raise AssertionError("the loop returns or raises")

    def _read_each(self, jobs: Iterable[Job]) -> list[Job]:
        """Each job anew and whole; one that is gone meanwhile is left out."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            read = pool.map(lambda job: self.get(job.resource_group, job.name), list(jobs))
            return [job for job in read if job is not None]
