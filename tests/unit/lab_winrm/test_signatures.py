# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The committed excerpt equals the tables it was made of, covers what the modules call, and generated functions bind as it says."""

from __future__ import annotations

import json
import pathlib

import pytest

from lab.powershell import excerpt, overrides
from lab.powershell.generate import function
from lab.powershell.signatures import Signature, excerpted, read, signature

needs_tables = pytest.mark.skipif(excerpt.tables() is None, reason="the tables of commands (shared/pwsh) are not beside the checkout")


@needs_tables
def test_the_excerpt_equals_the_tables() -> None:
    committed = json.loads(pathlib.Path(excerpt.COMMANDS).with_name("signatures.json").read_text(encoding="utf-8"))
    assert committed == excerpt.build(), "run: python -m lab.powershell.excerpt (in tests/)"


@needs_tables
def test_every_windows_command_that_a_script_of_the_collection_names_is_in_the_excerpt() -> None:
    """Commands of PowerShell's own modules exist in every PowerShell, so only those of Windows' modules must be there."""
    tables = excerpt.tables() or {}
    missing = {
        f"{script.name}: {name}"
        for script in excerpt.scripts()
        for name in excerpt.named_in(script.read_text(encoding="utf-8"))
        if name in tables and not tables[name]["module"].startswith("Microsoft.PowerShell.") and name not in excerpted()
    }
    assert not missing, "add them to commands.txt and run: python -m lab.powershell.excerpt"


def test_the_excerpt_says_where_it_comes_from() -> None:
    committed = json.loads(pathlib.Path(excerpt.COMMANDS).with_name("signatures.json").read_text(encoding="utf-8"))
    assert "PSScriptAnalyzer (MIT)" in committed["note"]


def test_four_ways_to_stand_in_a_set_are_read() -> None:
    known = read(
        "Test-It",
        {
            "module": "M",
            "type": "Function",
            "parameters": {"A": "string", "B": "int", "C": "string[]", "D": "switch", "E": "switch"},
            "sets": ["[-A] <string> [[-B] <int>] -C <string[]> [-D]", "-E [-B <int>]"],
        },
    )
    places = {place.name: (place.mandatory, place.position) for place in known.sets[0].places}
    assert places == {"A": (True, 0), "B": (False, 1), "C": (True, None), "D": (False, None)}
    assert {place.name: (place.mandatory, place.position) for place in known.sets[1].places} == {"E": (True, None), "B": (False, None)}


def test_sets_are_named_by_what_tells_them_apart() -> None:
    assert [one.name for one in found("Clear-Disk").sets] == ["Number", "UniqueId", "FriendlyName", "Path", "InputObject"]


def test_sets_of_a_command_have_different_names() -> None:
    for name in excerpted():
        names = [one.name for one in found(name).sets]
        assert len(names) == len(set(names)), name


def test_an_instance_is_bound_by_its_type_name() -> None:
    text = function(found("Clear-Disk"))
    assert "[PSTypeName('Microsoft.Management.Infrastructure.CimInstance#MSFT_Disk')]" in text
    assert "ConfirmImpact = 'High'" in text


def test_a_command_without_whatif_asks_nobody() -> None:
    assert "ShouldProcess" not in function(found("Get-Disk"))


def test_overrides_are_excerpted() -> None:
    assert excerpted() >= overrides.OVERRIDDEN


def found(name: str) -> Signature:
    """A signature that must exist."""
    one = signature(name)
    assert one is not None
    return one
