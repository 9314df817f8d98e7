# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Azure that follows a script: a real HTTPS server that expects these requests in this order, and answers what the script says.

A request that is not expected, and an expected one that never comes, fail the test; so do a missing token, a token for a stranger,
and waiting that the test did not foresee. Sign-in and cloud metadata are answered by themselves and counted.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import trustme

TENANT = "99999999-8888-7777-6666-555555555555"
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
CLIENT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
SECRET = "CANARY~client.secret-0123456789"
TOKEN = "CANARY.token.{number}"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-seed"
ANYTHING = object()


@dataclass
class Expected:
    """One request and its answer. A `body` ANYTHING is not looked at, `raw` bytes go in place of `json`, `lost` means no answer.

    `token` or `proof` (how the Authorization header starts; "none": it is not looked at) stand in for the newest token.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: Any = ANYTHING
    status: int = 200
    json: Any = None
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False
    token: str | None = None
    proof: str | None = None
    seen: bool = False

    def fits(self, method: str, path: str, query: Mapping[str, str]) -> bool:
        return (method, path, dict(query)) == (self.method, self.path, dict(self.query))

    def __str__(self) -> str:
        return f"{self.method} {self.path} {dict(self.query)}"


class Time:
    """A clock that starts now and that only sleeping moves; `slept` lists the waits, in seconds."""

    def __init__(self) -> None:
        self.at = float(round(time.time()))
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.at += seconds


class Script:
    """The server's side of a test. `expect` in order; within `any_order` the order is free (requests from several threads)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.host = urlsplit(url).netloc
        self.expected: list[Expected] = []
        self.wrong: list[str] = []
        self.sign_ins: list[dict[str, str]] = []
        self.sign_in_answers: list[tuple[int, Any, Mapping[str, str]]] = []
        self.metadata: Any = None  # the document, or a function of the query; {} answers 404
        self.metadata_asked: list[str] = []
        self.in_order = True
        self._lock = threading.Lock()

    def expect(self, method: str, path: str, *, version: str | None = None, query: Mapping[str, str] | None = None, **answer: Any) -> None:
        """The next request; `version` is its api-version."""
        wanted = {**({"api-version": version} if version else {}), **(query or {})}
        self.expected.append(Expected(method, path, wanted, **answer))

    def any_order(self) -> None:
        """From here on the requests may come in any order."""
        self.in_order = False

    def next_sign_in(self, status: int, body: Any, **headers: str) -> None:
        """Answer the next token request with this instead of a token."""
        self.sign_in_answers.append((status, body, headers))

    def token(self, number: int | None = None) -> str:
        return TOKEN.format(number=len(self.sign_ins) if number is None else number)

    def answer(self, method: str, target: str, headers: Mapping[str, str], content: bytes) -> Expected:
        """The script's answer to one request."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        with self._lock:
            if parts.path == "/metadata/endpoints":
                return self._cloud(query)
            if parts.path.endswith("/openid-configuration"):
                return self._given(openid(self.url))
            if parts.path.endswith("/oauth2/v2.0/token"):
                return self._sign_in(headers, content)
            return self._scripted(method, parts.path, query, headers, content)

    def _cloud(self, query: Mapping[str, str]) -> Expected:
        self.metadata_asked.append(query.get("api-version", ""))
        document = self.metadata(query) if callable(self.metadata) else self.metadata
        return self._given(metadata(self.url)) if document is None else self._given(document, 404 if document == {} else 200)

    def _sign_in(self, headers: Mapping[str, str], content: bytes) -> Expected:
        if "Authorization" in headers:
            self.wrong.append("a sign-in request carried an Authorization header")
        self.sign_ins.append(dict(parse_qsl(content.decode())))
        if self.sign_in_answers:
            status, body, more = self.sign_in_answers.pop(0)
            return self._given(body, status, more)
        return self._given({"token_type": "Bearer", "expires_in": 3600, "access_token": self.token()})

    def _scripted(self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], content: bytes) -> Expected:
        waiting = [one for one in self.expected if not one.seen]
        candidates = waiting[:1] if self.in_order else waiting
        found = next((one for one in candidates if one.fits(method, path, query)), None)
        if found is None:
            due = f"; due was {waiting[0]}" if waiting else "; nothing more was due"
            self.wrong.append(f"unexpected {method} {path} {query}{due}")
            return self._given({"error": {"code": "NotInTheScript", "message": "not in the script"}}, 418)
        found.seen = True
        self._inspect(found, headers, content)
        return found

    def _inspect(self, found: Expected, headers: Mapping[str, str], content: bytes) -> None:
        condition = headers.get("If-Match") or "*"
        if condition != "*" and not (condition.startswith('"') and condition.endswith('"')):
            self.wrong.append(f"{found}: If-Match is {condition}, which RFC 9110 wants in quotes")
        proof = found.proof or f"Bearer {found.token or self.token()}"
        if proof == "none":
            return
        if not (headers.get("Authorization") or "").startswith(proof):
            self.wrong.append(f"{found}: Authorization is {headers.get('Authorization')!r}, not {proof!r}")
        if "offlineseed.azure" not in headers.get("User-Agent", ""):
            self.wrong.append(f"{found}: User-Agent is {headers.get('User-Agent')!r}")
        if found.body is not ANYTHING:
            sent = json.loads(content) if content else None
            if sent != found.body:
                self.wrong.append(f"{found}: body is\n{json.dumps(sent, indent=1)}\nnot\n{json.dumps(found.body, indent=1)}")

    @staticmethod
    def _given(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Expected:
        return Expected("", "", {}, status=status, json=body, headers=headers or {})

    def finish(self) -> None:
        """Fail for everything that came and should not have, and that should have come and did not."""
        problems = [*self.wrong, *(f"never came: {one}" for one in self.expected if not one.seen)]
        assert not problems, "\n".join(problems)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    script: Script

    def _serve(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.server.script.answer(self.command, self.path, self.headers, content)
        if answer.lost:
            self.close_connection = True
            return
        body = answer.raw if answer.raw is not None else b"" if answer.json is None else json.dumps(answer.json).encode()
        self.send_response(answer.status)
        headers = {"Content-Type": "application/json", "x-ms-request-id": "req-1", **answer.headers}
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_PATCH = do_POST = do_DELETE = do_HEAD = _serve

    def log_message(self, *_args: Any) -> None:
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    script: Script

    def handle_error(self, request: Any, client_address: Any) -> None:
        return None  # a client that hangs up in the middle is what some tests are about


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate authority, the path of its certificate, and a TLS context for servers on this machine."""
    folder = tmp_path_factory.mktemp("scripted")
    ca = trustme.CA(key_type=trustme.KeyType.ECDSA)
    ca.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1", "localhost", key_type=trustme.KeyType.ECDSA).configure_cert(context)
    return str(folder / "ca.pem"), context


@contextmanager
def serving(context: ssl.SSLContext) -> Iterator[Script]:
    """A script on a server of its own."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.script = Script(f"https://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def metadata(url: str) -> dict[str, Any]:
    """The metadata document of 2022-09-01."""
    return {
        "name": "Scripted",
        "resourceManager": url,
        "authentication": {"loginEndpoint": url, "audiences": [url], "identityProvider": "AAD"},
        "suffixes": {"storage": "scripted.invalid"},
    }


def openid(url: str) -> dict[str, Any]:
    base = f"{url}/{TENANT}"
    return {
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
    }


def refusal(code: str, message: str = "no", **more: Any) -> dict[str, Any]:
    """ARM's body of an error."""
    return {"error": {"code": code, "message": message, **more}}
