# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host on which AppLocker or WDAC holds PowerShell in Constrained Language: each part refuses with that word, and no disk is touched."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from lab.powershell import command_line

from .prep_run import MIB, PrepRun

pytestmark = pytest.mark.engine

SIZE = 256 * MIB
ONE = {"serial": "ZB1", "size": SIZE}
CONSTRAINED = "$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'"
UTILS = Path(__file__).resolve().parents[2] / "plugins" / "module_utils"


@pytest.fixture
def prep(bench, tmp_path):
    """A seed with one staged file and one new drive."""
    run = PrepRun(bench, tmp_path)
    run.host.attach_disk("ZB1", SIZE)
    run.plan(run.stage(MIB), ("ZB1", SIZE))
    yield run
    bench.engine.stop_processes(run.host)


def constrain(prep, monkeypatch, which):
    """The tasks of SYSTEM whose script holds *which* run in Constrained Language."""
    start = prep.bench.engine.start_process

    def constrained(host, command, *rest, **more):
        script = command_line.parse(command).script
        if which in script:
            head = command[: command.index("-EncodedCommand")]
            command = f"{head}-EncodedCommand {command_line.encode(CONSTRAINED + chr(10) + script)}"
        return start(host, command, *rest, **more)

    monkeypatch.setattr(prep.bench.engine, "start_process", constrained)


def test_the_look_at_the_source_says_the_word_at_once_and_nothing_of_shares(prep, monkeypatch):
    constrain(prep, monkeypatch, "OfflineSeedProbe")
    began = time.monotonic()
    result = prep.run(ONE)
    assert result["failed"] and "ConstrainedLanguage" in result["msg"] and "AppLocker or WDAC" in result["msg"], result
    assert "computer account" not in result["msg"] and result["source_readable"] is False
    assert time.monotonic() - began < 45, "the whole time of a task that does not answer was waited for"
    assert prep.host.storage.by_serial("ZB1").style == "RAW" and not prep.escrow.exists() and not prep.host.tasks.known


def test_the_worker_says_the_word_and_the_drive_goes_on_where_powershell_is_allowed(prep, monkeypatch):
    with monkeypatch.context() as held:
        constrain(prep, held, "_DriveWorker")
        result = prep.run(ONE)
    assert result["failed"] and "ConstrainedLanguage" in result["msg"] and "SYSTEM" in result["msg"], result
    assert not result["prepared"] and result["drives"][0]["bytes_done"] == 0
    assert prep.run(ONE)["prepared"]


def test_a_step_that_would_change_a_disk_is_refused_before_it_looks(pwsh):
    if pwsh is None:
        pytest.skip("no PowerShell engine was found")
    script = f"""
        {CONSTRAINED}
        $step = Import-Module -Name '{UTILS / "_DriveStep.psm1"}' -PassThru -DisableNameChecking
        try {{ Start-DrivePreparation -Wanted @{{}} -Key @{{}} -Method Aes256 }} catch {{ "refused: $($_.Exception.Message)" }}
    """
    command = [pwsh, "-NoProfile", "-NonInteractive", "-Command", script]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "refused: PowerShell runs in ConstrainedLanguage mode on this host (AppLocker or WDAC)" in run.stdout, run
