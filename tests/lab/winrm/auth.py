# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asks: basic or NTLM authentication (Negotiate), over TLS.

Windows takes `user`, `HOST\\user` and `.\\user` for the same local account; the case of letters does not matter.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import struct
import tempfile
import threading
from dataclasses import dataclass, field

import spnego
from spnego.exceptions import SpnegoError

from .http11 import HttpRequest, HttpResponse

CHALLENGE = "WWW-Authenticate"
# pyspnego's acceptor finds accounts through one variable of the environment only, so one handshake steps at a time.
_STORE_VARIABLE, _STEPPING = "NTLM_USER_FILE", threading.Lock()


@dataclass(frozen=True)
class Accounts:
    """The local accounts of a host: {name: password}."""

    host: str
    passwords: dict[str, str] = field(repr=False)

    def local(self, name: str) -> str | None:
        """The account that a spelling names, or None."""
        domain, slash, local = name.rpartition("\\")
        if slash and domain.lower() not in (self.host.lower(), "."):
            return None
        return next((known for known in self.passwords if known.lower() == local.lower()), None)

    def store(self) -> str:
        """The accounts as pyspnego reads them: each spelling of each, the domain as typed."""
        unfit = [name for name, password in self.passwords.items() if ":" in password]
        if unfit:
            raise ValueError(
                f"the password of {', '.join(unfit)} holds a colon; the lab's NTLM cannot read it, use another or basic authentication"
            )
        domains = ("", ".", self.host)
        return "".join(f"{domain}:{name}:{password}\n" for name, password in self.passwords.items() for domain in domains)


@dataclass(frozen=True)
class Proven:
    """A request comes from this account; `headers` belong to the answer."""

    account: str
    headers: tuple[tuple[str, str], ...] = ()


class Authenticator:
    """The authentication of one connection: basic with every request, NTLM once for all that follow."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._context: spnego.ContextProxy | None = None
        self._account: str | None = None

    def identify(self, request: HttpRequest) -> Proven | HttpResponse:
        """Who asks, or the answer that refuses or goes on with the handshake."""
        scheme, _blank, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            account = self._basic(value)
            return Proven(account) if account else refusal()
        if scheme.lower() in ("negotiate", "ntlm"):
            return self._negotiate(scheme, value)
        return Proven(self._account) if self._account else refusal()

    def _basic(self, value: str) -> str | None:
        try:
            name, _colon, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        account = self._accounts.local(name)
        if account and hmac.compare_digest(self._accounts.passwords[account].encode(), password.encode()):
            return account
        return None

    def _negotiate(self, scheme: str, value: str) -> Proven | HttpResponse:
        try:
            token = self._step(base64.b64decode(value, validate=True))
        except (SpnegoError, KeyError, ValueError, struct.error):  # also what is no token at all
            self._context = None
            return refusal()
        answer = ((CHALLENGE, f"{scheme} {base64.b64encode(token).decode()}"),) if token else ()
        if self._context is None or not self._context.complete:
            return HttpResponse(401, b"", answer)
        self._account = self._accounts.local(
            (self._context.client_principal or "").rpartition("@")[0] or self._context.client_principal or ""
        )
        self._context = None
        return Proven(self._account, answer) if self._account else refusal()

    def _step(self, token: bytes) -> bytes | None:
        with _STEPPING, tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="lab-accounts-") as store:
            store.write(self._accounts.store())
            store.flush()
            former, os.environ[_STORE_VARIABLE] = os.environ.get(_STORE_VARIABLE), store.name
            try:
                if self._context is None:
                    self._context = spnego.server(protocol="negotiate", options=spnego.NegotiateOptions.use_negotiate)
                return self._context.step(token)
            finally:
                if former is None:
                    del os.environ[_STORE_VARIABLE]
                else:
                    os.environ[_STORE_VARIABLE] = former


def refusal() -> HttpResponse:
    """The answer to a request that proves nothing."""
    return HttpResponse(401, b"", ((CHALLENGE, "Negotiate"), (CHALLENGE, 'Basic realm="WSMAN"')))
