# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins of win_staging_info and win_staging."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import pathlib
import re
from typing import Any

from ..clock import stamp
from ..windows.answer import WindowsError
from ..windows.session import Session
from . import ModuleFailure, handler
from .host_facts import free_bytes
from .work_folder import Planted, work_folder

STAGED = re.compile(r"^[0-9]{1,20}_[0-9]{1,10}_[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}_(AIBBlob|BaseBlob)$")
MOST_NAMES = 100


def seed_folder(params: dict[str, Any]) -> str:
    """`<staging>\\<account>_<job>`."""
    return f"{params['path'].rstrip(chr(92))}\\{params['storage_account']}_{params['import_job_name']}"


def _session(session: Any, params: dict[str, Any]) -> Session:
    who = Session.of(session)
    user = params.get("credential_username")
    return Session(who.account, who.logon, (user, params.get("credential_password") or "")) if user else who


def _names(folder: pathlib.Path) -> list[str]:
    return sorted(entry.name + ("\\" if entry.is_dir() else "") for entry in os.scandir(folder))


def _complaint(host: Any, params: dict[str, Any], path: str, reason: str) -> str:
    who = params.get("credential_username") or f"{host.name}\\Administrator"
    cure = (
        "Check name and password, and that share and folder let this account in."
        if params.get("credential_username")
        else "A network logon (WinRM) is not passed on to another server: "
        "give credential_username and credential_password, or run this on the host that offers the share, with its local path."
    )
    return f"{path} cannot be read by {who} on {host.name}: {reason} {cure}"


@handler("offlineseed.azure.win_staging_info")
def staging_info(host: Any, params: dict[str, Any], check_mode: bool, session: Any) -> dict[str, Any]:
    """Inventory of the job's folder; the listing lies on the host as a file."""
    result: dict[str, Any] = {
        "changed": False, "folder": seed_folder(params), "path_exists": False, "exists": False, "readable": False, "read_error": None,
        "files": 0, "bytes": 0, "misaligned": [], "misaligned_count": 0, "foreign": [], "foreign_count": 0, "listing": None,
        "listing_sha256": None,
        "free_bytes": free_bytes(host, params["path"]),
    }  # fmt: skip
    try:
        root = host.path(params["path"], _session(session, params))
    except WindowsError as error:
        return result | {"read_error": _complaint(host, params, params["path"], error.message)}
    if not root.is_dir():
        text = f"{params['path']} does not exist, seen from {host.name}. Create the folder, or correct the staging path."
        return result | {"read_error": text}
    result |= {"path_exists": True, "readable": True}
    folder = host.path(seed_folder(params), _session(session, params))
    if not folder.is_dir():
        return result
    result["exists"] = True
    content = "".join(_line(folder, name) for name in _names(folder) if _counted(result, folder, name)).encode()
    result["listing_sha256"] = hashlib.sha256(content).hexdigest()
    if not check_mode:
        result["listing"] = f"{_work_folder(host, params, result)}\\staging.jsonl"
        host.path(result["listing"]).write_bytes(content)
    return result


def _work_folder(host: Any, params: dict[str, Any], result: dict[str, Any]) -> str:
    try:
        return work_folder(host, params["import_job_name"])
    except Planted as planted:
        raise ModuleFailure(f"Failed to write the inventory of {result['folder']}: {planted}", **result) from None


def _line(folder: pathlib.Path, name: str) -> str:
    status = (folder / name).stat()
    entry = {"mtime": stamp(datetime.datetime.fromtimestamp(status.st_mtime, datetime.timezone.utc)), "name": name, "size": status.st_size}
    return json.dumps(entry, separators=(",", ":")) + "\n"


def _counted(result: dict[str, Any], folder: pathlib.Path, name: str) -> bool:
    """Count one entry; whether it is one of the agent's."""
    if not STAGED.match(name):
        result["foreign_count"] += 1
        result["foreign"] += [name] if len(result["foreign"]) < MOST_NAMES else []
        return False
    size = (folder / name).stat().st_size
    result["files"] += 1
    result["bytes"] += size
    if size % 512 or size == 0:
        result["misaligned_count"] += 1
        result["misaligned"] += [{"name": name, "size": size}] if len(result["misaligned"]) < MOST_NAMES else []
    return True


@handler("offlineseed.azure.win_staging")
def staging(host: Any, params: dict[str, Any], check_mode: bool, session: Any) -> dict[str, Any]:
    """Remove the inventoried files of one job; anything else stays and is named."""
    name = seed_folder(params)
    result: dict[str, Any] = {"changed": False, "folder": name, "removed": 0, "removed_bytes": 0, "kept": [], "folder_removed": False}
    wanted = {}
    for number, text in enumerate(host.path(params["inventory_file"]).read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(text)
            if not STAGED.match(entry["name"]):
                raise ValueError(entry["name"])
            wanted[entry["name"].lower()] = int(entry["size"])
        except (ValueError, KeyError, TypeError):
            text = f"inventory_file, line {number}: not an entry of a staged file. Nothing was removed."
            raise ModuleFailure(text, **result) from None
    try:
        folder = host.path(name, _session(session, params), write=True)
    except WindowsError as error:
        text = _complaint(host, params, params["path"], error.message)
        raise ModuleFailure(f"Failed to remove the staged files of {name}: {text}", **result) from None
    if folder.is_dir():
        _remove(result, folder, wanted, check_mode)
        if result["changed"] and not check_mode:
            host.change("staged files removed", folder=name, files=result["removed"])
    before, left = {"folder": name, "files": result["removed"] + len(result["kept"])}, None if result["folder_removed"] else name
    result["diff"] = {"before": before, "after": {"folder": left, "files": len(result["kept"])}}
    return result


def _remove(result: dict[str, Any], folder: pathlib.Path, wanted: dict[str, int], check_mode: bool) -> None:
    for entry in _names(folder):
        size = -1 if entry.endswith("\\") else (folder / entry).stat().st_size
        if wanted.get(entry.lower()) != size:
            result["kept"].append(entry)
            continue
        if not check_mode:
            (folder / entry).unlink()
        result["changed"] = True
        result["removed"] += 1
        result["removed_bytes"] += size
    if not result["kept"]:
        if not check_mode:
            folder.rmdir()
        result["changed"] = result["folder_removed"] = True
