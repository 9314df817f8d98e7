# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asks: basic authentication over TLS."""

from __future__ import annotations

import base64
import binascii
import hmac

from .http11 import HttpRequest, HttpResponse

REALM = ("WWW-Authenticate", 'Basic realm="WSMAN"')


def account_of(request: HttpRequest, host: str, users: dict[str, str]) -> str | None:
    r"""The account that a request proves to be, without its domain; None where it proves nothing.

    Windows takes `user`, `HOST\\user` and `.\\user` for the same local account; the case of letters does not matter.
    """
    scheme, _blank, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    domain, slash, local = name.rpartition("\\")
    if slash and domain.lower() not in (host.lower(), "."):
        return None
    for known, secret in users.items():
        if known.lower() == local.lower() and hmac.compare_digest(secret.encode(), password.encode()):
            return known
    return None


def refusal() -> HttpResponse:
    """The answer to a request that proves nothing."""
    return HttpResponse(401, b"", (REALM,))
