# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Reads a PowerShell literal: hash tables and their sums, arrays, texts, numbers, $true, $false, $null, and variables that hold such.

Enough for the `$spec` of a module. A variable that holds a `[Func[…, [long]]]` is Ansible.Basic's 64-bit number: the type `int` here.
"""

from __future__ import annotations

import re
from typing import Any

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t]+|\#[^\n]*|`\r?\n)
  | (?P<newline>\r?\n|;)
  | (?P<table>@\{) | (?P<array>@\() | (?P<close>[})]) | (?P<open>\() | (?P<equals>=) | (?P<comma>,) | (?P<plus>\+)
  | '(?P<single>(?:[^']|'')*)' | "(?P<double>[^"$`]*)"
  | \$(?P<constant>true|false|null)\b
  | \$(?P<variable>\w+)
  | (?P<number>-?\d+(?:\.\d+)?)\b
  | (?P<word>[A-Za-z_][\w-]*)
""",
    re.VERBOSE | re.IGNORECASE,
)
_LONG = re.compile(r"\[Func\[\[object\],\s*\[long\]\]\]", re.IGNORECASE)
_CONSTANTS = {"true": True, "false": False, "null": None}


class NotALiteral(ValueError):
    """Something that only PowerShell itself can evaluate."""


def read_assignment(script: str, variable: str) -> Any:
    """The value of the first `$variable = @{…}` of a script. Raises NotALiteral where it is no plain literal."""
    found = re.search(rf"(?mi)^\${variable}\s*=\s*(?=[@$\[])", script)
    if not found:
        raise NotALiteral(f"the script does not assign a literal to ${variable}")
    return "int" if _LONG.match(script, found.end()) else _Reader(script, found.end()).value()


class _Reader:
    def __init__(self, text: str, at: int) -> None:
        self.text, self.at = text, at

    def _peek(self) -> tuple[str, str, int]:
        at = self.at
        while True:
            match = _TOKEN.match(self.text, at)
            if not match:
                raise NotALiteral(f"no plain literal: {self.text[at : at + 40]!r}")
            kind = str(match.lastgroup)
            if kind != "blank":
                return kind, match[kind], match.end()
            at = match.end()

    def _next(self) -> tuple[str, str]:
        kind, text, self.at = self._peek()
        return kind, text

    def _skip_lines(self) -> None:
        while self._peek()[0] == "newline":
            self._next()

    def value(self) -> Any:
        """A value, or a list where commas follow it; a leading comma makes a list of one."""
        self._skip_lines()
        if self._peek()[0] == "comma":
            self._next()
            return [self._single()]
        first = self._single()
        items = [first]
        while self._peek()[0] == "comma":
            self._next()
            self._skip_lines()
            items.append(self._single())
        return items if len(items) > 1 else first

    def _single(self) -> Any:
        kind, text = self._next()
        if kind in ("table", "variable"):
            made = self._table() if kind == "table" else read_assignment(self.text, text)
            while self._peek()[0] == "plus":
                self._next()
                made = {**made, **self._single()}
            return made
        if kind == "array":
            return self._array()
        if kind == "open":
            inner = self.value()
            self._next()
            return inner
        if kind == "single":
            return text.replace("''", "'")
        if kind == "double":
            return text
        if kind == "constant":
            return _CONSTANTS[text.lower()]
        if kind == "number":
            return float(text) if "." in text else int(text)
        raise NotALiteral(f"no plain literal: {text!r}")

    def _table(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        while True:
            self._skip_lines()
            kind, text = self._next()
            if kind == "close":
                return made
            if self._next()[0] != "equals":
                raise NotALiteral(f"a hash table has {text!r} without a value")
            made[text] = self.value()

    def _array(self) -> list[Any]:
        made: list[Any] = []
        while True:
            self._skip_lines()
            if self._peek()[0] == "close":
                self._next()
                return made
            inner = self.value()
            made += inner if isinstance(inner, list) else [inner]
