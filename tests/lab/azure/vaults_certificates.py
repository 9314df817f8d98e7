# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates that a vault takes for its agents, and the sign-in of an agent with one of them at Entra.

A vault has one service principal; each certificate that was given to the vault signs it in until it expires. That an upload leaves the
earlier ones valid is assumed. Lifetime is judged by the lab's clock, the assertion's own times by the real one, as MSAL makes them.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import hashlib
import json
import time
import uuid
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .. import names
from ..clock import parse, stamp
from .messages import ArmError, Request, Response
from .vaults_known import PATH, TYPE, find, vault_id

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PADDINGS = {
    "RS256": padding.PKCS1v15(),
    "PS256": padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size),
}


def put(cloud: Any, request: Request, subscription: str, group: str, vault: str, name: str) -> Response:
    """Take a certificate; the answer says as whom its holder signs in."""
    known = find(cloud, group, vault)
    asked = request.json().get("properties") or {}
    certificate = _certificate(asked)
    thumbprint = certificate.fingerprint(hashes.SHA1()).hex().upper()
    number = int.from_bytes(hashlib.sha256(vault_id(known).lower().encode()).digest()[:8], "big") >> 1
    with cloud.state.changed():
        known.setdefault("principal", {"client": _guid(known, "client"), "object": _guid(known, "object")})
        known.setdefault("certificates", {})[thumbprint] = {"der": asked["certificate"], "until": stamp(_until(certificate))}
    return Response(
        200,
        {
            "id": f"{vault_id(known)}/certificates/{name}",
            "name": name,
            "type": f"{TYPE}/certificates",
            "properties": {
                "authType": "AzureActiveDirectory",
                "certificate": asked["certificate"],
                "resourceId": number,
                "aadAuthority": request.base,
                "aadTenantId": names.TENANT,
                "servicePrincipalClientId": known["principal"]["client"],
                "servicePrincipalObjectId": known["principal"]["object"],
                "azureManagementEndpointAudience": f"{request.base}/restapi/",
                "subject": certificate.subject.rfc4514_string(),
                "issuer": certificate.issuer.rfc4514_string(),
                "validFrom": stamp(_aware(certificate, "not_valid_before")),
                "validTo": stamp(_until(certificate)),
                "thumbprint": thumbprint,
                "friendlyName": "",
                "aadAudience": f"api://{names.TENANT}/RecoveryServiceVault/{known['location']}/{known['name']}/{number}",
            },
        },
    )


def _certificate(asked: dict[str, Any]) -> x509.Certificate:
    if asked.get("authType") != "AAD":
        raise ArmError(400, "InvalidAuthType", "The authentication type of the certificate must be AAD.")
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(asked.get("certificate") or "", validate=True))
    except (ValueError, binascii.Error) as error:
        raise ArmError(400, "InvalidCertificate", "The certificate is not a DER encoded X.509 certificate in base64.") from error
    if not isinstance(certificate.public_key(), rsa.RSAPublicKey) or certificate.public_key().key_size < 2048:
        raise ArmError(400, "InvalidCertificate", "The certificate's key must be RSA with 2048 bits or more.")
    return certificate


def _guid(vault: dict[str, Any], what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{vault_id(vault).lower()}|{what}"))


def _aware(certificate: x509.Certificate, name: str) -> datetime.datetime:
    return getattr(certificate, f"{name}_utc")


def _until(certificate: x509.Certificate) -> datetime.datetime:
    return _aware(certificate, "not_valid_after")


def vault_of(cloud: Any, client: str | None) -> dict[str, Any] | None:
    """The vault whose agents sign in as this client, None where it is nobody's."""
    return next((one for one in cloud.state["vaults"].values() if client and (one.get("principal") or {}).get("client") == client), None)


def reason_to_refuse(cloud: Any, form: dict[str, str], request: Request) -> tuple[str, str] | None:
    """Why an agent's certificate assertion is no proof: (kind of error, words); None when it is one."""
    vault = vault_of(cloud, form.get("client_id"))
    if vault is None or form.get("client_assertion_type") != ASSERTION or "client_assertion" not in form:
        return "invalid_request", "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    try:
        signed, _unused, signature = form["client_assertion"].rpartition(".")
        header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
        certificate = _known(vault, header)
    except (ValueError, KeyError, TypeError, binascii.Error):
        return "invalid_request", "The client assertion is not a JSON Web Token."
    if certificate is None:
        return (
            "invalid_assertion",
            f"Client assertion failed signature validation. Thumbprint of key used by client: '{header.get('x5t')}'.",
        )
    if not _signs(certificate["der"], header, signed, signature):
        return "invalid_assertion", "Client assertion failed signature validation."
    if parse(certificate["until"]) <= cloud.state.clock.now():
        return "invalid_assertion", "The key used is expired."
    endpoints = [f"{request.base}/{names.TENANT}/oauth2/{part}token" for part in ("", "v2.0/")]
    if claims.get("aud") not in endpoints or claims.get("iss") != form["client_id"] or claims.get("sub") != form["client_id"]:
        return "invalid_audience", f"Client assertion audience claim does not match. Expected one of {', '.join(endpoints)}."
    if not float(claims.get("nbf", 0)) - 300 <= time.time() < float(claims.get("exp", 0)):
        return "stale_assertion", "Client assertion is not within its valid time range."
    return None


def _known(vault: dict[str, Any], header: dict[str, Any]) -> dict[str, Any] | None:
    """The certificate that the header names, by SHA-1 or SHA-256."""
    for thumbprint, one in (vault.get("certificates") or {}).items():
        sha256 = hashlib.sha256(base64.b64decode(one["der"])).digest()
        if header.get("x5t") and _decoded(header["x5t"]).hex().upper() == thumbprint:
            return one
        if header.get("x5t#S256") and _decoded(header["x5t#S256"]) == sha256:
            return one
    return None


def _signs(der: str, header: dict[str, Any], signed: str, signature: str) -> bool:
    key = x509.load_der_x509_certificate(base64.b64decode(der)).public_key()
    try:
        key.verify(_decoded(signature), signed.encode(), PADDINGS[header["alg"]], hashes.SHA256())
    except (InvalidSignature, KeyError):
        return False
    return True


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


ROUTES = [("PUT", PATH + "/{vault}/certificates/{name}", put)]
