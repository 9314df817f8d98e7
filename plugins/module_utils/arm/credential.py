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
from . import sdk
from .cloud import Cloud
from .session import Session, transport
from .sources import Identity
from .token_cache import Token, key_of

# Entra's error number -> (option to correct, what to do). Source: learn.microsoft.com/entra/identity-platform/reference-error-codes.
ENTRA_ERRORS = {
    "7000215": ("secret", "the secret is wrong (its value is wanted, not its id): correct secret / AZURE_SECRET"),
    "7000222": ("secret", "the secret has expired: make a new one and set secret / AZURE_SECRET"),
    "7000216": ("secret", "a secret or certificate is missing: set secret / AZURE_SECRET or x509_certificate_path"),
    "700016": ("client_id", "the tenant knows no such application: correct client_id / AZURE_CLIENT_ID or tenant / AZURE_TENANT"),
    "7000229": ("client_id", "the application has no service principal in this tenant: create one, or correct tenant / AZURE_TENANT"),
    "700027": ("x509_certificate_path", "the application does not know this certificate: upload it, or correct x509_certificate_path"),
    "90002": ("tenant", "there is no such tenant: correct tenant / AZURE_TENANT"),
    "900023": ("tenant", "this is no tenant: correct tenant / AZURE_TENANT"),
    "53003": ("client_id", "a conditional access policy forbids it: ask your tenant's administrator"),
}
NO_TENANT = "Unable to get authority configuration"
AADSTS = re.compile(r"AADSTS(\d+)")
CLI_SECONDS = 30


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
            raise refuse(name, value, "set to sign in with a secret or certificate", f"Set {name} or AZURE_{name.upper()}.")
    common["authority"] = identity.adfs_authority_url or cloud.login
    # Instance discovery asks login.microsoftonline.com about the authority; a cloud that was named by URL is not known there.
    common["disable_instance_discovery"] = identity.disable_instance_discovery or cloud.custom
    if identity.secret:
        return sdk.azure.identity.ClientSecretCredential(tenant, identity.client_id, identity.secret, **common)
    if identity.x509_certificate_path:
        data = _certificate(identity)
        return sdk.azure.identity.CertificateCredential(tenant, identity.client_id, certificate_data=data, **common)
    raise refuse("secret", None, "set when client_id is", "Set secret or AZURE_SECRET, or x509_certificate_path.")


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
        self._credential = credential
        return Token(answer.token, int(answer.expires_on))

    def _key(self, scope: str) -> str:
        one = self._identity
        proof = one.secret or one.x509_certificate_path or _cli_login(one.source)
        return key_of(
            one.source, one.tenant or self._cloud.tenant, one.client_id, one.adfs_authority_url or self._cloud.login, scope, proof
        )


def _cli_login(source: str) -> str | None:
    """For az: a text that changes when somebody signs in anew."""
    if source != "cli":
        return None
    profile = os.path.join(os.environ.get("AZURE_CONFIG_DIR") or os.path.expanduser("~/.azure"), "azureProfile.json")
    return f"{profile} {os.stat(profile).st_mtime_ns}" if os.path.exists(profile) else profile


def sign_in_failed(error: Exception, identity: Identity, cloud: Cloud) -> Failure:
    """One sentence for an error of azure-identity: Entra's number and words, and the option to correct."""
    text = " ".join(str(getattr(error, "message", None) or error).split())
    text = text.partition(" Trace ID:")[0].removeprefix("Authentication failed: ")
    number = AADSTS.search(text)
    known = "90002" if text.startswith(NO_TENANT) else number.group(1) if number else ""
    option, cure = ENTRA_ERRORS.get(known, (None, SOURCE_CURES.get(identity.source)))
    authority = identity.adfs_authority_url or cloud.login
    fields = {"what": "sign in to Azure", "field": option, "seen": text, "cure": cure, "code": number.group(0) if number else None}
    where = {"cli": "az", "msi": "the managed identity"}.get(identity.source, authority)
    return Failure(
        f"Failed to sign in to Azure at {where}: {text} Cure: {cure}.",
        **{key: value for key, value in fields.items() if value is not None},
    )


SOURCE_CURES: Mapping[str, str] = {
    "params": "look at the options client_id, secret and tenant",
    "env": "look at AZURE_CLIENT_ID, AZURE_SECRET and AZURE_TENANT",
    "credential_file": "look at the profile in ~/.azure/credentials",
    "cli": "run az login",
    "msi": "give this machine a managed identity, or use another auth_source",
}
