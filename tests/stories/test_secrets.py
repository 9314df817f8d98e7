# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planted secrets are looked for everywhere: they stand in the sealed escrow and in the 0600 token cache, and nowhere else."""

from __future__ import annotations

import json
import pathlib
import re
import stat
import subprocess
import threading
import time

import pytest

from lab import names
from lab.controller_folder import ESCROW_PASSWORD
from lab.playbook import Controller

ALLOWED = ("secrets.yml", "escrow-password")


@pytest.fixture(scope="module")
def journey(states, tmp_path_factory):
    """From the named drive to the shipped parcel with -vvvv, the process table watched all the while."""
    with states.player("named", tmp_path_factory.mktemp("secrets") / "lab") as player:
        with Watch() as watch:
            player.until_verbose = [player.run("prepare", "-vvvv"), player.run("ship", "-vvvv")]
            player.do("hand_over_parcel", player.until_verbose[-1].summary)
            player.run("ship", "-vvvv")
        yield player, watch


class Watch:
    """The command lines of all processes, looked at ten times a second."""

    def __enter__(self):
        self.seen, self._over = set(), threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def _look(self):
        while not self._over.is_set():
            for place in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.seen.add(place.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
                except OSError:
                    continue
            time.sleep(0.1)

    def __exit__(self, *_unused):
        self._over.set()
        self._thread.join()


def recovery_passwords(controller: Controller) -> list[str]:
    """Opened as a person would open them: with ansible-vault view."""
    found = []
    for escrow in sorted((controller.folder / "state").glob("*/escrow/*.yml")):
        password = controller.folder / "escrow-password"
        told = subprocess.run(
            [controller.site.program("ansible-vault"), "view", "--vault-password-file", str(password), str(escrow)],
            env=controller.environment(), capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        found += re.findall(r"(?:\d{6}-){7}\d{6}", told)
    return found


def secrets(controller: Controller) -> list[str]:
    keys = recovery_passwords(controller)
    assert keys
    return [*keys, *(key.replace("-", "") for key in keys), names.CLIENT_SECRET, names.WINRM_PASSWORD, ESCROW_PASSWORD]


def leaks(controller: Controller) -> list[pathlib.Path]:
    """Files of the controller that hold a secret in the clear: logs, records, evidence, reports, whatever lies there."""
    wanted = [secret.encode() for secret in secrets(controller)]
    files = [path for path in controller.folder.rglob("*") if path.is_file() and path.name not in ALLOWED]
    return [path for path in files if any(secret in path.read_bytes() for secret in wanted)]


def test_no_secret_in_any_file_of_the_controller(journey):
    player, _watch = journey
    assert any("<127.0.0.1>" in run.log.read_text() for run in player.until_verbose)
    assert leaks(player.controller) == []


def test_tokens_stand_only_in_a_cache_that_others_cannot_read(journey):
    player, _watch = journey
    token = re.compile(r"eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]+")
    holders = [p for p in player.controller.folder.rglob("*") if p.is_file() and token.search(p.read_bytes().decode(errors="replace"))]
    assert holders
    for path in holders:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600 and "cache" in str(path), path


@pytest.mark.engine
def test_no_secret_in_a_bound_parameter_of_a_command(journey):
    player, _watch = journey
    wanted = secrets(player.controller)
    recorded = (player.lab.folder / "commands.jsonl").read_text()
    assert "Invoke-CimMethod" in recorded
    assert not [secret for secret in wanted if secret in recorded]


def test_no_secret_in_the_process_table(journey):
    player, watch = journey
    assert any("ansible-playbook" in line for line in watch.seen)
    wanted = secrets(player.controller)
    assert not [line for line in watch.seen if any(secret in line for secret in wanted)]


def test_no_secret_on_the_hosts_but_in_the_model_itself(journey):
    player, _watch = journey
    wanted = [key.encode() for key in recovery_passwords(player.controller)]
    for folder in ("C", "volumes"):
        for path in (player.lab.folder / "hosts" / names.COPY_HOST / folder).rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert not [key for key in wanted if key in content], path


def test_the_record_and_the_summary_name_no_key(journey):
    player, _watch = journey
    for path in (player.state_dir / "record.jsonl", player.controller.summary_file):
        assert not [secret for secret in secrets(player.controller) if secret in path.read_text()], path
    assert json.loads(player.controller.summary_file.read_text())["schema"] == 1


def test_the_passphrase_that_lies_with_the_agent_is_never_read_into_anything(begin):
    player = begin("fresh")
    scratch = player.lab.folder / "hosts" / names.SOURCE / "C" / "Program Files" / "Microsoft Azure Recovery Services Agent" / "Scratch"
    (scratch / "OnlineBackup.KEK").write_text("CANARY-passphrase-of-the-agent")
    run = player.run("preflight", "-vvvv")
    assert run.exit_code == 0 and "passphrase_set" in run.log.read_text(), run.trouble
    looked_at = [path for path in player.controller.folder.rglob("*") if path.is_file()]
    looked_at += list(player.lab.folder.glob("*.jsonl"))
    assert not [path for path in looked_at if b"CANARY-passphrase" in path.read_bytes()]
