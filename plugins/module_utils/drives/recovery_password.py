# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BitLocker's numerical recovery password: 48 digits in eight groups of six.

Each group is a 16-bit number times 11, so it is divisible by 11 and at most 720885. Seen digit by digit the sixth is a check digit,
(d1 - d2 + d3 - d4 + d5) mod 11, and five digits that would need a ten there do not occur
(Microsoft, Win32_EncryptableVolume: IsNumericalPasswordValid, ProtectKeyWithNumericalPassword).
"""

from __future__ import annotations

import re
import secrets

GROUPS = 8
LARGEST_GROUP = 65535 * 11
FORM = re.compile(r"\d{6}(-\d{6}){7}")


def generate():
    """A new password from the operating system's random source (128 bits)."""
    return "-".join(f"{secrets.randbits(16) * 11:06d}" for _group in range(GROUPS))


def problem(password):
    """What is wrong with *password*, or None. The answer never repeats a digit of it."""
    if not isinstance(password, str) or not FORM.fullmatch(password):
        return "it is not eight groups of six digits joined by hyphens"
    for position, group in enumerate(password.split("-"), start=1):
        if int(group) > LARGEST_GROUP:
            return f"group {position} is larger than {LARGEST_GROUP}"
        if int(group[5]) != check_digit(group[:5]):
            return f"group {position} is not divisible by 11"
    return None


def check_digit(five):
    """Sixth digit that belongs to the *five* before it; ten means that no such group exists."""
    d1, d2, d3, d4, d5 = (int(digit) for digit in five)
    return (d1 - d2 + d3 - d4 + d5) % 11


def appears_in(text):
    """Whether *text* holds something of the shape of a recovery password."""
    return FORM.search(text) is not None
