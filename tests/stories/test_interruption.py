# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller is killed, the copy host restarts: the next run goes on, nothing is done twice, nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter

import pytest

from lab import names
from stories.states import DRIVE, Player


def kill_when(player: Player, phase: str, seen, timeout: float = 120) -> None:
    """Starts a playbook and kills its whole process group with SIGKILL as soon as `seen(log text)` holds."""
    log = player.controller.folder / "killed.log"
    command = player.controller.command(player.now(), playbook=f"offlineseed.azure.{phase}")
    with log.open("w") as out:
        process = subprocess.Popen(
            [player.controller.site.program(command[0]), *command[1:]],
            stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
            env=player.controller.environment() | {"PYTHONUNBUFFERED": "1"}, cwd=player.controller.folder,
        )  # fmt: skip
        until = time.monotonic() + timeout
        while not seen(log.read_text()):
            assert process.poll() is None, f"the run ended before it could be killed\n{log.read_text()[-3000:]}"
            assert time.monotonic() < until, log.read_text()[-3000:]
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def task(name: str):
    """Holds as soon as the task of that name has begun."""
    return lambda log: f": {name}]" in log


def journal(player: Player) -> list[dict]:
    return [json.loads(line) for line in (player.lab.folder / "journal.jsonl").read_text().splitlines()]


def writes(player: Player, method: str, part: str) -> int:
    lines = (player.lab.folder / "requests.jsonl").read_text().splitlines()
    return sum(told["method"] == method and part in told["path"] for told in map(json.loads, lines))


@pytest.mark.parametrize(
    "where", ["Resource provider is registered", "Storage account and container are ready for page blobs", "Target is on record"]
)
def test_killed_in_the_target_phase_the_next_run_finishes(begin, where):
    player = begin("fresh")
    player.good("preflight")
    kill_when(player, "target", task(where))
    assert player.good("target")["phase"] == "stage"


@pytest.mark.parametrize(
    "where", ["Initial backup is started and watched", "Inventory of the staged files is taken where the drives are filled"]
)
def test_killed_in_the_stage_phase_the_next_run_finishes_with_one_backup(begin, where):
    player = begin("entered")
    kill_when(player, "stage", task(where))
    player.until("stage", "prepare")
    folders = list((player.lab.folder / "hosts" / names.COPY_HOST / "C" / "staging").iterdir())
    assert len(folders) == 1


def test_killed_while_copying_no_drive_is_prepared_twice(begin):
    player = begin("named")
    player.set("seed_max_rate", 400_000)
    kill_when(player, "prepare", lambda log: copying(player))
    player.set("seed_max_rate", 0)
    player.until("prepare", "ship")
    assert prepared_once(player)


def test_copy_host_restarts_while_copying_and_the_next_run_goes_on(begin):
    player = begin("named")
    player.set("seed_max_rate", 400_000)
    player.set("seed_wait", 3)
    assert player.good("prepare")["state"] == "working"
    player.control.reboot(host=names.COPY_HOST)
    player.set("seed_max_rate", 0)
    player.set("seed_wait", 120)
    player.until("prepare", "ship")
    assert prepared_once(player)


@pytest.mark.parametrize("where", ["Import job holds the proven drives", "Import job is on record"])
def test_killed_while_shipping_there_is_one_job(begin, where):
    player = begin("prepared")
    kill_when(player, "ship", task(where))
    entry = player.good("ship")
    assert entry["next"]["id"] == "hand_over_parcel", entry
    assert len(player.control.show()["jobs"]) == 1
    assert writes(player, "PUT", "/jobs/") == 1


def copying(player: Player) -> bool:
    """Whether data stand on the drive."""
    return any((player.lab.folder / "hosts" / names.COPY_HOST / "volumes").glob("*/data/*"))


def prepared_once(player: Player) -> bool:
    """The blank drive was made ready and formatted once, and every file has one complete entry in the journal on it."""
    wiped = Counter(entry["what"] for entry in journal(player) if DRIVE in json.dumps(entry))
    files = [json.loads(line) for line in drive_journal(player)]
    done = Counter(entry["name"] for entry in files if entry.get("event") == "file")
    assert done and max(done.values()) == 1, done
    return wiped["formatted"] == wiped["disk initialised"] == wiped["partition made"] == 1 and not wiped["disk cleared"]


def drive_journal(player: Player) -> list[str]:
    """The journal on the drive, which is locked by now: the model keeps the files of a locked volume aside."""
    [found] = (player.lab.folder / "hosts" / names.COPY_HOST / "sealed").glob("*/offlineseed/journal.jsonl")
    return found.read_text().splitlines()
