# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""win_offline_backup hands the five values over, and says honestly how it knows that they were taken."""

from __future__ import annotations

import pytest


@pytest.fixture
def bench(either):
    """On the engine and on the stand-ins."""
    return either


VALUES = {
    "staging_path": r"\\COPY1\staging", "storage_account": "seedlanding", "container": "seed-srv1",
    "subscription_id": "11111111-2222-3333-4444-555555555555", "import_job_name": "srv1",
}


@pytest.fixture
def asking(bench):
    """An agent that can be asked for its initial backup."""
    bench.host("SRV1").mars.setup["offline_cmdlets"] = True
    return bench


@pytest.fixture
def silent(bench):
    """An agent of today: nothing can be read back."""
    bench.host("SRV1").mars.setup["offline_cmdlets"] = False
    return bench


def test_without_a_policy_one_has_to_be_made(asking):
    asking.host("SRV1").mars.policy = None
    told = asking.run("win_offline_backup", "SRV1", **VALUES)
    assert (told["state"], told["changed"]) == ("needs_policy", False)


def test_wizard_is_asked_for_with_the_wanted_values_and_nothing_is_changed(asking):
    before = asking.network.hashes()
    told = asking.run("win_offline_backup", "SRV1", diff=True, **VALUES)
    assert (told["state"], told["verified"], told["changed"]) == ("needs_wizard", "readback", False)
    assert told["wanted"] == {"method": "OfflineBackup", **VALUES}
    assert {line["field"] for line in told["differences"]} == {"method", *VALUES}
    assert told["diff"]["after"]["initial_backup"] == told["wanted"]
    assert asking.network.hashes() == before


def test_entered_values_are_read_back(asking):
    asking.host("SRV1").mars.enter_offline_values(*VALUES.values())
    told = asking.run("win_offline_backup", "SRV1", **VALUES)
    assert (told["state"], told["verified"], told["differences"]) == ("configured", "readback", [])


def test_one_wrong_value_is_named(asking):
    asking.host("SRV1").mars.enter_offline_values(*{**VALUES, "container": "seed-old"}.values())
    told = asking.run("win_offline_backup", "SRV1", **VALUES)
    assert told["state"] == "needs_wizard"
    assert told["differences"] == [{"field": "container", "current": "seed-old", "wanted": "seed-srv1"}]


def test_case_of_windows_and_azure_names_does_not_matter(asking):
    asking.host("SRV1").mars.enter_offline_values(*VALUES.values())
    same = {**VALUES, "staging_path": r"\\copy1\STAGING" + "\\", "subscription_id": VALUES["subscription_id"].upper()}
    assert asking.run("win_offline_backup", "SRV1", **same)["state"] == "configured"


def test_cmdlet_sets_the_values_once(asking):
    first = asking.run("win_offline_backup", "SRV1", method="cmdlet", **VALUES)
    assert (first["state"], first["verified"], first["changed"]) == ("configured", "readback", True)
    assert asking.host("SRV1").mars.offline == {"method": "OfflineBackup", **VALUES}
    again = asking.run("win_offline_backup", "SRV1", method="cmdlet", **VALUES)
    assert (again["state"], again["changed"]) == ("configured", False)


def test_cmdlet_in_check_mode_changes_nothing(asking):
    before = asking.network.hashes()
    told = asking.run("win_offline_backup", "SRV1", method="cmdlet", check=True, diff=True, **VALUES)
    assert told["changed"] is True and told["diff"]["after"]["initial_backup"]["container"] == "seed-srv1"
    assert asking.network.hashes() == before


def test_cmdlet_that_the_agent_does_not_have_is_refused(silent):
    told = silent.run("win_offline_backup", "SRV1", method="cmdlet", **VALUES)
    assert told["failed"] and "method: wizard" in told["msg"]


def test_agent_that_cannot_be_asked_wants_the_backup_started_in_its_console(silent):
    silent.host("SRV1").mars.enter_offline_values(*VALUES.values())
    told = silent.run("win_offline_backup", "SRV1", **VALUES)
    assert (told["state"], told["verified"]) == ("needs_wizard", "none")
    assert "Back Up Now" in told["message"]


def test_folder_that_somebody_saw_is_evidence(silent):
    told = silent.run("win_offline_backup", "SRV1", folder_seen=True, **VALUES)
    assert (told["state"], told["verified"]) == ("configured", "folder")


def test_folder_in_a_local_staging_location_is_evidence(silent):
    local = {**VALUES, "staging_path": r"C:\seed"}
    assert silent.run("win_offline_backup", "SRV1", **local)["state"] == "needs_wizard"
    silent.host("SRV1").path(r"C:\seed\seedlanding_srv1").mkdir(parents=True)
    assert silent.run("win_offline_backup", "SRV1", **local)["verified"] == "folder"


def test_backup_that_waits_for_an_import_is_evidence(silent):
    host = silent.host("SRV1")
    host.mars.enter_offline_values(*VALUES.values())
    host.mars.start(wait=True)
    told = silent.run("win_offline_backup", "SRV1", **VALUES)
    assert (told["state"], told["verified"]) == ("configured", "job")


def test_host_without_agent_fails_with_the_cure(bench):
    told = bench.run("win_offline_backup", "COPY1", **VALUES)
    assert told["failed"] and "https://aka.ms/azurebackup_agent" in told["msg"]
