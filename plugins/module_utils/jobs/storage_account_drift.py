# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed between two looks at an account, as far as it matters to a seed that is on its way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..failure import refuse
from . import resource_locks
from . import storage_account_rules as rules

PARTS = ("account", "container", "locks")
GONE = "A seed that is on its way has nowhere to land."
LOCK = "Somebody locked or unlocked the account since; a lock of others is theirs to remove."
SERVICE_LOCK = "A Data Box job of this account sets this lock and leaves it behind; landing_blobs removes it once no job is open."


def baseline(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """The earlier look in option `baseline`, or in the JSON file `baseline_file`; None where neither is given."""
    if params["baseline"] is not None:
        return _checked("baseline", "the dictionary", params["baseline"])
    path = params["baseline_file"]
    if path is None:
        return None
    try:
        with open(path, encoding="utf-8") as file:
            return _checked("baseline_file", path, json.load(file))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not JSON"
        raise refuse("baseline_file", path, "a file with an earlier result as JSON", f"Reading it failed: {reason}.") from None


def _checked(option: str, where: str, found: Any) -> dict[str, Any]:
    if isinstance(found, Mapping) and isinstance(found.get("account"), Mapping) and found["account"].get("id"):
        return {part: found.get(part) for part in PARTS}
    raise refuse(option, where, "an earlier result of storage_account_info or storage_account, with its account", "Take one first.")


def drift(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`[{path, was, now, matters_because}]` for each fact of the table that is another one now.

    A fact that one of the two looks does not know is in no list: nothing is known of its change.
    """
    if now.get("account") is None:
        return [_entry("account", was["account"]["id"], None, GONE)]
    return [*_facts(was, now), *_locks(was.get("locks"), now.get("locks"))]


def _facts(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for row in rules.PROPERTIES:
        part = row.path.partition(".")[0]
        if part == "locks" or not isinstance(was.get(part), Mapping) or not isinstance(now.get(part), Mapping):
            continue
        if part == "container" and was[part].get("name") != now[part].get("name"):
            continue
        earlier, later = rules.value_at(was, row.path), rules.value_at(now, row.path)
        if earlier != later and _told(row, was) and _told(row, now):
            yield _entry(row.path, earlier, later, row.why)


def _told(row: rules.Property, facts: Mapping[str, Any]) -> bool:
    """Whether this look names the fact at all; None is a value only where nothing has to be there."""
    part, _dot, name = row.path.partition(".")
    return name in facts[part] and (row.holds is None or facts[part][name] is not None)


def _locks(was: Any, now: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(was, list) or not isinstance(now, list):
        return
    earlier, later = ({one["id"].casefold(): one for one in locks} for locks in (was, now))
    for key in sorted(earlier.keys() | later.keys()):
        before, after = earlier.get(key), later.get(key)
        if before != after:
            because = SERVICE_LOCK if (after or before)["service"] else LOCK
            yield _entry(f"locks.{(after or before)['name']}", *(one and resource_locks.named(one) for one in (before, after)), because)


def _entry(path: str, was: Any, now: Any, because: str) -> dict[str, Any]:
    return {"path": path, "was": was, "now": now, "matters_because": because}
