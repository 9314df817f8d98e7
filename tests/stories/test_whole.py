# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole stories: the rehearsal on both kinds of engine leaves the same record, and no secret in any file beside it."""

from __future__ import annotations

import json
import re

from lab import rehearsal
from lab.playbook import Controller
from lab.story import Story
from stories.test_secrets import leaks


def play(folder, data, engine) -> list[dict]:
    """The rehearsal as `make rehearsal DATA=…` plays it; the events of its record, times and ids masked."""
    rehearsal.play(Story(), folder, data, engine)
    assert leaks(Controller(folder / "controller")) == []
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
    (re.compile(r"(?<=_)\d{8}-\d{6}-\d{3}(?=_)"), "STAMP"),  # in the names of copy logs
    (re.compile(r'"bytes": \d+, "name": "(blobs\.jsonl|job\.json)"'), r'"bytes": 0, "name": "\1"'),  # they hold etags and ids of any length
)


def test_rehearsals_end_complete_and_every_engine_leaves_the_same_record(server_data, tmp_path, pwsh):
    """On the PowerShell engine where there is one, and on the stand-ins everywhere."""
    engines = ["pwsh", "standins"] if pwsh else ["standins"]
    records = [play(tmp_path / engine, server_data, engine) for engine in engines]
    assert all(one[-1]["event"] == "completed" for one in records)
    for one in records[1:]:
        assert one == records[0]
