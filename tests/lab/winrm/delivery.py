# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a module's payload into a PowerShell job: the modelled Windows goes in as one more module utility, nothing else is touched.

Left out of the payload is only what cannot exist here: become (the lab runs the module as that user itself) and the check of the
version of Windows, which reads a file of Windows.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from typing import Any

from ..powershell.surroundings import PRELUDE
from .payload import ModuleRun

UTILITY = "LabWindowsSetUp"
# Public on Unix only since PowerShell 7.6 (PowerShell/PowerShell pull request 25051): an older one does not find the type.
_LOCKDOWN = "[SystemPolicy]::GetSystemLockdownPolicy() -eq 'Enforce'"


def job(request: ModuleRun, genuine: bool) -> tuple[str, bytes, str | None]:
    """(script, standard input, key of the C# sources) of the job; `genuine` = the laboratory's own build of PowerShell."""
    manifest, before = copy.deepcopy(request.manifest), request.before
    if request.generation == 2:
        before = _prepare_second(manifest, before, genuine)
    else:
        _prepare_first(manifest)
    stdin = before + json.dumps(manifest).encode() + request.after
    return request.command, stdin, _key(request)


def _prepare_second(manifest: dict[str, Any], before: bytes, genuine: bool) -> bytes:
    manifest["actions"] = [action for action in manifest["actions"] if action["name"] != "become_wrapper.ps1"]
    wrapper = manifest["actions"][-1]["params"]
    manifest["scripts"][f"{UTILITY}.psm1"] = {"script": _set_up(), "path": f"{UTILITY}.psm1"}
    wrapper["PowerShellModules"] = [f"{UTILITY}.psm1", *(wrapper.get("PowerShellModules") or [])]
    text, mark, rest = before.partition(b"\0\0\0\0")
    bootstrap = json.loads(text)
    bootstrap["params"]["MinOSVersion"] = None
    if not genuine:
        bootstrap["script"] = bootstrap["script"].replace(_LOCKDOWN, "$false")
    return json.dumps(bootstrap).encode() + b"\n" + mark + rest


def _prepare_first(manifest: dict[str, Any]) -> None:
    manifest["actions"] = [action for action in manifest["actions"] if action != "become_wrapper"]
    manifest["min_os_version"] = None
    manifest["powershell_modules"][UTILITY] = _set_up()


def _set_up() -> str:
    return base64.b64encode(f"{PRELUDE}\n".encode()).decode()


def _key(request: ModuleRun) -> str | None:
    if request.generation == 2:
        sources = {name: script["script"] for name, script in request.manifest["scripts"].items() if name.endswith(".cs")}
    else:
        sources = request.manifest.get("csharp_utils", {})
    return None if not sources else hashlib.sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest()[:16]
