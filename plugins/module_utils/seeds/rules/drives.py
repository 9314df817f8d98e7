# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the drives that the user named and that are attached already; the others are looked at when they are prepared."""

from __future__ import annotations

from collections import Counter

from ...drives import names, plan, reserves
from ...failure import shown
from ..words import amount, listed
from . import statements
from .rule import BLOCK, COPY_HOST, OPERATOR, WARN, NotHere, NotTold, Rule

LARGEST_DRIVE = 10 * 10**12
PROTECTED = ("boot", "system", "page_file", "clustered", "pooled", "removable")


def named(facts):
    """``[(serial, size)]`` of seed_drives; serials without blanks."""
    return [(names.serial(drive.get("serial") or ""), drive.get("size")) for drive in facts.ask("inputs.seed_drives") or []]


def attached(facts):
    """Disks of the copy host that seed_drives names."""
    wanted = {serial for serial, _size in named(facts)}
    if not wanted:
        return []
    return [disk for disk in facts.need("copy.disks") if names.serial(disk.get("serial") or "") in wanted]


def _once_attached(check):
    """*check* of the named disks; where it finds nothing and not all of them are attached, what holds for the others is not known."""

    def whole(facts):
        seen = check(facts)
        there = {names.serial(disk.get("serial") or "") for disk in attached(facts)}
        awaited = [serial for serial, _size in named(facts) if serial not in there]
        if seen is None and awaited:
            raise NotHere(f"drive {listed(awaited)} is not attached to the copy host yet")
        return seen

    return whole


def _each(wrong):
    """Check that says *wrong(disk)* of each named disk for which it is not None."""

    def check(facts):
        seen = [f"{names.serial(disk.get('serial') or '')} {says}" for disk in attached(facts) if (says := wrong(disk)) is not None]
        return f"drive {listed(seen)}" if seen else None

    return _once_attached(check)


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


def _empty(facts):
    """Drives with content that no entry allows to wipe; those that hold this seed already are meant to have some."""
    wipe = {names.serial(drive.get("serial") or ""): drive.get("wipe") for drive in facts.ask("inputs.seed_drives") or []}
    seed = facts.input("seed_name")
    full = [
        names.serial(disk["serial"])
        for disk in attached(facts)
        if not _told(disk, "empty") and disk.get("seed") != seed and not wipe[names.serial(disk["serial"])]
    ]
    return f"drive {listed(full)} is not empty, and its entry in seed_drives does not say wipe: true" if full else None


def _offline(disk):
    states = [word.replace("_", "-") for word in ("offline", "read_only") if _told(disk, word)]
    return f"is {' and '.join(states)}" if states else None


def _on_staging(disk):
    if _told(disk, "staging"):
        return "holds the staging folder"
    reasons = {reason.get("id") for reason in _told(disk, "reasons")}
    return "holds the work folder with the journals" if "work_folder" in reasons else None


def _room(facts):
    """Whether the named drives hold what is staged; before that what the policy selects is only an upper bound."""
    drives = named(facts)
    if not drives:
        raise NotTold("no drives are named yet")
    usable = sum(reserves.usable(size) for _serial, size in drives if isinstance(size, int) and size > 0)
    if facts.need("staging.files"):
        staged = facts.need("staging.bytes")
        return None if usable >= staged else f"the named drives hold {amount(usable)}, {amount(staged)} are staged"
    selected = facts.need("source.policy.selected_bytes")
    if usable >= selected:
        return None
    raise NotTold(f"the named drives hold {amount(usable)}; whether that is enough shows when the backup is staged")


EACH = ("copy.disks",)
NAMES = ("inputs.seed_drives",)

RULES = (
    Rule(
        "DR-01",
        WARN,
        COPY_HOST,
        "the drives are bare internal SATA drives: 2.5-inch SSD, 2.5- or 3.5-inch HDD",
        f"Look at them, then set {statements.line('drives_are_bare_sata')}: others come back unread, and Windows does not tell the form.",
        ("S2", "S10"),
        statements.stated("drives_are_bare_sata"),
        statement="drives_are_bare_sata",
    ),
    Rule(
        "DR-02",
        WARN,
        COPY_HOST,
        "a named drive is not attached by USB",
        "Only a bare drive on an adapter may go: no USB stick, no external drive, none that came out of an enclosure. Compare serial and"
        " label.",
        ("S10",),
        _each(_bus),
        needs=EACH,
        asks=NAMES,
    ),
    Rule(
        "DR-03",
        WARN,
        COPY_HOST,
        f"a named drive has at most {amount(LARGEST_DRIVE)}",
        "Use smaller drives, or check the current limit: Microsoft's pages differ.",
        ("S2", "S5", "S10", "S44"),
        _each(_largest),
        needs=EACH,
        asks=NAMES,
    ),
    Rule(
        "DR-04",
        BLOCK,
        COPY_HOST,
        "a named drive has 512-byte logical sectors",
        "Use a 512n or 512e drive: the datacenter does not read 4K native ones.",
        ("S14",),
        _each(_sector),
        needs=EACH,
        asks=NAMES,
        firm=True,
    ),
    Rule(
        "DR-05",
        BLOCK,
        OPERATOR,
        f"at most {plan.DRIVES_PER_JOB} drives a seed",
        "Use bigger drives, or divide the selection of the agent's policy over several seeds.",
        ("S10", "IE"),
        _count,
        asks=NAMES,
        firm=True,
    ),
    Rule(
        "DR-07",
        BLOCK,
        COPY_HOST,
        "a named drive is not a disk that the copy host needs",
        "Take it out of seed_drives: such a disk is never touched.",
        ("OURS", "INFERRED"),
        _each(_protected),
        needs=EACH,
        asks=NAMES,
        firm=True,
    ),
    Rule(
        "DR-08",
        BLOCK,
        COPY_HOST,
        "a named drive holds neither the staging folder nor the journals",
        "Take it out of seed_drives, or move the staging folder.",
        ("S17",),
        _each(_on_staging),
        needs=EACH,
        asks=NAMES,
        firm=True,
    ),
    Rule(
        "DR-09",
        BLOCK,
        COPY_HOST,
        "the named drives together hold what is staged, manifests and reserves included",
        "Name more or bigger drives in seed_drives.",
        ("S12", "S17"),
        _room,
        needs=("staging.files",),
        asks=(*NAMES, "staging.bytes", "source.policy.selected_bytes"),
        unknown_blocks=False,
    ),
    Rule(
        "DR-10",
        BLOCK,
        COPY_HOST,
        "each drive has a serial of its own",
        "Attach the drives by SATA, not through a bridge that invents serials; name each drive once.",
        ("IE",),
        _once_attached(_unique),
        needs=EACH,
        asks=NAMES,
        firm=True,
    ),
    Rule(
        "DR-11",
        WARN,
        COPY_HOST,
        "a named drive is healthy",
        "Replace the drive.",
        ("INFERRED",),
        _each(_health),
        needs=EACH,
        asks=NAMES,
    ),
    Rule(
        "DR-14",
        BLOCK,
        OPERATOR,
        "a drive stands in one seed only",
        "Take it out of seed_drives of one of the two.",
        ("OURS",),
        _other_seed,
        asks=(*NAMES, "inputs.other_seeds"),
        firm=True,
    ),
    Rule(
        "DR-15",
        BLOCK,
        OPERATOR,
        "the size in seed_drives is the drive's size to the byte",
        "Compare serial and size with the label on the drive: this is another drive than the one that was named.",
        ("OURS",),
        _once_attached(_size),
        needs=EACH,
        asks=NAMES,
        firm=True,
    ),
    Rule(
        "DR-16",
        WARN,
        COPY_HOST,
        "a named drive is online and writable",
        "Set-Disk -IsOffline $false, then Set-Disk -IsReadOnly $false for that disk; servers leave new disks offline (SAN policy).",
        ("PRACTICE",),
        _each(_offline),
        needs=EACH,
        asks=NAMES,
    ),
    Rule(
        "DR-17",
        BLOCK,
        OPERATOR,
        "each entry of seed_drives has a serial and a size in bytes",
        "Write {serial: ..., size: ...} as the step name_drives or win_disk_info shows them.",
        ("OURS",),
        _entries,
        asks=NAMES,
        firm=True,
    ),
    Rule(
        "DR-18",
        WARN,
        COPY_HOST,
        "a named drive is empty, or its entry says wipe: true",
        "Look whose data these are. Only then set wipe: true on that entry of seed_drives.",
        ("OURS", "PRACTICE"),
        _once_attached(_empty),
        needs=EACH,
        asks=NAMES,
    ),
)
