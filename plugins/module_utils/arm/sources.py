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
from .options import ENVIRONMENT, from_environment

GUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
TRUE_WORDS = ("1", "true", "yes", "on")


@dataclass(frozen=True)
class Identity:
    """Who signs in and to which subscription; `source` is params, env, credential_file, cli or msi."""

    source: str
    subscription_id: str
    tenant: str | None = None
    client_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    x509_certificate_path: str | None = None
    thumbprint: str | None = None
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

    subscription = value("subscription_id")
    if not subscription:
        raise Failure(
            "subscription_id is not given. Set the option subscription_id or the environment variable AZURE_SUBSCRIPTION_ID.",
            field="subscription_id",
            seen=None,
            cure="set subscription_id or AZURE_SUBSCRIPTION_ID",
        )
    if not GUID.match(subscription):
        raise refuse("subscription_id", subscription, "a GUID", "Copy it from the subscription's page (az account show --query id).")
    shared = ("cloud_environment", "adfs_authority_url")
    own = [
        one.name
        for one in fields(Identity)
        if one.name in ENVIRONMENT and one.name not in ("subscription_id", "disable_instance_discovery", *shared)
    ]
    return Identity(
        source=found["source"],
        subscription_id=subscription,
        validate=(value("cert_validation_mode") or "validate") == "validate",
        disable_instance_discovery=str(value("disable_instance_discovery") or "").casefold() in TRUE_WORDS,
        **{name: value(name) if found["source"] == "params" else found.get(name) for name in own},
        **{name: value(name) for name in shared},
    )


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
    profile = params.get("profile") or "default"
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise Failure(
            f"{path} cannot be read ({type(error).__name__}). It must be an INI file with one section a profile.",
            field="profile",
            seen=path,
            cure="make it an INI file with one section a profile",
        ) from None
    if not parser.has_section(profile):
        return None
    return {**parser[profile], "source": "credential_file"}


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
    folder = environ.get("AZURE_CONFIG_DIR") or os.path.expanduser("~/.azure")
    return os.path.isfile(os.path.join(folder, "azureProfile.json"))


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
