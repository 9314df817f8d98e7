# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's words: known ones mean one thing, in Python as in PowerShell, and unknown ones are never success."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.agent import states

MODULE_UTILS = Path(states.__file__).resolve().parents[1]


def test_the_table_is_the_one_of_the_powershell_modules():
    source = (MODULE_UTILS / "_BackupAgent.psm1").read_text()
    table = source.split("$script:SEED_STATES = @{", 1)[1].split("}", 1)[0]
    assert dict(re.findall(r"(\w+) = '(\w+)'", table)) == states.JOB_STATES


def test_every_word_leads_to_a_meaning_and_only_failures_are_not_well():
    assert all(states.meaning(word).seed_state == state for word, state in states.JOB_STATES.items())
    assert {meaning.seed_state for meaning in states.MEANINGS.values() if not meaning.well} == {"failed", "aborted"}


@pytest.mark.parametrize("word", ["", None, "Completed ", "CompletedWithSomethingNew", "FAILED"])
def test_an_unknown_word_is_neither_success_nor_over(word):
    meaning = states.meaning(word)
    assert meaning.seed_state == "unknown" and not meaning.over
