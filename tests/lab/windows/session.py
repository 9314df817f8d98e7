# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who acts: an account, how it logged on, and what that lets it do on the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SYSTEM = "SYSTEM"
LOGONS = ("network", "system", "batch", "interactive")


@dataclass(frozen=True)
class Session:
    """`logon` is `network` for WinRM (no second hop without `credential`), `system` for a task or service as SYSTEM."""

    account: str = "Administrator"
    logon: str = "network"
    credential: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if self.logon not in LOGONS:
            raise ValueError(f"session.logon is {self.logon!r}; the lab knows {', '.join(LOGONS)}")

    @classmethod
    def of(cls, wire: Any) -> Session:
        """The session of a message: `{"account", "logon"}`, an object with these, or nothing (an administrator over WinRM)."""
        if wire is None:
            return cls()
        if isinstance(wire, Session):
            return wire
        told = wire if isinstance(wire, dict) else vars(wire)
        return cls(told.get("account") or "Administrator", told.get("logon") or "network")

    @property
    def is_system(self) -> bool:
        """SYSTEM, in any of its spellings."""
        return self.account.rsplit("\\", 1)[-1].upper() in (SYSTEM, "S-1-5-18", "LOCALSYSTEM")


ENGINE = Session(SYSTEM, "system")
