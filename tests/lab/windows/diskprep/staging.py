# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which seed a staging location belongs to, and the files that it holds.

How the tool knows is not public. Here it knows what was entered in the wizard of any agent of the lab with this very path (assumed).
"""

from __future__ import annotations

import pathlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..answer import WindowsError
from ..paths import same
from ..session import Session
from .prompts import Answers, Screen
from .refusal import ConsoleRefused

if TYPE_CHECKING:
    from ..host import Host

BLOBS = ("_AIBBlob", "_BaseBlob")
PAGE = 512
ELEVATED = Session("Administrator", "interactive")


@dataclass(frozen=True)
class Seed:
    """What the wizard was given, and the files to copy: name and bytes, in the order of their names."""

    account: str
    container: str
    subscription: str
    job: str
    path: str
    folder: pathlib.Path
    files: tuple[tuple[str, int], ...]

    @property
    def bytes(self) -> int:
        """Bytes of all files."""
        return sum(size for _name, size in self.files)


def find(host: Host, staging: str, answers: Answers, screen: Screen) -> Seed:
    """The seed of a staging location; refuses where there is none, or where the location cannot be reached."""
    root = _reached(host, staging)
    values = _values(host, staging, answers)
    name = f"{values['storage_account']}_{values['import_job_name']}"
    path = f"{staging.rstrip(chr(92))}\\{name}"
    files = _files(root / name, path)
    screen.say(
        "Parsed input parameters successfully.",
        f"OfflineSeeding Subscription : {values['subscription_id']}",
        f"OfflineSeeding StorageAccountName : {values['storage_account']}",
        f"OfflineSeeding StagingLocation : {path}",
        f"OfflineSeeding ImportJobName : {values['import_job_name']}",
        f"OfflineSeeding ContainerName : {values['container']}",
        "Refreshing Blob list:",
        *(name for name, _size in files),
        f"Blob list refreshed. Total Blob count = {len(files)}",
    )
    return Seed(
        values["storage_account"], values["container"], values["subscription_id"], values["import_job_name"], path, root / name, files
    )


def _reached(host: Host, staging: str) -> pathlib.Path:
    try:
        root = host.path(staging, ELEVATED)
    except WindowsError as error:
        raise ConsoleRefused(f"the staging location {staging} cannot be reached from {host.name}: {error.message}") from error
    if not root.is_dir():
        raise ConsoleRefused(
            f"the staging location {staging} was not found on {host.name}; give the path exactly as in the agent's wizard."
        )
    return root


def _values(host: Host, staging: str, answers: Answers) -> dict[str, Any]:
    agents = [one.mars for one in host.network.hosts.values() if one.mars and one.mars.offline]
    agents = [agent for agent in agents if same(agent.offline["staging_path"], staging)]
    if not agents:
        raise ConsoleRefused(
            f"no import job is associated with the staging location {staging}; give the path exactly as in the agent's wizard."
        )
    staged = [agent.offline for agent in agents if agent.seed["state"] == "staged"]
    if not staged:
        raise ConsoleRefused(f"nothing is staged in {staging} yet; run the backup first, until it waits for the import job.")
    if len(staged) == 1:
        return staged[0]
    jobs = {values["import_job_name"]: values for values in staged}
    wanted = answers.take("import_job")
    if wanted not in jobs:
        raise ConsoleRefused(f"'{wanted}' is none of the import jobs of this staging location: {', '.join(sorted(jobs))}.")
    return jobs[wanted]


def _files(folder: pathlib.Path, path: str) -> tuple[tuple[str, int], ...]:
    names = sorted(one.name for one in folder.iterdir() if one.is_file() and one.name.endswith(BLOBS)) if folder.is_dir() else []
    if not names:
        raise ConsoleRefused(f"{path} holds no staged file; the backup has not written there, or its files were removed.")
    files = tuple((name, (folder / name).stat().st_size) for name in names)
    odd = next((name for name, size in files if size % PAGE), None)
    if odd:
        raise ConsoleRefused(f"{path}\\{odd} is no whole number of {PAGE} bytes, so it cannot become a page blob; stage it again.")
    return files
