# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make test-long``. Each part is a gate of its own: the oldest Azure SDKs that the collection says it works with, and a million spoilt
inputs for each family of parsers.

``OFFLINESEED_FUZZ`` sets another number of inputs, ``OFFLINESEED_FUZZ_SEED`` another series of them.
"""

from __future__ import annotations

import os
import re
import shutil
import sys

from gates.gate import Answer, Gate, ask, log_of, run, stream
from gates.tests import WORKERS
from setup.site import Site

MILLION = "1000000"
SPOILT = (
    "tests/unit/drives/test_mutated_files_prove_nothing.py",
    "tests/unit/drives/test_spoilt_lists_plans_and_records.py",
    "tests/unit/fuzz",
)
AZURE = ("tests/unit/arm", "tests/unit/jobs", "tests/unit/lab_azure/test_second_store.py", "tests/unit/lab_azure/test_life_of_a_job.py")
LOWEST = re.compile(r"^(azure-[a-z-]+)>=([0-9.]+)$", re.MULTILINE)


def spoilt_inputs(site: Site) -> Answer:
    os.environ.setdefault("OFFLINESEED_FUZZ", MILLION)
    return stream([site.python, "-m", "pytest", "-n", WORKERS, "--dist", "load", "--timeout", "0", *SPOILT], site)


def oldest_sdks(site: Site) -> Answer:
    """The tests of the Azure side with the lowest versions in meta/ee-requirements.txt before the newest on the path."""
    wanted = LOWEST.findall((site.root / "meta" / "ee-requirements.txt").read_text())
    folder = site.build / "oldest"
    shutil.rmtree(folder, ignore_errors=True)
    pins = [f"{name}=={version}" for name, version in wanted]
    got = run([site.python, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--target", folder, *pins], site)
    if not got.passed:
        return got
    environment = {**site.environment(), "PYTHONPATH": str(folder)}
    return stream([site.python, "-m", "pytest", "-n", WORKERS, "--timeout", "0", *AZURE], site, env=environment)


PARTS = (Gate("oldest SDKs", oldest_sdks), Gate("spoilt inputs", spoilt_inputs))


def main() -> int:
    site = Site.of_checkout()
    verdicts = [ask(part, site) for part in PARTS]
    failed = [verdict for verdict in verdicts if not verdict.answer.passed]
    for verdict in failed:
        print(f"{verdict.gate.name} FAILED; its output: {log_of(site, verdict.gate)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
