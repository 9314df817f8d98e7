# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What connection and shell plugins do themselves on a host, done natively on the host's real files."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import pathlib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from ..powershell.surroundings import environment, profile, real_folder, temporary
from ..windows.answer import WindowsError
from .payload import Helper, NotUnderstood


@dataclass(frozen=True)
class Result:
    """What a command leaves: exit code, objects written (each becomes a line), text on the error stream."""

    code: int
    output: tuple[str, ...] = ()
    errors: str = ""

    def stdout(self) -> bytes:
        """The output as a console prints it."""
        return "".join(f"{line}\r\n" for line in self.output).encode()


@dataclass
class Shell:
    """What the commands of one shell share: host, account, and the file that psrp of ansible-core 2.18 and older reads in pieces.

    `plain_errors`: errors are text, not the CLIXML that a console's client decodes.
    """

    host: Any
    account: str
    plain_errors: bool = False
    open_file: BinaryIO | None = None

    def close(self) -> None:
        """Let go of what is open."""
        if self.open_file is not None:
            self.open_file.close()
            self.open_file = None


def run(shell: Shell, helper: Helper) -> Result:
    """Do a helper action. Windows' own refusals come back as an error text and code 1."""
    action = ACTIONS.get(helper.action)
    if action is None:
        raise NotUnderstood(f"the lab has no helper action {helper.action}")
    try:
        return action(shell, helper.parameters, helper.data)
    except WindowsError as error:
        return Result(1, errors=error.message)
    except OSError as error:
        return Result(1, errors=f"{helper.action} failed: {error.strerror or error}")


def expand(host: Any, account: str, text: str) -> str:
    """%NAME% replaced, as Environment.ExpandEnvironmentVariables does."""
    known = {name.lower(): value for name, value in environment(host, account).items()}
    return re.sub(r"%([^%]+)%", lambda found: known.get(found[1].lower(), found[0]), text)


def _path(shell: Shell, text: str, write: bool = False) -> pathlib.Path:
    text = expand(shell.host, shell.account, text).replace("/", "\\")
    if text.lower().startswith(temporary(shell.account).lower()):
        real_folder(shell.host, temporary(shell.account))
    return shell.host.path(text, session={"account": shell.account, "logon": "network"}, write=write)


def _mkdtemp(shell: Shell, parameters: dict[str, Any], data: bytes) -> Result:
    folder = expand(shell.host, shell.account, parameters["Directory"]).rstrip("\\") + "\\" + parameters["Name"]
    _path(shell, folder, write=True).mkdir(parents=True)
    return Result(0, (folder,))


def _put_file(shell: Shell, parameters: dict[str, Any], data: bytes) -> Result:
    digest = hashlib.sha1(usedforsecurity=False)
    with open(_path(shell, parameters["Path"], write=True), "wb") as target:
        for line in data.split():
            try:
                piece = base64.b64decode(line, validate=True)
            except binascii.Error as error:
                return Result(1, errors=f"the input of put_file is no base64: {error}")
            digest.update(piece)
            target.write(piece)
    return Result(0, (json.dumps({"sha1": digest.hexdigest()}, separators=(",", ":")),))


def _fetch_file(shell: Shell, parameters: dict[str, Any], data: bytes) -> Result:
    path = _path(shell, parameters["Path"])
    if path.is_dir():
        return Result(0, ("[DIR]",))
    if not path.is_file():
        return Result(1, errors=f"{parameters['Path']} does not exist")
    with open(path, "rb") as source:
        source.seek(int(parameters["Offset"]))
        piece = source.read(int(parameters["BufferSize"]))
    return Result(0, (base64.b64encode(piece).decode(),) if piece else ())


def _fetch_whole_file(shell: Shell, parameters: dict[str, Any], data: bytes) -> Result:
    path = _path(shell, parameters["Path"])
    if path.is_dir():
        return Result(0, ("[DIR]",))
    if not path.is_file():
        return Result(1, errors=f"{parameters['Path']} does not exist")
    pieces = ["[FILE]"]
    with open(path, "rb") as source:
        while piece := source.read(int(parameters["BufferSize"])):
            pieces.append(base64.b64encode(piece).decode())
    return Result(0, tuple(pieces))


def _fetch_open(shell: Shell, parameters: dict[str, Any], data: bytes) -> Result:
    path = _path(shell, parameters["Path"])
    if path.is_dir():
        return Result(0, ("[DIR]",))
    if not path.is_file():
        return Result(1, errors=f"{parameters['Path']} does not exist")
    shell.close()
    shell.open_file = path.open("rb")
    return Result(0)


def _fetch_read(shell: Shell, parameters: dict[str, Any], data: bytes) -> Result:
    if shell.open_file is None:
        return Result(1, errors="no file is open in this runspace")
    shell.open_file.seek(parameters["Offset"])
    piece = shell.open_file.read(parameters["BufferSize"])
    return Result(0, (base64.b64encode(piece).decode(),) if piece else ())


def _fetch_close(shell: Shell, parameters: dict[str, Any], data: bytes) -> Result:
    shell.close()
    return Result(0)


def _expand_user(shell: Shell, parameters: dict[str, Any], data: bytes) -> Result:
    text = parameters["Path"]
    home = profile(shell.account)
    return Result(0, (home + text[1:] if text == "~" or text.startswith("~\\") else text,))


def _remove(shell: Shell, parameters: dict[str, Any], data: bytes) -> Result:
    path = _path(shell, parameters["Path"], write=True)
    if path.is_dir() and not path.is_symlink():
        if not parameters["Recurse"] and any(path.iterdir()):
            return Result(1, errors=f"{parameters['Path']} is not empty and Recurse was not given")
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()
    else:
        return Result(1, errors=f"Cannot find path '{parameters['Path']}' because it does not exist.")
    return Result(0)


def _exists(shell: Shell, parameters: dict[str, Any], data: bytes) -> Result:
    missing = int(not _path(shell, parameters["Path"]).exists())
    return Result(missing, (str(missing),))


def _exists_silently(shell: Shell, parameters: dict[str, Any], data: bytes) -> Result:
    return Result(int(not _path(shell, parameters["Path"]).exists()))


def _checksum(shell: Shell, parameters: dict[str, Any], data: bytes) -> Result:
    path = _path(shell, parameters["Path"])
    if path.is_file():
        return Result(0, (hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest(),))
    return Result(0, ("3" if path.is_dir() else "1",))


ACTIONS: dict[str, Callable[[Shell, dict[str, Any], bytes], Result]] = {
    "mkdtemp": _mkdtemp,
    "put_file": _put_file,
    "fetch_file": _fetch_file,
    "fetch_whole_file": _fetch_whole_file,
    "fetch_open": _fetch_open,
    "fetch_read": _fetch_read,
    "fetch_close": _fetch_close,
    "expand_user": _expand_user,
    "remove": _remove,
    "exists": _exists,
    "checksum": _checksum,
    "exists_silently": _exists_silently,
}
