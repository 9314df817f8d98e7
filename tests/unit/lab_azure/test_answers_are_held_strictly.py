# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checker of the lab's answers finds what it is there for: each answer of the lab is good, and each spoilt copy of it is not."""

from __future__ import annotations

import copy

import pytest

from lab import names
from lab.shared import shared

from . import openapi
from .conftest import JOB, VERSIONS
from .data_box_order import body

BOX_JOB = f"{names.group_id()}/providers/Microsoft.DataBox/jobs/srv1"
VAULT = f"{names.group_id()}/providers/Microsoft.RecoveryServices/vaults/vault1"
# What a task asks most of all, by service.
ASKED = {
    "a job of Microsoft.ImportExport": JOB,
    "a job of Microsoft.DataBox": BOX_JOB,
    "a storage account": f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/{names.STORAGE_ACCOUNT}",
    "a vault": VAULT,
}

pytestmark = pytest.mark.skipif(not shared("specs", "specification"), reason="the official API descriptions are not beside the checkout")


@pytest.fixture
def answers(azure, job_body):
    """path → (version, body) of each answer; that the lab gave it says that the checker had nothing against it."""
    azure.register()
    azure.register("Microsoft.DataBox")
    azure.make_account()
    azure.send("PUT", JOB, job_body)
    azure.send("PUT", BOX_JOB, body({"WD-1": "A" * 32}))
    azure.send("PUT", VAULT, {"location": "westeurope", "sku": {"name": "Standard"}, "properties": {}})
    return {path: (next(one for name, one in VERSIONS.items() if name in path.lower()), azure.get(path)) for path in ASKED.values()}


def problems(path, answers, spoilt=None, status=200, version=None):
    told, good = answers[path]
    return openapi.problems("GET", path, version or told, status, good if spoilt is None else spoilt)


def objects(value):
    """Every object in an answer, the outermost first; what has names of others (tags) is left out."""
    if isinstance(value, dict):
        yield value
        for name, one in value.items():
            if name not in ("tags", "importDiskDetailsCollection", "keyCreationTime"):
                yield from objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from objects(one)


@pytest.mark.parametrize("path", ASKED.values(), ids=list(ASKED))
def test_a_property_that_the_service_has_not_is_found_at_any_depth(answers, path):
    assert problems(path, answers) == []
    for number, _one in enumerate(objects(answers[path][1])):
        spoilt = copy.deepcopy(answers[path][1])
        place = list(objects(spoilt))[number]
        place["notOfThisService"] = 1
        assert problems(path, answers, spoilt), f"nothing was said of a strange property beside {sorted(place)}"


@pytest.mark.parametrize("path", ASKED.values(), ids=list(ASKED))
@pytest.mark.parametrize(("field", "value"), [("location", 5), ("properties", []), ("tags", "x"), ("id", {})])
def test_a_value_of_another_type_is_found(answers, path, field, value):
    assert problems(path, answers, {**answers[path][1], field: value})


def test_a_word_that_a_closed_list_has_not_and_a_required_part_that_is_missing_are_found(answers):
    account = answers[ASKED["a storage account"]][1]
    other = {**account, "properties": {**account["properties"], "statusOfPrimary": "asleep"}}
    assert problems(ASKED["a storage account"], answers, other)
    assert problems(BOX_JOB, answers, {name: one for name, one in answers[BOX_JOB][1].items() if name != "properties"})


def test_a_status_and_a_version_of_nobody_are_told_apart(answers):
    assert problems(JOB, answers, status=299), "no answer of the service has that status"
    assert problems(JOB, answers, version="1999-01-01") is None, "what no file describes is not judged"
