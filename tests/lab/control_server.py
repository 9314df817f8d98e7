# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control's server: JSON over HTTP on the loopback address, for whoever can read the token in lab.json."""

from __future__ import annotations

import hmac
import http.server
import json
import threading
from typing import Any


class ControlServer:
    """`POST /call` with `{"call": name, "args": {…}}` runs the public method of that name and answers `{"result": …}` or `{"error": …}`."""

    def __init__(self, operations: Any, token: str) -> None:
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(operations, token))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="control", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


def _handler(operations: Any, token: str) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if not hmac.compare_digest(self.headers.get("authorization") or "", f"Bearer {token}"):
                self._answer(401, {"error": "the token of lab.json is missing or wrong"})
                return
            self._answer(*_call(operations, json.loads(body)))

        def _answer(self, status: int, answer: dict[str, Any]) -> None:
            content = json.dumps(answer, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """The control keeps no log of its own."""

    return Handler


def _call(operations: Any, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    name = asked.get("call") or ""
    method = None if name.startswith("_") else getattr(operations, name, None)
    if method is None:
        return 404, {"error": f"the control has no {name!r}"}
    try:
        return 200, {"result": method(**asked.get("args") or {})}
    except Exception as error:  # told to the caller, who asked for it
        return 400, {"error": f"{type(error).__name__}: {error}"}
