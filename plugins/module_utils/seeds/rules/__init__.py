# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preflight rules, a table that grows: one file a subject. The ids are the ones by which a rule can be accepted."""

from __future__ import annotations

from . import agent, azure, controller, copy_host, drives, naming, shipping, staging

RULES = (
    *controller.RULES,
    *naming.RULES,
    *agent.RULES,
    *staging.RULES,
    *copy_host.RULES,
    *drives.RULES,
    *azure.RULES,
    *shipping.RULES,
)
