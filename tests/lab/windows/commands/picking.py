# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding what a command's parameters mean: by value, by list with wildcards, or by an object that came back from PowerShell."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ..answer import WindowsError

T = TypeVar("T")


def many(value: Any) -> list[Any]:
    """A parameter's values as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def pick(command: str, items: Iterable[T], parameter: str, wanted: Any, look: Callable[[T], Any]) -> list[T]:
    """The items whose `look` equals (text: matches, without case) one of the wanted; a literal that nothing matches is an error."""
    items, found = list(items), []
    for want in many(wanted):
        hits = [item for item in items if _same(want, look(item))]
        if not hits and not (isinstance(want, str) and re.search(r"[*?]", want)):
            raise WindowsError(
                f"CmdletizationQuery_NotFound_{parameter},{command}",
                f"No object found with property '{parameter}' equal to '{want}'. Verify the value of the property and retry.",
                "ObjectNotFound",
                0,
            )
        found += [hit for hit in hits if hit not in found]
    return found


def _same(want: Any, seen: Any) -> bool:
    if isinstance(want, str) and isinstance(seen, str):
        if re.search(r"[*?]", want) and not want.startswith("\\\\?\\"):
            return fnmatch.fnmatchcase(seen.lower(), want.lower())
        return want.lower() == seen.lower()
    if isinstance(want, str) and isinstance(seen, int):
        return want.isdigit() and int(want) == seen
    return want == seen


def one_of(bound: dict[str, Any], names: Iterable[str]) -> tuple[str, Any] | None:
    """The first of these parameters that is bound, with its value."""
    return next(((name, bound[name]) for name in names if bound.get(name) is not None), None)
