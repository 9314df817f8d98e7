# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CRC-64/NVME: the checksum in the verbose logs of the import service, as an unsigned number.

Parameters (NVM Express NVM command set specification, 64b CRC): polynomial 0xAD93D23594C93659, reflected in and out, begun with and
closed by all ones; "123456789" gives 0xAE8B14860A799888. That the logs mean this checksum follows from Microsoft's published sample
(4096 bytes of "1" are 16033727819182370206). Where the package awscrt is installed its compiled implementation is used, otherwise tables.
"""

from __future__ import annotations

import struct

try:
    from awscrt import checksums as compiled
except ImportError:
    compiled = None

REFLECTED = 0x9A6C9329AC4BC9B5
ALL_ONES = 0xFFFFFFFFFFFFFFFF
CHECK_INPUT, CHECK_VALUE = b"123456789", 0xAE8B14860A799888
CHUNK = 1024 * 1024


def _tables():
    """Eight tables of 256: what a byte does to the sum when 0 to 7 more bytes follow it."""
    first = []
    for byte in range(256):
        value = byte
        for _bit in range(8):
            value = value >> 1 ^ (REFLECTED if value & 1 else 0)
        first.append(value)
    tables = [first]
    for _more in range(7):
        tables.append([value >> 8 ^ first[value & 0xFF] for value in tables[-1]])
    return tables


T0, T1, T2, T3, T4, T5, T6, T7 = _tables()


def by_tables(data, before=0):
    """CRC of what *before* is the CRC of, followed by *data*; in pure Python, some 10 MB a second."""
    value = before ^ ALL_ONES
    whole = len(data) // 8 * 8
    for (word,) in struct.iter_unpack("<Q", memoryview(data)[:whole]):
        word ^= value
        value = (
            T7[word & 0xFF]
            ^ T6[word >> 8 & 0xFF]
            ^ T5[word >> 16 & 0xFF]
            ^ T4[word >> 24 & 0xFF]
            ^ T3[word >> 32 & 0xFF]
            ^ T2[word >> 40 & 0xFF]
            ^ T1[word >> 48 & 0xFF]
            ^ T0[word >> 56]
        )
    for byte in memoryview(data)[whole:]:
        value = value >> 8 ^ T0[(value ^ byte) & 0xFF]
    return value ^ ALL_ONES


def _best():
    """The compiled implementation if there is one and it knows the check value, else the tables."""
    theirs = getattr(compiled, "crc64nvme", None)
    return theirs if theirs is not None and theirs(CHECK_INPUT) == CHECK_VALUE else by_tables


crc64 = _best()


def of_stream(stream):
    """``(CRC, bytes)`` of a binary *stream*, read to its end."""
    value = size = 0
    while chunk := stream.read(CHUNK):
        value, size = crc64(chunk, value), size + len(chunk)
    return value, size


def combine(first, second, length):
    """CRC of two parts one after the other, from the CRC of each and the *length* of the second in bytes."""
    return _times(_power(8 * length), first) ^ second


def _times(one, other):
    """Product of two polynomials, lowest power in the highest bit, modulo that of the checksum."""
    product = 0
    while one:
        if one >> 63:
            product ^= other
        one = one << 1 & ALL_ONES
        other = other >> 1 ^ (REFLECTED if other & 1 else 0)
    return product


def _power(exponent):
    """x to the power of *exponent*, modulo the polynomial."""
    result, square = 1 << 63, 1 << 62
    while exponent:
        if exponent & 1:
            result = _times(square, result)
        square = _times(square, square)
        exponent >>= 1
    return result
