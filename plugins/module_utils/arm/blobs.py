# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The blobs of one container, by azure-storage-blob: listed and removed as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from . import answer
from .answer import Answer
from .exchange import Exchange
from .session import CONNECTIONS, USER_AGENT, Session, transport

try:
    from azure.core import MatchConditions
    from azure.core.credentials import AzureNamedKeyCredential
    from azure.storage.blob import ContainerClient
except ImportError:  # sdk.require() says what is missing
    ContainerClient = None

PAGE = 5000
READ = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
DELETE = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete"


@dataclass(frozen=True)
class Blob:
    """`size` in bytes, `kind` is PageBlob, BlockBlob or AppendBlob, `etag` pins what was seen."""

    name: str
    size: int
    kind: str
    modified: datetime
    etag: str


class Container:
    """One container of a storage account; `credential` is a token credential, or the pair (account name, key)."""

    def __init__(self, session: Session, exchange: Exchange, account_url: str, name: str, credential):
        if isinstance(credential, tuple):
            credential = AzureNamedKeyCredential(*credential)
        self.name, self._session, self._exchange = name, session, exchange
        self._client = ContainerClient(
            account_url, name, credential=credential, transport=transport(session), retry_total=0, user_agent=USER_AGENT
        )
        self.url = self._client.url

    def blobs(self) -> Iterator[Blob]:
        """Every blob, in the order of names, page by page."""
        # A page iterator that raised is over: the next attempt goes on at the page it was at.
        token: str | None = None
        while token != "":
            page, token = self._page(token)
            yield from page

    def _page(self, token: str | None) -> tuple[list[Blob], str]:
        found: list[Blob] = []
        following = ""

        def send() -> None:
            nonlocal found, following
            pages = self._client.list_blobs(results_per_page=PAGE).by_page(token or None)
            found = [_blob(one) for one in next(pages)]
            following = pages.continuation_token or ""

        self._run(f"list the blobs of container {self.name}", send, action=READ)
        return found, following

    def remove(self, blobs: list[Blob]) -> None:
        """Remove `blobs`, each only if it is still what was listed; one that is gone already counts as removed."""
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for _removed in pool.map(self._remove, blobs):
                pass

    def _remove(self, blob: Blob) -> None:
        def send() -> None:
            self._client.delete_blob(blob.name, etag=blob.etag, match_condition=MatchConditions.IfNotModified)

        self._run(f"remove blob {blob.name} from container {self.name}", send, action=DELETE, missing_ok=True)

    def _run(self, what: str, call: Callable[[], None], **rules) -> None:
        def send() -> Answer:
            try:
                call()
            except Exception:
                # The SDK's own reading of an error fails where its XML has no message; the answer itself says it all.
                got = self._session.last
                if got is None or got.status_code < 400:
                    raise
                return answer.read("", self.url, got.status_code, got.headers, got.content)
            return Answer("", self.url, 200, {}, None)

        self._exchange.run(what, send, url=self.url, **rules)


def _blob(one) -> Blob:
    kind = getattr(one.blob_type, "value", one.blob_type)
    return Blob(one.name, one.size, str(kind), one.last_modified, one.etag)
