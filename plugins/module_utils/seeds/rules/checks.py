# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks that most rules are made of: one fact, what it must be, and the sentence if it is not (``{seen}`` is the fact)."""

from __future__ import annotations

from ...failure import shown
from .rule import NotTold


def holds(path, says):
    """The fact must be true."""
    return lambda facts: None if facts.need(path) else says


def never(path, says):
    """The fact must be false, none or empty; that it was told is enough."""
    return lambda facts: says.format(seen=seen) if (seen := facts.need(path)) else None


def at_least(path, wanted, says):
    """The fact is a version, and must be *wanted* or newer."""

    def check(facts):
        seen = facts.need(path)
        return None if version(seen) >= version(wanted) else says.format(seen=seen)

    return check


def number_at_least(path, wanted, says):
    """The fact is a number, and must be *wanted* or more."""

    def check(facts):
        seen = number(facts.need(path), path)
        return None if seen >= wanted else says.format(seen=seen)

    return check


def is_word(path, words, says):
    """The fact is a word, and must be one of *words* (in lower case)."""

    def check(facts):
        seen = facts.need(path)
        return None if str(seen).replace(" ", "").lower() in words else says.format(seen=seen)

    return check


def matches(name, pattern):
    """An input must match a compiled *pattern*; the sentence names the variable and its value."""

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


def number(value, path):
    """*value* as a whole number; NotTold if it is none."""
    try:
        return int(value)
    except (TypeError, ValueError):
        raise NotTold(f"{path} is {shown(value)}, not a number") from None
