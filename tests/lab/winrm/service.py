# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WS-Management service of one host: authentication, operations, shells, and the faults that are planned for it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import dataclasses
import logging
from collections.abc import Callable
from typing import Any

from ..powershell.pool import Running
from . import soap
from .auth import Accounts, Authenticator, refusal
from .executor import Executor
from .faults import Faults, Rule
from .helpers import Result, Shell
from .http11 import Cut, HttpRequest, HttpResponse
from .payload import NotUnderstood, Raw, Request
from .psrp import RunspacePool
from .shells import WinRs, understood

log = logging.getLogger(__name__)
XML = (("Content-Type", "application/soap+xml;charset=UTF-8"),)
ENVELOPE_KILOBYTES = 500
CONFIGURATION = "http://schemas.microsoft.com/wbem/wsman/1/config"


class Connection:
    """One client's connection to a service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._authenticator = Authenticator(service.accounts)

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer a request. Raises Cut where the connection is to end instead."""
        asked_by = self._authenticator.identify(request)
        if isinstance(asked_by, HttpResponse):
            return asked_by
        response = await self._service.handle(request, asked_by.account)
        return dataclasses.replace(response, headers=(*response.headers, *asked_by.headers))


class Service:
    """What all connections of a host share. Work runs on `workers`, so that hosts do not wait for each other."""

    def __init__(self, host: Any, executor: Executor, users: dict[str, str], faults: Faults, workers: concurrent.futures.Executor) -> None:
        self.host, self.executor, self.faults, self.workers = host, executor, faults, workers
        self.accounts = Accounts(host.name, users)
        self.shells: dict[str, WinRs | RunspacePool] = {}

    async def handle(self, request: HttpRequest, account: str) -> HttpResponse:
        """Answer a request of an account. Raises Cut where the connection is to end instead."""
        if request.method != "POST" or not request.target.split("?")[0].rstrip("/").lower().endswith("wsman"):
            return HttpResponse(404)
        try:
            message = soap.parse(request.body)
        except ValueError as error:
            return HttpResponse(400, str(error).encode())
        fault = self.faults.consult(self.host.name, message.action)
        if fault is not None and (answer := await self._disturb(fault, message)) is not None:
            return answer
        response = await self._answer(message, account)
        if fault is not None and fault.action == "drop_after":
            raise Cut
        return response

    async def _disturb(self, fault: Rule, message: soap.Message) -> HttpResponse | None:
        if fault.action == "drop":
            raise Cut
        if fault.action == "slow":
            await asyncio.sleep(fault.seconds)
        faults = {
            "timeout": soap.operation_timeout,
            "quota": soap.operation_quota,
            "no_shell": lambda: soap.shell_not_found(message.shell_id or ""),
        }
        if fault.action in faults:
            return HttpResponse(500, soap.render_fault(message, faults[fault.action]()), XML)
        return {"unauthorized": refusal(), "unavailable": HttpResponse(503)}.get(fault.action)

    async def _answer(self, message: soap.Message, account: str) -> HttpResponse:
        try:
            return HttpResponse(200, soap.render(message, await self._operate(message, account)), XML)
        except soap.Fault as fault:
            return HttpResponse(500, soap.render_fault(message, fault), XML)
        except NotUnderstood as error:
            return HttpResponse(500, soap.render_fault(message, soap.Fault(2150858817, f"The lab does not know this: {error}")), XML)
        except Cut:
            raise
        except Exception as error:  # the lab's own fault: the client must hear of it, and the host lives on
            log.exception("%s failed on %s", message.action, self.host.name)
            reason = f"The lab failed at {message.action}: {type(error).__name__}: {error}"
            return HttpResponse(500, soap.render_fault(message, soap.Fault(2150858770, reason)), XML)

    async def _operate(self, message: soap.Message, account: str) -> str:
        if message.action == "Create":
            return self._create(message, account)
        if message.action == "Get" and message.resource == CONFIGURATION:
            return soap.configuration(ENVELOPE_KILOBYTES)
        shell = self.shells.get((message.shell_id or "").upper())
        if shell is None:
            raise soap.shell_not_found(message.shell_id or "")
        if message.action == "Receive":
            return await shell.receive(message)
        if message.action == "Delete":
            self.shells.pop(shell.id.upper()).close()
            return ""
        operations = {"Command": shell.command, "Send": shell.send, "Signal": shell.signal}
        if message.action not in operations:
            raise soap.Fault(2150858752, f"The lab does not model the operation {message.full_action}.", "w:ActionNotSupported")
        return operations[message.action](message)

    def _create(self, message: soap.Message, account: str) -> str:
        if message.resource.startswith(soap.POWERSHELL):
            shell: WinRs | RunspacePool = RunspacePool(self, account, message)
        elif message.resource == soap.SHELL + "/cmd":
            shell = WinRs(self, account)
        else:
            raise soap.Fault(2150858752, f"The lab has no shell {message.resource}.", "w:InvalidResourceURI")
        self.shells[shell.id.upper()] = shell
        return soap.created(shell.id, message.resource, f"{self.host.name}\\{account}")

    def start(self, shell: Shell, read: Callable[[], Request], fallback: Raw, running: Running) -> asyncio.Task[Result]:
        """Begin the work on a request; `read` makes it of what the client sent."""

        def work() -> Result:
            try:
                request: Request | NotUnderstood = read()
            except NotUnderstood as error:
                request = error
            wanted = understood(request, fallback)
            return wanted if isinstance(wanted, Result) else self.executor.run(shell, wanted, running)

        async def wait() -> Result:
            return await asyncio.get_running_loop().run_in_executor(self.workers, work)

        task = asyncio.get_running_loop().create_task(wait())
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # seen, also when no client asks for it any more
        return task

    def close_shells(self) -> None:
        """End every shell, as a restart of the host does."""
        for shell in self.shells.values():
            shell.close()
        self.shells.clear()
