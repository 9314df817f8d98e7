# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a module's result with what its documentation says under RETURN: no undocumented key, every value of its type."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

MODULES = Path(__file__).resolve().parents[2] / "plugins" / "modules"
COMMON = {"changed", "failed", "msg", "diff", "exception", "invocation", "warnings", "deprecations", "skipped", "ansible_facts"}
TYPES = {
    "str": str, "path": str, "bool": bool, "int": int, "float": (int, float), "dict": dict, "list": list, "raw": object, "complex": object,
}


@functools.cache
def documented(module: str) -> dict[str, Any]:
    """RETURN of a module, from its sidecar or its Python file."""
    sidecar = MODULES / f"{module}.yml"
    if sidecar.is_file():
        return yaml.safe_load(sidecar.read_text(encoding="utf-8"))["RETURN"] or {}
    for node in ast.parse((MODULES / f"{module}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "RETURN":
            return yaml.safe_load(ast.literal_eval(node.value)) or {}
    return {}


def differences(module: str, result: dict[str, Any]) -> list[str]:
    """What a result says otherwise than the documentation; null is allowed wherever a value is."""
    plain = {key: value for key, value in result.items() if key not in COMMON}
    return list(_of_fields(plain, documented(module), module))


def missing(module: str, result: dict[str, Any]) -> list[str]:
    """Keys that the documentation says are always returned, and the result lacks."""
    wanted = ("always",) if result.get("failed") else ("always", "success")
    promised = [name for name, field in documented(module).items() if field.get("returned") in wanted]
    return [name for name in promised if name not in result and name not in COMMON]


def _of_fields(found: dict[str, Any], fields: dict[str, Any], where: str) -> Iterator[str]:
    for name, value in found.items():
        if name not in fields:
            yield f"{where}.{name} is not documented"
        else:
            yield from _of_value(value, fields[name], f"{where}.{name}")


def _of_value(value: Any, field: dict[str, Any], where: str) -> Iterator[str]:
    if value is None:
        return
    kind = field["type"]
    if not isinstance(value, TYPES[kind]) or (kind == "int" and isinstance(value, bool)):
        yield f"{where} is {type(value).__name__}, documented as {kind}"
    elif kind == "dict" and field.get("contains"):
        yield from _of_fields(value, field["contains"], where)
    elif kind == "list":
        for number, item in enumerate(value):
            yield from _of_value(item, {"type": field.get("elements", "raw"), "contains": field.get("contains")}, f"{where}[{number}]")
