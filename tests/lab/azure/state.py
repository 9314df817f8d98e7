# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab's Azure remembers: one JSON document, one lock, written after every change."""

from __future__ import annotations

import base64
import contextlib
import copy
import hashlib
import json
import os
import pathlib
import secrets
import threading
from collections.abc import Iterator
from typing import Any

from .. import names
from ..clock import Clock, stamp

FRESH: dict[str, Any] = {
    "groups": {},
    "providers": {
        "Microsoft.Authorization": {"state": "Registered"},
        "Microsoft.Resources": {"state": "Registered"},
        "Microsoft.Storage": {"state": "Registered"},
        "Microsoft.RecoveryServices": {"state": "Registered"},
        "Microsoft.ImportExport": {"state": "NotRegistered"},
        "Microsoft.DataBox": {"state": "NotRegistered"},
    },
    "accounts": {},
    "operations": {},
    "locks": {},
    "vaults": {},
    "deleted_vaults": {},
    "mab_containers": {},
    "mab_items": {},
    "jobs": {},
    "data_box_jobs": {},
    "parcels": {},
    "faults": [],
    "datacenter_faults": [],
}
NOT_HASHED = ("faults", "datacenter_faults", "operations", "signing_key")


class State:
    """The document, and the one way to change it: inside `with state.changed(...)`."""

    def __init__(self, path: pathlib.Path, journal: Any, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self.lock = threading.RLock()
        self._journal = journal
        self.data: dict[str, Any] = self._kept() if path.exists() else self._fresh()

    def _kept(self) -> dict[str, Any]:
        """What is on disk; of a kind that a lab saved earlier did not know there is nothing."""
        return {**copy.deepcopy(FRESH), **json.loads(self.path.read_text(encoding="utf-8"))}

    def _fresh(self) -> dict[str, Any]:
        data = copy.deepcopy(FRESH)
        data["signing_key"] = secrets.token_hex(32)
        data["groups"][names.RESOURCE_GROUP.lower()] = {"name": names.RESOURCE_GROUP, "location": names.LOCATION, "tags": {}}
        return data

    def __getitem__(self, kind: str) -> Any:
        return self.data[kind]

    @contextlib.contextmanager
    def changed(self, what: str | None = None, **detail: Any) -> Iterator[None]:
        """Change the document inside; it is on disk afterwards, and in the journal where `what` says so."""
        with self.lock:
            yield
            self.save()
            if what:
                self._journal.write("azure", what, **detail)

    def save(self) -> None:
        """Write the document in one piece."""
        with self.lock:
            fresh = self.path.with_suffix(".new")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
                json.dump(self.data, stream, indent=1, sort_keys=True, ensure_ascii=False)
            os.replace(fresh, self.path)

    def hash(self) -> str:
        """SHA-256 over what a client could see."""
        with self.lock:
            seen = {kind: value for kind, value in self.data.items() if kind not in NOT_HASHED}
            text = json.dumps(seen, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def now(self) -> str:
        """The lab's time as ARM writes it in most places."""
        return stamp(self.clock.now())


def account_key() -> str:
    """A fresh storage account key: 64 bytes in base64."""
    return base64.b64encode(secrets.token_bytes(64)).decode()
