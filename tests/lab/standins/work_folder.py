# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The protected work folder on a host, and its papers: small JSON files that are there wholly or not at all."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Iterator
from typing import Any

from ..windows.access import ADMINISTRATORS, SYSTEM, USERS, Acl, rule

ROOT = "C:\\ProgramData\\offlineseed"


class Planted(Exception):
    """The work folder, or what lies in one that was open to users, was made by a user."""


def work_folder(host: Any, name: str) -> str:
    """Make `%ProgramData%\\offlineseed\\<name>`, protected, and return its Windows path."""
    root = host.path(ROOT)
    if root.is_dir() and host.access.owner(ROOT) not in (SYSTEM, ADMINISTRATORS) and any(root.iterdir()):
        cure = "Look at what lies there, remove it, and run again."
        raise Planted(f"{ROOT} belongs neither to SYSTEM nor to Administrators and is not empty. {cure}")
    root.mkdir(parents=True, exist_ok=True)
    closed = [rule(SYSTEM, "FullControl"), rule(ADMINISTRATORS, "FullControl")]
    if not host.access.protected(ROOT) or {one["who"] for one in host.access.rules(ROOT)} != {SYSTEM, ADMINISTRATORS}:
        host.access.set(ROOT, Acl(True, [*closed, rule(USERS, "Read")]))
        if planted := list(_planted(host, ROOT)):
            raise Planted(
                f"{ROOT} was open to users, and what belongs neither to SYSTEM nor to Administrators, or is a link, lies there: "
                f"{', '.join(planted)}. Look at it, remove it, and run again."
            )
        host.access.set(ROOT, Acl(True, closed))
        host.change("access list set", path=ROOT, protected=True, who=[SYSTEM, ADMINISTRATORS])
    (root / name).mkdir(exist_ok=True)
    return f"{ROOT}\\{name}"


def _planted(host: Any, folder: str) -> Iterator[str]:
    """What lies below a folder and belongs to an ordinary user, or is a link; mnt holds links to the drives' volumes."""
    for item in sorted(host.path(folder).iterdir()):
        below = f"{folder}\\{item.name}"
        if item.is_symlink():
            if folder != f"{ROOT}\\mnt":
                yield below
        elif host.access.owner(below) not in (SYSTEM, ADMINISTRATORS):
            yield below
        elif item.is_dir():
            yield from _planted(host, below)


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
