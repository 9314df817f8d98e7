# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's own tool: stand-in of win_disk_prep_tool, and the operations of win_disk_prep that read and bring it (`_DriveTool.psm1`)."""

from __future__ import annotations

import hashlib
import pathlib
import re
import shutil
import xml.etree.ElementTree as ET
from datetime import datetime, timezone
from typing import Any

from ..windows.answer import WindowsError
from ..windows.session import Session
from . import ModuleFailure, drive_steps, handler
from .drive_facts import drive_facts
from .drive_guard import foreign_partitions, standing_of
from .drive_volume import Wanted
from .work_folder import ROOT

PROGRAM = "AzureOfflineBackupDiskPrep.exe"
SETUP = "HKLM\\SOFTWARE\\Microsoft\\Windows Azure Backup\\Setup"
FOLDER = "Utils\\AzureOfflineBackupDiskPrep"
JOURNAL = re.compile(r"Journal[^\\]*\.jrn", re.IGNORECASE)
DRIVE_INFO = re.compile(r"Journal[^\\]*_DriveInfo_[^\\]*\.xml", re.IGNORECASE)
SUMMARY = re.compile(r"[a-z0-9]{3,24}_[^\\]+\.txt")
PARTS = {"DriveId": "serial", "ManifestFile": "manifest_file", "ManifestHash": "manifest_hash"}
STATE = re.compile(r"DriveState:\s?\[BeginValue\](.*)")
SAFE = re.compile(r"(\\[A-Za-z0-9_. -]+)+")


def tool_folder(seed: str) -> str:
    return f"{ROOT}\\{seed}\\tool"


def _is_paper(name: str) -> bool:
    return bool(JOURNAL.fullmatch(name) or DRIVE_INFO.fullmatch(name) or SUMMARY.fullmatch(name))


def _sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files_of(folder: pathlib.Path) -> list[dict[str, Any]]:
    """The files of the tool with their sub-folders, without what the tool writes beside itself."""
    named = {"\\".join(path.relative_to(folder).parts): path for path in folder.rglob("*") if path.is_file()}
    return [
        {"name": name, "size": path.stat().st_size, "sha256": _sha256(path)} for name, path in sorted(named.items()) if not _is_paper(name)
    ]


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _drives(text: str) -> list[dict[str, Any]]:
    """Serial, manifest and hash of every element Drive, and whether it has a key; the key itself is not taken."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    found = []
    for drive in ET.fromstring(f"<all>{text}</all>").iter():
        if _local(drive) != "Drive" or not len(drive):
            continue
        told = {"serial": "", "manifest_file": "", "manifest_hash": "", "has_key": False}
        for part in drive:
            if _local(part) in PARTS:
                told[PARTS[_local(part)]] = (part.text or "").strip()
            told["has_key"] |= _local(part) == "BitLockerKey" and bool((part.text or "").strip())
        found.append(told)
    return found


def _journal(text: str) -> list[dict[str, Any]]:
    """The last whole word of a journal on each drive."""
    last, value, pending = {}, None, []
    for line in text.splitlines():
        if line.startswith("[BeginUpdateRecord]"):
            value, pending = None, []
        elif value is not None:
            if line.strip() == "[EndValue]":
                pending += _drives("\n".join(value))
                value = None
            else:
                value.append(line)
        elif found := STATE.fullmatch(line):
            value = [found[1]]
        elif line.strip() == "[EndUpdateRecord]":
            last.update({drive["serial"]: drive for drive in pending})
            pending = []
    return list(last.values())


def papers_of(folder: pathlib.Path) -> list[dict[str, Any]]:
    """DriveInfo files and journals, as the module tells them."""
    told = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        kind = "drive_info" if DRIVE_INFO.fullmatch(path.name) else "journal" if JOURNAL.fullmatch(path.name) else None
        if kind is None or not path.is_file():
            continue
        modified = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        paper = {"file": path.name, "kind": kind, "drives": [], "problem": None, "modified": modified}
        try:
            text = path.read_text(encoding="utf-8-sig")
            paper["drives"] = _journal(text) if kind == "journal" else _drives(text)
        except (ET.ParseError, UnicodeDecodeError):
            paper["problem"] = "it cannot be read (XmlException)"
        told.append(paper)
    return told


def _drive(host: Any, wanted: Wanted, facts: list[dict[str, Any]], papers: list[dict[str, Any]]) -> dict[str, Any]:
    judgement = standing_of(facts, wanted)
    drive = judgement["drive"]
    state = drive_steps.blank_state(wanted, judgement["standing"], judgement["reasons"])
    state["reasons"] = [{"id": one["id"], "kind": one["kind"], "text": one["text"]} for one in judgement["reasons"]]
    state.update(number=None, letter=None, lock=None, manifest=None, blank=False)
    if drive is None:
        return state
    state.update(number=drive["number"], holds=drive_steps.holdings(drive))
    foreign, volumes = foreign_partitions(drive), drive["volumes"]
    if drive["unseen_partitions"] or len(foreign) != 1 or len(volumes) != 1:
        return state
    volume = volumes[0]
    state.update(letter=foreign[0]["letter"], blank=bool(volume["content"] and volume["content"]["blank"]))
    if volume["encryption"]:
        state.update(lock=volume["encryption"]["lock"], protector=next(iter(volume["encryption"]["protectors"]), None))
    own = [one["manifest_file"] for paper in papers for one in paper["drives"] if "".join(one["serial"].split()) == wanted["serial"]]
    for name in dict.fromkeys(own):
        if state["manifest"] is None and state["lock"] != "locked":
            state["manifest"] = _manifest(host, volume["root"], name)
    return state


def _manifest(host: Any, root: str | None, name: str) -> dict[str, Any] | None:
    if not root or not SAFE.fullmatch(name) or any(part in (".", "..") for part in name.split("\\")):
        return None
    path = f"{root.rstrip(chr(92))}{name}"
    try:
        content = host.path(path).read_bytes()
    except (WindowsError, OSError):
        return None
    return {"path": path, "size": len(content), "md5": hashlib.md5(content, usedforsecurity=False).hexdigest().upper()}


def look(host: Any, params: dict[str, Any], wanted: list[Wanted]) -> dict[str, Any]:
    """tool_look: everything that the next step is decided by."""
    place = tool_folder(params["seed"])
    folder = host.path(place)
    papers, facts = papers_of(folder), drive_facts(host, params.get("staging_path"))
    missing = [
        source["name"]
        for source in params.get("_sources") or []
        if not (path := host.path(f"{place}\\{source['name']}")).is_file() or _sha256(path) != source["sha256"]
    ]
    return {
        "changed": False,
        "tool": {"folder": place, "exists": (folder / PROGRAM).is_file(), "missing": missing},
        "papers": papers,
        "summaries": [path.name for path in sorted(folder.iterdir()) if SUMMARY.fullmatch(path.name)] if folder.is_dir() else [],
        "drives": [_drive(host, one, facts, papers) for one in wanted],
    }


def bring(host: Any, params: dict[str, Any], session: Any) -> dict[str, Any]:
    """tool_bring: the tool's folder with its sub-folders, and the files themselves where a path says where they are."""
    drive_steps.new_seed_folders(host, params["seed"])
    folder = host.path(tool_folder(params["seed"]))
    folder.mkdir(exist_ok=True)
    if not params.get("tool_path"):
        for source in params.get("_sources") or []:
            (folder / pathlib.Path(*source["name"].split("\\"))).parent.mkdir(parents=True, exist_ok=True)
        return {"changed": False}
    who, user = Session.of(session), params.get("credential_username")
    if user:
        who = Session(who.account, who.logon, (user, params.get("credential_password") or ""))
    place = host.path(params["tool_path"], who)
    if not (place / PROGRAM).is_file():
        raise ModuleFailure(
            f"{params['tool_path']} holds no {PROGRAM}, seen from {host.name}. Give the folder of the tool as this host reaches it."
        )
    changed = False
    for file in sorted(files_of(place), key=lambda one: one["name"] == PROGRAM):  # the program last
        parts = pathlib.Path(*file["name"].split("\\"))
        target = folder / parts
        if not target.is_file() or _sha256(target) != file["sha256"]:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(place / parts, target)
            changed = True
    return {"changed": changed}


@handler("offlineseed.azure.win_disk_prep_tool")
def disk_prep_tool(host: Any, params: dict[str, Any], check_mode: bool, session: Any) -> dict[str, Any]:
    """The tool as it lies on the source."""
    folder, reason = _find(host, params.get("path"))
    files = files_of(host.path(folder)) if reason is None else []
    told = {"found": reason is None, "folder": folder, "reason": reason, "files": files, "bytes": sum(file["size"] for file in files)}
    return {"changed": False, "tool": told}


def _find(host: Any, given: str | None) -> tuple[str | None, str | None]:
    install = host.registry.get(SETUP, "InstallPath")
    if not given and not install:
        return None, f"The backup agent is not installed on {host.name}. Install it, or give path."
    folder = (given or f"{install.rstrip(chr(92))}\\{FOLDER}").rstrip("\\")
    try:
        there = (host.path(folder) / PROGRAM).is_file()
    except WindowsError:
        there = False
    if there:
        return folder, None
    if given:
        return folder, f"{folder} holds no {PROGRAM}, seen from {host.name}. Correct path."
    return folder, (
        f"{folder} holds no {PROGRAM} (agent {_version(host)} on {host.name}). The tool comes with the agent: "
        "repair or update its installation, or give path."
    )


def _version(host: Any) -> str:
    return host.mars.setup["version"] if host.mars else ""
