# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in of win_disk_prep: its hidden operations over the model (the action plugin that calls them is the real one)."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any

from ..windows.answer import WindowsError
from ..windows.session import ENGINE
from . import ModuleFailure, disk_prep_tool, handler
from . import drive_steps as steps
from .drive_papers import claim_of
from .drive_volume import Wanted
from .work_folder import ROOT

TURNS: dict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)  # a run's steps on a host go on when its controller is killed


def bare(text: Any) -> str:
    """A serial number without its blanks."""
    return "".join(str(text or "").split())


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def wanted_drive(params: dict[str, Any], drive: dict[str, Any]) -> Wanted:
    """What consent, plan and record say of one drive (`_DriveWanted.psm1`)."""
    serial = bare(drive["serial"])
    return {
        "seed": params["seed"],
        "serial": serial,
        "size": int(drive["size"]),
        "wipe": bool(drive.get("wipe")),
        "plan_hash": drive.get("plan_hash"),
        "planned_serial": bare(drive.get("planned_serial")),
        "planned_size": int(drive.get("planned_size") or 0),
        "container": drive.get("container"),
        "files": _whole(drive.get("files")),
        "bytes": _whole(drive.get("bytes")),
        "proven": [p["protector"] for p in params.get("proven") or [] if bare(p["serial"]) == serial],
        "key_refused": False,
        "staging_path": params.get("staging_path"),
    }


def remembered_drive(host: Any, params: dict[str, Any], drive: dict[str, Any]) -> Wanted:
    """The same of a drive whose plan is not at hand: what this seed's claim on this host says of it."""
    claim = claim_of(host, bare(drive["serial"]))
    plan = claim["plan_hash"] if claim and claim["seed"] == params["seed"] else None
    return wanted_drive(params, {**drive, "planned_serial": drive["serial"], "planned_size": drive["size"], "plan_hash": plan})


def _wanted(host: Any, params: dict[str, Any]) -> list[Wanted]:
    if params.get("state") == "cancelled":
        return [remembered_drive(host, params, drive) for drive in params["drives"]]
    return [wanted_drive(params, drive) for drive in params.get("_drives") or []]


def probe_source(host: Any, path: str) -> dict[str, Any]:
    """List the staging folder and read a byte of one file in the account that copies."""
    try:
        folder = host.path(path, ENGINE)
        files = sorted(entry for entry in folder.iterdir() if entry.is_file())
    except (WindowsError, OSError) as error:
        return {"readable": False, "files": 0, "error": str(error), "account": f"{host.name}$"}
    if files:
        with open(files[0], "rb") as stream:
            stream.read(1)
    return {"readable": True, "files": len(files), "error": None, "account": f"{host.name}$"}


def _one_drive(host: Any, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    wanted, key, method = _wanted(host, params)[0], params["_drives"][0].get("recovery_password") or "", params["encryption_method"]
    done = {
        "begin": lambda: steps.begin(host, wanted, key, method),
        "attach": lambda: steps.attach(host, wanted, key, method),
        "prove": lambda: steps.prove(host, wanted, key),
    }[operation]()
    return {"changed": done[0], "drive": done[1]}


def _all_drives(host: Any, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    wanted, seed, staging = _wanted(host, params), params["seed"], params.get("staging_path")
    if operation == "start":
        orders = list(zip(wanted, [d.get("list_sha256") or "" for d in params["_drives"]], strict=True))
        return {"changed": True, **steps.start(host, seed, orders, staging, int(params.get("max_rate") or 0))}
    if operation == "cancel":
        return steps.cancel(host, seed, wanted, staging)
    return {"changed": False, **steps.states(host, seed, wanted, staging)}


@handler("offlineseed.azure.win_disk_prep")
def disk_prep(host: Any, params: dict[str, Any], check_mode: bool, session: Any) -> dict[str, Any]:
    """One operation."""
    operation, seed = params.get("_operation"), params["seed"]
    folder = f"{ROOT}\\{seed}"
    if not operation:
        raise ModuleFailure(
            "win_disk_prep works through its action plugin on the controller only; "
            "call it as offlineseed.azure.win_disk_prep in a playbook."
        )
    if check_mode and operation not in ("inspect", "tool_look"):
        return {"changed": False, "folder": folder}
    try:
        if operation == "probe_source":
            return {"changed": False, "folder": folder, "source": probe_source(host, params["staging_path"])}
        if operation == "tool_look":
            return {"folder": folder, **disk_prep_tool.look(host, params, _wanted(host, params))}
        if operation == "tool_bring":
            return {"folder": folder, **disk_prep_tool.bring(host, params, session)}
        one = operation in ("begin", "attach", "prove")
        with TURNS[host.name, seed]:
            return {"folder": folder, **(_one_drive if one else _all_drives)(host, operation, params)}
    except (ModuleFailure, WindowsError) as error:
        about = ", ".join(d["serial"] for d in params.get("_drives") or [])
        text = error.msg if isinstance(error, ModuleFailure) else error.message
        raise ModuleFailure(f"Failed to {operation} drives of seed {seed} ({about}): {text}", folder=folder) from None
