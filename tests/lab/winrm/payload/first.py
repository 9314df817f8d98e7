# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Payloads of ansible-core 2.16 to 2.18: the exec wrapper's source, four NUL, JSON with the manifest."""

from __future__ import annotations

import json

from .requests import ModuleRun, NotUnderstood

DELIMITER = b"\0\0\0\0"
WRAPPERS = {"become_wrapper", "module_powershell_wrapper"}


def is_first(script: str, stdin: bytes) -> bool:
    """Whether this is a module of this generation."""
    return "$exec_wrapper_str" in script and DELIMITER in stdin


def parse(script: str, stdin: bytes) -> ModuleRun:
    """The request of a payload."""
    before, _delimiter, rest = stdin.partition(DELIMITER)
    manifest = json.loads(rest)
    if not set(manifest["actions"]) <= WRAPPERS:
        raise NotUnderstood(
            f"the lab does not run a manifest with the actions {', '.join(manifest['actions'])} (async and coverage are not modelled)"
        )
    arguments = manifest["module_args"]
    return ModuleRun(
        arguments["_ansible_module_name"],
        {name: value for name, value in arguments.items() if not name.startswith("_ansible_")},
        {name: value for name, value in arguments.items() if name.startswith("_ansible_")},
        manifest.get("environment") or {},
        script,
        before + DELIMITER,
        manifest,
        b"",
        1,
        manifest.get("become_user") if "become_wrapper" in manifest["actions"] else None,
    )
