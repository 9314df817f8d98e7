# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same life of a job on both services of the lab: made, changed, its keys compared, its way back set, canceled, deleted."""

from __future__ import annotations

import json

import pytest
from unit.jobs_properties.in_process import AzureInProcess

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job, import_job_info, shipping_update
from lab import names, returned

ACCOUNT = f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/seedlanding"
DRIVES = ("WD-1", "WD-2")
ADDRESS = {
    "recipient_name": "Greta Lind", "street_address1": "Hafenstr. 12", "city": "Köln", "postal_code": "50678",
    "country_or_region": "Germany", "phone": "+49 221 5550123", "email": "greta.lind@example.com",
}  # fmt: skip
SERVICES = pytest.mark.parametrize("backend", ["import_export", "data_box"])


class Person:
    """Somebody with one job, one escrow, and an eye on the keys."""

    def __init__(self, folder, backend):
        self.azure, self.backend = AzureInProcess(folder), backend
        password = folder / "password"
        password.write_text("open sesame")
        self.escrow = {"escrow_dir": str(folder / "escrow"), "escrow_password_file": str(password)}
        self.keys = [escrow.seal(folder / "escrow", serial, password, "srv1") for serial in DRIVES]

    def task(self, core, **options):
        told = self.azure.run(core, backend=self.backend, resource_group=names.RESOURCE_GROUP, name="srv1", **options)
        assert not [key for key in self.keys if key in json.dumps(told)]
        module = core.__name__.rsplit(".", 1)[-1]
        assert (returned.differences(module, told), returned.missing(module, told)) == ([], [])
        return told

    def make(self, **more):
        order = {
            "location": "westeurope", "storage_account_id": ACCOUNT, "return_address": ADDRESS,
            "drives": [{"serial": serial, "manifest_hash": "A" * 32} for serial in DRIVES],
            "return_shipping": {"carrier": "DHL", "account_number": "LAB-0042"}, **self.escrow,
        }  # fmt: skip
        return self.task(import_job, **{**order, **more})

    def keys_of_the_job(self):
        (job,) = self.task(import_job_info, check_keys=True, **self.escrow)["jobs"]
        return {one["serial"]: one["key"] for one in job["drives"]}

    def stored(self):
        (job,) = self.azure.state["jobs" if self.backend == "import_export" else "data_box_jobs"].values()
        return job


@pytest.fixture
def person(tmp_path, backend):
    return Person(tmp_path, backend)


@SERVICES
def test_keys_of_a_job_are_those_in_escrow_until_one_of_them_is_another(person, tmp_path):
    person.make()
    assert person.keys_of_the_job() == {"WD-1": "matches", "WD-2": "matches"}
    (tmp_path / "escrow" / "WD-1.yml").unlink()
    escrow.seal(tmp_path / "escrow", "WD-1", tmp_path / "password", "srv1")
    (tmp_path / "escrow" / "WD-2.yml").unlink()
    assert person.keys_of_the_job() == {"WD-1": "differs", "WD-2": "not_in_escrow"}


@SERVICES
def test_what_can_be_changed_is_changed_once_and_told(person):
    person.make()
    wanted = {
        "return_address": {**ADDRESS, "city": "Bonn"},
        "return_shipping": {"carrier": "FedEx", "account_number": "1"},
        "tags": {"a": "1"},
    }
    assert person.make(**wanted)["changed"]
    again = person.make(**wanted)
    assert not again["changed"] and again["job"]["return_address"]["city"] == "Bonn"
    assert (again["job"]["return_shipping"]["carrier"], again["job"]["tags"]) == ("FedEx", {"a": "1"})
    assert person.make(**{**wanted, "tags": {"b": "2"}})["job"]["tags"] == {"a": "1", "b": "2"}
    assert person.make(**{**wanted, "tags": {"b": "2"}, "append_tags": False})["job"]["tags"] == {"b": "2"}


@pytest.mark.parametrize("backend", ["data_box"])
def test_who_is_written_to_is_changed_once_and_told(person):
    person.make()
    wanted = {"emails": ["a@example.com", "b@example.com"], "stages": ["received"]}
    assert person.make(notifications=wanted)["job"]["notifications"] == wanted
    assert not person.make(notifications=wanted)["changed"]
    alone = person.make(notifications={"stages": ["received"]})
    assert alone["job"]["notifications"] == {"emails": [ADDRESS["email"]], "stages": ["received"]}
    fewer = {"emails": ["b@example.com"], "stages": []}
    assert person.make(notifications=fewer)["job"]["notifications"] == fewer and not person.make(notifications=fewer)["changed"]


@SERVICES
def test_a_job_without_a_way_back_gets_one_with_its_parcel(person):
    person.make()
    if person.backend == "import_export":
        del person.stored()["properties"]["returnShipping"]
    else:
        person.stored()["details"]["returnToCustomerPackageDetails"] = {}
    parcel = {"carrier": "DHL", "tracking_number": "77", "return_shipping": {"carrier": "FedEx", "account_number": "1"}}
    told = person.task(shipping_update, **parcel)
    assert (told["job"]["stage"], told["job"]["return_shipping"]["carrier"]) == ("shipped", "FedEx")
    assert not person.task(shipping_update, **parcel)["changed"]
    alone = {"return_shipping": {"carrier": "UPS", "account_number": "1"}, "return_address": {**ADDRESS, "city": "Bonn"}}
    told = person.task(shipping_update, **alone)
    assert (told["job"]["return_shipping"]["carrier"], told["job"]["return_address"]["city"]) == ("UPS", "Bonn")
    assert told["job"]["inbound"]["tracking_number"] == "77" and not person.task(shipping_update, **alone)["changed"]


@SERVICES
def test_a_job_on_its_way_is_not_deleted_and_a_canceled_one_is(person):
    person.make()
    canceled = person.task(import_job, state="canceled")
    assert canceled["job"]["stage"] == "canceled" and person.task(import_job, state="absent")["job"] is None
    person.make()
    person.task(shipping_update, carrier="DHL", tracking_number="77")
    with pytest.raises(Failure) as refused:
        person.task(import_job, state="absent")
    assert refused.value.fields["field"] == "state" and refused.value.fields["cure"]


@SERVICES
def test_a_subscription_without_the_provider_is_told_what_registers_it(person):
    provider = "Microsoft.ImportExport" if person.backend == "import_export" else "Microsoft.DataBox"
    person.azure.state["providers"][provider]["state"] = "NotRegistered"
    with pytest.raises(Failure) as refused:
        person.make()
    assert refused.value.fields["code"] == "MissingSubscriptionRegistration"
    assert "module resource_provider" in refused.value.fields["cure"] and provider in refused.value.msg
