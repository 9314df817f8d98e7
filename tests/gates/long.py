# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make test-long``: what takes an hour. Each part is a gate of its own; a million spoilt inputs for each family of parsers.

``OFFLINESEED_FUZZ`` sets another number of inputs, ``OFFLINESEED_FUZZ_SEED`` another series of them.
"""

from __future__ import annotations

import os
import sys

from gates.gate import Answer, Gate, ask, log_of, stream
from gates.tests import WORKERS
from setup.site import Site

MILLION = "1000000"
SPOILT = (
    "tests/unit/drives/test_mutated_files_prove_nothing.py",
    "tests/unit/drives/test_spoilt_lists_plans_and_records.py",
    "tests/unit/fuzz",
)


def spoilt_inputs(site: Site) -> Answer:
    os.environ.setdefault("OFFLINESEED_FUZZ", MILLION)
    return stream([site.python, "-m", "pytest", "-n", WORKERS, "--dist", "load", "--timeout", "0", *SPOILT], site)


PARTS = (Gate("spoilt inputs", spoilt_inputs),)


def main() -> int:
    site = Site.of_checkout()
    verdicts = [ask(part, site) for part in PARTS]
    failed = [verdict for verdict in verdicts if not verdict.answer.passed]
    for verdict in failed:
        print(f"{verdict.gate.name} FAILED; its output: {log_of(site, verdict.gate)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
