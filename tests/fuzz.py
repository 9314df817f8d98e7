# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much spoilt input the parsers are fed, in one place.

`OFFLINESEED_FUZZ` is the number of inputs for each family of parsers (default INPUTS). `OFFLINESEED_FUZZ_SEED` makes another
series; without it the series is always the same, so that a failure can be played again. A failure names its seed and number.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

INPUTS = 10_000


def inputs() -> int:
    """How many inputs a family of parsers gets in this run."""
    text = os.environ.get("OFFLINESEED_FUZZ") or str(INPUTS)
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"OFFLINESEED_FUZZ is {text!r}; it must be a number of inputs, at least 1 (default {INPUTS})")
    return int(text)


def seed() -> str:
    """What the series of this run starts from."""
    return os.environ.get("OFFLINESEED_FUZZ_SEED") or "0"


def series(family: str, share: float = 1.0) -> Iterator[tuple[str, random.Random]]:
    """(name to play it again, chance) for each input of a family; `share` is the part of the family's inputs that these are."""
    for number in range(max(1, round(inputs() * share))):
        yield from one(family, number)


def one(family: str, number: int) -> Iterator[tuple[str, random.Random]]:
    """A single input of a series, by its number."""
    name = f"{family} {number} (OFFLINESEED_FUZZ_SEED={seed()})"
    yield name, random.Random(name)
