# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A preflight rule, and the facts that rules are applied to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...failure import Failure
from . import sources

BLOCK, WARN, INFORM = "block", "warn", "inform"

OPERATOR = "operator"
BACKUP = "backup administrator"
COPY_HOST = "copy host"
AZURE = "Azure administrator"
SHIPPING = "shipping"
ACTORS = (OPERATOR, BACKUP, COPY_HOST, AZURE, SHIPPING)

# Where facts come from; the variables of the seed (inputs) and the time (now) are no facts of this kind.
SOURCES_OF_FACTS = ("source", "copy", "staging", "copying_account", "target", "controller")
# What comes of facts that are none, such as a text where a dictionary should be: they may come from anywhere.
MISSHAPEN = (Failure, AttributeError, IndexError, KeyError, TypeError, ValueError)
UNKNOWN = "could not be checked, because "


class NotTold(Exception):
    """A fact that a rule needs was not told; the rule's outcome is unknown, never a pass."""


class NotHere(NotTold):
    """A fact that nobody can tell here and now, such as the sectors of a drive that is not attached yet: unknown, and never blocking."""


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

    *needs* are the facts (dotted paths of hosts, Azure, controller) without which it cannot know, *asks* the inputs and facts that it
    looks at besides. *unknown_blocks* is whether a rule of severity block also blocks while it cannot be checked. A *firm* rule is one
    that nobody can turn into a warning. *statement* names the user's statement that decides it. *sources* are keys of `sources.SOURCES`.
    """

    id: str
    severity: str
    who: str
    must: str
    cure: str
    sources: tuple
    check: Callable
    needs: tuple = ()
    asks: tuple = ()
    unknown_blocks: bool = True
    firm: bool = False
    statement: str = None

    @property
    def source(self):
        """Titles of the sources."""
        return sources.titles(self.sources)

    def finding(self, facts, accepted=None):
        """``{id, severity, who, seen, must, cure, source, date, outcome, blocking, accepted}``; outcome is pass, fail or unknown.

        With *accepted*, the user's reason, a rule of severity block counts as a warning.
        """
        open_yet = False
        try:
            seen = self.check(facts)
            outcome = "pass" if seen is None else "fail"
        except NotTold as reason:
            seen, outcome, open_yet = f"{UNKNOWN}{reason}", "unknown", isinstance(reason, NotHere)
        except MISSHAPEN as wrong:
            seen, outcome = f"{UNKNOWN}a fact has another form than it should ({type(wrong).__name__}: {wrong})", "unknown"
        severity = WARN if accepted is not None and self.severity == BLOCK else self.severity
        return {
            "id": self.id,
            "severity": severity,
            "who": self.who,
            "seen": seen or "holds",
            "must": self.must,
            "cure": self.cure,
            "source": self.source,
            "date": sources.newest(self.sources),
            "outcome": outcome,
            "blocking": severity == BLOCK and (outcome == "fail" or outcome == "unknown" and self.unknown_blocks and not open_yet),
            "accepted": accepted,
        }


@dataclass(frozen=True)
class Told:
    """A rule that preflight does not check: *why* it cannot, and *held_by*, who or what sees to it instead."""

    id: str
    must: str
    why: str
    held_by: str
    sources: tuple

    @property
    def source(self):
        """Titles of the sources."""
        return sources.titles(self.sources)
