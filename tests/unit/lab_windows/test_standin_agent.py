# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-ins of the modules around the agent and its staging folder."""

from __future__ import annotations

import json

import pytest

from lab import names
from lab.windows import Host
from lab.windows.mars import seed as work

from .prepared_drives import module

FIVE = {
    "staging_path": names.STAGING, "storage_account": "acct", "container": "seed", "subscription_id": names.SUBSCRIPTION,
    "import_job_name": "srv1",
}  # fmt: skip
WHERE = {"storage_account": "acct", "import_job_name": "srv1"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "PACE", 0.0)


def test_wizard_hand_over_names_the_values_until_a_person_has_entered_them(source: Host) -> None:
    before = module(source, "win_offline_backup", **FIVE)
    assert (before["state"], before["changed"], len(before["differences"])) == ("needs_wizard", False, 6)
    source.mars.enter_offline_values(**FIVE)
    assert module(source, "win_offline_backup", **FIVE)["state"] == "configured"


def test_cmdlet_changes_once_and_check_mode_not_at_all(source: Host) -> None:
    assert module(source, "win_offline_backup", check=True, method="cmdlet", **FIVE)["changed"]
    assert source.mars.offline is None
    assert [module(source, "win_offline_backup", method="cmdlet", **FIVE)["changed"] for _unused in range(2)] == [True, False]


def test_without_the_cmdlets_the_folder_tells(source: Host, copy_host: Host) -> None:
    source.mars.setup["offline_cmdlets"] = False
    assert module(source, "win_offline_backup", **FIVE)["state"] == "needs_wizard"
    assert module(source, "win_offline_backup", folder_seen=True, **FIVE)["verified"] == "folder"
    assert module(source, "win_offline_backup", method="cmdlet", **FIVE)["failed"]


def test_host_without_policy_needs_one(source: Host) -> None:
    source.mars.policy = None
    assert module(source, "win_offline_backup", **FIVE)["state"] == "needs_policy"


def test_initial_backup_is_started_once(source: Host) -> None:
    source.mars.enter_offline_values(**FIVE)
    assert module(source, "win_initial_backup")["seed_state"] == "not_started"
    first = module(source, "win_initial_backup", state="started", wait=30)
    assert (first["changed"], first["seed_state"]) == (True, "waiting_for_import")
    again = module(source, "win_initial_backup", state="started", wait=30)
    assert (again["changed"], again["job"]["id"]) == (False, first["job"]["id"])


def test_inventory_is_written_on_the_host_and_removed_files_are_exactly_its(source: Host, copy_host: Host) -> None:
    source.mars.enter_offline_values(**FIVE)
    module(source, "win_initial_backup", state="started", wait=30)
    listing = module(copy_host, "win_staging_info", path="C:\\staging", **WHERE)
    assert (listing["files"], listing["foreign"]) == (2, [])
    lines = [json.loads(x) for x in copy_host.path(listing["listing"]).read_text().splitlines()]
    assert [x["name"] for x in lines] == sorted(x["name"] for x in lines)
    (copy_host.path(listing["folder"]) / "somebody's.txt").write_text("keep")
    gone = module(copy_host, "win_staging", path="C:\\staging", inventory_file=listing["listing"], **WHERE)
    assert (gone["removed"], gone["kept"], gone["folder_removed"]) == (2, ["somebody's.txt"], False)
    assert module(copy_host, "win_staging", path="C:\\staging", inventory_file=listing["listing"], **WHERE)["changed"] is False


def test_share_is_out_of_reach_without_a_credential_and_says_the_cure(source: Host) -> None:
    seen = module(source, "win_staging_info", path=names.STAGING, **WHERE)
    assert (seen["readable"], "not passed on" in seen["read_error"]) == (False, True)
    who = {"credential_username": "LAB\\Administrator", "credential_password": names.WINRM_PASSWORD}
    assert module(source, "win_staging_info", path=names.STAGING, **WHERE, **who)["readable"]


def test_misaligned_staged_file_is_named(copy_host: Host) -> None:
    folder = copy_host.path("C:\\staging\\acct_srv1")
    folder.mkdir()
    (folder / ("1" * 19 + "_1_00000000-0000-4000-8000-000000000001_BaseBlob")).write_bytes(b"x" * 513)
    seen = module(copy_host, "win_staging_info", path="C:\\staging", **WHERE)
    assert [(x["size"], seen["misaligned_count"]) for x in seen["misaligned"]] == [(513, 1)]


def test_stopped_agent_is_unreadable_not_absent(source: Host) -> None:
    source.services["obengine"]["state"] = "Stopped"
    seen = module(source, "win_backup_agent_info")
    assert (seen["agent"]["installed"], seen["agent"]["service"], seen["policy"]) == (True, "stopped", None)
    assert seen["unreadable"]


def test_copy_host_has_no_agent(copy_host: Host) -> None:
    seen = module(copy_host, "win_backup_agent_info")
    assert (seen["agent"]["installed"], seen["agent"]["product"], seen["host"]["virtual"]) == (False, None, False)
    assert module(copy_host, "win_initial_backup")["failed"]
