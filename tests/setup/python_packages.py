# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step: ``build/venv`` with ansible-core, the Azure SDKs and the test tools, byte-compiled."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from setup.site import Site
from setup.steps import Logged, Step, StepFailed

LISTS = ("tests/requirements.txt", "meta/ee-requirements.txt")
OLDEST = (3, 11)


def key(site: Site) -> str:
    return "\n".join([str(OLDEST), *((site.root / name).read_text() for name in LISTS)])


def run(site: Site, logged: Logged) -> None:
    if not answers(site.python):
        if sys.version_info < OLDEST:
            seen = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise StepFailed(f"Python {seen} is too old: ansible-core needs 3.11 or newer (make PYTHON=/path/to/python3).")
        shutil.rmtree(site.venv, ignore_errors=True)
        logged(sys.executable, "-m", "venv", site.venv, env=None)
    logged(site.python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r", site.root / LISTS[0])
    logged(site.python, "-m", "compileall", "-q", "-j", "0", site.venv / "lib")


def answers(python: Path) -> bool:
    """False where the venv is missing or the Python that it was made from is gone."""
    return python.exists() and subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode == 0


STEP = Step("python-packages", "Python packages: ansible-core, Azure SDKs, test tools (build/venv)", key, lambda site: site.python, run)
