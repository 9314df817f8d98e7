# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated hosts for the guard: tables of disks with what a person and a plan say of one of them, and an opinion of our own about it."""

from __future__ import annotations

import copy
import random
from typing import Any

SIZE = 4000787030016
BASIC, RESERVED = "{ebd0a0a2-b9e5-4433-87c0-68b6b72699c7}", "{e3c9e316-0b5c-4db8-817d-f92df00215ae}"
DYNAMIC, POOL = "{af9b60a0-1431-4f62-bc68-3311714a69ad}", "{e75caf8f-f680-4cee-afa3-b001e56efc2d}"
TYPES = {BASIC: "basic", RESERVED: "reserved", DYNAMIC: "dynamic", POOL: "storage_pool"}
SEED, PLAN, OTHER_PLAN = "srv1", "a" * 64, "b" * 64
OURS, FOREIGN = "{11111111-1111-1111-1111-111111111111}", "{22222222-2222-2222-2222-222222222222}"


def blank(number: int = 5, serial: str = "WD-1") -> dict[str, Any]:
    """A new SATA drive as the facts show it."""
    return {
        "number": number,
        "serial": serial,
        "size": SIZE,
        "bus": "SATA",
        "bus_number": 11,
        "model": "M",
        "unique_id": f"5000{number}",
        "path": f"p{number}",
        "logical_sector_size": 512,
        "physical_sector_size": 4096,
        "partition_style": "RAW",
        "partitions": [],
        "unseen_partitions": 0,
        "offline": False,
        "offline_reason": 0,
        "read_only": False,
        "boot": False,
        "system": False,
        "page_file": False,
        "clustered": False,
        "pooled": False,
        "removable": False,
        "staging": False,
        "work_folder": False,
        "shares": [],
        "health": "healthy",
        "health_number": 0,
        "operational_status": [53264],
        "volumes": [],
        "claim": None,
    }


def wanted(**other: Any) -> dict[str, Any]:
    """Consent and plan that agree on that drive."""
    return {
        "seed": SEED,
        "serial": "WD-1",
        "size": SIZE,
        "wipe": False,
        "plan_hash": PLAN,
        "planned_serial": "WD-1",
        "planned_size": SIZE,
        "container": "c",
        "files": 1,
        "bytes": 512,
        "proven": [],
        "key_refused": False,
        "staging_path": "C:\\s",
        **other,
    }


def partition(gpt_type: str = BASIC, mbr_type: int | None = None) -> dict[str, Any]:
    return {
        "number": 1,
        "type": TYPES.get(gpt_type, f"mbr_{mbr_type}"),
        "gpt_type": gpt_type,
        "mbr_type": mbr_type,
        "size": SIZE - 2**20,
        "offset": 2**20,
        "letter": None,
        "access_paths": ["v"],
        "system": False,
        "boot": False,
    }


def paper(seed: str = SEED, plan_hash: str = PLAN, serial: str = "WD-1", v: int = 1) -> dict[str, Any]:
    return {"v": v, "seed": seed, "serial": serial, "plan_hash": plan_hash, "last": None}


def volume(label: str = "", content: Any = None, lock: str | None = None, protectors: tuple[str, ...] = ()) -> dict[str, Any]:
    encryption = lock and {
        "lock": lock,
        "protection": "on",
        "conversion": "fully_encrypted",
        "method": "aes256",
        "protectors": list(protectors),
    }
    return {
        "path": "v",
        "label": label,
        "file_system": "NTFS",
        "size": SIZE,
        "free": SIZE,
        "removable": False,
        "page_file": False,
        "system": False,
        "boot": False,
        "root": "m",
        "encryption": encryption,
        "content": content,
    }


def content(marker: Any = None, journal: Any = None, manifest: bool = False, empty: bool = True) -> dict[str, Any]:
    return {"marker": marker, "journal": journal, "manifest": manifest, "blank": empty and marker is None}


def claim(seed: str = SEED, state: str = "clearing", plan_hash: str = PLAN, size: int = SIZE) -> dict[str, Any]:
    return {"seed": seed, "size": size, "plan_hash": plan_hash, "state": state, "protector": None, "had_data": False}


def _with_data(drive: dict[str, Any], dice: random.Random) -> None:
    """Something that is on it."""
    drive["partition_style"] = "GPT"
    drive["partitions"] = [partition(dice.choice([BASIC, BASIC, BASIC, RESERVED, DYNAMIC, POOL]))]
    if dice.random() < 0.15:
        drive["partitions"] = [partition("", dice.choice([7, 66, 131]))]
    if drive["partitions"][0]["gpt_type"] == RESERVED:
        return
    papers = [None, paper(), paper(seed="srv2"), paper(plan_hash=OTHER_PLAN), paper(serial="WD-9"), paper(v=2)]
    lock = dice.choice([None, None, "unlocked", "locked"])
    inside = (
        None
        if lock == "locked" or dice.random() < 0.2
        else content(dice.choice(papers), dice.choice(papers), dice.random() < 0.3, dice.random() < 0.5)
    )
    drive["volumes"] = [
        volume(dice.choice(["", "OFFLINESEED", "Photos"]), inside, lock, dice.choice([(), (OURS,), (FOREIGN,), (OURS, FOREIGN)]))
    ]
    if dice.random() < 0.1:
        drive["volumes"].append(volume("second"))


TWISTS = (
    ("boot", True),
    ("system", True),
    ("page_file", True),
    ("clustered", True),
    ("pooled", True),
    ("removable", True),
    ("staging", True),
    ("work_folder", True),
    ("shares", ["data"]),
    ("bus_number", 7),
    ("bus_number", 8),
    ("bus_number", 15),
    ("bus_number", 10),
    ("serial", ""),
    ("serial", "0000"),
    ("serial", "..\\x"),
    ("serial", "WD-2"),
    ("size", SIZE - 512),
    ("size", SIZE + 512),
    ("logical_sector_size", 4096),
    ("health_number", 1),
    ("operational_status", [2, 53268]),
    ("offline", True),
    ("read_only", True),
    ("unseen_partitions", 1),
    ("claim", claim()),
    ("claim", claim("srv2")),
    ("claim", claim(state="begun")),
    ("claim", claim(plan_hash=OTHER_PLAN)),
    ("claim", claim(size=1)),
)
SAYINGS = (
    {"wipe": True},
    {"size": SIZE + 1},
    {"serial": "WD-2"},
    {"planned_serial": "WD-2"},
    {"planned_size": SIZE - 1},
    {"planned_serial": ""},
    {"proven": [OURS]},
    {"key_refused": True},
    {"seed": "srv2"},
    {"plan_hash": OTHER_PLAN},
)


def question(dice: random.Random) -> dict[str, Any]:
    """A host with one drive in question, twisted in up to three ways, and up to two neighbours that may resemble it."""
    drive = blank()
    if dice.random() < 0.6:
        _with_data(drive, dice)
    for name, value in dice.sample(TWISTS, dice.choice([0, 0, 1, 1, 2, 3])):
        drive[name] = copy.deepcopy(value)
    if drive["offline"]:
        drive["offline_reason"] = dice.choice([0, 1, 2, 4])
    asked = wanted()
    for saying in dice.sample(SAYINGS, dice.choice([0, 0, 0, 1, 1, 2])):
        asked.update(copy.deepcopy(saying))
    drives = [drive]
    for number in range(dice.choice([0, 0, 1, 2])):
        other = blank(number, dice.choice(["WD-1", "WD-2", "S-9", "wd-1"]))
        other["unique_id"] = dice.choice([drive["unique_id"], f"x{number}", ""])
        _with_data(other, dice)
        drives.insert(dice.randrange(len(drives) + 1), other)
    return {"drives": drives, "wanted": asked}


def forbidden(drives: list[dict[str, Any]], drive: dict[str, Any], asked: dict[str, Any]) -> list[str]:
    """Why this drive must not be wiped, in other words than the guard's."""
    same = [d for d in drives if d["serial"].lower() == drive["serial"].lower()]
    twins = [d for d in drives if d["unique_id"] and d["unique_id"] == drive["unique_id"]]
    kinds = {p["gpt_type"] for p in drive["partitions"]}
    words = {
        "critical": any(
            drive[word] for word in ("boot", "system", "page_file", "clustered", "pooled", "removable", "staging", "work_folder", "shares")
        ),
        "kind": bool(kinds & {DYNAMIC, POOL}) or any(p["mbr_type"] == 66 for p in drive["partitions"]),
        "bus": drive["bus_number"] not in (3, 10, 11),
        "serial": not drive["serial"].strip("0 ") or "\\" in drive["serial"],
        "not unique": len(same) != 1 or len(twins) > 1,
        "sector": drive["logical_sector_size"] != 512,
        "health": drive["health_number"] != 0 or 53268 in drive["operational_status"],
        "consent": drive["serial"] != asked["serial"] or drive["size"] != asked["size"],
        "plan": asked["planned_serial"] != asked["serial"] or asked["planned_size"] != asked["size"],
        "claimed": bool(drive["claim"]) and drive["claim"]["seed"] != asked["seed"],
        "offline": drive["offline"] and drive["offline_reason"] not in (0, 1),
        "proven": bool(asked["proven"]),
        "holds data": _holds_data(drive) and not asked["wipe"] and not _interrupted(drive, asked),
    }
    return [word for word, holds in words.items() if holds]


def _holds_data(drive: dict[str, Any]) -> bool:
    return drive["unseen_partitions"] > 0 or any(p["gpt_type"] != RESERVED for p in drive["partitions"])


def _interrupted(drive: dict[str, Any], asked: dict[str, Any]) -> bool:
    held = drive["claim"] or {}
    ours = (
        held.get("seed") == asked["seed"]
        and held.get("state") == "clearing"
        and held.get("plan_hash") == asked["plan_hash"]
        and held.get("size") == asked["size"]
    )
    volumes = drive["volumes"]
    return (
        ours
        and len(volumes) == 1
        and volumes[0]["label"] == "OFFLINESEED"
        and bool(volumes[0]["content"])
        and volumes[0]["content"]["blank"]
        and drive["unseen_partitions"] == 0
    )
