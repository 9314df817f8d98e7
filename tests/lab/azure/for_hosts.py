# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Windows host reaches in Azure: the backup agent reads its container and job, and publishes itself and its recovery points.

And what a person reaches from there: ARM, once signed in.
"""

from __future__ import annotations

import json
import pathlib
import urllib.parse
from typing import Any

from ..names import VAULT
from . import data_box_told, entra, import_jobs
from .core import Cloud
from .messages import Request


class AzureForHosts:
    """Given to every host as `host.azure`. Accounts and containers by name; times as text in UTC with Z."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def container_files(self, account: str, container: str) -> list[tuple[str, int]]:
        """(name, bytes) of every blob, by name; empty where account or container do not exist."""
        return self._cloud.blobs.files(account, container) if self._knows(account) else []

    def _knows(self, account: str) -> bool:
        return account in self._cloud.state["accounts"]

    def account_exists(self, account: str, container: str) -> bool:
        """Whether the account and its container are there."""
        return self._knows(account) and self._cloud.blobs.properties(account, container) is not None

    def download(self, account: str, container: str, name: str, path: pathlib.Path) -> int:
        """Write a blob to a file; its bytes."""
        return self._cloud.blobs.download(account, container, name, pathlib.Path(path))

    def upload_page_blob(self, account: str, container: str, name: str, path: pathlib.Path) -> int:
        """Write a file (length a multiple of 512) as a page blob; its bytes."""
        return self._cloud.blobs.upload_page_blob(account, container, name, pathlib.Path(path))

    def import_job(self, subscription: str, name: str) -> dict[str, Any] | None:
        """The job of that name in any group of the subscription, as ARM describes it; None where there is none.

        Where both services have one, that of Data Box counts (assumed): today's agents know no other.
        """
        with self._cloud.state.lock:
            found = [job for job in self._cloud.state["data_box_jobs"].values() if job["name"].lower() == name.lower()]
            if found:
                return data_box_told.described(self._cloud, found[0], details=True)
            found = [job for job in self._cloud.state["jobs"].values() if job["name"].lower() == name.lower()]
            return import_jobs.described(self._cloud, found[0]) if found else None

    def arm(self, method: str, path: str, version: str, body: Any = None) -> tuple[int, Any]:
        """(status, body) of a request of somebody who has signed in; raises ConnectionError where the answer is lost."""
        place, _unused, query = path.partition("?")
        asked = {**dict(urllib.parse.parse_qsl(query)), "api-version": version}
        content = b"" if body is None else json.dumps(body).encode()
        response = self._cloud.handle(Request(method, place, asked, {"authorization": entra.bearer(self._cloud)}, content))
        if response.dropped:
            raise ConnectionError(f"no answer to {method} {place}")
        return response.status, response.body

    def register_server(self, name: str, *, agent_version: str, vault: str = VAULT, policy: str = "", registered: bool = True) -> None:
        """The server shows up among the vault's registered servers, or its entry is refreshed."""
        told = {"name": name, "vault": vault, "agent_version": agent_version, "policy": policy, "registered": registered}
        self._refresh("mab_containers", name.lower(), told, 1001)

    def vault_item(
        self, computer: str, name: str, *, recovery_points: list[str], last_backup_status: str = "", last_backup_time: str | None = None,
        vault: str = VAULT, bytes: int = 0, policy: str = "",
    ) -> None:  # fmt: skip
        """What the vault shows of one data source (`D:\\`): state IRPending while `recovery_points` is empty."""
        told = {
            "computer": computer, "name": name, "vault": vault, "recovery_points": sorted(recovery_points),
            "last_backup_status": last_backup_status, "last_backup_time": last_backup_time, "bytes": bytes, "policy": policy,
        }  # fmt: skip
        self._refresh("mab_items", f"{computer}|{name}".lower(), told, 1000001)

    def _refresh(self, kind: str, key: str, told: dict[str, Any], first_number: int) -> None:
        """Keep what is told; its number stays, and its time where nothing is new."""
        state = self._cloud.state
        with state.lock:
            known = state[kind].get(key, {})
            if known.items() >= told.items():
                return
            with state.changed():
                number = known.get("number") or first_number + len(state[kind])
                state[kind][key] = {**told, "number": number, "refreshed": state.now()}
