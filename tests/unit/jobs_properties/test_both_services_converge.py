# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever people do, the services do and the network does: never two jobs, never a lost parcel, and always an end that holds.

The lab's core answers the real SDKs in process. People make, change, ship, cancel and delete two jobs; the datacenter moves them on; days
pass; requests are throttled, fail, arrive twice, and answers get lost.
"""

from __future__ import annotations

import json
import pathlib
import shutil
import tempfile
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from unit.jobs_properties.in_process import AzureInProcess

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job, import_job_info, shipping_update
from lab import names
from lab.azure import data_box_jobs

KEY = "-".join(["000011"] * 8)
JOBS = ("srv1", "srv2")
NUMBERS = ("1Z999", "1Z888")
ACCOUNT = f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/seedlanding"
ADDRESS = {
    "recipient_name": "Greta Lind", "street_address1": "Hafenstr. 12", "city": "Köln", "postal_code": "50678",
    "country_or_region": "Germany", "phone": "+49 221 5550123", "email": "greta.lind@example.com",
}  # fmt: skip
EXAMPLES, STEPS = 300, 25  # about a minute for each service

names_of_jobs = st.sampled_from(JOBS)
carriers = st.sampled_from(["DHL", "FedEx"])
written_of = st.sampled_from([None, [], ["received"], ["received", "returning"]])
faults = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["throttle", "status", "lose_answer", "lose_request"]),
        "method": st.sampled_from([None, "GET", "PUT", "PATCH", "POST", "DELETE"]),
        "times": st.sampled_from([1, 1, 2, 6]),
        "after": st.integers(0, 2),
        "retry_after": st.sampled_from([None, 1, 7]),
        "status": st.sampled_from([500, 502, 503, 504]),
    }
)
troubles = st.lists(faults, max_size=2)  # what breaks while a person's task runs


class Jobs(RuleBasedStateMachine):
    """What a service must hold is kept beside it.

    `made`: creations of a job since it was last gone; `parcels`: the tracking numbers that tasks were told are taken; `way_back`: the
    carriers for the return that tasks were told are set, until a task whose end is not known may have set another.
    """

    backend = "import_export"
    road = ("Creating", "Shipping", "Received", "Transferring", "Packaging", "Completed")
    stored = "jobs"

    @initialize()
    def subscription(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.azure = AzureInProcess(self.folder)
        self.azure.wire.seen = self._seen
        self.made: dict[str, int] = {}
        self.parcels: dict[str, str] = {}
        self.way_back: dict[str, str] = {}

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    # -- what the service holds -------------------------------------------------------------------------------------------------------
    def job(self, name: str) -> dict[str, Any] | None:
        return self.azure.state[self.stored].get(f"{names.RESOURCE_GROUP}/{name}".lower())

    def word(self, job: dict[str, Any]) -> str:
        return job["properties"]["state"]

    def number(self, job: dict[str, Any]) -> str | None:
        return (job["properties"].get("deliveryPackage") or {}).get("trackingNumber")

    def carrier(self, job: dict[str, Any]) -> str:
        return job["properties"]["returnShipping"]["carrierName"]

    def move(self, job: dict[str, Any], word: str) -> None:
        job["properties"]["state"], job["state_since"] = word, self.azure.state.now()

    def _seen(self, method: str, path: str, status: int) -> None:
        name = path.rsplit("/", 1)[-1].lower()
        if method == "PUT" and 200 <= status < 300 and name in JOBS:
            self.made[name] = self.made.get(name, 0) + 1

    # -- people ----------------------------------------------------------------------------------------------------------------------
    def task(self, core, **options: Any) -> dict[str, Any] | Failure:
        try:
            told = self.azure.run(core, backend=self.backend, resource_group=names.RESOURCE_GROUP, **options)
        except Failure as failure:
            told, text = failure, json.dumps([failure.msg, failure.fields])
            assert failure.msg, "a failure says what is wrong"
        else:
            text = json.dumps(told)
        assert KEY not in text and names.CLIENT_SECRET not in text
        return told

    def breaks(self, trouble: list[dict[str, Any]]) -> None:
        self.azure.state["faults"][:] = [{"path": r"/providers/Microsoft\.", "seconds": 0.0, **fault} for fault in trouble]

    def remember(self, name: str, carrier: str, told: dict[str, Any] | Failure) -> dict[str, Any] | Failure:
        """Keep the carrier that a task says is set; of a job that is over none is set any more."""
        if isinstance(told, Failure):
            self.way_back.pop(name, None)
        elif not told["job"]["terminal"] and not told["job"]["cancel_requested"]:
            assert told["job"]["return_shipping"]["carrier"] == carrier
            self.way_back[name] = carrier
        return told

    def present(
        self, name: str, tag: str, drives: int = 1, carrier: str = "DHL", stages: list[str] | None = None
    ) -> dict[str, Any] | Failure:
        told = self.task(
            import_job,
            name=name,
            location="westeurope",
            storage_account_id=ACCOUNT,
            drives=[{"serial": f"WD-{name}-{n}", "manifest_file": "\\DriveManifest.xml", "manifest_hash": "A" * 32} for n in range(drives)],
            return_address=ADDRESS,
            return_shipping={"carrier": carrier, "account_number": "LAB-0042"},
            notifications={"emails": [ADDRESS["email"]], **({} if stages is None else {"stages": stages})},
            escrow_dir="/escrow",
            tags={"seed": tag},
        )
        return self.remember(name, carrier, told)

    @rule(
        name=names_of_jobs, tag=st.sampled_from(["a", "b"]), drives=st.sampled_from([1, 1, 1, 2]), carrier=carriers, stages=written_of,
        trouble=troubles,
    )  # fmt: skip
    def make(self, name: str, tag: str, drives: int, carrier: str, stages: list[str] | None, trouble: list[dict[str, Any]]) -> None:
        self.breaks(trouble)
        self.present(name, tag, drives, carrier, stages)

    @rule(name=names_of_jobs, carrier=carriers, trouble=troubles)
    def change_the_way_back(self, name: str, carrier: str, trouble: list[dict[str, Any]]) -> None:
        self.breaks(trouble)
        back = {"carrier": carrier, "account_number": "LAB-0042"}
        self.remember(name, carrier, self.task(shipping_update, name=name, return_shipping=back))

    @rule(name=names_of_jobs, number=st.sampled_from(NUMBERS), trouble=troubles)
    def ship(self, name: str, number: str, trouble: list[dict[str, Any]]) -> None:
        self.breaks(trouble)
        told = self.task(shipping_update, name=name, carrier="DHL", tracking_number=number)
        if not isinstance(told, Failure):
            assert told["job"]["inbound"]["tracking_number"] == number
            self.parcels[name] = number
        elif self.job(name) and self.number(self.job(name)) == number:
            self.parcels[name] = number  # carried out, though nobody was told

    @rule(name=names_of_jobs, trouble=troubles)
    def cancel(self, name: str, trouble: list[dict[str, Any]]) -> None:
        self.breaks(trouble)
        self.task(import_job, name=name, state="canceled")

    @rule(name=names_of_jobs, trouble=troubles)
    def delete(self, name: str, trouble: list[dict[str, Any]]) -> None:
        self.breaks(trouble)
        self.task(import_job, name=name, state="absent")

    @rule()
    def look(self) -> None:
        told = self.task(import_job_info)
        if not isinstance(told, Failure):
            assert {one["name"] for one in told["jobs"]} == {name for name in JOBS if self.job(name)}

    # -- the world -------------------------------------------------------------------------------------------------------------------
    @rule(name=names_of_jobs)
    def datacenter_moves_on(self, name: str) -> None:
        job = self.job(name)
        if job and self.word(job) in self.road[1:-1]:
            self.move(job, self.road[self.road.index(self.word(job)) + 1])

    @rule(days=st.sampled_from([1, 6, 15, 91]))
    def days_pass(self, days: int) -> None:
        self.azure.clock.advance(days=days)
        self.azure.cloud.forget_what_is_over()

    @rule(method=st.sampled_from(["GET", "PATCH", "POST", "DELETE"]))
    def a_request_arrives_twice(self, method: str) -> None:
        self.azure.wire.twice.append(method)

    @rule(name=names_of_jobs, tag=st.sampled_from(["a", "b"]), carrier=carriers, stages=written_of)
    def everything_works_again(self, name: str, tag: str, carrier: str, stages: list[str] | None) -> None:
        """Convergence: the same task once more succeeds or says why not, and a second time changes nothing."""
        self.azure.state["faults"].clear()
        self.azure.wire.twice.clear()
        first = self.present(name, tag, len(self._drives(name)) or 1, carrier, stages)
        if isinstance(first, Failure):
            assert self.job(name) and self.word(self.job(name)).lower().startswith("cancel"), first.msg
            return
        second = self.present(name, tag, len(self._drives(name)), carrier, stages)
        assert second["changed"] is False, second
        if self.job(name) and self.word(self.job(name)) not in (self.road[0], self.road[-1]):
            assert second["job"]["tags"] == self.job(name)["tags"]

    def _drives(self, name: str) -> list[Any]:
        job = self.job(name)
        return job["properties"]["driveList"] if job else []

    def forget_what_is_gone(self) -> None:
        for name in JOBS:
            if self.job(name) is None:
                for kept in (self.made, self.parcels, self.way_back):
                    kept.pop(name, None)

    # -- what always holds -------------------------------------------------------------------------------------------------------------
    @invariant()
    def there_is_one_job_of_a_name_made_once(self) -> None:
        if not hasattr(self, "azure"):
            return
        self.forget_what_is_gone()
        for name in JOBS:
            assert self.made.get(name, 0) <= 1, f"job {name} was made {self.made[name]} times"

    @invariant()
    def no_parcel_is_lost_and_none_belongs_to_two_open_jobs(self) -> None:
        if not hasattr(self, "azure"):
            return
        self.forget_what_is_gone()
        for name, number in self.parcels.items():
            assert self.number(self.job(name)) == number, f"{name} was told to travel in {number}"
        open_jobs = [job for job in map(self.job, JOBS) if job and self.word(job) in self.road[:-1]]
        numbers = [self.number(job) for job in open_jobs if self.number(job)]
        assert len(set(numbers)) == len(numbers), numbers

    @invariant()
    def the_way_back_is_the_one_that_was_told(self) -> None:
        if not hasattr(self, "azure"):
            return
        self.forget_what_is_gone()
        for name, carrier in self.way_back.items():
            assert self.carrier(self.job(name)) == carrier, f"{name} was told to come back by {carrier}"


class DataBoxJobs(Jobs):
    backend = "data_box"
    road = ("AwaitingShipmentDetails", "ShippedToAzureDC", "AtAzureDC", "DataCopy", "PreparingToShipFromAzureDC", "Completed")
    stored = "data_box_jobs"

    def word(self, job: dict[str, Any]) -> str:
        return job["status"]

    def number(self, job: dict[str, Any]) -> str | None:
        return (job.get("parcel") or {}).get("trackingId")

    def carrier(self, job: dict[str, Any]) -> str:
        return job["details"]["returnToCustomerPackageDetails"]["carrierName"]

    def move(self, job: dict[str, Any], word: str) -> None:
        data_box_jobs._move(job, word, self.azure.state.now())

    def _drives(self, name: str) -> list[Any]:
        job = self.job(name)
        return list(job["details"]["importDiskDetailsCollection"]) if job else []


@pytest.mark.parametrize("machine", [Jobs, DataBoxJobs])
def test_no_order_of_events_makes_two_jobs_or_loses_a_parcel(machine, monkeypatch):
    monkeypatch.setattr(escrow, "read", lambda folder, serial, password_file: KEY)  # tests/unit/drives has the real one
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)),
    )
