# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a backup of a policy with an offline initial copy does: stage, wait for the import, copy from the container into the vault."""

from __future__ import annotations

import dataclasses
import pathlib
import shutil
import threading
import time
from typing import TYPE_CHECKING, Any

from ..answer import WindowsError
from ..session import ENGINE
from ..volume import walk_files
from . import staged

if TYPE_CHECKING:
    from .agent import Agent

PACE = 0.02  # seconds a block of 1 MiB takes at least, so that progress can be seen
COPY_SECONDS = 1.0  # the vault's copy is pending for at least this long
SAVE_EVERY = 8 << 20


class Interrupted(Exception):
    """The engine was stopped."""


def work(agent: Agent, job: dict[str, Any], stop: threading.Event) -> None:
    """Run one backup to its end; the job is a dict of the agent, changed as it goes."""
    from . import agent as states

    if agent.seed["state"] == "done" or agent.offline is None:
        _online(agent, job)
    elif agent.seed["state"] == "none":
        _stage(agent, job, stop)
        agent.end(job, states.WAITING_FOR_IMPORT)
    elif not _landed(agent):
        job.update(total=_staged_bytes(agent), progress=_staged_bytes(agent))
        agent.end(job, states.WAITING_FOR_IMPORT)
    else:
        agent.end(job, states.WAITING_FOR_COPY)
        _copy_to_vault(agent, job, stop)
        agent.end(job, states.COMPLETED)


def _source(agent: Agent) -> pathlib.Path:
    return agent.host.path(agent.policy["datasources"][0]["name"], ENGINE)


def _bytes(folder: pathlib.Path) -> int:
    return sum((folder / name).lstat().st_size for name in walk_files(folder))


def _staged_bytes(agent: Agent) -> int:
    return sum(f["size"] for f in agent.seed["files"])


def _stage(agent: Agent, job: dict[str, Any], stop: threading.Event) -> None:
    values, source = agent.offline, _source(agent)
    root = agent.host.path(values["staging_path"], ENGINE, write=True)
    if not root.is_dir():
        raise WindowsError(
            "StagingLocation", f"The staging location '{values['staging_path']}' was not found.", "ObjectNotFound", 0x80070003
        )
    job["total"] = _bytes(source)
    _check_room(agent, values["staging_path"], job["total"])
    folder = root / f"{values['storage_account']}_{values['import_job_name']}"

    def progress(count: int) -> None:
        if stop.is_set():
            raise Interrupted
        before = job["progress"]
        job.update(progress=before + count, changed=before + count)
        if before // SAVE_EVERY != job["progress"] // SAVE_EVERY:
            agent.host.save()
        time.sleep(PACE * count / staged.BLOCK)

    files = staged.write(source, folder, job["datasource_id"], progress)
    agent.seed = {
        "state": "staged",
        "folder": f"{values['staging_path']}\\{folder.name}",
        "files": [dataclasses.asdict(f) for f in files],
        "container": [values["storage_account"], values["container"]],
        "job": [values["subscription_id"], values["import_job_name"]],
    }
    agent.host.change("staged", folder=agent.seed["folder"], files=len(files), bytes=_staged_bytes(agent))


def _check_room(agent: Agent, staging: str, needed: int) -> None:
    free = agent.host.network.free_behind(agent.host, staging)
    if free < needed:
        raise WindowsError("DiskFull", f"The staging location needs {needed} bytes, {free} are free.", "WriteError", 0x80070070)


def _landed(agent: Agent) -> bool:
    """Is the import job completed, and every staged file in the container by name and length?"""
    if agent.host.azure is None:
        return False
    job = agent.host.azure.import_job(*agent.seed["job"])
    if job is None or job["properties"].get("status", job["properties"].get("state")) != "Completed":
        return False
    there = dict(agent.host.azure.container_files(*agent.seed["container"]))
    return all(there.get(f["name"]) == f["size"] for f in agent.seed["files"])


def _copy_to_vault(agent: Agent, job: dict[str, Any], stop: threading.Event) -> None:
    begun = time.monotonic()
    fresh = agent.vault_folder.with_name(agent.vault_folder.name + ".incoming")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for known in agent.seed["files"]:
        if stop.is_set():
            raise Interrupted
        agent.host.azure.download(*agent.seed["container"], known["name"], fresh / known["name"])
        seen = staged.file_digest(fresh / known["name"])
        if seen != known["sha256"]:
            raise staged.BadStagedFile(f"blob {known['name']} differs from what was staged: SHA-256 {seen}, expected {known['sha256']}")
    stop.wait(max(0.0, COPY_SECONDS - (time.monotonic() - begun)))
    if stop.is_set():
        raise Interrupted
    shutil.rmtree(agent.vault_folder, ignore_errors=True)
    fresh.rename(agent.vault_folder)
    agent.seed["state"] = "done"
    job.update(total=_staged_bytes(agent), progress=_staged_bytes(agent))
    agent.add_point(job)
    agent.host.change("vault copy made", files=len(agent.seed["files"]), bytes=_staged_bytes(agent))


def _online(agent: Agent, job: dict[str, Any]) -> None:
    """An increment, or an initial copy over the network; what is protected is not stored a second time."""
    from . import agent as states

    job.update(total=_bytes(_source(agent)))
    agent.add_point(job)
    agent.end(job, states.COMPLETED)
