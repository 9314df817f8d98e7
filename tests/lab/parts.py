# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a running lab and their order: Azure, the Windows hosts, what connects them, the datacenter."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import pathlib
import threading
import time
from collections.abc import Iterator
from typing import Any

from . import certificates, names
from .azure.asgi import ArmServer
from .azure.blobs import Blobs
from .azure.core import Cloud
from .azure.for_hosts import AzureForHosts
from .azure.state import State
from .azurite import Azurite
from .clock import Clock
from .datacenter import Datacenter
from .journal import Journal
from .windows import worlds
from .windows.network import Network
from .winrm.engine import Engine
from .winrm.server import WinRm

STEP = datetime.timedelta(hours=1)
QUIET_SECONDS = 60
VAULT = {"name": names.VAULT, "group": names.RESOURCE_GROUP, "location": names.LOCATION, "redundancy": "GeoRedundant", "tags": {}}


class Parts:
    """Everything of a lab that has a state in its folder; started and stopped as one. `data`: what a new world's source protects."""

    def __init__(self, folder: pathlib.Path, engine: str, pwsh: str | None, data: pathlib.Path | None) -> None:
        self.folder, self.engine, self.pwsh, self.data = folder, engine, pwsh, data
        self.ports: dict[str, int] = {}
        self._time = threading.Lock()

    # -- start and stop ----------------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Start all parts; a state in the folder is taken up where it was left."""
        self.clock = Clock(self.folder / "clock.json")
        self.journal = Journal(self.folder / "journal.jsonl", self.clock)
        self.certificates = certificates.ensure(self.folder)
        self._start_azure()
        self._start_windows()
        self.datacenter = Datacenter(self.state, self.blobs, self.network)
        self._start_winrm()

    def _start_azure(self) -> None:
        self.state = State(self.folder / "azure.json", self.journal, self.clock)
        self.state["vaults"].setdefault(names.VAULT, dict(VAULT))
        self.state.save()
        self.azurite = Azurite(self.folder / "azurite", self.certificates)
        self.azurite.port = self.ports.get("azurite", 0)
        self.blobs = Blobs(self.state, self.azurite)
        self.cloud = Cloud(self.state, self.blobs, self.folder / "requests.jsonl", self.journal)
        self.azurite.start()
        self.blobs.tell_accounts()
        self.arm = ArmServer(self.cloud, self.certificates, self.ports.get("arm", 0))
        self.arm.start()
        self.ports |= {"arm": self.arm.port, "azurite": self.azurite.port}

    def _start_windows(self) -> None:
        known = (self.folder / "network.json").exists()
        self.network = Network.load(self.folder, self.clock) if known else worlds.build(self.folder, self.clock, self.data)
        self.powershell = Engine(self.folder, self.pwsh) if self.pwsh else None
        for host in self.network.hosts.values():
            host.azure, host.engine = AzureForHosts(self.cloud), self.powershell
            if host.mars:
                host.mars.publish()

    def _start_winrm(self) -> None:
        self.winrm = WinRm()
        for name, host in self.network.hosts.items():
            users = {names.WINRM_USER: names.WINRM_PASSWORD}
            self.ports[name] = self.winrm.start(host, self.certificates, self.powershell, users, self.ports.get(name, 0))
        if self.powershell:
            self.powershell.warm()

    def stop(self) -> None:
        """Stop what was started, in the opposite order; the state is in the folder afterwards."""
        for part in ("winrm", "powershell", "network", "arm", "azurite", "state"):
            if getattr(self, part, None) is not None:
                getattr(self, f"_stop_{part}")()
                delattr(self, part)

    def _stop_winrm(self) -> None:
        self.winrm.stop()

    def _stop_powershell(self) -> None:
        self.powershell.close()

    def _stop_network(self) -> None:
        for host in self.network.hosts.values():
            host.tasks.stop_all()
            if host.mars:
                host.mars.interrupt("the lab stops")
        self.network.save()

    def _stop_arm(self) -> None:
        self.arm.stop()

    def _stop_azurite(self) -> None:
        self.azurite.stop()

    def _stop_state(self) -> None:
        self.state.save()

    def addresses(self) -> dict[str, Any]:
        """Where everything listens, for lab.json and the inventory."""
        return {
            "arm": self.arm.url,
            "azurite": self.azurite.endpoint("").rstrip("/"),
            "hosts": {name: {"port": self.ports[name]} for name in sorted(self.network.hosts)},
        }

    # -- time --------------------------------------------------------------------------------------------------------------------
    def pass_time(self, days: float = 0, hours: float = 0) -> str:
        """Let time pass in steps of an hour, so that what falls due in between happens at its time; the new time."""
        left = datetime.timedelta(days=days, hours=hours)
        if left < datetime.timedelta(0):
            raise ValueError(f"the lab's clock runs forward only, not by {left}")
        with self._time:
            while left > datetime.timedelta(0):
                step = min(left, STEP)
                self.clock.advance(hours=step / datetime.timedelta(hours=1))
                left -= step
                self.tick()
        return self.state.now()

    def tick(self) -> None:
        """What is due now happens: the datacenter first, then the hosts' schedules, then what the service forgets."""
        self.datacenter.tick()
        self.network.tick()
        self.cloud.forget_what_is_over()

    # -- a consistent look -------------------------------------------------------------------------------------------------------
    @contextlib.contextmanager
    def still(self) -> Iterator[None]:
        """Nothing writes into the folder inside: nothing runs, requests and commands wait, Azurite is closed."""
        self._wait_until_quiet()
        with self._time, self.network.lock, self.state.lock:
            self.network.save()
            self.state.save()
            self.azurite.stop()
            try:
                yield
            finally:
                self.azurite.start()

    def _wait_until_quiet(self) -> None:
        until = time.monotonic() + QUIET_SECONDS
        while not self.network.quiet():
            if time.monotonic() > until:
                busy = [name for name, host in self.network.hosts.items() if host.tasks.runs or (host.mars and host.mars.busy)]
                raise RuntimeError(f"the lab cannot be saved while a task or a backup runs on {', '.join(busy)}; let it finish first")
            time.sleep(0.1)

    def hashes(self) -> dict[str, str]:
        """SHA-256 of what a careful run must not change: `model` (hosts and every byte of their disks), `bystander` (that disk).

        And `arm`: what ARM remembers, containers and their blobs by name and length included.
        """
        seen = self.network.hashes()
        disks = {serial: value for name, host in seen.items() if name != "shelf" for serial, value in host["disks"].items()}
        arm = digest([self.state.hash(), self.blobs.everything()])
        return {"model": digest(seen), "arm": arm, "bystander": disks.get(worlds.BYSTANDER_SERIAL) or ""}


def digest(value: Any) -> str:
    """SHA-256 of a JSON-ready value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
