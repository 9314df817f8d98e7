# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is next while drives are being prepared: attach, name, wait, or mend."""

from __future__ import annotations

from ..agent import prompts
from ..drives import by_tool, names, plan, reserves
from . import drives_wanted
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
    if prep.get("tool"):
        return None if prep.get("prepared") else Verdict("waiting_for_person", _with_the_tool(case, prep["drives"], prep["tool"]))
    if prep.get("running") or any(drive.get("state") in AT_WORK for drive in prep.get("drives") or []):
        done = sum(drive.get("bytes_done") or 0 for drive in prep["drives"])
        total = sum(drive.get("bytes_total") or 0 for drive in prep["drives"])
        waiting = step("wait_for_copying", copy_host=_copy_host(case), done=done, total=total)
        return Verdict("working", waiting, case.again(SOON))
    if "disks" in case.observations:
        return Verdict("waiting_for_person", _ask_for_drives(case, case.observations["disks"] or []))
    wanted = drives_wanted.of_case(case) if not prep and drives_wanted.OPTION in case.inputs else None
    return Verdict("waiting_for_person", step("run_playbook", phase=case.phase, wanted=wanted)) if wanted else None


def _with_the_tool(case, drives, tool):
    """What a person does with the agent's own tool: letters for the drives first, then the tool."""
    told = [{key: drive.get(key) for key in ("serial", "size", "number", "letter")} for drive in drives]
    without = [drive for drive in told if not drive["letter"]]
    if without:
        return step("give_drive_letters", copy_host=_copy_host(case), drives=without)
    return step(
        "run_disk_prep",
        copy_host=_copy_host(case),
        folder=tool["folder"],
        command_line=tool["command_line"],
        answers=prompts.answers(tool["prompts"]),
        asked=prompts.lines(tool["prompts"]),
        drives=told,
        begun=tool["progress"] != by_tool.NOT_RUN,
        done=[drive["serial"] for drive in drives if drive["state"] == "copied"],
    )


def _refused(case, refused):
    drives = [{"serial": drive["serial"], "why": why_refused(drive)} for drive in refused]
    missing = [drive["serial"] for drive in refused if "absent" in {reason.get("id") for reason in drive.get("reasons") or []}]
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
    reasons = [one_line(reason.get("text") or reason.get("id")) for reason in drive.get("reasons") or []]
    message = one_line(drive.get("message") or "")
    said = [part.rstrip(".") for part in dict.fromkeys([message, *reasons]) if part]
    return f"Drive {drive['serial']}: {'; '.join(said) or drive.get('state')}."


def _ask_for_drives(case, disks):
    """Name those of the eligible drives that the files need, or attach more."""
    eligible = {names.serial(disk["serial"]): disk for disk in disks if disk.get("eligible")}
    chosen, lacking, largest = _chosen(case, eligible)
    if lacking:
        return _attach(case, lacking=lacking, largest=largest, attached=list(eligible), disks=disks)
    by_size = sorted(eligible.values(), key=lambda disk: (-disk["size"], names.serial(disk["serial"])))
    return step(
        "name_drives",
        copy_host=_copy_host(case),
        bytes=needed_bytes(case.record),
        proposed=[_named(disk) for disk in by_size if names.serial(disk["serial"]) in chosen],
        eligible=[_named(disk) for disk in by_size],
        not_eligible=_not_usable(disks),
        compare_serials=[serial for serial, disk in eligible.items() if str(disk.get("bus")).lower() in DOUBTFUL_BUSES],
        wanted=drives_wanted.of_case(case),
    )


def _chosen(case, eligible):
    """``(serials that the files need, bytes that are lacking, size of a drive for a file that fits on none)``."""
    if not case.files:
        return _estimated(needed_bytes(case.record), eligible)
    try:
        made = plan.make(case.seed, "", case.files, [plan.Drive(serial, disk["size"]) for serial, disk in eligible.items()])
    except plan.DoesNotFit as refusal:
        return (), refusal.fields["missing_bytes"], refusal.fields["room_for_biggest"]
    return {load.serial for load in made.loads}, 0, None


def _estimated(needed, eligible):
    chosen, room = set(), 0
    for serial, disk in sorted(eligible.items(), key=lambda pair: (-pair[1]["size"], pair[0])):
        if room < needed or not chosen:
            chosen.add(serial)
            room += reserves.usable(disk["size"])
    return chosen, max(0 if chosen else 1, needed - room), None


def needed_bytes(record):
    """Bytes that the staged files need on drives, reserves of the drives not counted."""
    staged = record["staged"] or {}
    return (staged.get("bytes") or 0) * 1001 // 1000 + ENTRY * (staged.get("files") or 0)


def _attach(case, lacking=None, largest=None, serials=(), attached=(), disks=()):
    needed = needed_bytes(case.record) if lacking is None else lacking
    with_reserve = max(needed + max(16 * reserves.MIB, needed // 10), largest or 0)
    return step(
        "attach_drives",
        copy_host=_copy_host(case),
        bytes=with_reserve,
        minimum_drives=max(1, -(-with_reserve // BIG_DRIVE)),
        largest=largest,
        serials=list(serials),
        attached=list(attached),
        not_usable=_not_usable(disks),
        wanted=None if serials or attached else drives_wanted.of_case(case),
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
            "why": _why_not(disk),
        }
        for disk in disks
        if not disk.get("eligible") and not disk.get("boot") and not disk.get("system")
    ]


def _why_not(disk):
    """What the host says of a disk that may not be used; its words name the disk."""
    reasons = "; ".join(one_line(reason.get("text") or reason.get("id")) for reason in disk.get("reasons") or [])
    name = f"disk {disk.get('number')}"
    return reasons if reasons.startswith(name) else f"{name} ({disk.get('serial') or 'no serial'}): {reasons or 'not eligible'}"


def _copy_host(case):
    return case.inputs.get("seed_copy_host") or case.host
