# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls to the blob service through azure-storage-blob, under the task's own rules of waiting and of telling what went wrong."""

from __future__ import annotations

from collections.abc import Callable

from . import answer
from .answer import Answer
from .exchange import Exchange
from .session import USER_AGENT, Session, transport

try:
    from azure.core.credentials import AzureNamedKeyCredential
    from azure.storage.blob import ContainerClient
except ImportError:  # sdk.require() says what is missing
    ContainerClient = None


def plain(etag: str) -> str:
    """An ETag in the one form that is kept and compared: a list tells it without the quotes that every header has."""
    return str(etag).strip('"')


def quoted(etag: str) -> str:
    """An ETag as a condition of a request has it."""
    return f'"{plain(etag)}"'


class BlobCalls:
    """One container of a storage account; `credential` is a token credential, or the pair (account name, key)."""

    def __init__(self, session: Session, exchange: Exchange, account_url: str, name: str, credential):
        if isinstance(credential, tuple):
            credential = AzureNamedKeyCredential(*credential)
        self.name, self._session, self._exchange = name, session, exchange
        self._client = ContainerClient(
            account_url, name, credential=credential, transport=transport(session), retry_total=0, user_agent=USER_AGENT
        )
        self.url = self._client.url

    def _run(self, what: str, call: Callable[[], object], **rules) -> None:
        """Make a call of the SDK until it answers for good; `rules` as of `Exchange.run`."""

        def send() -> Answer:
            try:
                call()
            except Exception:
                refusal = self._refusal()
                if refusal.status < 400:
                    raise
                return refusal
            return Answer("", self.url, 200, {}, None)

        self._exchange.run(what, send, url=self.url, **rules)

    def _refusal(self) -> Answer:
        """What the service said last; the SDK's own reading of an error fails where its XML has no message."""
        got = self._session.last
        if got is None:
            return Answer("", self.url, 200, {}, None)
        try:
            content = got.content
        except RuntimeError:
            content = b""  # the SDK has read it as a stream; the code stands in the headers too
        return answer.read("", self.url, got.status_code, got.headers, content)
