# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core behind uvicorn over TLS, in a thread of the lab's server process."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
import urllib.parse
from typing import Any

import uvicorn

from ..certificates import Certificates
from .core import Cloud
from .messages import Request

KEEP_ALIVE = 75
READY_SECONDS = 15
GRACE_SECONDS = 0.5


def application(cloud: Cloud) -> Any:
    """A raw ASGI application around the core."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        request = _request(scope, await _body(receive))
        response = await asyncio.get_running_loop().run_in_executor(None, cloud.handle, request)
        if response.delay:
            await asyncio.sleep(response.delay)
        if response.dropped:
            _hang_up(send)
            return
        body = response.encoded()
        headers = {**response.all_headers(), "content-length": str(len(body))}
        await send(
            {
                "type": "http.response.start",
                "status": response.status,
                "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})

    return serve


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _request(scope: dict[str, Any], body: bytes) -> Request:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = {name.lower(): value for name, value in urllib.parse.parse_qsl(scope["query_string"].decode(), keep_blank_values=True)}
    base = f"https://{headers.get('host') or ':'.join(map(str, scope['server']))}"
    return Request(scope["method"], scope["path"], query, headers, body, base)


def _hang_up(send: Any) -> None:
    """End the connection without an answer. ASGI has no word for it; uvicorn's `send` is a method of what holds the transport."""
    send.__self__.transport.abort()


class ArmServer:
    """uvicorn on a free port of 127.0.0.1, its own event loop in a thread."""

    def __init__(self, cloud: Cloud, certificates: Certificates, port: int = 0) -> None:
        # With its protocol named, asyncio switches Nagle off; else header and body, sent apart, cost 40 ms an answer.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            application(cloud),
            ssl_certfile=str(certificates.chain),
            ssl_keyfile=str(certificates.key),
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=2,
            lifespan="off",
            http="h11",
            ws="none",
            log_level="critical",
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="arm", daemon=True)

    @property
    def url(self) -> str:
        """Where ARM and Entra are."""
        return f"https://127.0.0.1:{self.port}"

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def start(self) -> None:
        """Listen; returns when it does."""
        self._thread.start()
        until = time.monotonic() + READY_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                raise RuntimeError(f"the ARM server did not start on port {self.port}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Finish what runs and close; clients that hold their connection open are not waited for."""
        self._server.should_exit = True
        self._thread.join(GRACE_SECONDS)
        self._server.force_exit = True
        self._thread.join(READY_SECONDS)
        self._socket.close()
