# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of the lab: they end with it, also when it is killed, and a pool of warm ones replaces what broke."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import pytest

from lab.powershell.nursery import Nursery, end
from lab.powershell.pool import Job, Processes, Running

SLEEPER = "import time; time.sleep(600)"
KILLED_LAB = """
import subprocess, sys, time
sys.path.insert(0, sys.argv[1])
from lab.powershell.nursery import Nursery
nursery = Nursery()
import threading
box = []
t = threading.Thread(target=lambda: box.append(nursery.spawn([sys.executable, "-c", "import time; time.sleep(600)"])))
t.start(); t.join()
time.sleep(0.5)
print(box[0].pid, box[0].poll(), flush=True)
time.sleep(600)
"""


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_children_end_with_a_killed_lab_and_not_with_the_thread_that_asked_for_them() -> None:
    tests = pathlib.Path(__file__).resolve().parents[2]
    with subprocess.Popen([sys.executable, "-c", KILLED_LAB, str(tests)], stdout=subprocess.PIPE, text=True) as lab:
        pid, state = lab.stdout.readline().split()
        assert (state, alive(int(pid))) == ("None", True)
        lab.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while alive(int(pid)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_closing_ends_children_with_what_they_started(tmp_path: pathlib.Path) -> None:
    nursery, note = Nursery(), tmp_path / "pid"
    script = (
        f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]); "
        f"open({str(note)!r}, 'w').write(str(child.pid)); child.wait()"
    )
    child = nursery.spawn([sys.executable, "-c", script])
    deadline = time.monotonic() + 10
    while not note.exists() or not note.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    nursery.close()
    assert child.poll() == -signal.SIGKILL
    deadline = time.monotonic() + 5
    while alive(int(note.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_job_that_was_ended_before_it_began_does_not_run(tmp_path: pathlib.Path) -> None:
    nursery, running = Nursery(), Running()
    running.end()
    outcome = Processes(sys.executable, nursery).run(Job(("-c", SLEEPER), b"", dict(os.environ), tmp_path), running)
    assert outcome.code is None
    nursery.close()


def test_a_job_can_be_ended_from_another_thread(tmp_path: pathlib.Path) -> None:
    nursery, running = Nursery(), Running()
    threading.Timer(0.3, running.end).start()
    outcome = Processes(sys.executable, nursery).run(Job(("-c", SLEEPER), b"", dict(os.environ), tmp_path), running)
    assert outcome.code is None
    nursery.close()


def test_ending_what_has_ended_is_nothing() -> None:
    nursery = Nursery()
    child = nursery.spawn([sys.executable, "-c", "raise SystemExit(3)"])
    child.wait()
    end(child)
    assert child.returncode == 3
    nursery.close()
