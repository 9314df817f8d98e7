# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A preflight rule, and the facts that rules are applied to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...failure import shown

BLOCK, WARN, INFORM = "block", "warn", "inform"

OPERATOR = "operator"
BACKUP = "backup administrator"
COPY_HOST = "copy host"
AZURE = "Azure administrator"
SHIPPING = "shipping"

UNKNOWN = "could not be checked, because "


class NotTold(Exception):
    """A fact that a rule needs was not told; the rule's outcome is unknown, never a pass."""


class Facts:
    """Nested dicts that are asked by dotted path."""

    def __init__(self, told):
        self.told = told

    def look(self, path):
        """What stands at *path*, None included; NotTold if nothing does."""
        here = self.told
        for part in path.split("."):
            if not isinstance(here, dict) or part not in here:
                raise NotTold(f"{path} was not told")
            here = here[part]
        return here

    def need(self, path):
        """What stands at *path*; NotTold if that is nothing or None."""
        value = self.look(path)
        if value is None:
            raise NotTold(f"{path} is empty")
        return value

    def ask(self, path, default=None):
        """What stands at *path*, or *default*: for facts whose absence says something."""
        try:
            value = self.look(path)
        except NotTold:
            return default
        return default if value is None else value

    def input(self, name):
        """A variable of the seed as text, stripped; empty if it is not set."""
        value = self.ask(f"inputs.{name}", "")
        return value.strip() if isinstance(value, str) else value


@dataclass(frozen=True)
class Rule:
    """One rule. *check* is given the Facts and returns None if it holds, else a sentence about what was seen; it raises NotTold if it
    cannot know.

    *unknown_blocks* is whether a rule of severity block also blocks while it cannot be checked.
    """

    id: str
    severity: str
    who: str
    must: str
    cure: str
    source: str
    check: Callable
    unknown_blocks: bool = True

    def finding(self, facts):
        """``{id, severity, who, seen, must, cure, source, outcome, blocking}``; outcome is pass, fail or unknown."""
        try:
            seen = self.check(facts)
            outcome = "pass" if seen is None else "fail"
        except NotTold as reason:
            seen, outcome = f"{UNKNOWN}{reason}", "unknown"
        return {
            "id": self.id,
            "severity": self.severity,
            "who": self.who,
            "seen": seen or "holds",
            "must": self.must,
            "cure": self.cure,
            "source": self.source,
            "outcome": outcome,
            "blocking": self.severity == BLOCK and (outcome == "fail" or outcome == "unknown" and self.unknown_blocks),
        }


def matches(name, pattern):
    """Check that an input matches a compiled *pattern*; the sentence names the variable and its value."""

    def check(facts):
        value = facts.input(name)
        if not value:
            return f"{name} is not set"
        return None if pattern.fullmatch(str(value)) else f"{name} is {shown(value)}"

    return check


def version(text):
    """Comparable form of a version such as ``2.0.9250.0``; NotTold if it is none."""
    try:
        return tuple(int(part) for part in str(text).split("."))
    except ValueError:
        raise NotTold(f"version {shown(text)} is not numbers with dots") from None
