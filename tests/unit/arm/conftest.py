# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the Azure side."""

import pytest
from unit.arm import lab_azure
from unit.azure_tests import authority, script, task, time

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state

__all__ = ["authority", "lab", "script", "task", "time"]


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """The lab's Azure over TLS, an empty home and no proxy."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in lab_azure.OTHERS:
        monkeypatch.delenv(name, raising=False)
    task_state.begin()
    made, server = lab_azure.serve(tmp_path)
    yield made
    server.stop()
    task_state.begin()
