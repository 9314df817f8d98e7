#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: recovery_vault
version_added: 0.1.0
short_description: Have a Recovery Services vault that servers can be backed up to
description:
  - Makes a vault in a region, with the redundancy that is wanted, and adds missing tags. A vault is never deleted, and nothing else of it
    is set; azure.azcollection or the portal do that.
  - What Azure would refuse is told before anything is written, with what to do. That is another region, a ReadOnly lock on vault, group or
    subscription, a deleted vault that still has the name, and another redundancy once Azure has locked it.
  - Azure locks the redundancy of a vault when the first server is registered with it. Whether it is locked is read from the service.
options:
  resource_group:
    description:
      - Resource group of the vault. It must exist.
    type: str
    required: true
  name:
    description:
      - Name of the vault, 2 to 50 letters, digits and hyphens, starting with a letter.
    type: str
    required: true
  location:
    description:
      - Region of the vault; the import job's drives go to a datacenter for this region. Both C(westeurope) and C(West Europe) will do.
    type: str
    required: true
  redundancy:
    description:
      - How Azure keeps the data. Without this option a new vault gets Azure's own default, which is V(GeoRedundant), and one that
        exists keeps what it has.
    type: str
    choices:
      - LocallyRedundant
      - ZoneRedundant
      - GeoRedundant
  tags:
    description:
      - Tags to have on the vault. Tags of others stay.
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
  - module: offlineseed.azure.recovery_vault_info
  - module: offlineseed.azure.vault_credentials
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Vault is there
  offlineseed.azure.recovery_vault:
    resource_group: rg-seed
    name: vault1
    location: westeurope
    redundancy: GeoRedundant
    tags:
      purpose: offline-seeding

- name: A second vault keeps its data in one datacenter
  offlineseed.azure.recovery_vault:
    resource_group: rg-seed
    name: vault2
    location: westeurope
    redundancy: LocallyRedundant
"""

RETURN = r"""
vault:
  description: The vault; in check mode what it would be.
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
      description: Azure's word for how far the vault is; V(null) in check mode for a vault that would be made.
      type: str
      sample: Succeeded
    public_network_access:
      description: V(Enabled) or V(Disabled); V(null) where Azure does not tell.
      type: str
      sample: Enabled
    soft_delete_state:
      description: V(Enabled), V(Disabled) or V(AlwaysON); V(null) where Azure does not tell.
      type: str
      sample: Enabled
    soft_delete_days:
      description: For how many days deleted data is kept; V(null) where Azure does not tell.
      type: int
      sample: 14
    tags:
      description: Tags, name to text.
      type: dict
      sample:
        purpose: offline-seeding
locks:
  description:
    - Management locks that hold for the vault. V(null) when nothing was to be written, or when the identity may not read locks.
    - A lock of level V(CanNotDelete) does not stop this module.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Resource id.
      type: str
      sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed/providers/Microsoft.Authorization/locks/keep
    name:
      description: Name.
      type: str
      sample: keep
    level:
      description: V(CanNotDelete) or V(ReadOnly).
      type: str
      sample: CanNotDelete
    scope:
      description: Resource id of what it lies on, the vault, its resource group or the subscription.
      type: str
      sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed
    notes:
      description: Its note; empty without one.
      type: str
      sample: backups
requests:
  description:
    - Write requests that were sent, or in check mode would be sent, in their order.
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
      sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed/.../vaults/vault1?api-version=2024-04-01
    body:
      description: The JSON body; V(null) for a request without one.
      type: raw
      sample: {"location": "westeurope", "sku": {"name": "Standard"}, "tags": {}, "properties": {"publicNetworkAccess": "Enabled"}}
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import recovery_vault
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(recovery_vault.ARGUMENT_SPEC, recovery_vault)


if __name__ == "__main__":
    main()
