# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module says what it supports, shows how it is called, and the action group is the same in its three places."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted({path.stem for path in (ROOT / "plugins" / "modules").glob("*.*") if path.suffix in (".py", ".ps1")})
ATTRIBUTES = {"check_mode", "diff_mode", "idempotent", "platform", "action_group"}
FQCN = "offlineseed.azure."
GROUP = "offlineseed.azure.azure"


@pytest.fixture(scope="module")
def documented(site):
    """name → what ansible-doc says about it."""
    command = [site.program("ansible-doc"), "--metadata-dump", "--no-fail-on-errors", "--type", "module", FQCN.rstrip(".")]
    done = subprocess.run(command, env=site.environment(), check=True, capture_output=True, text=True)
    return {name.removeprefix(FQCN): entry for name, entry in json.loads(done.stdout)["all"]["module"].items()}


@pytest.mark.parametrize("module", MODULES)
def test_documentation_is_readable(documented, module):
    assert module in documented and "error" not in documented[module], documented.get(module, f"ansible-doc does not know {module}")


@pytest.mark.parametrize("module", MODULES)
def test_all_five_attributes_are_documented(documented, module):
    attributes = documented[module]["doc"].get("attributes", {})
    assert set(attributes) >= ATTRIBUTES, f"{module} does not say {sorted(ATTRIBUTES - set(attributes))}"
    assert all(attributes[name].get("support") for name in ATTRIBUTES)


@pytest.mark.parametrize("module", MODULES)
def test_examples_are_tasks_that_call_the_module_by_its_full_name(documented, module):
    tasks = yaml.safe_load(documented[module]["examples"] or "")
    assert isinstance(tasks, list) and tasks, f"{module} has no example"
    assert any(f"{FQCN}{module}" in task for task in tasks), f"no example of {module} calls {FQCN}{module}"
    assert all(task.get("name") for task in tasks), f"an example of {module} has no name"


@pytest.mark.parametrize("module", MODULES)
def test_return_values_are_documented_to_the_leaves(documented, module):
    bare = list(open_dictionaries(documented[module].get("return") or {}))
    assert documented[module].get("return"), f"{module} documents no return value"
    assert not bare, f"{module}: these dictionaries do not say what they contain: {bare}"


def open_dictionaries(fields, above=""):
    """Names of documented dictionaries that neither list what they contain nor show a sample."""
    for name, field in fields.items():
        holds_dictionaries = field.get("type") == "dict" or field.get("elements") == "dict"
        if holds_dictionaries and not field.get("contains") and "sample" not in field:
            yield f"{above}{name}"
        yield from open_dictionaries(field.get("contains") or {}, f"{above}{name}.")


def test_windows_modules_and_only_they_have_the_prefix():
    scripts = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.ps1")}
    assert {name for name in MODULES if name.startswith("win_")} >= scripts


def test_action_group_is_the_same_in_runtime_and_in_the_documentation(documented):
    listed = set(yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]["azure"])
    saying = {
        name for name, entry in documented.items()
        if entry["doc"]["attributes"]["action_group"].get("support") == "full"
        and GROUP in (entry["doc"]["attributes"]["action_group"].get("membership") or [])
    }
    assert listed == saying, f"only in meta/runtime.yml: {sorted(listed - saying)}; only documented: {sorted(saying - listed)}"


def test_every_member_of_the_action_group_takes_the_authentication_options(documented):
    listed = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]["azure"]
    options = {"subscription_id", "client_id", "secret", "tenant", "auth_source", "cloud_environment"}
    missing = {name: sorted(options - set(documented[name]["doc"]["options"])) for name in listed}
    assert not any(missing.values()), missing


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("win_")])
def test_controller_modules_have_an_action_plugin_of_the_same_name(module):
    assert (ROOT / "plugins" / "action" / f"{module}.py").is_file()
