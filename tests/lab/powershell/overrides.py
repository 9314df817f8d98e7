# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions in front of PowerShell's own cmdlets: they send the registry and network shares to the model, everything else to the cmdlet."""

from __future__ import annotations

import pathlib

from .generate import function
from .signatures import signature

MODULE = "LabOverrides"
REGISTRY = ("Get-ChildItem", "Get-Item", "Get-ItemProperty", "Get-ItemPropertyValue", "Test-Path")
# Programs of Windows that the model plays; their arguments go to it as one list.
PROGRAMS = ("icacls", "manage-bde")

_ROUTED = """    process {{
        if (LabWindows\\Test-LabRegistry $PSBoundParameters) {{
            LabWindows\\Invoke-LabRegistry $PSCmdlet $PSBoundParameters
        }}
        else {{
            LabWindows\\Assert-LabPath $PSBoundParameters
            Microsoft.PowerShell.Management\\{name} @PSBoundParameters
        }}
    }}
"""
_DRIVE = """    process {
        if ($PSCmdlet.ShouldProcess($Name)) { LabWindows\\New-LabDrive $PSCmdlet $PSBoundParameters }
    }
"""
_PROGRAM = """function {name} {{ LabWindows\\Invoke-LabProgram '{name}' $args }}
Set-Alias -Name {name}.exe -Value {name}
"""


def write(folder: pathlib.Path) -> pathlib.Path:
    """Write the module; returns the folder for PSModulePath."""
    place = folder / MODULE / MODULE
    place.mkdir(parents=True, exist_ok=True)
    functions = [function(signature(name), _ROUTED.format(name=name)) for name in REGISTRY]
    functions.append(function(signature("New-PSDrive"), _DRIVE))
    functions += [_PROGRAM.format(name=name) for name in PROGRAMS]
    (place / f"{MODULE}.psm1").write_text("\n".join([*functions, "Export-ModuleMember -Function * -Alias *", ""]), encoding="utf-8")
    return place.parent
