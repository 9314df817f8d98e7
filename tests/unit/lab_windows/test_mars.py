# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backup agent: five values, staging, waiting, the copy into the vault, restore."""

from __future__ import annotations

import pathlib
import shutil
from typing import Any

import pytest

from lab.sample import fingerprints
from lab.windows import Host, Network
from lab.windows.access import Acl, rule
from lab.windows.answer import WindowsError
from lab.windows.mars import seed, staged

from .conftest import Refused, Shell

FIVE = {
    "staging_path": "\\\\COPY1\\staging", "storage_account": "seedlanding", "container": "seed", "subscription_id": "1111",
    "import_job_name": "srv1",
}  # fmt: skip
FOLDER = "C:\\staging\\seedlanding_srv1"


class FakeAzure:
    """A container that is a folder, and an import job in a given state."""

    def __init__(self, container: pathlib.Path) -> None:
        self.container, self.job, self.items = container, None, []
        container.mkdir()

    def register_server(self, name: str, **told: Any) -> None:
        self.server = (name, told)

    def vault_item(self, computer: str, name: str, **told: Any) -> None:
        self.items.append(told)

    def import_job(self, subscription: str, name: str) -> dict[str, Any] | None:
        return {"properties": {"state": self.job}} if self.job else None

    def container_files(self, account: str, container: str) -> list[tuple[str, int]]:
        return [(p.name, p.stat().st_size) for p in self.container.iterdir()]

    def download(self, account: str, container: str, name: str, path: pathlib.Path) -> None:
        shutil.copy(self.container / name, path)

    def land(self, folder: pathlib.Path) -> None:
        for path in folder.iterdir():
            shutil.copy(path, self.container)
        self.job = "Completed"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed, "PACE", 0.0)
    monkeypatch.setattr(seed, "COPY_SECONDS", 0.0)


@pytest.fixture
def azure(source: Host, tmp_path: pathlib.Path) -> FakeAzure:
    source.azure = FakeAzure(tmp_path / "container")
    return source.azure


def staged_host(source: Host) -> dict[str, Any]:
    source.mars.enter_offline_values(**FIVE)
    return source.mars.start(wait=True)


def test_staged_files_are_whole_pages_and_named_as_the_agent_names_them(source: Host, copy_host: Host) -> None:
    assert staged_host(source)["state"] == "CompletedWithWaitingForImportJob"
    files = sorted(copy_host.path(FOLDER).iterdir())
    assert [f.name.rsplit("_", 1)[-1] for f in files] == ["AIBBlob", "BaseBlob"]
    assert all(f.stat().st_size % 512 == 0 and f.name.split("_")[0].isdigit() and len(f.name.split("_")[0]) == 19 for f in files)
    assert [(f.name, f.stat().st_size) for f in files] == sorted((f["name"], f["size"]) for f in source.mars.seed["files"])


def test_many_files_make_several_base_blobs_that_restore_identical(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, data: pathlib.Path
) -> None:
    monkeypatch.setattr(staged, "LARGEST", 1 << 20)
    made = staged.write(data, tmp_path / "staged", "1" * 19, lambda count: None)
    assert len(made) == 5
    assert all(s.size <= 1 << 20 for s in made)
    assert staged.restore(tmp_path / "staged", tmp_path / "back") == {"files": 4, "bytes": 0 + 513 + 3 * (1 << 20) + 1 + 512}
    assert fingerprints(tmp_path / "back") == fingerprints(data)
    assert (tmp_path / "back" / "nothing in here").is_dir()


@pytest.mark.parametrize("at", [0, 5000, -600])
def test_damaged_staged_file_is_found_by_restore(tmp_path: pathlib.Path, data: pathlib.Path, at: int) -> None:
    staged.write(data, tmp_path / "staged", "1" * 19, lambda count: None)
    (base,) = (tmp_path / "staged").glob("*_BaseBlob")
    with open(base, "r+b") as stream:
        stream.seek(at, 2 if at < 0 else 0)
        byte = stream.read(1)
        stream.seek(-1, 1)
        stream.write(bytes([byte[0] ^ 255]))
    with pytest.raises((staged.BadStagedFile, ValueError)):
        staged.restore(tmp_path / "staged", tmp_path / "back")


def test_backup_waits_until_job_and_blobs_are_complete(source: Host, copy_host: Host, azure: FakeAzure) -> None:
    staged_host(source)
    source.clock.advance(days=1)
    source.tick()
    assert source.mars.jobs[-1]["state"] == "CompletedWithWaitingForImportJob"
    azure.land(copy_host.path(FOLDER))
    next(azure.container.iterdir()).unlink()
    source.clock.advance(days=1)
    source.tick()
    assert source.mars.jobs[-1]["state"] == "CompletedWithWaitingForImportJob"
    assert not source.mars.points


def test_next_scheduled_backup_brings_the_seed_into_the_vault_and_it_restores(
    source: Host, copy_host: Host, azure: FakeAzure, tmp_path: pathlib.Path
) -> None:
    staged_host(source)
    azure.land(copy_host.path(FOLDER))
    source.tick()
    assert source.mars.jobs[-1]["state"] == "CompletedWithWaitingForImportJob"
    source.clock.advance(days=1)
    source.tick()
    assert source.mars.jobs[-1]["state"] == "Completed"
    assert azure.items[-1]["recovery_points"] == [p["time"] for p in source.mars.points]
    assert "CompletedWithWaitingForCopyBlob" in [item["last_backup_status"] for item in azure.items]
    source.mars.restore(tmp_path / "back")
    assert fingerprints(tmp_path / "back") == fingerprints(source.path("D:\\"))


def test_backup_after_the_seed_is_an_increment(source: Host, copy_host: Host, azure: FakeAzure) -> None:
    staged_host(source)
    azure.land(copy_host.path(FOLDER))
    source.mars.start(wait=True)
    source.clock.advance(days=1)
    source.tick()
    assert len(source.mars.points) == 2


def test_blob_that_differs_fails_the_copy(source: Host, copy_host: Host, azure: FakeAzure) -> None:
    staged_host(source)
    azure.land(copy_host.path(FOLDER))
    blob = next(azure.container.glob("*_BaseBlob"))
    blob.write_bytes(bytes(blob.stat().st_size))
    job = source.mars.start(wait=True)
    assert job["state"] == "Failed"
    assert "differs" in job["message"]
    assert not source.mars.points


def test_staging_that_system_cannot_write_is_refused_in_the_wizard_and_later(source: Host, copy_host: Host) -> None:
    source.mars.enter_offline_values(**FIVE)
    copy_host.access.set("C:\\staging", Acl(True, [rule("BUILTIN\\Administrators", "FullControl")]))
    assert source.mars.start(wait=True)["state"] == "Failed"
    with pytest.raises(WindowsError):
        source.mars.enter_offline_values(**FIVE)


def test_full_staging_volume_fails_the_job_with_its_number(source: Host, copy_host: Host) -> None:
    source.mars.enter_offline_values(**FIVE)
    copy_host.storage.lettered("C").volume.size = 1 << 20
    job = source.mars.start(wait=True)
    assert (job["state"], job["error"]) == ("Failed", 0x80070070)


def test_reboot_aborts_a_running_backup(source: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed, "PACE", 1.0)
    source.mars.enter_offline_values(**FIVE)
    job = source.mars.start()
    assert Shell(source)("Get-OBJob")[0]["JobId"] == job["id"]
    source.reboot()
    assert job["state"] == "Aborted"
    assert Shell(source)("Get-OBJob") == []


def test_cmdlets_change_the_policy_object_and_set_obpolicy_commits(source: Host) -> None:
    shell = Shell(source)
    policy = shell("Get-OBPolicy")[0]
    assert policy["DsList"][0]["FileSpec"][0]["FileSpec"] == "D:\\"
    assert shell("Get-OBInitialBackupCreationMethod", Policy=policy)[0]["IBMethod"] == "Network"
    shell(
        "Set-OBInitialBackupCreationMethod", Policy=policy, IBMethod="OfflineBackup", StagingLocation=FIVE["staging_path"],
        AzureStorageAccount="a",
        AzureStorageContainer="c", AzureSubscriptionID="s", AzureImportJobName="j",
    )  # fmt: skip
    assert source.mars.offline is None
    shell("Set-OBPolicy", Policy=policy)
    told = shell("Get-OBInitialBackupCreationMethod", Policy=policy)[0]
    assert (told["IBMethod"], told["AzureImportJobName"], told["OfflineBackupParams"]["StagingLocation"]) == (
        "OfflineBackup",
        "j",
        FIVE["staging_path"],
    )


def test_agent_of_today_lacks_the_pair_of_cmdlets(source: Host, copy_host: Host) -> None:
    source.mars.setup["offline_cmdlets"] = False
    assert not source.has_command("Get-OBInitialBackupCreationMethod")
    assert source.has_command("Get-OBPolicy")
    assert not copy_host.has_command("Get-OBPolicy")
    with pytest.raises(Refused) as refused:
        Shell(copy_host)("Get-OBPolicy")
    assert refused.value.args[0] == "CommandNotFoundException"


def test_finished_jobs_come_oldest_first_and_by_status(source: Host, copy_host: Host) -> None:
    staged_host(source)
    copy_host.stop()
    source.mars.seed["state"] = "none"
    source.mars.start(wait=True)
    shell = Shell(source)
    assert [j["JobStatus"]["JobState"] for j in shell("Get-OBJob", Previous=5)] == ["CompletedWithWaitingForImportJob", "Failed"]
    assert len(shell("Get-OBJob", Previous=5, Status="Successful")) == 1
    assert len(shell("Get-OBJob", Previous=1)) == 1


def test_job_that_ran_at_save_is_found_aborted(
    network: Network, source: Host, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed, "PACE", 1.0)
    source.mars.enter_offline_values(**FIVE)
    source.mars.start()
    assert not network.quiet()
    network.copy_to(tmp_path / "saved")
    source.mars.interrupt("end of test")
    loaded = Network.load(tmp_path / "saved", source.clock)
    assert loaded.hosts["SRV1"].mars.jobs[-1]["state"] == "Aborted"


def test_second_start_while_one_runs_is_refused(source: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed, "PACE", 1.0)
    source.mars.enter_offline_values(**FIVE)
    source.mars.start()
    with pytest.raises(WindowsError):
        source.mars.start()
    source.mars.interrupt("end of test")


def test_schedule_names_its_next_run(source: Host) -> None:
    info = Shell(source)("Get-ScheduledTaskInfo", TaskName="Microsoft-OnlineBackup", TaskPath="\\Microsoft\\OnlineBackup\\")[0]
    assert info["NextRunTime"]["_datetime"].endswith("T21:00:00Z")


def test_stopped_service_answers_nothing_and_runs_no_schedule(source: Host) -> None:
    Shell(source)("Stop-Service", Name="obengine")
    with pytest.raises(Refused):
        Shell(source)("Get-OBPolicy")
    source.clock.advance(days=2)
    source.tick()
    assert not source.mars.jobs
