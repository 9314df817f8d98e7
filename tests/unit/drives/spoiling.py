# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with something wrong, and a deadline for whoever reads them."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 5  # that the processor may work on one small file
XML = (b"<", b">", b"</", b"&", b"&x;", b"&#0;", b'"', b"'", b"<!DOCTYPE a>", b"<!--", b"<![CDATA[", b"<?xml?>", b"<Blob>", b"<PageRange/>")
JSON = (b"-1", b"1e999", b"NaN", b"null", b"true", b"{", b"}", b"[" * 3000, b"9" * 30, b"9" * 5000)
PIECES = (*XML, *JSON, b"[EndValue]", b"-", b"\n", b"\0", b"\xff", b"\xed\xa0\x80")


def mutated(content: bytes, chance: random.Random) -> bytes:
    """*content* with one to four changes: a bit, a byte, a piece in, a part out, a part twice, an end too early."""
    changed = bytearray(content)
    for _change in range(chance.randint(1, 4)):
        if changed:
            chance.choice(CHANGES)(changed, chance.randrange(len(changed)), chance)
    return bytes(changed)


def _bit(changed, at, chance):
    changed[at] ^= 1 << chance.randrange(8)


def _byte(changed, at, chance):
    changed[at] = chance.randrange(256)


def _piece(changed, at, chance):
    changed[at:at] = chance.choice(PIECES)


def _out(changed, at, chance):
    del changed[at : at + chance.randint(1, 60)]


def _twice(changed, at, chance):
    changed[at:at] = changed[at : at + chance.randint(1, 60)]


def _end(changed, at, chance):
    del changed[at:]


CHANGES = (_bit, _byte, _piece, _out, _twice, _end)


class TooSlow(Exception):
    """An input on which a parser works too long."""


@contextmanager
def deadline(name: str) -> Iterator[None]:
    """Fails if what is inside keeps the processor busy for more than SECONDS; how busy the machine is otherwise does not count."""

    def ring(_signal, _frame):
        raise TooSlow(f"{name}: more than {SECONDS} s")

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
