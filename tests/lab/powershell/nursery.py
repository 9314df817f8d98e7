# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts processes that cannot outlive the lab, also when the lab is killed.

Linux sends a child the signal of PR_SET_PDEATHSIG when the *thread* that forked it ends (man page prctl(2)), so one thread that lives as
long as the nursery forks them all. Each child leads its own process group, so that what it starts itself can be ended with it.
"""

from __future__ import annotations

import concurrent.futures
import os
import signal
import subprocess
import sys
import threading
from typing import Any

_GUARD = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]):
    sys.exit("the lab that started this process is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""


class Nursery:
    """Starts, knows and ends the child processes of a lab."""

    def __init__(self) -> None:
        self._forker = concurrent.futures.ThreadPoolExecutor(max_workers=1, thread_name_prefix="nursery")
        self._lock = threading.Lock()
        self._children: set[subprocess.Popen[bytes]] = set()

    def spawn(self, command: list[str], **popen: Any) -> subprocess.Popen[bytes]:
        """Start a program (an absolute path and its arguments); keyword arguments as for subprocess.Popen."""
        guarded = [sys.executable, "-I", "-S", "-c", _GUARD, str(os.getpid()), *command]
        child = self._forker.submit(subprocess.Popen, guarded, start_new_session=True, **popen).result()
        with self._lock:
            self._children = {known for known in self._children if known.poll() is None} | {child}
        return child

    def close(self) -> None:
        """End every child that still runs."""
        with self._lock:
            children, self._children = self._children, set()
        for child in children:
            end(child)
        self._forker.shutdown()


def end(child: subprocess.Popen[bytes]) -> None:
    """Kill a child with all that it started, and wait for it."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it ended between the two calls
    child.wait()
