# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the checkout importable as ``ansible_collections.offlineseed.azure`` and gives every test what the machine has to offer."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from lab.lab import Lab
    from lab.states import States

TESTS = Path(__file__).resolve().parent
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))

from lab.shared import find_pwsh  # noqa: E402
from setup.site import Site  # noqa: E402
from setup.trees import link_checkout  # noqa: E402

SITE = Site(TESTS.parent)
link_checkout(SITE)
for folder in (SITE.collections, SITE.dev):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


@pytest.fixture(scope="session")
def site() -> Site:
    """The checkout under test: its folders and the environment that its programs run in."""
    return SITE


@pytest.fixture(scope="session")
def pwsh() -> str | None:
    """The path of a PowerShell engine, or None where there is none."""
    return find_pwsh()


@pytest.fixture(scope="session")
def states(tmp_path_factory: pytest.TempPathFactory) -> States:
    """Saved labs at the beginning of each phase, played once a run and shared by all workers."""
    from lab.states import States

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "alone")
    base = tmp_path_factory.getbasetemp()
    return States((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"states-{run}")


@pytest.fixture
def lab_at(states: States) -> Iterator[Callable[[str], Lab]]:
    """`lab_at("ship")`: a running lab of the test's own whose seed is about to begin that phase; gone after the test."""
    from lab.states import end

    with contextlib.ExitStack() as labs:

        def at(phase: str) -> Lab:
            lab = states.load(phase)
            labs.callback(end, lab)
            return lab

        yield at


@pytest.fixture(autouse=True)
def _engine_is_there(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("engine") and request.getfixturevalue("pwsh") is None:
        pytest.skip("no PowerShell engine was found (OFFLINESEED_PWSH, PATH, ../shared/pwsh)")
