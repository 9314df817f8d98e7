# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preflight rules, a table that grows: one file a subject. The ids are the ones by which a rule can be accepted.

``RULES`` are checked; ``TOLD`` are those that preflight cannot check, with who sees to them instead. ``BRIEF`` counts the rules that the
research behind them lists by number: each is in one of the two.
"""

from __future__ import annotations

from . import agent, azure, controller, copy_host, drives, naming, shipping, source_host, staging, way
from .told import TOLD

RULES = (
    *controller.RULES,
    *naming.RULES,
    *way.RULES,
    *agent.RULES,
    *source_host.RULES,
    *staging.RULES,
    *copy_host.RULES,
    *drives.RULES,
    *azure.RULES,
    *shipping.RULES,
)

# How many rules the research lists under each letter pair, numbered from 01.
BRIEF = {"AG": 25, "ST": 9, "CP": 7, "DR": 13, "NM": 12, "AZ": 19, "SH": 9}

__all__ = ["BRIEF", "RULES", "TOLD"]
