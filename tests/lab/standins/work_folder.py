# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The protected work folder on a host, and its papers: small JSON files that are there wholly or not at all."""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any

from ..windows.access import ADMINISTRATORS, SYSTEM, Acl, rule

ROOT = "C:\\ProgramData\\offlineseed"


class Planted(Exception):
    """The work folder was there before, belongs to a user, and is not empty."""


def work_folder(host: Any, name: str) -> str:
    """Make `%ProgramData%\\offlineseed\\<name>`, protected, and return its Windows path."""
    root = host.path(ROOT)
    if root.is_dir() and host.access.owner(ROOT) not in (SYSTEM, ADMINISTRATORS) and any(root.iterdir()):
        cure = "Look at what lies there, remove it, and run again."
        raise Planted(f"{ROOT} belongs neither to SYSTEM nor to Administrators and is not empty. {cure}")
    root.mkdir(parents=True, exist_ok=True)
    if not host.access.protected(ROOT):
        host.access.set(ROOT, Acl(True, [rule(SYSTEM, "FullControl"), rule(ADMINISTRATORS, "FullControl")]))
        host.change("access list set", path=ROOT, protected=True, who=[SYSTEM, ADMINISTRATORS])
    (root / name).mkdir(exist_ok=True)
    return f"{ROOT}\\{name}"


def read_paper(path: pathlib.Path) -> dict[str, Any] | None:
    """The object in a JSON file; None where there is none or it is torn."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_paper(path: pathlib.Path, content: dict[str, Any]) -> None:
    """Write an object as one line of JSON, in one move."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(content, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(draft, path)
