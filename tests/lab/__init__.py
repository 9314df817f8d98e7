# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab that plays Azure, a datacenter and two Windows hosts, so that the playbooks can be rehearsed on one machine.

`Lab` starts and stops one; `Control` talks to a running one. `python -m lab` does the same from a terminal.
"""

from __future__ import annotations
