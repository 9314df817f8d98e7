# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a seed is proven: what landed in the container, what is in the vault, and that increments go on from it."""

from __future__ import annotations

from .. import times
from ..agent import states

NOT_PROTECTED = frozenset({"ProtectionStopped", "ProtectionPaused", "BackupsSuspended"})
DONE = frozenset({"completed", "completed_with_warning"})
LANDED_WELL = frozenset({"proven", "present"})  # conclusions of import_verify with which a seed may go on; present: no checksum to compare


def landed_well(record):
    """Whether the copy logs prove that every object landed, or at least that all are there whole."""
    return (record["verified"] or {}).get("conclusion") in LANDED_WELL


def of_vault(record, observations):
    """``{recovery_point, newest, items, agent_state}`` if agent and vault both say that the seed is in the vault, else None.

    Each protected item of the source must have a recovery point that is newer than the landing of the data in the container.
    """
    landed = record["landed"]
    agent_state = states.meaning((observations.get("agent") or {}).get("seed_state")).seed_state
    if not landed or agent_state not in DONE:
        return None
    items = items_of(observations)
    points = _points(items)
    since = times.parse(landed.get("newest_modified") or landed["at"], "landed")
    if not points or any(point is None or point <= since for point in points):
        return None
    return {
        "recovery_point": times.iso(min(points)),
        "newest": times.iso(max(points)),
        "items": len(points),
        "agent_state": agent_state,
    }


def of_increment(record, observations):
    """``{recovery_point, started, items}`` if a backup that began after the vault's proof ended well, and made a point of every item."""
    vault, job = record["vault"], (observations.get("agent") or {}).get("job") or {}
    if not vault or job.get("running") or states.meaning(job.get("seed_state")).seed_state not in DONE or not job.get("start_time"):
        return None
    since = times.parse(vault.get("newest") or vault["recovery_point"], "recovery_point")
    started, points = times.parse(job["start_time"], "start_time"), _points(items_of(observations))
    if started <= since or not points or any(point is None or point <= since for point in points):
        return None
    return {"recovery_point": times.iso(min(points)), "started": times.iso(started), "items": len(points)}


def _points(items):
    """The newest recovery point of each item, None where it has none."""
    return [times.parse(item["last_recovery_point"], "last_recovery_point") if item.get("last_recovery_point") else None for item in items]


def items_of(observations):
    """Protected items of the source in the vault's answer, none stopped or deleted; computers go by the first part of their name."""
    host = _first_label(((observations.get("source") or {}).get("host") or {}).get("name"))
    items = (observations.get("vault") or {}).get("protected_items") or []
    return [
        item
        for item in items
        if host
        and _first_label(item.get("computer_name")) == host
        and item.get("protection_state") not in NOT_PROTECTED
        and not item.get("soft_deleted")
    ]


def _first_label(name):
    return str(name or "").split(".", maxsplit=1)[0].lower()
