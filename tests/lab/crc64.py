# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CRC-64/NVME as the datacenter of the lab and the stand-in of the worker compute it. Written apart from the product's, on purpose.

Parameters: NVM Express, NVM command set specification, 64b CRC. Two bytes a step, by tables of 65,536.
"""

from __future__ import annotations

import functools
import struct

POLYNOMIAL = 0xAD93D23594C93659
ONES = (1 << 64) - 1
WORDS = 4  # steps that one round of the loop takes


class Crc64:
    """Used like the objects of hashlib; ``hexdigest`` has 16 digits."""

    def __init__(self) -> None:
        self._value = ONES

    def update(self, data: bytes) -> None:
        a, b, c, d = _tables()
        value, whole = self._value, len(data) // 8 * 8
        for (word,) in struct.iter_unpack("<Q", memoryview(data)[:whole]):
            word ^= value
            value = a[word & 0xFFFF] ^ b[word >> 16 & 0xFFFF] ^ c[word >> 32 & 0xFFFF] ^ d[word >> 48]
        for byte in memoryview(data)[whole:]:
            value = value >> 8 ^ _of_byte((value ^ byte) & 0xFF)
        self._value = value

    def number(self) -> int:
        return self._value ^ ONES

    def hexdigest(self) -> str:
        return f"{self.number():016x}"


def crc64(data: bytes) -> int:
    """The checksum of *data* as the logs write it: a number."""
    found = Crc64()
    found.update(data)
    return found.number()


@functools.lru_cache(maxsize=256)
def _of_byte(byte: int) -> int:
    """Remainder of one byte, bit by bit; the register is reflected, so the polynomial is too."""
    reflected = int(f"{POLYNOMIAL:064b}"[::-1], 2)
    for _bit in range(8):
        byte = byte >> 1 ^ (reflected if byte & 1 else 0)
    return byte


@functools.cache
def _tables() -> list[list[int]]:
    """What two bytes at place 0 to 3 of a word do to the register, the first place first."""

    def after(value: int) -> int:
        return value >> 8 ^ _of_byte(value & 0xFF)

    last = [after(after(pair)) for pair in range(65536)]
    tables = [last]
    for _place in range(WORDS - 1):
        tables.append([after(after(value)) for value in tables[-1]])
    return tables[::-1]
