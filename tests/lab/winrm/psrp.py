# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shells of the WS-Management service: PSRP (a pool of runspaces, objects in and out), on the server side of psrpcore."""

from __future__ import annotations

import asyncio
import base64
import uuid
from typing import TYPE_CHECKING, Any

import psrpcore
from psrpcore.types import HostMethodIdentifier, PSInvocationState, RunspacePoolState

from ..powershell.pool import Running
from . import soap
from .helpers import Result, Shell
from .payload import NotUnderstood, Raw, parse_script
from .shells import finished

if TYPE_CHECKING:
    from .service import Service

FRAGMENT = 32768  # far below the smallest envelope of a client; a fragment is never split over two answers


class Pipeline:
    """One pipeline: a script with its arguments and the objects piped into it."""

    def __init__(self, core: psrpcore.ServerPipeline) -> None:
        self.core = core
        self.input: list[str] = []
        self.running = Running()
        self.work: asyncio.Task[Result] | None = None
        self.told = False
        self.queue: list[bytes] = []


class RunspacePool:
    """What pypsrp opens."""

    def __init__(self, service: Service, account: str, message: soap.Message) -> None:
        element = message.find("rsp:Shell")
        self.id = (element.get("ShellId") if element is not None else None) or str(uuid.uuid4()).upper()
        self.service, self.shell = service, Shell(service.host, account, plain_errors=True)
        self.core = psrpcore.ServerRunspacePool()
        self.pipelines: dict[str, Pipeline] = {}
        self.queue: list[bytes] = []
        creation = message.body.find(".//{http://schemas.microsoft.com/powershell}creationXml")
        self._feed(base64.b64decode(creation.text if creation is not None else ""))

    def command(self, message: soap.Message) -> str:
        """Command: a pipeline, with the first fragment of its script."""
        element = message.find("rsp:CommandLine")
        command_id = ((element.get("CommandId") if element is not None else None) or str(uuid.uuid4())).upper()
        self.pipelines[command_id] = Pipeline(psrpcore.ServerPipeline(self.core, uuid.UUID(command_id)))
        self._feed(base64.b64decode(message.texts("rsp:CommandLine/rsp:Arguments")[0]))
        return soap.command_started(command_id)

    def send(self, message: soap.Message) -> str:
        """Send: more fragments."""
        for stream in message.body.findall("rsp:Send/rsp:Stream", soap.NAMES):
            self._feed(base64.b64decode(stream.text or ""))
        return "<rsp:SendResponse/>"

    async def receive(self, message: soap.Message) -> str:
        """Receive: fragments for a pipeline, or for the pool itself."""
        stream = message.find("rsp:Receive/rsp:DesiredStream")
        command_id = stream.get("CommandId") if stream is not None else None
        if not command_id:
            return await self._receive_pool(message)
        pipeline = self._pipeline(command_id)
        if not pipeline.told:
            await self._tell(pipeline, message.timeout)
        done = pipeline.told and not pipeline.queue[self._fitting(pipeline.queue, message) :]
        return soap.received(self._take(pipeline.queue, message), command_id, "Done" if done else "Running", 0 if done else None)

    async def _receive_pool(self, message: soap.Message) -> str:
        if not self.queue:
            await asyncio.sleep(message.timeout)
            raise soap.operation_timeout()
        return soap.received(self._take(self.queue, message), None, "Running")

    def signal(self, message: soap.Message) -> str:
        """Signal: the pipeline is stopped; a finished one is only forgotten."""
        element = message.find("rsp:Signal")
        pipeline = self.pipelines.pop(((element.get("CommandId") if element is not None else None) or "").upper(), None)
        if pipeline is not None:
            self._end(pipeline)
        return "<rsp:SignalResponse/>"

    def close(self) -> None:
        """Delete: every pipeline of the pool ends with it."""
        for pipeline in self.pipelines.values():
            self._end(pipeline)
        self.pipelines.clear()
        self.shell.close()

    # -- inside ------------------------------------------------------------------------------------------------------------------
    def _feed(self, data: bytes) -> None:
        self.core.receive_data(psrpcore.PSRPPayload(data, psrpcore.StreamType.default, None))
        while (event := self.core.next_event()) is not None:
            kind = type(event).__name__
            pipeline = self.pipelines.get(str(event.pipeline_id).upper()) if event.pipeline_id else None
            if pipeline is None:
                continue  # the pool's own affairs: psrpcore answers them
            if kind == "PipelineInputEvent":
                pipeline.input.append(str(event.data))
            if kind == "EndOfPipelineInputEvent" or (kind == "CreatePipelineEvent" and event.pipeline.no_input):
                self._start(pipeline)
        self._drain()

    def _start(self, pipeline: Pipeline) -> None:
        pipeline.core.start()
        script, arguments = _script(pipeline.core.metadata)
        # lines of input as the plugin split them; a line of NUL marks parts of a payload
        stdin = "\n".join(pipeline.input).encode()
        pipeline.work = self.service.start(self.shell, lambda: parse_script(script, stdin, arguments), Raw(script), pipeline.running)

    async def _tell(self, pipeline: Pipeline, timeout: float) -> None:
        if pipeline.work is None:
            await asyncio.sleep(min(timeout, 1.0))
            raise soap.operation_timeout()
        self._write(pipeline, await finished(pipeline.work, timeout))

    def _write(self, pipeline: Pipeline, result: Result) -> None:
        pipeline.told = True
        for line in result.output:
            pipeline.core.write_output(line)
        if result.errors:
            pipeline.core.host_call(HostMethodIdentifier.WriteErrorLine, [result.errors])
        if result.code:
            pipeline.core.host_call(HostMethodIdentifier.SetShouldExit, [result.code])
        pipeline.core.complete()
        self._drain()

    def _drain(self) -> None:
        while (payload := self.core.data_to_send(FRAGMENT)) is not None:
            owner = self.pipelines.get(str(payload.pipeline_id).upper()) if payload.pipeline_id else None
            (owner.queue if owner is not None else self.queue).append(payload.data)

    @staticmethod
    def _fitting(queue: list[bytes], message: soap.Message) -> int:
        budget, count = (message.envelope - 4096) * 3 // 4, 0
        while count < len(queue) and (count == 0 or len(queue[count]) <= budget):
            budget -= len(queue[count])
            count += 1
        return count

    def _take(self, queue: list[bytes], message: soap.Message) -> list[tuple[str, bytes]]:
        count = self._fitting(queue, message)
        taken, queue[:count] = queue[:count], []
        return [("stdout", piece) for piece in taken]

    def _pipeline(self, command_id: str) -> Pipeline:
        pipeline = self.pipelines.get(command_id.upper())
        if pipeline is None:
            raise soap.Fault(2150858843, f"The pool has no pipeline {command_id}.", "w:InvalidSelectors")
        return pipeline

    def _end(self, pipeline: Pipeline) -> None:
        if pipeline.work is not None and not pipeline.work.done():
            pipeline.running.end()
        if pipeline.core.state in (PSInvocationState.Running, PSInvocationState.Stopping):
            pipeline.core.stop()
        if self.core.state == RunspacePoolState.Opened:
            pipeline.core.close()


def _script(metadata: Any) -> tuple[str, tuple[Any, ...]]:
    """The script of a pipeline and its arguments."""
    if not isinstance(metadata, psrpcore.PowerShell) or not metadata.commands or not metadata.commands[0].is_script:
        raise NotUnderstood(f"the lab runs pipelines that are one script, not {metadata!r}")
    first = metadata.commands[0]
    return first.command_text, tuple(value for _name, value in first.parameters)
