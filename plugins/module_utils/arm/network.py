# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What went wrong below HTTP: the name, the connection, TLS, or an answer that never came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import sdk


@dataclass(frozen=True)
class Trouble:
    """`layer` is name, connection, proxy, tls or answer; `sent` says whether the request may have reached the server."""

    layer: str
    text: str
    sent: bool
    cure: str

    @property
    def passing(self) -> bool:
        """Whether trying again can help."""
        return self.layer in ("connection", "answer")


# Layer -> (what to say, may the request have been carried out, cure)
LAYERS = {
    "name": (
        "the name of the server could not be resolved",
        False,
        "check DNS on the controller, the proxy variables and cloud_environment",
    ),
    "connection": (
        "no connection to the server",
        False,
        "check firewall, proxy variables (HTTPS_PROXY, NO_PROXY) and that the address is right",
    ),
    "proxy": (
        "the proxy did not connect",
        False,
        "check HTTPS_PROXY, whether the proxy admits this server, and whether the server belongs into NO_PROXY",
    ),
    "tls": (
        "TLS failed",
        False,
        "if a company CA or a TLS inspecting proxy signs here, give its certificate with ca_file",
    ),
    "answer": ("the connection broke before the answer was complete", True, "run again"),
}


def trouble_in(error: BaseException) -> Trouble | None:
    """The network trouble inside `error`, however many SDK layers wrapped it; None when it is something else."""
    chain = list(_causes(error))
    layers = [layer for one in chain if (layer := _layer(one))]
    # Inside a proxy's error lies why it could not be reached, which looks like the server's own trouble.
    layer = "proxy" if "proxy" in layers else layers[0] if layers else None
    if layer is None:
        return None
    what, sent, cure = LAYERS[layer]
    return Trouble(layer, f"{what} ({_innermost(chain)})", sent, cure)


def _layer(error: BaseException) -> str | None:
    known = sdk.requests.exceptions
    deep = sdk.urllib3_exceptions
    for kind, layer in (
        (deep.NameResolutionError, "name"),
        ((known.SSLError, deep.SSLError), "tls"),
        ((known.ProxyError, deep.ProxyError, known.InvalidProxyURL, deep.ProxySchemeUnknown), "proxy"),
        ((known.ConnectTimeout, deep.NewConnectionError, deep.ConnectTimeoutError), "connection"),
        ((known.ReadTimeout, known.ChunkedEncodingError, known.ContentDecodingError), "answer"),
        ((deep.ProtocolError, deep.ReadTimeoutError), "answer"),
    ):
        if isinstance(error, kind):
            return layer
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and all that it wraps, innermost first: a proxy or name error sits inside a general connection error."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if any(one is other for other in seen):
            continue
        seen.append(one)
        inner = [getattr(one, name, None) for name in ("inner_exception", "inner_exc", "reason", "__cause__", "__context__")]
        waiting.extend(each for each in (*inner, *one.args) if isinstance(each, BaseException))
    return reversed(seen)


def _innermost(chain: list[BaseException]) -> str:
    text = next((str(one) for one in chain if str(one)), "no detail")
    return text if len(text) <= 300 else text[:300] + "…"
