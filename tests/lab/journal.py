# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's journal: one JSON line for every change to a model and every write that reached ARM."""

from __future__ import annotations

import json
import os
import pathlib
import threading
from typing import Any

from .clock import Clock, stamp


class Journal:
    """Appends whole lines; several processes may write to the same file."""

    def __init__(self, path: pathlib.Path, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self._lock = threading.Lock()

    def write(self, where: str, what: str, **detail: Any) -> None:
        """Append {at, where, what, …detail}."""
        append(self.path, {"at": stamp(self.clock.now()), "where": where, "what": what, **detail}, self._lock)


def append(path: pathlib.Path, entry: dict[str, Any], lock: threading.Lock | None = None) -> None:
    """Append one JSON line in one write."""
    line = (json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n").encode()
    with lock or threading.Lock():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)
