# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Management locks over the subscription, a group or a resource, and what they forbid."""

from __future__ import annotations

from typing import Any

from .messages import ArmError, Request, Response

LEVELS = ("CanNotDelete", "ReadOnly")
READING_POSTS = ("checknameavailability", "/register", "/unregister")


def _of(cloud: Any, scope: str) -> list[dict[str, Any]]:
    """Locks that hold for a scope: its own and those above it."""
    wanted = scope.lower().rstrip("/") + "/"
    return [lock for lock in cloud.state["locks"].values() if wanted.startswith(lock["scope"].lower() + "/")]


def check(cloud: Any, request: Request) -> None:
    """Raise ARM's 409 where a lock forbids the request. A ReadOnly lock also stops listKeys, as in Azure."""
    path = request.path.rstrip("/")
    if request.method in ("GET", "HEAD") or "/microsoft.authorization/" in path.lower() or path.lower().endswith(READING_POSTS):
        return
    forbidding = LEVELS if request.method == "DELETE" else ("ReadOnly",)
    held = [lock for lock in _of(cloud, path) if lock["level"] in forbidding]
    if held:
        verb = "delete" if request.method == "DELETE" else "write"
        scopes = ",".join(sorted(lock["scope"] for lock in held))
        raise ArmError(
            409,
            "ScopeLocked",
            f"The scope '{path}' cannot perform {verb} operation because following scope(s) are locked: '{scopes}'. "
            "Please remove the lock and try again.",
        )


def _described(lock: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{lock['scope']}/providers/Microsoft.Authorization/locks/{lock['name']}",
        "name": lock["name"],
        "type": "Microsoft.Authorization/locks",
        "properties": {"level": lock["level"], "notes": lock["notes"]},
    }


def list_all(cloud: Any, request: Request, scope: str) -> Response:
    """Locks that hold for the scope, and those below it."""
    below = scope.lower().rstrip("/") + "/"
    found = {key: lock for key, lock in cloud.state["locks"].items() if (lock["scope"].lower() + "/").startswith(below)}
    found.update({_key(lock["scope"], lock["name"]): lock for lock in _of(cloud, scope)})
    return Response(200, {"value": [_described(lock) for _unused, lock in sorted(found.items())]})


def _key(scope: str, name: str) -> str:
    return f"{scope.lower().rstrip('/')}|{name.lower()}"


def put(cloud: Any, request: Request, scope: str, name: str) -> Response:
    """Make or change a lock."""
    properties = request.json().get("properties") or {}
    if properties.get("level") not in LEVELS:
        raise ArmError(
            400, "InvalidLockLevel", f"The lock level '{properties.get('level')}' is invalid; it must be one of {', '.join(LEVELS)}."
        )
    known = _key(scope, name) in cloud.state["locks"]
    lock = {"scope": scope.rstrip("/"), "name": name, "level": properties["level"], "notes": properties.get("notes") or ""}
    with cloud.state.changed():
        cloud.state["locks"][_key(scope, name)] = lock
    return Response(200 if known else 201, _described(lock))


def delete(cloud: Any, request: Request, scope: str, name: str) -> Response:
    """Remove a lock."""
    with cloud.state.changed():
        gone = cloud.state["locks"].pop(_key(scope, name), None)
    return Response(200 if gone else 204)


ROUTES = [
    ("GET", "{scope*}/providers/Microsoft.Authorization/locks", list_all),
    ("PUT", "{scope*}/providers/Microsoft.Authorization/locks/{name}", put),
    ("DELETE", "{scope*}/providers/Microsoft.Authorization/locks/{name}", delete),
]
