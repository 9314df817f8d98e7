# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Scripts of the shell and connection plugins that carry their parameters in their text, recognised by shape."""

from __future__ import annotations

import re
from typing import Any

from .requests import Helper

# PowerShell takes four characters as a single quote; inside, each is doubled.
_QUOTED = r"'(?P<{0}>(?:[^'\u2018\u2019\u201a\u201b]|['\u2018\u2019\u201a\u201b]{{2}})*)'"
_DOUBLED = re.compile("(['\u2018\u2019\u201a\u201b])\\1")
_PATH = _QUOTED.format("path")
_WORD = rf"(?:{_PATH}|(?P<bare>[\w\-\\.\[\]/~!%^:]+))"
_PUT_OVER_PSRP = "$path = $MyInvocation.UnboundArguments[0]"
_CLOSE_OVER_PSRP = "$fs.Close()"
_OPEN_OVER_PSRP = re.compile(r"^param\(\[string\]\$Path\)[\s\S]*\[DIR\]")
_READ_OVER_PSRP = re.compile(r"^param\(\[int64\]\$Offset, \[int\]\$BufferSize\)")
# shape -> action
_SHAPES = [
    (re.compile(rf"If \(Test-Path -PathType Leaf {_WORD}\)\s*{{\s*\$sp = new-object"), "checksum"),
    (re.compile(rf"If \(Test-Path {_PATH}\)\s*{{\s*\$res = 0;"), "exists"),
    (re.compile(rf"^exit -not \(Test-Path -LiteralPath {_WORD}\)$"), "exists_silently"),
    (
        re.compile(
            rf"ExpandEnvironmentVariables\({_PATH}\)\s*\$tmp = New-Item -Type Directory -Path \$tmp_path -Name {_QUOTED.format('name')}"
        ),
        "mkdtemp",
    ),
    (re.compile(rf"\$path = {_PATH}[\s\S]*\$buffer_size = (?P<size>\d+)\s*\$offset = (?P<offset>\d+)"), "fetch_file"),
    (re.compile(rf"\$path = {_PATH}[\s\S]*\[System\.IO\.File\]::Create\(\$path\)"), "put_file"),
    (re.compile(rf"(?m)^Remove-Item {_WORD} -Force(?P<recurse> -Recurse)?;?\s*$"), "remove"),
    (re.compile(rf"Write-Output \(\(Get-Location\)\.Path \+ {_PATH}\)"), "below_home"),
    (re.compile(r"Write-Output \(Get-Location\)\.Path"), "home"),
    (
        re.compile(
            rf"^(?:Set-StrictMode -Version Latest\s+)?(?:try {{ \[Console\][^\n]*catch {{}};? *)?Write-Output {_PATH}\s*If \(-not \$\?\)"
        ),
        "echo",
    ),
]


def parse(script: str, stdin: bytes, arguments: tuple[Any, ...] = ()) -> Helper | None:
    """The helper action of a script, or None."""
    if over_psrp := _over_psrp(script, stdin, arguments):
        return over_psrp
    for shape, action in _SHAPES:
        if found := shape.search(script):
            return _helper(action, found.groupdict(), stdin)
    return None


def plain(quoted: str) -> str:
    """The text of a single-quoted PowerShell string."""
    return _DOUBLED.sub(r"\1", quoted)


def _over_psrp(script: str, stdin: bytes, arguments: tuple[Any, ...]) -> Helper | None:
    if _PUT_OVER_PSRP in script:
        return Helper("put_file", {"Path": arguments[0]}, stdin)
    if _OPEN_OVER_PSRP.match(script):
        return Helper("fetch_open", {"Path": arguments[0]})
    if _READ_OVER_PSRP.match(script):
        return Helper("fetch_read", {"Offset": int(arguments[0]), "BufferSize": int(arguments[1])})
    return Helper("fetch_close", {}) if script.strip() == _CLOSE_OVER_PSRP else None


def _helper(action: str, found: dict[str, str | None], stdin: bytes) -> Helper:
    path = plain(found.get("path") or "") or found.get("bare") or ""
    if action == "mkdtemp":
        return Helper("mkdtemp", {"Directory": path, "Name": plain(found["name"] or "")})
    if action == "fetch_file":
        return Helper("fetch_file", {"Path": path, "BufferSize": int(found["size"] or 0), "Offset": int(found["offset"] or 0)})
    if action == "remove":
        return Helper("remove", {"Path": path, "Recurse": bool(found["recurse"])})
    if action in ("home", "below_home", "echo"):
        return Helper("expand_user", {"Path": path if action == "echo" else f"~{path}"})
    return Helper(action, {"Path": path}, stdin if action == "put_file" else b"")
