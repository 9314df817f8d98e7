# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The papers of a drive, as `_DrivePaper.psm1` reads and writes them (forms: docs/formats.md)."""

from __future__ import annotations

import datetime
import json
import pathlib
import re
from typing import Any

from .work_folder import ROOT, read_paper, work_folder, write_paper

SYSTEM_ENTRIES = ("System Volume Information", "$RECYCLE.BIN", "RECYCLER", "desktop.ini")
OURS = ("marker.json", "marker.json.new", "journal.jsonl")
SAFE_SERIAL = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$")
UNREADABLE = {"seed": "(unreadable claim file)", "size": None, "plan_hash": None, "state": None, "protector": None, "had_data": True}


def utc_now() -> str:
    """The real time: a worker's clock is the machine's."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def claim_file(host: Any, serial: str) -> pathlib.Path:
    """`claims\\<serial>.json` of a host."""
    return host.path(f"{ROOT}\\claims\\{serial}.json")


def claim_of(host: Any, serial: str) -> dict[str, Any] | None:
    """Which seed holds a drive on this host; None where none does."""
    if not SAFE_SERIAL.match(serial):
        return None
    found = read_paper(claim_file(host, serial))
    if found is None:
        return dict(UNREADABLE) if claim_file(host, serial).exists() else None
    return {name: found.get(name) for name in UNREADABLE}


def set_claim(host: Any, wanted: dict[str, Any], state: str, protector: str | None, had_data: bool) -> None:
    """Write the claim: state clearing, begun or proven."""
    work_folder(host, "claims")
    about = {name: wanted[name] for name in ("seed", "serial", "size", "plan_hash")}
    write_paper(
        claim_file(host, wanted["serial"]), {"v": 1, **about, "state": state, "protector": protector, "had_data": had_data, "at": utc_now()}
    )


def _paper(found: Any) -> dict[str, Any] | None:
    if not isinstance(found, dict) or found.get("seed") is None:
        return None
    return {"v": found.get("v"), **{name: str(found.get(name) or "") for name in ("seed", "serial", "plan_hash")}}


def _line(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _journal(path: pathlib.Path) -> dict[str, Any] | None:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    first = _line(lines[0]) if lines else None
    paper = _paper(first)
    if paper is None or first.get("event") != "opened":
        return None
    return paper | {"last": _line(lines[-1])}


def content_of(root: pathlib.Path) -> dict[str, Any]:
    """What a readable volume says of itself: marker, journal, manifest, blank."""
    names = [entry.name for entry in root.iterdir()]
    folder = root / "offlineseed"
    own = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    marker = _paper(read_paper(folder / "marker.json"))
    strangers = [n for n in names if n not in SYSTEM_ENTRIES and n != "offlineseed"] + [n for n in own if n not in OURS]
    return {
        "marker": marker,
        "journal": _journal(folder / "journal.jsonl"),
        "manifest": "DriveManifest.xml" in names,
        "blank": not strangers and marker is None,
    }
