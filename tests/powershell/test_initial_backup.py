# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""win_initial_backup starts a seed's backup once, follows it for no longer than asked, and never takes an unknown word for success."""

from __future__ import annotations

import time

import pytest


@pytest.fixture
def bench(either):
    """On the engine and on the stand-ins."""
    return either


FIVE = (r"\\COPY1\staging", "seedlanding", "seed-srv1", "11111111-2222-3333-4444-555555555555", "srv1")


@pytest.fixture
def agent(bench):
    """The agent of SRV1 with the five values entered."""
    agent = bench.host("SRV1").mars
    agent.enter_offline_values(*FIVE)
    return agent


def ended(agent, state, **more):
    """A backup that ended with this word."""
    job = {
        "id": f"0000000{len(agent.jobs)}-0000-0000-0000-000000000000", "type": "Backup", "state": state, "running": False,
        "start": "2026-01-05T21:00:00Z", "end": "2026-01-05T22:00:00Z", "datasource": "D:\\", "datasource_id": "4508156004108672185",
        "total": 10, "progress": 10, "changed": 5, "error": 0,
    } | more
    agent.jobs.append(job)
    return job


def test_staging_is_started_followed_and_not_started_again(bench, agent):
    first = bench.run("win_initial_backup", "SRV1", state="started", wait=60)
    assert (first["changed"], first["seed_state"]) == (True, "waiting_for_import")
    again = bench.run("win_initial_backup", "SRV1", state="started", wait=60)
    assert (again["changed"], again["seed_state"], again["job"]["id"]) == (False, "waiting_for_import", first["job"]["id"])
    assert len(agent.jobs) == 1


def test_running_backup_is_reported_and_left_alone(bench, agent, monkeypatch):
    monkeypatch.setattr("lab.windows.mars.seed.PACE", 600.0)
    first = bench.run("win_initial_backup", "SRV1", state="started", wait=0)
    assert (first["changed"], first["seed_state"]) == (True, "running")
    again = bench.run("win_initial_backup", "SRV1", state="started", wait=0)
    assert (again["changed"], again["seed_state"], len(agent.jobs)) == (False, "running", 1)
    agent._stop.set()


def test_module_comes_back_when_the_wait_is_over(bench, agent):
    ended(agent, "InProgress", running=True, end=None)
    began = time.monotonic()
    told = bench.run("win_initial_backup", "SRV1", state="polled", wait=3)
    assert told["seed_state"] == "running" and time.monotonic() - began < 20


@pytest.mark.parametrize(("word", "state"), [
    ("CompletedWithWaitingForImportJob", "waiting_for_import"), ("CompletedWithWaitingForCopyBlob", "waiting_for_copy"),
    ("Failed", "failed"), ("Aborted", "aborted"), ("SomethingNew", "unknown"), ("Completed", "not_started"),
])
def test_word_of_the_agent_becomes_a_state(bench, agent, word, state):
    ended(agent, word)
    told = bench.run("win_initial_backup", "SRV1")
    assert (told["seed_state"], told["job"]["state"], told["changed"]) == (state, word, False)


@pytest.mark.parametrize("word", ["CompletedWithWaitingForImportJob", "CompletedWithWaitingForCopyBlob", "SomethingNew"])
def test_seed_on_its_way_is_not_started_again(bench, agent, word):
    ended(agent, word)
    assert bench.run("win_initial_backup", "SRV1", state="started")["changed"] is False
    assert len(agent.jobs) == 1


@pytest.mark.parametrize("word", ["Failed", "Aborted"])
def test_backup_that_failed_is_started_again(bench, agent, word):
    ended(agent, word)
    told = bench.run("win_initial_backup", "SRV1", state="started", wait=60)
    assert (told["changed"], told["seed_state"]) == (True, "waiting_for_import")


def test_completed_after_waiting_is_the_seed_in_the_vault(bench, agent):
    ended(agent, "CompletedWithWaitingForImportJob")
    ended(agent, "CompletedWithWarning", start="2026-02-05T21:00:00Z")
    told = bench.run("win_initial_backup", "SRV1", state="started", stage="staging")
    assert (told["seed_state"], told["changed"]) == ("completed_with_warning", False)


def test_own_backup_that_went_over_the_network_is_not_started_again(bench):
    agent = bench.host("SRV1").mars
    first = bench.run("win_initial_backup", "SRV1", state="started", wait=60)
    assert (first["changed"], first["seed_state"]) == (True, "completed")
    again = bench.run("win_initial_backup", "SRV1", state="started", job_id=first["job"]["id"])
    assert (again["changed"], again["seed_state"], len(agent.jobs)) == (False, "completed", 1)


def test_backup_from_before_the_seed_does_not_speak_for_it(bench, agent):
    ended(agent, "Completed")
    told = bench.run("win_initial_backup", "SRV1", state="started", wait=60)
    assert (told["changed"], told["seed_state"]) == (True, "waiting_for_import")


def test_job_that_the_agent_does_not_list_yet_is_unknown(bench, agent):
    ended(agent, "CompletedWithWaitingForImportJob")
    told = bench.run("win_initial_backup", "SRV1", state="started", job_id="ffffffff-0000-0000-0000-000000000000")
    assert (told["seed_state"], told["changed"]) == ("unknown", False)


def test_agent_that_restores_something_is_busy_and_left_alone(bench, agent):
    ended(agent, "InProgress", type="Recovery", running=True, end=None)
    told = bench.run("win_initial_backup", "SRV1", state="started")
    assert told["changed"] is False and told["busy"]["type"] == "Recovery" and "busy" in told["message"]
    assert len(agent.jobs) == 1


def test_vault_copy_starts_only_a_seed_that_waits_for_its_import(bench, agent):
    assert bench.run("win_initial_backup", "SRV1", state="started", stage="vault_copy")["changed"] is False
    ended(agent, "CompletedWithWaitingForImportJob")
    told = bench.run("win_initial_backup", "SRV1", state="started", stage="vault_copy", wait=30)
    assert told["changed"] is True and len(agent.jobs) == 2


def test_check_mode_says_what_it_would_start_and_starts_nothing(bench, agent):
    before = bench.network.hashes()
    told = bench.run("win_initial_backup", "SRV1", state="started", wait=600, check=True)
    assert (told["changed"], told["seed_state"]) == (True, "not_started")
    assert bench.network.hashes() == before and agent.jobs == []


def test_without_a_policy_nothing_can_be_started(bench):
    bench.host("SRV1").mars.policy = None
    told = bench.run("win_initial_backup", "SRV1", state="started")
    assert told["failed"] and "no backup policy" in told["msg"]


def test_wait_beyond_an_hour_is_refused(bench):
    told = bench.run("win_initial_backup", "SRV1", wait=3601)
    assert told["failed"] and "wait is 3601" in told["msg"]
