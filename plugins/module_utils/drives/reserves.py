# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a drive is not there for data, and what a file costs beyond its bytes.

Free space that Windows really reports is known only after formatting; these amounts are chosen so that a plan never promises more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

KIB, MIB, GIB = 1024, 1024**2, 1024**3
CLUSTER = 4 * KIB
FILE_RECORD = KIB
RANGE = 4 * MIB


@dataclass(frozen=True)
class Reserve:
    """Bytes *of* a drive of a given size that data may not have, and *why*."""

    id: str
    of: Callable
    why: str


RESERVES = (
    Reserve(
        "partition_table",
        lambda size: 128 * MIB + 2 * MIB if size >= 16 * GIB else 16 * MIB + 2 * MIB if size >= GIB else 4 * MIB,
        "GPT at both ends, alignment, and the reserved partition that Windows makes (16 MiB since Windows 10, 32 or 128 MiB before)",
    ),
    Reserve(
        "ntfs",
        lambda size: min(64 * MIB, size // 64) + size // 1024,
        "$LogFile (at most 64 MiB), $Bitmap (a bit a cluster), the first records of $MFT, System Volume Information",
    ),
    Reserve(
        "bitlocker",
        lambda size: min(128 * MIB, size // 128),
        "three copies of the metadata and the space that conversion keeps for itself",
    ),
    Reserve(
        "journal_and_marker",
        lambda size: min(64 * MIB, size // 256),
        "marker.json and journal.jsonl beside the data",
    ),
)


GIVEN = "what the option reserve_bytes keeps back, in place of the built-in amounts"


def usable(size, reserve_bytes=None):
    """Bytes of a drive of *size* bytes that files and manifest may use; *reserve_bytes* takes the place of the table."""
    reserved = sum(reserve.of(size) for reserve in RESERVES) if reserve_bytes is None else reserve_bytes
    return max(0, size - reserved)


def named(size, reserve_bytes=None):
    """What ``usable`` keeps back of a drive: ``[{id, bytes, why}]``."""
    if reserve_bytes is not None:
        return [{"id": "given", "bytes": min(size, reserve_bytes), "why": GIVEN}]
    return [{"id": reserve.id, "bytes": reserve.of(size), "why": reserve.why} for reserve in RESERVES]


def cost(size, name=""):
    """Bytes that a file of *size* takes on a drive: whole clusters, its record in $MFT, its entry in DriveManifest.xml."""
    entry = 600 + 4 * len(name) + 112 * -(-size // RANGE)
    return -(-size // CLUSTER) * CLUSTER + FILE_RECORD + entry
