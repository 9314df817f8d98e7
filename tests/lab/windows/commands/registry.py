# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry for the engine's own cmdlets: `Registry` is the wire's command behind Get-Item, Get-ItemProperty and Test-Path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..answer import NotModelled, WindowsError
from ..registry import HIVES
from . import command
from .picking import many

if TYPE_CHECKING:
    from ..host import Host

LONG = {"HKLM": "HKEY_LOCAL_MACHINE", "HKCU": "HKEY_CURRENT_USER"}


def _long(path: str) -> str:
    hive, _unused, rest = path.partition("\\")
    hive = HIVES.get(hive.upper(), hive.upper())
    return LONG[hive] + ("\\" + rest if rest else "")


def _key(host: Host, path: str) -> dict[str, Any]:
    name = _long(path)
    return {
        "_type": "Microsoft.Win32.RegistryKey",
        "Name": name,
        "PSPath": f"Microsoft.PowerShell.Core\\Registry::{name}",
        "PSChildName": name.rsplit("\\", 1)[-1],
        "Property": sorted(host.registry.values(path)),
        "SubKeyCount": len(host.registry.keys(path)),
    }


def _missing(path: str, operation: str) -> WindowsError:
    return WindowsError(
        f"PathNotFound,Microsoft.PowerShell.Commands.{operation.replace('-', '')}Command",
        f"Cannot find path '{path}' because it does not exist.",
        "ObjectNotFound",
    )


def _properties(host: Host, path: str, wanted: list[str], operation: str) -> dict[str, Any]:
    values = host.registry.values(path)
    if not wanted or wanted == ["*"]:
        return values
    found = {}
    for name in wanted:
        known = next((n for n in values if n.lower() == name.lower()), None)
        if known is None:
            raise WindowsError(
                f"System.Management.Automation.PSArgumentException,Microsoft.PowerShell.Commands.{operation.replace('-', '')}Command",
                f"Property {name} does not exist at path {_long(path)}.",
                "InvalidArgument",
            )
        found[known] = values[known]
    return found


@command("Registry", "Operation Path Name Recurse")
def registry(host: Host, bound: dict[str, Any], session: Any) -> list[Any]:
    """One operation on one key."""
    operation, path = bound["Operation"], bound["Path"]
    if operation == "Test-Path":
        return [host.registry.has(path)]
    if not host.registry.has(path):
        raise _missing(path, operation)
    if operation == "Get-Item":
        return [_key(host, path)]
    if operation == "Get-ChildItem":
        if bound.get("Recurse"):
            raise NotModelled("Get-ChildItem -Recurse on the registry")
        return [_key(host, f"{path}\\{name}") for name in host.registry.keys(path)]
    found = _properties(host, path, many(bound.get("Name")), operation)
    if operation == "Get-ItemPropertyValue":
        return list(found.values())
    if operation == "Get-ItemProperty":
        name = _long(path)
        return [
            {
                "_type": "System.Management.Automation.PSCustomObject",
                **found,
                "PSPath": f"Microsoft.PowerShell.Core\\Registry::{name}",
                "PSChildName": name.rsplit("\\", 1)[-1],
            }
        ]
    raise NotModelled(f"{operation} on the registry")
