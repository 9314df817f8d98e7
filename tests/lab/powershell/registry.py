# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers the registry's cmdlets from the registry of a host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PROVIDER = "Microsoft.PowerShell.Core\\Registry::"
HIVES = {"HKLM": "HKEY_LOCAL_MACHINE", "HKCU": "HKEY_CURRENT_USER"}


def answer(host: Any, bound: dict[str, Any]) -> dict[str, Any]:
    r"""The Answer to `Registry` with Operation (the cmdlet's name), Path (`HKLM:\…`), Name and Recurse."""
    operation, path = bound["Operation"], bound["Path"]
    parts = [part for part in path.replace(":", "").split("\\") if part]
    parts[0] = parts[0].upper()
    if any(mark in path for mark in "*?"):
        return _error("LabNotModelled", f"The lab does not model wildcards in a registry path: {path}", "NotImplemented", terminating=True)
    if operation not in ANSWERS:
        return _error("LabNotModelled", f"The lab does not model {operation} on the registry.", "NotImplemented", terminating=True)
    key = _find(host.registry.state(), parts)
    if operation == "Test-Path":
        return _good([key is not None])
    if key is None:
        return _error("PathNotFound", f"Cannot find path '{path}' because it does not exist.", "ObjectNotFound")
    return ANSWERS[operation](parts, key, bound)


def _properties(parts: list[str], key: dict[str, Any], bound: dict[str, Any]) -> dict[str, Any]:
    values = {name: value["data"] for name, value in key.get("values", {}).items()}
    names = _names(bound)
    missing = [name for name in names if name.lower() not in {known.lower() for known in values}]
    wanted = {name: data for name, data in values.items() if not names or name.lower() in {one.lower() for one in names}}
    found = _good([{"_type": "System.Management.Automation.PSCustomObject", **wanted, **_places(parts)}] if wanted else [])
    if missing:
        found["errors"] = _error(
            "System.Management.Automation.PSArgumentException",
            f"Property {missing[0]} does not exist at path {_full(parts)}.",
            "InvalidArgument",
        )["errors"]
    return found


def _property_value(parts: list[str], key: dict[str, Any], bound: dict[str, Any]) -> dict[str, Any]:
    found = _properties(parts, key, bound)
    return found | {
        "objects": [one[name] for one in found["objects"] for name in one if name.lower() in {n.lower() for n in _names(bound)}]
    }


def _item(parts: list[str], key: dict[str, Any], bound: dict[str, Any]) -> dict[str, Any]:
    return _good([_key_object(parts, key)])


def _children(parts: list[str], key: dict[str, Any], bound: dict[str, Any]) -> dict[str, Any]:
    found = []
    for name, child in sorted(key.get("keys", {}).items()):
        found.append(_key_object([*parts, name], child))
        if bound.get("Recurse"):
            found += _children([*parts, name], child, bound)["objects"]
    return _good(found)


ANSWERS: dict[str, Callable[[list[str], dict[str, Any], dict[str, Any]], dict[str, Any]]] = {
    "Test-Path": _item,
    "Get-Item": _item,
    "Get-ChildItem": _children,
    "Get-ItemProperty": _properties,
    "Get-ItemPropertyValue": _property_value,
}


def _key_object(parts: list[str], key: dict[str, Any]) -> dict[str, Any]:
    values = list(key.get("values", {}))
    return {
        "_type": "Microsoft.Win32.RegistryKey",
        "Name": _full(parts),
        "Property": values,
        "ValueCount": len(values),
        "SubKeyCount": len(key.get("keys", {})),
        **_places(parts),
    }


def _places(parts: list[str]) -> dict[str, Any]:
    return {
        "PSPath": PROVIDER + _full(parts),
        "PSParentPath": PROVIDER + _full(parts[:-1]),
        "PSChildName": parts[-1],
        "PSProvider": "Registry",
    }


def _full(parts: list[str]) -> str:
    return "\\".join([HIVES.get(parts[0], parts[0]), *parts[1:]]) if parts else ""


def _names(bound: dict[str, Any]) -> list[str]:
    names = bound.get("Name") or []
    return [names] if isinstance(names, str) else names


def _find(root: dict[str, Any], parts: list[str]) -> dict[str, Any] | None:
    node: dict[str, Any] | None = {"keys": root}
    for part in parts:
        node = next((child for name, child in (node or {}).get("keys", {}).items() if name.lower() == part.lower()), None)
    return node


def _good(objects: list[Any]) -> dict[str, Any]:
    return {"objects": objects, "errors": [], "warnings": [], "terminating": False}


def _error(id: str, message: str, category: str, terminating: bool = False) -> dict[str, Any]:
    return _good([]) | {"errors": [{"id": id, "message": message, "category": category, "hresult": 0}], "terminating": terminating}
