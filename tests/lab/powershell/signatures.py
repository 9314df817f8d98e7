# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signatures of Windows' commands and the types of its management classes, read from tables of facts.

signatures.json beside this file is the committed excerpt for the commands that the collection's modules use (`excerpt.py` makes it);
commands that it lacks are looked up in the full tables where these lie beside the checkout.
"""

from __future__ import annotations

import functools
import json
import pathlib
import re
from dataclasses import dataclass
from typing import Any

from ..shared import shared

EXCERPT = pathlib.Path(__file__).with_name("signatures.json")
TABLES = ("commands-5.1.json", "commands-backup.json")
_TYPE = r"<(?P<type{0}>[^>]+)>"
_PARAMETER = re.compile(
    r"\[\[-(?P<name1>\w+)\](?: " + _TYPE.format(1) + r")?\]"  # [[-Name] <type>]  optional, positional
    r"|\[-(?P<name2>\w+)\] "
    + _TYPE.format(2)  # [-Name] <type>    mandatory, positional
    + r"|\[-(?P<name3>\w+)(?: "
    + _TYPE.format(3)
    + r")?\]"  # [-Name <type>]    optional, by name
    r"|-(?P<name4>\w+)(?: " + _TYPE.format(4) + r")?"
)  # -Name <type>      mandatory, by name


@dataclass(frozen=True)
class Place:
    """How one parameter stands in one parameter set."""

    name: str
    mandatory: bool
    position: int | None


@dataclass(frozen=True)
class ParameterSet:
    """One way to call a command. `name` is the table's, or made of the first parameter that only this set has."""

    name: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Signature:
    """One command: module, parameter types, parameter sets, and what its table says beyond that."""

    name: str
    module: str
    compiled: bool  # a cmdlet sees its caller's preferences, a function of a script module does not
    parameters: dict[str, str]
    sets: tuple[ParameterSet, ...]
    default_set: str | None
    pipeline: dict[str, str] | None
    values: dict[str, list[str]]
    aliases: dict[str, list[str]]
    should_process: bool
    confirm_impact: str | None

    def whole(self) -> Signature:
        """All of it; an entry of the index reads its table at this moment."""
        return self


def signature(name: str) -> Signature | None:
    """The signature of a command (any case of letters), or None where no table knows it."""
    return _index().get(name.lower())


def excerpted() -> frozenset[str]:
    """The names of the commands in the committed excerpt."""
    return frozenset(_excerpt()["commands"])


def known() -> frozenset[str]:
    """The names of all commands that a table at hand knows."""
    return frozenset(found.name for found in _index().values())


def property_types(class_name: str) -> dict[str, str]:
    """{property: CIM type} of a management class: its numbers and characters."""
    return _excerpt()["classes"].get(class_name, {})


@functools.cache
def _excerpt() -> dict[str, Any]:
    return json.loads(EXCERPT.read_text(encoding="utf-8"))


@functools.cache
def _index() -> dict[str, Signature]:
    entries: dict[str, dict[str, Any]] = {}
    for table in TABLES:
        path = shared("pwsh", table)
        if path is not None:
            entries.update(json.loads(path.read_text(encoding="utf-8")))
    entries.update(_excerpt()["commands"])
    return {name.lower(): _Lazy(name, entry) for name, entry in entries.items()}  # type: ignore[misc]


class _Lazy:
    """A signature that is read from its table when it is asked for the first time."""

    def __init__(self, name: str, entry: dict[str, Any]) -> None:
        self.name, self._entry = name, entry

    @functools.cached_property
    def _read(self) -> Signature:
        return read(self.name, self._entry)

    def whole(self) -> Signature:
        """All of it, read."""
        return self._read

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._read, attribute)


def read(name: str, entry: dict[str, Any]) -> Signature:
    """A Signature out of one entry of a table."""
    by_name_only = " ".join(f"[-{parameter} <{kind}>]" for parameter, kind in entry.get("parameters", {}).items())
    places = [_places(syntax, entry.get("positions", {})) for syntax in entry.get("sets") or [by_name_only]]
    names = entry.get("set_names") or _set_names(places)
    parameters = entry.get("parameters", {})
    return Signature(
        name,
        entry["module"],
        entry["type"] == "Cmdlet",
        parameters,
        tuple(ParameterSet(*pair) for pair in zip(names, places, strict=True)),
        entry.get("default_set"),
        entry.get("pipeline"),
        entry.get("values", {}),
        entry.get("aliases", {}),
        entry.get("should_process", "WhatIf" in parameters),
        entry.get("confirm_impact"),
    )


def _places(syntax: str, positions: dict[str, int]) -> tuple[Place, ...]:
    found, position = [], 0
    for match in _PARAMETER.finditer(syntax):
        form = next(number for number in "1234" if match[f"name{number}"])
        name = match[f"name{form}"]
        at = None
        if form in "12":
            at, position = positions.get(name, position), position + 1
        found.append(Place(name, form in "24", at))
    return tuple(found)


def _set_names(sets: list[tuple[Place, ...]]) -> list[str]:
    names: list[str] = []
    for own in sets:
        others = [{place.name for place in other} for other in sets if other is not own]
        telling = [place.name for place in own if not any(place.name in other for other in others)]
        mandatory = [place.name for place in own if place.mandatory]
        name = (telling or mandatory or [place.name for place in own] or ["Default"])[0]
        names.append(name if name not in names else f"{name}{len(names)}")
    return names
