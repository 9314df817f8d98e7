# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done to a running lab from outside: the public methods are the control's calls. Arguments and results are JSON."""

from __future__ import annotations

import pathlib
import threading
from typing import TYPE_CHECKING, Any

from . import datacenter_faults, landing, names
from .azure import faults, import_jobs, storage
from .lab_folder import copy_state, remove_state
from .windows import diskprep
from .windows.disk import MIB
from .windows.diskprep import drive as diskprep_drive
from .windows.diskprep import tool as diskprep_tool

if TYPE_CHECKING:
    from .server import Server

PREPARED = ("OFFLINESEED", diskprep_drive.LABEL)
FIVE = ("staging_path", "storage_account", "container", "subscription_id", "import_job_name")


class Operations:
    """The control's calls: a person's hands, the passing of time, things that go wrong, and looking."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._whole = threading.RLock()

    @property
    def _parts(self) -> Any:
        return self._server.parts

    def _host(self, name: str) -> Any:
        host = self._parts.network.host(name)
        if host is None:
            raise LookupError(f"the lab has no host {name!r}; it has {', '.join(sorted(self._parts.network.hosts))}")
        return host

    # -- looking -----------------------------------------------------------------------------------------------------------------
    def show(self) -> dict[str, Any]:
        """The lab at a glance."""
        state, network = self._parts.state, self._parts.network
        return {
            "now": state.now(),
            "engine": self._server.engine,
            "providers": {name: provider["state"] for name, provider in state["providers"].items()},
            "accounts": {name: self._parts.blobs.names(name) for name in sorted(state["accounts"])},
            "jobs": [_job_line(job) for job in state["jobs"].values()],
            "data_box_jobs": [_data_box_line(job) for job in state["data_box_jobs"].values()],
            "parcels": list(state["parcels"].values()),
            "vault_items": [
                {key: item[key] for key in ("computer", "name", "last_backup_status", "recovery_points")}
                for item in state["mab_items"].values()
            ],
            "hosts": {name: _host_lines(host) for name, host in sorted(network.hosts.items())},
            "shelf": [disk.serial for disk in network.shelf],
            "faults": list(state["faults"]),
        }

    def hashes(self) -> dict[str, str]:
        """SHA-256 of the model, of ARM's state and of the bystander disk."""
        return self._parts.hashes()

    # -- time --------------------------------------------------------------------------------------------------------------------
    def days(self, n: float) -> str:
        """Let days pass; the new time."""
        with self._whole:
            return self._parts.pass_time(days=n)

    def hours(self, n: float) -> str:
        """Let hours pass; the new time."""
        with self._whole:
            return self._parts.pass_time(hours=n)

    # -- hands -------------------------------------------------------------------------------------------------------------------
    def attach(
        self, serial: str, size: int = 256 * MIB, host: str = names.COPY_HOST, content: str | None = None, **traits: Any
    ) -> dict[str, Any]:
        """Plug a drive in: one that lies on the shelf as it is, else a new one. `content`: None (blank), gpt, mbr or a folder;
        traits as of the model: bus, sector, offline, read_only, removable, unique_id, label, …"""
        place, parcel = self._host(host), self._parts.datacenter.holds(serial)
        if parcel:
            raise LookupError(f"drive {serial} left in parcel {parcel} and has not come back")
        if content is None and not traits and any(disk.serial == serial for disk in self._parts.network.shelf):
            disk = place.attach(self._parts.network.on_shelf(serial))
        else:
            disk = place.attach_disk(serial, int(size), content=content, **traits)
        return {"host": place.name, "number": disk.number, "serial": disk.serial, "size": disk.size}

    def detach(self, serial: str, host: str = names.COPY_HOST) -> str:
        """Pull a drive out; it lies on the shelf."""
        return self._host(host).detach_disk(serial).serial

    def give_letter(self, serial: str, host: str = names.COPY_HOST) -> dict[str, str]:
        """A person makes one NTFS volume with a letter on a blank drive, in Disk Management."""
        place = self._host(host)
        with place.lock:
            disk = place.storage.by_serial(serial)
            if not disk.empty or disk.offline or disk.read_only:
                raise LookupError(f"drive {serial} is not blank, or offline or read only; Disk Management makes no volume there")
            if disk.style == "RAW":
                disk.initialise("GPT")
            partition = disk.add_partition()
            partition.letter = place.storage.free_letter()
            partition.volume.format("NTFS", "New Volume", 4096)
            place.change("volume made in Disk Management", serial=serial, letter=partition.letter)
        return {"letter": partition.letter}

    def run_disk_prep(
        self, command_line: str, answers: list[dict[str, str]], host: str = names.COPY_HOST, elevated: bool = True
    ) -> dict[str, Any]:
        """A person runs AzureOfflineBackupDiskPrep.exe on the copy host and answers its prompts, as `windows/diskprep` says."""
        with self._whole:
            return diskprep.run(self._host(host), command_line, answers, elevated=elevated)

    def ship(self, serials: list[str] | None = None, carrier: str = "DHL", tracking_number: str | None = None) -> dict[str, Any]:
        """Hand a parcel to the carrier; what is still plugged in is pulled out. `serials`: default all drives labelled as prepared."""
        network = self._parts.network
        serials = serials or _seed_drives(network)
        if not serials:
            raise LookupError("there is no prepared drive to ship; name the serials")
        for serial in serials:
            self._pull_out(serial)
            network.on_shelf(serial)
        number = tracking_number or f"LAB{len(self._parts.state['parcels']) + 1:09d}"
        return self._parts.datacenter.hand_over(serials, carrier, number)

    def _pull_out(self, serial: str) -> None:
        for host in self._parts.network.hosts.values():
            if any(disk.serial == serial for disk in host.storage.disks):
                host.detach_disk(serial)

    def wizard(self, host: str = names.SOURCE, values: dict[str, str] | None = None, **more: str) -> dict[str, str]:
        """A person enters the five values of an offline backup in the agent's wizard."""
        wanted = {**(values or {}), **more}
        if set(wanted) != set(FIVE):
            raise ValueError(f"the wizard asks for {', '.join(FIVE)}; got {', '.join(sorted(wanted)) or 'nothing'}")
        self._agent(host).enter_offline_values(**wanted)
        return wanted

    def create_policy(self, host: str = names.SOURCE, **wanted: Any) -> None:
        """A person creates the backup policy in the wizard (paths, days, times; default D:, daily at 21:00)."""
        self._agent(host).create_policy(**wanted)

    def remove_policy(self, host: str = names.SOURCE) -> None:
        """The agent has no policy, as after its installation."""
        agent = self._agent(host)
        agent.policy = agent.offline = None
        agent.host.change("policy removed")

    def change_agent(self, host: str = names.SOURCE, **traits: Any) -> None:
        """Another agent than the world's: version, offline_cmdlets, passphrase_set, …"""
        agent = self._agent(host)
        agent.setup.update(traits)
        if "version" in traits:
            diskprep_tool.install(agent.host, agent.setup["install_path"], traits["version"])
        agent.host.change("agent changed", **traits)

    def make_account(self, account: str = names.STORAGE_ACCOUNT, kind: str = "StorageV2", sku: str = "Standard_LRS") -> None:
        """Somebody else has made a storage account."""
        storage.make(self._parts.cloud, names.RESOURCE_GROUP, account, {"location": names.LOCATION, "kind": kind, "sku": {"name": sku}})

    def remove_blob(self, blob: str, container: str = names.CONTAINER, account: str = names.STORAGE_ACCOUNT) -> None:
        """Somebody removes a blob."""
        self._parts.blobs.remove(account, container, blob)

    def upload(self, path: str, account: str = names.STORAGE_ACCOUNT, job: str = names.SOURCE.lower()) -> int:
        """A person uploads a staged file as the page blob `container/name` again, as azcopy does; its bytes."""
        container, _slash, name = path.partition("/")
        folder = landing.staging(self._server.folder.root, job)
        return self._parts.blobs.upload_page_blob(account, container, name, folder / name)

    def copy_blob(self, source: str, target: str, account: str = names.STORAGE_ACCOUNT) -> int:
        """A person copies `container/name` to another name inside the account; its bytes."""
        place = self._server.folder.root / "copied.blob"
        self._parts.blobs.download(account, *source.partition("/")[::2], place)
        try:
            return self._parts.blobs.upload_page_blob(account, *target.partition("/")[::2], place)
        finally:
            place.unlink()

    def back_up_now(self, host: str = names.SOURCE) -> str:
        """A person presses Back Up Now and waits; the state of the job."""
        return self._agent(host).start(wait=True)["state"]

    def _agent(self, host: str) -> Any:
        agent = self._host(host).mars
        if agent is None:
            raise LookupError(f"no backup agent is installed on {host}")
        return agent

    def reboot(self, host: str) -> None:
        """Restart a host: processes end, protected volumes come up locked."""
        self._host(host).reboot()

    def without_bitlocker(self, host: str = names.COPY_HOST) -> None:
        """A server as it is delivered: the feature BitLocker is not installed."""
        place = self._host(host)
        place.facts["bitlocker"] = False
        place.change("feature BitLocker is absent")

    def power(self, host: str, on: bool) -> None:
        """Switch a host on or off."""
        place = self._host(host)
        place.start() if on else place.stop()

    def restore(self, to: str, host: str = names.SOURCE) -> dict[str, int]:
        """Give the protected files back from the vault's copy into a new folder; {files, bytes}."""
        return self._agent(host).restore(pathlib.Path(to))

    # -- things that go wrong ----------------------------------------------------------------------------------------------------
    def fault(self, kind: str, where: str = "azure", **wanted: Any) -> list[dict[str, Any]]:
        """Plan a fault. `where` azure: see azure/faults.py; winrm: `kind` is an action of winrm/faults.py and `point` says where;
        datacenter: see datacenter_faults.py."""
        if where == "winrm":
            self._parts.winrm.faults.add(action=kind, **wanted)
            return []
        state = self._parts.state
        if where == "datacenter":
            with state.changed():
                state["datacenter_faults"].append(datacenter_faults.new(kind, **wanted))
            return list(state["datacenter_faults"])
        if where != "azure":
            raise ValueError(f"faults happen in azure, winrm or datacenter, not in {where!r}")
        with state.changed():
            state["faults"].append(faults.new(kind, **wanted))
        return list(state["faults"])

    def clear_faults(self) -> None:
        """Nothing fails on command any more."""
        with self._parts.state.changed():
            self._parts.state["faults"].clear()
            self._parts.state["datacenter_faults"].clear()
        self._parts.winrm.faults.clear()

    # -- the whole ---------------------------------------------------------------------------------------------------------------
    def save(self, to: str) -> str:
        """Copy the whole state into a new folder; the lab goes on."""
        with self._whole, self._parts.still():
            copy_state(self._server.folder.root, pathlib.Path(to))
        return to

    def load(self, saved: str) -> str:
        """Take up a saved state in place of this one; addresses and token stay, the controller's folder is the saved one."""
        source = pathlib.Path(saved)
        if not (source / "azure.json").exists():
            raise FileNotFoundError(f"{source} holds no saved lab (no azure.json in it)")
        with self._whole:
            self._parts.stop()
            remove_state(self._server.folder.root)
            copy_state(source, self._server.folder.root)
            self._parts.start()
            self._server.describe()
        return self._parts.state.now()

    def stop(self) -> None:
        """End the lab."""
        self._server.stop_soon()


def _job_line(job: dict[str, Any]) -> dict[str, Any]:
    properties = job["properties"]
    return {
        "name": job["name"], "state": properties["state"], "percent": properties.get("percentComplete"),
        "forgotten_at": import_jobs.expires(job),
        "drives": {drive["driveId"]: drive["state"] for drive in properties["driveList"]},
    }  # fmt: skip


def _data_box_line(job: dict[str, Any]) -> dict[str, Any]:
    drives = job.get("drives") or dict.fromkeys(job["details"]["importDiskDetailsCollection"], {})
    return {"name": job["name"], "status": job["status"], "drives": {name: drive.get("status") for name, drive in drives.items()}}


def _host_lines(host: Any) -> dict[str, Any]:
    disks = {
        disk.serial: {"number": disk.number, "size": disk.size, "labels": [volume.label for volume in disk.volumes]}
        for disk in host.storage.disks
    }
    told: dict[str, Any] = {"running": host.running, "disks": disks}
    if host.mars:
        told["backup"] = host.mars.jobs[-1]["state"] if host.mars.jobs else None
    return told


def _seed_drives(network: Any) -> list[str]:
    found = [disk for host in network.hosts.values() for disk in host.storage.disks]
    return [disk.serial for disk in found if any(volume.label in PREPARED for volume in disk.volumes)]
