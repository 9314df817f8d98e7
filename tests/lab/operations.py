# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done to a running lab from outside: the public methods are the control's calls. Arguments and results are JSON."""

from __future__ import annotations

import pathlib
import threading
from typing import TYPE_CHECKING, Any

from . import names
from .azure import faults, import_jobs, storage
from .lab_folder import copy_state, remove_state
from .windows.disk import MIB

if TYPE_CHECKING:
    from .server import Server

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

    def ship(self, serials: list[str] | None = None, carrier: str = "DHL", tracking_number: str | None = None) -> dict[str, Any]:
        """Hand a parcel to the carrier; what is still plugged in is pulled out. `serials`: default all drives with this project's label."""
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
        agent.host.change("agent changed", **traits)

    def make_account(self, account: str = names.STORAGE_ACCOUNT, kind: str = "StorageV2", sku: str = "Standard_LRS") -> None:
        """Somebody else has made a storage account."""
        storage.make(self._parts.cloud, names.RESOURCE_GROUP, account, {"location": names.LOCATION, "kind": kind, "sku": {"name": sku}})

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

    def power(self, host: str, on: bool) -> None:
        """Switch a host on or off."""
        place = self._host(host)
        place.start() if on else place.stop()

    def restore(self, to: str, host: str = names.SOURCE) -> dict[str, int]:
        """Give the protected files back from the vault's copy into a new folder; {files, bytes}."""
        return self._agent(host).restore(pathlib.Path(to))

    # -- things that go wrong ----------------------------------------------------------------------------------------------------
    def fault(self, kind: str, where: str = "azure", **wanted: Any) -> list[dict[str, Any]]:
        """Plan a fault. `where` azure: see azure/faults.py; winrm: `kind` is an action of winrm/faults.py and `point` says where."""
        if where == "winrm":
            self._parts.winrm.faults.add(action=kind, **wanted)
            return []
        if where != "azure":
            raise ValueError(f"faults happen in azure or winrm, not in {where!r}")
        state = self._parts.state
        with state.changed():
            state["faults"].append(faults.new(kind, **wanted))
        return list(state["faults"])

    def clear_faults(self) -> None:
        """Nothing fails on command any more."""
        with self._parts.state.changed():
            self._parts.state["faults"].clear()
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
    return [disk.serial for disk in found if any(volume.label == "OFFLINESEED" for volume in disk.volumes)]
