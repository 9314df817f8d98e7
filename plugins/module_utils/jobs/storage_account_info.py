# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a storage account as a seed sees it: facts, what is fit and what is not, and what changed since an earlier look."""

from __future__ import annotations

from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from . import limits, storage_account_drift, storage_account_facts
from . import storage_account_rules as rules
from .storage_account import name_availability

ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    "resource_group": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "container": {"type": "str"},
    "baseline": {"type": "dict"},
    "baseline_file": {"type": "path"},
}
ARGUMENT_RULES = {"mutually_exclusive": [("baseline", "baseline_file")]}


def run(params, check_mode, azure=None):
    """`{account, container, locks, seedable, fit, unfit, unknown, name_availability, drift}`; changes nothing.

    `account` is None when there is none; then `name_availability` says whether its name is free. `drift` is None without a baseline.
    """
    limits.check("storage account", params["name"], "name")
    limits.check("resource_group", params["resource_group"])
    if params["container"] is not None:
        limits.check("container", params["container"])
    earlier = storage_account_drift.baseline(params)
    azure = azure or connect(params)
    found = storage_account_facts.read(azure, params["resource_group"], params["name"], params["container"])
    facts = found.facts(params["container"])
    judged = {verdict: rules.findings(facts, verdict) if found.account else [] for verdict in (rules.FIT, rules.UNFIT, rules.UNKNOWN)}
    return {
        "changed": False,
        **facts,
        **judged,
        "seedable": bool(found.account) and not any(one["effect"] == rules.BLOCKS for one in judged[rules.UNFIT] + judged[rules.UNKNOWN]),
        "name_availability": None if found.account else name_availability(azure, params["name"]),
        "drift": None if earlier is None else storage_account_drift.drift(earlier, facts),
    }
