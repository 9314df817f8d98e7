# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the parcel to the returned drive: what the datacenter does with good drives and with bad ones."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET

import pytest

from lab import names
from lab.azure import drive_manifest
from lab.datacenter import Datacenter
from lab.windows.network import Network

from .conftest import JOB
from .shelf import FILES, MIB, OTHER_PASSWORD, RANGE, content, manifest, put_on_shelf


@pytest.fixture
def network(azure):
    return Network(azure.folder / "lab", azure.clock)


@pytest.fixture
def datacenter(azure, network):
    return Datacenter(azure.state, azure.cloud.blobs, network)


def ship(azure, datacenter, body, hashes, *, sent=None, **properties):
    """A shipped job of the drives in `hashes`; the parcel holds `sent` of them."""
    azure.register()
    if not azure.state["accounts"]:
        azure.make_account()
    drive = body["properties"]["driveList"][0]
    body["properties"]["driveList"] = [{**drive, "driveId": serial, "manifestHash": value} for serial, value in hashes.items()]
    body["properties"].update(properties)
    assert azure.send("PUT", JOB, body).status == 201
    azure.send("PATCH", JOB, {"properties": {"state": "Shipping", "deliveryPackage": {"carrierName": "DHL", "trackingNumber": "T-1"}}})
    datacenter.hand_over(list(hashes) if sent is None else sent, "DHL", "t-1 ")


def pass_days(azure, datacenter, days):
    """Let days pass, three hours at a time; what the job looked like, each time that it changed."""
    seen = []
    for _unused in range(8 * days):
        azure.clock.advance(hours=3)
        datacenter.tick()
        told = azure.get(JOB)["properties"]
        look = (told["state"], [drive["state"] for drive in told["driveList"]])
        if look not in seen:
            seen.append(look)
    return seen


def job(azure):
    return azure.get(JOB)["properties"]


def log(azure, drive, kind="errorLogUri"):
    """A copy log by the address that the job tells."""
    account, container, name = drive[kind].split("/", 5)[3:]
    return ET.fromstring(azure.cloud.blobs.read(account, container, name))


def test_a_good_drive_goes_the_whole_way_and_its_files_are_page_blobs(azure, network, datacenter, job_body, tmp_path):
    ship(azure, datacenter, job_body, {"WD-1": put_on_shelf(network, "WD-1")}, logLevel="Verbose", backupDriveManifest=True)
    assert pass_days(azure, datacenter, 10) == [
        ("Shipping", ["Specified"]), ("Received", ["Received"]), ("Transferring", ["Transferring"]),
        ("Packaging", ["Completed"]), ("Completed", ["ShippedBack"]),
    ]  # fmt: skip
    blobs = azure.cloud.blobs
    assert blobs.files("seedlanding", "seed-srv1") == sorted(FILES.items())
    for name, size in FILES.items():
        blobs.download("seedlanding", "seed-srv1", name, tmp_path / "back")
        assert (tmp_path / "back").read_bytes() == content(name, size)
        with blobs.container("seedlanding", "seed-srv1") as container:
            assert container.get_blob_client(name).get_blob_properties().blob_type == "PageBlob"
    told = job(azure)
    (drive,) = told["driveList"]
    assert (drive["percentComplete"], drive["bytesSucceeded"], drive["copyStatus"], told["percentComplete"]) == (
        100,
        sum(FILES.values()),
        "Completed",
        100,
    )
    assert told["returnPackage"]["driveCount"] == 1
    verbose, errors = log(azure, drive, "verboseLogUri"), log(azure, drive)
    assert (verbose.get("Version"), verbose.findtext("Status"), len(verbose.findall("Blob"))) == ("2018-10-01", "Completed", 3)
    assert {part.get("Status") for part in verbose.iter("PageRange")} == {"Completed"}
    assert (errors.findtext("DriveId"), errors.findtext("Status"), errors.findall("Blob")) == ("WD-1", "Completed", [])
    assert "/waimportexport/waies/srv1_WD-1_" in drive["errorLogUri"]
    assert drive_manifest.read(azure.cloud.blobs.read(*drive["manifestUri"].split("/", 5)[3:])).serial == "WD-1"


def test_progress_is_seen_while_copying(azure, network, datacenter, job_body):
    ship(azure, datacenter, job_body, {"WD-1": put_on_shelf(network, "WD-1", {f"7_{n}_x_BaseBlob": MIB for n in range(8)})})
    pass_days(azure, datacenter, 5)
    (drive,) = job(azure)["driveList"]
    assert 0 < drive["percentComplete"] < 100
    assert drive["percentComplete"] == 100 * drive["bytesSucceeded"] // (8 * MIB)
    assert network.on_shelf("WD-1").data_volume().locked


def test_a_parcel_that_was_handed_over_before_the_job_knew_it_is_received_when_it_does(azure, network, datacenter, job_body):
    md5 = put_on_shelf(network, "WD-1")
    datacenter.hand_over(["WD-1"], "DHL", "T-9")
    azure.clock.advance(days=5)
    ship(azure, datacenter, job_body, {"WD-1": md5}, sent=[])
    azure.send("PATCH", JOB, {"properties": {"deliveryPackage": {"carrierName": "DHL", "trackingNumber": "T-9"}}})
    datacenter.tick()
    assert job(azure)["driveList"][0]["state"] == "Received"


def test_without_a_parcel_the_drives_are_never_received_and_may_still_come(azure, network, datacenter, job_body):
    md5 = put_on_shelf(network, "WD-1")
    ship(azure, datacenter, job_body, {"WD-1": md5}, sent=[])
    azure.state["parcels"].clear()
    assert pass_days(azure, datacenter, 15) == [("Shipping", ["Specified"]), ("Shipping", ["NeverReceived"])]
    datacenter.hand_over(["WD-1"], "DHL", "T-1")
    assert pass_days(azure, datacenter, 9)[-1] == ("Completed", ["ShippedBack"])


def test_a_drive_that_is_missing_in_the_parcel_closes_the_job(azure, network, datacenter, job_body):
    hashes = {serial: put_on_shelf(network, serial) for serial in ("WD-1", "WD-2")}
    ship(azure, datacenter, job_body, hashes, sent=["WD-1"])
    assert pass_days(azure, datacenter, 10)[-1] == ("Closed", ["ShippedBack", "NeverReceived"])


def test_a_tracking_number_is_given_once(azure, network, datacenter):
    datacenter.hand_over([], "DHL", "T-1")
    with pytest.raises(ValueError, match="t-1 is already on its way"):
        datacenter.hand_over([], "DHL", "t-1")


def test_a_drive_is_away_until_its_job_has_ended(azure, network, datacenter, job_body):
    ship(azure, datacenter, job_body, {"WD-1": put_on_shelf(network, "WD-1")})
    assert datacenter.holds("WD-1") == "t-1 "
    with pytest.raises(ValueError, match="WD-1 left in parcel"):
        datacenter.hand_over(["WD-1"], "DHL", "T-2")
    pass_days(azure, datacenter, 9)
    assert datacenter.holds("WD-1") is None


def broken(network, how):
    """A drive with one fault; (its manifest's MD5 as the job has it, the drive's status that must follow)."""
    good = manifest("WD-1", FILES)
    cases = {
        "wrong key": lambda: (put_on_shelf(network, "WD-1"), "BitLockerKeyInvalid"),
        "not encrypted": lambda: (put_on_shelf(network, "WD-1", encrypted=False), "BitLockerNotActivated"),
        "manifest changed": lambda: (
            put_on_shelf(network, "WD-1", manifest_bytes=good + b" ") and hashlib.md5(good).hexdigest(),
            "ManifestCorrupted",
        ),
        "manifest of another drive": lambda: (
            put_on_shelf(network, "WD-1", manifest_bytes=manifest("WD-2", FILES)),
            "ManifestDriveIdMismatch",
        ),
        "no manifest format": lambda: (put_on_shelf(network, "WD-1", manifest_bytes=b"<DriveManifest/>"), "ManifestFormatInvalid"),
        "length of 513": lambda: (put_on_shelf(network, "WD-1", {"x": 513}), "ManifestFormatInvalid"),
    }
    return cases[how]()


@pytest.mark.parametrize(
    "how", ["wrong key", "not encrypted", "manifest changed", "manifest of another drive", "no manifest format", "length of 513"]
)
def test_a_drive_that_cannot_be_read_gets_its_documented_status_and_lands_nothing(azure, network, datacenter, job_body, how):
    md5, status = broken(network, how)
    if how == "wrong key":
        job_body["properties"]["driveList"][0]["bitLockerKey"] = OTHER_PASSWORD
    ship(azure, datacenter, job_body, {"WD-1": md5})
    assert pass_days(azure, datacenter, 10)[-2:] == [("Packaging", ["CompletedMoreInfo"]), ("Closed", ["ShippedBack"])]
    (drive,) = job(azure)["driveList"]
    assert (drive["copyStatus"], log(azure, drive).findtext("Status")) == (status, status)
    assert azure.cloud.blobs.files("seedlanding", "seed-srv1") == []


def test_a_range_that_rotted_on_the_way_is_not_written_and_named(azure, network, datacenter, job_body):
    md5 = put_on_shelf(network, "WD-1")
    volume = network.on_shelf("WD-1").data_volume()
    volume.unlock()
    path = volume.folder / "data" / "7_0_a_AIBBlob"
    data = bytearray(path.read_bytes())
    data[RANGE + 5] ^= 1
    path.write_bytes(data)
    (volume.folder / "data" / "7_1_b_BaseBlob").unlink()
    volume.lock()
    ship(azure, datacenter, job_body, {"WD-1": md5})
    assert pass_days(azure, datacenter, 10)[-1] == ("Closed", ["ShippedBack"])
    (drive,) = job(azure)["driveList"]
    told = log(azure, drive)
    assert [(blob.findtext("BlobPath"), blob.findtext("Status")) for blob in told.findall("Blob")] == [
        ("seed-srv1/7_0_a_AIBBlob", "CompletedWithErrors"), ("seed-srv1/7_1_b_BaseBlob", "FileNotFound"),
    ]  # fmt: skip
    assert [part.get("Status") for part in told.iter("PageRange")] == ["Completed", "Corrupted"]
    assert (told.findtext("Status"), drive["bytesSucceeded"]) == ("CompletedWithErrors", RANGE)


@pytest.mark.parametrize(
    ("disposition", "word", "there"),
    [("rename", "Renamed", ["a", "a (2)"]), ("no-overwrite", "Skipped", ["a"]), ("overwrite", "Overwritten", ["a"])],
)
def test_a_name_that_is_taken_is_treated_as_the_manifest_says(azure, network, datacenter, job_body, tmp_path, disposition, word, there):
    azure.make_account()
    (tmp_path / "old").write_bytes(b"o" * 1024)
    azure.cloud.blobs.create("seedlanding", "seed-srv1")
    azure.cloud.blobs.upload_page_blob("seedlanding", "seed-srv1", "a", tmp_path / "old")
    md5 = put_on_shelf(network, "WD-1", {"a": 512}, manifest("WD-1", {"a": 512}, disposition=disposition))
    ship(azure, datacenter, job_body, {"WD-1": md5}, logLevel="Verbose")
    assert pass_days(azure, datacenter, 10)[-1][0] == ("Completed" if word == "Overwritten" else "Closed")
    assert [name for name, _unused in azure.cloud.blobs.files("seedlanding", "seed-srv1")] == there
    assert dict(azure.cloud.blobs.files("seedlanding", "seed-srv1"))["a"] == (512 if word == "Overwritten" else 1024)
    assert log(azure, job(azure)["driveList"][0], "verboseLogUri").find("Blob/ImportDisposition").get("Status") == word


@pytest.mark.parametrize(
    "change",
    [{"allowSharedKeyAccess": False}, {"publicNetworkAccess": "Disabled"}, {"networkAcls": {"defaultAction": "Deny", "bypass": "Logging"}}],
)
def test_an_account_that_shuts_the_service_out_gets_nothing(azure, network, datacenter, job_body, change):
    azure.make_account(properties=change)
    ship(azure, datacenter, job_body, {"WD-1": put_on_shelf(network, "WD-1")})
    assert pass_days(azure, datacenter, 10)[-1][0] == "Closed"
    (drive,) = job(azure)["driveList"]
    assert (drive["copyStatus"], "errorLogUri" in drive) == ("BlobRequestForbidden", False)


def test_copying_goes_on_where_a_saved_state_left_it(azure, network, datacenter, job_body):
    ship(azure, datacenter, job_body, {"WD-1": put_on_shelf(network, "WD-1", {f"7_{n}_x_BaseBlob": MIB for n in range(4)})})
    pass_days(azure, datacenter, 5)
    before = job(azure)["driveList"][0]["bytesSucceeded"]
    again = Network.load(network.folder, azure.clock)
    resumed = Datacenter(azure.state, azure.cloud.blobs, again)
    assert (before < 4 * MIB, pass_days(azure, resumed, 6)[-1]) == (True, ("Completed", ["ShippedBack"]))
    assert azure.cloud.blobs.files("seedlanding", names.CONTAINER) == [(f"7_{n}_x_BaseBlob", MIB) for n in range(4)]
