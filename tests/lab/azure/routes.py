# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths of ARM, which are case-insensitive: a table of (method, template, handler) and what a path says about rights."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from .messages import Response

Handler = Callable[..., Response]
Route = tuple[str, str, Handler]


class Table:
    """Finds the handler of a request; the first template that fits wins."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = [(method, _compile(template), handler) for method, template, handler in routes]

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, str]] | None:
        """(handler, names in the path), or None where no template fits."""
        for wanted, pattern, handler in self._routes:
            found = pattern.fullmatch(path) if wanted == method else None
            if found:
                return handler, found.groupdict()
        return None

    def methods(self, path: str) -> list[str]:
        """The methods that this path knows at all."""
        return sorted({method for method, pattern, _unused in self._routes if pattern.fullmatch(path)})


def _compile(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\*?\})", template)
    return re.compile("".join(map(_part, parts)) + "/?", re.IGNORECASE)


def _part(part: str) -> str:
    if part.startswith("{") and part.endswith("*}"):
        return f"(?P<{part[1:-2]}>.+)"
    if part.startswith("{"):
        return f"(?P<{part[1:-1]}>[^/]+)"
    return re.escape(part)


def tidy(path: str) -> str:
    """A path without doubled slashes, as ARM takes it from some clients."""
    return re.sub(r"/{2,}", "/", path)


ACTION_OF = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}


def names_of(path: str) -> dict[str, Any]:
    """What a path names: subscription, group, provider, the resource types after it and whether it ends in an action."""
    parts = path.strip("/").split("/")
    lower = [part.lower() for part in parts]
    found: dict[str, Any] = {"subscription": None, "group": None, "provider": None, "types": [], "names": []}
    if lower[:1] == ["subscriptions"] and len(parts) > 1:
        found["subscription"] = parts[1]
    if lower[2:3] == ["resourcegroups"] and len(parts) > 3:
        found["group"] = parts[3]
    if "providers" in lower:
        at = len(lower) - 1 - lower[::-1].index("providers")
        rest = parts[at + 2 :]
        found["provider"] = parts[at + 1] if len(parts) > at + 1 else None
        found["types"], found["names"] = rest[0::2], rest[1::2]
    return found


def action_of(method: str, path: str) -> str:
    """The right that a request needs, for example `Microsoft.ImportExport/jobs/write` or `Microsoft.ImportExport/register/action`."""
    names = names_of(path)
    if names["provider"] is None:
        thing = "Microsoft.Resources/subscriptions" + ("/resourceGroups" if names["group"] else "")
        return f"{thing}/{ACTION_OF.get(method, 'action')}"
    verb = "action" if method == "POST" else ACTION_OF[method]
    return "/".join([names["provider"], *names["types"], verb])


def scope_of(method: str, path: str) -> str:
    """The scope over which that right is asked: the resource, or what holds it."""
    if method == "POST":
        path = path.rstrip("/").rsplit("/", 1)[0]
        if names_of(path)["provider"] and not names_of(path)["types"]:
            path = path.rsplit("/providers/", 1)[0]
    return path
