# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console AzureOfflineBackupDiskPrep.exe as a person meets it: what it takes, what it leaves behind, and what it refuses."""

from __future__ import annotations

import io
import shutil
from typing import Any

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import drive_info, journal, manifest
from lab import names
from lab.windows import Host, worlds
from lab.windows.diskprep import ConsoleRefused, command_line, run
from lab.windows.mars import seed, staged

MIB = 1 << 20
FOLDER = "C:\\prep tool"
STAGING = names.STAGING
LINE = f'Set-Location -LiteralPath "{FOLDER}"; .\\AzureOfflineBackupDiskPrep.exe s:{STAGING}'
CONTACT = {
    "contact_name": "Greta Lind", "contact_number": "+49 221 5550123", "email": "greta.lind@example.com",
    "shipping_address": "Hafenstr. 12, Köln", "country": "Germany", "postal_code": "50678",
}  # fmt: skip
ACCOUNT = f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/{names.STORAGE_ACCOUNT}"


def answers(*letters: str, without: str = "", **changed: str) -> list[dict[str, str]]:
    """A person's answers: letters with their confirmations, and the contact."""
    told = [(name, value) for letter in letters for name, value in (("drive_letter", letter), ("confirm_format", "yes"))]
    told += {**CONTACT, **changed}.items()
    return [{"prompt": name, "answer": value} for name, value in told if name != without]


class Arm:
    """ARM as the console sees it: one account, jobs by path, and a refusal on command."""

    def __init__(self) -> None:
        self.jobs: dict[str, Any] = {}
        self.asked: list[str] = []
        self.refusals: dict[str, tuple[int, str]] = {}
        self.lost = ""

    def arm(self, method: str, path: str, version: str, body: Any = None) -> tuple[int, Any]:
        self.asked.append(method)
        if method == self.lost:
            raise ConnectionError(f"no answer to {method}")
        if method in self.refusals:
            status, code = self.refusals[method]
            return status, {"error": {"code": code, "message": "no"}}
        if path.endswith("/storageAccounts"):
            return 200, {"value": [{"id": ACCOUNT, "name": names.STORAGE_ACCOUNT, "location": "westeurope"}]}
        place = path.partition("?")[0]
        if method == "PUT":
            self.jobs[place] = body
            return 202, None
        if place not in self.jobs:
            return 404, {"error": {"code": "ResourceNotFound", "message": "no"}}
        address = {"street1": "Agriport 570", "city": "Middenmeer", "supportedCarriersForReturnShipment": ["DHL", "FedEx"]}
        return 200, {"properties": {"status": "AwaitingShipmentDetails", "details": {"datacenterAddress": address}}}

    def register_server(self, *names: str, **told: Any) -> None:
        """What the agent publishes is not looked at here."""

    vault_item = register_server


@pytest.fixture
def arm() -> Arm:
    return Arm()


@pytest.fixture
def host(copy_host: Host, source: Host, arm: Arm, monkeypatch: pytest.MonkeyPatch) -> Host:
    """COPY1 with the tool's folder and a staged seed."""
    monkeypatch.setattr(seed, "PACE", 0.0)
    monkeypatch.setattr(staged, "LARGEST", MIB)
    copy_host.facts["encryption_seconds"] = {"used": 0, "full": 0}
    copy_host.azure = source.azure = arm
    source.mars.enter_offline_values(STAGING, names.STORAGE_ACCOUNT, names.CONTAINER, names.SUBSCRIPTION, "srv1")
    assert source.mars.start(wait=True)["state"] == "CompletedWithWaitingForImportJob"
    shutil.copytree(source.path(worlds.INSTALL_PATH + "Utils\\AzureOfflineBackupDiskPrep"), copy_host.path(FOLDER))
    return copy_host


def attach(host: Host, serial: str, size: int, letter: str) -> None:
    """A drive with one empty volume and a letter."""
    disk = host.attach_disk(serial, size, content="gpt")
    partition = disk.add_partition()
    partition.letter = letter
    partition.volume.format("NTFS", "New Volume", 4096)


def left_behind(host: Host) -> set[str]:
    return {path.suffix for path in host.path(FOLDER).iterdir() if path.name.startswith(("Journal", names.STORAGE_ACCOUNT))}


def staged_files(host: Host) -> dict[str, bytes]:
    folder = host.path(f"{names.STAGING_ON_COPY_HOST}\\{names.STORAGE_ACCOUNT}_srv1")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def order(arm: Arm) -> dict[str, Any]:
    (body,) = arm.jobs.values()
    return body["properties"]["details"]["importDiskDetailsCollection"]


class TestOneDrive:
    def test_the_drive_holds_every_staged_file_where_the_manifest_says(self, host, arm):
        attach(host, "WD 1", 100 * MIB, "F")
        told = run(host, LINE, answers("F"))
        root = host.path("F:\\")
        files = staged_files(host)
        reader = manifest.Reader(io.BytesIO((root / "DriveManifest.xml").read_bytes()))
        wanted = manifest.staged({name: len(content) for name, content in files.items()})
        assert manifest.check_read(reader, wanted, names.CONTAINER, "WD1", told["drives"][0]["manifest_hash"]) == []
        assert {path.name: path.read_bytes() for path in (root / names.CONTAINER).iterdir()} == files
        assert {path.name for path in root.iterdir()} == {"DriveManifest.xml", names.CONTAINER}

    def test_journal_and_drive_info_are_those_of_the_drive_and_its_key_opens_it(self, host, arm):
        attach(host, "WD 1", 100 * MIB, "F")
        (drive,) = run(host, LINE, answers("F"))["drives"]
        (told,) = drive_info.read(io.BytesIO(host.path(drive["drive_info"]).read_bytes()))
        written = journal.read(io.BytesIO(host.path(drive["journal"]).read_bytes()))
        assert (told.serial, told.manifest_hash, told.manifest_file) == ("WD1", drive["manifest_hash"], "\\DriveManifest.xml")
        assert journal.check(written, "WD1", drive["manifest_hash"]) == [] and written.drives == (told,)
        key = order(arm)["WD1"]["bitLockerKey"]
        assert f"<BitLockerKey>{key}</BitLockerKey>" in host.path(drive["journal"]).read_text()
        disk = host.detach_disk("WD 1")
        assert disk.data_volume().locked and disk.unlock(key).is_dir()

    def test_the_job_is_made_as_the_answers_say(self, host, arm):
        attach(host, "WD1", 100 * MIB, "F")
        told = run(host, LINE, answers("F"))
        ((path, body),) = arm.jobs.items()
        assert path == told["job_id"] == f"{names.group_id()}/providers/Microsoft.DataBox/jobs/srv1"
        details = body["properties"]["details"]
        assert details["contactDetails"] == {
            "contactName": "Greta Lind", "phone": "+49 221 5550123", "emailList": ["greta.lind@example.com"],
        }  # fmt: skip
        assert details["shippingAddress"] == {"streetAddress1": "Hafenstr. 12, Köln", "postalCode": "50678", "country": "Germany"}
        assert details["dataImportDetails"][0]["accountDetails"]["storageAccountId"] == ACCOUNT
        summary = host.path(told["summary"]).read_text()
        assert told["summary"] == f"{FOLDER}\\seedlanding_srv1.txt" and "Middenmeer" in summary and "WD1" in summary

    def test_no_key_is_told_or_journalled(self, host, arm):
        attach(host, "WD1", 100 * MIB, "F")
        told = run(host, LINE, answers("F"))
        key = order(arm)["WD1"]["bitLockerKey"]
        assert key not in str(told) and key not in (host.network.folder / "journal.jsonl").read_text()

    def test_answers_that_nobody_asked_for_are_told(self, host):
        attach(host, "WD1", 100 * MIB, "F")
        more = answers("F", "G")
        assert run(host, LINE, more)["unused"] == [{"prompt": "drive_letter", "answer": "G"}, {"prompt": "confirm_format", "answer": "yes"}]

    def test_the_source_needs_no_power_after_staging_and_the_staging_folder_is_left_as_it_was(self, host, source):
        attach(host, "WD1", 100 * MIB, "F")
        source.stop()
        before = staged_files(host)
        run(host, LINE, answers("F"))
        assert staged_files(host) == before


class TestSeveralDrives:
    def test_what_does_not_fit_goes_to_the_next_drive(self, host, arm):
        attach(host, "WD1", 8 * MIB, "F")
        attach(host, "WD2", 100 * MIB, "G")
        host.storage.lettered("F").volume.size = 3 * MIB
        told = run(host, LINE, answers("F", "G"))
        assert [drive["serial"] for drive in told["drives"]] == ["WD1", "WD2"] == list(order(arm))
        there = [path.name for letter in "FG" for path in host.path(f"{letter}:\\{names.CONTAINER}").iterdir()]
        assert sorted(there) == sorted(staged_files(host)) and told["drives"][0]["files"] and told["drives"][1]["files"]
        assert len({drive["journal"] for drive in told["drives"]}) == 2

    def test_without_an_answer_for_the_next_drive_the_run_ends_there_without_a_job(self, host, arm):
        attach(host, "WD1", 8 * MIB, "F")
        host.storage.lettered("F").volume.size = 3 * MIB
        with pytest.raises(ConsoleRefused, match="drive_letter"):
            run(host, LINE, answers("F"))
        assert arm.jobs == {} and (host.path("F:\\") / "DriveManifest.xml").exists()

    def test_a_drive_is_not_taken_twice(self, host):
        attach(host, "WD1", 8 * MIB, "F")
        host.storage.lettered("F").volume.size = 3 * MIB
        with pytest.raises(ConsoleRefused, match="prepared in this run"):
            run(host, LINE, answers("F", "F"))

    def test_the_job_is_chosen_where_several_seeds_share_the_staging_path(self, host, source, network, arm):
        other = network.add_host("SRV2", worlds.VIRTUAL)
        other.mars = type(source.mars)(other, dict(source.mars.setup))
        other.mars.offline = {**source.mars.offline, "import_job_name": "srv2"}
        other.mars.seed = {**source.mars.seed, "state": "staged"}
        folder = host.path(names.STAGING_ON_COPY_HOST)
        shutil.copytree(folder / "seedlanding_srv1", folder / "seedlanding_srv2")
        attach(host, "WD1", 100 * MIB, "F")
        with pytest.raises(ConsoleRefused, match="import_job"):
            run(host, LINE, answers("F"))
        with pytest.raises(ConsoleRefused, match="'srv3' is none of .*srv1, srv2"):
            run(host, LINE, [{"prompt": "import_job", "answer": "srv3"}, *answers("F")])
        assert run(host, LINE, [{"prompt": "import_job", "answer": "srv2"}, *answers("F")])["job"] == "srv2"


class TestAgain:
    def test_a_run_that_made_no_job_is_run_again_with_new_papers(self, host, arm):
        attach(host, "WD1", 100 * MIB, "F")
        arm.refusals["PUT"] = (403, "AuthorizationFailed")
        with pytest.raises(ConsoleRefused, match="operator@lab.example could not create the import job: AuthorizationFailed"):
            run(host, LINE, answers("F"))
        assert left_behind(host) == {".jrn", ".xml"}
        arm.refusals.clear()
        (drive,) = run(host, LINE, answers("F"))["drives"]
        infos = list(host.path(FOLDER).glob("Journal*_DriveInfo_WD1.xml"))
        keys = {path.read_text().split("BitLockerKey>")[1] for path in infos}
        assert len(infos) == len(keys) == 2 and order(arm)["WD1"]["manifestHash"] == drive["manifest_hash"]

    def test_once_the_job_exists_a_run_formats_the_drive_and_then_refuses_to_change_the_job(self, host, arm):
        attach(host, "WD1", 100 * MIB, "F")
        run(host, LINE, answers("F"))
        before = order(arm)["WD1"]["bitLockerKey"]
        with pytest.raises(ConsoleRefused, match="Import job srv1 exists"):
            run(host, LINE, answers("F"))
        assert order(arm)["WD1"]["bitLockerKey"] == before
        assert not host.storage.lettered("F").volume.encryption.protectors[0].opens_with(before)

    def test_a_lost_answer_is_told_as_one(self, host, arm):
        attach(host, "WD1", 100 * MIB, "F")
        arm.lost = "PUT"
        with pytest.raises(ConsoleRefused, match="connection to Azure was lost"):
            run(host, LINE, answers("F"))


def locked(host: Host) -> None:
    attach(host, "WD2", 100 * MIB, "G")
    volume = host.storage.lettered("G").volume
    volume.encryption.protect(None, None)
    volume.encryption.encrypt(4, 1, 0)
    host.storage.lock(volume)


def two_volumes(host: Host) -> None:
    attach(host, "WD2", 100 * MIB, "G")
    disk = host.storage.by_serial("WD2")
    disk.partitions[-1].size //= 2
    disk.add_partition().volume.format("NTFS", "second", 4096)


# What is wrong -> (how it becomes so, command line, answers, words that must be said).
REFUSED = {
    "colon": (None, LINE, answers("F:"), "without a colon"),
    "two letters": (None, LINE, answers("FG"), "no drive letter"),
    "no such drive": (None, LINE, answers("Q"), "no drive Q"),
    "system disk": (None, LINE, answers("C"), "system disk"),
    "locked": (locked, LINE, answers("G"), "locked by BitLocker"),
    "two volumes": (two_volumes, LINE, answers("G"), "2 volumes"),
    "not confirmed": (None, LINE, answers("F", without="confirm_format") + [{"prompt": "confirm_format", "answer": "y"}], "not confirmed"),
    "unknown prompt": (None, LINE, [*answers("F"), {"prompt": "shoe_size", "answer": "42"}], "no prompt 'shoe_size'"),
    "no answer": (None, LINE, [], "drive_letter"),
    "read only": (lambda host: setattr(host.storage.by_serial("WD1"), "read_only", True), LINE, answers("F"), "read only"),
    "no serial": (lambda host: setattr(host.storage.by_serial("WD1"), "serial", ""), LINE, answers("F"), "no serial"),
    "too small": (lambda host: setattr(host.storage.lettered("F").volume, "size", 4096), LINE, answers("F"), "too small"),
    "no BitLocker": (lambda host: host.facts.update(bitlocker=False), LINE, answers("F"), "BitLocker is not installed"),
    "policy": (
        lambda host: host.registry.set("HKLM\\SOFTWARE\\Policies\\Microsoft\\FVE", FDVRecoveryPassword=0),
        LINE, answers("F"), "FDVRecoveryPassword",
    ),
    "no Azure": (lambda host: setattr(host, "_azure", None), LINE, answers("F"), "Azure cannot be reached"),
    "tool not whole": (
        lambda host: shutil.rmtree(host.path(FOLDER + "\\en")), LINE, answers("F"), r"resources\.dll is missing",
    ),
    "tool changed": (
        lambda host: host.path(FOLDER + "\\Hddid.dll").write_bytes(b"x"), LINE, answers("F"), "is not the file of the agent's folder",
    ),
    "no folder": (None, LINE.replace("prep tool", "nowhere"), answers("F"), "no folder"),
    "local path": (None, LINE.replace(STAGING, names.STAGING_ON_COPY_HOST), answers("F"), "exactly as in the agent's wizard"),
    "no such staging": (None, LINE + "2", answers("F"), "cannot be reached"),
    "files gone": (
        lambda host: shutil.rmtree(host.path(names.STAGING_ON_COPY_HOST + "\\seedlanding_srv1")), LINE, answers("F"), "no staged file",
    ),
    "half a page": (
        lambda host: (host.path(names.STAGING_ON_COPY_HOST + "\\seedlanding_srv1") / "7_9_x_BaseBlob").write_bytes(b"x" * 513),
        LINE, answers("F"), "512",
    ),
    "not staged": (
        lambda host: host.network.hosts["SRV1"].mars.seed.update(state="none"), LINE, answers("F"), "nothing is staged",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_touches_nothing_and_makes_no_job(host, arm, case):
    attach(host, "WD1", 100 * MIB, "F")
    (host.path("F:\\") / "somebody's").write_text("letter")
    prepare, line, given, words = REFUSED[case]
    if prepare:
        prepare(host)
    with pytest.raises(ConsoleRefused, match=words):
        run(host, line, given)
    volume = host.storage.lettered("F").volume
    assert (volume.folder / "somebody's").read_text() == "letter" and not volume.encryption.protectors
    assert arm.jobs == {} and left_behind(host) == set()


@pytest.mark.parametrize(("prompt", "answer", "words"), [("email", "nobody", "e-mail"), ("country", "  ", "mandatory")])
def test_a_bad_contact_leaves_the_drive_prepared_and_no_job(host, arm, prompt, answer, words):
    attach(host, "WD1", 100 * MIB, "F")
    with pytest.raises(ConsoleRefused, match=words):
        run(host, LINE, answers("F", **{prompt: answer}))
    assert arm.jobs == {} and left_behind(host) == {".jrn", ".xml"}


def test_the_disk_with_the_staging_folder_is_refused(host, source):
    attach(host, "WD1", 100 * MIB, "F")
    shutil.copytree(host.path(names.STAGING_ON_COPY_HOST), host.path("F:\\staging"))
    host.shares["staging"]["path"] = "F:\\staging"
    with pytest.raises(ConsoleRefused, match="the staging location lies on it"):
        run(host, LINE, answers("F"))


def test_a_prompt_that_is_not_elevated_and_a_host_that_is_off_are_refused(host):
    with pytest.raises(ConsoleRefused, match="not elevated"):
        run(host, LINE, answers("F"), elevated=False)
    host.stop()
    with pytest.raises(ConsoleRefused, match="switched off"):
        run(host, LINE, answers("F"))


def test_the_tool_of_an_older_agent_makes_no_job(host, source, arm):
    attach(host, "WD1", 100 * MIB, "F")
    program = host.path(FOLDER + "\\AzureOfflineBackupDiskPrep.exe")
    program.write_bytes(program.read_bytes().replace(b"9250", b"9200"))
    with pytest.raises(ConsoleRefused, match="retired"):
        run(host, LINE, answers("F"))
    assert arm.jobs == {}


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        f"cd '{FOLDER}'\n.\\AzureOfflineBackupDiskPrep.exe 's:{STAGING}'",
        f'cd /d "{FOLDER}" && AzureOfflineBackupDiskPrep.exe s:"{STAGING}"',
        f'Push-Location "{FOLDER}\\"; & "{FOLDER}\\AzureOfflineBackupDiskPrep.exe" s:{STAGING}',
    ],
)
def test_command_lines_that_a_prompt_takes(line):
    assert command_line.parse(line) == command_line.CommandLine(FOLDER, STAGING)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f".\\AzureOfflineBackupDiskPrep.exe s:{STAGING}", "current directory"),
        (f'"{FOLDER}\\AzureOfflineBackupDiskPrep.exe" s:{STAGING}', "current directory"),
        (LINE.replace('"', ""), "wants quotes"),
        (LINE.replace("s:", "-s:"), "unknown argument '-s:"),
        (LINE.replace("s:", "/s "), "unknown argument '/s'"),
        (f"{LINE} p:C:\\a.publishsettings", "unknown argument 'p:"),
        (f"{LINE} u:", "unknown argument 'u:'"),
        (LINE.replace(f"s:{STAGING}", ""), "is missing"),
        (LINE.replace(STAGING, "\\\\COPY1\\my staging"), "unknown argument 'staging'"),
        (LINE.replace("AzureOfflineBackupDiskPrep.exe", "diskprep.exe"), "is not the tool"),
        (LINE + '"', "not closed"),
    ],
)
def test_command_lines_that_no_prompt_takes(line, words):
    with pytest.raises(ConsoleRefused, match=words.replace("\\", "\\\\")):
        command_line.parse(line)
