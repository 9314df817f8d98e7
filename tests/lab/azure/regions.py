# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of Azure regions: what ARM takes and what it answers. `westeurope` goes in, `West Europe` comes out of some services."""

from __future__ import annotations

import json
import pathlib
from typing import Any

LOCATIONS: dict[str, dict[str, Any]] = json.loads((pathlib.Path(__file__).parent / "locations.json").read_text(encoding="utf-8"))[
    "locations"
]


def short(name: str) -> str:
    """`West Europe` and `westeurope` are one: the short form."""
    return name.replace(" ", "").lower()


def display(name: str) -> str:
    """The form with blanks, or the name itself where it is not known."""
    found = LOCATIONS.get(short(name))
    return found["name"] if found else name


def known(name: str) -> bool:
    """Whether such a region exists here."""
    return short(name) in LOCATIONS
