# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes signatures.json, the committed excerpt of the tables: `python -m lab.powershell.excerpt` (in tests/), where the tables are found.

It holds the commands named in commands.txt, those that a script of the collection calls, and the property types of all classes.
"""

from __future__ import annotations

import json
import pathlib
import re
import sys
from typing import Any

from ..shared import CHECKOUT, shared

COMMANDS = pathlib.Path(__file__).with_name("commands.txt")
NOTE = (
    "Facts about commands of Windows PowerShell 5.1, as published with PSScriptAnalyzer (MIT) for Windows 10 build 14393; commands of "
    "MSOnlineBackup from their public reference pages; property types from the public pages and listings of the classes."
)
_CIM_TYPES = frozenset({"uint8", "uint16", "uint32", "uint64", "sint8", "sint16", "sint32", "sint64", "real32", "real64", "char16"})
_NAME = re.compile(r"(?<![\w$-])[A-Z][a-z]+-[A-Za-z]+\b")


def tables() -> dict[str, Any] | None:
    """All commands of the tables beside the checkout, or None where there are none."""
    paths = [shared("pwsh", name) for name in ("commands-5.1.json", "commands-backup.json")]
    if None in paths:
        return None
    return {name: entry for path in paths for name, entry in json.loads(path.read_text(encoding="utf-8")).items()}


def named_in(text: str) -> set[str]:
    """Everything in a script that looks like the name of a command."""
    return set(_NAME.findall(text))


def scripts() -> list[pathlib.Path]:
    """The PowerShell files of the collection."""
    return sorted(
        [
            *CHECKOUT.glob("plugins/modules/*.ps1"),
            *CHECKOUT.glob("plugins/module_utils/**/*.psm1"),
            *CHECKOUT.glob("plugins/module_utils/**/*.ps1"),
        ]
    )


def wanted() -> set[str]:
    """The names in commands.txt."""
    lines = (line.partition("#")[0].strip() for line in COMMANDS.read_text(encoding="utf-8").splitlines())
    return {line for line in lines if line}


def build() -> dict[str, Any] | None:
    """The excerpt as it must be, or None where the tables are not found."""
    commands, classes = tables(), shared("pwsh", "classes.json")
    if commands is None or classes is None:
        return None
    unknown = sorted(wanted() - set(commands))
    if unknown:
        raise ValueError(f"commands.txt names commands that no table knows: {', '.join(unknown)}")
    return {
        "note": NOTE,
        "commands": {name: commands[name] for name in sorted(wanted())},
        "classes": _property_types(json.loads(classes.read_text(encoding="utf-8"))),
    }


def _property_types(classes: dict[str, Any]) -> dict[str, dict[str, str]]:
    found = {}
    for name, entry in sorted(classes.items()):
        types = {
            prop: about["type"]
            for prop, about in sorted(entry.get("properties", {}).items())
            if isinstance(about, dict) and "type" in about
        }
        types = {prop: kind for prop, kind in types.items() if kind.removesuffix("[]") in _CIM_TYPES}
        if types:
            found[name] = types
    return found


def main() -> int:
    """Write the excerpt."""
    made = build()
    if made is None:
        print("the tables of commands are not found beside the checkout (shared/pwsh)", file=sys.stderr)
        return 1
    target = COMMANDS.with_name("signatures.json")
    target.write_text(json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{target.name}: {len(made['commands'])} commands, {len(made['classes'])} classes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
