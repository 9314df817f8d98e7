# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's Azure in this process, behind TLS, as a task meets it: Entra, metadata, the machine's own service and ARM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.offlineseed.azure.plugins.module_utils.arm.client import connect
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.retries import Pace
from lab import certificates, names
from lab.azure.asgi import ArmServer
from lab.azure.blobs import Blobs
from lab.azure.core import Cloud
from lab.azure.state import State
from lab.clock import Clock
from lab.journal import Journal

PROVIDERS = f"/subscriptions/{names.SUBSCRIPTION}/providers/Microsoft.ImportExport"
# What a person's own environment must not bring into a test.
OTHERS = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass
class LabAzure:
    """`cloud` is the core, `url` where it answers, `ca` what to trust; `read(...)` is what a task with these options reads of ARM."""

    cloud: Cloud
    url: str
    ca: str
    folder: Any

    def connect(self, environ: dict[str, str] | None = None, **options: Any):
        given = {"subscription_id": names.SUBSCRIPTION, "cloud_environment": self.url, "ca_file": self.ca, "token_cache": "none"}
        environ = {"XDG_CACHE_HOME": str(self.folder / "cache"), **(environ or {})}
        return connect({**given, **options}, Pace(sleep=lambda seconds: None), environ)

    def read(self, environ: dict[str, str] | None = None, **options: Any) -> str:
        """The namespace of a provider: proof that sign-in, token and ARM fit together."""
        found = self.connect(environ, **options).arm.get("read resource provider Microsoft.ImportExport", PROVIDERS, "2021-04-01")
        return found["namespace"]


def serve(folder):
    """(a LabAzure over a fresh folder, its server); the server is to be stopped."""
    clock = Clock(folder / "clock.json")
    journal = Journal(folder / "journal.jsonl", clock)
    state = State(folder / "azure.json", journal, clock)
    cloud = Cloud(state, Blobs(state, None), folder / "requests.jsonl", journal)
    made = certificates.ensure(folder)
    server = ArmServer(cloud, made)
    server.start()
    return LabAzure(cloud, server.url, str(made.ca), folder), server
