# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modelled Windows of the lab: hosts with disks, BitLocker, shares, tasks and the backup agent. Start at `host.py` and `worlds.py`."""

from __future__ import annotations

from .disk import Disk
from .host import Host
from .network import Network
from .session import Session

__all__ = ["Disk", "Host", "Network", "Session"]
