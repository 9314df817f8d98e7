# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Things that go wrong on command: throttling, failures, answers that get lost, rights that are missing."""

from __future__ import annotations

import re
from typing import Any

from .. import names
from .messages import Request, Response
from .routes import action_of, scope_of

KINDS = ("throttle", "status", "forbidden", "lose_answer", "lose_request", "slow")
TEXTS = {
    500: ("InternalServerError", "Encountered internal server error."),
    502: ("BadGateway", "The gateway did not receive a response from the resource provider."),
    503: ("ServiceUnavailable", "The service is temporarily unavailable. Please try again later."),
    504: ("GatewayTimeout", "The gateway did not receive a response from 'Microsoft.ImportExport' within the specified time period."),
}


def new(kind: str, **wanted: Any) -> dict[str, Any]:
    """A fault as it is kept. `method` and `path` (a regular expression, anywhere in the path) choose requests.

    `times`: how often (None: always); `after`: how many matching requests pass first. `retry_after` (seconds) belongs to throttle,
    `status` to status, `seconds` to slow.
    """
    if kind not in KINDS:
        raise ValueError(f"no fault of kind {kind!r}; there are: {', '.join(KINDS)}")
    known = {"method": None, "path": "", "times": 1, "after": 0, "retry_after": None, "status": 503, "seconds": 1.0}
    strange = set(wanted) - set(known)
    if strange:
        raise ValueError(f"a fault has no {', '.join(sorted(strange))}; it has: {', '.join(known)}")
    if wanted.get("retry_after") == 0:
        raise ValueError("retry_after must not be 0: azure-core takes that for no header and sleeps 30 seconds; Azure never sends it")
    re.compile(wanted.get("path") or "")
    return {"kind": kind, **known, **wanted}


def take(cloud: Any, request: Request) -> dict[str, Any] | None:
    """The fault that hits this request, counted down; None where none does."""
    if not cloud.state["faults"]:
        return None
    with cloud.state.changed():
        hit = next((fault for fault in cloud.state["faults"] if _hits(fault, request)), None)
        if hit and hit["times"] is not None:
            hit["times"] -= 1
            if hit["times"] <= 0:
                cloud.state["faults"].remove(hit)
    return hit


def _hits(fault: dict[str, Any], request: Request) -> bool:
    if fault["method"] and fault["method"].upper() != request.method:
        return False
    if not re.search(fault["path"], request.path, re.IGNORECASE):
        return False
    if fault["after"] > 0:
        fault["after"] -= 1
        return False
    return True


def instead(fault: dict[str, Any], request: Request) -> Response | None:
    """The answer that a fault gives in place of the real one; None where the request is handled first."""
    return {"throttle": _throttle, "status": _status, "forbidden": _forbidden, "lose_request": _lost}.get(fault["kind"], _nothing)(
        fault, request
    )


def _nothing(fault: dict[str, Any], request: Request) -> None:
    return None


def _throttle(fault: dict[str, Any], request: Request) -> Response:
    headers = {} if fault["retry_after"] is None else {"retry-after": str(fault["retry_after"])}
    text = (
        "The request is being throttled as the limit has been reached for operation type. "
        "For more information, see - https://aka.ms/srpthrottlinglimits"
    )
    return Response(429, {"error": {"code": "TooManyRequests", "message": text}}, headers)


def _status(fault: dict[str, Any], request: Request) -> Response:
    code, text = TEXTS.get(fault["status"], ("InternalServerError", "Encountered internal server error."))
    return Response(fault["status"], {"error": {"code": code, "message": text}})


def _forbidden(fault: dict[str, Any], request: Request) -> Response:
    action, scope = action_of(request.method, request.path), scope_of(request.method, request.path)
    text = (
        f"The client '{names.CLIENT_OBJECT}' with object id '{names.CLIENT_OBJECT}' does not have authorization "
        f"to perform action '{action}' over scope '{scope}' or the scope is invalid. "
        "If access was recently granted, please refresh your credentials."
    )
    return Response(403, {"error": {"code": "AuthorizationFailed", "message": text}})


def _lost(fault: dict[str, Any], request: Request) -> Response:
    return Response(0, dropped=True)
