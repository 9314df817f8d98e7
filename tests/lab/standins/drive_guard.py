# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a disk may be wiped: the rules of `_DriveGuard.psm1`, in the same order, with the same ids and words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..windows.words import GPT_RESERVED
from .drive_papers import SAFE_SERIAL

BUSES = (3, 10, 11)
GOOD_STATUS = (2, 53264, 53267)
LABEL = "OFFLINESEED"
Drive = dict[str, Any]
Rule = Callable[[Drive, list[Drive], Any], "str | None"]


def foreign_partitions(drive: Drive) -> list[dict[str, Any]]:
    """Partitions that make a disk non-empty: all but Microsoft's reserved one."""
    return [p for p in drive["partitions"] if p["gpt_type"] != GPT_RESERVED]


def _contents(drive: Drive) -> list[dict[str, Any]]:
    return [v["content"] for v in drive["volumes"] if v["content"] is not None]


def is_ours(drive: Drive, wanted: Drive) -> bool:
    """Do marker and journal carry this seed, this serial and this plan?"""

    def agrees(paper: Any) -> bool:
        return paper is not None and paper["v"] == 1 and all(paper[n] == wanted[n] for n in ("seed", "serial", "plan_hash"))

    return any(agrees(c["marker"]) and agrees(c["journal"]) for c in _contents(drive))


def is_reopen(drive: Drive, wanted: Drive) -> bool:
    """Was this seed's preparation killed between clearing and marker?"""
    claim = drive["claim"]
    if claim is None or (claim["seed"], claim["state"], claim["size"], claim["plan_hash"]) != (
        wanted["seed"], "clearing", wanted["size"], wanted["plan_hash"],
    ):  # fmt: skip
        return False
    if len(foreign_partitions(drive)) != 1 or len(drive["volumes"]) != 1 or drive["unseen_partitions"]:
        return False
    volume = drive["volumes"][0]
    content = volume["content"]  # None where it was not mounted yet: the rule `unmounted` stands in the way until begin has looked
    return volume["label"] == LABEL and not is_locked(volume) and (content is None or (content["blank"] and content["marker"] is None))


def is_locked(volume: dict[str, Any]) -> bool:
    """Is it a locked BitLocker volume?"""
    return volume["encryption"] is not None and volume["encryption"]["lock"] == "locked"


def _duplicates(field: str, words: str) -> Rule:
    def test(d: Drive, every: list[Drive], w: Any) -> str | None:
        same = [str(o["number"]) for o in every if d[field] and o[field].lower() == d[field].lower()]
        if len(same) < 2:
            return None
        return f"{len(same)} disks of this host show the {words} '{d[field]}' (disks {', '.join(same)}); detach one of them"

    return test


def _flag(field: str, text: str) -> Rule:
    return lambda d, every, w: text if d[field] else None


def _dynamic(d: Drive, every: list[Drive], w: Any) -> str | None:
    if any(p["type"] == "dynamic" or p["mbr_type"] == 66 for p in d["partitions"]):
        return "it is a dynamic disk, which may be one part of a volume over several disks; name another drive"
    return None


def _pooled(d: Drive, every: list[Drive], w: Any) -> str | None:
    if d["pooled"] or any(p["type"] == "storage_pool" for p in d["partitions"]):
        return "it belongs to a storage pool; take it out of the pool or name another drive"
    return None


def _shared(d: Drive, every: list[Drive], w: Any) -> str | None:
    return f"the shares {', '.join(d['shares'])} lie on it; name another drive" if d["shares"] else None


def _bus(d: Drive, every: list[Drive], w: Any) -> str | None:
    if d["bus_number"] in BUSES:
        return None
    return (
        f"it is attached by {d['bus']}; SATA, ATA or SAS shows the drive's own serial number, which the datacenter looks for: "
        "attach it to an internal port, or let the controller pass it through"
    )


def _no_serial(d: Drive, every: list[Drive], w: Any) -> str | None:
    if re.search("[1-9A-Za-z]", d["serial"]):
        return None
    return "it shows no serial number; attach it without an adaptor or controller that hides it"


def _odd_serial(d: Drive, every: list[Drive], w: Any) -> str | None:
    if not re.search("[1-9A-Za-z]", d["serial"]) or SAFE_SERIAL.match(d["serial"]):
        return None
    return (
        f"its serial number '{d['serial']}' has other characters than letters, digits, dot, dash and underscore; "
        "attach it without an adaptor"
    )


def _sectors(d: Drive, every: list[Drive], w: Any) -> str | None:
    if d["logical_sector_size"] == 512:
        return None
    return f"its logical sectors have {d['logical_sector_size']} bytes, the service reads 512 only; use a 512n or 512e drive"


def _unhealthy(d: Drive, every: list[Drive], w: Any) -> str | None:
    if d["health_number"] == 0 and all(s in GOOD_STATUS for s in d["operational_status"]):
        return None
    status = ", ".join(map(str, d["operational_status"]))
    return f"Windows calls it {d['health']} (operational status {status}), not healthy; replace the drive"


def _offline_for_cause(d: Drive, every: list[Drive], w: Any) -> str | None:
    if not d["offline"] or d["offline_reason"] in (0, 1):
        return None
    return (
        f"Windows holds it offline for reason {d['offline_reason']} (2 second path, 3 snapshot, 4 collision with another disk, "
        "5 resources, 6 write failures, 7 data integrity), not by policy; find out why, then bring it online yourself"
    )


def _claimed(d: Drive, every: list[Drive], w: Any) -> str | None:
    claim = d["claim"]
    if claim is None or (w is not None and claim["seed"] == w["seed"]):
        return None
    return (
        f"it belongs to seed '{claim['seed']}' on this host; a drive stands in one seed only: "
        "name another one, or cancel that seed's preparation"
    )


def _wrong_size(d: Drive, every: list[Drive], w: Any) -> str | None:
    if w is None or d["size"] == w["size"]:
        return None
    return f"it has {d['size']} bytes, seed_drives says {w['size']}; compare the label on the drive and correct seed_drives"


def _not_planned(d: Drive, every: list[Drive], w: Any) -> str | None:
    if w is None or (w["planned_serial"], w["planned_size"]) == (w["serial"], w["size"]):
        return None
    return (
        f"the plan names drive '{w['planned_serial']}' of {w['planned_size']} bytes, "
        f"seed_drives '{w['serial']}' of {w['size']}; make the plan again"
    )


def _changed_after_proof(d: Drive, every: list[Drive], w: Any) -> str | None:
    if w is None or not w["proven"]:
        return None
    present = [p for v in d["volumes"] if v["encryption"] for p in v["encryption"]["protectors"]]
    if any(p in w["proven"] for p in present):
        return None
    return (
        f"the record says that it was prepared with key protector {', '.join(w['proven'])}, "
        "which is not on it any more; find out who changed it"
    )


def _offline(d: Drive, every: list[Drive], w: Any) -> str | None:
    if not d["offline"]:
        return None
    return (
        "Windows holds it offline by policy, as new disks often are; it is brought online if seed_drives names it and no partition shows "
        f"(by hand: Set-Disk -Number {d['number']} -IsOffline $false)"
    )


def _read_only(d: Drive, every: list[Drive], w: Any) -> str | None:
    if not d["read_only"]:
        return None
    return (
        "Windows holds it read-only; it is made writable if seed_drives names it "
        f"(by hand: Set-Disk -Number {d['number']} -IsReadOnly $false)"
    )


def _unmounted(d: Drive, every: list[Drive], w: Any) -> str | None:
    if w is None or not is_reopen(d, w) or d["volumes"][0]["content"] is not None:
        return None
    return "an interrupted preparation of this seed left a volume that is not mounted; it is mounted, and judged again by what is on it"


def _other_seed(d: Drive, every: list[Drive], w: Any) -> str | None:
    for paper in (p for c in _contents(d) for p in (c["marker"], c["journal"]) if p is not None):
        if w is None or paper["seed"] != w["seed"]:
            return f"it carries the marker or journal of seed '{paper['seed']}'; set wipe: true for it only if that seed is over"
    return None


def _other_plan(d: Drive, every: list[Drive], w: Any) -> str | None:
    if w is None or is_ours(d, w) or not any(c["marker"] and c["marker"]["seed"] == w["seed"] for c in _contents(d)):
        return None
    return (
        f"it carries this seed's marker, but marker and journal do not both name this drive and plan {w['plan_hash']}; "
        "set wipe: true for it to prepare it anew"
    )


def _manifest_left(d: Drive, every: list[Drive], w: Any) -> str | None:
    if any(c["manifest"] and c["marker"] is None for c in _contents(d)):
        return "it carries a DriveManifest.xml of an earlier import; set wipe: true for it if that import is over"
    return None


def _locked(d: Drive, every: list[Drive], w: Any) -> str | None:
    for volume in d["volumes"]:
        if is_locked(volume):
            held = ", ".join(volume["encryption"]["protectors"])
            return f"it holds a locked BitLocker volume (protectors {held}); unlock it and look, or set wipe: true for it"
    return None


def _not_empty(d: Drive, every: list[Drive], w: Any) -> str | None:
    foreign = foreign_partitions(d)
    if not foreign and d["unseen_partitions"]:
        return f"it has {d['unseen_partitions']} partitions that Windows does not show; set wipe: true for it only if nobody needs them"
    if not foreign:
        return None
    labels = ", ".join(f"'{v['label']}'" for v in d["volumes"] if v["label"])
    what = "; ".join(f"{p['type']} of {p['size']} bytes" for p in foreign)
    named = f" with the volumes {labels}" if labels else ""
    return f"it is not empty: partitions {what}{named}; set wipe: true for it only if nobody needs what it holds"


RULES: tuple[tuple[str, str, Rule], ...] = (
    ("boot", "never", _flag("boot", "Windows of this host starts from it; name another drive")),
    ("system", "never", _flag("system", "it holds the system partition of this host; name another drive")),
    ("page_file", "never", _flag("page_file", "it holds a page file of this host; name another drive")),
    ("clustered", "never", _flag("clustered", "it is a disk of a failover cluster; name another drive")),
    ("pooled", "never", _pooled),
    ("dynamic", "never", _dynamic),
    ("removable", "never", _flag("removable", "it is a removable medium; the service takes internal SATA drives only")),
    ("staging", "never", _flag("staging", "the staging folder lies on it; name another drive")),
    ("work_folder", "never", _flag("work_folder", "the work folder with the journals lies on it; name another drive")),
    ("shared", "never", _shared),
    ("wrong_bus", "never", _bus),
    ("no_serial", "never", _no_serial),
    ("odd_serial", "never", _odd_serial),
    ("duplicate_serial", "never", _duplicates("serial", "serial number")),
    ("duplicate_unique_id", "never", _duplicates("unique_id", "unique id")),
    ("sector_size", "never", _sectors),
    ("unhealthy", "never", _unhealthy),
    ("offline_for_cause", "never", _offline_for_cause),
    ("claimed", "never", _claimed),
    ("wrong_size", "never", _wrong_size),
    ("not_planned", "never", _not_planned),
    ("other_drive", "never", lambda d, every, w: None),
    ("changed_after_proof", "never", _changed_after_proof),
    ("offline", "consent", _offline),
    ("read_only", "consent", _read_only),
    ("unmounted", "consent", _unmounted),
    ("other_seed", "content", _other_seed),
    ("other_plan", "content", _other_plan),
    ("manifest_left", "content", _manifest_left),
    ("locked", "content", _locked),
    ("not_empty", "content", _not_empty),
)


def reasons_against(drive: Drive, every: list[Drive], wanted: Drive | None) -> list[dict[str, str]]:
    """Why a disk may not be wiped (id, kind, text); nothing if it may. Without `wanted`: whether it could be offered to a person."""
    excused = wanted is not None and (wanted["wipe"] or is_reopen(drive, wanted))
    found = []
    for name, kind, test in RULES:
        text = None if excused and kind == "content" else test(drive, every, wanted)
        if text:
            found.append({"id": name, "kind": kind, "text": f"disk {drive['number']}, serial '{drive['serial']}': {text}"})
    return found


def standing_of(drives: list[Drive], wanted: Drive) -> dict[str, Any]:
    """What a drive is now: `{standing, drive, reasons}`, standing as in `Get-DriveStanding`."""
    found = [d for d in drives if d["serial"] == wanted["serial"]]
    if not found:
        return {"standing": "prepared" if wanted["proven"] else "absent", "drive": None, "reasons": []}
    drive = found[0]
    reasons = reasons_against(drive, drives, wanted)
    never = [r for r in reasons if r["kind"] == "never"]
    if never:
        return {"standing": "refused", "drive": drive, "reasons": never}
    locked = [v for v in drive["volumes"] if is_locked(v)]
    if locked and not wanted["key_refused"]:
        known = any(p in wanted["proven"] for v in locked for p in v["encryption"]["protectors"])
        return {"standing": "prepared" if known else "locked", "drive": drive, "reasons": reasons}
    if is_ours(drive, wanted):
        return {"standing": "ours", "drive": drive, "reasons": []}
    if any(r["kind"] == "content" for r in reasons):
        return {"standing": "refused", "drive": drive, "reasons": reasons}
    standing = "blank"
    if foreign_partitions(drive) or drive["unseen_partitions"]:
        standing = "reopen" if is_reopen(drive, wanted) else "wipeable"
    return {"standing": standing, "drive": drive, "reasons": reasons}
