# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one task carries beside its result: values that must not leave it, and warnings for whoever runs it.

A task is a process of its own (Ansible forks one for each), so a module's globals are the task's. `begin` empties them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
SHORT = 4  # a secret shorter than this is masked only where it stands alone, or every text would be shot through

_secrets: set[str] = set()
_warnings: list[str] = []


def begin() -> None:
    """Start a task: nothing is remembered."""
    _secrets.clear()
    _warnings.clear()


def keep_secret(value: str | None) -> None:
    """Remember a value (key, token, password) that no result and no error of this task may hold."""
    if value:
        _secrets.add(str(value))


def secrets() -> frozenset[str]:
    """Everything that was kept secret so far."""
    return frozenset(_secrets)


def warn(text: str) -> None:
    """Add a warning to the result of this task; the same text once."""
    if text not in _warnings:
        _warnings.append(text)


def finished(result: Mapping[str, Any]) -> dict[str, Any]:
    """`result` with the task's warnings, and without its secrets."""
    warnings = [*(result.get("warnings") or ()), *_warnings]
    told = {key: value for key, value in result.items() if key != "warnings"}
    return without({**told, "warnings": warnings} if warnings else told, _secrets)


def without(value: Any, hidden: Iterable[str]) -> Any:
    """`value` with each secret in `hidden` masked, in texts, keys and whatever holds them."""
    words = sorted(hidden, key=len, reverse=True)
    return _masked(value, words) if words else value


def _masked(value: Any, words: list[str]) -> Any:
    if isinstance(value, str):
        for word in words:
            if value == word or (len(word) >= SHORT and word in value):
                value = value.replace(word, MASK)
        return value
    if isinstance(value, Mapping):
        return {_masked(key, words): _masked(one, words) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked(one, words) for one in value]
    return value
