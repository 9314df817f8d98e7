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
  - O(gather) asks for more, such as the DPM and MABS servers, the jobs, what stands in soft delete, and the locks.
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
  gather:
    description:
      - What to read beside the vault itself. Each costs one call and its further pages; V(protected_items) and V(engine_items) one more
        for each item whose recovery points the list leaves out, V(engine_items) one for each of the two products, and V(soft_delete)
        two or three.
      - What is not gathered is V(null) in the result.
    type: list
    elements: str
    choices:
      - servers
      - usages
      - protected_items
      - engines
      - engine_items
      - jobs
      - soft_delete
      - storage
      - locks
      - subscription
    default:
      - servers
      - protected_items
      - usages
  jobs_of:
    description:
      - Whose jobs to read, those of V(mars) agents, V(dpm) or V(mabs).
    type: str
    choices:
      - mars
      - dpm
      - mabs
    default: mars
  jobs_since:
    description:
      - Start of the time that jobs are read for, ISO 8601 in UTC. Default is seven days before its end.
    type: str
  jobs_until:
    description:
      - End of that time. Default is now.
    type: str
  jobs_limit:
    description:
      - Return this many jobs at most, the newest.
    type: int
    default: 50
  now:
    description:
      - Time that is taken as now, ISO 8601 in UTC. Default is the clock.
    type: str
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.info
  - offlineseed.azure.attributes.group
  - offlineseed.azure.azure
seealso:
  - module: offlineseed.azure.recovery_vault
  - module: offlineseed.azure.vault_credentials
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Vault is read
  offlineseed.azure.recovery_vault_info:
    resource_group: rg-seed
    name: vault1
  register: vault

- name: Jobs of the last two days, soft delete and locks of the vault are read
  offlineseed.azure.recovery_vault_info:
    resource_group: rg-seed
    name: vault1
    gather: [jobs, soft_delete, locks]
    jobs_since: "{{ '%Y-%m-%dT%H:%M:%SZ' | ansible.builtin.strftime(now().timestamp() - 2 * 86400, utc=true) }}"
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
      sample: {}
servers:
  description: Servers that are registered through the MARS agent; V(null) when not gathered.
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
      description: When Azure last heard of its agent, UTC.
      type: str
      sample: '2026-01-02T03:04:05Z'
    health_details:
      description: What Azure finds wrong with it.
      type: list
      elements: dict
      contains:
        code:
          description: Azure's number for it.
          type: int
          sample: 1
        title:
          description: Azure's name for it.
          type: str
          sample: Agent outdated
        message:
          description: Azure's words for it.
          type: str
          sample: The agent is outdated.
        recommendations:
          description: What Azure recommends.
          type: list
          elements: str
          sample: [Update the agent.]
    last_backup_status:
      description: Azure's word for the newest backup of the server; V(null) before the first.
      type: str
      sample: Completed
    policy:
      description: Name of its policy; V(null) without one.
      type: str
      sample: daily
    can_reregister:
      description: Whether a server of this name can be registered again; V(null) where Azure does not tell.
      type: bool
      sample: true
protected_items:
  description: What the servers protect, files and folders by volume; V(null) when not gathered.
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
    soft_deleted:
      description: Whether its data were deleted and are only kept until soft delete ends.
      type: bool
      sample: false
    deleted_at:
      description: When they were deleted, UTC; V(null) when they were not.
      type: str
      sample: null
    deletion_remaining:
      description: How long they are still kept, as Azure tells it (days.hours:minutes:seconds); V(null) when they were not deleted.
      type: str
      sample: 13.05:30:00
usages:
  description:
    - Azure's counters of the vault by name, such as C(MABContainersCount), each with C(current_value), C(limit) and C(unit).
    - V(null) when not gathered.
  returned: success
  type: dict
  sample:
    MABContainersCount:
      current_value: 1
      limit: 50
      unit: Count
engines:
  description: DPM and MABS servers that are registered with the vault; V(null) when not gathered.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the server.
      type: str
      sample: dpm1.example.com
    product:
      description: V(dpm) or V(mabs), or Azure's word for another.
      type: str
      sample: mabs
    version:
      description: Version of DPM or MABS.
      type: str
      sample: 13.0.415.0
    upgrade_available:
      description: Whether Azure knows a newer version; V(null) where it does not tell.
      type: bool
      sample: false
    agent_version:
      description: Version of its MARS agent.
      type: str
      sample: 2.0.9250.0
    agent_upgrade_available:
      description: Whether Azure knows a newer agent; V(null) where it does not tell.
      type: bool
      sample: false
    registered:
      description: Whether it is registered at present.
      type: bool
      sample: true
    state:
      description: V(Active), V(Deleting) or V(DeleteFailed); V(null) where Azure does not tell.
      type: str
      sample: Active
    health:
      description: Azure's word for its health; V(null) where Azure does not tell.
      type: str
      sample: Healthy
    protected_items:
      description: Number of its protected items.
      type: int
      sample: 4
    protected_servers:
      description: Number of the servers that it protects.
      type: int
      sample: 2
    disk_used:
      description: Disk space in use, in the unit of Azure's answer, which its API does not name.
      type: float
      sample: 20
    disk_available:
      description: Disk space left, in the same unit.
      type: float
      sample: 50
    last_refreshed:
      description: When Azure last heard of it, UTC; V(null) where Azure does not tell.
      type: str
      sample: '2026-01-02T03:04:05Z'
engine_items:
  description: What the DPM and MABS servers protect; V(null) when not gathered.
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
      sample: DPM;dpm1;1
    friendly_name:
      description: Name that people know.
      type: str
      sample: 'D:\'
    engine_name:
      description: DPM or MABS server that protects it.
      type: str
      sample: dpm1.example.com
    protection_group:
      description: Its protection group; V(null) where Azure does not tell.
      type: str
      sample: files
    protection_state:
      description:
        - V(IRPending) until the first copy is in the vault, then V(Protected).
        - Also V(ProtectionStopped), V(ProtectionPaused), V(BackupsSuspended), V(ProtectionError).
      type: str
      sample: Protected
    in_vault:
      description: Whether it is protected in the vault at all, not only on the server's disks; V(null) where Azure does not tell.
      type: bool
      sample: true
    last_backup_status:
      description: Azure's word for the newest backup.
      type: str
      sample: Completed
    last_recovery_point:
      description: Newest recovery point, UTC; V(null) while there is none.
      type: str
      sample: '2026-01-02T03:04:05Z'
    oldest_recovery_point:
      description: Oldest recovery point in the vault, UTC; V(null) while there is none.
      type: str
      sample: '2026-01-02T03:04:05Z'
    recovery_point_count:
      description: Number of recovery points in the vault.
      type: int
      sample: 1
    last_refreshed:
      description: When the server last told Azure about it, UTC; V(null) where Azure does not tell.
      type: str
      sample: '2026-01-02T03:04:05Z'
    workload_type:
      description: Azure's word for what it is.
      type: str
      sample: FileFolder
    soft_deleted:
      description: Whether its data were deleted and are only kept until soft delete ends.
      type: bool
      sample: false
    deleted_at:
      description: When they were deleted, UTC; V(null) when they were not.
      type: str
      sample: null
    deletion_remaining:
      description: How long they are still kept, as Azure tells it (days.hours:minutes:seconds); V(null) when they were not deleted.
      type: str
      sample: 13.05:30:00
jobs:
  description:
    - Jobs of O(jobs_of) between O(jobs_since) and O(jobs_until), newest first, at most O(jobs_limit); V(null) when not gathered.
    - A job of a MARS agent that crashed may show as in progress for up to 30 days.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the job.
      type: str
      sample: 00000000-0000-0000-0000-000000000000
    item:
      description: What the job is about.
      type: str
      sample: 'D:\'
    server:
      description: Server with the agent, or DPM or MABS server.
      type: str
      sample: srv1.example.com
    operation:
      description: Azure's word for what the job does.
      type: str
      sample: Backup
    status:
      description: V(InProgress), V(Completed), V(Failed), V(CompletedWithWarnings), V(Cancelled) or V(Cancelling).
      type: str
      sample: Completed
    workload_type:
      description: Azure's word for what the item is.
      type: str
      sample: FileFolder
    started_at:
      description: When it started, UTC.
      type: str
      sample: '2026-01-02T03:04:05Z'
    ended_at:
      description: When it ended, UTC; V(null) while it runs.
      type: str
      sample: '2026-01-02T04:04:05Z'
    duration:
      description: How long it took, as ISO 8601 has it; V(null) where Azure does not tell.
      type: str
      sample: PT1H
    errors:
      description: What went wrong.
      type: list
      elements: dict
      contains:
        message:
          description: Azure's words for it.
          type: str
          sample: The agent could not reach the service.
        recommendations:
          description: What Azure recommends.
          type: list
          elements: str
          sample: [Look at the network of the server.]
    details:
      description: Further texts that Azure tells of the job, by name.
      type: dict
      sample: {}
soft_delete:
  description: Soft delete, and what stands in it; V(null) when not gathered or without such a vault.
  returned: success
  type: dict
  contains:
    state:
      description: V(Enabled), V(Disabled) or V(AlwaysON); V(null) where Azure does not tell.
      type: str
      sample: Enabled
    days:
      description: For how many days deleted data is kept.
      type: int
      sample: 14
    enhanced_security:
      description: Azure's word for the vault's security features for hybrid backups; V(null) where Azure does not tell.
      type: str
      sample: Enabled
    deleted_servers:
      description: Names of the servers that were deleted and are kept.
      type: list
      elements: str
      sample: [srv2.example.com]
    deleted_items:
      description: Those of RV(protected_items) whose data were deleted and are kept, with the same keys.
      type: list
      elements: dict
      sample:
        - friendly_name: 'D:\'
          computer_name: srv2.example.com
          soft_deleted: true
          deleted_at: '2026-01-02T03:04:05Z'
storage:
  description: How the vault's data are kept; V(null) when not gathered or without such a vault.
  returned: success
  type: dict
  contains:
    redundancy:
      description: V(LocallyRedundant), V(ZoneRedundant), V(GeoRedundant) or another word of Azure's; V(null) where it does not tell.
      type: str
      sample: GeoRedundant
    locked:
      description: Whether it can no longer be changed, since a server was registered; V(null) where Azure does not tell.
      type: bool
      sample: true
    cross_region_restore:
      description: Whether data can be restored in the paired region; V(null) where Azure does not tell.
      type: bool
      sample: false
locks:
  description:
    - Management locks that hold for the vault, its own before inherited ones.
    - V(null) when not gathered, or when the identity may not read them.
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
subscription:
  description:
    - Subscription that the vault is in.
    - V(null) when not gathered, when there is no such vault, or when the identity may not read it.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the subscription.
      type: str
      sample: 11111111-2222-3333-4444-555555555555
    name:
      description: Its name.
      type: str
      sample: Production
    state:
      description: Its state, for example V(Enabled) or V(Disabled).
      type: str
      sample: Enabled
    quota_id:
      description: Kind of its offer, the rule C(AZ-17) of M(offlineseed.azure.seed_preflight) reads it.
      type: str
      sample: PayAsYouGo_2014-09-01
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import recovery_vault_info
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(recovery_vault_info.ARGUMENT_SPEC, recovery_vault_info)


if __name__ == "__main__":
    main()
