# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first guide names every variable, human step, clock and state that the product has."""

from __future__ import annotations

from pathlib import Path

import yaml

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import clocks, phases, status, steps

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guide_first_seed.md").read_text(encoding="utf-8")


def unnamed(names):
    return sorted(name for name in names if f"`{name}`" not in GUIDE)


def test_every_human_step_is_in_the_guide():
    assert not unnamed(steps.STEPS)


def test_every_clock_is_in_the_guide():
    assert not unnamed(clock.id for clock in clocks.CLOCKS)


def test_every_state_and_phase_is_in_the_guide():
    assert not unnamed(status.STATE_NAMES)
    assert not [name for name in phases.NAMES if f"| {name} |" not in GUIDE]


def test_every_variable_of_a_role_is_in_the_guide():
    specifications = [yaml.safe_load(path.read_text()) for path in (ROOT / "roles").glob("*/meta/argument_specs.yml")]
    assert not unnamed({name for one in specifications for name in one["argument_specs"]["main"]["options"]})
