# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies between a job that is there and the one that is wanted, and when two ways to write a thing are the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Differences:
    """`fixed` cannot be changed in a job: field -> (there, wanted). `patch` is the body of the PATCH for the rest."""

    fixed: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    patch: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)


def comparable(value: Any) -> Any:
    """`value` without empty parts, its texts without case and superfluous blanks."""
    if isinstance(value, Mapping):
        return {key: one for key, part in value.items() if (one := comparable(part)) not in ("", None)}
    if isinstance(value, list):
        return [comparable(one) for one in value]
    return " ".join(value.split()).casefold() if isinstance(value, str) else value


def folded(text: Any) -> str:
    """A text without case and the blanks around it."""
    return str(text or "").strip().casefold()
