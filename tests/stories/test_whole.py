# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole stories: the rehearsal on both kinds of engine leaves the same record."""

from __future__ import annotations

import json
import re

import pytest

from lab import rehearsal
from lab.story import Story


def play(folder, data, engine) -> list[dict]:
    """The rehearsal as `make rehearsal DATA=…` plays it; the events of its record, times and ids masked."""
    rehearsal.play(Story(), folder, data, engine)
    record = folder / "controller" / "state" / "srv1" / "record.jsonl"
    return [masked(json.loads(line)) for line in record.read_text().splitlines()]


def masked(event: dict) -> dict:
    """The event without what differs between two runs: times, hashes, ids."""
    text = json.dumps({"event": event["event"], "data": event["data"]}, sort_keys=True)
    for pattern, mask in MASKS:
        text = pattern.sub(mask, text)
    return json.loads(text)


MASKS = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)"), "TIME"),
    (re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"), "GUID"),
    (re.compile(r"\b[0-9a-fA-F]{32,64}\b"), "HASH"),
)


@pytest.mark.engine
def test_rehearsal_on_the_engine_and_on_the_stand_ins_leave_the_same_record(server_data, tmp_path):
    on_engine = play(tmp_path / "engine", server_data, "pwsh")
    on_standins = play(tmp_path / "standins", server_data, "standins")
    assert on_engine == on_standins
    assert on_engine[-1]["event"] == "completed"


def test_rehearsal_on_the_stand_ins_ends_complete(server_data, tmp_path, pwsh):
    if pwsh:
        return  # played by the test above, together with the engine
    assert play(tmp_path / "standins", server_data, "standins")[-1]["event"] == "completed"
