# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The import jobs of a subscription on one service: read, and written so that a lost answer never makes a second job."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..arm.exchange import AnswerLost
from ..arm.write import Write
from ..failure import Failure
from .differences import Differences
from .locations import Destination
from .model import Job, Order, Parcel, ReturnAddress, ReturnShipping

AT_ONCE = 8
LOOKS = 5
# Codes that mean that the service as a whole is not there for this subscription, this region or this kind of job.
REFUSALS = frozenset(
    {
        "MissingSubscriptionRegistration",
        "SubscriptionNotRegistered",
        "InvalidResourceNamespace",
        "InvalidResourceType",
        "NoRegisteredProviderFound",
        "InvalidApiVersionParameter",
        "LocationNotAvailableForResourceType",
        "SkuNotAvailable",
        "FeatureNotEnabled",
    }
)


class Jobs(ABC):
    """Jobs behind `azure` (module_utils/arm/client.py) on the service `backend`.

    A `resource` is a job as the service's JSON. What a subclass does not share with the other service is all of the wire.
    """

    backend: str
    namespace: str
    # Completes the sentence "Azure deletes a job only ..." of a refusal.
    deletes: str
    shipping: str  # the service's word for a job whose parcel is on its way

    def __init__(self, azure):
        self._azure = azure

    @abstractmethod
    def resource(self, group: str, name: str) -> dict | None:
        """The job as ARM's JSON; None when there is none."""

    @abstractmethod
    def listed(self, group: str | None = None) -> list[dict]:
        """The jobs of the resource group or subscription, without what a list leaves out."""

    @abstractmethod
    def job(self, resource: Mapping[str, Any]) -> Job:
        """The neutral job in a resource."""

    @abstractmethod
    def destination(self, region: str) -> Destination:
        """Where drives for an account in `region` are sent, and at which region the job is made."""

    @abstractmethod
    def differences(self, resource: Mapping[str, Any], order: Order, goal: Destination) -> Differences:
        """What lies between the job that is there and the order."""

    @abstractmethod
    def way_back(self, resource: Mapping[str, Any], address: ReturnAddress | None, shipping: ReturnShipping | None) -> Differences:
        """What lies between the job that is there and this way back of its drives; None is not looked at."""

    @abstractmethod
    def recovery_passwords(self, group: str, name: str) -> dict[str, str]:
        """The recovery passwords that the service holds, by serial. They are remembered as secrets of the task."""

    @abstractmethod
    def create(self, order: Order, goal: Destination, keys: Mapping[str, str]) -> Write:
        """The request that makes a job. Send it only after a GET said 404."""

    @abstractmethod
    def planned(self, order: Order, request: Write) -> dict[str, Any]:
        """The resource that `create` would lead to."""

    @abstractmethod
    def change(self, group: str, name: str, body: Mapping[str, Any]) -> Write:
        """The request that changes a job."""

    @abstractmethod
    def changed(self, resource: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
        """The resource that `change` would lead to."""

    @abstractmethod
    def cancel(self, group: str, name: str, reason: str) -> Write:
        """The request that asks for canceling."""

    @abstractmethod
    def delete(self, group: str, name: str) -> Write:
        """The request that deletes a job."""

    @abstractmethod
    def ship(self, group: str, name: str, parcel: Parcel, more: Mapping[str, Any]) -> list[Write]:
        """The requests, in their order, that say which parcel holds the drives; the last one does. `more` is a body for `change`."""

    @abstractmethod
    def kept(self, parcel: Parcel) -> Parcel:
        """The part of a parcel that the service keeps."""

    @abstractmethod
    def knows(self, job: Job, parcel: Parcel) -> bool:
        """Whether the job counts as shipped in `parcel`."""

    @abstractmethod
    def on_its_way(self, job: Job, parcel: Parcel) -> bool:
        """Whether a request to ship the job in `parcel` was carried out and nothing has happened to it since."""

    @abstractmethod
    def send_once(self, what: str, group: str, name: str, request: Write) -> dict | None:
        """Send a write once; the resource after it, None after a delete. AnswerLost when its fate is unknown."""

    def get(self, group: str, name: str) -> Job | None:
        """The neutral job; None when there is none."""
        resource = self.resource(group, name)
        return None if resource is None else self.job(resource)

    def all(self, group: str | None = None) -> list[Job]:
        """Every job of the resource group or subscription, each that is not terminal read on its own (lists omit what matters)."""
        listed = [self.job(one) for one in self.listed(group)]
        full = {job.id: job for job in self._read_each(job for job in listed if not job.stage.terminal)}
        return [full.get(job.id, job) for job in listed if job.stage.terminal or job.id in full]

    def open_beside(self, own: Job) -> list[Job]:
        """Every job of the subscription that is not terminal, but for `own`."""
        others = [self.job(one) for one in self.listed()]
        return self._read_each(job for job in others if not job.stage.terminal and job.id.casefold() != own.id.casefold())

    def send(self, what: str, group: str, name: str, request: Write, done: Callable[[dict | None], bool]) -> dict | None:
        """Send `request`; when its answer is lost, read the job, and send again only if it is not `done(resource)`.

        A refusal of what is done already counts as done: a request may arrive twice, and the second is refused for the first.
        Returns the job's JSON as the service has it now, None after a delete.
        """
        for look in range(1, LOOKS + 1):
            try:
                return self.send_once(what, group, name, request)
            except Failure as refusal:
                if not _may_be_done(refusal):
                    raise
                there = self.resource(group, name)
                if not done(there):
                    raise
                return there
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


def _may_be_done(refusal: Failure) -> bool:
    """Whether a service refuses like this to delete, cancel or make what is so already."""
    return refusal.fields.get("status") in (404, 409) and refusal.fields.get("code") not in REFUSALS
