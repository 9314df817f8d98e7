# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a response of the lab against Microsoft's OpenAPI files, strictly: a property that they do not know is an error.

The files are not part of this project; where they are not beside the checkout, nothing is checked.
"""

from __future__ import annotations

import functools
import json
import pathlib
import re
from typing import Any

import jsonschema

from lab.shared import shared

FILES = (
    "storageimportexport/resource-manager/Microsoft.ImportExport/stable/2016-11-01/storageimportexport.json",
    "storageimportexport/resource-manager/Microsoft.ImportExport/stable/2020-08-01/storageimportexport.json",
    "storageimportexport/resource-manager/Microsoft.ImportExport/preview/2021-01-01/storageimportexport.json",
    "databox/resource-manager/Microsoft.DataBox/stable/2022-02-01/databox.json",
    "databox/resource-manager/Microsoft.DataBox/stable/2022-12-01/databox.json",
    "databox/resource-manager/Microsoft.DataBox/stable/2023-12-01/databox.json",
    "storage/resource-manager/Microsoft.Storage/stable/2023-05-01/storage.json",
    "storage/resource-manager/Microsoft.Storage/stable/2023-05-01/blob.json",
    "resources/resource-manager/Microsoft.Resources/stable/2021-04-01/resources.json",
    "resources/resource-manager/Microsoft.Resources/stable/2022-12-01/subscriptions.json",
    "recoveryservices/resource-manager/Microsoft.RecoveryServices/stable/2024-04-01/vaults.json",
    "recoveryservices/resource-manager/Microsoft.RecoveryServices/stable/2024-04-01/vaultusages.json",
    "recoveryservices/resource-manager/Microsoft.RecoveryServices/stable/2024-04-01/registeredidentities.json",
    "recoveryservicesbackup/resource-manager/Microsoft.RecoveryServices/stable/2024-04-01/bms.json",
)


@functools.cache
def document(path: pathlib.Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


@functools.cache
def operations() -> list[tuple[str, re.Pattern[str], pathlib.Path, dict[str, Any]]]:
    """(api version, pattern of the path, file, methods) of every path of the files that are there."""
    found = []
    for name in FILES:
        file = shared("specs", "specification", *name.split("/"))
        for template, methods in (document(file)["paths"] if file else {}).items():
            parts = re.split(r"\{[^}]+\}", template.split("?")[0])
            pattern = re.compile("[^/]+".join(map(re.escape, parts)), re.IGNORECASE)
            found.append((document(file)["info"]["version"], pattern, file, methods))
    return found


def problems(method: str, path: str, version: str, status: int, body: Any) -> list[str] | None:
    """What is wrong with a response; None where no file describes the request."""
    for known, pattern, file, methods in operations():
        if known == version and pattern.fullmatch(path) and method.lower() in methods:
            responses = methods[method.lower()]["responses"]
            told = responses.get(str(status)) or responses.get("default")
            if told is None:  # some files describe no errors at all; a success must be one of those described
                return [] if status >= 400 else [f"{status} is not among {', '.join(responses)}"]
            if "schema" not in told:
                return [] if body is None else [f"{status} has no body in the API"]
            schema = expand(file, told["schema"], body)
            return [
                f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
                for error in jsonschema.Draft4Validator(schema).iter_errors(body)
            ]
    return None


def expand(file: pathlib.Path, schema: dict[str, Any], value: Any) -> dict[str, Any]:
    """The schema for this very value: references resolved, subtypes chosen by their discriminator, strange properties forbidden."""
    file, schema = resolve(file, schema)
    origin, schema = subtype(file, schema, value)
    properties, required = gathered(origin, schema)
    made = {key: item for key, item in schema.items() if key in ("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum")}
    if schema.get("x-ms-enum", {}).get("modelAsString") and not isinstance(value, str):
        made.pop("enum", None)
    if properties:
        made.setdefault("type", "object")  # some descriptions leave out what goes without saying
    if isinstance(value, list) and "items" in schema:
        made["items"] = [expand(file, schema["items"], item) for item in value]
    if isinstance(value, dict) and properties:
        made["properties"] = {name: expand(*properties[name], item) for name, item in value.items() if name in properties}
        made["required"] = required or None
        made["additionalProperties"] = "additionalProperties" in schema
    return {key: item for key, item in made.items() if item is not None}


def resolve(file: pathlib.Path, schema: dict[str, Any]) -> tuple[pathlib.Path, dict[str, Any]]:
    while "$ref" in schema:
        place, _unused, pointer = schema["$ref"].partition("#")
        file = (file.parent / place).resolve() if place else file
        schema = functools.reduce(lambda node, part: node[part], pointer.strip("/").split("/"), document(file))
    return file, schema


def subtype(file: pathlib.Path, schema: dict[str, Any], value: Any) -> tuple[pathlib.Path, dict[str, Any]]:
    """The subtype that the discriminator names; several families of types may share its value."""
    wanted = value.get(schema.get("discriminator")) if isinstance(value, dict) else None
    for name, one in document(file).get("definitions", {}).items() if wanted else ():
        if one.get("x-ms-discriminator-value", name) == wanted and descends(file, one, schema):
            return file, one
    return file, schema


def descends(file: pathlib.Path, schema: dict[str, Any], ancestor: dict[str, Any]) -> bool:
    """Whether a definition is `ancestor` or made from it."""
    return schema is ancestor or any(descends(*resolve(file, parent), ancestor) for parent in schema.get("allOf", []))


def gathered(file: pathlib.Path, schema: dict[str, Any]) -> tuple[dict[str, tuple[pathlib.Path, dict[str, Any]]], list[str]]:
    """Properties with the file that they stand in, and the required ones, over all parents."""
    properties = {name: (file, one) for name, one in schema.get("properties", {}).items()}
    required = list(schema.get("required", []))
    for parent in schema.get("allOf", []):
        above, needed = gathered(*resolve(file, parent))
        properties = {**above, **properties}
        required += needed
    return properties, required
