# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The MARS agent of a host: what a person set up in its wizard, its jobs, and the two halves of an offline seed.

Job states: `backup-cmdlets`' sources are Microsoft's own scripts (Windows Admin Center, DPM collection); how a running job is called is
assumed ("InProgress"), and so is that one job goes from CompletedWithWaitingForCopyBlob to Completed.
"""

from __future__ import annotations

import datetime
import hashlib
import pathlib
import threading
import uuid
from typing import TYPE_CHECKING, Any

from ...clock import parse, stamp
from ..answer import WindowsError
from ..session import ENGINE
from . import seed, staged

if TYPE_CHECKING:
    from ..host import Host

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
RUNNING = "InProgress"
WAITING_FOR_IMPORT = "CompletedWithWaitingForImportJob"
WAITING_FOR_COPY = "CompletedWithWaitingForCopyBlob"
COMPLETED, FAILED, ABORTED = "Completed", "Failed", "Aborted"
FIVE = ("staging_path", "storage_account", "container", "subscription_id", "import_job_name")
GENERAL_FAILURE = 0x7DC


class Agent:
    """`setup` is what installer and registration left, `policy` and `offline` what a person entered, `seed` where it stands."""

    def __init__(self, host: Host, setup: dict[str, Any]) -> None:
        self.host, self.setup = host, setup
        self.policy: dict[str, Any] | None = None
        self.offline: dict[str, Any] | None = None
        self.pending: dict[str, Any] | None = None
        self.jobs: list[dict[str, Any]] = []
        self.seed: dict[str, Any] = {"state": "none", "folder": None, "files": []}
        self.points: list[dict[str, Any]] = []
        self.looked = stamp(host.clock.now())
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    # -- state -------------------------------------------------------------------------------------------------------------------
    KEPT = ("setup", "policy", "offline", "pending", "jobs", "seed", "points", "looked")

    def state(self) -> dict[str, Any]:
        """JSON-ready."""
        return {name: getattr(self, name) for name in self.KEPT}

    @classmethod
    def load(cls, host: Host, state: dict[str, Any]) -> Agent:
        """From `state()`; a job that was running is found aborted, as after a crash of the engine."""
        agent = cls(host, state["setup"])
        for name in cls.KEPT:
            setattr(agent, name, state[name])
        for job in agent.jobs:
            if job["running"]:
                job.update(running=False, state=ABORTED, end=stamp(host.clock.now()))
        return agent

    @property
    def busy(self) -> bool:
        """Does a job run?"""
        return self._thread is not None and self._thread.is_alive()

    @property
    def vault_folder(self) -> pathlib.Path:
        """Where the vault's copy of this host lies."""
        return self.host.network.folder / "vault" / self.host.name

    # -- what a person does ------------------------------------------------------------------------------------------------------
    def create_policy(self, paths: list[str] | None = None, days: tuple[str, ...] = DAYS, times: tuple[str, ...] = ("21:00",)) -> None:
        """Go through the schedule wizard: data sources by path, days, times of the day."""
        self.policy = {
            "name": str(uuid.uuid4()),
            "state": "Existing",
            "policy_state": "Valid",
            "days": list(days),
            "times": list(times),
            "retention_days": 30,
            "datasources": [{"name": path, "id": datasource_id(self.host.name, path)} for path in paths or ["D:\\"]],
        }
        self.looked = stamp(self.host.clock.now())
        self.host.change("policy made in the wizard", datasources=[d["name"] for d in self.policy["datasources"]])

    def enter_offline_values(
        self, staging_path: str, storage_account: str, container: str, subscription_id: str, import_job_name: str
    ) -> None:
        """Enter the five values on the page "Transfer using my own disks"; a staging path that SYSTEM cannot write is refused."""
        if self.policy is None:
            raise WindowsError("NoPolicy", "There is no backup policy yet: create it in the wizard first.", "InvalidOperation")
        folder = self.host.path(staging_path, ENGINE, write=True)
        if not folder.is_dir():
            raise WindowsError("StagingLocation", f"The staging location '{staging_path}' does not exist.", "ObjectNotFound", 0x80070003)
        self.offline = {
            "method": "OfflineBackup",
            "staging_path": staging_path,
            "storage_account": storage_account,
            "container": container,
            "subscription_id": subscription_id,
            "import_job_name": import_job_name,
        }
        self.host.change("offline values entered", **self.offline)

    # -- jobs --------------------------------------------------------------------------------------------------------------------
    def start(self, wait: bool = False) -> dict[str, Any]:
        """Start a backup, as Start-OBBackup and the schedule do; returns its job."""
        with self.host.lock:
            if self.busy:
                raise WindowsError(
                    "CBPBackupInProgress,Microsoft.Internal.CloudBackup.Commands.StartCBBackupCommand",
                    "A backup is already in progress.",
                    "NotSpecified",
                )
            job = self._new_job()
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, args=(job,), daemon=True)
            self._thread.start()
        if wait:
            self._thread.join()
        return job

    def _new_job(self) -> dict[str, Any]:
        source = self.policy["datasources"][0]
        job = {
            "id": str(uuid.uuid4()),
            "type": "Backup",
            "state": RUNNING,
            "running": True,
            "start": stamp(self.host.clock.now()),
            "end": None,
            "datasource": source["name"],
            "datasource_id": source["id"],
            "total": 0,
            "progress": 0,
            "changed": 0,
            "error": 0,
        }
        self.jobs.append(job)
        self.host.change("backup started", job=job["id"])
        return job

    def _run(self, job: dict[str, Any]) -> None:
        try:
            seed.work(self, job, self._stop)
        except seed.Interrupted:
            self.end(job, ABORTED)
        except WindowsError as error:
            self.end(job, FAILED, error.hresult or GENERAL_FAILURE, error.message)
        except (OSError, staged.BadStagedFile) as error:
            self.end(job, FAILED, GENERAL_FAILURE, str(error))

    def end(self, job: dict[str, Any], state: str, error: int = 0, message: str = "") -> None:
        """A job has ended (or its last stage changed): journal it and tell the vault."""
        with self.host.lock:
            job.update(state=state, running=False, error=error, end=stamp(self.host.clock.now()), message=message)
            self.host.change("backup ended", job=job["id"], state=state, error=error, message=message)
        self.publish()

    def add_point(self, job: dict[str, Any]) -> None:
        """A recovery point exists."""
        self.points.append({"time": stamp(self.host.clock.now()), "datasource": job["datasource"], "bytes": job["total"]})

    def interrupt(self, why: str) -> None:
        """The engine stops: a running job ends aborted."""
        if self.busy:
            self._stop.set()
            self._thread.join()
            self.host.network.journal(self.host.name, "backup interrupted", why=why)

    def running_job(self) -> dict[str, Any] | None:
        """The job that runs now."""
        return next((j for j in self.jobs if j["running"]), None)

    # -- the schedule ------------------------------------------------------------------------------------------------------------
    def next_run(self) -> datetime.datetime | None:
        """When the schedule runs next, after the moment at which it was last looked at."""
        return due_after(self.policy, parse(self.looked)) if self.policy else None

    def tick(self) -> None:
        """Run what the schedule says since the last look, once, and wait for it."""
        due, now = self.next_run(), self.host.clock.now()
        if due is None or due > now or self.busy:
            return
        self.looked = stamp(now)
        task = self.host.tasks.find("Microsoft-OnlineBackup")
        if task is not None and task.enabled and self.host.services["obengine"]["state"] == "Running":
            self.start(wait=True)

    # -- what the vault shows ----------------------------------------------------------------------------------------------------
    def publish(self) -> None:
        """Tell the vault's side of the lab what it shows of this server."""
        azure, where = self.host.azure, self.setup["registered"]
        if azure is None or where is None:
            return
        azure.register_server(
            self.host.name, agent_version=self.setup["version"], vault=where["vault"], policy=(self.policy or {}).get("name", "")
        )
        for source in (self.policy or {}).get("datasources", []):
            ended = [j for j in self.jobs if not j["running"] and j["datasource"] == source["name"]]
            points = [p for p in self.points if p["datasource"] == source["name"]]
            if ended or points:
                azure.vault_item(
                    self.host.name,
                    source["name"],
                    recovery_points=[p["time"] for p in points],
                    vault=where["vault"],
                    policy=self.policy["name"],
                    last_backup_status=ended[-1]["state"] if ended else "",
                    last_backup_time=ended[-1]["end"] if ended else None,
                    bytes=points[-1]["bytes"] if points else 0,
                )

    def restore(self, to: pathlib.Path) -> dict[str, int]:
        """Give every protected file back from the vault's copy into a folder; answers `{files, bytes}`."""
        return staged.restore(self.vault_folder, pathlib.Path(to))


def datasource_id(host: str, path: str) -> str:
    """A number of 19 digits, the same at every call."""
    return str(4 * 10**18 + int(hashlib.sha256(f"{host}|{path}".lower().encode()).hexdigest()[:14], 16))[:19]


def due_after(policy: dict[str, Any], moment: datetime.datetime) -> datetime.datetime:
    """The first scheduled time after a moment; the schedule's times are taken as UTC (assumed)."""
    times = []
    for ahead in range(8):
        day = (moment + datetime.timedelta(days=ahead)).date()
        if DAYS[day.weekday()] in policy["days"]:
            for text in policy["times"]:
                at = datetime.datetime.combine(day, datetime.time.fromisoformat(text), tzinfo=datetime.timezone.utc)
                times += [at] if at > moment else []
    return min(times)
