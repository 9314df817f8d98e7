# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the modelled Windows: one function a command, in one table.

A function takes `(host, bound, session)` and returns an answer (or a list of objects); it raises `WindowsError`. Each names the
parameters that it models: any other bound parameter fails loudly, and so does a command that is not in the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..answer import NotModelled, WindowsError, answer
from ..session import Session

if TYPE_CHECKING:
    from ..host import Host

# Parameters that change how PowerShell treats an answer, not what Windows does.
COMMON = {
    "ErrorAction",
    "WarningAction",
    "InformationAction",
    "Verbose",
    "Debug",
    "ErrorVariable",
    "WarningVariable",
    "OutVariable",
    "OutBuffer",
    "PipelineVariable",
    "InformationVariable",
    "ProgressAction",
    "Confirm",
    "AsJob",
    "ThrottleLimit",
}
Run = Callable[["Host", dict[str, Any], Session], Any]


@dataclass(frozen=True)
class Command:
    """A modelled command: its function, the parameters it knows, and where it exists. A `dry` one answers -WhatIf itself."""

    name: str
    parameters: frozenset[str]
    run: Run
    present: Callable[[Host], bool]
    quick: bool = True
    dry: bool = False


COMMANDS: dict[str, Command] = {}


def command(
    name: str, parameters: str = "", present: Callable[[Host], bool] = lambda host: True, quick: bool = True, dry: bool = False
) -> Callable[[Run], Run]:
    """Enter a function into the table. One that is not `quick` takes the model's lock itself, when it needs it."""

    def enter(run: Run) -> Run:
        COMMANDS[name] = Command(name, frozenset(parameters.split()), run, present, quick, dry)
        return run

    return enter


def run(host: Host, name: str, bound: dict[str, Any], parameter_set: str, session: Session) -> dict[str, Any]:
    """Run one command; `parameter_set` is told for the record only, the bound parameters decide."""
    known = COMMANDS.get(name)
    if known is None:
        raise NotModelled(f"the command {name}")
    if not known.present(host):
        raise WindowsError(
            "CommandNotFoundException", f"The term '{name}' is not recognized as a name of a cmdlet.", "ObjectNotFound", terminating=True
        )
    strangers = sorted(set(bound) - known.parameters - COMMON - {"WhatIf"})
    if strangers or bound.get("AsJob"):
        raise NotModelled(f"parameter {', '.join(strangers) or 'AsJob'} of {name} (set {parameter_set or 'unnamed'})")
    if bound.get("WhatIf") and not known.dry:
        return answer()
    if not known.quick:
        return _dressed(known.run(host, bound, session))
    with host.lock:
        return _dressed(known.run(host, bound, session))


def _dressed(result: Any) -> dict[str, Any]:
    if isinstance(result, dict) and "objects" in result and "terminating" in result:
        return result
    return answer(list(result or []))


from . import backup, cim, disks, encryptable, features, files, partitions, registry, scheduled, services, volumes  # noqa: E402

__all__ = [
    "COMMANDS",
    "Command",
    "backup",
    "cim",
    "command",
    "disks",
    "encryptable",
    "features",
    "files",
    "partitions",
    "registry",
    "run",
    "scheduled",
    "services",
    "volumes",
]
