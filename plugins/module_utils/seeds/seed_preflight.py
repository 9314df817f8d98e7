# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Core of the module seed_preflight: facts in, findings out."""

from __future__ import annotations

import os
import stat

from .. import times
from . import preflight, state_dir

ARGUMENT_SPEC = {
    "facts": {
        "type": "dict",
        "required": True,
        "options": {
            "source": {"type": "dict"},
            "copy": {"type": "dict"},
            "staging": {"type": "dict"},
            "copying_account": {"type": "dict"},
            "target": {
                "type": "dict",
                "options": {
                    "provider": {"type": "dict"},
                    "account": {"type": "dict"},
                    "vault": {"type": "dict"},
                    "jobs": {"type": "list", "elements": "dict"},
                    "locations": {"type": "list", "elements": "dict"},
                    "subscription": {"type": "dict"},
                },
            },
        },
    },
    "inputs": {"type": "dict", "required": True},
    "accept": {"type": "list", "elements": "raw", "default": []},
    "scope": {"type": "str", "choices": list(preflight.SCOPES), "default": "everything"},
    "now": {"type": "str"},
}
ARGUMENT_RULES = {}


def run(params, check_mode):
    """``{changed: False}`` and what ``preflight.judge`` says; nothing is written."""
    inputs = params["inputs"]
    preflight.check_statements(inputs)
    folder = inputs.get("seed_state_dir")
    facts = {
        **_told(params["facts"]),
        "inputs": inputs,
        "now": times.iso(times.parse(params["now"], "now") if params.get("now") else times.clock()),
        "controller": {
            "state_dir_problem": state_dir.problem(folder, os.environ, inputs.get("seed_name")) or state_dir.access_problem(folder),
            "escrow_password_problem": password_file_problem(inputs.get("seed_escrow_password_file")),
        },
    }
    return {"changed": False, **preflight.judge(facts, params.get("accept") or [], params.get("scope") or "everything")}


def _told(facts):
    """*facts* without the names that were left out: validated arguments hold None for them."""
    told = {name: fact for name, fact in facts.items() if fact is not None}
    if "target" in told:
        told["target"] = {name: fact for name, fact in told["target"].items() if fact is not None}
    return told


def password_file_problem(path):
    """Why the escrow's password could not be read from *path*, or None. A script is not run here."""
    if not path:
        return "it is not set"
    path = os.path.abspath(os.path.expanduser(str(path)))
    try:
        seen = os.stat(path)
    except OSError as error:
        return f"{path}: {error.strerror}"
    if not stat.S_ISREG(seen.st_mode):
        return f"{path} is not a file"
    if not os.access(path, os.R_OK):
        return f"{path} cannot be read by this user"
    return f"{path} is empty" if seen.st_size == 0 else None
