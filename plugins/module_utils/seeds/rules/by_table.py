# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that the table of storage_account decides: what preflight lets pass, the phase target does not refuse, and the other way round."""

from __future__ import annotations

from ...failure import shown
from ...jobs import storage_account_rules as table
from .rule import NotTold

# Rule -> the rows of the table that it holds against the account; each row that judges is one of exactly one rule.
ROWS = {
    "AZ-03": ("account.kind",),
    "AZ-05": ("account.sku",),
    "AZ-06": ("account.nfs",),
    "AZ-07": ("account.hierarchical_namespace",),
    "AZ-08": ("account.network_bypass",),
    "AZ-09": ("account.public_network_access",),
    "AZ-10": ("account.shared_key_access",),
    "AZ-19": ("locks",),
    "AZ-20": ("container.immutability_policy", "container.legal_hold"),
    "AZ-23": ("account.provisioning_state", "account.immutability_state"),
    "AZ-24": (
        "account.primary_status",
        "account.minimum_tls_version",
        "account.https_only",
        "account.blob_public_access",
        "account.version_immutability",
        "container.public_access",
        "container.lease_state",
        "container.version_immutability",
    ),
}
# Facts that a row looks at beside its own.
BESIDE = {"account.network_bypass": ("account.network_default_action",)}


def holds(rule_id, says=None):
    """Every row of the rule must hold; *says(finding)* is the sentence about one that does not, else that of the table."""

    def check(facts):
        wrong, unknown = [], []
        for path in ROWS[rule_id]:
            try:
                found = _finding(facts, path)
            except NotTold as reason:
                unknown.append(reason)
                continue
            if found:
                wrong.append(says(found, facts) if says else table.sentence(found))
        if unknown and not wrong:
            raise unknown[0]
        return " ".join(wrong) or None

    return check


def _finding(facts, path):
    """What is wrong with the fact at *path*; None where it holds, or where there is no such thing yet. NotTold where it is not known."""
    if facts.look("target.account.account") is None:
        return None
    part = path.partition(".")[0]
    if part == "container" and not facts.need("target.account.container.exists"):
        return None
    facts.look(f"target.account.{path}")
    for one in BESIDE.get(path, ()):
        facts.need(f"target.account.{one}")
    told = {part: facts.look(f"target.account.{part}")}
    row, seen = table.BY_PATH[path], table.value_at(told, path)
    verdict = row.holds(seen, told)
    if verdict is None:
        raise NotTold(f"nothing follows from {row.name} of the {'container' if row.of_container else 'storage account'}, {shown(seen)}")
    return None if verdict else table.finding(row, told)
