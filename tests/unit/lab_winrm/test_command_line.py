# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines that start a PowerShell are taken apart as powershell.exe does."""

from __future__ import annotations

import pytest

from lab.powershell.command_line import Start, encode, is_powershell, parse


@pytest.mark.parametrize(
    "program",
    [
        "powershell",
        "PowerShell.exe",
        '"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"',
        "pwsh",
        "C:\\Windows\\System32\\powershell.exe",
    ],
)
def test_every_spelling_of_the_program_is_known(program: str) -> None:
    assert parse(f"{program} -NoProfile -EncodedCommand {encode('1')}") == Start("1", None, (), ("-NoProfile",))


def test_switches_may_be_cut_short() -> None:
    assert parse(f"powershell -nop -noni -ex Bypass -enc {encode('x')}") == Start("x", None, (), ("-nop", "-noni", "-ex", "Bypass"))


def test_a_file_keeps_its_arguments() -> None:
    assert parse('powershell.exe -File "C:\\a b\\x.ps1" -Seed "s 1"') == Start(None, "C:\\a b\\x.ps1", ("-Seed", "s 1"), ())


def test_a_command_is_the_rest_of_the_line() -> None:
    assert parse('powershell -Command "Get-Disk | Out-Null"').script == "Get-Disk | Out-Null"


def test_an_unknown_switch_is_refused() -> None:
    with pytest.raises(ValueError, match="-Nonsense"):
        parse("powershell -Nonsense")


@pytest.mark.parametrize("text", ["cmd /c dir", "powershells", "C:\\x\\notepowershell.exe"])
def test_another_program_is_none(text: str) -> None:
    assert not is_powershell(text)
