#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: storage_account
version_added: 0.1.0
short_description: Have a storage account and container that an import job can fill
description:
  - Makes a general purpose storage account that takes TLS 1.2 only and opens no blob to the public, and a private container in it.
  - An account that exists is judged, never loosened. One that Azure Backup's page blobs or the import service cannot use (kind, premium,
    NFS 3.0, firewall) is refused with what to do about it. Missing tags are added.
  - The name is asked for at Azure before anything is made, since account names are unique in all of Azure.
options:
  resource_group:
    description:
      - Resource group of the account. It must exist.
    type: str
    required: true
  name:
    description:
      - Name of the account, 3 to 24 lower-case letters and digits.
    type: str
    required: true
  location:
    description:
      - Region of the account; drives are shipped to a datacenter for this region. Both C(westeurope) and C(West Europe) will do.
    type: str
    required: true
  kind:
    description:
      - Kind of a new account, V(StorageV2) or V(Storage). Others hold no page blobs and are refused.
    type: str
    default: StorageV2
  sku:
    description:
      - Sku of a new account, one that starts with C(Standard_).
    type: str
    default: Standard_LRS
  container:
    description:
      - Container to have in it, 3 to 63 lower-case letters, digits and single hyphens.
    type: str
  tags:
    description:
      - Tags to have on the account. Tags of others stay.
    type: dict
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.group
  - offlineseed.azure.azure
attributes:
  check_mode:
    support: full
    details: RV(requests) holds the exact bodies that would be sent, and the other results what would be.
  diff_mode:
    support: full
  idempotent:
    support: full
seealso:
  - module: offlineseed.azure.import_job
  - module: offlineseed.azure.landing_blobs_info
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Storage account is ready for page blobs
  offlineseed.azure.storage_account:
    resource_group: rg-seed
    name: seedlanding
    location: westeurope
    container: seed-srv1
    tags:
      purpose: offline-seeding
"""

RETURN = r"""
account:
  description: The storage account; in check mode what it would be.
  returned: success
  type: dict
  contains:
    id:
      description: Resource id.
      type: str
      sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed/providers/Microsoft.Storage/storageAccounts/seedlanding
    name:
      description: Name.
      type: str
      sample: seedlanding
    kind:
      description: Kind.
      type: str
      sample: StorageV2
    sku:
      description: Name of the sku.
      type: str
      sample: Standard_LRS
    location:
      description: Short name of the region.
      type: str
      sample: westeurope
    blob_endpoint:
      description: URL of the blob service; V(null) in check mode for an account that would be made.
      type: str
      sample: https://seedlanding.blob.core.windows.net/
    https_only:
      description: Whether plain HTTP is refused.
      type: bool
      sample: true
    minimum_tls_version:
      description: Oldest TLS version that is taken.
      type: str
      sample: TLS1_2
    blob_public_access:
      description: Whether containers may be opened to anybody.
      type: bool
      sample: false
    shared_key_access:
      description: Whether account keys work.
      type: bool
      sample: true
    public_network_access:
      description: V(Enabled), V(Disabled) or V(SecuredByPerimeter).
      type: str
      sample: Enabled
    network_default_action:
      description: What the firewall does with those it does not know, V(Allow) or V(Deny).
      type: str
      sample: Allow
    network_bypass:
      description: Who passes the firewall, a comma-separated list; V(null) where the service does not tell.
      type: str
      sample: AzureServices
    nfs:
      description: Whether NFS 3.0 is on.
      type: bool
      sample: false
    hierarchical_namespace:
      description: Whether the account has a hierarchical namespace.
      type: bool
      sample: false
    tags:
      description: Tags, name to text.
      type: dict
      sample:
        purpose: offline-seeding
container:
  description: The container; V(null) when O(container) was not given.
  returned: success
  type: dict
  contains:
    name:
      description: Name.
      type: str
      sample: seed-srv1
    exists:
      description: Whether it exists, in check mode whether it would.
      type: bool
      sample: true
    public_access:
      description: V(None), V(Blob) or V(Container).
      type: str
      sample: "None"
requests:
  description:
    - Write requests that were sent, or in check mode would be sent, in their order.
    - Recovery passwords in them are masked.
  returned: success
  type: list
  elements: dict
  contains:
    method:
      description: HTTP method.
      type: str
      sample: PUT
    path:
      description: Path on the ARM host, with the API version.
      type: str
      sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed/providers/Microsoft.Storage/storageAccounts/seed?api-version=2023-05-01
    body:
      description: The JSON body; V(null) for a request without one.
      type: raw
      sample: {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import storage_account
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(storage_account.ARGUMENT_SPEC, storage_account)


if __name__ == "__main__":
    main()
