# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make test``: asks every gate, then says what passed, what failed and what could not be asked; exit code 1 if one failed."""

from __future__ import annotations

import sys
import time

from gates import linters, sanity, tests
from gates.gate import Gate, Verdict, ask, log_of
from setup.site import Site
from setup.trees import copy_checkout

GATES = (
    Gate("ruff", linters.ruff),
    Gate("changelog", linters.changelog),
    Gate("documentation", linters.documentation),
    Gate("powershell 5.1", linters.powershell_51),
    Gate("ansible-lint", linters.ansible_lint),
    Gate("ansible-test sanity", sanity.sanity),
    Gate("pytest", tests.pytest),
)


def main(wanted: list[str]) -> int:
    """``wanted``: names of gates, all when empty."""
    unknown = set(wanted) - {gate.name for gate in GATES}
    if unknown:
        sys.exit(f"No such gate: {', '.join(sorted(unknown))}. There are: {', '.join(gate.name for gate in GATES)}.")
    site, started = Site.of_checkout(), time.monotonic()
    copy_checkout(site)
    verdicts = [ask(gate, site) for gate in GATES if not wanted or gate.name in wanted]
    print(f"\n{'gate':<22}{'':<10}{'seconds':>8}")
    for verdict in verdicts:
        print(f"{verdict.gate.name:<22}{verdict.word:<10}{verdict.seconds:>8.0f}")
    say_what_was_left_out(verdicts)
    failed = [verdict for verdict in verdicts if verdict.answer.passed is False]
    for verdict in failed:
        print(f"\n{verdict.gate.name} FAILED; its output: {log_of(site, verdict.gate)}")
    print(f"\n{len(verdicts)} gates, {len(failed)} failed, {(time.monotonic() - started) / 60:.1f} minutes")
    for verdict in verdicts:
        closing = tests.closing_line(verdict.answer.output) if verdict.gate.name == "pytest" else None
        if closing:
            print(closing)
    return 1 if failed else 0


def say_what_was_left_out(verdicts: list[Verdict]) -> None:
    lines = [line for verdict in verdicts for line in verdict.answer.left_out]
    if lines:
        print("\nWhat did not run:")
    for line in lines:
        print(f"  {line}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
