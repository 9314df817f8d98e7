# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths as Windows writes them, and the real files behind them (names compare without case, as on NTFS)."""

from __future__ import annotations

import ntpath
import os
import pathlib
import re
from dataclasses import dataclass

from .answer import WindowsError

LETTER = re.compile(r"^([A-Za-z]):\\?")
VOLUME = re.compile(r"^\\\\\?\\Volume(\{[0-9A-Fa-f-]{36}\})\\?", re.IGNORECASE)
UNC = re.compile(r"^\\\\([^\\?.]+)\\([^\\]+)\\?")
FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')


@dataclass(frozen=True)
class WindowsPath:
    """`kind` letter, volume or share; `root` C, the volume's guid or (host, share); `parts` below it."""

    kind: str
    root: str
    share: str
    parts: tuple[str, ...]


def bad_path(path: str, why: str) -> WindowsError:
    """A path that Windows would not take."""
    return WindowsError("InvalidPath", f"'{path}': {why}", "InvalidArgument", 0x8007007B)


def not_found(path: str) -> WindowsError:
    """Cannot find path … because it does not exist."""
    return WindowsError("PathNotFound", f"Cannot find path '{path}' because it does not exist.", "ObjectNotFound", 0x80070003)


def parse(path: str) -> WindowsPath:
    """Take an absolute path apart: `C:\\a`, `C:/a`, `\\\\?\\C:\\a`, `\\\\?\\Volume{guid}\\a`, `\\\\host\\share\\a`."""
    text = path.replace("/", "\\")
    if text.upper().startswith("\\\\?\\UNC\\"):
        text = "\\\\" + text[8:]
    elif text.startswith("\\\\?\\") and LETTER.match(text[4:]):
        text = text[4:]
    for kind, pattern in (("volume", VOLUME), ("share", UNC), ("letter", LETTER)):  # noqa: B007 (the kind that matched is used below)
        if match := pattern.match(text):
            rest = text[match.end() :]
            break
    else:
        raise bad_path(path, "not an absolute Windows path")
    parts = tuple(part for part in ntpath.normpath(rest).split("\\") if part not in ("", ".")) if rest else ()
    for part in parts:
        if FORBIDDEN.search(part) or part == "..":
            raise bad_path(path, f"the name {part!r} is not allowed")
    root = match.group(1).strip("{}")
    return WindowsPath(kind, root.upper() if kind == "letter" else root, match.group(2) if kind == "share" else "", parts)


def below(folder: pathlib.Path, parts: tuple[str, ...]) -> pathlib.Path:
    """The file or folder of these names; an existing name is found whatever its case."""
    for part in parts:
        exact = folder / part
        if not os.path.lexists(exact) and folder.is_dir():
            same = [name for name in os.listdir(folder) if name.lower() == part.lower()]
            exact = folder / same[0] if same else exact
        folder = exact
    return folder


def same(left: str, right: str) -> bool:
    """Do two Windows paths name the same thing?"""
    return key(left) == key(right)


def key(path: str) -> str:
    """A path for comparing: no trailing backslash, lower case."""
    return path.replace("/", "\\").rstrip("\\").lower()
