# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Understands what Ansible sends to a Windows host: pure, no I/O. One shape a generation of ansible-core, recognised by structure."""

from __future__ import annotations

from typing import Any

from ...powershell import command_line as powershell
from . import first, scripts, second
from .requests import Helper, ModuleRun, NotUnderstood, Raw, Request

__all__ = ["Helper", "ModuleRun", "NotUnderstood", "Raw", "Request", "parse_command", "parse_script"]


def parse_command(command: str, stdin: bytes) -> Request:
    """What a WinRS command wants. Older winrm plugins start a PowerShell in a PowerShell: the inner one counts.

    With ANSIBLE_KEEP_REMOTE_FILES the payload is written to a file first: a Helper `type` says which, and the script that reads it.
    """
    text = command.strip()
    while True:
        if typed := _typed(text):
            return typed
        if not powershell.is_powershell(text):
            return Raw(text, stdin)
        start = powershell.parse(text)
        if start.script is None:
            raise NotUnderstood(f"the lab does not run {text[:120]!r}")
        if powershell.is_powershell(start.script) or start.script.startswith("type "):
            text = start.script.strip()
            continue
        return parse_script(start.script, stdin, start.arguments)


def parse_script(script: str, stdin: bytes, arguments: tuple[Any, ...] = ()) -> Request:
    """What a script wants, with its input and its arguments."""
    if typed := _typed(script):
        return typed
    if arguments and second.takes_file(script):
        return Helper("type", {"Path": arguments[0], "Script": script})
    if second.is_second(script, stdin):
        return second.parse(script, stdin)
    if first.is_first(script, stdin):
        return first.parse(script, stdin)
    return scripts.parse(script, stdin, arguments) or Raw(script, stdin)


def _typed(text: str) -> Helper | None:
    """`type FILE | PowerShell …`."""
    path, pipe, inner = text.removeprefix("type ").partition("|")
    inner = inner.strip().removesuffix("exit $LASTEXITCODE").strip()
    if not text.startswith("type ") or not pipe or not powershell.is_powershell(inner):
        return None
    return Helper("type", {"Path": path.strip().strip("\"'"), "Script": powershell.parse(inner).script})
