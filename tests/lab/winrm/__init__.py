# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's WinRM: a WSMan server for stock connection plugins, and what runs the modules that they bring."""

from __future__ import annotations

from .engine import Engine
from .faults import Faults
from .server import WinRm

__all__ = ["Engine", "Faults", "WinRm"]
