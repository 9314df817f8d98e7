# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that no service gives: cut off, emptied, of the wrong type, with fields more and fewer, or a page in place of JSON."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

PAGE = b"<!DOCTYPE html><html><head><title>Sign in to the proxy</title></head><body><h1>Who are you?</h1></body></html>"
WRONG: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**400, float("nan"), float("inf"), "", " ", "x", "Succeeded?", "\u0000", "\ud800", "€" * 50,
    "x" * 5000,
    [], [None], [[]], ["x"], [{}], {}, {"value": None}, {"": ""}, {"id": []}, "0001-01-01T00:00:00Z", "2026-13-45T99:00:00Z", "//", "https://[",
)  # fmt: skip


def spoilt(document: Any, chance: random.Random) -> bytes:
    """`document` as JSON with something wrong."""
    return chance.choice(WAYS)(document, chance)


def _cut(document: Any, chance: random.Random) -> bytes:
    whole = json.dumps(document).encode()
    return whole[: chance.randrange(len(whole))]


def _flipped(document: Any, chance: random.Random) -> bytes:
    whole = bytearray(json.dumps(document).encode())
    for _number in range(chance.randint(1, 3)):
        whole[chance.randrange(len(whole))] = chance.randrange(256)
    return bytes(whole)


def _replaced(document: Any, chance: random.Random) -> bytes:
    return json.dumps(chance.choice(WRONG)).encode()


def _page(document: Any, chance: random.Random) -> bytes:
    return chance.choice((PAGE, b"", b"\xef\xbb\xbf", b"null", b"\xff\xfe\x00", b"[" * 100_000, b"Bad Gateway", PAGE[:40]))


def _changed(document: Any, chance: random.Random) -> bytes:
    """One to three places of the document hold something else, are gone, or have company."""
    changed = json.loads(json.dumps(document))
    for _number in range(chance.randint(1, 3)):
        places = list(_places(changed))
        if places:
            chance.choice(CHANGES)(*chance.choice(places), chance)
    return json.dumps(changed).encode()


def _places(value: Any):
    """(container, key) of every value inside."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (dict, list)):
            for key in one if isinstance(one, dict) else range(len(one)):
                yield one, key
                waiting.append(one[key])


def _wrong(container: Any, key: Any, chance: random.Random) -> None:
    container[key] = copy.deepcopy(chance.choice(WRONG))


def _wrapped(container: Any, key: Any, chance: random.Random) -> None:
    container[key] = chance.choice(([container[key]], {"value": container[key]}, str(container[key])))


def _gone(container: Any, key: Any, chance: random.Random) -> None:
    del container[key]


def _more(container: Any, key: Any, chance: random.Random) -> None:
    wrong = copy.deepcopy(chance.choice(WRONG))
    if isinstance(container, dict):
        container[f"unheardOf{chance.randrange(9)}"] = wrong
    else:
        container.append(wrong)


CHANGES: tuple[Callable[..., None], ...] = (_wrong, _wrong, _wrong, _wrapped, _gone, _more)
WAYS: tuple[Callable[..., bytes], ...] = (_changed, _changed, _changed, _changed, _changed, _cut, _flipped, _replaced, _page)
