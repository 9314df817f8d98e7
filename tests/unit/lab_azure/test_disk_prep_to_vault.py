# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documented road through the whole lab: staged files, the console, a parcel, page blobs, the vault's copy. Azurite is a real one."""

from __future__ import annotations

import io
import shutil
from types import SimpleNamespace

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import copy_log, manifest, verify
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import data_box
from lab import names, sample
from lab.azure.for_hosts import AzureForHosts
from lab.datacenter import Datacenter
from lab.operations import Operations
from lab.windows import worlds
from lab.windows.diskprep import ConsoleRefused
from lab.windows.mars import seed, staged

MIB = 1 << 20
FOLDER = "C:\\ProgramData\\offlineseed\\srv1\\diskprep"
LINE = f"Set-Location -LiteralPath '{FOLDER}'; .\\AzureOfflineBackupDiskPrep.exe s:{names.STAGING}"
CONTACT = {
    "contact_name": "Greta Lind", "contact_number": "+49 221 5550123", "email": "greta.lind@example.com",
    "shipping_address": "Hafenstr. 12, Köln", "country": "DE", "postal_code": "50678",
}  # fmt: skip
VALUES = {
    "staging_path": names.STAGING, "storage_account": names.STORAGE_ACCOUNT, "container": names.CONTAINER,
    "subscription_id": names.SUBSCRIPTION, "import_job_name": "srv1",
}  # fmt: skip


class World:
    """The lab's operations without its server, over the Azure of the test."""

    def __init__(self, azure, data):
        self.azure = azure
        self.network = worlds.build(azure.folder / "lab", azure.clock, data)
        self.datacenter = Datacenter(azure.state, azure.cloud.blobs, self.network)
        for host in self.network.hosts.values():
            host.azure = AzureForHosts(azure.cloud)
            host.facts["encryption_seconds"] = {"used": 0, "full": 0}
        self.copy_host = self.network.hosts[names.COPY_HOST]
        parts = SimpleNamespace(network=self.network, datacenter=self.datacenter, state=azure.state, blobs=azure.cloud.blobs)
        self.hands = Operations(SimpleNamespace(parts=parts))

    def stage(self):
        self.hands.wizard(values=VALUES)
        assert self.hands.back_up_now() == "CompletedWithWaitingForImportJob"
        tool = self.network.hosts[names.SOURCE].path(f"{worlds.INSTALL_PATH}Utils\\AzureOfflineBackupDiskPrep")
        shutil.copytree(tool, self.copy_host.path(FOLDER))

    def run_disk_prep(self, *letters):
        told = [(name, value) for letter in letters for name, value in (("drive_letter", letter), ("confirm_format", "yes"))]
        answers = [{"prompt": name, "answer": value} for name, value in [*told, *CONTACT.items()]]
        return self.hands.run_disk_prep(command_line=LINE, answers=answers)

    def drive(self, serial, size=100 * MIB):
        self.hands.attach(serial, size)
        return self.hands.give_letter(serial)["letter"]

    def ship(self, tracking_number="1Z"):
        parcel = {"deliverToDcPackageDetails": {"carrierName": "DHL", "trackingId": tracking_number}}
        assert self.azure.send("POST", f"{self.job_id}/markDevicesShipped", parcel).status == 204
        self.hands.ship(tracking_number=tracking_number)

    def pass_days(self, days):
        for _unused in range(days * 4):
            self.azure.clock.advance(hours=6)
            self.datacenter.tick()

    @property
    def job_id(self):
        return f"{names.group_id()}/providers/Microsoft.DataBox/jobs/srv1"

    def job(self):
        return self.azure.get(self.job_id, **{"$expand": "details"})

    def staged(self):
        folder = self.copy_host.path(f"{names.STAGING_ON_COPY_HOST}\\{names.STORAGE_ACCOUNT}_srv1")
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    def landed(self):
        blobs = self.azure.cloud.blobs
        found = blobs.files(names.STORAGE_ACCOUNT, names.CONTAINER)
        return {name: blobs.read(names.STORAGE_ACCOUNT, names.CONTAINER, name) for name, _size in found}


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(5):
        (folder / f"file {number}.bin").write_bytes(bytes([number + 1]) * (700_000 + number))
    return folder


@pytest.fixture
def world(azure, data, monkeypatch):
    monkeypatch.setattr(worlds, "BYSTANDER_SIZE", 20 * MIB)
    monkeypatch.setattr(seed, "PACE", 0.0)
    monkeypatch.setattr(seed, "COPY_SECONDS", 0.0)
    monkeypatch.setattr(staged, "LARGEST", MIB)
    azure.register("Microsoft.DataBox")
    azure.make_account()
    return World(azure, data)


def source(name, content):
    return verify.Source(name, lambda: io.BytesIO(content))


def test_what_was_staged_lands_and_comes_back_from_the_vault(world, data, tmp_path):
    bystander = world.network.hashes()[names.COPY_HOST]["disks"][worlds.BYSTANDER_SERIAL]
    world.stage()
    letters = world.drive("WD-1", 12 * MIB), world.drive("WD-2")
    world.copy_host.storage.lettered(letters[0]).volume.size = 3 * MIB
    told = world.run_disk_prep(*letters)
    assert [one["serial"] for one in told["drives"]] == ["WD-1", "WD-2"] and told["ship_to"]["city"] == "Middenmeer"
    before, manifests = {one["serial"]: one for one in told["drives"]}, []
    for serial, letter in zip(("WD-1", "WD-2"), letters, strict=True):
        content = (world.copy_host.path(f"{letter}:\\") / "DriveManifest.xml").read_bytes()
        manifests.append(source(serial, content))
        reader = manifest.Reader(io.BytesIO(content))
        sizes = {name: len(content) for name, content in world.staged().items()}
        assert manifest.check_read(reader, manifest.staged(sizes), names.CONTAINER, serial, before[serial]["manifest_hash"]) == []
    world.ship()
    world.pass_days(9)
    job = data_box.job_from(world.job())
    assert (job.stage.name, [(one.serial, one.state) for one in job.drives]) == (
        "completed",
        [("WD-1", "completed"), ("WD-2", "completed")],
    )
    assert world.landed() == world.staged()
    logs = []
    for drive in job.drives:
        account, container, name = drive.error_log.split("/", 5)[3:]
        content = world.azure.cloud.blobs.read(account, container, name)
        logs.append(source(name, content))
        reader = copy_log.Reader(io.BytesIO(content))
        assert (list(reader.entries()), reader.status, reader.generation) == ([], "Succeeded", "2021-08-01")
    there = {f"{names.CONTAINER}/{name}": len(content) for name, content in world.landed().items()}
    report = verify.verify(manifests, logs, None, there)
    assert (report.seed, report.problems, report.counts) == ("present", [], {"present": len(there)})
    assert world.hands.back_up_now() == "Completed"
    world.hands.restore(to=str(tmp_path / "restored"))
    assert sample.fingerprints(tmp_path / "restored") == sample.fingerprints(data)
    assert world.network.hashes()[names.COPY_HOST]["disks"][worlds.BYSTANDER_SERIAL] == bystander


def test_the_job_reads_back_as_the_product_expects_one(world):
    world.stage()
    told = world.run_disk_prep(world.drive("WD-1"))
    job = data_box.job_from(world.job())
    assert (job.name, job.backend, job.stage.name, job.location, job.tags) == ("srv1", "data_box", "creating", "westeurope", {})
    assert job.storage_account_id.endswith(f"/storageAccounts/{names.STORAGE_ACCOUNT}")
    (drive,) = job.drives
    assert (drive.serial, drive.manifest_file, drive.manifest_hash) == ("WD-1", "\\DriveManifest.xml", told["drives"][0]["manifest_hash"])
    (lock,) = world.azure.state["locks"].values()
    assert lock["name"] == "DATABOX_SERVICE"


def test_an_agent_takes_nothing_before_the_job_is_completed(world):
    world.stage()
    world.run_disk_prep(world.drive("WD-1"))
    world.ship()
    world.pass_days(6)
    assert world.landed() and world.job()["properties"]["status"] != "Completed"
    assert world.hands.back_up_now() == "CompletedWithWaitingForImportJob"


def test_a_drive_that_was_prepared_again_after_the_job_was_made_cannot_be_opened_there(world):
    world.stage()
    letter = world.drive("WD-1")
    world.run_disk_prep(letter)
    with pytest.raises(ConsoleRefused, match="Import job srv1 exists"):
        world.run_disk_prep(letter)
    world.ship()
    world.pass_days(9)
    job = world.job()["properties"]
    (progress,) = job["details"]["copyProgress"]
    assert (job["status"], progress["error"]["code"]) == ("Failed_IssueDetectedAtAzureDC", "BitLockerKeyInvalid")
    assert world.landed() == {}


def test_without_registration_no_job_is_made_and_after_it_a_new_run_is(world):
    world.azure.state["providers"]["Microsoft.DataBox"] = {"state": "NotRegistered"}
    world.stage()
    letter = world.drive("WD-1")
    with pytest.raises(ConsoleRefused, match="MissingSubscriptionRegistration"):
        world.run_disk_prep(letter)
    world.azure.register("Microsoft.DataBox")
    assert world.run_disk_prep(letter)["job"] == "srv1"


def test_without_the_storage_account_no_drive_is_touched(world):
    world.stage()
    letter = world.drive("WD-1")
    world.azure.state["accounts"].clear()
    with pytest.raises(ConsoleRefused, match="no storage account seedlanding"):
        world.run_disk_prep(letter)
    assert world.copy_host.storage.lettered(letter).volume.label == "New Volume"


def test_an_older_agent_brings_an_older_tool(world):
    world.hands.change_agent(version="2.0.9200.0")
    world.stage()
    with pytest.raises(ConsoleRefused, match=r"2\.0\.9200\.0 uses an import API that is retired"):
        world.run_disk_prep(world.drive("WD-1"))


def test_a_letter_is_given_to_blank_drives_only(world):
    world.hands.attach("WD-1", 100 * MIB)
    assert world.hands.give_letter("WD-1")["letter"] == "E"
    with pytest.raises(LookupError, match="not blank"):
        world.hands.give_letter("WD-1")
    with pytest.raises(LookupError, match="not blank"):
        world.hands.give_letter(worlds.BYSTANDER_SERIAL)


def test_a_person_sees_the_job_at_a_glance(world, monkeypatch):
    world.stage()
    world.run_disk_prep(world.drive("WD-1"))
    world.hands._parts.state, world.hands._server.engine = world.azure.state, "standins"
    (line,) = world.hands.show()["data_box_jobs"]
    assert line == {"name": "srv1", "status": "AwaitingShipmentDetails", "drives": {"WD-1": None}}
