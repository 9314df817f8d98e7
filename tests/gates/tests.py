# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gate: pytest over everything under tests/."""

from __future__ import annotations

import re

from gates.gate import Answer, stream
from setup.site import Site

CLOSING = re.compile(r"^=+ .*\b(passed|failed|error|errors|no tests ran|skipped)\b.* in .*=+$")
WORKERS = 2


def pytest(site: Site) -> Answer:
    # In the order of testpaths: xdist would begin with the files of many tests and leave one worker with the long stories at the end.
    answer = stream([site.python, "-m", "pytest", "-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder"], site)
    skipped = re.findall(r"^SKIPPED \[\d+\] (.*)$", answer.output, flags=re.MULTILINE)
    return Answer(answer.passed, answer.output, answer.shown, tuple(f"pytest skipped {line}" for line in dict.fromkeys(skipped)))


def closing_line(output: str) -> str | None:
    """pytest's last word, for CI: the line that counts what passed and failed."""
    lines = [line for line in output.splitlines() if CLOSING.match(line)]
    return lines[-1] if lines else None
