# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/preflight_rules.md out of the tables of rules: `python -m house.catalogue` (in tests/)."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "preflight_rules.md"
SUBJECTS = {
    "controller": "The controller",
    "naming": "Names and ids",
    "way": "The way that a seed goes",
    "agent": "The backup agent",
    "source_host": "The source and what its policy selects",
    "staging": "The staging folder",
    "copy_host": "The copy host",
    "drives": "The drives that the user named",
    "azure": "Azure",
    "shipping": "Shipping",
}
HEAD = """# Preflight rules

This page is made of the tables in `plugins/module_utils/seeds/rules` by `python -m house.catalogue`; a change by hand gets lost.

The role `preflight` gathers facts, one call for each `_info` module, and applies all rules at once. A finding says what was seen, what
must hold, the cure, who can mend it, and where the rule comes from. A fact that was not told is never taken for good: the outcome is
*unknown*, with the reason. `block` stops the seed, `warn` and `inform` do not. *Unknown* of a blocking rule blocks, too, unless the row
says otherwise.

* **Accepting a rule.** `seed_preflight_accept: [{rule: CP-01, reason: drives are passed through}]` turns a blocking rule into a warning.
  The reason stands in the findings and in the record. Rules marked *firm* cannot be accepted: Azure refuses such a name, or somebody else's
  data are at stake.
* **Stating what no program can look up.** `seed_statements: {drives_are_bare_sata: true}`; see [statements](#statements).
* **Asking the network.** `seed_check_network: true` lets both hosts try the names that they need; without it these rules stay unknown.
* **Installing what is missing.** `seed_install_prerequisites: true` installs the server feature BitLocker on the copy host. The restart
  that it wants stays with you: the run ends with the step `restart_copy_host`.
"""


def rules_package():
    """The package of rules, from the checkout."""
    from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import rules

    return rules


def cell(text):
    """Text that stands in one cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def row(*cells):
    return "| " + " | ".join(cells) + " |"


def table(heads, rows):
    return [row(*heads), row(*("---" for _head in heads)), *rows, ""]


def severity(rule):
    more = [rule.severity, *(["firm"] if rule.firm else [])]
    if rule.severity == "block" and not rule.unknown_blocks:
        more.append("unknown does not block")
    return ", ".join(more)


def looked_at(rule):
    paths = [*rule.needs, *rule.asks, *([f"seed_statements.{rule.statement}"] if rule.statement else [])]
    return " ".join(f"`{path.removeprefix('inputs.')}`" for path in paths)


def subject(rules, name, title):
    rows = [
        row(rule.id, severity(rule), looked_at(rule), cell(rule.must), cell(rule.cure), rule.who, ", ".join(rule.sources))
        for rule in getattr(rules, name).RULES
    ]
    return [f"## {title}", "", *table(("rule", "severity", "looks at", "must hold", "else", "who", "sources"), rows)]


def told(rules):
    rows = [row(one.id, cell(one.must), cell(one.why), cell(one.held_by), ", ".join(one.sources)) for one in rules.TOLD]
    return ["## Not checked by preflight", "", *table(("rule", "must hold", "why it is not checked", "who sees to it", "sources"), rows)]


def statements(rules):
    from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.statements import STATEMENTS

    rows = [
        row(f"`{name}`", cell(says), ", ".join(rule.id for rule in rules.RULES if rule.statement == name))
        for name, says in STATEMENTS.items()
    ]
    text = "Each is true or false; one that is left out makes its rule unknown, which warns and does not block."
    return ["## Statements", "", text, "", *table(("name", "true says that", "rule"), rows)]


def held(one):
    return row(str(getattr(one, "number", None) or one.id), cell(one.what), ", ".join(one.rules), cell(one.held_by))


def pains():
    from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.pains import PAINS

    text = "What public threads and the vendor's own pages tell, and what keeps it away from a seed."
    heads = ("no.", "what happened", "rules", "held by, or why not")
    return ["## What hurt others", "", text, "", *table(heads, [held(pain) for pain in PAINS])]


def traps():
    from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.traps import FIELDS, TRAPS

    lines = ["## Traps of the field", ""]
    for letter, title in FIELDS.items():
        rows = [held(trap) for trap in TRAPS if trap.id.startswith(letter)]
        lines += [f"### {title}", "", *table(("id", "trap", "rules", "held by"), rows)]
    return lines


def sources():
    from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.sources import SOURCES

    rows = [row(key, cell(source.title), source.date or "") for key, source in SOURCES.items()]
    return ["## Sources", "", *table(("key", "source", "date"), rows)]


def page():
    """The page as it must be."""
    rules = rules_package()
    lines = [HEAD]
    for name, title in SUBJECTS.items():
        lines += subject(rules, name, title)
    lines += [*told(rules), *statements(rules), *pains(), *traps(), *sources()]
    return "\n".join(lines).rstrip("\n") + "\n"


def main():
    sys.path.insert(0, str(ROOT / "build" / "dev"))
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")


if __name__ == "__main__":
    main()
