# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP answer, the same whichever SDK carried it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNREADABLE = object()


@dataclass(frozen=True)
class Answer:
    """`body` is the parsed JSON, None when empty, UNREADABLE when it is something else; `headers` ignore case."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: Any = field(repr=False)
    excerpt: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """The service's error code; HTTP and the number where it gave none."""
        return str(self._error.get("code") or self.headers.get("x-ms-error-code") or f"HTTP {self.status}")

    @property
    def message(self) -> str:
        """The service's words in one line, with the details that it lists."""
        texts = [self._error.get("message")]
        texts += [one.get("message") for one in self._error.get("details") or () if isinstance(one, dict)]
        told = " ".join(_one_line(text) for text in dict.fromkeys(texts) if text)
        return told or self.excerpt or "the service gave no reason."

    @property
    def _error(self) -> Mapping[str, Any]:
        if not isinstance(self.body, dict):
            return {}
        error = self.body.get("error", self.body)
        return error if isinstance(error, dict) else {"code": error, "message": self.body.get("error_description")}


def read(method: str, url: str, status: int, headers: Mapping[str, str], content: bytes) -> Answer:
    """Make an Answer of raw bytes; never fails, whatever a proxy sent."""
    text = content.decode("utf-8-sig", errors="replace").strip()
    if not text:
        return Answer(method, url, status, headers, None)
    try:
        return Answer(method, url, status, headers, json.loads(text))
    except ValueError:
        return Answer(method, url, status, headers, _xml_error(text) or UNREADABLE, _excerpt(text))


def _xml_error(text: str) -> dict[str, Any] | None:
    """An error of the blob service, which speaks XML, as ARM's JSON."""
    code, message = (re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL) for name in ("Code", "Message"))
    if not code or "<Error>" not in text:
        return None
    # Request id and time stand in further lines of the message.
    lines = html.unescape(message.group(1)).strip().splitlines() if message else []
    return {"error": {"code": code.group(1), "message": lines[0] if lines else ""}}


def _excerpt(text: str) -> str:
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    plain = title.group(1) if title else re.sub(r"<[^>]+>", " ", text)
    return _one_line(plain)[:120]


def _one_line(text: Any) -> str:
    return " ".join(str(text).split())
