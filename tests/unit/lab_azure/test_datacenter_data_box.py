# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the parcel to the returned drive on Microsoft.DataBox; logs and jobs are read with the product's own readers."""

from __future__ import annotations

import io
import pathlib

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import copy_log, crc64
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import data_box
from lab import names
from lab.datacenter import Datacenter
from lab.windows.network import Network

from .conftest import RECOVERY_PASSWORD
from .data_box_order import ACCOUNT, body
from .shelf import FILES, MIB, OTHER_PASSWORD, RANGE, content, manifest, put_on_shelf

JOB = f"{names.group_id()}/providers/Microsoft.DataBox/jobs/srv1"
EXPAND = {"$expand": "details"}
LOCK = {"level": "CanNotDelete", "notes": "Data Box Service to copy data from device to storage account."}
ROAD = ["ShippedToAzureDC", "AtAzureDC", "DataCopy", "PreparingToShipFromAzureDC", "ShippedToCustomer"]


@pytest.fixture
def network(azure):
    azure.register("Microsoft.DataBox")
    return Network(azure.folder / "lab", azure.clock)


@pytest.fixture
def datacenter(azure, network):
    return Datacenter(azure.state, azure.cloud.blobs, network)


def ship(azure, datacenter, hashes, *, sent=None, **more):
    """A shipped job; the parcel holds `sent` of its drives."""
    if not azure.state["accounts"]:
        azure.make_account()
    assert azure.send("PUT", JOB, body(hashes, **more)).status == 202
    mark(azure)
    datacenter.hand_over(list(hashes) if sent is None else sent, "DHL", "t-1 ")


def mark(azure):
    parcel = {"deliverToDcPackageDetails": {"carrierName": "DHL", "trackingId": "T-1"}}
    assert azure.send("POST", f"{JOB}/markDevicesShipped", parcel).status == 204


def told(azure):
    return azure.get(JOB, **EXPAND)


def details(azure):
    return told(azure)["properties"]["details"]


def progress(azure, serial="WD-1"):
    return next(one for one in details(azure)["copyProgress"] if one["serialNumber"] == serial)


def pass_days(azure, datacenter, days):
    """Let days pass, three hours at a time; what the job looked like, each time that it changed. Every answer is held against the API."""
    seen = []
    for _unused in range(8 * days):
        azure.clock.advance(hours=3)
        datacenter.tick()
        job = told(azure)["properties"]
        look = (job["status"], [one["copyStatus"] for one in job["details"]["copyProgress"]])
        if look not in seen:
            seen.append(look)
    return seen


def log(azure, link="errorLogLink", serial="WD-1"):
    """A copy log by the address that the job tells, read by the product: (reader, entries)."""
    (found,) = [one for one in details(azure)["copyLogDetails"] if one["serialNumber"] == serial]
    account, container, name = found[link].split("/", 5)[3:]
    assert container == "databoxcopylog"
    reader = copy_log.Reader(io.BytesIO(azure.cloud.blobs.read(account, container, name)))
    return reader, list(reader.entries())


def stages(azure):
    return {one["stageName"]: one["stageStatus"] for one in details(azure)["jobStages"]}


class TestTheWholeWay:
    def test_a_good_drive_goes_every_stage_and_its_files_are_page_blobs(self, azure, network, datacenter, tmp_path):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")})
        assert pass_days(azure, datacenter, 10) == [
            ("ShippedToAzureDC", []), ("AtAzureDC", ["NotStarted"]), ("DataCopy", ["InProgress"]),
            ("PreparingToShipFromAzureDC", ["Completed"]), ("ShippedToCustomer", ["Completed"]), ("Completed", ["Completed"]),
        ]  # fmt: skip
        blobs = azure.cloud.blobs
        assert blobs.files("seedlanding", "seed-srv1") == sorted(FILES.items())
        for name, size in FILES.items():
            blobs.download("seedlanding", "seed-srv1", name, tmp_path / "back")
            assert (tmp_path / "back").read_bytes() == content(name, size)
            with blobs.container("seedlanding", "seed-srv1") as container:
                assert container.get_blob_client(name).get_blob_properties().blob_type == "PageBlob"

    def test_stages_have_times_and_the_way_back_a_number(self, azure, network, datacenter):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")})
        pass_days(azure, datacenter, 5)
        assert stages(azure) == {
            "AwaitingShipmentDetails": "Succeeded", **dict.fromkeys(ROAD[:2], "Succeeded"), "DataCopy": "InProgress",
            **dict.fromkeys(ROAD[3:], "None"),
        }  # fmt: skip
        pass_days(azure, datacenter, 5)
        assert stages(azure) == {**dict.fromkeys(["AwaitingShipmentDetails", *ROAD, "Completed"], "Succeeded")}
        assert all("stageTime" in one for one in details(azure)["jobStages"])
        assert details(azure)["returnPackage"] == {"carrierName": "DHL", "trackingId": "RETSRV101"}
        assert datacenter.holds("WD-1") is None

    def test_progress_grows_and_the_product_reads_it(self, azure, network, datacenter):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1", {f"7_{n}_x_BaseBlob": MIB for n in range(4)})})
        seen = []
        for _unused in range(40):
            azure.clock.advance(hours=6)
            datacenter.tick()
            job = data_box.job_from(told(azure))
            seen.append((job.stage.name, job.percent))
        of_copying = [percent for stage, percent in seen if stage == "copying" and percent is not None]
        assert of_copying == sorted(of_copying) and 0 < of_copying[0] < 100
        assert seen[-1] == ("completed", 100)
        one = progress(azure)
        assert (one["bytesProcessed"], one["totalBytesToProcess"], one["filesProcessed"], one["totalFilesToProcess"]) == (
            4 * MIB,
            4 * MIB,
            4,
            4,
        )

    def test_no_answer_on_the_way_holds_a_key(self, azure, network, datacenter):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")}, level="Verbose", enableManifestBackup=True)
        for _unused in range(10):
            pass_days(azure, datacenter, 1)
            assert RECOVERY_PASSWORD not in str(told(azure)) and "LAB-0042" not in str(told(azure))
        (secrets,) = azure.send("POST", f"{JOB}/listCredentials").body["value"]
        assert secrets["jobSecrets"]["diskSecrets"] == [{"diskSerialNumber": "WD-1", "bitLockerKey": RECOVERY_PASSWORD}]

    @pytest.mark.parametrize("version", ["2022-02-01", "2022-12-01", "2023-12-01"])
    def test_every_version_of_the_api_is_answered_as_its_file_says(self, azure, network, datacenter, version):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")}, level="Verbose", enableManifestBackup=True)
        for _unused in range(10):
            azure.clock.advance(days=1)
            datacenter.tick()
            azure.get(JOB, version=version, **EXPAND)
        azure.send("POST", f"{JOB}/listCredentials", version=version)

    def test_copying_goes_on_where_a_saved_state_left_it(self, azure, network, datacenter):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1", {f"7_{n}_x_BaseBlob": MIB for n in range(4)})})
        pass_days(azure, datacenter, 5)
        assert 0 < progress(azure)["bytesProcessed"] < 4 * MIB
        resumed = Datacenter(azure.state, azure.cloud.blobs, Network.load(network.folder, azure.clock))
        assert pass_days(azure, resumed, 6)[-1] == ("Completed", ["Completed"])
        assert azure.cloud.blobs.files("seedlanding", names.CONTAINER) == [(f"7_{n}_x_BaseBlob", MIB) for n in range(4)]

    def test_a_drive_whose_serial_number_has_blanks_is_found_by_its_id(self, azure, network, datacenter):
        md5 = put_on_shelf(network, "WD 1", manifest_bytes=manifest("WD1", FILES))
        ship(azure, datacenter, {"WD1": md5}, sent=["WD 1"])
        assert pass_days(azure, datacenter, 10)[-1] == ("Completed", ["Completed"])

    def test_a_job_without_a_return_carrier_comes_back_with_the_first_that_is_supported(self, azure, network, datacenter):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")}, returnToCustomerPackageDetails={})
        pass_days(azure, datacenter, 9)
        assert (
            details(azure)["returnPackage"]["carrierName"] == details(azure)["datacenterAddress"]["supportedCarriersForReturnShipment"][0]
        )


class TestLogs:
    def test_the_copy_log_of_a_good_drive_says_so_in_its_summary(self, azure, network, datacenter):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")})
        pass_days(azure, datacenter, 8)
        reader, entries = log(azure)
        assert (entries, reader.generation, reader.status, reader.total, reader.errored) == ([], "2021-08-01", "Succeeded", 3, 0)
        assert "verboseLogLink" not in details(azure)["copyLogDetails"][0]

    def test_the_verbose_log_has_no_root_and_tells_every_file_with_its_checksum(self, azure, network, datacenter):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")}, level="Verbose")
        pass_days(azure, datacenter, 8)
        _reader, entries = log(azure, "verboseLogLink")
        assert {entry.path: (entry.size, entry.crc64, entry.cloud_format) for entry in entries} == {
            f"seed-srv1\\{name}": (size, crc64.by_tables(content(name, size)), "PageBlob") for name, size in FILES.items()
        }
        account, container, name = details(azure)["copyLogDetails"][0]["verboseLogLink"].split("/", 5)[3:]
        written = azure.cloud.blobs.read(account, container, name)
        assert written.startswith(b"-<File ") and name.startswith("srv1_WD-1_VerboseLog_") and name.endswith(".xml")

    def test_a_name_is_written_with_percent_escapes(self, azure, network, datacenter):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1", {"a b&c.bin": 512})}, level="Verbose")
        pass_days(azure, datacenter, 8)
        assert [entry.path for entry in log(azure, "verboseLogLink")[1]] == ["seed-srv1\\a%20b%26c.bin"]

    def test_a_manifest_is_backed_up_where_asked_for(self, azure, network, datacenter):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")}, enableManifestBackup=True)
        pass_days(azure, datacenter, 8)
        path = details(azure)["importDiskDetailsCollection"]["WD-1"]["backupManifestCloudPath"]
        assert azure.cloud.blobs.read("seedlanding", *path.split("/", 1)) == manifest("WD-1", FILES)


class TestWhatGoesWrong:
    # How a drive is broken -> (what differs in the job, copyStatus, code of its error).
    FAULTS = {
        "wrong key": ({"key": OTHER_PASSWORD}, "OtherUserError", "BitLockerKeyInvalid"),
        "not encrypted": ({}, "DeviceFormatted", "BitLockerNotActivated"),
        "manifest changed": ({}, "MetadataFilesModifiedOrRemoved", "ManifestCorrupted"),
        "manifest of another drive": ({}, "MetadataFilesModifiedOrRemoved", "ManifestDriveIdMismatch"),
        "no manifest format": ({}, "UnsupportedData", "ManifestFormatInvalid"),
    }
    MANIFESTS = {
        "manifest changed": manifest("WD-1", FILES) + b" ",
        "manifest of another drive": manifest("WD-2", FILES),
        "no manifest format": b"<DriveManifest/>",
    }

    @pytest.mark.parametrize("how", FAULTS)
    def test_a_drive_that_cannot_be_read_lands_nothing_and_is_told_why(self, azure, network, datacenter, how):
        more, status, code = self.FAULTS[how]
        md5 = put_on_shelf(network, "WD-1", manifest_bytes=self.MANIFESTS.get(how), encrypted=how != "not encrypted")
        ship(azure, datacenter, {"WD-1": "A" * 32 if how == "manifest changed" else md5}, **more)
        assert pass_days(azure, datacenter, 10)[-1] == ("Failed_IssueDetectedAtAzureDC", [status])
        assert (progress(azure)["error"]["code"], stages(azure)["DataCopy"], log(azure)[0].status) == (code, "Failed", "Failed")
        assert azure.cloud.blobs.files("seedlanding", "seed-srv1") == []
        assert not data_box.job_from(told(azure)).stage.succeeded

    def test_a_range_that_rotted_and_a_file_that_is_gone_are_errors_in_the_log(self, azure, network, datacenter):
        md5 = put_on_shelf(network, "WD-1")
        volume = network.on_shelf("WD-1").data_volume()
        volume.unlock()
        path = volume.folder / "data" / "7_0_a_AIBBlob"
        data = bytearray(path.read_bytes())
        data[RANGE + 5] ^= 1
        path.write_bytes(data)
        (volume.folder / "data" / "7_1_b_BaseBlob").unlink()
        volume.lock()
        ship(azure, datacenter, {"WD-1": md5}, level="Verbose")
        assert pass_days(azure, datacenter, 10)[-1] == ("CompletedWithErrors", ["CompletedWithErrors"])
        reader, entries = log(azure)
        assert {(entry.path, entry.category) for entry in entries} == {
            ("seed-srv1\\7_0_a_AIBBlob", "UploadErrorDataValidationError"), ("seed-srv1\\7_1_b_BaseBlob", "UploadErrorWin32"),
        }  # fmt: skip
        assert (reader.status, reader.total, reader.errored) == ("Failed", 3, 2)
        assert [entry.path for entry in log(azure, "verboseLogLink")[1]] == ["seed-srv1\\7_2_c_BaseBlob"]
        one = progress(azure)
        assert (one["filesErroredOut"], one["filesProcessed"], one["bytesProcessed"]) == (2, 1, RANGE)
        assert stages(azure)["DataCopy"] == "SucceededWithErrors"

    @pytest.mark.parametrize(
        ("disposition", "end", "category"),
        [
            ("rename", "CompletedWithWarnings", "BlobRenamed"),
            ("no-overwrite", "CompletedWithErrors", "UploadErrorCloudHttp"),
            ("overwrite", "Completed", None),
        ],
    )
    def test_a_name_that_is_taken_ends_as_the_manifest_says(self, azure, network, datacenter, tmp_path, disposition, end, category):
        azure.make_account()
        (tmp_path / "old").write_bytes(b"o" * 1024)
        azure.cloud.blobs.create("seedlanding", "seed-srv1")
        azure.cloud.blobs.upload_page_blob("seedlanding", "seed-srv1", "a", tmp_path / "old")
        md5 = put_on_shelf(network, "WD-1", {"a": 512}, manifest("WD-1", {"a": 512}, disposition=disposition))
        ship(azure, datacenter, {"WD-1": md5})
        assert pass_days(azure, datacenter, 10)[-1][0] == end
        entries = log(azure)[1]
        assert [(entry.path, entry.category) for entry in entries] == ([("seed-srv1\\a", category)] if category else [])
        if disposition == "rename":
            assert entries[0].new_name == "seed-srv1/a (2)" and progress(azure)["invalidFilesProcessed"] == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"allowSharedKeyAccess": False},
            {"publicNetworkAccess": "Disabled"},
            {"networkAcls": {"defaultAction": "Deny", "bypass": "Logging"}},
        ],
    )
    def test_an_account_that_shuts_the_service_out_gets_neither_data_nor_logs(self, azure, network, datacenter, change):
        azure.make_account(properties=change)
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")})
        assert pass_days(azure, datacenter, 10)[-1] == ("Failed_IssueDetectedAtAzureDC", ["StorageAccountNotAccessible"])
        assert details(azure)["copyLogDetails"] == []

    def test_one_bad_drive_of_two_leaves_a_job_with_errors_and_the_other_landed(self, azure, network, datacenter):
        hashes = {"WD-1": put_on_shelf(network, "WD-1", {"a": 512}), "WD-2": put_on_shelf(network, "WD-2", {"b": 512})}
        ship(azure, datacenter, {**hashes, "WD-2": "B" * 32})
        assert pass_days(azure, datacenter, 10)[-1] == ("CompletedWithErrors", ["Completed", "MetadataFilesModifiedOrRemoved"])
        assert azure.cloud.blobs.files("seedlanding", "seed-srv1") == [("a", 512)]


class TestParcels:
    def test_without_a_parcel_for_two_weeks_the_drives_are_not_received_and_may_still_come(self, azure, network, datacenter):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")})
        azure.state["parcels"].clear()
        assert pass_days(azure, datacenter, 15) == [("ShippedToAzureDC", []), ("ShippedToAzureDC", ["DriveNotReceived"])]
        datacenter.hand_over(["WD-1"], "DHL", "T-1")
        assert pass_days(azure, datacenter, 10)[-1] == ("Completed", ["Completed"])

    def test_without_a_tracking_number_for_two_weeks_the_job_is_gone_and_the_lock_is_not(self, azure, network, datacenter):
        azure.make_account()
        azure.send("PUT", JOB, body({"WD-1": put_on_shelf(network, "WD-1")}))
        datacenter.hand_over(["WD-1"], "DHL", "T-1")
        azure.clock.advance(days=14)
        datacenter.tick()
        assert azure.refused("GET", JOB)[:2] == (404, "ResourceNotFound") and locks(azure)

    def test_a_drive_that_is_missing_in_the_parcel_is_an_error(self, azure, network, datacenter):
        hashes = {serial: put_on_shelf(network, serial, {serial: 512}) for serial in ("WD-1", "WD-2")}
        ship(azure, datacenter, hashes, sent=["WD-1"])
        assert pass_days(azure, datacenter, 10)[-1] == ("CompletedWithErrors", ["Completed", "DriveNotReceived"])

    def test_a_parcel_without_any_drive_of_the_job_aborts_it(self, azure, network, datacenter):
        put_on_shelf(network, "OTHER")
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")}, sent=["OTHER"])
        assert pass_days(azure, datacenter, 10)[-1] == ("Aborted", ["DriveNotReceived"])
        assert stages(azure)["Aborted"] == "Failed" and datacenter.holds("OTHER") is None

    def test_an_ended_job_is_kept_90_days_and_can_be_deleted(self, azure, network, datacenter):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")})
        assert azure.refused("DELETE", JOB)[0] == 409
        pass_days(azure, datacenter, 9)
        assert told(azure)["properties"]["isDeletable"]
        azure.clock.advance(days=90)
        assert azure.refused("GET", JOB)[0] == 404

    def test_drives_of_both_services_are_copied_side_by_side(self, azure, network, datacenter, job_body):
        azure.register()
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1", {"a": 512})})
        md5 = put_on_shelf(network, "WD-2", {"b": 512})
        drive = job_body["properties"]["driveList"][0]
        job_body["properties"]["driveList"] = [{**drive, "driveId": "WD-2", "manifestHash": md5}]
        classic = JOB.replace("DataBox", "ImportExport")
        azure.send("PUT", classic, job_body)
        azure.send(
            "PATCH", classic, {"properties": {"state": "Shipping", "deliveryPackage": {"carrierName": "DHL", "trackingNumber": "T-2"}}}
        )
        datacenter.hand_over(["WD-2"], "DHL", "T-2")
        assert pass_days(azure, datacenter, 10)[-1][0] == "Completed" == azure.get(classic)["properties"]["state"]
        assert azure.cloud.blobs.files("seedlanding", "seed-srv1") == [("a", 512), ("b", 512)]


def locks(azure):
    found = azure.get(f"{ACCOUNT}/providers/Microsoft.Authorization/locks", version="2016-09-01")["value"]
    return {one["name"]: one["properties"] for one in found}


class TestTheLock:
    def test_it_comes_with_the_job_and_outlives_it(self, azure, network, datacenter):
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")})
        assert locks(azure) == {"DATABOX_SERVICE": LOCK}
        assert azure.refused("DELETE", ACCOUNT)[:2] == (409, "ScopeLocked")
        pass_days(azure, datacenter, 9)
        azure.send("DELETE", JOB)
        assert locks(azure) == {"DATABOX_SERVICE": LOCK}
        assert (
            azure.send("DELETE", f"{ACCOUNT}/providers/Microsoft.Authorization/locks/DATABOX_SERVICE", version="2016-09-01").status == 200
        )
        assert azure.send("DELETE", ACCOUNT).status in (200, 204)

    def test_it_leaves_other_locks_and_the_data_alone(self, azure, network, datacenter):
        azure.make_account()
        azure.send(
            "PUT", f"{ACCOUNT}/providers/Microsoft.Authorization/locks/DoNotDelete",
            {"properties": {"level": "CanNotDelete", "notes": "ours"}}, version="2016-09-01",
        )  # fmt: skip
        ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")})
        assert set(locks(azure)) == {"DATABOX_SERVICE", "DoNotDelete"}
        pass_days(azure, datacenter, 9)
        azure.cloud.blobs.remove("seedlanding", "seed-srv1", "7_1_b_BaseBlob")
        assert len(azure.cloud.blobs.files("seedlanding", "seed-srv1")) == len(FILES) - 1

    def test_a_job_for_an_account_that_is_not_there_locks_nothing(self, azure, network, datacenter):
        azure.send("PUT", JOB, body({"WD-1": "A" * 32}))
        assert azure.state["locks"] == {}


def test_the_journal_of_the_lab_holds_no_key(azure, network, datacenter):
    ship(azure, datacenter, {"WD-1": put_on_shelf(network, "WD-1")})
    pass_days(azure, datacenter, 9)
    assert RECOVERY_PASSWORD not in pathlib.Path(azure.folder / "journal.jsonl").read_text()
