# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes one JSON line a task and host into the file that OFFLINESEED_STOPWATCH names: {task, host, seconds, at}."""

from __future__ import annotations

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: stopwatch
type: aggregate
short_description: How long each task took
description:
  - Writes one JSON line a task and host into the file that the environment variable E(OFFLINESEED_STOPWATCH) names.
"""


class CallbackModule(CallbackBase):
    """From the moment that a task is handed to a host until its result is known."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "stopwatch"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        super().__init__()
        self._started = {}
        self._file = open(os.environ["OFFLINESEED_STOPWATCH"], "a", encoding="utf-8")  # noqa: SIM115 (open as long as the run)

    def v2_runner_on_start(self, host, task):
        self._started[host.get_name(), task._uuid] = time.monotonic()

    def _ended(self, result, failed=False):
        started = self._started.pop((result._host.get_name(), result._task._uuid), None)
        if started is not None:
            line = {
                "task": result._task.get_name(),
                "host": result._host.get_name(),
                "seconds": time.monotonic() - started,
                "at": time.time(),
                "failed": failed,
            }
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()

    v2_runner_on_ok = v2_runner_on_skipped = v2_runner_on_unreachable = _ended

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._ended(result, failed=True)
