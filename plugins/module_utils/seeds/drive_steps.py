# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is next while drives are being prepared: attach, name, wait, or mend."""

from __future__ import annotations

from ..drives import names, reserves
from .case import SOON, Verdict
from .steps import step
from .words import amount, one_line

BIG_DRIVE = 10 * 10**12  # largest drive that the backup article names (Microsoft, offline backup with Azure Import/Export)
ENTRY = 8192  # beside its bytes a staged file needs its cluster, its record and its entry in the manifest
DOUBTFUL_BUSES = frozenset({"usb", "raid", "sas", "sd", "mmc"})
AT_WORK = frozenset({"sealed", "encrypting", "copying", "copied"})


def for_prepare(case):
    """Verdict of a seed in phase prepare, or None if the next run simply goes on."""
    prep = case.observations.get("prep") or {}
    refused = [drive for drive in prep.get("drives") or [] if drive.get("state") in ("refused", "failed")]
    if refused:
        return _refused(case, refused)
    if prep.get("running") or any(drive.get("state") in AT_WORK for drive in prep.get("drives") or []):
        done = sum(drive.get("bytes_done") or 0 for drive in prep["drives"])
        total = sum(drive.get("bytes_total") or 0 for drive in prep["drives"])
        waiting = step("wait_for_copying", copy_host=_copy_host(case), done=done, total=total)
        return Verdict("working", waiting, case.again(SOON))
    if "disks" in case.observations:
        return Verdict("waiting_for_person", _ask_for_drives(case, case.observations["disks"] or []))
    return None


def _refused(case, refused):
    drives = [{"serial": drive["serial"], "why": why_refused(drive)} for drive in refused]
    missing = [
        drive["serial"]
        for drive in refused
        if "absent" in {reason.get("id") for reason in drive.get("reasons") or []}
    ]
    if len(missing) == len(refused):
        return Verdict("waiting_for_person", _attach(case, serials=missing))
    seen = " ".join(drive["why"] for drive in drives)
    error = {
        "what": f"Drives on {_copy_host(case)}",
        "seen": seen,
        "cure": "Mend what is said of each drive, or name another one in seed_drives.",
    }
    return Verdict("failed", step("fix_drives", drives=drives), error=error)


def why_refused(drive):
    """One sentence about a drive that was refused or failed."""
    reasons = "; ".join(one_line(reason.get("text") or reason.get("id")) for reason in drive.get("reasons") or [])
    return f"Drive {drive['serial']}: {one_line(drive.get('message') or '') or reasons or drive.get('state')}" + (
        f" ({reasons})." if drive.get("message") and reasons and reasons not in one_line(drive["message"]) else "."
    )


def _ask_for_drives(case, disks):
    eligible = sorted((disk for disk in disks if disk.get("eligible")), key=lambda disk: (-disk["size"], names.serial(disk["serial"])))
    needed = needed_bytes(case.record)
    proposed, room = [], 0
    for disk in eligible:
        if room < needed or not proposed:
            proposed.append(disk)
            room += reserves.usable(disk["size"])
    if not eligible or room < needed:
        return _attach(case, lacking=needed - room, attached=[names.serial(disk["serial"]) for disk in eligible], disks=disks)
    return step(
        "name_drives",
        copy_host=_copy_host(case),
        bytes=needed,
        proposed=[_named(disk) for disk in proposed],
        eligible=[_named(disk) for disk in eligible],
        not_eligible=_not_usable(disks),
        compare_serials=[names.serial(disk["serial"]) for disk in eligible if str(disk.get("bus")).lower() in DOUBTFUL_BUSES],
    )


def needed_bytes(record):
    """Bytes that the staged files need on drives, reserves of the drives not counted."""
    staged = record["staged"] or {}
    return (staged.get("bytes") or 0) * 1001 // 1000 + ENTRY * (staged.get("files") or 0)


def _attach(case, lacking=None, serials=(), attached=(), disks=()):
    needed = needed_bytes(case.record) if lacking is None else lacking
    with_reserve = needed + max(16 * reserves.MIB, needed // 10)
    return step(
        "attach_drives",
        copy_host=_copy_host(case),
        bytes=with_reserve,
        minimum_drives=max(1, -(-with_reserve // BIG_DRIVE)),
        serials=list(serials),
        attached=list(attached),
        not_usable=_not_usable(disks),
    )


def _named(disk):
    return {
        "serial": names.serial(disk["serial"]),
        "size": disk["size"],
        "model": disk.get("model"),
        "bus": disk.get("bus"),
        "size_text": amount(disk["size"]),
    }


def _not_usable(disks):
    """Disks that are not eligible, with the reason; system disks are not worth a word."""
    return [
        {
            "number": disk.get("number"),
            "serial": names.serial(disk.get("serial") or ""),
            "why": "; ".join(one_line(reason.get("text") or reason.get("id")) for reason in disk.get("reasons") or []) or "not eligible",
        }
        for disk in disks
        if not disk.get("eligible") and not disk.get("boot") and not disk.get("system")
    ]


def _copy_host(case):
    return case.inputs.get("seed_copy_host") or case.host
