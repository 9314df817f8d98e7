# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`--check --diff` before a phase changes nothing, and shows what the next run would do."""

from __future__ import annotations

import pytest

from stories.states import DRIVE, SEED


def check(player, phase):
    """The log of a run in check mode, after making sure that nothing changed anywhere."""
    record = player.state_dir / "record.jsonl"
    hashes, written = player.hashes(), record.read_bytes() if record.exists() else b""
    run = player.run(phase, "--check", "--diff", "-v")
    log = run.log.read_text()
    assert run.exit_code == 0, log[-3000:]
    assert player.hashes() == hashes
    assert (record.read_bytes() if record.exists() else b"") == written
    return log


def test_check_before_the_preflight_asks_for_consent(begin):
    log = check(begin(None), "seed")
    assert "seed_accept_undocumented" in log


def test_check_before_the_target_shows_the_bodies_of_account_and_container(begin):
    player = begin("fresh")
    log = check(player, "seed")
    for shown in ("storageAccounts/seedlanding", '"kind": "StorageV2"', "containers/seed-srv1", "Microsoft.ImportExport"):
        assert shown in log


def test_check_before_the_stage_names_the_five_values(begin):
    log = check(begin("targeted"), "seed")
    assert "enter_offline_values" in log and "seed-srv1" in log


def test_check_before_the_drives_names_the_drive_that_would_be_wiped(begin):
    log = check(begin("named"), "seed")
    assert DRIVE in log and "wipe" in log.lower()


def test_check_before_shipping_shows_the_job_and_no_key(begin):
    player = begin("prepared")
    log = check(player, "seed")
    assert f"jobs/{SEED}" in log and "driveList" in log and "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in log


@pytest.mark.parametrize("state", ["shipped", "vaulted"])
def test_check_of_a_later_phase_changes_nothing(begin, state):
    check(begin(state), "seed")
