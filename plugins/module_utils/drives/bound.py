# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many drives it takes at least, and why one fewer is impossible: the bound L2.

S. Martello and P. Toth, "Lower bounds and reduction procedures for the bin packing problem", Discrete Applied Mathematics 28 (1990), here
for drives of several sizes: *k* drives are enough only if the *k* largest are. For a threshold *a*, a file that leaves less than *a* on the
largest drive shares a drive with no file of *a* or more; two files of more than half a drive share none; what is left has to fit into the
drives that are left.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True)
class Bound:
    """*drives* that are needed at least; None if all that there are cannot be enough.

    The reason, for one drive fewer: *alone* files take one for themselves, *halves* more are bigger than half a drive; those and all others
    of *threshold* bytes or more need *rest* bytes, and the drives that would be left have room for *held*.
    """

    drives: int | None
    threshold: int = 0
    alone: int = 0
    halves: int = 0
    rest: int = 0
    held: int = 0

    @property
    def why(self):
        """A sentence without its end: why one drive fewer is impossible."""
        if self.drives is None or self.drives < 2:
            return "there is something to send" if self.drives else "there is nothing to send"
        big = self.alone + self.halves
        if big >= self.drives:
            return f"{big} files are bigger than half of the largest drive, and no two of them fit on one"
        if not self.alone:
            return f"the files need {self.rest:,} bytes, and the largest {_have(self.drives - 1)} {self.held:,}"
        return (
            f"{_files(self.alone)} leave less than {self.threshold:,} bytes of a drive, and the other files of that size or more need"
            f" {self.rest:,} bytes, for which {_left(self.drives - 1 - self.alone, self.held)}"
        )


def _have(drives):
    return "drive has" if drives == 1 else f"{drives} drives together have"


def _left(drives, held):
    return f"{drives} drive{'s' * (drives != 1)} would be left with {held:,}" if drives else "no drive would be left"


def _files(count):
    return "1 file alone would" if count == 1 else f"{count} files each"


def l2(sizes, rooms):
    """Bound for things of *sizes* in *rooms*, both in decreasing order."""
    if not sizes:
        return Bound(0)
    if not rooms or sizes[0] > rooms[0]:
        return Bound(None)
    sums, held = [0, *accumulate(sizes)], [0, *accumulate(rooms)]
    largest = rooms[0]
    halves = _count(sizes, largest // 2 + 1)
    best = Bound(1)
    for threshold in (0, *sorted({largest - size + 1 for size in sizes[:halves]})):
        alone = _count(sizes, largest - threshold + 1)
        rest = sums[_count(sizes, threshold)] - sums[alone]
        need = alone + max(halves - alone, bisect_left(held, rest))
        if need > len(rooms):
            return Bound(None)
        if need > best.drives:
            best = Bound(need, threshold, alone, halves - alone, rest, held[max(0, need - 1 - alone)])
    return best


def equal(sizes, room):
    """Bound for as many drives with *room* as it takes."""
    if not sizes or sizes[0] > room:
        return l2(sizes, [room])
    enough = -(-sum(sizes) // room) + _count(sizes, room // 2 + 1)
    return l2(sizes, [room] * enough)


def _count(sizes, least):
    """How many of *sizes* (decreasing) are at least *least*."""
    return bisect_left(sizes, True, key=lambda size: size < least)
