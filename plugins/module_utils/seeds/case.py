# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a judgement about a seed is made of, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .. import times
from . import phases

SOON = timedelta(minutes=30)


@dataclass(frozen=True)
class Case:
    """All that a judgement is made of. *files* are the staged ones (of ``drives.plan``), where they are known."""

    seed: str
    record: dict
    now: datetime
    observations: dict = field(default_factory=dict)
    inputs: dict = field(default_factory=dict)
    error: dict | None = None
    hashes: tuple = ()
    files: tuple = ()

    @property
    def phase(self):
        return phases.current(self.record["ended"])

    @property
    def host(self):
        return self.inputs.get("source_host") or self.seed

    @property
    def job(self):
        """The job that Azure answered with, or None."""
        jobs = self.observations.get("jobs")
        return jobs[0] if jobs else None

    def again(self, after):
        return self.observations.get("again_at") or times.iso(self.now + after)


@dataclass(frozen=True)
class Verdict:
    """*state*, the *next* step, when to look *again_at*, and the *error* if there is one."""

    state: str
    next: dict | None
    again_at: str | None = None
    error: dict | None = None
