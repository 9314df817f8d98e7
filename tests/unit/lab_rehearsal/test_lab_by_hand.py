# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make lab` as a user meets it: what it prints is pasted into a shell and works, and Ctrl-C ends everything."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from lab import by_hand
from lab.lab_folder import LabFolder, process_started
from setup.site import CHECKOUT

pytestmark = pytest.mark.lab
UP = "Ctrl-C ends everything."


class ByHand:
    """The process that `make lab` starts, and what it has printed."""

    def __init__(self, folder: pathlib.Path, data: pathlib.Path) -> None:
        self.lab, self.printed = LabFolder(folder / "lab"), folder / "printed"
        command = [sys.executable, "-u", "-m", "lab.by_hand", "--folder", str(self.lab.root), "--data", str(data), "--engine", "standins"]
        env = {**os.environ, "PYTHONPATH": str(CHECKOUT / "tests")}
        with self.printed.open("w") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=env, preexec_fn=hear_ctrl_c)

    def until(self, seen) -> None:
        deadline = time.monotonic() + 60
        while not seen():
            assert self.process.poll() is None and time.monotonic() < deadline, self.printed.read_text()
            time.sleep(0.02)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


def hear_ctrl_c() -> None:
    """What is started in the background of a script ignores Ctrl-C, and so would everything that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a file.txt").write_text("content")
    return folder


@pytest.fixture
def by_hand_lab(tmp_path, data):
    one = ByHand(tmp_path, data)
    yield one
    if one.process.poll() is None:
        one.interrupt()


def serving(folder: pathlib.Path) -> list[int]:
    """Processes that name the folder on their command line."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            named = str(folder).encode() in (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if named and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def test_what_is_printed_works_when_it_is_pasted_and_ctrl_c_ends_everything(by_hand_lab, tmp_path):
    by_hand_lab.until(lambda: "Inventory: " in by_hand_lab.printed.read_text() and "copy1:" in by_hand_lab.printed.read_text())
    printed = by_hand_lab.printed.read_text()
    lines = [line.strip() for line in printed.splitlines() if line.startswith("  ")]
    enter, control = (next(line for line in lines if line.startswith(word)) for word in ("cd ", "lab()"))
    [play] = (line for line in lines if line.startswith("ansible-playbook") and "--check" not in line)
    attach, days, show, save, load = (
        next(line.split("#")[0] for line in lines if line.startswith(f"lab {word}")) for word in ("attach", "days", "show", "save", "load")
    )
    saved = tmp_path / "saved"
    script = [
        "set -e", enter, control, attach, days, save.replace("FOLDER", str(saved)), "echo mine > host_vars/srv1/answers.yml",
        load.replace("FOLDER", str(saved)), "test ! -e host_vars/srv1/answers.yml", show, f"{play} --list-hosts",
    ]  # fmt: skip
    done = subprocess.run(["bash", "-c", "\n".join(script)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "WD-0001" in done.stdout and "srv1" in done.stdout.rpartition("playbook:")[2]
    assert set(by_hand.CONTROL) and all(f"lab {command}" in printed for command, _text in by_hand.CONTROL)
    pid = by_hand_lab.lab.running()["pid"]
    assert pid in serving(by_hand_lab.lab.root)
    assert by_hand_lab.interrupt() == 0
    assert process_started(pid) is None and serving(by_hand_lab.lab.root) == []


def test_ctrl_c_while_it_starts_is_no_traceback_and_leaves_nothing(by_hand_lab):
    by_hand_lab.until((by_hand_lab.lab.root / "azure.json").exists)
    assert by_hand_lab.lab.running() is None
    assert by_hand_lab.interrupt() == 130
    assert "Traceback" not in by_hand_lab.printed.read_text() and "interrupted" in by_hand_lab.printed.read_text()
    deadline = time.monotonic() + 5
    while left := serving(by_hand_lab.lab.root):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
