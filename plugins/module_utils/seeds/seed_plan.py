# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Core of the module seed_plan: the staged files onto the named drives, kept in plan.json; or onto drives that are only imagined."""

from __future__ import annotations

import os

from ..drives import escrow, names, plan, room
from ..failure import Failure
from . import inventory, planned, record, state_dir
from .inventory import read as read_inventory

DRIVE = {"serial": {"type": "str", "required": True}, "size": {"type": "int", "required": True}, "mb_per_s": {"type": "float"}}
ARGUMENT_SPEC = {
    "state_dir": {"type": "path", "required": True},
    "seed": {"type": "str", "required": True},
    "container": {"type": "str", "required": True},
    "inventory_file": {"type": "path"},
    "bytes": {"type": "int"},
    "drives": {"type": "list", "elements": "dict", "options": {**DRIVE, "wipe": {"type": "bool", "default": False}}},
    "eligible": {"type": "list", "elements": "dict", "options": DRIVE},
    "drive_size": {"type": "int"},
    "other_seeds": {"type": "dict", "default": {}},
    "reserve_bytes": {"type": "int"},
    **planned.ARGUMENTS,
}
ARGUMENT_RULES = {
    "mutually_exclusive": [["inventory_file", "bytes"], ["drives", "eligible", "drive_size"], ["bytes", "drives"]],
    "required_one_of": [["inventory_file", "bytes"], ["drives", "eligible", "drive_size"]],
}


def run(params, check_mode):
    """``{changed, fits, kept, plan_file, plan_hash, files, bytes, drives, estimates, unused, missing_bytes, bound,
    bigger_drives, hours, decision}``.

    A plan that still holds every staged file on drives that are still named stays as it is, so that it has one hash for good.
    Where the drives cannot take the files the task fails and says how much is missing. With *eligible* or *drive_size* in place of *drives*
    nothing is kept: the answer is what would be.
    """
    _check(params)
    folder, seed = state_dir.checked(params["state_dir"], params["seed"], os.environ)
    if params.get("drives") is None:
        return _imagined(params, seed)
    with state_dir.usable(folder):
        return _kept(params, check_mode, folder, seed)


def _check(params):
    for name in ("bytes", "drive_size"):
        if params.get(name) is not None and params[name] < 1:
            raise Failure(f"{name} is {params[name]}; it must be a number of bytes, at least 1.", field=name, seen=params[name])
    for drive in (params.get("drives") or []) + (params.get("eligible") or []):
        if drive.get("mb_per_s") is not None and not drive["mb_per_s"] > 0:
            raise Failure(f"mb_per_s of drive {drive['serial']} is {drive['mb_per_s']}; it must be more than 0.", field="mb_per_s")
    planned.check(params)


def _kept(params, check_mode, folder, seed):
    path = folder / seed / state_dir.PLAN
    drives = _drives(params["drives"], params.get("other_seeds") or {}, seed)
    files = read_inventory(params["inventory_file"])
    before = _read_plan(path, seed)
    staged, reserve = plan.decreasing(files), params.get("reserve_bytes")
    if before is not None and _still_holds(before, params["container"], files, drives):
        return {"changed": False, "kept": True, "plan_file": str(path), **planned.result(before, staged, drives, params)}
    begun = _begun(
        before, record.read(folder, seed).replay()["drives"], {drive.serial for drive in drives}, folder / seed / state_dir.ESCROW
    )
    made = plan.laid_out(seed, params["container"], staged, drives, begun, reserve)
    if not check_mode:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        state_dir.write_whole(path, made.encoded())
    diff = {"before_header": str(path), "after_header": str(path), "before": planned.shown(before), "after": planned.shown(made)}
    unwritten = {"plan": made.as_document()} if check_mode else {}
    result = planned.result(made, staged, drives, params)
    return {"changed": True, "kept": True, "plan_file": str(path), **result, **unwritten, "diff": diff}


def _imagined(params, seed):
    """What a plan on drives would be that nobody has named, and of files that may not be staged yet."""
    size = params.get("bytes")
    staged = plan.decreasing(read_inventory(params["inventory_file"]) if size is None else inventory.estimated(size))
    if params.get("drive_size"):
        drives = [plan.Drive(f"drive-{number:02}", params["drive_size"]) for number in range(1, room.DRIVES_PER_JOB + 1)]
    else:
        drives = _drives(params["eligible"], params.get("other_seeds") or {}, seed)
    made = plan.laid_out(seed, params["container"], staged, drives, (), params.get("reserve_bytes"))
    result = planned.result(made, staged, drives, params)
    if params.get("drive_size"):
        result["unused"] = []
    if size is not None:
        result |= {"files": None, "bytes": size, "drives": [{**drive, "files": None} for drive in result["drives"]]}
    return {"changed": False, "kept": False, "plan_file": None, **result}


def _drives(named, other_seeds, seed):
    """The consented drives, serials as the import job wants them; a serial stands in one seed only."""
    drives = [plan.Drive(names.serial(drive["serial"]), drive["size"], _speed(drive.get("mb_per_s"))) for drive in named]
    twice = _twice(drive.serial for drive in drives)
    if twice:
        raise Failure(f"seed_drives names drive {twice} twice. Name each drive once.", field="seed_drives", seen=twice)
    for other, theirs in other_seeds.items():
        both = {drive.serial for drive in drives} & {names.serial(drive["serial"]) for drive in theirs or () if drive.get("serial")}
        if both and other != seed:
            raise Failure(
                f"Drive {sorted(both)[0]} is named in seed_drives of {seed} and of {other}. A drive stands in one seed only: take it out of"
                " one of them.",
                field="seed_drives",
                seen=sorted(both),
            )
    return drives


def _speed(mb_per_s):
    return round(mb_per_s * 10**6) if mb_per_s else None


def _twice(values):
    seen = set()
    return next((value for value in values if value in seen or seen.add(value)), None)


def _read_plan(path, seed):
    try:
        made = plan.Plan.decoded(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Failure(
            f"{path} is not a plan: {error}. Put it back from your backup, or remove it if no drive was begun.", field="plan_file"
        ) from error
    if made.seed != seed:
        raise Failure(
            f"{path} is the plan of seed {made.seed!r}. Put the plan of {seed!r} back, or remove it if no drive was begun.",
            field="plan_file",
            seen=made.seed,
        )
    return made


def _still_holds(before, container, files, drives):
    sizes = {drive.serial: drive.size for drive in drives}
    if before.container != container or any(sizes.get(load.serial) != load.size for load in before.loads):
        return False
    in_plan = {file.name: file.size for load in before.loads for file in load.files}
    return len(in_plan) == len(files) and all(in_plan.get(file.name) == file.size for file in files)


def _begun(before, known_drives, named, escrow_dir):
    """Loads of *before* that stay as they are, each with the plan hash that stands in the marker on its drive.

    That is every drive whose content was proven, and every drive that has a key in escrow (the key is sealed before the drive is wiped) and
    is still named. A drive that was never finished and that the user takes out of seed_drives gives its files back.
    """
    if before is None:
        return []
    loads = []
    for load in before.loads:
        known = known_drives.get(load.serial, {})
        proven = known.get("state") == "prepared"
        if proven or load.serial in named and (known or escrow.exists(escrow_dir, load.serial)):
            under = load.begun_under or known.get("plan_hash") or before.plan_hash
            loads.append(plan.Load(load.serial, load.size, load.usable_bytes, load.files, under))
    return loads
