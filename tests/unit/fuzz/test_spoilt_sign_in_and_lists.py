# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in and the list of a container when what answers is spoilt: through the real MSAL and the real azure-storage-blob."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import fuzz
import requests
from unit.fuzz.in_process import BASE, LAB
from unit.fuzz.mutations import PAGE, spoilt
from unit.scripted import openid

from ansible_collections.offlineseed.azure.plugins.module_utils.arm.client import connect
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.retries import Pace
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from lab import names

SHARE = 0.02
TOKEN = {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "CANARY.token"}
REFUSED = {
    "error": "invalid_client",
    "error_description": "AADSTS7000215: Invalid client secret provided. Trace ID: x",
    "error_codes": [7000215],
}
BLOB = (
    "<Blob><Name>one_BaseBlob</Name><Properties><Last-Modified>Fri, 02 Jan 2026 03:04:05 GMT</Last-Modified><Etag>0x8D</Etag>"
    "<Content-Length>1024</Content-Length><BlobType>PageBlob</BlobType></Properties></Blob>"
)
LIST = (
    f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="{BASE}/" ContainerName="seed">'
    f"<Blobs>{BLOB}{BLOB.replace('one', 'two')}</Blobs><NextMarker /></EnumerationResults>"
)


class Canned(requests.adapters.BaseAdapter):
    """Answers with what `answer(url)` gives: (status, bytes)."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self._answer = answer

    def send(self, request: Any, **_options: Any) -> requests.Response:
        made = requests.Response()
        made.status_code, made._content = self._answer(request.url)
        made.url, made.request, made.reason, made.raw = request.url, request, "because", io.BytesIO(made._content)
        kind = "application/xml" if made._content.startswith(b"<?xml") else "application/json"
        made.headers = requests.structures.CaseInsensitiveDict({"Content-Type": kind, "x-ms-request-id": "r-1"})
        return made

    def close(self) -> None:
        return None


def azure_behind(answer: Any):
    options = {"client_id": names.CLIENT, "tenant": names.TENANT, "secret": "CANARY-secret", "subscription_id": names.SUBSCRIPTION}
    azure = connect({**options, "token_cache": "none"}, Pace(sleep=lambda seconds: None, chance=lambda: 0.0), {})
    azure.__dict__["cloud"] = LAB
    azure._session.mount("https://", Canned(answer))
    return azure


def expect_failure_or(name: str, run: Any) -> Any:
    try:
        return run()
    except Failure as failure:
        told = json.dumps([failure.msg, failure.fields])
        assert "CANARY" not in told and 20 < len(failure.msg) < 6000, f"{name}: {failure.msg}"
        assert failure.fields.get("what"), f"{name}: {failure.msg}"
        return None
    except Exception as error:
        raise AssertionError(f"{name}: {type(error).__name__}: {error}") from error


def test_sign_in():
    def answers(chance: random.Random):
        spoil_openid = chance.random() < 0.3
        status = chance.choice((200, 200, 200, 400, 401, 429, 500))

        def answer(url: str) -> tuple[int, bytes]:
            if "openid-configuration" in url:
                return 200, spoilt(openid(BASE), chance) if spoil_openid else json.dumps(openid(BASE)).encode()
            return status, spoilt(TOKEN if status == 200 else REFUSED, chance)

        return answer

    for name, chance in fuzz.series("sign-in", SHARE):
        token = expect_failure_or(name, lambda chance=chance: azure_behind(answers(chance)).credential.token(LAB.scope).token)
        assert token is None or (token.isascii() and token.strip() == token and token), f"{name}: {token!r} is no token"


def spoilt_list(chance: random.Random) -> bytes:
    text = LIST
    way = chance.randrange(7)
    if way == 0:
        return text[: chance.randrange(len(text))].encode()
    if way == 1:
        return PAGE
    if way == 2:
        return chance.choice(
            (b"", b"null", b"{}", b"<?xml", b"<EnumerationResults/>", b"<?xml version='1.0'?><Error><Code>Odd</Code></Error>")
        )
    if way == 3:
        tag = chance.choice(("Name", "Etag", "Last-Modified", "Content-Length", "BlobType", "Properties", "Blobs", "Blob"))
        return text.replace(f"<{tag}>", f"<No{tag}>", 1).replace(f"</{tag}>", f"</No{tag}>", 1).encode()
    if way == 4:
        return text.replace("1024", chance.choice(("-1", "x", "", "1e9", "9" * 400)), 1).encode()
    if way == 5:
        return text.replace("Fri, 02 Jan 2026 03:04:05 GMT", chance.choice(("", "yesterday", "2026-01-02")), 1).encode()
    content = bytearray(text.encode())
    content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def test_the_list_of_a_container():
    """Fewer blobs than there are may be told (nobody can see that), but never one that could not be compared with the inventory."""

    def listed(chance: random.Random) -> list[Any]:
        content = spoilt_list(chance)
        azure = azure_behind(lambda url: (200, content))
        return list(azure.container(BASE, "seed", ("account", "QUJD")).blobs())

    for name, chance in fuzz.series("the list of a container", SHARE):
        for blob in expect_failure_or(name, lambda chance=chance: listed(chance)) or ():
            assert isinstance(blob.name, str) and isinstance(blob.size, int) and blob.modified and blob.kind, f"{name}: {blob}"
