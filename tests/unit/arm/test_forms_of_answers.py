# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of forms against the official descriptions: a name must mean the same wherever a service uses it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.arm import answer, shapes
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from lab.shared import shared

SPECS = shared("specs", "specification")
# What a description of OpenAPI must say for each form.
REQUESTS = {"BMSRPQueryObject", "PreValidateEnableBackupRequest"}  # never in an answer
TYPES = {
    "an object": {"object"},
    "an object of objects": {"object"},
    "an object of texts": {"object"},
    "a list of objects": {"array"},
    "a list of texts": {"array"},
    "a text": {"string"},
    "a number": {"integer", "number"},
    "true or false": {"boolean"},
    "a time": {"string"},
}


class Description:
    """One OpenAPI file: the types of the properties in its definitions."""

    def __init__(self, path: Path) -> None:
        self.path, self.document = path, json.loads(path.read_text(encoding="utf-8-sig"))

    def properties(self):
        """(definition, name, type) of every property that says its type."""
        for kind, one in self.document.get("definitions", {}).items():
            for part in (one, *one.get("allOf", ())):
                for name, schema in part.get("properties", {}).items():
                    if found := self.type_of(schema):
                        yield kind, name, found

    def type_of(self, schema: dict[str, Any]) -> str | None:
        target = schema.get("$ref")
        if target is None:
            return schema.get("type") or ("object" if "properties" in schema or "additionalProperties" in schema else None)
        file, _hash, inside = target.partition("#")
        if file and not (self.path.parent / file).is_file():
            return None
        there = Description(self.path.parent / file) if file else self
        found: Any = there.document
        for part in inside.strip("/").split("/"):
            found = found.get(part.replace("~1", "/"), {}) if isinstance(found, dict) else {}
        return there.type_of(found) or ("object" if "allOf" in found else None)


def descriptions() -> list[Path]:
    return [path for path in sorted(SPECS.rglob("*.json")) if "examples" not in path.parts] if SPECS else []


@pytest.mark.skipif(SPECS is None, reason="the official API descriptions are not beside the checkout")
def test_a_name_means_the_same_in_every_service():
    wrong, found = [], set()
    for path in descriptions():
        for kind, name, told in Description(path).properties():
            if name in shapes.BY_NAME and kind not in REQUESTS and not (name in shapes.ONLY_AT and kind.startswith("LegalHold")):
                found.add(name)
                if told not in TYPES[shapes.BY_NAME[name][0]]:
                    wrong.append(f"{path.name} {kind}.{name} is {told}, the table says {shapes.BY_NAME[name][0]}")
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert len(found) > 50, "the descriptions were not read"


def test_a_wrong_form_names_object_field_and_what_was_seen():
    told = answer.read(
        "GET", "https://arm.example/x", 200, {"x-ms-request-id": "r-1"}, b'{"properties": {"driveList": {"CANARY": "CANARY"}}}'
    )
    with pytest.raises(Failure) as caught:
        shapes.check("read import job srv1", told)
    assert caught.value.msg.startswith(
        "Failed to read import job srv1: the answer of arm.example has an object in properties.driveList where a list of objects belongs"
    )
    assert "CANARY" not in caught.value.msg and caught.value.fields["request_id"] == "r-1"


@pytest.mark.parametrize(
    "body", ['{"unknown": [1, {"state": null}]}', "[]", "5", '{"tags": {"id": "x", "a": null}}', '{"percentComplete": 5.5}']
)
def test_what_is_not_known_or_not_given_may_be_anything(body):
    told = answer.read("GET", "https://arm.example/x", 200, {}, body.encode())
    assert shapes.check("read a thing", told) is told


@pytest.mark.parametrize("text", ["2026-13", "yesterday", "2026-01-02T03:04"])
def test_a_time_that_is_none_is_shown(text):
    told = answer.read("GET", "https://arm.example/x", 200, {}, json.dumps({"systemData": {"createdAt": text}}).encode())
    with pytest.raises(Failure, match=f"a text '{text}' in systemData.createdAt where a time belongs"):
        shapes.check("read a thing", told)
