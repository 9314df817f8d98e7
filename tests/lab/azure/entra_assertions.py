# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An application without a secret: a JWT that its certificate signed, or one of an issuer that it trusts; and a machine's identity.

Real checks of real signatures; what the application has registered stands in the state under `application`:
`{certificates: [PEM], federated: [{issuer, subject, audience, key: PEM}], identities: [client id]}`.
Source of the texts: learn.microsoft.com/entra/identity-platform/reference-error-codes; of the machine's service (IMDS):
learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from .. import names
from .messages import Request, Response

KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EXCHANGE = "api://AzureADTokenExchange"
Refusal = tuple[str, str, int]


def register(cloud: Any, kind: str, what: Any) -> None:
    """Let the lab's application know a certificate (PEM text), a federated credential or an identity of the machine."""
    with cloud.state.changed():
        cloud.state.data.setdefault("application", {}).setdefault(kind, []).append(what)


def problem(cloud: Any, form: dict[str, str], request: Request) -> Refusal | None:
    """Why the assertion in a token request is not taken; None when it is."""
    assertion = form["client_assertion"]
    if form.get("client_assertion_type") != KIND:
        return "invalid_request", "The request body must contain the following parameter: 'client_assertion_type'.", 900144
    try:
        header, claims = jwt.get_unverified_header(assertion), jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return "invalid_request", "JWT token is invalid or malformed.", 50027
    known = cloud.state.data.get("application", {})
    if claims.get("iss") == names.CLIENT:
        audience = f"{request.base}/{names.TENANT}/oauth2/v2.0/token"
        return _by_certificate(known.get("certificates", []), assertion, header, audience)
    return _federated(known.get("federated", []), assertion, claims)


def _by_certificate(known: list[str], assertion: str, header: dict[str, Any], audience: str) -> Refusal | None:
    told = header.get("x5t#S256") or header.get("x5t") or ""
    hashed = hashlib.sha256 if header.get("x5t#S256") else hashlib.sha1
    for certificate in (x509.load_pem_x509_certificate(text.encode()) for text in known):
        thumbprint = base64.urlsafe_b64encode(hashed(certificate.public_bytes(Encoding.DER)).digest()).decode()
        if told.rstrip("=") == thumbprint.rstrip("="):
            return _verified(assertion, certificate.public_key(), audience)
    return "invalid_client", (
        "The certificate with identifier used to sign the client assertion is not registered on application. "
        f"[Reason - The key was not found., Thumbprint of key used by client: '{told}']"
    ), 700027  # fmt: skip


def _federated(known: list[dict[str, str]], assertion: str, claims: dict[str, Any]) -> Refusal | None:
    words = "No matching federated identity record found for presented assertion"
    of_issuer = [one for one in known if one["issuer"] == claims.get("iss")]
    if not of_issuer:
        return "invalid_client", f"{words} issuer '{claims.get('iss')}'.", 700211
    found = next((one for one in of_issuer if one["subject"] == claims.get("sub")), None)
    if found is None:
        return "invalid_client", f"{words} subject '{claims.get('sub')}'.", 700213
    return _verified(assertion, found["key"], found.get("audience", EXCHANGE))


def _verified(assertion: str, key: Any, audience: str) -> Refusal | None:
    try:
        jwt.decode(assertion, key, algorithms=["RS256", "PS256"], audience=audience)
    except jwt.ExpiredSignatureError:
        return "invalid_client", "Client assertion is not within its valid time range.", 700024
    except jwt.InvalidTokenError as error:
        return "invalid_client", f"Client assertion failed signature validation. [{type(error).__name__}]", 50027
    return None


def machine_refusal(cloud: Any, request: Request) -> Response | None:
    """What the machine's own service says against a request: no header, no resource, or an identity that the machine has not."""
    if request.headers.get("metadata", "").lower() != "true":
        return _bad("Required metadata header not specified")
    if not request.query.get("resource"):
        return _bad("Required audience parameter not specified")
    wanted = request.query.get("client_id")
    known = cloud.state.data.get("application", {}).get("identities", [])
    return None if (wanted or "system") in known else _bad("Identity not found")


def _bad(text: str) -> Response:
    return Response(400, {"error": "invalid_request", "error_description": text})
