# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder that a user gives as the data of the server: what cannot make the journey is told before it begins."""

from __future__ import annotations

import os
import pathlib


class Unfit(ValueError):
    """The folder cannot be the data of the server; the message says which file, why, and what to do."""


def check(data: pathlib.Path, lab: pathlib.Path) -> None:
    """Raises Unfit for a folder that overlaps the one that labs live in, that holds no file, or one that cannot come back identical."""
    data, lab = data.resolve(), lab.resolve()
    if data.is_relative_to(lab) or lab.is_relative_to(data):
        raise Unfit(f"{data} and the lab's own folder {lab} lie one in the other; give a folder apart from it, or a copy: DATA=/a/folder")
    files = 0
    for root, folders, names in os.walk(data, onerror=_unreadable):
        folders[:] = [name for name in folders if not os.path.islink(os.path.join(root, name))]
        for name in folders:
            _windows_can_name(os.path.join(root, name))
        for path in (os.path.join(root, name) for name in names):
            if os.path.isfile(path) and not os.path.islink(path):  # links, sockets and pipes are left out
                _windows_can_name(path)
                _can_be_read(path)
                files += 1
    if not files:
        raise Unfit(f"{data} holds no file; give a folder with files: DATA=/a/folder")


def _unreadable(error: OSError) -> None:
    raise Unfit(f"{_shown(os.fspath(error.filename))} cannot be read: {error.strerror}; give a folder that you can read whole") from error


def _can_be_read(path: str) -> None:
    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        _unreadable(error)


def _windows_can_name(path: str) -> None:
    try:
        path.encode()
    except UnicodeEncodeError as error:
        raise Unfit(f"the name {_shown(path)} is not UTF-8, so no Windows server can hold it; rename it, or leave it out") from error


def _shown(path: str) -> str:
    r"""A path that can be printed: bytes that are no UTF-8 as ``\xff``."""
    return os.fsencode(path).decode(errors="backslashreplace")
