# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on request: a small plan, consulted at named points of the transport. What it does is repeatable (one seed)."""

from __future__ import annotations

import dataclasses
import random
import threading
from typing import Any

POINTS = ("accept", "Create", "Command", "Send", "Receive", "Signal", "Delete")
ACTIONS = {
    "drop": "close the connection before the request is worked on",
    "drop_after": "do what is asked, then close the connection instead of answering",
    "slow": "wait `seconds` before the request is worked on",
    "unauthorized": "answer 401",
    "unavailable": "answer 503",
    "timeout": "answer with the fault of an operation that took too long, without working on it",
    "quota": "answer with the fault of too many operations",
    "no_shell": "answer that the shell does not exist",
}


@dataclasses.dataclass
class Rule:
    """One fault: where, what, how often (`times`, None = always), after how many requests at that point (`skip`), how likely."""

    point: str
    action: str
    host: str | None = None
    times: int | None = 1
    skip: int = 0
    seconds: float = 0.0
    probability: float = 1.0

    def __post_init__(self) -> None:
        if self.point not in POINTS:
            raise ValueError(f"fault point is {self.point!r}; the lab knows {', '.join(POINTS)}")
        if self.action not in ACTIONS:
            raise ValueError(f"fault action is {self.action!r}; the lab knows {', '.join(ACTIONS)}")


class Faults:
    """The plan of a lab; empty at first."""

    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self._rules: list[Rule] = []
        self.happened: list[dict[str, Any]] = []

    def add(self, **rule: Any) -> None:
        """Plan a fault; keywords as the fields of `Rule`."""
        with self._lock:
            self._rules.append(Rule(**rule))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._rules.clear()

    def consult(self, host: str, point: str) -> Rule | None:
        """The fault that happens here and now, or None."""
        with self._lock:
            for rule in self._rules:
                if rule.point == point and rule.host in (None, host) and self._fires(rule):
                    self.happened.append({"host": host, "point": point, "action": rule.action})
                    return rule
        return None

    def _fires(self, rule: Rule) -> bool:
        if rule.skip > 0:
            rule.skip -= 1
            return False
        if self._random.random() >= rule.probability:
            return False
        if rule.times is not None:
            rule.times -= 1
            if rule.times <= 0:
                self._rules.remove(rule)
        return True
