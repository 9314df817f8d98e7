# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument specification of a Windows module: options as documented, and what only its own `$spec` says (no_log, rules, hidden)."""

from __future__ import annotations

import functools
import pathlib
from dataclasses import dataclass, field
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from ..shared import CHECKOUT
from .literals import read_assignment

MODULES = CHECKOUT / "plugins" / "modules"
RULES = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")
_DOCUMENTED = {
    "type": "type",
    "required": "required",
    "default": "default",
    "choices": "choices",
    "elements": "elements",
    "aliases": "aliases",
}


@dataclass(frozen=True)
class Specification:
    """`options` as AnsibleModule's argument_spec; `rules` as its keywords."""

    name: str
    options: dict[str, Any]
    rules: dict[str, Any] = field(default_factory=dict)
    supports_check_mode: bool = True


# Modules of other collections that have a stand-in, by their fully qualified names.
FOREIGN: dict[str, Specification] = {}


@functools.cache
def of(name: str) -> Specification:
    """The specification of a module of this collection, or of another's that has a stand-in, by its fully qualified name."""
    if name in FOREIGN:
        return FOREIGN[name]
    short = name.rsplit(".", 1)[-1]
    documented = _documented(MODULES / f"{short}.yml")
    own = read_assignment((MODULES / f"{short}.ps1").read_text(encoding="utf-8"), "spec")
    return Specification(
        short,
        _merge(documented, own.get("options", {})),
        {rule: own[rule] for rule in RULES if rule in own},
        bool(own.get("supports_check_mode", False)),
    )


def validate(spec: Specification, arguments: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """(parameters with defaults and types, errors in Ansible's words)."""
    checked = ArgumentSpecValidator(spec.options, **spec.rules).validate(arguments)
    return checked.validated_parameters, [_told(error, spec.name) for error in checked.errors]


def _told(error: Exception, module: str) -> str:
    """An error as Ansible.Basic words it."""
    return f"Unsupported parameters for ({module}) module: {error}" if isinstance(error, UnsupportedError) else str(error)


def secrets(spec: Specification, params: dict[str, Any]) -> set[str]:
    """The values of no_log options, also inside options of options."""
    return {text for text in _values(spec.options, params) if text}


def shown(spec: Specification, params: dict[str, Any], mask: str) -> dict[str, Any]:
    """Parameters for `invocation`, with the values of no_log options masked."""
    return _masked(spec.options, params, mask)


def _documented(sidecar: pathlib.Path) -> dict[str, Any]:
    document = yaml.safe_load(sidecar.read_text(encoding="utf-8"))["DOCUMENTATION"]
    return _options(document.get("options") or {})


def _options(documented: dict[str, Any]) -> dict[str, Any]:
    made = {}
    for name, about in documented.items():
        made[name] = {key: about[word] for word, key in _DOCUMENTED.items() if word in about}
        if "suboptions" in about:
            made[name]["options"] = _options(about["suboptions"])
    return made


def _merge(documented: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Documentation first; the module's own words add what documentation has no place for."""
    merged = {}
    for name in {**documented, **own}:
        theirs, ours = documented.get(name, {}), own.get(name, {})
        merged[name] = {**{key: value for key, value in ours.items() if key != "options"}, **theirs}
        if "options" in theirs or "options" in ours:
            merged[name]["options"] = _merge(theirs.get("options", {}), ours.get("options", {}))
        if isinstance(merged[name].get("choices"), str):
            merged[name]["choices"] = [merged[name]["choices"]]
    return merged


def _values(options: dict[str, Any], params: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for name, about in options.items():
        for value in _each(params.get(name)):
            if about.get("no_log"):
                found.add(str(value))
            elif isinstance(value, dict) and "options" in about:
                found |= _values(about["options"], value)
    return found


def _masked(options: dict[str, Any], params: dict[str, Any], mask: str) -> dict[str, Any]:
    made = {}
    for name, value in params.items():
        about = options.get(name, {})
        if about.get("no_log") and value is not None:
            made[name] = mask
        elif "options" in about and isinstance(value, dict):
            made[name] = _masked(about["options"], value, mask)
        elif "options" in about and isinstance(value, list):
            made[name] = [_masked(about["options"], one, mask) if isinstance(one, dict) else one for one in value]
        else:
            made[name] = value
    return made


def _each(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
