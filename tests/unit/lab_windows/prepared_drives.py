# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One seed's drives through the stand-in of win_disk_prep, one hidden operation at a time."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from lab import standins
from lab.windows import Host
from lab.windows.encryption import new_recovery_password

MIB = 1 << 20
STAGING = "C:\\staging\\acct_srv1"
PLAN_HASH = "ab" * 32
GUID = "00000000-0000-4000-8000-00000000000"


def module(host: Host, name: str, check: bool = False, **params: Any) -> dict[str, Any]:
    """The result of a module of the collection, as Ansible gets it."""
    result = standins.call(host, f"offlineseed.azure.{name}", params, {"_ansible_check_mode": check, "_ansible_diff": True})
    result.pop("invocation", None)
    return result


def stage(host: Host, sizes: tuple[int, ...] = (5 * MIB, 0, 512)) -> list[dict[str, Any]]:
    """Put staged files into the job's folder; their names and sizes."""
    folder = host.path(STAGING)
    folder.mkdir(exist_ok=True)
    files = [{"name": f"4028872156781878270_{i}_{GUID}{i}_BaseBlob", "size": size} for i, size in enumerate(sizes)]
    for i, entry in enumerate(files):
        (folder / entry["name"]).write_bytes(bytes([i + 1]) * entry["size"])
    return files


class Seed:
    """A seed with one planned drive; `key` is what lies in escrow."""

    def __init__(self, host: Host, files: list[dict[str, Any]], serial: str = "ZA1", size: int = 100 * MIB, **consent: Any) -> None:
        self.host, self.files, self.serial, self.size = host, files, serial, size
        self.consent = {"serial": serial, "size": size, **consent}
        self.key = new_recovery_password()
        self.proven: list[dict[str, str]] = []
        self.name, self.max_rate = "srv1", 0

    def call(self, operation: str, check: bool = False, **drive: Any) -> dict[str, Any]:
        planned = {
            "planned_serial": self.serial, "planned_size": self.size, "plan_hash": PLAN_HASH, "container": "seed", "files": len(self.files),
            "bytes": sum(f["size"] for f in self.files), **self.consent, **drive,
        }  # fmt: skip
        return module(
            self.host, "win_disk_prep", check, seed=self.name, drives=[self.consent], staging_path=STAGING, proven=self.proven,
            max_rate=self.max_rate, _operation=operation, _drives=[planned],
        )  # fmt: skip

    def state(self) -> dict[str, Any]:
        return self.call("inspect")["drives"][0]

    def begin(self, **drive: Any) -> dict[str, Any]:
        return self.call("begin", recovery_password=self.key, **drive)

    def listing(self) -> str:
        """Put the file list, as the action plugin does; its SHA-256."""
        about = {"v": 1, "seed": self.name, "serial": self.serial, "plan_hash": PLAN_HASH, "container": "seed", "files": len(self.files)}
        lines = [{**about, "bytes": sum(f["size"] for f in self.files)}, *self.files]
        content = "".join(json.dumps(line) + "\n" for line in lines).encode()
        self.host.path(f"C:\\ProgramData\\offlineseed\\{self.name}\\lists\\{self.serial}.jsonl").write_bytes(content)
        return hashlib.sha256(content).hexdigest()

    def start(self) -> dict[str, Any]:
        return self.call("start", list_sha256=self.listing())

    def settle(self, *words: str) -> dict[str, Any]:
        """Poll until the drive is in one of these states."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            state = self.call("poll")["drives"][0]
            if state["state"] in words:
                return state
            time.sleep(0.05)
        raise AssertionError(f"{state['state']} ({state['message']}), expected {' or '.join(words)}")

    def prove(self) -> dict[str, Any]:
        return self.call("prove", recovery_password=self.key)

    def prepared(self) -> dict[str, Any]:
        """The whole way; the proven state."""
        self.begin()
        self.start()
        self.settle("copied")
        state = self.prove()["drive"]
        assert state["state"] == "proven", state
        self.proven = [{"serial": self.serial, "protector": state["protector"]}]
        return state
