# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's time: the real time plus an offset that grows when days pass on command."""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import threading

UTC = datetime.timezone.utc


def stamp(moment: datetime.datetime) -> str:
    """ISO 8601 in UTC with seconds and Z, the form of every time in this project."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> datetime.datetime:
    """The moment that `stamp` wrote."""
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


class Clock:
    """One clock for a lab, kept in a file; `now()` never goes back."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)
        self._lock = threading.Lock()
        self._offset = datetime.timedelta(seconds=self._read())

    def _read(self) -> float:
        return float(json.loads(self.path.read_text(encoding="utf-8"))["offset_seconds"]) if self.path.exists() else 0.0

    def now(self) -> datetime.datetime:
        """The lab's moment, aware, in UTC."""
        return datetime.datetime.now(UTC) + self._offset

    def advance(self, days: float = 0, hours: float = 0) -> datetime.datetime:
        """Let time pass; returns the new moment. Time that would run backwards is refused."""
        step = datetime.timedelta(days=days, hours=hours)
        if step < datetime.timedelta(0):
            raise ValueError(f"the lab's clock runs forward only, not by {step}")
        with self._lock:
            self._offset += step
            self._write()
        return self.now()

    def _write(self) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps({"offset_seconds": self._offset.total_seconds()}), encoding="utf-8")
        os.replace(fresh, self.path)
