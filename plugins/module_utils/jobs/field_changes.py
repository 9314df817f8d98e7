# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request's body held against what is there: field by field, for the diff and for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..arm.write import Write, masked


def laid_over(below: Any, above: Any) -> Any:
    """`above` on top of `below`, object by object; whatever is no object replaces what was there."""
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    return {**below, **{name: laid_over(below[name], value) if name in below else value for name, value in above.items()}}


def leaves(body: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted path, value) of everything in `body` that is no object; an empty object is a value."""
    for name, value in body.items():
        path = f"{above}.{name}" if above else str(name)
        if isinstance(value, Mapping) and value:
            yield from leaves(value, path)
        else:
            yield path, value


def at(resource: Any, path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    names = path.split(".")
    for position, name in enumerate(names):
        if not isinstance(resource, Mapping):
            return None
        rest = ".".join(names[position:])
        if rest in resource:  # a tag's name may hold a full stop
            return resource[rest]
        resource = resource.get(name)
    return resource


def of_requests(requests: Iterable[tuple[Write, Any]]) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    """For (request, resource as it is): the diff's before and after, and `[{object, path, was, becomes}]`; secrets masked.

    Fields that a body repeats as they are stand in no list.
    """
    before: dict[str, dict[str, Any]] = {}
    after: dict[str, dict[str, Any]] = {}
    changes: list[dict[str, Any]] = []
    for request, resource in requests:
        named = "/".join(request.path.split("/")[-2:])
        body = masked(request.body or {})
        changed = [(path, at(resource, path), value) for path, value in leaves(body) if at(resource, path) != value]
        before[named] = {} if resource is None else {path: was for path, was, _becomes in changed}
        after[named] = {path: becomes for path, _was, becomes in changed}
        changes += [{"object": named, "path": path, "was": was, "becomes": becomes} for path, was, becomes in changed]
    return before, after, changes
