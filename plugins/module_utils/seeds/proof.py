# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the vault has proven that the seed is in it."""

from __future__ import annotations

from .. import times
from ..agent import states

NOT_PROTECTED = frozenset({"ProtectionStopped", "ProtectionPaused", "BackupsSuspended"})
DONE = frozenset({"completed", "completed_with_warning"})


def of_vault(record, observations):
    """``{recovery_point, items, agent_state}`` if agent and vault both say that the seed is in the vault, else None.

    Each protected item of the source must have a recovery point that is newer than the landing of the data in the container.
    """
    landed = record["landed"]
    agent_state = states.meaning((observations.get("agent") or {}).get("seed_state")).seed_state
    if not landed or agent_state not in DONE:
        return None
    items = items_of(observations)
    points = [
        times.parse(item["last_recovery_point"], "last_recovery_point") if item.get("last_recovery_point") else None for item in items
    ]
    since = times.parse(landed.get("newest_modified") or landed["at"], "landed")
    if not points or any(point is None or point <= since for point in points):
        return None
    return {"recovery_point": times.iso(min(points)), "items": len(points), "agent_state": agent_state}


def items_of(observations):
    """Protected items of the source in the vault's answer; computers are compared by the first part of their name."""
    host = _first_label(((observations.get("source") or {}).get("host") or {}).get("name"))
    items = (observations.get("vault") or {}).get("protected_items") or []
    return [
        item
        for item in items
        if host and _first_label(item.get("computer_name")) == host and item.get("protection_state") not in NOT_PROTECTED
    ]


def _first_label(name):
    return str(name or "").split(".", maxsplit=1)[0].lower()
