# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""win_backup_agent_info tells what is there, and null for what is not."""

from __future__ import annotations

import pytest


@pytest.fixture
def bench(either):
    """On the engine and on the stand-ins."""
    return either


def test_agent_and_host_are_told(bench):
    told = bench.run("win_backup_agent_info", "SRV1")
    agent = told["agent"]
    assert (agent["installed"], agent["registered"], agent["vault"]) == (True, True, "vault1")
    assert agent["product"] == "mars" and agent["version"].startswith("2.0.")
    assert agent["service"] == "running" and agent["commands"] is True and agent["passphrase_set"] is True
    assert agent["scratch"]["path"] == agent["scratch"]["provider_path"] and agent["scratch"]["exists"] is True
    assert agent["scratch"]["free_bytes"] > 0
    assert agent["scheduled_task"]["exists"] and agent["scheduled_task"]["enabled"]
    assert told["unreadable"] == []
    host = told["host"]
    assert (host["name"], host["virtual"], host["part_of_domain"]) == ("SRV1", True, True)
    assert host["os_build"].isdigit() and host["time"].endswith("Z")


def test_policy_is_told_with_its_size(bench):
    policy = bench.run("win_backup_agent_info", "SRV1")["policy"]
    [source] = policy["datasources"]
    assert source["name"] == "D:\\" and source["file_specs"] == ["D:\\"] and len(source["id"]) == 19
    assert policy["system_state"] is False and policy["selected_bytes"] >= 5000
    assert policy["schedule"]["times"] == ["21:00"] and "Monday" in policy["schedule"]["days"]


def test_host_without_agent_is_a_result_not_a_failure(bench):
    told = bench.run("win_backup_agent_info", "COPY1")
    assert told["agent"]["installed"] is False and told["agent"]["product"] is None and told["agent"]["version"] is None
    assert told["agent"]["service"] is None and told["agent"]["scheduled_task"]["exists"] is False
    assert (told["policy"], told["job"], told["initial_backup"], told["recovery_points"]) == (None, None, None, [])
    assert told["host"]["virtual"] is False


def test_stopped_service_is_told_and_what_it_hides_is_named(bench):
    bench.host("SRV1").services["obengine"]["state"] = "Stopped"
    told = bench.run("win_backup_agent_info", "SRV1")
    assert told["agent"]["service"] == "stopped"
    assert told["policy"] is None
    assert "Get-OBPolicy" in {line["command"] for line in told["unreadable"]}


def test_finished_backup_keeps_the_agents_word(bench):
    host = bench.host("SRV1")
    host.mars.start(wait=True)
    told = bench.run("win_backup_agent_info", "SRV1")
    assert told["job"]["state"] == "Completed" and told["job"]["seed_state"] == "completed" and told["job"]["running"] is False
    assert told["job"]["start_time"] <= told["job"]["end_time"]
    assert len(told["recovery_points"]) == 1


def test_word_that_nobody_knows_is_unknown_and_kept(bench):
    host = bench.host("SRV1")
    host.mars.start(wait=True)
    host.mars.jobs[-1]["state"] = "CompletedWithSomethingNew"
    job = bench.run("win_backup_agent_info", "SRV1")["job"]
    assert (job["state"], job["seed_state"]) == ("CompletedWithSomethingNew", "unknown")


def test_offline_values_are_told_where_the_agent_can_be_asked(bench):
    host = bench.host("SRV1")
    host.mars.setup["offline_cmdlets"] = True
    host.mars.enter_offline_values(r"\\COPY1\staging", "seedlanding", "seed-srv1", "11111111-2222-3333-4444-555555555555", "srv1")
    told = bench.run("win_backup_agent_info", "SRV1")
    assert told["agent"]["offline_cmdlets"] is True
    assert told["initial_backup"] == {
        "method": "OfflineBackup", "staging_path": r"\\COPY1\staging", "storage_account": "seedlanding", "container": "seed-srv1",
        "subscription_id": "11111111-2222-3333-4444-555555555555", "import_job_name": "srv1"}


def test_nothing_is_changed(bench):
    before = bench.network.hashes()
    bench.run("win_backup_agent_info", "SRV1")
    bench.run("win_backup_agent_info", "COPY1")
    assert bench.network.hashes() == before
