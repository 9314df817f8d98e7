# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the way that a seed goes: who prepares the drives, and which service takes the job."""

from __future__ import annotations

from .rule import BLOCK, OPERATOR, Rule

DISK_PREP = "diskprep"


def by_the_tool(facts):
    """Whether the agent's own tool prepares the drives and makes the job."""
    return facts.input("seed_disk_prep_method") == DISK_PREP


def _pair(facts):
    if not by_the_tool(facts) or facts.input("seed_job_backend") != "import_export":
        return None
    return "seed_disk_prep_method is 'diskprep' and seed_job_backend is 'import_export'"


RULES = (
    Rule(
        "WY-01", BLOCK, OPERATOR, "the service is the one in which the agent's tool makes its job",
        "Leave seed_job_backend out, or set it to data_box: since 2.0.9250.0 the tool makes its job in Microsoft.DataBox. Or prepare the"
        " drives with seed_disk_prep_method native.", ("S2",),
        _pair, asks=("inputs.seed_disk_prep_method", "inputs.seed_job_backend"), firm=True,
    ),
)  # fmt: skip
