# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line as a person pastes it: into the tool's folder first, then the tool with its arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..paths import same
from .refusal import ConsoleRefused
from .tool import PROGRAM

INTO = ("cd", "chdir", "set-location", "sl", "push-location", "pushd")
SWITCHES = ("/d", "-path", "-literalpath")
# A quoted piece, a separator of statements, blanks, or anything else.
PIECE = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|&&|;|\r?\n|[ \t]+|[^'\" \t;&\r\n]+|&|['\"]")
SEPARATORS = ("&&", ";", "\n", "\r\n")
CURE = f'Go into its folder first, as in: Set-Location "FOLDER"; .\\{PROGRAM} s:"STAGING PATH"'


@dataclass(frozen=True)
class CommandLine:
    """`folder` of the tool, `staging` as given with `s:`."""

    folder: str
    staging: str


def parse(text: str) -> CommandLine:
    """Read a command line; refuses what the prompt or the tool would not take."""
    statements = [words for words in _statements(text) if words]
    if len(statements) != 2 or statements[0][0].lower() not in INTO:
        raise ConsoleRefused(f"the current directory is not that of the tool. {CURE}")
    folder = [word for word in statements[0][1:] if word.lower() not in SWITCHES]
    if len(folder) != 1:
        raise ConsoleRefused(f"{statements[0][0]} takes one folder, not {len(folder)}; a path with blanks wants quotes. {CURE}")
    program, *arguments = [word for word in statements[1] if word != "&"]
    where = program.rpartition("\\")[0]
    if program.rpartition("\\")[2].lower() != PROGRAM.lower() or not (where in ("", ".") or same(where, folder[0])):
        raise ConsoleRefused(f"'{program}' is not the tool in the current directory {folder[0]}. {CURE}")
    return CommandLine(folder[0].rstrip("\\"), _staging(arguments))


def _statements(text: str) -> list[list[str]]:
    """The words of each statement, quotes taken away."""
    statements: list[list[str]] = [[]]
    word: str | None = None
    for piece in PIECE.findall(text.strip()):
        blank = piece.isspace() or piece in SEPARATORS
        if blank and word is not None:
            statements[-1].append(word)
            word = None
        if piece in SEPARATORS:
            statements.append([])
        elif not blank:
            word = (word or "") + _plain(piece)
    if word is not None:
        statements[-1].append(word)
    return statements


def _plain(piece: str) -> str:
    if piece in ("'", '"'):
        raise ConsoleRefused(f"a quote {piece} in the command line is not closed.")
    if piece[0] == "'":
        return piece[1:-1].replace("''", "'")
    return piece[1:-1] if piece[0] == '"' else piece


def _staging(arguments: list[str]) -> str:
    found = [word[2:] for word in arguments if word.lower().startswith("s:")]
    strange = [word for word in arguments if not word.lower().startswith("s:")]
    if strange:
        raise ConsoleRefused(
            f"unknown argument '{strange[0]}'; the tool takes s:<Staging Location Path> only, a path with blanks in quotes."
        )
    if len(found) != 1 or not found[0]:
        raise ConsoleRefused("the argument s:<Staging Location Path> is missing or given twice.")
    return found[0]
