# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's core as the other end of a task's session, without a network: each request goes straight into it, and one answer is spoilt."""

from __future__ import annotations

import copy
import io
import urllib.parse
from collections.abc import Callable
from typing import Any

import requests

from ansible_collections.offlineseed.azure.plugins.module_utils.arm import cloud
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.client import Azure, connect
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.retries import Pace
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.token_cache import Token
from lab import names
from lab.azure import entra
from lab.azure.blobs import Blobs
from lab.azure.core import Cloud
from lab.azure.messages import Request, Response
from lab.azure.state import State
from lab.clock import Clock
from lab.journal import Journal

BASE = "https://arm.lab.example"
ACCOUNT = f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/{names.STORAGE_ACCOUNT}"
LAB = cloud.Cloud("lab", BASE, BASE, f"{BASE}/.default", "lab.example", custom=True)
KEY = "-".join(["000011"] * 8)


class NoAzurite:
    """Accounts of the lab without a blob service behind them."""

    def set_accounts(self, accounts: Any) -> None:
        return None

    def endpoint(self, account: str) -> str:
        return f"https://{account}.blob.lab.example"


class NoBlobs(Blobs):
    """Containers by name only."""

    def __init__(self, state: Any) -> None:
        super().__init__(state, NoAzurite())

    def properties(self, account: str, container: str) -> Any | None:
        return None

    def create(self, account: str, container: str, public: Any = None) -> bool:
        return True

    def names(self, account: str) -> list[str]:
        return []


class Nothing:
    """A journal that keeps nothing."""

    def write(self, *_args: Any, **_detail: Any) -> None:
        return None


class FixedCredential:
    """Somebody who is signed in already."""

    def __init__(self, token: str) -> None:
        self._token = Token(token, 2**40)

    def token(self, scope: str) -> Token:
        return self._token

    def get_token(self, *scopes: str, **options: Any) -> Any:
        return self._token

    def forget(self, scope: str) -> None:
        return None


class LabCore:
    """The core over one folder; `reset` takes it back to where `keep` was called."""

    def __init__(self, folder: Any) -> None:
        clock = Clock(folder / "clock.json")
        self.state = State(folder / "azure.json", Journal(folder / "journal.jsonl", clock), clock)
        self.state.save = lambda: None  # thousands of runs need no disk
        self.cloud = Cloud(self.state, NoBlobs(self.state), folder / "requests.jsonl", Nothing())
        self.cloud._note = lambda request, response: None
        self.token = entra._make(self.cloud, BASE)
        for namespace in ("Microsoft.ImportExport", "Microsoft.DataBox"):
            self.state["providers"][namespace] = {"state": "Registered"}
        self.send("PUT", ACCOUNT, "2023-05-01", {"location": names.LOCATION, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}})
        vault = f"{names.group_id()}/providers/Microsoft.RecoveryServices/vaults/{names.VAULT}"
        self.send("PUT", vault, "2024-04-01", {"location": names.LOCATION, "sku": {"name": "RS0", "tier": "Standard"}, "properties": {}})
        self.keep()

    def keep(self) -> None:
        self._kept = copy.deepcopy(self.state.data)

    def reset(self) -> None:
        self.state.data = copy.deepcopy(self._kept)

    def send(self, method: str, path: str, version: str, body: Any = None, **query: str) -> Any:
        """The body of an answer that must be a good one."""
        content = b"" if body is None else requests.compat.json.dumps(body).encode()
        answer = self.handle(method, path, {"api-version": version, **query}, content)
        assert 200 <= answer.status < 300, (answer.status, answer.body)
        return answer.body

    def handle(self, method: str, path: str, query: dict[str, str], content: bytes) -> Response:
        headers = {"authorization": f"Bearer {self.token}"}
        return self.cloud.handle(Request(method, path, query, headers, content, BASE))

    def connect(self, spoil: Callable[[int, Response], tuple[int, dict[str, str], bytes]]) -> Azure:
        """The Azure of a task whose answers go through `spoil(number of the answer, answer)`."""
        options = {
            "client_id": names.CLIENT,
            "tenant": names.TENANT,
            "secret": "s",
            "subscription_id": names.SUBSCRIPTION,
            "token_cache": "none",
        }
        azure = connect(options, Pace(sleep=lambda seconds: None, chance=lambda: 0.0), {})
        azure.__dict__["credential"] = FixedCredential(self.token)
        azure.__dict__["cloud"] = LAB
        azure._session.mount("https://", Wire(self, spoil))
        return azure


class Wire(requests.adapters.BaseAdapter):
    """What carries requests of a session into the core."""

    def __init__(self, core: LabCore, spoil: Callable[[int, Response], tuple[int, dict[str, str], bytes]]) -> None:
        super().__init__()
        self._core, self._spoil, self.count = core, spoil, 0

    def send(self, request: Any, **_options: Any) -> requests.Response:
        parts = urllib.parse.urlsplit(request.url)
        query = {name.lower(): value for name, value in urllib.parse.parse_qsl(parts.query, keep_blank_values=True)}
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else body
        answer = self._core.handle(request.method, urllib.parse.unquote(parts.path), query, content)
        status, headers, content = self._spoil(self.count, answer)
        self.count += 1
        made = requests.Response()
        made.status_code, made.url, made.request, made.reason = status, request.url, request, "because"
        made.headers = requests.structures.CaseInsensitiveDict(headers)
        made.raw = io.BytesIO(content)
        made._content = content
        return made

    def close(self) -> None:
        return None


def as_it_is(_number: int, answer: Response) -> tuple[int, dict[str, str], bytes]:
    return answer.status, answer.all_headers(), answer.encoded()
