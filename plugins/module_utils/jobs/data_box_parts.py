# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading nested JSON of Microsoft.DataBox: a part that is missing, null or of another type counts as empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def within(said: Any, *names: str) -> Mapping[str, Any]:
    """The object behind `names`, one inside the other."""
    for name in names:
        said = said.get(name) if isinstance(said, Mapping) else None
    return said if isinstance(said, Mapping) else {}


def several(said: Any, name: str) -> list[Mapping[str, Any]]:
    """The objects in the list `name`."""
    found = said.get(name) if isinstance(said, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def text(value: Any) -> str:
    """A text without blanks around it; a number as text."""
    return str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def whole(value: Any) -> int | None:
    """A count that is not negative."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
