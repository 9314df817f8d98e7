# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a verb: the same keys in a real run and in check mode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..arm.write import Write, masked
from . import field_changes


def outcome(requests: Iterable[Write], before: Any = None, after: Any = None, **result: Any) -> dict[str, Any]:
    """A task's result: `requests` that were or would be sent, changed when there are any, and the diff of `before` and `after`."""
    shown = [request.shown() for request in requests]
    return {
        "changed": bool(shown),
        "requests": shown,
        "diff": {"before": masked(before if before is not None else {}), "after": masked(after if after is not None else {})},
        **result,
    }


def bodies(requests: Iterable[Write]) -> dict[str, Any]:
    """What the "after" of a diff shows: each request's body under its method and the last two parts of its path."""
    return {f"{one.method} {'/'.join(one.path.split('/')[-2:])}": dict(one.body or {}) for one in requests}


def changes(requests: Iterable[Write], resource: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """`[{object, path, was, becomes}]`: what the bodies of `requests` change of the one resource that they are about, field by field."""
    shown = None if resource is None else masked(resource)
    return field_changes.of_requests((one, shown) for one in requests)[2]


def nothing_to_do(state: Mapping[str, Any] | None = None, **result: Any) -> dict[str, Any]:
    """The result of a verb that found everything as wanted."""
    return outcome((), state, state, **result)
