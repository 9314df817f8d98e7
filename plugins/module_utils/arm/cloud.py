# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clouds: where ARM and sign-in live, and how the tokens for them are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..failure import Failure


@dataclass(frozen=True)
class Cloud:
    """One Azure cloud. `resource_manager` and `login` are URLs without a slash at the end, `scope` is the token scope of ARM."""

    name: str
    resource_manager: str
    login: str
    scope: str
    storage_suffix: str
    custom: bool = False
    tenant: str | None = None


# Source: azure-core 1.41 / azure-mgmt-core 1.6 get_arm_endpoints, azure-cli-core 2.91 cloud.py.
CLOUDS = {
    cloud.name: cloud
    for cloud in (
        Cloud(
            "AzureCloud",
            "https://management.azure.com",
            "https://login.microsoftonline.com",
            "https://management.azure.com/.default",
            "core.windows.net",
        ),
        Cloud(
            "AzureUSGovernment",
            "https://management.usgovcloudapi.net",
            "https://login.microsoftonline.us",
            "https://management.core.usgovcloudapi.net/.default",
            "core.usgovcloudapi.net",
        ),
        Cloud(
            "AzureChinaCloud",
            "https://management.chinacloudapi.cn",
            "https://login.chinacloudapi.cn",
            "https://management.chinacloudapi.cn/.default",
            "core.chinacloudapi.cn",
        ),
    )
}

# Newest first: Azure's own ARM knows all three, an Azure Stack Hub may know only the last.
METADATA_VERSIONS = ("2022-09-01", "2019-05-01", "2015-01-01")


def find(name: str, fetch: Callable[[str], object]) -> Cloud:
    """The cloud called `name`, or the one whose metadata document `fetch(url)` reads when `name` is an https URL.

    `fetch` returns the parsed JSON document, or None where the server does not know that version of it.
    """
    if name in CLOUDS:
        return CLOUDS[name]
    try:
        address = urlsplit(name)
    except ValueError:
        address = urlsplit("")
    if address.scheme != "https" or not address.netloc:
        raise Failure(
            f"cloud_environment: {name!r} is no cloud. Give one of {', '.join(CLOUDS)}, or the https URL of the metadata "
            "document (or of the ARM endpoint) of another cloud.",
            field="cloud_environment",
            seen=name,
            cure=f"one of {', '.join(CLOUDS)} or an https URL",
        )
    for url in metadata_urls(name):
        document = fetch(url)
        if document is not None:
            return from_metadata(name, document)
    raise Failure(
        f"cloud_environment: {name} has no metadata document (asked for versions {', '.join(METADATA_VERSIONS)}). "
        "Give the URL of the cloud's ARM endpoint.",
        field="cloud_environment",
        seen=name,
        cure="the URL of the cloud's ARM endpoint",
    )


def metadata_urls(name: str) -> tuple[str, ...]:
    """Where to ask: the URL itself when it has a query, else each known version below it."""
    if urlsplit(name).query:
        return (name,)
    base = name.rstrip("/")
    if not base.endswith("/metadata/endpoints"):
        base += "/metadata/endpoints"
    return tuple(f"{base}?api-version={version}" for version in METADATA_VERSIONS)


def from_metadata(url: str, document: object) -> Cloud:
    """Read a metadata document: one object (2015-01-01, 2022-09-01) or a list of clouds (2019-05-01)."""
    address = urlsplit(url)
    base = f"{address.scheme}://{address.netloc}"
    if isinstance(document, list):
        clouds = [one for one in document if isinstance(one, dict)]
        document = next((one for one in clouds if _same_host(one.get("resourceManager"), base)), clouds[0] if clouds else None)
    try:
        login = _https(document["authentication"]["loginEndpoint"])
        audience = document["authentication"]["audiences"][0].rstrip("/")
        resource_manager = _https(document.get("resourceManager") or base)
        suffix = (document.get("suffixes") or {}).get("storage") or "core.windows.net"
    except (TypeError, KeyError, IndexError, AttributeError, ValueError):
        raise Failure(
            f"cloud_environment: the metadata document of {url} names no authentication.loginEndpoint (https) and audiences. "
            "Give the URL of the cloud's ARM endpoint.",
            field="cloud_environment",
            seen=url,
            cure="the URL of the cloud's ARM endpoint",
        ) from None
    tenant = None
    if login.endswith("/adfs"):
        login, tenant = login[: -len("/adfs")], "adfs"
    return Cloud(
        name=str(document.get("name") or address.netloc),
        resource_manager=resource_manager,
        login=login,
        scope=f"{audience}/.default",
        storage_suffix=str(suffix),
        custom=True,
        tenant=tenant,
    )


def _https(url: str) -> str:
    """A URL without a slash at its end; a secret is sent there, so it must be https."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("not https")
    return parts.geturl().rstrip("/")


def _same_host(url: object, base: str) -> bool:
    try:
        return isinstance(url, str) and urlsplit(url).netloc.casefold() == urlsplit(base).netloc.casefold()
    except ValueError:
        return False
