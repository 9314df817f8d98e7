# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the stories: labs that begin in a saved state."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from lab.sample import put
from stories.states import Player, States

FILES = {
    "empty.txt": 0,
    "one byte.bin": 1,
    "513 bytes.bin": 513,
    "Größe/Maß ü.txt": 4_321,
    "emoji/📦.txt": 777,
    "database.bak": 3_000_017,
    "zeros.img": 1_048_576,
}


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory):
    """A folder that all workers of one test run share."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if base.name.startswith("popen-") else base) / "states"


@pytest.fixture(scope="session")
def server_data(shared_folder):
    """The files of the server that is backed up, small enough for many labs."""
    from filelock import FileLock

    folder = shared_folder / "data"
    shared_folder.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            chance = random.Random(4)
            for name, size in FILES.items():
                put(folder / name, chance.randbytes(size))
    return folder


@pytest.fixture(scope="session")
def states(shared_folder, server_data, pwsh) -> States:
    """Saved states, on the PowerShell engine where there is one."""
    return States(shared_folder, server_data, "pwsh" if pwsh else "standins")


@pytest.fixture(scope="session")
def standin_states(shared_folder, server_data) -> States:
    """Saved states on the stand-ins."""
    return States(shared_folder, server_data, "standins")


@pytest.fixture
def begin(states, tmp_path) -> Iterator[Callable[[str | None], Player]]:
    """``begin("staged")``: a player in a lab of the test's own in that state."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(states.player(name, tmp_path / f"lab-{name}"))
