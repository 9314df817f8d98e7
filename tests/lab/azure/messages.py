# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What travels between a server and the core: a request, a response, and the error that becomes one."""

from __future__ import annotations

import dataclasses
import json
import uuid
from typing import Any


@dataclasses.dataclass(frozen=True)
class Request:
    """One HTTP request: path decoded, query and headers with lower-case names, body as bytes."""

    method: str
    path: str
    query: dict[str, str] = dataclasses.field(default_factory=dict)
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    body: bytes = b""
    base: str = "https://127.0.0.1"

    def json(self) -> dict[str, Any]:
        """The body as an object; anything else is ARM's 400."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise ArmError(
                400, "InvalidRequestContent", f"The request content was invalid and could not be deserialized: '{error}'."
            ) from error
        if not isinstance(value, dict):
            raise ArmError(
                400, "InvalidRequestContent", "The request content was invalid and could not be deserialized: 'an object was expected'."
            )
        return value

    @property
    def version(self) -> str:
        """The api-version of the query, or an empty string."""
        return self.query.get("api-version", "")


@dataclasses.dataclass(frozen=True)
class Response:
    """One HTTP response; `dropped` means that the connection ends without it, `delay` holds it back for seconds."""

    status: int
    body: Any = None
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    dropped: bool = False
    delay: float = 0.0

    def encoded(self) -> bytes:
        """The body as it goes over the wire."""
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()

    def all_headers(self) -> dict[str, str]:
        """The headers that ARM puts on every answer, and those of this one."""
        request_id = str(uuid.uuid4())
        common = {
            "cache-control": "no-cache",
            "pragma": "no-cache",
            "x-ms-request-id": request_id,
            "x-ms-correlation-request-id": request_id,
            "x-ms-routing-request-id": f"WESTEUROPE:{request_id}",
            "strict-transport-security": "max-age=31536000; includeSubDomains",
            "x-content-type-options": "nosniff",
        }
        if self.body is not None:
            common["content-type"] = "application/json; charset=utf-8"
        return {**common, **self.headers}


class ArmError(Exception):
    """An ARM error: becomes `{"error": {code, message, target?, details?}}` with its status."""

    def __init__(self, status: int, code: str, message: str, *, target: str | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.target = target
        self.headers = headers or {}

    def response(self) -> Response:
        """The answer that a client sees."""
        error = {"code": self.code, "message": self.message}
        if self.target:
            error["target"] = self.target
        return Response(self.status, {"error": error}, self.headers)


def not_found(kind: str, name: str, group: str) -> ArmError:
    """ARM's 404 for a resource that is not in its group."""
    return ArmError(
        404,
        "ResourceNotFound",
        f"The Resource '{kind}/{name}' under resource group '{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )
