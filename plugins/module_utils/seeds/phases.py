# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seven phases of a seed, in order, and the event that ends each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Phase:
    """One phase: its *name*, the event that *ends* it, and what is true then, in the words of the terminal."""

    name: str
    ends: str
    then: str


PHASES = (
    Phase("preflight", "preflight_passed", "everything that the seed needs was checked"),
    Phase("target", "target_ready", "storage account and container are ready"),
    Phase("stage", "staged", "the initial backup stands in the staging folder"),
    Phase("prepare", "prepared", "the drives are encrypted, filled and proven"),
    Phase("ship", "shipped", "the datacenter knows job and parcel"),
    Phase("track", "vault_proven", "the seed stands in the vault"),
    Phase("complete", "completed", "landing zone and staging are cleaned up"),
)
NAMES = tuple(phase.name for phase in PHASES)


def current(ended):
    """Name of the phase that a seed is in, *ended* being the names of the events that ended phases."""
    for phase in PHASES:
        if phase.ends not in ended:
            return phase.name
    return PHASES[-1].name


def waits_for(asked, now_in):
    """The phase that has to end before *asked* can begin while the seed is in *now_in*, or None."""
    return now_in if NAMES.index(asked) > NAMES.index(now_in) else None
