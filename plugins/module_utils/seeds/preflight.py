# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies the preflight rules to facts: everything that is wrong at once, sorted by who has to act."""

from __future__ import annotations

import re
import textwrap

from ..failure import Failure
from .rules import RULES, statements
from .rules.controller import CONSENT
from .rules.copy_host import RESTART
from .rules.rule import ACTORS, UNKNOWN, Facts
from .words import counted, listed, one_line

ORDER = {"fail": 0, "unknown": 1, "pass": 2}
SEVERITIES = {"block": 0, "warn": 1, "inform": 2}
SCOPES = ("everything", "inputs")
BY_ID = {rule.id: rule for rule in RULES}
# Findings that are no mistake of anybody: a consent to be given, a restart to be made.
NO_MISTAKES = (CONSENT, RESTART)
NO_REASON = "no reason given"
WIDTH = 120
PASTE = re.compile(r"seed_statements: \{\w+: true\}")
UNBROKEN = "\u00a0"  # a blank at which no line is broken


def judge(facts, accept=(), scope="everything"):
    """``{findings, blocking, failed_rules, accepted, statements, table, text}`` for *facts* (``{source, copy, staging, copying_account,
    target, inputs, controller, now}``). With *scope* inputs nothing was observed yet: what could not be checked is left out.

    ``findings`` are all: first those that somebody has to look at, by who that is, then those that hold. ``blocking`` are those that
    stop the seed. ``failed_rules`` are the ids of those among them that are mistakes: a consent that is still to be given is none.
    *accept* lists ids, or ``{rule, reason}``: such a rule warns only. ``accepted`` are those that mattered, ``statements`` what the user
    stated. ``table`` is all that somebody has to look at, as text; ``text`` says the mistakes in one line.
    """
    reasons = accepted(accept)
    told = Facts(facts)
    findings = [rule.finding(told, reasons.get(rule.id)) for rule in RULES]
    if scope == "inputs":
        findings = [finding for finding in findings if finding["outcome"] != "unknown"]
    findings.sort(key=_place)
    blocking = [finding for finding in findings if finding["blocking"]]
    mistakes = [finding for finding in blocking if finding["id"] not in NO_MISTAKES]
    return {
        "findings": findings,
        "blocking": blocking,
        "failed_rules": [finding["id"] for finding in mistakes],
        "accepted": [
            {"rule": one["id"], "reason": one["accepted"]} for one in findings if one["accepted"] is not None and one["outcome"] != "pass"
        ],
        "statements": statements.made(told.ask("inputs.seed_statements")),
        "table": table(findings),
        "text": _text(mistakes),
    }


def accepted(accept):
    """``{rule id: reason}`` of what the user accepts; a Failure names an id that is none, and a rule that nobody can accept."""
    reasons = {}
    for entry in accept or ():
        rule_id, reason = (entry.get("rule"), entry.get("reason")) if isinstance(entry, dict) else (entry, None)
        rule = BY_ID.get(str(rule_id))
        if rule is None:
            raise Failure(
                f"accept (seed_preflight_accept) names {rule_id!r}, which is no preflight rule. See docs/preflight_rules.md for the ids.",
                field="seed_preflight_accept",
                seen=rule_id,
                cure="correct the id",
            )
        if rule.firm:
            raise Failure(
                f"accept (seed_preflight_accept) names {rule_id}, which cannot be accepted: {rule.must}. {rule.cure}",
                field="seed_preflight_accept",
                seen=rule_id,
                cure=rule.cure,
            )
        reasons[rule.id] = one_line(reason) if reason else NO_REASON
    return reasons


def _place(finding):
    good = finding["outcome"] == "pass"
    return (good, ACTORS.index(finding["who"]), not finding["blocking"], ORDER[finding["outcome"]], SEVERITIES[finding["severity"]])


def word(finding):
    """How a finding stands, in a word for people."""
    if finding["outcome"] == "pass":
        return "holds"
    if finding["accepted"] is not None:
        return "accepted"
    if finding["blocking"]:
        return "MEND" if finding["outcome"] == "fail" else "UNKNOWN"
    return {"fail": "look at", "unknown": "unknown"}[finding["outcome"]] if finding["severity"] != "inform" else "note"


def table(findings):
    """What somebody has to look at as plain text: one block for each who, one entry a finding, what was seen and what to do."""
    open_ones = [finding for finding in findings if finding["outcome"] != "pass"]
    lines = []
    for who in dict.fromkeys(finding["who"] for finding in open_ones):
        lines.append(f"{who}:")
        for finding in (one for one in open_ones if one["who"] == who):
            lines += _entry(finding)
    good = len(findings) - len(open_ones)
    return "\n".join([*lines, f"{counted(good, 'rule')} of {len(findings)} hold."])


def _entry(finding):
    """One finding as lines of the table; what is to be pasted stays on one of them."""
    said = one_line(finding["seen"]).rstrip(".") + "."
    if finding["outcome"] == "fail":
        said += f" {finding['cure']}"
    elif not BY_ID[finding["id"]].statement:
        said += f" It must be: {finding['must']}."
    if finding["accepted"] is not None:
        said += f" Accepted: {finding['accepted']}."
    head = f"  {word(finding):<8} {finding['id']}  "
    whole = PASTE.sub(lambda found: found[0].replace(" ", UNBROKEN), said)
    wrapped = textwrap.wrap(whole, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False)
    return [line.replace(UNBROKEN, " ") for line in wrapped]


def _text(mistakes):
    if not mistakes:
        return "Nothing blocks the seed."
    wrong = [one for one in mistakes if one["outcome"] == "fail"]
    unknown = [f"{one['id']} ({one['seen'].removeprefix(UNKNOWN)})" for one in mistakes if one["outcome"] == "unknown"]
    said = [f"{one['id']}: {one_line(one['seen'])}; it must be: {one['must']}. {one['cure']}" for one in wrong]
    if unknown:
        said.append(f"Could not be checked: {listed(unknown)}.")
    return f"{counted(len(mistakes), 'thing')} to mend before the seed can begin. {' '.join(said)}"


def check_statements(inputs):
    """Refuse statements that nobody asks for: a misspelt one would be taken for unstated."""
    wrong = statements.problem(inputs.get("seed_statements") or {})
    if wrong:
        raise Failure(f"seed_statements: {wrong}.", field="seed_statements", cure="correct the names")
