# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preflight and storage_account judge an account by the same rows: what one lets pass, the other does not refuse afterwards."""

from __future__ import annotations

import pytest
from unit.seeds.preflight_facts import facts

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import storage_account_rules as table
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules import RULES
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.by_table import ROWS
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.rule import Facts

BY_ID = {rule.id: rule for rule in RULES}
RULE_OF = {path: rule_id for rule_id, paths in ROWS.items() for path in paths}
LOCK = {"name": "keep", "scope": "/subscriptions/s", "notes": ""}
# Values of each row, good, bad and odd ones; each is judged on both sides.
VALUES = {
    "account.kind": ["StorageV2", "Storage", "BlobStorage", "", None],
    "account.sku": ["Standard_LRS", "Premium_LRS", "", None],
    "account.network_bypass": ["AzureServices", "Logging, AzureServices", ["AzureServices"], "None", "", None],
    "account.public_network_access": ["Enabled", "Disabled", "SecuredByPerimeter", None],
    "account.minimum_tls_version": ["TLS1_2", "TLS1_3", "TLS1_0", None],
    "account.provisioning_state": ["Succeeded", "Creating", None],
    "account.primary_status": ["available", "unavailable", None],
    "account.immutability_state": ["Disabled", "Unlocked", "Locked", None],
    "container.public_access": ["None", "Blob", None],
    "container.lease_state": ["Available", "Leased", "Breaking", None],
    "locks": [[], [{**LOCK, "level": "CanNotDelete"}], [{**LOCK, "level": "ReadOnly"}], [{**LOCK, "level": None}], None],
}
OUTCOMES = {table.FIT: "pass", table.UNFIT: "fail", table.UNKNOWN: "unknown"}


def test_each_row_that_judges_is_one_of_exactly_one_rule_and_as_grave_there():
    judging = [row for row in table.PROPERTIES if row.holds]
    assert sorted(RULE_OF) == sorted(path for paths in ROWS.values() for path in paths) == sorted(row.path for row in judging)
    for row in judging:
        assert (BY_ID[RULE_OF[row.path]].severity == "block") == (row.effect == table.BLOCKS), row.path


@pytest.mark.parametrize("action", ["Allow", "Deny"])
@pytest.mark.parametrize("path", RULE_OF)
def test_both_sides_come_to_the_same_end(path, action):
    for value in VALUES.get(path, [True, False, None]):
        told = facts(target__account__account__network_default_action=action, **{f"target__account__{path.replace('.', '__')}": value})
        told["target"]["account"]["account"].setdefault("network_bypass", "AzureServices")
        verdicts = {row.path: verdict for row, verdict in table.judged(told["target"]["account"])}
        found = BY_ID[RULE_OF[path]].finding(Facts(told))
        assert found["outcome"] == OUTCOMES[verdicts[path]], (value, found)
