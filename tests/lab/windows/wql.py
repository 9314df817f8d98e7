# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enough of WQL for the queries of administration scripts: SELECT, WHERE with comparisons, AND, OR, LIKE, IS NULL."""

from __future__ import annotations

import re
from typing import Any

from .answer import NotModelled, WindowsError

QUERY = re.compile(r"^\s*SELECT\s+(?P<properties>.+?)\s+FROM\s+(?P<cls>\w+)(?:\s+WHERE\s+(?P<where>.+))?\s*$", re.IGNORECASE | re.DOTALL)
TERM = re.compile(
    r"""^\s*(?P<name>\w+)\s*(?:(?P<null>IS\s+(?P<negate>NOT\s+)?NULL)"""
    r"""|(?P<operator>=|<>|!=|<=|>=|<|>|LIKE)\s*(?P<value>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\w.+-]+))\s*""",
    re.IGNORECASE | re.DOTALL,
)
JOIN = re.compile(r"^(AND|OR)\b", re.IGNORECASE)
COMPARE = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def invalid(text: str) -> WindowsError:
    """Invalid query (0x80041017)."""
    return WindowsError(
        "HRESULT 0x80041017,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand",
        f"Invalid query '{text}'",
        "InvalidArgument",
        0x80041017,
    )


def split(query: str) -> tuple[str, str]:
    """Class and WHERE text of a query."""
    match = QUERY.match(query)
    if not match:
        raise invalid(query)
    return match["cls"], match["where"] or ""


def matches(instance: dict[str, Any], where: str) -> bool:
    """Does the instance fulfil the WHERE text? AND binds tighter than OR."""
    rest, groups = where.strip(), [[]]
    if not rest:
        return True
    if "(" in re.sub(r"'[^']*'|\"[^\"]*\"", "", rest):
        raise NotModelled(f"brackets in the WQL text '{where}'")
    while True:
        term = TERM.match(rest)
        if not term:
            raise invalid(where)
        groups[-1].append(_holds(instance, term, where))
        rest = rest[term.end() :]
        if not rest:
            return any(all(group) for group in groups)
        join = JOIN.match(rest)
        if not join:
            raise invalid(where)
        if join[1].upper() == "OR":
            groups.append([])
        rest = rest[join.end() :]


def _holds(instance: dict[str, Any], term: re.Match[str], where: str) -> bool:
    name = next((n for n in instance if n.lower() == term["name"].lower() and not n.startswith("_")), None)
    if name is None:
        raise invalid(where)
    seen = instance["_numbers"].get(name, instance[name])
    if term["null"]:
        return (seen is None) != bool(term["negate"])
    wanted = _literal(term["value"], seen)
    if seen is None:
        return False
    if term["operator"].upper() == "LIKE":
        pattern = re.escape(str(wanted)).replace("%", ".*").replace("_", ".")
        return re.fullmatch(pattern, str(seen), re.IGNORECASE | re.DOTALL) is not None
    if isinstance(seen, str):
        seen, wanted = seen.lower(), str(wanted).lower()
    return COMPARE[term["operator"]](seen, wanted)


def _literal(text: str, seen: Any) -> Any:
    if text[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    return float(text) if "." in text else (int(text) if isinstance(seen, (int, float, type(None))) else text)
