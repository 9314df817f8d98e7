# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parcels between people and the datacenter: which drives are in each, when it was handed over, whether it has come back."""

from __future__ import annotations

import datetime
from typing import Any

from .azure.drive_copier import without_blanks
from .azure.state import State

ON_ITS_WAY = datetime.timedelta(days=3)


class Parcels:
    """All parcels of the lab, by tracking number."""

    def __init__(self, state: State) -> None:
        self._state = state

    def hand_over(self, serials: list[str], carrier: str, tracking_number: str) -> dict[str, Any]:
        """A parcel with drives (they lie on the shelf) is on its way."""
        key = tracking_number.strip().upper()
        if key in self._state["parcels"]:
            raise ValueError(f"a parcel with the tracking number {tracking_number} is already on its way; carriers give each number once")
        for serial in serials:
            if self.holds(serial):
                raise ValueError(f"drive {serial} left in parcel {self.holds(serial)} and has not come back")
        parcel = {
            "carrier": carrier,
            "tracking_number": tracking_number,
            "serials": serials,
            "handed_over": self._state.now(),
            "received": None,
            "returned": None,
        }
        with self._state.changed("parcel handed over", tracking_number=tracking_number, serials=serials):
            self._state["parcels"][key] = parcel
        return parcel

    def holds(self, serial: str) -> str | None:
        """The tracking number of the parcel in which a drive left and has not come back, or None."""
        out = [parcel for parcel in self._state["parcels"].values() if serial in parcel["serials"] and not parcel["returned"]]
        return out[0]["tracking_number"] if out else None

    def of(self, tracking_number: str) -> dict[str, Any] | None:
        """The parcel of a tracking number, as carriers read it: case and blanks around it do not count."""
        return self._state["parcels"].get(tracking_number.strip().upper())

    def has(self, parcel: dict[str, Any], drive_id: str) -> bool:
        """Is the drive of a job in the parcel?"""
        return drive_id in map(without_blanks, parcel["serials"])

    def come_back(self, parcel: dict[str, Any] | None) -> None:
        """The drives are with their owner again."""
        if parcel:
            parcel["returned"] = self._state.now()
