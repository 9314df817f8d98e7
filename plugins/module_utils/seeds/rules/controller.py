# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the controller: where the state lives, the escrow's password, and the user's consent."""

from __future__ import annotations

from .rule import BLOCK, OPERATOR, Rule
from .way import by_the_tool

CONSENT = "CN-01"


def _state_dir(facts):
    wrong = facts.look("controller.state_dir_problem")
    return f"seed_state_dir cannot be used: {wrong}" if wrong else None


def _escrow_password(facts):
    """The agent's own tool makes its keys itself, and nothing is sealed."""
    if by_the_tool(facts):
        return None
    wrong = facts.look("controller.escrow_password_problem")
    return f"seed_escrow_password_file: {wrong}" if wrong else None


def _consent(facts):
    """Only a job that is made outside of the agent's own tool needs it."""
    if by_the_tool(facts) or facts.ask("inputs.seed_accept_undocumented") is True:
        return None
    return "seed_accept_undocumented is not set"


RULES = (
    Rule(
        "SD-01",
        BLOCK,
        OPERATOR,
        "seed_state_dir is a folder that lasts for months",
        "Set it to a mounted volume of the execution environment, or to a folder of your own on the controller.",
        ("OURS",),
        _state_dir,
        needs=("controller.state_dir_problem",),
        firm=True,
    ),
    Rule(
        "ES-01",
        BLOCK,
        OPERATOR,
        "the escrow's password can be read, where this collection makes the keys",
        "Set seed_escrow_password_file to a file (or an executable script) that yields it; the file should be readable by you alone.",
        ("OURS",),
        _escrow_password,
        needs=("controller.escrow_password_problem",),
        asks=("inputs.seed_disk_prep_method",),
        firm=True,
    ),
    Rule(
        CONSENT,
        BLOCK,
        OPERATOR,
        "the user accepts a way that Microsoft does not document as a whole",
        "Set seed_accept_undocumented to true if you want the import job to be made outside of the agent's own tool.",
        ("OURS",),
        _consent,
        asks=("inputs.seed_accept_undocumented", "inputs.seed_disk_prep_method"),
        firm=True,
    ),
)
