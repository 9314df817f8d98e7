# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes PowerShell modules whose functions bind parameters as Windows' commands do and hand them to the model of the host."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterable

from .signatures import Signature

# Types that exist in every PowerShell, by the names of the tables.
_PLAIN = {
    "switch": "switch",
    "string": "string",
    "bool": "bool",
    "int": "int",
    "int16": "int16",
    "long": "long",
    "uint16": "uint16",
    "uint32": "uint32",
    "uint64": "uint64",
    "char": "char",
    "byte": "byte",
    "datetime": "datetime",
    "timespan": "timespan",
    "guid": "guid",
    "uri": "uri",
    "securestring": "securestring",
    "pscredential": "pscredential",
    "IDictionary": "System.Collections.IDictionary",
    "hashtable": "hashtable",
    "FlagsExpression[FileAttributes]": "System.Management.Automation.FlagsExpression[System.IO.FileAttributes]",
    "scriptblock": "scriptblock",
    "psobject": "psobject",
    "DayOfWeek": "System.DayOfWeek",
    "Object": "object",
}
# Enumerations that exist on Windows only. Source: Storage, BitLocker, ScheduledTasks modules (cdxml and Structures.dll), as their
# documentation pages list them.
_WORDS = {
    "PartitionStyle": ["Unknown", "MBR", "GPT"],
    "BitLockerVolumeEncryptionMethodOnEnable": ["Aes128", "Aes256", "Hardware", "XtsAes128", "XtsAes256"],
    "RunLevelEnum": ["Limited", "Highest"],
    "LogonTypeEnum": ["None", "Password", "S4U", "Interactive", "Group", "ServiceAccount", "InteractiveOrPassword"],
    "MultipleInstancesEnum": ["Parallel", "Queue", "IgnoreNew"],
    "CompatibilityEnum": ["At", "V1", "Vista", "Win7", "Win8"],
    "TestPathType": ["Any", "Container", "Leaf"],
    "NewDiskPolicy": ["Unknown", "OnlineAll", "OfflineShared", "OfflineAll", "OfflineInternal"],
}
# Commands that ask (ConfirmImpact High) where the table does not say. Source: reference pages of the Storage, ScheduledTasks, SmbShare
# and BitLocker modules (parameter -Confirm), and the cdxml files of the inbox modules.
_ASKS = frozenset(
    {
        "Clear-Disk",
        "Format-Volume",
        "Set-Partition",
        "Remove-Partition",
        "Unregister-ScheduledTask",
        "Remove-SmbShare",
        "Initialize-Volume",
        "Remove-PhysicalDisk",
    }
)
# Commands that answer -WhatIf with an object of their own; the model does (`Command.dry`). Source: Install-WindowsFeature, reference page.
_ANSWER_WHAT_IF = frozenset({"Install-WindowsFeature"})
_CIM = "Microsoft.Management.Infrastructure.CimInstance"
_CALLERS_PREFERENCE = """        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) {
            $ErrorActionPreference = $PSCmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference')
        }
"""
_BODY = """    process {
GUARD        $labAnswer = LabWindows\\Invoke-LabCommand $PSCmdlet $PSBoundParameters
        foreach ($labText in $labAnswer.Warnings) { $PSCmdlet.WriteWarning($labText) }
        foreach ($labObject in $labAnswer.Objects) { $PSCmdlet.WriteObject($labObject) }
        foreach ($labError in $labAnswer.Errors) {
            if ($labAnswer.Terminating) { $PSCmdlet.ThrowTerminatingError($labError) }
            $PSCmdlet.WriteError($labError)
        }
    }
"""


_CONSENT = """        if (-not $PSCmdlet.ShouldProcess($env:COMPUTERNAME)) { return }
"""


def function(known: Signature, body: str | None = None, begin: str = "") -> str:
    """The text of one function; `body` replaces the one that asks the model, `begin` stands in its begin block."""
    if known.name in _ANSWER_WHAT_IF:
        known = dataclasses.replace(known.whole(), should_process=False)
    if body is None:
        body = _BODY.replace("GUARD", _CONSENT if known.should_process else "")
    begin = (_CALLERS_PREFERENCE if known.compiled else "") + begin
    if begin:
        body = f"    begin {{\n{begin}    }}\n{body}"
    options = [f"DefaultParameterSetName = '{_default_set(known)}'", "PositionalBinding = $false"]
    if known.should_process:
        options += ["SupportsShouldProcess", f"ConfirmImpact = '{known.confirm_impact or ('High' if known.name in _ASKS else 'Medium')}'"]
    parameters = ",\n".join(_parameter(known, name) for name in known.parameters if not _is_common(known, name))
    return f"function {known.name} {{\n    [CmdletBinding({', '.join(options)})]\n    param(\n{parameters}\n    )\n{body}}}\n"


def module(known: Iterable[Signature]) -> str:
    """The text of one module."""
    return "# Generated from signatures.json; bodies hand over to the model of the host.\n" + "\n".join(function(one) for one in known)


def write_modules(known: Iterable[Signature], folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """Write one module a Windows module, each in a folder of its own under `folder`; returns {module: folder for PSModulePath}."""
    by_module: dict[str, list[Signature]] = {}
    for one in sorted(known, key=lambda each: each.name):
        by_module.setdefault(_module_name(one), []).append(one)
    places = {}
    for name, commands in by_module.items():
        place = folder / name / name
        place.mkdir(parents=True, exist_ok=True)
        exported = ", ".join(f"'{one.name}'" for one in commands)
        (place / f"{name}.psm1").write_text(module(commands), encoding="utf-8")
        (place / f"{name}.psd1").write_text(
            f"@{{\n    RootModule = '{name}.psm1'\n    ModuleVersion = '2.0.0.0'\n    FunctionsToExport = @({exported})\n"
            "    CmdletsToExport = @()\n    VariablesToExport = @()\n    AliasesToExport = @()\n}\n",
            encoding="utf-8",
        )
        places[name] = place.parent
    return places


def _module_name(known: Signature) -> str:
    """Commands of modules that exist in every PowerShell get a module of the lab's, so that they do not hide the real one."""
    return "LabWindows.Core" if known.module.startswith("Microsoft.PowerShell.") else known.module


def _is_common(known: Signature, name: str) -> bool:
    return name in ("WhatIf", "Confirm") and known.should_process


def _default_set(known: Signature) -> str:
    free = [one.name for one in known.sets if not any(place.mandatory for place in one.places)]
    return known.default_set or (free or [known.sets[0].name])[0]


def _parameter(known: Signature, name: str) -> str:
    kind = known.parameters[name]
    lines = [f"        [Parameter({', '.join(place)})]" for place in _places(known, name, kind)]
    if name in known.aliases:
        lines.append("        [Alias({})]".format(", ".join(f"'{alias}'" for alias in known.aliases[name])))
    words = known.values.get(name) or _WORDS.get(kind.removesuffix("[]"))
    if words:
        lines.append("        [ValidateSet({})]".format(", ".join(f"'{word}'" for word in words)))
    lines += [f"        {attribute}" for attribute in _type(kind, bool(words))]
    return "\n".join(lines) + f" ${{{name}}}"


def _places(known: Signature, name: str, kind: str) -> list[list[str]]:
    found = []
    for one in known.sets:
        for place in one.places:
            if place.name == name:
                found.append((one.name, _attributes(known, place.mandatory, place.position, name, kind)))
    if len(found) == len(known.sets) and all(attributes == found[0][1] for _name, attributes in found):
        return [found[0][1]]
    return [[f"ParameterSetName = '{set_name}'", *attributes] for set_name, attributes in found]


def _attributes(known: Signature, mandatory: bool, position: int | None, name: str, kind: str) -> list[str]:
    attributes = ["Mandatory"] if mandatory else []
    attributes += [f"Position = {position}"] if position is not None else []
    return attributes + _pipeline(known, name, kind)


def _pipeline(known: Signature, name: str, kind: str) -> list[str]:
    if known.pipeline is not None:
        way = known.pipeline.get(name, "")
        return [
            attribute
            for word, attribute in (("ByValue", "ValueFromPipeline"), ("ByPropertyName", "ValueFromPipelineByPropertyName"))
            if word in way
        ]
    if kind == "switch" or known.module == "CimCmdlets" and name != "InputObject":
        return []
    if name == "InputObject" or kind.startswith("CimInstance#"):
        return ["ValueFromPipeline"]
    return ["ValueFromPipelineByPropertyName"]


def _type(kind: str, has_words: bool) -> list[str]:
    single, array = kind.removesuffix("[]"), "[]" if kind.endswith("[]") else ""
    if has_words:
        return [f"[string{array}]"]
    if single in _PLAIN:
        return [f"[{_PLAIN[single]}{array}]"]
    if single == "ciminstance":
        return [f"[PSTypeName('{_CIM}')]", f"[psobject{array}]"]
    if single.startswith("CimInstance#"):
        return [f"[PSTypeName('{_CIM}#{single.removeprefix('CimInstance#')}')]", f"[psobject{array}]"]
    return ["[object[]]" if array or single.startswith("List[") else "[object]"]
