# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which service takes an import job: the one that was asked for, or the one that the subscription can use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .. import task
from ..arm import api
from ..failure import Failure, refuse
from .data_box_jobs import DataBoxJobs
from .data_box_parts import several, text, within
from .import_export_jobs import ImportExportJobs
from .locations import short
from .model import Job
from .service import REFUSALS, Jobs

BACKEND_OPTION = {"backend": {"type": "str", "choices": ["auto", "import_export", "data_box"], "default": "import_export"}}
# In the order of preference: Microsoft.ImportExport is the older one, its functions have moved to Microsoft.DataBox.
SERVICES: dict[str, type[Jobs]] = {"data_box": DataBoxJobs, "import_export": ImportExportJobs}
VERSIONS = {"data_box": api.DATA_BOX, "import_export": api.IMPORT_EXPORT}
# The first agent whose offline seeding goes by Microsoft.DataBox (azure-docs articles/backup/backup-azure-backup-import-export.md).
FIRST_AGENT = (2, 0, 9250, 0)


@dataclass(frozen=True)
class Standing:
    """How a service stands in the subscription: `usable`, what was `seen`, and what it `needs` to become usable."""

    backend: str
    usable: bool
    seen: str
    needs: str = ""

    def __str__(self) -> str:
        return f"{self.backend}: {self.seen}{f'; it needs: {self.needs}' if self.needs else ''}"


@dataclass(frozen=True)
class Choice:
    """The service that is used; `reason` only where it was to be found out."""

    jobs: Jobs
    reason: str | None = None

    def as_result(self) -> dict[str, Any]:
        return {} if self.reason is None else {"backend": self.jobs.backend, "backend_reason": self.reason}


def standing(azure, backend: str, region: str | None = None) -> Standing:
    """What the provider's registration, its resource types, API versions and regions say of `backend`."""
    namespace, version = SERVICES[backend].namespace, VERSIONS[backend]
    found = azure.arm.get(f"read resource provider {namespace}", api.provider(azure.subscription_id, namespace), api.RESOURCES)
    if found is None:
        return Standing(backend, False, f"Azure knows no provider {namespace}", "another cloud or subscription")
    state = text(within(found).get("registrationState")) or "NotRegistered"
    if state != "Registered":
        return Standing(backend, False, f"{namespace} is {state}", f"{namespace} registered (module resource_provider)")
    kind = next((one for one in several(found, "resourceTypes") if text(one.get("resourceType")).casefold() == "jobs"), None)
    if kind is None:
        return Standing(backend, False, f"{namespace} is Registered but has no jobs", "a subscription in which the service still has jobs")
    if version not in (kind.get("apiVersions") or ()):
        return Standing(backend, False, f"{namespace} does not answer API version {version}", "another version of this collection")
    regions = {short(one) for one in kind.get("locations") or ()}
    # On Microsoft.ImportExport a region without a datacenter of its own sends to another one, so that its list says nothing.
    if backend == "data_box" and region and regions and short(region) not in regions:
        return Standing(backend, False, f"{namespace} has no jobs in {short(region)}", "a storage account in a region of its list")
    return Standing(backend, True, f"{namespace} is Registered and answers API version {version}")


def standings(azure, region: str | None = None) -> list[Standing]:
    """How both services stand, the preferred one first; a Failure that tells both when neither is usable."""
    found = [standing(azure, backend, region) for backend in SERVICES]
    if any(one.usable for one in found):
        return found
    raise Failure(
        f"Neither service takes import jobs in this subscription. {'. '.join(str(one) for one in found)}.",
        field="backend",
        seen={one.backend: one.seen for one in found},
        needs={one.backend: one.needs for one in found},
        cure="register Microsoft.DataBox (module resource_provider), or what else one of them needs",
    )


def usable(azure) -> tuple[list[Jobs], str]:
    """The services that answer, and what was seen of both."""
    found = standings(azure)
    return [SERVICES[one.backend](azure) for one in found if one.usable], _told(found)


def chosen_for(azure, params: Mapping[str, Any]) -> Choice:
    """The service for the job that `params` name: as asked for, else where the job is, else the preferred one that is usable."""
    if params["backend"] != "auto":
        return Choice(SERVICES[params["backend"]](azure))
    found = standings(azure, params.get("location"))
    services = [SERVICES[one.backend](azure) for one in found if one.usable]
    there = holders(services, params["resource_group"], params["name"])
    if there:
        return Choice(there[0][0], f"The job is on {there[0][0].backend}. {_told(found)}")
    return _for_a_new_one(services, found, params.get("agent_version"))


def holders(services: list[Jobs], group: str, name: str) -> list[tuple[Jobs, Job]]:
    """The service that has a job of that name, with the job; a Failure when two have one that is not over."""
    there = [(jobs, job) for jobs in services if (job := jobs.get(group, name)) is not None]
    going = [one for one in there if not one[1].stage.terminal]
    if len(there) > 1 and len(going) != 1:
        raise Failure(
            f"Both services have a job {name} in resource group {group}: {', '.join(job.id for _jobs, job in there)}. "
            "Say which one is meant with backend.",
            field="backend",
            seen=[job.id for _jobs, job in there],
            cure="set backend to import_export or data_box",
        )
    return going or there


def beside(azure, jobs: Jobs, own: Job) -> list[Job]:
    """The open jobs of the other service, which shares the parcels' carriers; none where it does not exist for the subscription.

    Whoever works with Microsoft.ImportExport alone may have no right on the newer service: that is told.
    """
    other = next(SERVICES[backend](azure) for backend in SERVICES if backend != jobs.backend)
    try:
        return other.open_beside(own)
    except Failure as failure:
        if failure.fields.get("status") == 403 and jobs.backend == "import_export":
            task.warn(f"The tracking number of job {own.name} was not compared with those of {other.namespace}: {failure.msg}")
        elif failure.fields.get("code") not in REFUSALS:
            raise
        return []


@contextmanager
def telling_the_other(backend: str) -> Iterator[None]:
    """Adds to a refusal of the service as a whole what the other service would need."""
    try:
        yield
    except Failure as failure:
        if failure.fields.get("code") not in REFUSALS:
            raise
        [other] = [one for one in SERVICES if one != backend]
        needs = f"{SERVICES[other].namespace} registered (module resource_provider) and backend: {other}"
        fields = {**failure.fields, "backend": backend, "other_backend": other, "other_needs": needs}
        raise Failure(f"{failure.msg} {SERVICES[backend].namespace} refuses; the other service would need: {needs}.", **fields) from failure


def _for_a_new_one(services: list[Jobs], found: list[Standing], agent_version: str | None) -> Choice:
    by_name = {jobs.backend: jobs for jobs in services}
    if agent_version and _version(agent_version) < FIRST_AGENT:
        first = ".".join(str(part) for part in FIRST_AGENT)
        why = f"The agent is {agent_version}; those before {first} go by import_export"
        if "import_export" in by_name:
            return Choice(by_name["import_export"], f"{why}. {_told(found)}")
        task.warn(f"{why}, which does not answer: update the agent.")
    both = "Both answer; data_box is taken, because it follows import_export." if len(services) > 1 else "Only one answers."
    return Choice(services[0], f"{both} {_told(found)}")


def _told(found: list[Standing]) -> str:
    return f"{'. '.join(str(one) for one in found)}."


def _version(version: str) -> tuple[int, ...]:
    parts = version.strip().split(".")
    if not all(part.isdecimal() for part in parts):
        raise refuse("agent_version", version, "numbers with dots, such as 2.0.9250.0", "Take agent.version of win_backup_agent_info.")
    return tuple(int(part) for part in parts)
