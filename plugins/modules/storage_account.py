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
  - An account or container that exists is judged, and not changed but for missing tags. Everything that keeps a seed from landing (kind,
    premium, NFS 3.0, firewall, immutability, legal hold, another region) is named at once, with what to do about it, before anything is
    changed. What may hinder is a warning.
  - With O(loosen) and O(tighten) the properties that are named there are brought to what a seed needs; no other is touched.
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
  loosen:
    description:
      - Properties of an account that exists which may be loosened so that a seed can land. What is as needed stays.
      - V(network_bypass) adds trusted Microsoft services to the exceptions of the firewall; its rules stay.
      - V(public_network_access) enables access from the networks in the firewall's rules and for trusted Microsoft services; all others
        stay out, the controller too if no rule names it.
      - V(shared_key_access) allows access by account key.
    type: list
    elements: str
    choices:
      - network_bypass
      - public_network_access
      - shared_key_access
    default: []
  tighten:
    description:
      - Properties of an account or container that exists which may be tightened. Make sure that nobody needs them as they are.
      - V(minimum_tls_version) refuses TLS other than from 1.2 on, V(https_only) refuses plain HTTP, V(blob_public_access) forbids
        containers to be public, V(public_access) makes O(container) private.
    type: list
    elements: str
    choices:
      - minimum_tls_version
      - https_only
      - blob_public_access
      - public_access
    default: []
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
    details: Shows each field that is or would be changed.
  idempotent:
    support: full
seealso:
  - module: offlineseed.azure.storage_account_info
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

- name: Storage account that exists lets the import service in
  offlineseed.azure.storage_account:
    resource_group: rg-seed
    name: seedlanding
    location: westeurope
    container: seed-srv1
    loosen: [network_bypass]
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
    provisioning_state:
      description: V(Succeeded) for an account that is ready; V(null) in check mode for one that would be made.
      type: str
      sample: Succeeded
    primary_status:
      description: Whether the primary region is V(available).
      type: str
      sample: available
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
    network_ip_rules:
      description: Addresses and ranges that pass the firewall.
      type: list
      elements: str
      sample: [203.0.113.7]
    network_subnets:
      description: Ids of the subnets that pass the firewall.
      type: list
      elements: str
      sample: []
    nfs:
      description: Whether NFS 3.0 is on.
      type: bool
      sample: false
    hierarchical_namespace:
      description: Whether the account has a hierarchical namespace.
      type: bool
      sample: false
    version_immutability:
      description: Whether versions of blobs can be made immutable.
      type: bool
      sample: false
    immutability_state:
      description: State of the account's default retention policy, V(Disabled), V(Unlocked) or V(Locked).
      type: str
      sample: Disabled
    immutability_days:
      description: Days of that policy; V(null) where there is none.
      type: int
      sample: null
    key_source:
      description: Who keeps the key that encrypts the account, V(Microsoft.Storage) or V(Microsoft.Keyvault).
      type: str
      sample: Microsoft.Storage
    key_vault_key:
      description: That key in a key vault, without its version; V(null) where there is none.
      type: str
      sample: null
    keys_created:
      description: When the account's keys were made.
      type: dict
      contains:
        key1:
          description: Time of the first key; V(null) where the service does not tell.
          type: str
          sample: '2026-01-02T03:04:05.1234567Z'
        key2:
          description: Time of the second key; V(null) where the service does not tell.
          type: str
          sample: '2026-01-02T03:04:05.1234567Z'
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
    lease_state:
      description: V(Available), V(Leased), V(Expired), V(Breaking) or V(Broken); V(null) where the service does not tell.
      type: str
      sample: Available
    lease_duration:
      description: V(Infinite) or V(Fixed) for a container that is leased.
      type: str
      sample: null
    immutability_policy:
      description: Whether a retention policy makes its blobs immutable; V(null) where the service does not tell.
      type: bool
      sample: false
    immutability_state:
      description: V(Locked) or V(Unlocked) for a container with such a policy.
      type: str
      sample: null
    immutability_days:
      description: Days of that policy.
      type: int
      sample: null
    legal_hold:
      description: Whether a legal hold makes its blobs immutable; V(null) where the service does not tell.
      type: bool
      sample: false
    legal_hold_tags:
      description: Tags of the legal hold.
      type: list
      elements: str
      sample: []
    version_immutability:
      description: Whether versions of its blobs can be made immutable.
      type: bool
      sample: false
locks:
  description: Management locks that hold for the account, its own first; V(null) where the identity may not read locks.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Resource id.
      type: str
      sample: >-
        STORAGE_ACCOUNT_ID/providers/Microsoft.Authorization/locks/DATABOX_SERVICE
    name:
      description: Name.
      type: str
      sample: DATABOX_SERVICE
    level:
      description: V(CanNotDelete) or V(ReadOnly).
      type: str
      sample: CanNotDelete
    notes:
      description: What its owner wrote.
      type: str
      sample: Data Box Service to copy data from device to storage account.
    scope:
      description: What it lies on, the account, its resource group or the subscription.
      type: str
      sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed/providers/Microsoft.Storage/storageAccounts/seedlanding
    on_account:
      description: Whether it lies on the account itself.
      type: bool
      sample: true
    service:
      description: Whether it is the lock that a Data Box job leaves on its account, by name, notes and level.
      type: bool
      sample: true
unfit:
  description: What is not as a seed needs it and was left so, because it does not block one.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Which fact it is about, as the path of a return value.
      type: str
      sample: account.network_bypass
    effect:
      description: V(blocks) where no seed can land otherwise, V(hinders) where one may not, or less safely.
      type: str
      sample: blocks
    seen:
      description: What is there.
      type: raw
      sample: default action Deny, bypass Logging
    must:
      description: What has to be there.
      type: str
      sample: open to AzureServices where the firewall denies others
    why:
      description: Why it matters.
      type: str
      sample: The import service counts as a trusted Microsoft service and writes through this exception.
    cure:
      description: What to do.
      type: str
      sample: 'Say loosen: [network_bypass].'
    source:
      description: Where that is written.
      type: str
      sample: azure-docs articles/import-export/storage-import-export-requirements.md
unknown:
  description: Paths of facts that the service did not tell, so that they could not be judged.
  returned: success
  type: list
  elements: str
  sample: []
changes:
  description: Each field that was changed, or in check mode would be.
  returned: success
  type: list
  elements: dict
  contains:
    object:
      description: Type and name of what is changed.
      type: str
      sample: storageAccounts/seedlanding
    path:
      description: Path of the field in Azure's own words.
      type: str
      sample: properties.networkAcls.bypass
    was:
      description: Its value before; V(null) where there was none.
      type: raw
      sample: Logging
    becomes:
      description: Its value after.
      type: raw
      sample: Logging, AzureServices
requests:
  description: Write requests that were sent, or in check mode would be sent, in their order.
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
