# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role's argument_specs goes down to the leaves and covers its defaults."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())
PHASES = ["complete", "preflight", "prepare", "ship", "stage", "target", "track"]


def specs(role):
    return yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text())["argument_specs"]


def test_there_is_one_role_a_phase():
    assert ROLES == PHASES


@pytest.mark.parametrize("role", ROLES)
def test_arguments_are_described_to_the_leaves(role):
    wrong = [problem for point, spec in specs(role).items() for problem in problems(spec.get("options", {}), point)]
    assert not wrong, "\n".join(wrong)


def problems(options, above):
    for name, option in options.items():
        here = f"{above}.{name}"
        if not option.get("description"):
            yield f"{here} has no description"
        if option.get("type") == "list" and not option.get("elements"):
            yield f"{here} does not say what it lists"
        if "dict" in (option.get("type"), option.get("elements")) and not option.get("options") and name not in FREE_FORM:
            yield f"{here} does not say which keys it takes"
        yield from problems(option.get("options", {}), here)


# Dictionaries of the user's own keys, or handed on as they are.
FREE_FORM = {"seed_azure", "seed_tags"}


@pytest.mark.parametrize("role", ROLES)
def test_entry_point_says_what_becomes_true(role):
    main = specs(role)["main"]
    assert main.get("short_description") and main.get("description")


@pytest.mark.parametrize("role", ROLES)
def test_every_default_is_a_documented_argument(role):
    defaults = ROOT / "roles" / role / "defaults" / "main.yml"
    names = set(yaml.safe_load(defaults.read_text()) or {}) if defaults.is_file() else set()
    assert names <= set(specs(role)["main"]["options"]), sorted(names - set(specs(role)["main"]["options"]))


@pytest.mark.parametrize("role", ROLES)
def test_tasks_say_what_becomes_true_and_call_by_full_name(role):
    for path in sorted((ROOT / "roles" / role / "tasks").glob("*.yml")):
        for task in flatten(yaml.safe_load(path.read_text()) or []):
            assert task.get("name"), f"{path.relative_to(ROOT)}: a task has no name"
            assert "ignore_errors" not in task, f"{path.relative_to(ROOT)}: {task['name']} ignores errors"


def flatten(tasks):
    for task in tasks:
        yield task
        for part in ("block", "rescue", "always"):
            yield from flatten(task.get(part, []))
