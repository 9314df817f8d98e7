# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does what a request wants on a host: helper actions natively, modules on the engine or by a stand-in, everything else loudly not."""

from __future__ import annotations

import json
from typing import Any

from .. import standins
from ..powershell.pool import Outcome, Running
from ..powershell.surroundings import is_system
from .helpers import Result, Shell
from .helpers import run as run_helper
from .payload import Helper, ModuleRun, NotUnderstood, Raw, Request, parse_script


class Interrupted(Exception):
    """The process that did the work was killed: there is nothing to answer."""


class Executor:
    """`engine` is the lab's PowerShell engine, or None where stand-ins answer."""

    def __init__(self, engine: Any | None) -> None:
        self.engine = engine

    def run(self, shell: Shell, request: Request, running: Running) -> Result:
        """Do it. Raises Interrupted where the work was ended from outside."""
        try:
            if isinstance(request, Helper) and request.action == "type":
                return self.run(shell, self._typed(shell, request), running)
            if isinstance(request, Helper):
                return run_helper(shell, request)
            if isinstance(request, ModuleRun):
                return self._module(shell, request, running)
            return self._raw(shell, request, running)
        except NotUnderstood as error:
            return refusal(request, f"{error}")

    @staticmethod
    def _typed(shell: Shell, request: Helper) -> Request:
        """The payload lies in a file of the host."""
        path = shell.host.path(request.parameters["Path"], session={"account": shell.account, "logon": "network"})
        return parse_script(request.parameters["Script"], path.read_bytes())

    def _module(self, shell: Shell, request: ModuleRun, running: Running) -> Result:
        account = request.become_user or shell.account
        logon = "system" if is_system(account) else "network"
        if self.engine is None:
            result = standins.call(shell.host, request.name, request.arguments, request.internal, account, logon)
            return Result(int(bool(result.get("failed"))), (json.dumps(result),))
        return told(self.engine.run_module(shell.host, request, account, logon, running, shell.plain_errors))

    def _raw(self, shell: Shell, request: Raw, running: Running) -> Result:
        if self.engine is None:
            raise NotUnderstood(f"without a PowerShell the lab runs modules only, not {request.script[:120]!r}")
        wanted = {"stdin": request.stdin, "running": running, "plain_errors": shell.plain_errors}
        return told(self.engine.run_script(shell.host, request.script, shell.account, **wanted))


def told(outcome: Outcome) -> Result:
    """What PowerShell said."""
    if outcome.code is None:
        raise Interrupted
    text = outcome.out.decode(errors="replace").removesuffix("\n")
    return Result(outcome.code, (text,) if text else (), outcome.err.decode(errors="replace"))


def refusal(request: Request, why: str) -> Result:
    """A loud no, in the form that the asker reads."""
    message = f"The lab does not know this: {why}"
    if isinstance(request, ModuleRun):
        return Result(1, (json.dumps({"failed": True, "msg": message}),))
    return Result(1, errors=message)
