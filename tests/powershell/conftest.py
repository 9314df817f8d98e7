# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One PowerShell engine for all tests, a world of its own for each."""

from __future__ import annotations

import pytest

from .bench import Bench, StandinBench, engine_of


@pytest.fixture(scope="session")
def engine(pwsh, tmp_path_factory):
    """The engine; tests that need it are skipped where no PowerShell was found."""
    if pwsh is None:
        pytest.skip("no PowerShell engine was found (OFFLINESEED_PWSH, PATH, ../shared/pwsh)")
    made = engine_of(tmp_path_factory.mktemp("engine"), pwsh)
    yield made
    made.close()


@pytest.fixture
def network(tmp_path):
    """Source SRV1 (agent, a policy over D: with a few files) and copy host COPY1 (share of C:\\staging), freshly made."""
    from lab.clock import Clock
    from lab.windows import worlds

    data = tmp_path / "data"
    data.mkdir()
    (data / "letter.txt").write_bytes(b"dear " * 1000)
    (data / "empty").write_bytes(b"")
    return worlds.build(tmp_path / "lab", Clock(tmp_path / "lab" / "clock.json"), data)


@pytest.fixture
def bench(engine, network):
    """Modules on the engine."""
    yield Bench(engine, network)
    engine.forget(network.hosts.values())


@pytest.fixture(params=["pwsh", "standins"])
def either(request, network):
    """Modules on the engine, and the same test once more on the lab's stand-ins: both must hold what the test says."""
    return request.getfixturevalue("bench") if request.param == "pwsh" else StandinBench(None, network)
