# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies the preflight rules to facts: everything that is wrong at once, what blocks the seed first."""

from __future__ import annotations

from .rules import RULES
from .rules.controller import CONSENT
from .rules.rule import UNKNOWN, Facts
from .words import counted, listed, one_line

ORDER = {"fail": 0, "unknown": 1, "pass": 2}
SEVERITIES = {"block": 0, "warn": 1, "inform": 2}


SCOPES = ("everything", "inputs")


def judge(facts, accept=(), scope="everything"):
    """``{findings, blocking, failed_rules, text}`` for *facts* (``{source, copy, staging, copying_account, target, inputs, controller,
    now}``). With *scope* inputs nothing was observed yet: what could not be checked is left out.

    ``findings`` are all, fails first. ``blocking`` are those that stop the seed and are not in *accept*. ``failed_rules`` are the ids of
    those among them that are mistakes: a consent that is still to be given is none. ``text`` says these to people.
    """
    told = Facts(facts)
    findings = [rule.finding(told) for rule in RULES]
    if scope == "inputs":
        findings = [finding for finding in findings if finding["outcome"] != "unknown"]
    findings.sort(key=lambda finding: (ORDER[finding["outcome"]], SEVERITIES[finding["severity"]]))
    blocking = [finding for finding in findings if finding["blocking"] and finding["id"] not in accept]
    mistakes = [finding for finding in blocking if finding["id"] != CONSENT]
    return {"findings": findings, "blocking": blocking, "failed_rules": [finding["id"] for finding in mistakes], "text": _text(mistakes)}


def _text(mistakes):
    if not mistakes:
        return "Nothing blocks the seed."
    wrong = [one for one in mistakes if one["outcome"] == "fail"]
    unknown = [f"{one['id']} ({one['seen'].removeprefix(UNKNOWN)})" for one in mistakes if one["outcome"] == "unknown"]
    said = [f"{one['id']}: {one_line(one['seen'])}; it must be: {one['must']}. {one['cure']}" for one in wrong]
    if unknown:
        said.append(f"Could not be checked: {listed(unknown)}.")
    return f"{counted(len(mistakes), 'thing')} to mend before the seed can begin. {' '.join(said)}"
