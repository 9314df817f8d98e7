#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: storage_account_info
version_added: 0.1.0
short_description: Say whether a storage account is fit for a seed, and what changed in it
description:
  - Reads the account, a container of it and the locks that hold for it, and judges them by the same table as
    M(offlineseed.azure.storage_account), with why each property matters and where that is written.
  - With an earlier result as O(baseline) it names what changed since, as far as it matters to drives that are on their way. A renewed
    key, a closed firewall or a moved encryption key ends the copy weeks after the parcel left.
options:
  resource_group:
    description:
      - Resource group of the account. It must exist.
    type: str
    required: true
  name:
    description:
      - Name of the account.
    type: str
    required: true
  container:
    description:
      - Container to look at.
    type: str
  baseline:
    description:
      - An earlier result of this module or of M(offlineseed.azure.storage_account).
    type: dict
  baseline_file:
    description:
      - The same in a JSON file on the controller. Mutually exclusive with O(baseline).
    type: path
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.info
  - offlineseed.azure.attributes.group
  - offlineseed.azure.azure
seealso:
  - module: offlineseed.azure.storage_account
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Landing zone is judged
  offlineseed.azure.storage_account_info:
    resource_group: rg-seed
    name: seedlanding
    container: seed-srv1
  register: landing_now

- name: Landing zone is kept to compare with later
  ansible.builtin.copy:
    content: "{{ landing_now | to_json }}"
    dest: "{{ seed_state_dir }}/srv1/landing.json"
    mode: "0600"
  delegate_to: localhost

- name: Nothing that matters changed while the drives travelled
  offlineseed.azure.storage_account_info:
    resource_group: rg-seed
    name: seedlanding
    container: seed-srv1
    baseline_file: "{{ seed_state_dir }}/srv1/landing.json"
  register: landing_later
  failed_when: landing_later is failed or landing_later.drift | length > 0
"""

RETURN = r"""
account:
  description: The storage account; V(null) when there is none.
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
      description: Whether it exists.
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
seedable:
  description: Whether the account exists and nothing that blocks a seed is unfit or unknown.
  returned: success
  type: bool
  sample: true
fit:
  description: What is as a seed needs it.
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
unfit:
  description: What is not as a seed needs it, what blocks first.
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
  description: What the service did not tell, so that it could not be judged.
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
name_availability:
  description: Whether a new account may have the name; V(null) when the account exists.
  returned: success
  type: dict
  contains:
    available:
      description: Whether the name is free; V(null) where the service does not tell.
      type: bool
      sample: false
    reason:
      description: Why not, V(AlreadyExists) or V(AccountNameInvalid).
      type: str
      sample: AlreadyExists
    message:
      description: The same in the service's words.
      type: str
      sample: The storage account named seedlanding is already taken.
drift:
  description: What changed since the earlier result; V(null) without one. What one of the two does not know is not in it.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Which fact changed, as the path of a return value.
      type: str
      sample: account.keys_created
    was:
      description: Its value then.
      type: raw
      sample: Enabled
    now:
      description: Its value now.
      type: raw
      sample: Disabled
    matters_because:
      description: What it means for a seed.
      type: str
      sample: A key that is renewed while the drives travel ends the copy.
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import storage_account_info
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(storage_account_info.ARGUMENT_SPEC, storage_account_info)


if __name__ == "__main__":
    main()
