# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fuzz starts from: the lab's core in this process, with a job on each service, and the answers that it gives."""

from __future__ import annotations

import logging

import pytest
from unit.fuzz.in_process import LabCore

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from lab import names


@pytest.fixture(autouse=True)
def fresh_task():
    task_state.begin()
    yield
    task_state.begin()


@pytest.fixture(autouse=True)
def nothing_is_logged():
    """A log with half a character of a spoilt answer in it cannot travel between pytest's workers."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def core(tmp_path_factory):
    """A core that lives as long as the tests of one file."""
    return LabCore(tmp_path_factory.mktemp("core"))


@pytest.fixture
def group():
    return names.group_id()
