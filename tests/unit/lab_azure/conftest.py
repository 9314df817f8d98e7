# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Azure without a server around it: requests go straight into the core, and every answer is held against Microsoft's API files."""

from __future__ import annotations

import dataclasses
import json
import urllib.parse
from typing import Any

import pytest

from lab import certificates, names
from lab.azure import entra
from lab.azure.blobs import Blobs
from lab.azure.core import Cloud
from lab.azure.messages import Request, Response
from lab.azure.state import State
from lab.azurite import Azurite
from lab.clock import Clock
from lab.journal import Journal

from . import openapi

VERSIONS = {
    "microsoft.importexport": "2016-11-01", "microsoft.databox": "2022-12-01", "microsoft.storage": "2023-05-01",
    "microsoft.recoveryservices": "2024-04-01",
}  # fmt: skip


@pytest.fixture(scope="session")
def azurite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("azurite")
    service = Azurite(folder / "azurite", certificates.ensure(folder))
    service.start()
    yield service
    service.stop()


@dataclasses.dataclass
class Azure:
    """The core and short words for requests to it."""

    cloud: Cloud
    clock: Clock
    folder: Any

    @property
    def state(self) -> State:
        return self.cloud.state

    def send(
        self, method: str, path: str, body: Any = None, *, version: str | None = None, token: str | None = "", **query: str
    ) -> Response:
        """One request; the answer must be what the API files say."""
        version = version or next((known for name, known in VERSIONS.items() if name in path.lower()), "2021-04-01")
        headers = {"authorization": f"Bearer {token or entra._make(self.cloud, BASE)}"} if token is not None else {}
        content = b"" if body is None else json.dumps(body).encode()
        response = self.cloud.handle(Request(method, path, {"api-version": version, **query}, headers, content, BASE))
        found = openapi.problems(method, path, version, response.status, response.body)
        assert not found, (method, path, response.status, found, response.body)
        return response

    def get(self, path: str, **more: Any) -> Any:
        """The body of a GET that succeeds."""
        response = self.send("GET", path, **more)
        assert response.status == 200, response.body
        return response.body

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str, str]:
        """(status, code, message) of a request that fails."""
        response = self.send(method, path, body, **more)
        assert response.status >= 400, response.body
        return response.status, response.body["error"]["code"], response.body["error"]["message"]

    def sign_in(self, **form: str) -> Response:
        """Ask Entra for a token."""
        wanted = {
            "grant_type": "client_credentials",
            "client_id": names.CLIENT,
            "client_secret": names.CLIENT_SECRET,
            "scope": f"{BASE}/.default",
            **form,
        }
        return self.cloud.handle(
            Request("POST", f"/{names.TENANT}/oauth2/v2.0/token", {}, {}, urllib.parse.urlencode(wanted).encode(), BASE)
        )

    def register(self, namespace: str = "Microsoft.ImportExport") -> None:
        """Make a provider usable."""
        self.state["providers"][namespace] = {"state": "Registered"}

    def make_account(self, name: str = names.STORAGE_ACCOUNT, **body: Any) -> str:
        """A storage account; its id."""
        path = f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/{name}"
        wanted = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, **body}
        assert self.send("PUT", path, wanted).status in (200, 202)
        return path


BASE = "https://127.0.0.1:8443"


@pytest.fixture
def azure(tmp_path, azurite):
    clock = Clock(tmp_path / "clock.json")
    journal = Journal(tmp_path / "journal.jsonl", clock)
    state = State(tmp_path / "azure.json", journal, clock)
    blobs = Blobs(state, azurite)
    yield Azure(Cloud(state, blobs, tmp_path / "requests.jsonl", journal), clock, tmp_path)
    for account in state["accounts"]:
        for container in blobs.names(account):
            blobs.delete(account, container)


@pytest.fixture
def base():
    return BASE


JOB = f"{names.group_id()}/providers/Microsoft.ImportExport/jobs/srv1"
RECOVERY_PASSWORD = "-".join(["000011"] * 8)


@pytest.fixture
def job_body():
    """What a client sends for a job of one drive."""
    return {
        "location": "westeurope",
        "tags": {"seed": "srv1"},
        "properties": {
            "storageAccountId": f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/{names.STORAGE_ACCOUNT}",
            "jobType": "Import",
            "returnAddress": {
                "recipientName": "Greta Lind", "streetAddress1": "Hafenstr. 12", "city": "Köln", "postalCode": "50678",
                "countryOrRegion": "Germany", "phone": "+49 221 5550123", "email": "greta.lind@example.com",
            },
            "returnShipping": {"carrierName": "DHL", "carrierAccountNumber": "LAB-0042"},
            "driveList": [
                {"driveId": "WD-1", "bitLockerKey": RECOVERY_PASSWORD, "manifestFile": "\\DriveManifest.xml", "manifestHash": "A" * 32},
            ],
        },
    }  # fmt: skip
