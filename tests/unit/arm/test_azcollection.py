# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and environment variables have the names that azure.azcollection gave them: users and AWX credentials bring them along.

What that collection has is recorded under tests/unit/data/azcollection, with version and date. Where the collection itself is at hand
(installed, or in a wheel of the package `ansible` below build/download) both are compared with it as well; elsewhere that test says that it
did not run. `python -m unit.arm.test_azcollection FOLDER` (the collection's folder) makes the record anew.
"""

from __future__ import annotations

import ast
import datetime
import json
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from ansible import constants

from ansible_collections.offlineseed.azure.plugins.doc_fragments.azure import ModuleDocFragment
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.options import AZURE_OPTIONS, ENVIRONMENT

ROOT = Path(__file__).resolve().parents[3]
RECORD = ROOT / "tests" / "unit" / "data" / "azcollection" / "options.json"
INSIDE = "ansible_collections/azure/azcollection"
FRAGMENT, COMMON = "plugins/doc_fragments/azure.py", "plugins/module_utils/azure_rm_common.py"
# Options of azure.azcollection that have no place here, and why.
LEFT_OUT = {
    "ad_user": "signing in with a user's password: Entra refuses it with MFA, and azure-identity has deprecated it",
    "password": "the same",
    "api_profile": "each service is asked for the one version that this collection was tested with",
    "log_path": "azure.azcollection documents it as without meaning",
    "log_mode": "the same",
}
OURS_ALONE = {"ca_file", "token_cache"}


def assigned(source: str, name: str):
    """The value of a module's constant, without importing the module: `name = dict(a=..., b=...)` or a literal."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
            if isinstance(node.value, ast.Call):
                return {one.arg: ast.literal_eval(one.value) for one in node.value.keywords}
            return ast.literal_eval(node.value)
    return {}


def fragment(source: str) -> dict:
    [kind] = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    texts = {node.targets[0].id: node.value.value for node in kind.body if isinstance(node, ast.Assign)}
    return yaml.safe_load(texts["DOCUMENTATION"])["options"]


def described(read) -> dict:
    """The record of a collection whose files `read(path)` gives: option → type, choices, environment, the version it came with."""
    common = read(COMMON)
    variables = assigned(common, "AZURE_CREDENTIAL_ENV_MAPPING")
    fallbacks = assigned(common, "AZURE_CREDENTIAL_ENV_MAPPING_FALLBACK")
    found = {}
    for name, option in fragment(read(FRAGMENT)).items():
        names = [one for one in (variables.get(name), fallbacks.get(name)) if one]
        found[name] = {"type": option["type"], "choices": sorted(option.get("choices", ())), "environment": names}
        found[name]["since"] = option.get("version_added", "0.0.1")
    found["auth_source"]["environment"] = ["ANSIBLE_AZURE_AUTH_SOURCE"]  # stands in its text and as a fallback of the option
    assert "ANSIBLE_AZURE_AUTH_SOURCE" in common
    return {"version": json.loads(read("MANIFEST.json"))["collection_info"]["version"], "options": found}


def at_hand():
    """(name, read) of each azure.azcollection on this machine."""
    folders = [*constants.COLLECTIONS_PATHS, *sys.path]
    for folder in dict.fromkeys(Path(one) / INSIDE for one in folders if one):
        if (folder / FRAGMENT).is_file():
            yield str(folder), lambda path, folder=folder: (folder / path).read_text(encoding="utf-8")
    for wheel in sorted((ROOT / "build" / "download").glob("ansible-[0-9]*.whl")):
        archive = zipfile.ZipFile(wheel)
        yield wheel.name, lambda path, archive=archive: archive.read(f"{INSIDE}/{path}").decode()


def differences(theirs: dict) -> list[str]:
    """Where we differ from a record, as sentences."""
    said = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    found = [f"{name}: theirs has it, ours does not" for name in set(theirs) - set(AZURE_OPTIONS) - set(LEFT_OUT)]
    for name in set(theirs) & set(AZURE_OPTIONS):
        ours, their = AZURE_OPTIONS[name], theirs[name]
        for where, option in (("the options", ours), ("the documentation", said[name])):
            if option["type"] != their["type"] or sorted(option.get("choices", ())) != their["choices"]:
                found.append(f"{name}: {where} say {option}, theirs is {their}")
        missing = [one for one in their["environment"] if one not in ENVIRONMENT.get(name, ())]
        if missing or (their["environment"] and ENVIRONMENT[name][0] != their["environment"][0]):
            found.append(f"{name}: {ENVIRONMENT.get(name)} are read, theirs is {their['environment']}")
        found += [f"{name}: the documentation does not name {one}" for one in their["environment"] if one not in str(said[name])]
    return sorted(found)


@pytest.fixture(scope="module")
def record():
    return json.loads(RECORD.read_text())


def test_names_types_choices_and_variables_are_those_on_record(record):
    assert not differences(record["options"])


def test_what_only_we_have_is_little_and_on_the_list(record):
    assert set(AZURE_OPTIONS) - set(record["options"]) == OURS_ALONE
    assert set(ENVIRONMENT) <= set(record["options"])


def test_what_we_leave_out_is_on_the_list_with_a_reason(record):
    assert set(record["options"]) - set(AZURE_OPTIONS) == set(LEFT_OUT) and all(LEFT_OUT.values())


def test_the_record_says_where_and_when_it_was_taken(record):
    assert record["source"] and datetime.date.fromisoformat(record["date"]) and record["version"]


def test_the_same_holds_for_the_collection_on_this_machine():
    found = list(at_hand())
    if not found:
        pytest.skip("azure.azcollection is not installed; names were compared with the record only")
    for name, read in found:
        told = described(read)
        assert not differences(told["options"]), f"{name} ({told['version']})"


if __name__ == "__main__":
    base = Path(sys.argv[1])
    told = described(lambda path: (base / path).read_text(encoding="utf-8"))
    today = datetime.date.today().isoformat()
    note = {"source": f"azure.azcollection {told['version']}, {FRAGMENT} and {COMMON}", "date": today}
    RECORD.write_text(json.dumps({**note, **told}, indent=1, sort_keys=True) + "\n")
