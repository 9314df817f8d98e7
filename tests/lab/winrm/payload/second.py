# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Payloads of ansible-core 2.19 and newer: JSON with the exec wrapper, a line of four NUL, JSON with the manifest, and perhaps data."""

from __future__ import annotations

import json
import re
from typing import Any

from .requests import Helper, ModuleRun, NotUnderstood, Request

DELIMITER = re.compile(rb"\r?\n\0\0\0\0\r?\n")
# script of a manifest -> (action, the parameters that it must have)
HELPERS = {
    "powershell_mkdtemp.ps1": ("mkdtemp", {"Directory", "Name"}),
    "powershell_expand_user.ps1": ("expand_user", {"Path"}),
    "winrm_put_file.ps1": ("put_file", {"Path"}),
    "psrp_put_file.ps1": ("put_file", {"Path"}),
    "winrm_fetch_file.ps1": ("fetch_file", {"Path", "BufferSize", "Offset"}),
    "psrp_fetch_file.ps1": ("fetch_whole_file", {"Path", "BufferSize"}),
}
WRAPPERS = {"become_wrapper.ps1", "module_wrapper.ps1"}


def is_second(script: str, stdin: bytes) -> bool:
    """Whether this is a payload of this generation: by its structure, since the bootstrap's text changes with releases."""
    return "script" in script and "ConvertFrom-Json" in script and stdin.lstrip().startswith(b"{") and DELIMITER.search(stdin) is not None


def takes_file(script: str) -> bool:
    """Whether this bootstrap can read its payload from a file named by its argument (ansible-core 2.21)."""
    return "$InputFile" in script.partition(")")[0] and "ConvertFrom-Json" in script


def parse(script: str, stdin: bytes) -> Request:
    """The request of a payload."""
    parts = DELIMITER.split(stdin, maxsplit=2)
    manifest = json.loads(parts[1])
    first = DELIMITER.search(stdin)
    before, data = stdin[: first.end()], parts[2] if len(parts) > 2 else b""
    names = [action["name"] for action in manifest["actions"]]
    if names and names[0] in HELPERS and len(names) == 1:
        return _helper(manifest["actions"][0], data)
    if not names or names[-1] != "module_wrapper.ps1" or not set(names) <= WRAPPERS:
        raise NotUnderstood(f"the lab does not run a manifest with the actions {', '.join(names)} (async and coverage are not modelled)")
    return _module(script, before, manifest, stdin[len(before) + len(parts[1]) :])


def _helper(action: dict[str, Any], data: bytes) -> Helper:
    name, expected = HELPERS[action["name"]]
    parameters = action["params"]
    if set(parameters) != expected:
        raise NotUnderstood(f"{action['name']} came with {sorted(parameters)}; the lab knows it with {sorted(expected)}")
    return Helper(name, parameters, data)


def _module(script: str, before: bytes, manifest: dict[str, Any], after: bytes) -> ModuleRun:
    wrapper = manifest["actions"][-1]["params"]
    if not wrapper.get("ForModule"):
        raise NotUnderstood(f"the lab does not run the script {wrapper.get('Script')}; it runs modules")
    arguments = next(variable["Value"] for variable in wrapper["Variables"] if variable["Name"] == "complex_args")
    become = [action for action in manifest["actions"] if action["name"] == "become_wrapper.ps1"]
    return ModuleRun(
        _name(wrapper["Script"]),
        {name: value for name, value in arguments.items() if not name.startswith("_ansible_")},
        {name: value for name, value in arguments.items() if name.startswith("_ansible_")},
        wrapper.get("Environment") or {},
        script,
        before,
        manifest,
        after,
        2,
        become[0]["params"].get("BecomeUser") if become else None,
    )


def _name(script: str) -> str:
    """ansible_collections.ns.coll.plugins.modules.name.ps1 -> ns.coll.name"""
    name = re.sub(r"\.(ps1|psm1)$", "", script)
    found = re.fullmatch(r"ansible_collections\.(\w+\.\w+)\.plugins\.modules\.(.+)", name)
    return f"{found[1]}.{found[2]}" if found else name
