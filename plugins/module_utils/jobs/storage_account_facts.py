# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a storage account and its container say about themselves, as facts: read once, judged and compared by one table.

Source: azure-rest-api-specs storage.json and blob.json (2023-05-01), with the defaults that they name for what an answer leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ..arm import api, shapes
from . import storage_locks
from .data_box_parts import several, text, whole, within
from .locations import short

READ_ACCOUNT = "Microsoft.Storage/storageAccounts/read"
READ_CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers/read"


@dataclass(frozen=True)
class Found:
    """The resources as ARM shows them; None for one that is not there (or, of `container`, that was not asked for).

    `locks` is None where they are unknown.
    """

    account: Mapping[str, Any] | None
    container: Mapping[str, Any] | None
    locks: list[dict[str, Any]] | None

    def facts(self, container: str | None) -> dict[str, Any]:
        """`{account, container, locks}` as a task returns them; what is not there is None."""
        return {
            "account": None if self.account is None else account_from(self.account),
            "container": None if container is None else container_from(container, self.container),
            "locks": self.locks,
        }


def read(azure, group: str, name: str, container: str | None) -> Found:
    """Account, container and locks, asked for at once: on a long line the answers cost one way there and back, not three."""
    path, what = api.storage_account(azure.subscription_id, group, name), f"read storage account {name}"
    with ThreadPoolExecutor(2) as pool:
        account = pool.submit(azure.arm.get, what, path, api.STORAGE, action=READ_ACCOUNT)
        inner = pool.submit(_container, azure, path, name, container) if container else None
        locks = pool.submit(storage_locks.read, azure, path)
        found = account.result()
        if found is None:
            return Found(None, None, None)
        return Found(shapes.identified(what, found), inner.result() if inner else None, locks.result())


def _container(azure, path: str, account: str, name: str) -> Mapping[str, Any] | None:
    what = f"read container {name} of storage account {account}"
    return azure.arm.get(what, api.container(path, name), api.STORAGE, action=READ_CONTAINER)


def account_from(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The account as a task returns it."""
    said = within(resource, "properties")
    network = within(said, "networkAcls")
    immutability = within(said, "immutableStorageWithVersioning")
    encryption = within(said, "encryption")
    keys = within(said, "keyCreationTime")
    return {
        "id": resource.get("id"),
        "name": resource.get("name"),
        "kind": resource.get("kind"),
        "sku": within(resource, "sku").get("name"),
        "location": short(text(resource.get("location"))),
        "provisioning_state": said.get("provisioningState"),
        "primary_status": said.get("statusOfPrimary"),
        "blob_endpoint": within(said, "primaryEndpoints").get("blob"),
        "https_only": said.get("supportsHttpsTrafficOnly"),
        "minimum_tls_version": said.get("minimumTlsVersion"),
        "blob_public_access": said.get("allowBlobPublicAccess"),
        "shared_key_access": said.get("allowSharedKeyAccess") is not False,
        "public_network_access": said.get("publicNetworkAccess") or "Enabled",
        "network_default_action": network.get("defaultAction") or "Allow",
        "network_bypass": network.get("bypass"),
        "network_ip_rules": sorted(text(one.get("value")) for one in several(network, "ipRules")),
        "network_subnets": sorted(text(one.get("id")) for one in several(network, "virtualNetworkRules")),
        "nfs": bool(said.get("isNfsV3Enabled")),
        "hierarchical_namespace": bool(said.get("isHnsEnabled")),
        "version_immutability": bool(immutability.get("enabled")),
        "immutability_state": within(immutability, "immutabilityPolicy").get("state") or "Disabled",
        "immutability_days": whole(within(immutability, "immutabilityPolicy").get("immutabilityPeriodSinceCreationInDays")),
        "key_source": encryption.get("keySource") or "Microsoft.Storage",
        "key_vault_key": _vault_key(within(encryption, "keyvaultproperties")),
        "keys_created": {name: text(keys.get(name)) or None for name in ("key1", "key2")},
        "tags": dict(within(resource, "tags")),
    }


def _vault_key(said: Mapping[str, Any]) -> str | None:
    """The key in a key vault that encrypts the account; without its version, which the service moves on by itself."""
    parts = [text(said.get("keyvaulturi")).rstrip("/"), text(said.get("keyname"))]
    return "/keys/".join(parts) if all(parts) else None


def container_from(name: str, resource: Mapping[str, Any] | None) -> dict[str, Any]:
    """The container as a task returns it; of what is not there, or not told, the facts are None."""
    said = within(resource, "properties")
    immutability, hold = within(said, "immutabilityPolicy"), within(said, "legalHold")
    terms = within(immutability, "properties") or immutability
    there = resource is not None and said.get("deleted") is not True
    return {
        "name": name,
        "exists": there,
        "public_access": (said.get("publicAccess") or "None") if there else None,
        "lease_state": said.get("leaseState"),
        "lease_duration": said.get("leaseDuration"),
        "immutability_policy": _yes(said.get("hasImmutabilityPolicy")),
        "immutability_state": terms.get("state"),
        "immutability_days": whole(terms.get("immutabilityPeriodSinceCreationInDays")),
        "legal_hold": _yes(said.get("hasLegalHold")),
        "legal_hold_tags": sorted(text(one.get("tag")) for one in several(hold, "tags")),
        "version_immutability": _yes(within(said, "immutableStorageWithVersioning").get("enabled")) or False if there else None,
    }


def _yes(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
