# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's Windows modules on a PowerShell engine, with the standard world of the lab under them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import returned, standins
from lab.powershell.try_module import payload
from lab.winrm.engine import Engine

MODULES = Path(__file__).resolve().parents[2] / "plugins" / "modules"


class ReusedEngine(Engine):
    """An engine that can part from hosts, so that one warm PowerShell serves many worlds whose hosts have the same names."""

    def forget(self, hosts: Iterable[Any]) -> None:
        for host in hosts:
            self.stop_processes(host)
            place = self._places.pop(host.name, None)
            if place is not None:
                place.socket.close()


def engine_of(folder: Path, pwsh: str) -> ReusedEngine:
    """One engine with one warm process."""
    return ReusedEngine(folder, pwsh, size=1)


@dataclass
class Bench:
    """`run` takes the module's name and its options, compares the result with the module's RETURN, and returns it."""

    engine: Any
    network: Any

    def host(self, name: str) -> Any:
        host = self.network.host(name)
        host.engine = self.engine
        return host

    def run(self, module: str, host: str, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        result = self.call(module, self.host(host), options, check, diff)
        result.pop("invocation", None)
        wrong = returned.differences(module, result) + [f"{name} is missing" for name in returned.missing(module, result)]
        assert not wrong or result.get("failed"), wrong
        return result

    def call(self, module: str, host: Any, options: dict[str, Any], check: bool, diff: bool) -> dict[str, Any]:
        """The module's result, as it came."""
        outcome = self.engine.run_module(host, payload(MODULES / f"{module}.ps1", options, check, diff), "Administrator")
        try:
            return json.loads(outcome.out)
        except ValueError:
            raise AssertionError(f"{module} printed no result (exit code {outcome.code}): {outcome.out!r} {outcome.err!r}") from None


class StandinBench(Bench):
    """The same calls, answered by the lab's stand-ins for the modules."""

    def call(self, module: str, host: Any, options: dict[str, Any], check: bool, diff: bool) -> dict[str, Any]:
        internal = {"_ansible_check_mode": check, "_ansible_diff": diff}
        return json.loads(json.dumps(standins.call(host, f"offlineseed.azure.{module}", options, internal)))
