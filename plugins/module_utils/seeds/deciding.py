# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ship or network? In days, from the user's line and the times that are published for a parcel; money only by the user's own prices.

The line carries ``line.bytes_a_day``. Over the network the first backup takes bytes / (line - daily change) days. A shipped seed takes its
own days, and then what changed in the meantime has to follow over the same line. Both take equally long where the line carries
bytes / (days of shipping) a day, whatever changes daily.
"""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86400
HOURS_A_DAY = 24
USED = 0.9  # azure-docs, storage-solution-large-dataset-low-network: its table of transfer times takes 90 % of a line
LINES = (10, 20, 50, 100, 200, 500, 1000)  # Mbit/s; what a table of "what would change it" is made of
MBIT = 10**6 / 8


@dataclass(frozen=True)
class Part:
    """A part of a shipment's days: from *least* to *most*, after which *source*."""

    id: str
    least: float
    most: float
    what: str
    source: str


PARTS = (
    Part("staging", 0, 0, "the agent writes the staging folder", "0: done once there is an inventory; set it before that"),
    Part("hand_over", 0, 1, "job made, parcel packed and picked up", "assumed"),
    Part("transit", 1, 5, "the parcel is on its way", "assumed: a carrier inside one country; set it to what yours promises"),
    Part(
        "receipt",
        1,
        5,
        "the datacenter takes it in",
        "azure-docs, offline backup with Azure Import/Export: 1 to 3 business days after delivery; a weekend may lie between",
    ),
    Part("copy", 7, 10, "the datacenter copies the drives", "azure-docs, Azure Import/Export FAQ: 7 to 10 days, no promise (no SLA)"),
    Part("vault", 0, 1, "the next scheduled backup takes the data into the vault", "a backup a day"),
)


@dataclass(frozen=True)
class Line:
    """The network line: *mbit_per_s*, the *share* of it and the *hours_per_day* that a backup may use, the bytes that *change* a day."""

    mbit_per_s: float
    share: float = USED
    hours_per_day: float = HOURS_A_DAY
    change: int = 0

    @property
    def bytes_a_day(self):
        return self.mbit_per_s * MBIT * self.share * self.hours_per_day * 3600

    def with_speed(self, mbit_per_s):
        return Line(mbit_per_s, self.share, self.hours_per_day, self.change)

    def speed_for(self, bytes_a_day):
        """Mbit/s that carry so many bytes a day."""
        return bytes_a_day / (MBIT * self.share * self.hours_per_day * 3600)


@dataclass(frozen=True)
class Seed:
    """What is to be decided: *size* in bytes, *drives* that it takes, *fill_days* to fill them (side by side), *given* days of parts."""

    size: int
    drives: int
    fill_days: float
    given: dict

    def days(self):
        """``(least, most)`` days from now to a recovery point, without what follows over the line."""
        parts = self.parts()
        return self.fill_days + sum(part["least"] for part in parts), self.fill_days + sum(part["most"] for part in parts)

    def parts(self):
        """The parts of the shipment, with the user's own days where given."""
        found = []
        for part in PARTS:
            own = self.given.get(part.id)
            least, most, source = (part.least, part.most, part.source) if own is None else (own, own, "given")
            found.append({"id": part.id, "least": float(least), "most": float(most), "what": part.what, "source": source})
        return found


def decide(seed, line=None, prices=None):
    """The verdict: ``{way, because, ship_days, ship_parts, network_days, line, break_even, would_change, table, cost}``.

    *way* is ``ship`` or ``network`` where one is faster even at the other's best, ``either`` between, ``neither`` where the line cannot
    carry what changes daily, ``unknown`` without a line.
    """
    way, network = _way(seed, line)
    shipped = _shipped(seed, line)
    even = _break_even(seed, line or Line(0))
    return {
        "way": way,
        "because": _because(way, seed, line, network, shipped, even),
        "ship_days": {"least": _days(shipped[0]), "most": _days(shipped[1]), "filling": _days(seed.fill_days)},
        "ship_parts": seed.parts(),
        "network_days": _days(network),
        "break_even": even,
        "would_change": _would_change(way, seed, line, even),
        "table": [_at(seed, (line or Line(0)).with_speed(speed)) for speed in LINES],
        "cost": _cost(seed, prices),
    }


def network_days(seed, line):
    """Days of the first backup over the line; None if the line does not even carry the daily change."""
    free = line.bytes_a_day - line.change
    return seed.size / free if free > 0 else None


def _shipped(seed, line):
    """Days of shipping, least and most, with what has changed in the meantime and follows over the line (not known without one)."""
    least, most = seed.days()
    if line is None or not line.change:
        return least, most
    free = line.bytes_a_day - line.change
    return tuple(days + line.change * days / free if free > 0 else None for days in (least, most))


def _way(seed, line):
    if line is None:
        return "unknown", None
    days = network_days(seed, line)
    if days is None:
        return "neither", None
    least, most = _shipped(seed, line)
    return "ship" if days > most else "network" if days < least else "either", days


def _break_even(seed, line):
    """The line at which both ways take equally long, for the best and the worst shipment; and, on this line, the size."""
    least, most = seed.days()
    found = {
        "mbit_per_s": {"least": _speed(line, seed.size, most), "most": _speed(line, seed.size, least)},
        "bytes": None,
    }
    if line.mbit_per_s:
        found["bytes"] = {"least": even_size(seed, line, least), "most": even_size(seed, line, most)}
    return found


def _speed(line, size, days):
    return round(line.speed_for(size / days), 1) if days else None


def even_size(seed, line, days):
    """Bytes at which network and shipment take equally long if its *days* grow by what filling the drives takes; None if there are none:
    the line is as fast as the drives."""
    fixed, rate = days - seed.fill_days, seed.size / seed.fill_days if seed.fill_days else None
    slowness = 1 / line.bytes_a_day - (1 / rate if rate else 0)
    return round(fixed / slowness) if slowness > 0 else None


def _at(seed, line):
    way, days = _way(seed, line)
    return {"mbit_per_s": line.mbit_per_s, "network_days": _days(days), "way": way}


def _days(days):
    return None if days is None else round(days, 1)


def _because(way, seed, line, network, shipped, even):
    speeds = even["mbit_per_s"]
    if way == "unknown":
        return (
            f"A shipped seed is in the vault after {_span(*shipped)}. Tell the speed of the line to compare; a line of less than"
            f" {speeds['least']:g} Mbit/s is slower, one of more than {speeds['most']:g} Mbit/s is faster."
        )
    if way == "neither":
        return (
            f"The line carries {round(line.bytes_a_day):,} bytes a day and {line.change:,} change: no backup to Azure can keep up, shipped"
            " or not. Get a faster line, let the backup use it longer, or back up less."
        )
    compared = f"The network takes {network:.1f} days, shipping {_span(*shipped)}"
    ending = {"ship": "shipping is faster even at its slowest", "network": "the network is faster even than the fastest shipment"}
    return f"{compared}: {ending.get(way, 'the days do not decide; what is less work does')}."


def _span(least, most):
    return f"{least:.0f} to {most:.0f} days" if round(least) != round(most) else f"{least:.0f} days"


def _would_change(way, seed, line, even):
    """What would have to be otherwise for another verdict, a sentence each."""
    speeds, sizes = even["mbit_per_s"], even["bytes"]
    if way in ("unknown", "neither"):
        return []
    found = []
    if way != "network":
        found.append(f"A line of more than {speeds['most']:g} Mbit/s: then the network is faster.")
    if way != "ship":
        found.append(f"A line of less than {speeds['least']:g} Mbit/s: then shipping is faster.")
    if sizes and sizes["most"] and way != "ship":
        found.append(f"More than {sizes['most']:,} bytes on this line: then shipping is faster.")
    if sizes and sizes["least"] and way != "network":
        found.append(f"Less than {sizes['least']:,} bytes on this line: then the network is faster.")
    if way != "network" and line.hours_per_day < HOURS_A_DAY:
        longer = network_days(seed, Line(line.mbit_per_s, line.share, HOURS_A_DAY, line.change))
        found.append(f"A backup that may use the line all day: the network then takes {longer:.1f} days.")
    return found


def _cost(seed, prices):
    """Sums by the user's own prices; None without them. What Azure charges for transactions and storage is not in it."""
    if not prices:
        return None
    each = prices["drive"] + prices["handling"]
    ship = seed.drives * each + 2 * prices["parcel"] + prices["labour"]
    return {"currency": prices["currency"], "ship": round(float(ship), 2), "network": round(float(prices["network"]), 2)}
