# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of a run: a document for programs and about one line a seed for people."""

from __future__ import annotations

import json
import os
import textwrap
from pathlib import Path

from . import phases, state_dir
from .words import STATES, one_line

SCHEMA = 1
STEP_INDENT = "    "
LINE = 118


def document(run, as_of, entries):
    """``{schema, run, as_of, seeds}``, seeds by name."""
    return {"schema": SCHEMA, "run": run, "as_of": as_of, "seeds": sorted(entries, key=lambda entry: entry["seed"])}


def write(path, run, as_of, entries):
    """Write the summary of *run*; seeds that the same run has written there before stay in it. Returns the document."""
    path = Path(os.path.expanduser(str(path)))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    named = {entry["seed"] for entry in entries}
    kept = [entry for entry in _written_by(path, run) if entry.get("seed") not in named]
    whole = document(run, as_of, [*kept, *entries])
    state_dir.write_whole(path, (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode())
    return whole


def _written_by(path, run):
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return []
    return found.get("seeds") or [] if isinstance(found, dict) and found.get("run") == run and found.get("schema") == SCHEMA else []


def line(entry):
    """The seed in one line, for a terminal."""
    number = phases.NAMES.index(entry["phase"]) + 1
    parts = [f"{entry['seed']}: {STATES[entry['state']]}"]
    if entry["state"] != "complete":
        parts[0] += f" in phase {entry['phase']} ({number} of {len(phases.NAMES)})"
    if entry["error"]:
        parts.append(one_line(f"{entry['error']['what']}: {entry['error']['seen']}"))
    if entry.get("still_to_do"):
        parts.append(f"Still to do by people: {', '.join(task['id'] for task in entry['still_to_do'])}")
    parts += [face["text"] for face in entry["clocks"] if face["level"] != "ok"]
    if entry["again_at"]:
        parts.append(f"look again {entry['again_at']}")
    return ". ".join(part.rstrip(".") for part in parts) + "."


def step_lines(entry):
    """The next step of a seed: who, what, and what to paste, as lines for a terminal."""
    step = entry["next"]
    if not step:
        return [line for task in entry.get("still_to_do") or () for line in _wrapped(f"{task['who']}: {one_line(task['text'])}")]
    who = "" if step["who"] == "nobody" else f"{step['who']}: "
    lines = _wrapped(who + one_line(step["text"]))
    for name, value in step["variables"].items():
        lines.append(f"{STEP_INDENT}  {name}: {json.dumps(value, ensure_ascii=False)}")
    return lines


def _wrapped(text):
    return textwrap.wrap(
        text, LINE, initial_indent=STEP_INDENT, subsequent_indent=STEP_INDENT, break_long_words=False, break_on_hyphens=False
    )
