# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Core of the module seed_plan: the staged files onto the named drives, kept in plan.json."""

from __future__ import annotations

import json
import os

from ..drives import escrow, names, plan
from ..failure import Failure
from . import record, state_dir

ARGUMENT_SPEC = {
    "state_dir": {"type": "path", "required": True},
    "seed": {"type": "str", "required": True},
    "container": {"type": "str", "required": True},
    "inventory_file": {"type": "path", "required": True},
    "drives": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "serial": {"type": "str", "required": True},
            "size": {"type": "int", "required": True},
            "wipe": {"type": "bool", "default": False},
        },
    },
    "other_seeds": {"type": "dict", "default": {}},
    "reserve_bytes": {"type": "int"},
}
ARGUMENT_RULES = {}


def run(params, check_mode):
    """``{changed, fits, plan_file, plan_hash, files, bytes, drives: [{serial, size, files, bytes, usable_bytes}], missing_bytes, unused:
    [serial]}``.

    A plan that still holds every staged file on drives that are still named stays as it is, so that it has one hash for good.
    Where the drives cannot take the files the task fails and says how much is missing.
    """
    folder, seed = state_dir.checked(params["state_dir"], params["seed"], os.environ)
    with state_dir.usable(folder):
        return _run(params, check_mode, folder, seed)


def _run(params, check_mode, folder, seed):
    path = folder / seed / state_dir.PLAN
    drives = _drives(params["drives"], params.get("other_seeds") or {}, seed)
    files = read_inventory(params["inventory_file"])
    before = _read_plan(path, seed)
    if before is not None and _still_holds(before, params["container"], files, drives):
        return _result(before, path, drives, changed=False)
    begun = _begun(
        before, record.read(folder, seed).replay()["drives"], {drive.serial for drive in drives}, folder / seed / state_dir.ESCROW
    )
    made = plan.make(seed, params["container"], files, drives, begun, params.get("reserve_bytes"))
    if not check_mode:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        state_dir.write_whole(path, made.encoded())
    diff = {"before_header": str(path), "after_header": str(path), "before": _shown(before), "after": _shown(made)}
    unwritten = {"plan": made.as_document()} if check_mode else {}
    return {**_result(made, path, drives, changed=True), **unwritten, "diff": diff}


def read_inventory(path):
    """Files that the inventory at *path* lists: JSON lines ``{name, size, mtime}``."""
    files = []
    try:
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                entry = json.loads(line)
                files.append(plan.File(entry["name"], entry["size"]))
                _check_size(files[-1], number)
    except FileNotFoundError:
        raise Failure(
            f"Inventory {path} does not exist. The phase stage makes it: run stage first.",
            field="inventory_file",
            seen=str(path),
            needs="stage",
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise Failure(
            f"Inventory {path} line {len(files) + 1} is not {{name, size, mtime}}: {error}. Run stage again.", field="inventory_file"
        ) from error
    twice = _twice(file.name for file in files)
    if twice:
        raise Failure(f"Inventory {path} lists {twice!r} twice. Run stage again.", field="inventory_file", seen=twice)
    return files


def _check_size(file, number):
    if not isinstance(file.size, int) or file.size < 0 or file.size % names.SECTOR:
        raise Failure(
            f"Staged file {file.name} (inventory line {number}) has {file.size} bytes; page blobs hold whole 512-byte pages. "
            "Run the initial backup again: the agent writes such files.",
            field="inventory_file",
            seen=file.size,
        )


def _drives(named, other_seeds, seed):
    """The consented drives, serials as the import job wants them; a serial stands in one seed only."""
    drives = [plan.Drive(names.serial(drive["serial"]), drive["size"]) for drive in named]
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


def _twice(values):
    seen = set()
    return next((value for value in values if value in seen or seen.add(value)), None)


def _read_plan(path, seed):
    try:
        made = plan.Plan.from_document(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
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
    planned = {file for load in before.loads for file in load.files}
    return before.container == container and planned == set(files) and all(sizes.get(load.serial) == load.size for load in before.loads)


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


def _shown(made):
    """A plan for people, a line a drive."""
    if made is None:
        return ""
    return "".join(
        f"drive {load.serial} of {load.size:,} bytes: {len(load.files):,} files of {load.bytes:,} bytes, {load.usable_bytes:,} are usable"
        + (", begun already\n" if load.begun_under else "\n")
        for load in made.loads
    )


def _result(made, path, drives, changed):
    used = {load.serial for load in made.loads}
    document = made.as_document()
    return {
        "changed": changed,
        "fits": True,
        "missing_bytes": 0,
        "plan_file": str(path),
        "plan_hash": made.plan_hash,
        "files": document["files"],
        "bytes": document["bytes"],
        "drives": [
            {"serial": load.serial, "size": load.size, "files": len(load.files), "bytes": load.bytes, "usable_bytes": load.usable_bytes}
            for load in made.loads
        ],
        "unused": [drive.serial for drive in drives if drive.serial not in used],
    }
