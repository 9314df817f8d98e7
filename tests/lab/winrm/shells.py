# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shells of the WS-Management service: WinRS (a command line, bytes in and out)."""

from __future__ import annotations

import asyncio
import base64
import uuid
from typing import TYPE_CHECKING

from ..powershell.pool import Running
from . import soap
from .executor import Interrupted, refusal
from .helpers import Result, Shell
from .http11 import Cut
from .payload import NotUnderstood, Raw, Request, parse_command

if TYPE_CHECKING:
    from .service import Service


class Command:
    """One command of a WinRS shell."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.stdin = bytearray()
        self.running = Running()
        self.work: asyncio.Task[Result] | None = None
        self.waiting: list[tuple[str, bytes]] | None = None


class WinRs:
    """A shell of cmd: what pywinrm opens."""

    def __init__(self, service: Service, account: str) -> None:
        self.id = str(uuid.uuid4()).upper()
        self.service, self.shell = service, Shell(service.host, account)
        self.commands: dict[str, Command] = {}

    def command(self, message: soap.Message) -> str:
        """Command: start one. Without console input it starts when its input ends."""
        words = message.texts(".//rsp:Command") + message.texts(".//rsp:Arguments")
        element = message.find("rsp:CommandLine")
        given = element.get("CommandId") if element is not None else None
        command_id, command = given or str(uuid.uuid4()).upper(), Command(" ".join(words))
        self.commands[command_id] = command
        if message.options.get("WINRS_CONSOLEMODE_STDIN", "").upper() == "TRUE":
            self._start(command)
        return soap.command_started(command_id)

    def send(self, message: soap.Message) -> str:
        """Send: more input."""
        for stream in message.body.findall("rsp:Send/rsp:Stream", soap.NAMES):
            command = self._command(stream.get("CommandId"))
            command.stdin += base64.b64decode(stream.text or "")
            if (stream.get("End") or "").lower() == "true":
                self._start(command)
        return "<rsp:SendResponse/>"

    async def receive(self, message: soap.Message) -> str:
        """Receive: what the command left, in pieces that fit the client's envelope."""
        stream = message.find("rsp:Receive/rsp:DesiredStream")
        command_id = stream.get("CommandId") if stream is not None else None
        command = self._command(command_id)
        if command.work is None:
            await asyncio.sleep(min(message.timeout, 1.0))
            raise soap.operation_timeout()
        result = await finished(command.work, message.timeout)
        if command.waiting is None:
            errors = result.errors.replace("\r\n", "\n").replace("\n", "\r\n").encode()
            command.waiting = [("stdout", result.stdout()), ("stderr", errors)]
        budget = max(1024, (message.envelope - 4096) * 3 // 4)
        streams: list[tuple[str, bytes]] = []
        while command.waiting and budget > 0:
            name, data = command.waiting.pop(0)
            streams.append((name, data[:budget]))
            if len(data) > budget:
                command.waiting.insert(0, (name, data[budget:]))
            budget -= len(data)
        if command.waiting:
            return soap.received(streams, command_id, "Running")
        return soap.received(streams, command_id, "Done", result.code)

    def signal(self, message: soap.Message) -> str:
        """Signal: whatever the code, the command ends."""
        element = message.find("rsp:Signal")
        command = self.commands.pop((element.get("CommandId") if element is not None else None) or "", None)
        if command is not None:
            self._end(command)
        return "<rsp:SignalResponse/>"

    def close(self) -> None:
        """Delete: every command of the shell ends with it."""
        for command in self.commands.values():
            self._end(command)
        self.commands.clear()
        self.shell.close()

    def _command(self, command_id: str | None) -> Command:
        command = self.commands.get(command_id or "")
        if command is None:
            raise soap.Fault(2150858843, f"The shell has no command {command_id}.", "w:InvalidSelectors")
        return command

    def _start(self, command: Command) -> None:
        command.work = self.service.start(
            self.shell, lambda: parse_command(command.line, bytes(command.stdin)), Raw(command.line), command.running
        )

    @staticmethod
    def _end(command: Command) -> None:
        if command.work is not None and not command.work.done():
            command.running.end()


async def finished(work: asyncio.Task[Result], timeout: float) -> Result:
    """Wait for a command's end. Raises the operation timeout, and cuts the connection where the host went down under it."""
    try:
        return await asyncio.wait_for(asyncio.shield(work), timeout)
    except TimeoutError:
        raise soap.operation_timeout() from None
    except Interrupted:
        raise Cut from None


def understood(read: Request | NotUnderstood, fallback: Raw) -> Request | Result:
    """A request, or the loud refusal of what could not be read."""
    return refusal(fallback, str(read)) if isinstance(read, NotUnderstood) else read
