# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a request is sent again, and after how long."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

# Answers after which the same request may well succeed.
TEMPORARY = frozenset({408, 429, 500, 502, 503, 504})
# Of these, the ones that say that nothing was done: a write may be sent again without looking.
REFUSED = frozenset({429, 503})
# 409 answers that only mean "not now".
BUSY_CODES = frozenset(
    {
        "AnotherOperationInProgress",
        "ContainerBeingDeleted",
        "RetryableError",
        "StorageAccountOperationInProgress",
        "OperationNotAllowedOnDeletingResource",
    }
)


@dataclass(frozen=True)
class Pace:
    """Seconds and counts of waiting. `patience` is the longest Retry-After that is waited for; a longer one ends the task."""

    attempts: int = 5
    first: float = 1.0
    longest: float = 30.0
    patience: float = 120.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    clock: Callable[[], float] = time.time

    def backoff(self, attempt: int) -> float:
        """Seconds before attempt `attempt` + 1 when the service names none: doubled each time, spread over a quarter."""
        return min(self.longest, self.first * 2 ** (attempt - 1)) * (1 - 0.25 * self.chance())


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that the service asks to wait, or None. What waits takes 0 for none (the SDKs' pollers do so as well, and sleep 30 s)."""
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        if name in headers:
            return _number(headers[name], 1000)
    text = headers.get("Retry-After")
    if text is None:
        return None
    seconds = _number(text, 1)
    if seconds is not None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError, OverflowError):
        return None


def _number(text: str, divisor: int) -> float | None:
    try:
        seconds = float(text) / divisor
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
