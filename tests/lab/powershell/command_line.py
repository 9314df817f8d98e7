# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines that start a PowerShell, taken apart."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

PROGRAM = re.compile(r'^"?(?:(?:[A-Za-z]:|%SystemRoot%)\\[^"]*\\)?(?:powershell|pwsh)(?:\.exe)?"?(?=\s|$)', re.IGNORECASE)
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
# Switches of powershell.exe with a value, by the shortest form that it takes (about_PowerShell_exe).
_VALUED = {
    "executionpolicy": "ex",
    "ep": "ep",
    "inputformat": "inp",
    "outputformat": "o",
    "windowstyle": "w",
    "version": "v",
    "encodedarguments": "encodeda",
}
_BARE = {"noprofile": "nop", "nologo": "nol", "noninteractive": "noni", "sta": "sta", "mta": "mta", "noexit": "noe"}


@dataclass(frozen=True)
class Start:
    """How a PowerShell is started: a script's text, or a file with its arguments. `options` are the switches before it."""

    script: str | None
    file: str | None
    arguments: tuple[str, ...]
    options: tuple[str, ...]


def split(text: str) -> list[str]:
    """The words of a command line; quotes hold words together."""
    return [match[1] if match[1] is not None else match[2] for match in _WORD.finditer(text)]


def is_powershell(text: str) -> bool:
    """Whether a command line starts a PowerShell."""
    return bool(PROGRAM.match(text.strip()))


def parse(text: str) -> Start:
    """Take a command line apart. Raises ValueError for a program that is no PowerShell and for a switch that it does not have."""
    text = text.strip()
    found = PROGRAM.match(text)
    if not found:
        raise ValueError(f"{text[:80]!r} starts no PowerShell")
    rest = text[found.end() :].strip()
    words = split(rest)
    options: list[str] = []
    while words:
        word = words.pop(0)
        switch = word.lstrip("-/").lower() if word[0] in "-/" else None
        if switch is None:
            return Start(_after(rest, word), None, (), tuple(options))
        if (
            _is(switch, "encodedcommand", "e")
            and not _is(switch, "executionpolicy", "ex")
            and not _is(switch, "encodedarguments", "encodeda")
        ):
            return Start(decode(words[0]), None, _encoded_arguments(words[1:]), tuple(options))
        if _is(switch, "file", "f"):
            return Start(None, words[0], tuple(words[1:]), tuple(options))
        if _is(switch, "command", "c"):
            return Start(_after(rest, word, skip=True), None, (), tuple(options))
        if any(_is(switch, full, short) for full, short in _BARE.items()):
            options.append(word)
        elif any(_is(switch, full, short) for full, short in _VALUED.items()):
            options += [word, words.pop(0)]
        else:
            raise ValueError(f"powershell.exe has no switch {word!r}")
    return Start(None, None, (), tuple(options))


def encode(script: str) -> str:
    """A script as -EncodedCommand takes it."""
    return base64.b64encode(script.encode("utf-16-le")).decode()


def decode(encoded: str) -> str:
    """The script of an -EncodedCommand."""
    return base64.b64decode(encoded).decode("utf-16-le")


def _encoded_arguments(words: list[str]) -> tuple[str, ...]:
    """The texts of -EncodedArguments, which is CLIXML (how ansible-core 2.21 names the file of a payload)."""
    if not words:
        return ()
    if len(words) != 2 or not _is(words[0].lstrip("-/").lower(), "encodedarguments", "encodeda"):
        raise ValueError(f"powershell.exe takes nothing but -EncodedArguments after -EncodedCommand, not {' '.join(words)!r}")
    return tuple(element.text or "" for element in ET.fromstring(decode(words[1])).iter() if element.tag.endswith("}S"))


def _is(switch: str, full: str, shortest: str) -> bool:
    return full.startswith(switch) and switch.startswith(shortest)


def _after(rest: str, word: str, skip: bool = False) -> str:
    at = rest.index(word)
    text = rest[at + len(word) if skip else at :].strip()
    return text[1:-1].replace('\\"', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text
