# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step: the collection ``ansible.windows``, from Galaxy where it can be reached, else out of the PyPI package ``ansible``."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from setup.site import Site
from setup.steps import Logged, Step, StepFailed

INSIDE = "ansible_collections/ansible/windows/"
GALAXY_SECONDS = 10
# The PyPI package `ansible` N carries core 2.(N+7): 12 → 2.19, 14 → 2.21.
CORE_MINOR_LESS_ANSIBLE_MAJOR = 7


def key(site: Site) -> str:
    return "ansible.windows >= 2.0.0"


def run(site: Site, logged: Logged) -> None:
    try:
        logged(
            site.program("ansible-galaxy"), "collection", "install", "ansible.windows:>=2.0.0",
            "--collections-path", site.collections, "--timeout", GALAXY_SECONDS,
        )
    except StepFailed:
        with logged.log.open("a") as log:
            log.write("Galaxy could not be reached; taking the collection out of the PyPI package ansible.\n")
        from_wheel(site, logged)
    logged(site.python, "-m", "compileall", "-q", site.collections)


def from_wheel(site: Site, logged: Logged) -> None:
    """Downloads the wheel that belongs to the installed core, keeps the one folder, deletes the wheel."""
    major = core_minor(site) - CORE_MINOR_LESS_ANSIBLE_MAJOR
    with tempfile.TemporaryDirectory(dir=site.build) as folder:
        logged(
            site.python, "-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:",
            "--dest", folder, f"ansible>={major},<{major + 1}",
        )
        wheel = next(Path(folder).glob("ansible-*.whl"))
        shutil.rmtree(site.collections / INSIDE, ignore_errors=True)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site.collections, [name for name in archive.namelist() if name.startswith(INSIDE)])


def core_minor(site: Site) -> int:
    command = [site.python, "-c", "import ansible.release; print(ansible.release.__version__)"]
    version = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return int(version.split(".")[1])


STEP = Step("ansible-windows", "Collection ansible.windows (build/collections)", key, lambda site: site.collections / INSIDE, run)
