# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 for one connection: reads requests, hands them on, writes answers. An own loop, so that faults can cut it at any point."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import h11

LARGEST_BODY = 4 * 2**20


class Cut(Exception):
    """The connection ends here, without an answer."""


@dataclass(frozen=True)
class HttpRequest:
    """A request with its whole body; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class HttpResponse:
    """An answer."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]


async def serve_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handler) -> None:
    """Serve one connection until it is closed by either side. `handle` may raise Cut."""
    machine = h11.Connection(h11.SERVER)
    try:
        while True:
            request = await _read(machine, reader)
            if request is None:
                return
            _write(machine, writer, await handle(request))
            await writer.drain()
            if machine.our_state is h11.MUST_CLOSE:
                return
            machine.start_next_cycle()
    except Cut:
        reset(writer)
    except (ConnectionError, h11.RemoteProtocolError, asyncio.IncompleteReadError):
        return  # the client has gone
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError, OSError):
            await writer.wait_closed()


def reset(writer: asyncio.StreamWriter) -> None:
    """Let the connection end with a TCP reset."""
    raw = writer.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _read(machine: h11.Connection, reader: asyncio.StreamReader) -> HttpRequest | None:
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = machine.next_event()
        if event is h11.NEED_DATA:
            data = await reader.read(1 << 16)
            machine.receive_data(data)
            if not data and head is None and machine.their_state is h11.IDLE:
                return None
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > LARGEST_BODY:
                raise h11.RemoteProtocolError("the request is too large")
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = {name.decode().lower(): value.decode("latin-1") for name, value in head.headers}
            return HttpRequest(head.method.decode(), head.target.decode(), headers, bytes(body))
        else:
            return None


def _write(machine: h11.Connection, writer: asyncio.StreamWriter, response: HttpResponse) -> None:
    headers = [("Server", "Microsoft-HTTPAPI/2.0"), ("Content-Length", str(len(response.body))), *response.headers]
    writer.write(machine.send(h11.Response(status_code=response.status, headers=headers)) or b"")
    writer.write(machine.send(h11.Data(data=response.body)) or b"")
    writer.write(machine.send(h11.EndOfMessage()) or b"")
