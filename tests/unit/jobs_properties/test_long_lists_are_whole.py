# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page of a long list of jobs is read, and each open job once on its own, on both services."""

from __future__ import annotations

import pytest
from benchmark.many_jobs import JOBS, OPEN, PAGE, fill
from unit.jobs_properties.in_process import AzureInProcess

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job_info


@pytest.mark.parametrize("backend", sorted(PAGE))
def test_a_list_of_many_pages_is_whole_and_costs_one_call_a_page_and_an_open_job(tmp_path, backend):
    azure = AzureInProcess(tmp_path)
    fill(azure)
    calls = []
    azure.wire.seen = lambda method, path, status: calls.append(path) if "/jobs" in path else None
    found = azure.run(import_job_info, backend=backend)["jobs"]
    assert len({job["name"] for job in found}) == JOBS
    assert [len(job["drives"]) for job in found if not job["terminal"]] == [1] * OPEN
    assert len(calls) == -(-JOBS // PAGE[backend]) + OPEN
