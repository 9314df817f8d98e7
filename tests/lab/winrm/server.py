# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WinRM for the hosts of a lab: one listener a host on 127.0.0.1, one thread with one event loop for all of them."""

from __future__ import annotations

import asyncio
import concurrent.futures
import pathlib
import ssl
import threading
from typing import Any

from .executor import Executor
from .faults import Faults
from .http11 import reset, serve_connection
from .service import Connection, Service

WATCH_SECONDS = 0.2
WORKERS = 64


class WinRm:
    """Starts and stops listeners. `faults` is the plan of what goes wrong; its hosts are named by `host.name`."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self._loop = asyncio.new_event_loop()
        self._workers = concurrent.futures.ThreadPoolExecutor(WORKERS, thread_name_prefix="winrm")
        self._thread = threading.Thread(target=self._loop.run_forever, name="winrm", daemon=True)
        self._listeners: dict[str, Listener] = {}

    def start(self, host: Any, certificate: Any, engine: Any | None, users: dict[str, str], port: int = 0) -> int:
        """Listen for a host; returns the port.

        `certificate`: a pair of PEM paths (chain, key), an object with both, an ssl.SSLContext, or what has `configure_cert` (trustme).
        `engine`: the lab's PowerShell engine, or None where stand-ins answer modules. `users`: {name: password}.
        """
        if not self._thread.is_alive():
            self._thread.start()
        if engine is not None:
            engine.add(host)
        service = Service(host, Executor(engine), users, self.faults, self._workers)
        listener = Listener(host, service, context(certificate), engine, self._workers)
        self._listeners[host.name] = listener
        return asyncio.run_coroutine_threadsafe(listener.open(port), self._loop).result()

    def stop(self) -> None:
        """Close every listener and connection; work that runs is ended."""
        if not self._thread.is_alive():
            return
        for listener in self._listeners.values():
            asyncio.run_coroutine_threadsafe(listener.close(), self._loop).result()
        self._listeners.clear()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._workers.shutdown(wait=False, cancel_futures=True)


class Listener:
    """The port of one host. It follows the host: switched off it refuses connections, restarted it has lost every shell."""

    def __init__(self, host: Any, service: Service, tls: ssl.SSLContext, engine: Any | None, workers: concurrent.futures.Executor) -> None:
        self.host, self.service, self.tls, self.engine, self.workers = host, service, tls, engine, workers
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._watcher: asyncio.Task[None] | None = None

    async def open(self, port: int) -> int:
        """Listen."""
        self.port = port
        await self._listen()
        self._watcher = asyncio.get_running_loop().create_task(self._follow())
        return self.port

    async def close(self) -> None:
        """Stop listening, for good."""
        if self._watcher is not None:
            self._watcher.cancel()
        await self._go_down()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, ssl=self.tls, backlog=256)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _go_down(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            reset(writer)
        if self.engine is not None:
            await asyncio.get_running_loop().run_in_executor(self.workers, self.engine.stop_processes, self.host)
        self.service.close_shells()

    async def _follow(self) -> None:
        seen = (self.host.running, self.host.booted)
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            now = (self.host.running, self.host.booted)
            if now == seen:
                continue
            seen = now
            await self._go_down()
            if self.host.running:
                await self._listen()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.service.faults.consult(self.host.name, "accept") is not None:
            reset(writer)
            return
        self._writers.add(writer)
        try:
            await serve_connection(reader, writer, Connection(self.service).handle)
        finally:
            self._writers.discard(writer)


def context(certificate: Any) -> ssl.SSLContext:
    """A TLS context of whatever names a certificate."""
    if isinstance(certificate, ssl.SSLContext):
        return certificate
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if hasattr(certificate, "configure_cert"):
        certificate.configure_cert(made)
    else:
        chain, key = certificate if isinstance(certificate, tuple) else (certificate.chain, certificate.key)
        made.load_cert_chain(pathlib.Path(chain), pathlib.Path(key))
    return made
