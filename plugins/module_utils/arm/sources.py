# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where credentials come from: options, environment, ~/.azure/credentials, the Azure CLI, a managed identity."""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from ..failure import Failure, refuse
from . import az
from .options import ENVIRONMENT, from_environment

GUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
TRUE_WORDS = ("1", "true", "yes", "on")
VALIDATION = ("validate", "ignore")
# What proves the identity. Given one of them as an option, the others are not looked for in the environment.
PROOFS = ("oidc_token", "oidc_token_file_path", "secret", "x509_certificate_path", "thumbprint")


@dataclass(frozen=True)
class Identity:
    """Who signs in and to which subscription; `source` is params, env, credential_file, cli or msi.

    `subscription_id` is None only for a managed identity, which can be asked what it sees.
    """

    source: str
    subscription_id: str | None
    tenant: str | None = None
    client_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    x509_certificate_path: str | None = None
    thumbprint: str | None = None
    oidc_token: str | None = field(default=None, repr=False)
    oidc_token_file_path: str | None = None
    cloud_environment: str | None = None
    adfs_authority_url: str | None = None
    disable_instance_discovery: bool = False
    validate: bool = True


def find(params: Mapping, environ: Mapping[str, str]) -> Identity:
    """The identity that the options ask for; with auth_source auto the first that is there: options, environment, file, CLI."""
    wanted = params.get("auth_source") or from_environment(environ, "auth_source") or "auto"
    found = SOURCES[wanted](params, environ) if wanted in SOURCES else _unknown(wanted)
    if found is None:
        raise Failure(
            "No credentials for Azure: looked at " + LOOKED_AT[wanted] + ". Give client_id, secret and tenant as options, "
            "set AZURE_CLIENT_ID, AZURE_SECRET, AZURE_TENANT and AZURE_SUBSCRIPTION_ID, write ~/.azure/credentials, or run az login.",
            field="auth_source",
            seen=wanted,
            cure="give client_id, secret, tenant and subscription_id",
        )
    return _identity(found, params, environ)


def _identity(found: Mapping, params: Mapping, environ: Mapping[str, str]) -> Identity:
    """Fill what the source leaves open: an option first, then the source itself, then the environment."""

    def value(name):
        return params.get(name) or found.get(name) or from_environment(environ, name)

    given = [name for name in PROOFS if params.get(name)]

    def own(name):
        if found["source"] != "params":
            return found.get(name)
        return params.get(name) if given and name in PROOFS else value(name)

    if found["source"] == "cli":
        found = {**az.account(environ, value("subscription_id")), **found}
    shared = ("cloud_environment", "adfs_authority_url")
    apart = ("subscription_id", "disable_instance_discovery", *shared)
    names = [one.name for one in fields(Identity) if one.name in ENVIRONMENT and one.name not in apart]
    return Identity(
        source=found["source"],
        subscription_id=_subscription(value("subscription_id"), found["source"]),
        validate=_validation(value("cert_validation_mode")),
        disable_instance_discovery=str(value("disable_instance_discovery") or "").casefold() in TRUE_WORDS,
        **{name: own(name) for name in names},
        **{name: value(name) for name in shared},
    )


def _subscription(given: str | None, source: str) -> str | None:
    if given and GUID.match(given):
        return given
    if given:
        raise refuse("subscription_id", given, "a GUID", "Copy it from the subscription's page (az account show --query id).")
    if source == "msi":
        return None
    raise Failure(
        "subscription_id is not given. Set the option subscription_id or the environment variable AZURE_SUBSCRIPTION_ID.",
        field="subscription_id",
        seen=None,
        cure="set subscription_id or AZURE_SUBSCRIPTION_ID",
    )


def _validation(word: str | None) -> bool:
    """Whether certificates are looked at. Any other word than `ignore` in environment or profile must not switch that off."""
    if (word or "validate") not in VALIDATION:
        raise refuse("cert_validation_mode", word, f"one of {', '.join(VALIDATION)}", "Correct it in the profile or the environment.")
    return word != "ignore"


def _from_params(params, environ):
    return {**params, "source": "params"} if params.get("client_id") else None


def _from_env(params, environ):
    profile = from_environment(environ, "profile")
    if profile:
        return _from_file({"profile": profile}, environ)
    found = {name: from_environment(environ, name) for name in ENVIRONMENT}
    return {**found, "source": "env"} if found["client_id"] else None


def _from_file(params, environ):
    path = os.path.expanduser("~/.azure/credentials")
    parser = configparser.ConfigParser(interpolation=None)
    named = params.get("profile")
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    except FileNotFoundError:
        if named:
            raise refuse(
                "profile", named, f"a section of {path}", "There is no such file; write it, or give credentials as options."
            ) from None
        return None
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise Failure(
            f"{path} cannot be read ({type(error).__name__}). It must be an INI file with one section a profile.",
            field="profile",
            seen=path,
            cure="make it an INI file with one section a profile",
        ) from None
    if parser.has_section(named or "default"):
        return {**parser[named or "default"], "source": "credential_file"}
    if named:
        raise refuse("profile", named, f"a section of {path}", f"It has {', '.join(parser.sections()) or 'none'}.")
    return None


def _from_cli(params, environ):
    return {"source": "cli", "tenant": params.get("tenant")}


def _from_msi(params, environ):
    return {"source": "msi", "client_id": params.get("client_id") or from_environment(environ, "client_id")}


def _from_anywhere(params, environ):
    if params.get("profile"):
        return _from_file(params, environ)
    for source in (_from_params, _from_env, _from_file):
        found = source(params, environ)
        if found:
            return found
    return _from_cli(params, environ) if _has_cli(environ) else None


def _has_cli(environ) -> bool:
    return os.path.isfile(os.path.join(az.folder(environ), "azureProfile.json"))


def _unknown(wanted):
    raise refuse("auth_source", wanted, f"one of {', '.join(SOURCES)}", "Correct it or leave it out.")


SOURCES = {"auto": _from_anywhere, "env": _from_env, "credential_file": _from_file, "cli": _from_cli, "msi": _from_msi}
LOOKED_AT = {
    "auto": "the options, the environment, ~/.azure/credentials and the Azure CLI",
    "env": "the environment",
    "credential_file": "~/.azure/credentials",
    "cli": "the Azure CLI",
    "msi": "the managed identity",
}
