# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CRC-64/NVME: check value, Microsoft's published sample, parts combined, and equal to the definition bit by bit."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import crc64


def by_definition(data):
    """The checksum as its definition has it: not reflected polynomial, bits of each byte and of the sum turned round."""

    def turned(value, bits):
        return int(f"{value:0{bits}b}"[::-1], 2)

    value = crc64.ALL_ONES
    for byte in data:
        value ^= turned(byte, 8) << 56
        for _bit in range(8):
            value = (value << 1 ^ (0xAD93D23594C93659 if value >> 63 else 0)) & crc64.ALL_ONES
    return turned(value, 64) ^ crc64.ALL_ONES


def test_check_value_and_published_sample():
    for function in (crc64.by_tables, crc64.crc64):
        assert function(b"123456789") == 0xAE8B14860A799888
        assert function(b"1" * 4096) == 16033727819182370206, "the log sample in azure-docs, Size=4096"
        assert function(b"") == 0


@given(st.binary(max_size=70), st.binary(max_size=70))
@settings(max_examples=150, deadline=None)
def test_tables_equal_the_definition_and_parts_can_be_combined(first, second):
    whole = by_definition(first + second)
    assert crc64.by_tables(first + second) == whole
    assert crc64.by_tables(second, crc64.by_tables(first)) == whole
    assert crc64.crc64(second, crc64.crc64(first)) == whole
    assert crc64.combine(crc64.by_tables(first), crc64.by_tables(second), len(second)) == whole


def test_a_part_of_terabytes_is_combined_at_once():
    zeros = crc64.by_tables(b"\0")
    for power in range(43):  # CRC of ever more zero bytes, from one to 8 TiB
        if power == 12:
            assert zeros == crc64.by_tables(bytes(4096))
        zeros = crc64.combine(zeros, zeros, 1 << power)
    one = crc64.by_tables(b"x")
    whole = crc64.combine(one, zeros, 1 << 43)
    assert crc64.combine(crc64.combine(one, crc64.by_tables(b"\0"), 1), zeros, 1 << 43) == crc64.combine(whole, crc64.by_tables(b"\0"), 1)


def test_a_stream_is_summed_to_its_end():
    content = bytes(range(256)) * 5000
    assert crc64.of_stream(io.BytesIO(content)) == (crc64.by_tables(content), len(content))


def test_the_compiled_implementation_is_taken_where_it_is_installed():
    assert crc64.crc64 is crc64.compiled.crc64nvme


def test_a_compiled_implementation_that_is_wrong_is_not_used(monkeypatch):
    class Wrong:
        @staticmethod
        def crc64nvme(data, before=0):
            return 0

    monkeypatch.setattr(crc64, "compiled", Wrong)
    assert crc64._best() is crc64.by_tables
