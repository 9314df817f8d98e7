# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's Azure without a wire: the SDKs' HTTP session asks the core directly, and the core's clock is the task's clock."""

from __future__ import annotations

import http.client
import io
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from requests.adapters import BaseAdapter
from urllib3.exceptions import ProtocolError
from urllib3.response import HTTPResponse

from ansible_collections.offlineseed.azure.plugins.module_utils import task
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.client import Azure
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.retries import Pace
from lab import names
from lab.azure.core import Cloud
from lab.azure.messages import Request, Response
from lab.azure.state import State
from lab.clock import Clock
from lab.journal import Journal

BASE = "https://azure.lab"


class Wire(BaseAdapter):
    """Carries requests to the core. `twice` (method, part of a path): such a request arrives two times, as after a retry below HTTP."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__()
        self._cloud = cloud
        self.seen: Callable[[str, str, int], None] = lambda method, path, status: None
        self.twice: list[str] = []

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        asked = _read(request)
        told = self._once(asked)
        if asked.method in self.twice:
            self.twice.remove(asked.method)
            told = self._once(asked)
        if told.dropped:
            raise requests.ConnectionError(ProtocolError("Connection aborted.", http.client.RemoteDisconnected("closed")), request=request)
        return _answer(request, told)

    def _once(self, asked: Request) -> Response:
        told = self._cloud.handle(asked)
        self.seen(asked.method, asked.path, told.status)
        return told

    def close(self) -> None:
        pass


def _read(request: requests.PreparedRequest) -> Request:
    url = urllib.parse.urlsplit(request.url)
    body = request.body or b""
    return Request(
        request.method,
        urllib.parse.unquote(url.path),
        {name.lower(): value for name, value in urllib.parse.parse_qsl(url.query, keep_blank_values=True)},
        {name.lower(): value for name, value in request.headers.items()},
        body.encode() if isinstance(body, str) else bytes(body),
        BASE,
    )


def _answer(request: requests.PreparedRequest, told: Response) -> requests.Response:
    made = requests.Response()
    made.status_code, made.url, made.request = told.status, request.url, request
    made.headers.update(told.all_headers())
    made.reason = http.client.responses.get(told.status, "")
    made.encoding = "utf-8"
    made.raw = HTTPResponse(io.BytesIO(told.encoded()), headers=dict(made.headers), status=told.status, preload_content=False)
    return made


class Blobs:
    """No blob service: jobs want an address for their logs, and nothing else."""

    def endpoint(self, account: str) -> str:
        return f"https://{account}.blob.azure.lab"


class AzureInProcess:
    """One subscription of the lab, and tasks that run in it."""

    def __init__(self, folder) -> None:
        self.clock = Clock(folder / "clock.json")
        journal = Journal(folder / "journal.jsonl", self.clock)
        self.state = State(folder / "azure.json", journal, self.clock)
        self.state.save = lambda: None  # a document that nobody loads again
        self.cloud = Cloud(self.state, Blobs(), folder / "requests.jsonl", journal)
        self.wire = Wire(self.cloud)
        for provider in ("Microsoft.ImportExport", "Microsoft.DataBox"):
            self.state["providers"][provider]["state"] = "Registered"
        self._environ = {"XDG_CACHE_HOME": str(folder / "cache"), "HOME": str(folder)}
        self._options = {
            "subscription_id": names.SUBSCRIPTION, "tenant": names.TENANT, "client_id": names.CLIENT, "secret": names.CLIENT_SECRET,
            "cloud_environment": BASE,
        }  # fmt: skip

    def run(self, core, **options: Any) -> Mapping[str, Any]:
        """The result of a module's core, run as a task of its own."""
        task.begin()
        outcome = ArgumentSpecValidator(core.ARGUMENT_SPEC, **getattr(core, "ARGUMENT_RULES", {})).validate({**self._options, **options})
        assert not outcome.error_messages, outcome.error_messages
        params = outcome.validated_parameters
        azure = Azure(params, self._environ, Pace(sleep=self._sleep, chance=lambda: 0.0, clock=lambda: self.clock.now().timestamp()))
        azure._session.mount("https://", self.wire)
        return task.finished(core.run(params, False, azure=azure))

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(hours=seconds / 3600)
