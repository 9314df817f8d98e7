# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the checkout importable as ``ansible_collections.offlineseed.azure`` and gives every test what the machine has to offer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

TESTS = Path(__file__).resolve().parent
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))

from lab.shared import find_pwsh  # noqa: E402
from setup.site import Site  # noqa: E402
from setup.trees import link_checkout  # noqa: E402

SITE = Site(TESTS.parent)
link_checkout(SITE)
os.environ.update({name: value for name, value in SITE.environment().items() if name.startswith("ANSIBLE_")})  # before Ansible is imported

from ansible.plugins.loader import init_plugin_loader  # noqa: E402

# Ansible's own importer, before anything of a collection is imported: the builder of module payloads knows collections through it only.
init_plugin_loader([str(SITE.dev), str(SITE.collections)])


# How long one example takes says more about the machine's load than about the code.
settings.register_profile("here", deadline=None)
settings.load_profile("here")


@pytest.fixture(scope="session")
def site() -> Site:
    """The checkout under test: its folders and the environment that its programs run in."""
    return SITE


@pytest.fixture(scope="session")
def pwsh() -> str | None:
    """The path of a PowerShell engine, or None where there is none."""
    return find_pwsh()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the engine are left out, and say so, where there is none; before any fixture asks for it."""
    wanting = [item for item in items if item.get_closest_marker("engine")]
    if wanting and find_pwsh() is None:
        for item in wanting:
            item.add_marker(pytest.mark.skip(reason="no PowerShell engine was found (OFFLINESEED_PWSH, PATH, ../shared/pwsh)"))
