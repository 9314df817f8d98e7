# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page about storage accounts has the table of the code, row by row, and the choices of the options are those of the table."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import storage_account_rules as rules

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "guide_landing_zone.md"


def line(row: rules.Property) -> str:
    """A row of the table on the page."""
    effect = row.effect if row.holds else "drift only"
    option = f"`{row.repair.option}`" if row.repair else ""
    return f"| `{row.path}` | {effect} | {row.must} | {row.why} | {option} | {row.source} |"


def test_every_row_stands_on_the_page_and_no_other():
    told = [one for one in PAGE.read_text().splitlines() if one.startswith(("| `account.", "| `container.", "| `locks"))]
    assert told == [line(row) for row in rules.PROPERTIES]


@pytest.mark.parametrize(("option", "choices"), [("loosen", rules.LOOSENED), ("tighten", rules.TIGHTENED)])
def test_the_module_documents_the_choices_of_the_table(option, choices):
    text = (ROOT / "plugins" / "modules" / "storage_account.py").read_text()
    documented = yaml.safe_load(text.split('DOCUMENTATION = r"""')[1].split('"""')[0])["options"][option]
    told = " ".join(documented["description"])
    assert documented["choices"] == list(choices) and all(f"V({choice})" in told for choice in choices)
