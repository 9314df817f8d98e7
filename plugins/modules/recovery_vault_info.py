#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: recovery_vault_info
version_added: 0.1.0
short_description: Read a Recovery Services vault, its servers and their recovery points
description:
  - Reads a vault with the servers that are registered with it through the MARS agent and with what they protect.
  - A seed is proven when its item has left C(IRPending) and has a recovery point that is newer than the landing of the drives' data.
options:
  resource_group:
    description:
      - Resource group of the vault.
    type: str
    required: true
  name:
    description:
      - Name of the vault.
    type: str
    required: true
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.info
  - offlineseed.azure.attributes.group
  - offlineseed.azure.azure
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Vault is read
  offlineseed.azure.recovery_vault_info:
    resource_group: rg-seed
    name: vault1
  register: vault
"""

RETURN = r"""
vault:
  description: The vault; V(null) when there is none of that name.
  returned: success
  type: dict
  contains:
    id:
      description: Resource id.
      type: str
      sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed/providers/Microsoft.RecoveryServices/vaults/vault1
    name:
      description: Name.
      type: str
      sample: vault1
    location:
      description: Short name of the region.
      type: str
      sample: westeurope
    redundancy:
      description: V(LocallyRedundant), V(ZoneRedundant) or V(GeoRedundant); V(null) where Azure does not tell.
      type: str
      sample: GeoRedundant
    cross_region_restore:
      description: V(Enabled) or V(Disabled); V(null) where Azure does not tell.
      type: str
      sample: Disabled
    provisioning_state:
      description: Azure's word for how far the vault is.
      type: str
      sample: Succeeded
    public_network_access:
      description: V(Enabled) or V(Disabled); V(null) where Azure does not tell.
      type: str
      sample: Enabled
    tags:
      description: Tags, name to text.
      type: dict
      sample: {}
servers:
  description: Servers that are registered through the MARS agent.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the server.
      type: str
      sample: srv1.example.com
    agent_version:
      description: Version of its MARS agent.
      type: str
      sample: 2.0.9250.0
    registered:
      description: Whether it is registered at present.
      type: bool
      sample: true
    health:
      description: Azure's word for its health; V(null) where Azure does not tell.
      type: str
      sample: Healthy
    protected_items:
      description: Number of its protected items.
      type: int
      sample: 1
    last_refreshed:
      description: When Azure last heard of it, UTC.
      type: str
      sample: '2026-01-02T03:04:05Z'
protected_items:
  description: What the servers protect, files and folders by volume.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Resource id.
      type: str
      sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed/.../protectionContainers/c1/protectedItems/i1
    name:
      description: Name of the item as a resource.
      type: str
      sample: FileFolder;1;D
    friendly_name:
      description: Name that people know, usually the volume.
      type: str
      sample: 'D:\'
    computer_name:
      description: Server it lies on.
      type: str
      sample: srv1.example.com
    protection_state:
      description: V(IRPending) until the first copy is in the vault, then V(Protected); also V(ProtectionStopped), V(ProtectionError).
      type: str
      sample: Protected
    last_backup_status:
      description: Azure's word for the newest backup.
      type: str
      sample: Completed
    last_backup_time:
      description: When it ran, UTC.
      type: str
      sample: '2026-01-02T03:04:05Z'
    last_recovery_point:
      description: Newest recovery point, UTC; V(null) while there is none.
      type: str
      sample: '2026-01-02T03:04:05Z'
    oldest_recovery_point:
      description: Oldest recovery point, UTC; V(null) while there is none.
      type: str
      sample: '2026-01-02T03:04:05Z'
    recovery_point_count:
      description: Number of recovery points.
      type: int
      sample: 1
usages:
  description:
    - Azure's counters of the vault by name, such as C(MABContainersCount), each with C(current_value), C(limit) and C(unit).
  returned: success
  type: dict
  sample:
    MABContainersCount:
      current_value: 1
      limit: 50
      unit: Count
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import recovery_vault_info
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(recovery_vault_info.ARGUMENT_SPEC, recovery_vault_info)


if __name__ == "__main__":
    main()
