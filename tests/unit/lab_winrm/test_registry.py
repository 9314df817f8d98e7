# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry's cmdlets are answered from a host's registry as the registry provider answers them."""

from __future__ import annotations

from typing import Any

import pytest

from lab.powershell.registry import answer

ROOT = {
    "HKLM": {
        "keys": {
            "SOFTWARE": {
                "keys": {
                    "Lab": {
                        "values": {"Path": {"kind": "String", "data": "C:\\x"}, "Size": {"kind": "DWord", "data": 3}},
                        "keys": {"A": {"keys": {"Deep": {}}}, "B": {}},
                    }
                }
            }
        }
    }
}


class Host:
    """Only its registry."""

    class registry:  # noqa: N801
        """As the model's."""

        @staticmethod
        def state() -> dict[str, Any]:
            """All keys."""
            return ROOT


def ask(operation: str, path: str, **bound: Any) -> dict[str, Any]:
    """One answer."""
    return answer(Host, {"Operation": operation, "Path": path, **bound})


@pytest.mark.parametrize(("path", "there"), [("HKLM:\\software\\LAB", True), ("HKLM:\\SOFTWARE\\No", False), ("HKCU:\\SOFTWARE", False)])
def test_a_key_is_found_in_any_case_of_letters(path: str, there: bool) -> None:
    assert ask("Test-Path", path)["objects"] == [there]


def test_values_come_with_the_places_of_the_provider() -> None:
    [found] = ask("Get-ItemProperty", "HKLM:\\SOFTWARE\\Lab")["objects"]
    assert (found["Path"], found["Size"], found["PSChildName"]) == ("C:\\x", 3, "Lab")
    assert found["PSPath"] == "Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\SOFTWARE\\Lab"


def test_a_missing_value_is_an_error_beside_what_is_there() -> None:
    found = ask("Get-ItemProperty", "HKLM:\\SOFTWARE\\Lab", Name=["Size", "None"])
    assert found["objects"][0]["Size"] == 3
    assert "Property None does not exist" in found["errors"][0]["message"]


def test_one_value_is_only_the_value() -> None:
    assert ask("Get-ItemPropertyValue", "HKLM:\\SOFTWARE\\Lab", Name=["Size"])["objects"] == [3]


def test_children_are_listed_and_those_below_when_asked() -> None:
    assert [one["PSChildName"] for one in ask("Get-ChildItem", "HKLM:\\SOFTWARE\\Lab")["objects"]] == ["A", "B"]
    assert [one["PSChildName"] for one in ask("Get-ChildItem", "HKLM:\\SOFTWARE\\Lab", Recurse=True)["objects"]] == ["A", "Deep", "B"]


def test_a_missing_key_is_not_found() -> None:
    assert ask("Get-Item", "HKLM:\\SOFTWARE\\No")["errors"][0]["category"] == "ObjectNotFound"


@pytest.mark.parametrize(("operation", "path"), [("Get-ChildItem", "HKLM:\\SOFTWARE\\*"), ("Set-Item", "HKLM:\\SOFTWARE")])
def test_what_is_not_modelled_says_so(operation: str, path: str) -> None:
    found = ask(operation, path)
    assert found["terminating"]
    assert "does not model" in found["errors"][0]["message"]
