# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entra: OpenID configuration, client credentials, tokens, and the check of a token at ARM.

Tokens are HS256 with a key of this lab (Azure: RS256); no client looks into them, and Azurite's `--oauth basic` reads the claims only.
Their times are real times, not the lab's: the SDKs and Azurite compare them with the machine's clock.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import json
import time
import urllib.parse
import uuid
from typing import Any

from .. import names
from . import entra_assertions, vaults_certificates
from .messages import ArmError, Request, Response
from .routes import action_of, scope_of

LIFETIME = 3599
ARM_AUDIENCES = ("https://management.azure.com", "https://management.core.windows.net")
STORAGE_AUDIENCE = "https://storage.azure.com"
NOT_INSTALLED = (
    "This can happen if the application has not been installed by the administrator of the tenant "
    "or consented to by any user in the tenant."
)
ERROR_OF = {
    "invalid_tenant": (400, 90002),
    "invalid_client": (401, 7000215),
    "unauthorized_client": (400, 700016),
    "invalid_resource": (400, 500011),
    "unsupported_grant_type": (400, 70003),
    "invalid_request": (400, 900144),
    "invalid_assertion": (401, 700027),
    "invalid_audience": (401, 700023),
    "stale_assertion": (401, 700024),
}
# What the field `error` says of them.
WORD_OF = dict.fromkeys(("invalid_assertion", "invalid_audience", "stale_assertion"), "invalid_client")


def configuration(cloud: Any, request: Request, tenant: str) -> Response:
    """OpenID configuration of the tenant, as MSAL asks for it first."""
    if not _is_ours(tenant):
        return _refuse(request, "invalid_tenant", _no_tenant(tenant))
    authority = f"{request.base}/{tenant}"
    return Response(
        200,
        {
            "token_endpoint": f"{authority}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": f"{authority}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{authority}/v2.0",
            "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{authority}/oauth2/v2.0/devicecode",
            "end_session_endpoint": f"{authority}/oauth2/v2.0/logout",
            "tenant_region_scope": "EU",
        },
    )


def token(cloud: Any, request: Request, tenant: str) -> Response:
    """`grant_type=client_credentials` with secret or assertion, or an agent's certificate; v2 asks by scope, v1 by resource."""
    form = {name: values[0] for name, values in urllib.parse.parse_qs(request.body.decode(), keep_blank_values=True).items()}
    audience = _audience(form, request)
    refusal = _reason_to_refuse(cloud, form, tenant, audience, request)
    if refusal:
        return _refuse(request, *refusal)
    made = _make(cloud, audience, form["client_id"])
    return Response(
        200,
        {"token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME, "access_token": made},
        {"cache-control": "no-store, no-cache"},
    )


def _reason_to_refuse(cloud: Any, form: dict[str, str], tenant: str, audience: str | None, request: Request) -> tuple[Any, ...] | None:
    if not _is_ours(tenant):
        return "invalid_tenant", _no_tenant(tenant)
    if form.get("grant_type") != "client_credentials":
        return "unsupported_grant_type", f"The app requested an unsupported grant type '{form.get('grant_type', '')}'."
    is_agent = vaults_certificates.vault_of(cloud, form.get("client_id")) is not None
    refusal = vaults_certificates.reason_to_refuse(cloud, form, request) if is_agent else _wrong_client(cloud, form, request)
    if refusal is None and audience is None:
        wanted = form.get("scope") or form.get("resource") or ""
        return "invalid_resource", (f"The resource principal named {wanted} was not found in the tenant named lab. {NOT_INSTALLED}")
    return refusal


def _wrong_client(cloud: Any, form: dict[str, str], request: Request) -> tuple[Any, ...] | None:
    """Why this is not the lab's client with its secret or an assertion: an error, its text and where the error has several its number."""
    if form.get("client_id") != names.CLIENT:
        return "unauthorized_client", (
            f"Application with identifier '{form.get('client_id', '')}' was not found in the directory '{names.TENANT}'. "
            f"{NOT_INSTALLED} "
            "You may have sent your authentication request to the wrong tenant."
        )
    if "client_assertion" in form:
        return entra_assertions.problem(cloud, form, request)
    if "client_secret" not in form:
        return "invalid_request", "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    if not hmac.compare_digest(form["client_secret"].encode(), names.CLIENT_SECRET.encode()):
        return "invalid_client", (
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
            f"not the client secret ID, for a secret added to app '{names.CLIENT}'."
        )
    return None


def machine_token(cloud: Any, request: Request) -> Response:
    """The service of a machine with a managed identity (IMDS); azure-identity finds it by AZURE_POD_IDENTITY_AUTHORITY_HOST."""
    refusal = entra_assertions.machine_refusal(cloud, request)
    if refusal:
        return refusal
    audience = _audience(dict(request.query), request) or ""
    token = {"token_type": "Bearer", "expires_in": str(LIFETIME), "expires_on": str(int(time.time()) + LIFETIME), "resource": audience}
    return Response(200, {**token, "access_token": _make(cloud, audience)})


def _is_ours(tenant: str) -> bool:
    return tenant.lower() == names.TENANT


def _no_tenant(tenant: str) -> str:
    return (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. "
        "Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
    )


def _refuse(request: Request, error: str, text: str, number: int | None = None) -> Response:
    status, code = ERROR_OF[error]
    code = number or code
    trace, correlation = str(uuid.uuid4()), request.headers.get("client-request-id") or str(uuid.uuid4())
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%SZ")
    return Response(
        status,
        {
            "error": WORD_OF.get(error, error),
            "error_description": f"AADSTS{code}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {now}",
            "error_codes": [code],
            "timestamp": now,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"{request.base}/error?code={code}",
        },
    )


def _audience(form: dict[str, str], request: Request) -> str | None:
    wanted = (form.get("scope") or form.get("resource") or "").split(" ")[0]
    resource = wanted.removesuffix("/.default").rstrip("/")
    if resource == STORAGE_AUDIENCE or ".blob." in resource:
        return resource
    return resource if resource in (*ARM_AUDIENCES, request.base) else None


def _make(cloud: Any, audience: str, client: str = names.CLIENT) -> str:
    now = int(time.time())
    principal = names.CLIENT_OBJECT if client == names.CLIENT else vaults_certificates.vault_of(cloud, client)["principal"]["object"]
    claims = {
        "aud": audience, "iss": f"https://sts.windows.net/{names.TENANT}/", "iat": now - 300, "nbf": now - 300, "exp": now + LIFETIME,
        "appid": client, "appidacr": "1" if client == names.CLIENT else "2", "idtyp": "app", "oid": principal,
        "sub": principal, "tid": names.TENANT, "ver": "1.0",
    }  # fmt: skip
    body = f"{_encode({'typ': 'JWT', 'alg': 'HS256'})}.{_encode(claims)}"
    return f"{body}.{_signature(cloud, body)}"


def bearer(cloud: Any) -> str:
    """The header `authorization` of somebody who has signed in for ARM."""
    return f"Bearer {_make(cloud, ARM_AUDIENCES[0])}"


def _encode(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _signature(cloud: Any, body: str) -> str:
    key = cloud.state["signing_key"].encode()
    return base64.urlsafe_b64encode(hmac.new(key, body.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()


def check(cloud: Any, request: Request) -> None:
    """Raise ARM's 401 unless the request bears a token of this lab for ARM."""
    challenge = {"www-authenticate": f'Bearer authorization_uri="{request.base}/{names.TENANT}", error="invalid_token"'}
    kind, _unused, value = request.headers.get("authorization", "").partition(" ")
    if not value:
        raise ArmError(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.", headers=challenge)
    body, _unused, signature = value.rpartition(".")
    if kind.lower() != "bearer" or not hmac.compare_digest(signature, _signature(cloud, body)):
        raise ArmError(401, "InvalidAuthenticationToken", "The access token is invalid.", headers=challenge)
    claims = json.loads(base64.urlsafe_b64decode(body.split(".")[1] + "=="))
    if claims["exp"] < time.time():
        raise ArmError(
            401, "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time.", headers=challenge
        )
    if claims["aud"] not in (*ARM_AUDIENCES, request.base):
        seen = claims["aud"]
        raise ArmError(
            401,
            "InvalidAuthenticationTokenAudience",
            f"The access token has been obtained for wrong audience or resource '{seen}'.",
            headers=challenge,
        )
    if claims["appid"] != names.CLIENT:
        raise ArmError(
            403,
            "AuthorizationFailed",
            f"The client '{claims['appid']}' with object id '{claims['oid']}' does not have authorization to perform action "
            f"'{action_of(request.method, request.path)}' over scope '{scope_of(request.method, request.path)}' or the scope is invalid.",
        )


ROUTES = [
    ("GET", "/{tenant}/v2.0/.well-known/openid-configuration", configuration),
    ("POST", "/{tenant}/oauth2/v2.0/token", token),
    ("POST", "/{tenant}/oauth2/token", token),
    ("GET", "/metadata/identity/oauth2/token", machine_token),
]
