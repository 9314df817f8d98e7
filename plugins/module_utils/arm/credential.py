# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in: azure-identity gets the token, a cache keeps it, and what Entra says against it becomes one clear error."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping

from .. import task
from ..failure import Failure, refuse
from . import az, sdk
from .cloud import Cloud
from .entra_codes import BY_NUMBER
from .session import Session, transport
from .sources import Identity
from .token_cache import Token, key_of

NO_TENANT = "Unable to get authority configuration"
AADSTS = re.compile(r"AADSTS(\d+)")
CLI_SECONDS = 30
CLI_NONSENSE = "Unexpected output from Azure CLI"
TENANT = re.compile(r"^[A-Za-z0-9.-]+$")
BEARER = re.compile(r"^[!-~]+$")  # what an Authorization header may hold


def build(identity: Identity, cloud: Cloud, session: Session):
    """The azure-identity credential for `identity`; nothing is sent before its first token."""
    if identity.source == "cli":
        return sdk.azure.identity.AzureCliCredential(tenant_id=identity.tenant or "", process_timeout=CLI_SECONDS)
    common = {"transport": transport(session), "retry_total": 0}
    if identity.source == "msi":
        return sdk.azure.identity.ManagedIdentityCredential(client_id=identity.client_id, **common)
    tenant = identity.tenant or cloud.tenant
    for name, value in (("client_id", identity.client_id), ("tenant", tenant)):
        if not value:
            raise refuse(name, value, "set to sign in with a secret, certificate or token", f"Set {name} or AZURE_{name.upper()}.")
    if not TENANT.match(tenant):
        raise refuse("tenant", tenant, "a GUID or a domain", "Copy it from the tenant's page (az account show --query tenantId).")
    common["authority"] = _authority(identity, cloud)
    # Instance discovery asks login.microsoftonline.com about the authority; a cloud that was named by URL is not known there.
    common["disable_instance_discovery"] = identity.disable_instance_discovery or cloud.custom
    # The order is azure.azcollection's.
    if identity.oidc_token or identity.oidc_token_file_path:
        token = identity.oidc_token or _token_in(identity.oidc_token_file_path)
        task.keep_secret(token)
        return sdk.azure.identity.ClientAssertionCredential(tenant, identity.client_id, lambda: token, **common)
    if identity.secret:
        return sdk.azure.identity.ClientSecretCredential(tenant, identity.client_id, identity.secret, **common)
    if identity.x509_certificate_path:
        return _by_certificate(tenant, identity, common)
    raise refuse("secret", None, "set when client_id is", "Set secret or AZURE_SECRET, or x509_certificate_path, or oidc_token_file_path.")


def _authority(identity: Identity, cloud: Cloud) -> str:
    given = identity.adfs_authority_url
    if given and not given.startswith("https://"):
        raise refuse("adfs_authority_url", given, "an https URL", "Give the URL of the federation service.")
    return given or cloud.login


def _token_in(path: str) -> str:
    """The token that a platform (Kubernetes, a CI) wrote to a file; it is read anew for each sign-in, because it is renewed there."""
    path = os.path.expanduser(path)
    try:
        with open(path, encoding="ascii") as file:
            token = file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise refuse("oidc_token_file_path", path, "a readable file with a token", f"Reading it failed: {reason}.") from None
    if not token:
        raise refuse("oidc_token_file_path", path, "a file with a token", "It is empty; look whether the platform still writes it.")
    return token


def _by_certificate(tenant: str, identity: Identity, common: dict):
    data = _certificate(identity)
    try:
        return sdk.azure.identity.CertificateCredential(tenant, identity.client_id, certificate_data=data, **common)
    except (ValueError, TypeError) as error:
        must = "a PEM file with a certificate and its RSA key, not encrypted"
        raise refuse("x509_certificate_path", identity.x509_certificate_path, must, f"Reading it failed: {error}.") from None


def _certificate(identity: Identity) -> bytes:
    """The PEM file's bytes, after its thumbprint was compared with the one that was given, if one was."""
    path = os.path.expanduser(identity.x509_certificate_path)
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise refuse(
            "x509_certificate_path", path, "a readable PEM file with certificate and key", f"Reading it failed: {error.strerror}."
        ) from None
    if identity.thumbprint:
        from cryptography import x509
        from cryptography.hazmat.primitives.hashes import SHA1

        try:
            seen = x509.load_pem_x509_certificate(data).fingerprint(SHA1()).hex()  # noqa: S303 - a name by convention, no protection
        except ValueError:
            raise refuse("x509_certificate_path", path, "a PEM file with certificate and key", "It holds no certificate.") from None
        if seen != identity.thumbprint.replace(":", "").casefold():
            raise refuse("thumbprint", identity.thumbprint, f"the one of {path}, {seen}", "Correct thumbprint or x509_certificate_path.")
    return data


class CachedCredential:
    """A token credential for every SDK: from memory, else from the cache, else from azure-identity.

    `make` builds the azure-identity credential when it is first needed; `ask(function)` runs a sign-in request under the
    retry rules of the task.
    """

    def __init__(self, identity: Identity, cloud: Cloud, cache, make: Callable, ask: Callable, clock: Callable[[], float]):
        self._identity, self._cloud, self._cache, self._make, self._ask, self._clock = identity, cloud, cache, make, ask, clock
        self._lock = threading.Lock()
        self._tokens: dict[str, Token] = {}
        self._credential = None

    def get_token(self, *scopes: str, **_options):
        """The azure-core protocol: an access token for `scopes[0]`."""
        token = self.token(scopes[0])
        return sdk.AccessToken(token.token, token.expires_on)

    def token(self, scope: str) -> Token:
        """A token for `scope`; threads that ask at once wait for one request."""
        with self._lock:
            token = self._tokens.get(scope) or self._cache.load(self._key(scope), self._clock())
            if token is None:
                token = self._ask(lambda: self._fetch(scope))
                self._cache.save(self._key(scope), token)
            self._tokens[scope] = token
            task.keep_secret(token.token)
            return token

    def forget(self, scope: str) -> None:
        """Drop the token for `scope`: the service refused it."""
        with self._lock:
            self._credential = None  # azure-identity keeps tokens as well
            self._tokens.pop(scope, None)
            self._cache.forget(self._key(scope))

    def _fetch(self, scope: str) -> Token:
        # MSAL answers a repeated request out of its memory of the refused one, so each attempt starts with a new credential.
        credential, self._credential = self._credential or self._make(), None
        answer = credential.get_token(scope)
        if not isinstance(answer.token, str) or not BEARER.match(answer.token):
            raise ValueError("the answer has no token that a request could carry")
        self._credential = credential
        return Token(answer.token, int(answer.expires_on))

    def _key(self, scope: str) -> str:
        one = self._identity
        proof = one.oidc_token or one.oidc_token_file_path or one.secret or one.x509_certificate_path or _cli_login(one.source)
        return key_of(
            one.source, one.tenant or self._cloud.tenant, one.client_id, one.adfs_authority_url or self._cloud.login, scope, proof
        )


def _cli_login(source: str) -> str | None:
    """For az: a text that changes when somebody signs in anew."""
    if source != "cli":
        return None
    profile = os.path.join(az.folder(os.environ), "azureProfile.json")
    return f"{profile} {os.stat(profile).st_mtime_ns}" if os.path.exists(profile) else profile


def sign_in_failed(error: Exception, identity: Identity, cloud: Cloud) -> Failure:
    """One sentence for an error of azure-identity: Entra's number and words, and the option to correct."""
    text = " ".join(str(getattr(error, "message", None) or error).split())
    text = text.partition(" Content: ")[0]  # what follows is the answer, and a token may be in it
    text = text.partition(" Trace ID:")[0].removeprefix("Authentication failed: ")
    if text.startswith(CLI_NONSENSE):
        text = f"{CLI_NONSENSE}."  # what follows is all that az printed
    number = AADSTS.search(text)
    row = BY_NUMBER.get("AADSTS90002" if text.startswith(NO_TENANT) else number.group(0) if number else "")
    cure = row.cure if row else _cure(identity.source, text)
    where = PLACES.get(identity.source) or identity.adfs_authority_url or cloud.login
    fields = {
        "what": "sign in to Azure",
        "field": row and row.option,
        "seen": text,
        "cure": cure,
        "code": number and number.group(0),
    }
    return Failure(
        f"Failed to sign in to Azure at {where}: {text} Cure: {cure}.",
        **{key: value for key, value in fields.items() if value is not None},
    )


def _cure(source: str, text: str) -> str:
    if source == "cli" and "not found on path" in text:
        return "install the Azure CLI and run az login, or use another auth_source"
    return SOURCE_CURES[source]


PLACES: Mapping[str, str] = {"cli": "az", "msi": "the managed identity"}
SOURCE_CURES: Mapping[str, str] = {
    "params": "look at the options client_id, secret and tenant",
    "env": "look at AZURE_CLIENT_ID, AZURE_SECRET and AZURE_TENANT",
    "credential_file": "look at the profile in ~/.azure/credentials",
    "cli": "run az login",
    "msi": "give this machine a managed identity, correct client_id, or use another auth_source",
}
