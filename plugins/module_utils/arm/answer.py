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
HALF = re.compile(r"\\u[dD][89a-fA-F]")
PIECE_OF_JSON = re.compile(r'^[\[{"]|"\s*[]:,}]')
LONGEST = 2000  # letters of a service's message that are told


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
        told = self._error.get("code")
        return _short(told) or _short(self.headers.get("x-ms-error-code")) or f"HTTP {self.status}"

    @property
    def message(self) -> str:
        """The service's words in one line, with the details that it lists."""
        details = self._error.get("details")
        listed = [one.get("message") for one in details if isinstance(one, dict)] if isinstance(details, list) else []
        texts = [_words(one) for one in (self._error.get("message"), *listed)]
        told = " ".join(dict.fromkeys(text for text in texts if text))
        return _cut(told or self.excerpt or "the service gave no reason.")

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
        return Answer(method, url, status, headers, _json(text))
    except (ValueError, RecursionError):
        return Answer(method, url, status, headers, _xml_error(text) or UNREADABLE, _excerpt(text))


def _json(text: str) -> Any:
    """The JSON in `text`; half of a surrogate pair, which no file and no terminal takes, becomes a question mark."""
    body = json.loads(text)
    if not HALF.search(text):
        return body
    return json.loads(json.dumps(body, ensure_ascii=False).encode(errors="replace"))


def _xml_error(text: str) -> dict[str, Any] | None:
    """An error of the blob service, which speaks XML, as ARM's JSON."""
    code, message = (re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL) for name in ("Code", "Message"))
    if not code or "<Error>" not in text:
        return None
    # Request id and time stand in further lines of the message.
    lines = html.unescape(message.group(1)).strip().splitlines() if message else []
    return {"error": {"code": code.group(1), "message": lines[0] if lines else ""}}


def _excerpt(text: str) -> str:
    """What may be told of a body that is not JSON: the words of a page. A piece of JSON is not, as it may hold a key or a token."""
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    if not title and PIECE_OF_JSON.search(text):
        return f"JSON that cannot be read, {len(text)} letters"
    plain = title.group(1) if title else re.sub(r"<[^>]+>", " ", text)
    return _one_line(plain)[:120]


def _one_line(text: Any) -> str:
    return " ".join(str(text).split())


def _words(told: Any) -> str:
    """A message: a text, or OData's object around one; anything else says nothing."""
    told = told.get("value") if isinstance(told, dict) else told
    return _one_line(told) if isinstance(told, (str, int)) and not isinstance(told, bool) else ""


def _short(code: Any) -> str:
    """A code: one word or number; anything else is none."""
    text = _words(code)
    return text if len(text) <= 100 else ""


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
