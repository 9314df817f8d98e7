# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ARM over the SDKs: every request is signed, sent through the one session, repeated by the one loop, answered as an Answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from ..failure import Failure
from . import answer, errors, sdk, shapes
from .answer import Answer
from .credential import CachedCredential
from .exchange import Exchange
from .retries import retry_after
from .session import Session, transport
from .write import Write

PAGES = 1000  # a list of more pages than this goes round in circles
POLL_SECONDS = (0.2, 10.0)  # between two looks at a long-running operation that names no time
DONE_WORDS = {"succeeded": True, "failed": False, "canceled": False, "cancelled": False}


class Signer(sdk.SignPolicyBase):
    """Puts the bearer token on a request for ARM, and only on one for ARM: a Location or nextLink may name any host."""

    def __init__(self, credential: CachedCredential, scope: str, arm_url: str):
        self._credential, self._scope, self._arm = credential, scope, urlsplit(arm_url)

    def header(self, url: str) -> str:
        """Value of the Authorization header for `url`."""
        target = _parts(url)
        if (target.scheme, target.netloc.casefold()) != (self._arm.scheme, self._arm.netloc.casefold()):
            raise Failure(
                f"{target.scheme}://{target.netloc} was named by an answer of {self._arm.netloc}; no token is sent there. "
                "Look at cloud_environment and whether a proxy rewrites answers.",
                field="cloud_environment",
                seen=target.netloc,
                cure="look at cloud_environment and whether a proxy rewrites answers",
            )
        return f"Bearer {self._credential.token(self._scope).token}"

    def forget(self) -> None:
        self._credential.forget(self._scope)

    def on_request(self, request):
        """azure-core's policy protocol."""
        request.http_request.headers["Authorization"] = self.header(request.http_request.url)


class Arm:
    """One subscription of one cloud, by azure-mgmt-resource's generic client.

    The client gets no policies but the signer: its automatic registration of providers reads a streamed answer and
    fails, its redirects and retries are the session's and the exchange's business.
    """

    def __init__(self, session: Session, signer: Signer, exchange: Exchange, url: str, subscription_id: str, credential):
        self.url, self.subscription_id, self.exchange = url, subscription_id, exchange
        client = sdk.ResourceManagementClient(
            credential, subscription_id, base_url=url, credential_scopes=["unused"], policies=[signer], transport=transport(session)
        )
        # Public since 26.0.0; before 25.0.0 only the client inside has it.
        self._request = getattr(client, "send_request", None) or getattr(client, "_send_request", None) or client._client.send_request

    def get(self, what: str, path: str, api_version: str, *, query: Mapping[str, str] | None = None, action: str | None = None) -> Any:
        """The resource at `path` as JSON; None when there is none (an absent resource group or subscription is a Failure)."""
        got = self._send(what, "GET", self.url + path, {"api-version": api_version, **(query or {})}, None, action, missing_ok=True)
        return None if got.status == 404 else shapes.body_of(what, got)

    def list(self, what: str, path: str, api_version: str, *, query: Mapping[str, str] | None = None) -> list[dict]:
        """All items of the list at `path`, over all its pages."""
        first = self._send(what, "GET", self.url + path, {"api-version": api_version, **(query or {})}, None, None)
        return list(self.pages(what, first))

    def pages(self, what: str, first: Answer) -> Iterator[dict]:
        """The items of `first` and of the pages that it links to."""
        page, read = first, set()
        while True:
            found, link = shapes.page_of(what, page)
            yield from found
            if not link:
                return
            if link in read or len(read) >= PAGES:
                raise Failure(f"Failed to {what}: the list has no end ({len(read)} pages, the last names one that was read).", what=what)
            read.add(link)
            page = self._send(what, "GET", link, {}, None, None)

    def post(self, what: str, path: str, api_version: str, body: Any = None, *, action: str | None = None) -> Any:
        """POST that changes nothing or may be repeated (register, listKeys); the answer's JSON."""
        return shapes.body_of(what, self._send(what, "POST", self.url + path, {"api-version": api_version}, body, action))

    def write(self, what: str, request: Write, *, action: str | None = None, timeout: float = 600, repeatable: bool = True) -> Any:
        """Send a write, wait until Azure has carried it out, return the JSON of the last answer.

        With `repeatable` false it is sent once: AnswerLost when its fate is unknown.
        """
        url, query = self.url + request.path, {"api-version": request.api_version}
        got = self._send(what, request.method, url, query, request.body, action, repeatable=repeatable)
        return self._finished(what, got, timeout).body

    def _finished(self, what: str, got: Answer, timeout: float) -> Answer:
        """Follow a long-running operation to its end; what is asked is always the newest URL that Azure gave (`_next`)."""
        pace = self.exchange.pace
        waited, pause, polled, url = 0.0, POLL_SECONDS[0], False, None
        while (url := _next(what, got, url, polled)) is not None:
            # 0 is no time: it would be a hundred requests a second.
            delay = max(retry_after(got.headers, pace.clock()) or pause, POLL_SECONDS[0])
            if waited + delay > timeout:
                cure = "run again; Azure goes on without this task"
                raise Failure(f"Failed to {what}: Azure is still at it after {round(waited)} seconds. Cure: {cure}.", what=what, cure=cure)
            pace.sleep(delay)
            waited, pause = waited + delay, min(pause * 2, POLL_SECONDS[1])
            got, polled = self._send(what, "GET", url, {}, None, None), True
        if polled and DONE_WORDS.get(_state_of(got)) is False:
            raise errors.refused(what, got)
        return got

    def _send(self, what, method, url, query, body, action, *, missing_ok=False, repeatable=True) -> Answer:
        def send() -> Answer:
            request = sdk.HttpRequest(method, url, params=query or None, json=body, headers={"Accept": "application/json"})
            got = self._request(request)
            return answer.read(method, url, got.status_code, got.headers, got.content)

        return self.exchange.run(what, send, url=url, action=action, missing_ok=missing_ok, repeatable=repeatable)


def _next(what: str, got: Answer, asked: str | None, polled: bool) -> str | None:
    """The URL to ask next; None when the operation is over.

    As recorded (azure-cli-extensions src/databox, test_databox_custom_disk.yaml): each 202 may name a new Location, at last that of the
    resource itself, so the newest one wins, over Azure-AsyncOperation too. After 200 or 201 a Location is only where the resource lies.
    """
    status_url = got.headers.get("Azure-AsyncOperation")
    if got.status == 202:
        named = got.headers.get("Location") or status_url
        return _linked(what, got, named) if named else asked
    if not polled:
        return _linked(what, got, status_url) if status_url and _state_of(got) not in DONE_WORDS else None
    if _is_status(got) and _state_of(got) not in DONE_WORDS:
        return _linked(what, got, status_url) if status_url else asked
    return None


def _is_status(got: Answer) -> bool:
    """Whether an answer to a poll is a status resource, and not the resource that the operation was for."""
    return isinstance(got.body, dict) and "status" in got.body


def _state_of(got: Answer) -> str:
    """The word of an operation's status resource; the resource's own answer (the first one) has none."""
    body = got.body if isinstance(got.body, dict) else {}
    word = body.get("status")
    return str(word).casefold() if word is not None else "none"


def _linked(what: str, got: Answer, link: str) -> str:
    """An absolute URL as it stands, signature and all; one without a host is completed."""
    try:
        return link if urlsplit(link).netloc else urljoin(got.url, link)
    except ValueError:
        raise errors.misshapen(what, got, "no URL", "the URL of an operation") from None


def _parts(url: str):
    try:
        return urlsplit(url)
    except ValueError:
        cure = "look whether a proxy rewrites answers"
        raise Failure(f"An answer of Azure names {url[:100]!r}, which is no URL. Cure: {cure}.", seen=url[:100], cure=cure) from None
