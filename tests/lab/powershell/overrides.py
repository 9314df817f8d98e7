# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions in front of PowerShell's own cmdlets: the registry goes to the model, a share is reached through New-PSDrive only.

PowerShell on Linux takes `\\\\HOST\\share` for `/HOST/share`: without a guard a script that forgot New-PSDrive would write there.
"""

from __future__ import annotations

import dataclasses
import pathlib

from .generate import function
from .signatures import Signature, signature

MODULE = "LabOverrides"
REGISTRY = ("Get-ChildItem", "Get-Item", "Get-ItemProperty", "Get-ItemPropertyValue", "Test-Path")
GUARDED = (
    "Add-Content",
    "Clear-Content",
    "Copy-Item",
    "Get-Content",
    "Move-Item",
    "New-Item",
    "Out-File",
    "Remove-Item",
    "Rename-Item",
    "Resolve-Path",
    "Set-Content",
    "Set-Location",
)
OVERRIDDEN = frozenset({*REGISTRY, *GUARDED, "New-PSDrive"})
# Programs of Windows that the model plays; their arguments go to it as one list.
PROGRAMS = ("icacls", "manage-bde")

# What the tables do not say of these cmdlets. Source: reference pages of Microsoft.PowerShell.Management and .Utility 5.1.
_BOTH = "ByValue, ByPropertyName"
_PIPELINE = {
    "Add-Content": {"Value": _BOTH},
    "Set-Content": {"Value": _BOTH},
    "Out-File": {"InputObject": "ByValue"},
    "New-Item": {"Value": _BOTH},
    "Get-Content": {},
    "Clear-Content": {},
}
_ALIASES = {"LiteralPath": ["PSPath"], "ItemType": ["Type"], "Tail": ["Last"], "TotalCount": ["First", "Head"]}

_ROUTED = """    process {{
        if (LabWindows\\Test-LabRegistry $PSBoundParameters) {{
            LabWindows\\Invoke-LabRegistry $PSCmdlet $PSBoundParameters
        }}
        else {{
            LabWindows\\Assert-LabPath $PSBoundParameters
            {module}\\{name} @PSBoundParameters
        }}
    }}
"""
_GUARD_BEGIN = """        LabWindows\\Assert-LabPath $PSBoundParameters
        $labReal = {{ {module}\\{name} @PSBoundParameters }}.GetSteppablePipeline($MyInvocation.CommandOrigin)
        $labReal.Begin($PSCmdlet)
"""
_GUARD_BODY = """    process {
        LabWindows\\Assert-LabPath $PSBoundParameters
        $labReal.Process($_)
    }
    end { $labReal.End() }
"""
_DRIVE = """    process {
        if ($PSCmdlet.ShouldProcess($Name)) { LabWindows\\New-LabDrive $PSCmdlet $PSBoundParameters }
    }
"""
_PROGRAM = """function {name} {{ LabWindows\\Invoke-LabProgram '{name}' $args }}
function {name}.exe {{ LabWindows\\Invoke-LabProgram '{name}' $args }}
"""


def write(folder: pathlib.Path) -> pathlib.Path:
    """Write the module; returns the folder for PSModulePath."""
    place = folder / MODULE / MODULE
    place.mkdir(parents=True, exist_ok=True)
    functions = [_routed(_completed(name)) for name in REGISTRY]
    functions += [_guarded(_completed(name)) for name in GUARDED]
    functions.append(function(_completed("New-PSDrive"), _DRIVE))
    functions += [_PROGRAM.format(name=name) for name in PROGRAMS]
    (place / f"{MODULE}.psm1").write_text("\n".join([*functions, "Export-ModuleMember -Function *", ""]), encoding="utf-8")
    return place.parent


def _routed(known: Signature) -> str:
    return function(known, _ROUTED.format(module=known.module, name=known.name))


def _guarded(known: Signature) -> str:
    return function(known, _GUARD_BODY, _GUARD_BEGIN.format(module=known.module, name=known.name))


def _completed(name: str) -> Signature:
    """The signature of a cmdlet with its pipeline and aliases."""
    known = signature(name)
    if known is None:
        raise LookupError(f"{name} is not in signatures.json; add it to commands.txt and run: python -m lab.powershell.excerpt")
    pipeline = dict.fromkeys((one for one, kind in known.parameters.items() if kind != "switch"), "ByPropertyName")
    pipeline |= _PIPELINE.get(name, {"Path": _BOTH})
    aliases = {one: names for one, names in _ALIASES.items() if one in known.parameters}
    return dataclasses.replace(known.whole(), pipeline=pipeline, aliases=aliases)
