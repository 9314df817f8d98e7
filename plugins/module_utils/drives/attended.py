# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a drive stands that the agent's own tool prepares: what the copy host tells of it, put into the words of win_disk_prep's result."""

from __future__ import annotations

import hashlib
from pathlib import PureWindowsPath

from ..failure import Failure, refuse
from . import names
from .by_tool import DONE, NOT_RUN, UNFINISHED

# Kinds of reasons (the guard's rules): never - whatever anybody says; content - what lies on it; consent - cured once the drive is named.
NEVER, CONTENT = "never", "content"
# An empty volume with a letter is what the tool is given: for that alone nobody has to say wipe.
HARMLESS_WHEN_BLANK = frozenset({"not_empty"})


def requests(drives):
    """The consented drives as the host takes them; the plan's part is the consent, since the tool itself chooses which file goes where."""
    found = {}
    for drive in drives:
        serial = names.serial(drive["serial"])
        if not serial:
            raise refuse("drives.serial", drive["serial"], "a serial number", "Take it from win_disk_info and compare it with the label.")
        if serial in found:
            raise Failure(f"seed_drives names drive {serial} twice. Name each drive once.", field="drives", seen=serial)
        wanted = {"serial": serial, "size": drive["size"], "wipe": bool(drive.get("wipe")), "plan_hash": ""}
        found[serial] = {**wanted, "planned_serial": serial, "planned_size": drive["size"]}
    return list(found.values())


def state_of(drive, paper, progress=NOT_RUN):
    """``(state, reasons, message)`` of a drive as the host tells it.

    *paper* (by_tool.Paper) is the tool's, None where the tool has not had the drive, *progress* how far the tool is.
    """
    if paper is None and progress == DONE:
        return "planned", [], "the tool needed no file on it; it is not touched"
    if drive["standing"] == "absent":
        text = f"no disk of this host shows the serial number '{drive['serial']}' ({drive['size']} bytes expected); attach it"
        return "refused", [{"id": "absent", "text": text}], None
    never = [reason for reason in drive["reasons"] if reason["kind"] == NEVER]
    if never:
        return "refused", never, None
    if paper is not None:
        return ("copied", [], None) if drive["lock"] != "locked" else ("refused", [_locked(drive, paper)], None)
    content = [reason for reason in drive["reasons"] if reason["kind"] == CONTENT]
    if drive["blank"]:
        content = [reason for reason in content if reason["id"] not in HARMLESS_WHEN_BLANK]
    if content and progress == UNFINISHED:
        return "planned", [], "it is not empty: the tool is at work on it, or broke off; look before it is formatted again"
    return ("refused", content, None) if content else ("planned", [], None)


def _locked(drive, paper):
    letter = f"{drive['letter']}:" if drive["letter"] else "its letter"
    text = (
        f"disk {drive['number']}, serial '{drive['serial']}': it is locked, so what the tool wrote on it cannot be checked; unlock it on"
        f" this host with the recovery key in {paper.file} (manage-bde -unlock {letter} -RecoveryPassword KEY)"
    )
    return {"id": "locked", "text": text}


def told(drive, paper, progress=NOT_RUN):
    """The drive as the result has it."""
    state, reasons, message = state_of(drive, paper, progress)
    known = {key: value for key, value in drive.items() if key not in ("blank", "lock", "manifest")}
    papers = {"manifest_file": paper.manifest_file, "manifest_hash": paper.manifest_hash} if paper else {}
    return {
        **known,
        **papers,
        "state": state,
        "standing": drive["standing"] if paper or progress != DONE else "unused",
        "reasons": [{"id": reason["id"], "text": reason["text"]} for reason in reasons],
        "wipes": drive["standing"] == "wipeable" and state == "planned" and not drive["blank"] and progress != DONE,
        "plan_hash": None,
        "message": message,
        "evidence": [],
    }


def proven(drive, content, evidence):
    """A drive of the result whose *content* (by_tool.Content) was read and found to be what was staged; *evidence*: files that are kept."""
    return {
        **drive,
        "state": "proven",
        "files_total": len(content.files),
        "files_done": len(content.files),
        "bytes_total": content.bytes,
        "bytes_done": content.bytes,
        "manifest_size": content.size,
        "evidence": list(evidence),
    }


def tool_files(folder):
    """``{name on Windows: path}`` of every file below *folder* (a Path on the controller)."""
    if not folder.is_dir():
        cure = "Fetch the tool there with win_disk_prep_tool, or give tool_path."
        raise Failure(f"tool_dir {folder} is no folder on the controller. {cure}", field="tool_dir", seen=str(folder), cure=cure)
    found = {"\\".join(path.relative_to(folder).parts): path for path in sorted(folder.rglob("*")) if path.is_file()}
    if not found:
        cure = "Fetch the tool there with win_disk_prep_tool, or give tool_path."
        raise Failure(f"tool_dir {folder} is empty. {cure}", field="tool_dir", seen=str(folder), cure=cure)
    return found


def below(folder, name):
    """The path for a file of the tool below *folder*; *name* comes from a host, and must not lead out of it."""
    parts = PureWindowsPath(name).parts
    if not parts or PureWindowsPath(name).anchor or any(part in ("..", ".") or ":" in part or "/" in part for part in parts):
        raise Failure(f"The host names a file {name!r} of the tool, which is no name inside a folder. Nothing was written.", seen=name)
    return folder.joinpath(*parts)


def sources(files):
    """The files as the host compares them: ``[{name, sha256}]``."""
    return [{"name": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for name, path in files.items()]
