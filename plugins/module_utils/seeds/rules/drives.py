# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the drives that the user named and that are attached already; the others are looked at when they are prepared."""

from __future__ import annotations

from collections import Counter

from ...drives import names, plan
from ...failure import shown
from ..words import amount, listed
from .copy_host import REQUIREMENTS
from .rule import BLOCK, COPY_HOST, OPERATOR, WARN, NotTold, Rule

LARGEST_DRIVE = 10 * 10**12
PROTECTED = ("boot", "system", "page_file", "clustered", "pooled", "staging", "removable")


def named(facts):
    """``[(serial, size)]`` of seed_drives; serials without blanks."""
    return [(names.serial(drive.get("serial") or ""), drive.get("size")) for drive in facts.ask("inputs.seed_drives") or []]


def attached(facts):
    """Disks of the copy host that seed_drives names."""
    wanted = {serial for serial, _size in named(facts)}
    if not wanted:
        return []
    return [disk for disk in facts.need("copy.disks") if names.serial(disk.get("serial") or "") in wanted]


def _each(wrong):
    """Check that says *wrong(disk)* of each named disk for which it is not None."""

    def check(facts):
        seen = [f"{names.serial(disk.get('serial') or '')} {says}" for disk in attached(facts) if (says := wrong(disk)) is not None]
        return f"drive {listed(seen)}" if seen else None

    return check


def _told(disk, key):
    if disk.get(key) is None:
        raise NotTold(f"{key} of drive {disk.get('serial')} was not told")
    return disk[key]


def _entries(facts):
    for number, (serial, size) in enumerate(named(facts), start=1):
        if not serial:
            return f"entry {number} of seed_drives has no serial"
        if not isinstance(size, int) or isinstance(size, bool) or size <= 0:
            return f"size of drive {serial} in seed_drives is {shown(size)}"
    return None


def _count(facts):
    count = len(named(facts))
    return None if count <= plan.DRIVES_PER_JOB else f"seed_drives names {count} drives"


def _unique(facts):
    twice = [serial for serial, times_named in Counter(serial for serial, _size in named(facts)).items() if times_named > 1]
    if twice:
        return f"seed_drives names {listed(twice)} more than once"
    shared = [serial for serial, there in Counter(names.serial(disk.get("serial") or "") for disk in attached(facts)).items() if there > 1]
    return f"two disks of the copy host have the serial {listed(shared)}" if shared else None


def _size(facts):
    sizes = dict(named(facts))
    seen = [
        f"{names.serial(disk['serial'])} has {disk['size']} bytes, seed_drives says {sizes[names.serial(disk['serial'])]}"
        for disk in attached(facts)
        if _told(disk, "size") != sizes[names.serial(disk["serial"])]
    ]
    return f"drive {listed(seen)}" if seen else None


def _other_seed(facts):
    theirs = {
        names.serial(drive.get("serial") or ""): other
        for other, drives in (facts.ask("inputs.other_seeds") or {}).items()
        for drive in drives or []
    }
    both = [f"{serial} (seed {theirs[serial]})" for serial, _size in named(facts) if serial in theirs]
    return f"seed_drives names drives of another seed: {listed(both)}" if both else None


def _protected(disk):
    kinds = [kind.replace("_", " ") for kind in PROTECTED if _told(disk, kind)]
    return f"is a {' and '.join(kinds)} disk" if kinds else None


def _sector(disk):
    seen = _told(disk, "logical_sector_size")
    return None if seen == 512 else f"has sectors of {seen} bytes"


def _largest(disk):
    return None if _told(disk, "size") <= LARGEST_DRIVE else f"has {amount(disk['size'])}"


def _bus(disk):
    return f"is attached by {disk['bus']}" if str(_told(disk, "bus")).upper() == "USB" else None


def _health(disk):
    seen = str(_told(disk, "health")).lower()
    return None if seen == "healthy" else f"reports {seen}"


def _offline(disk):
    states = [word.replace("_", "-") for word in ("offline", "read_only") if _told(disk, word)]
    return f"is {' and '.join(states)}" if states else None


RULES = (
    Rule(
        "DR-06",
        BLOCK,
        OPERATOR,
        "each entry of seed_drives has a serial and a size in bytes",
        "Write {serial: ..., size: ...} as the step name_drives or win_disk_info shows them.",
        "offlineseed.azure, consent by serial and size",
        _entries,
    ),
    Rule(
        "DR-05",
        BLOCK,
        OPERATOR,
        f"at most {plan.DRIVES_PER_JOB} drives a seed",
        "Use bigger drives, or divide the selection of the agent's policy over several seeds.",
        REQUIREMENTS,
        _count,
    ),
    Rule(
        "DR-10",
        BLOCK,
        COPY_HOST,
        "each drive has a serial of its own",
        "Attach the drives by SATA, not through a bridge that invents serials; name each drive once.",
        REQUIREMENTS,
        _unique,
    ),
    Rule(
        "DR-14",
        BLOCK,
        OPERATOR,
        "a drive stands in one seed only",
        "Take it out of seed_drives of one of the two.",
        "offlineseed.azure, a serial stands in one seed only",
        _other_seed,
    ),
    Rule(
        "DR-15",
        BLOCK,
        OPERATOR,
        "the size in seed_drives is the drive's size to the byte",
        "Compare serial and size with the label on the drive: this is another drive than the one that was named.",
        "offlineseed.azure, consent by serial and size",
        _size,
    ),
    Rule(
        "DR-07",
        BLOCK,
        COPY_HOST,
        "a named drive is not a disk that the copy host needs",
        "Take it out of seed_drives: such a disk is never touched.",
        "offlineseed.azure, safety of disks",
        _each(_protected),
    ),
    Rule(
        "DR-04",
        BLOCK,
        COPY_HOST,
        "a named drive has 512-byte logical sectors",
        "Use a 512n or 512e drive: the datacenter does not read 4K native ones.",
        "Microsoft, Azure Import/Export FAQ (storage-import-export-service-faq)",
        _each(_sector),
    ),
    Rule(
        "DR-03",
        WARN,
        COPY_HOST,
        f"a named drive has at most {amount(LARGEST_DRIVE)}",
        "Use smaller drives, or check the current limit: Microsoft's pages differ.",
        REQUIREMENTS,
        _each(_largest),
    ),
    Rule(
        "DR-02",
        WARN,
        COPY_HOST,
        "a named drive is a bare SATA drive",
        "Only a bare drive on an adapter may go: no USB stick, no external drive, none that came out of an enclosure. Compare serial and"
        " label.",
        REQUIREMENTS,
        _each(_bus),
    ),
    Rule("DR-11", WARN, COPY_HOST, "a named drive is healthy", "Replace the drive.", REQUIREMENTS, _each(_health)),
    Rule(
        "DR-16",
        WARN,
        COPY_HOST,
        "a named drive is online and writable",
        "Set-Disk -IsOffline $false, then Set-Disk -IsReadOnly $false for that disk; servers leave new disks offline (SAN policy).",
        "Microsoft, Set-Disk",
        _each(_offline),
    ),
)
