#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: landing_blobs
version_added: 0.1.0
short_description: Remove the landed blobs of a seed
description:
  - Removes from the landing container the page blobs that have name and length of an inventoried staged file, each only if it is still
    what was listed. Everything else in the container stays and is named.
  - Blobs are listed and removed page by page, so that their number costs no memory.
  - Remove them only after the vault has the seed (M(offlineseed.azure.recovery_vault_info)).
options:
  storage_account_id:
    description:
      - Resource id of the storage account. Mutually exclusive with O(account); one of the two is required.
    type: str
  account:
    description:
      - Name of the storage account, together with O(resource_group).
    type: str
  resource_group:
    description:
      - Resource group of O(account).
    type: str
  container:
    description:
      - Container that the drives land in.
    type: str
    required: true
  inventory_file:
    description:
      - Inventory of the staged files on the controller, JSON lines with C(name) and C(size).
    type: path
    required: true
  auth_mode:
    description:
      - V(login) reads blobs with the identity itself, which needs a Storage Blob Data role.
      - V(key) reads them with a key of the account, which needs the right to list keys.
      - V(auto) tries the identity and takes a key where it has no such role.
    type: str
    choices:
      - auto
      - key
      - login
    default: auto
  remove_service_lock:
    description:
      - Whether the lock C(DATABOX_SERVICE) is removed from the account as well, which a Data Box job leaves there for good and which
        keeps the account from being deleted.
      - It is removed only if its name, notes and level are the service's, it lies on the account itself, and no job of the subscription
        that copies into the account is open, on either service. Other locks are named and never touched.
      - Where it has to stay the task does not fail; RV(service_lock) and a warning say why.
      - It takes the actions C(Microsoft.Authorization/locks/read) and C(Microsoft.Authorization/locks/delete), of which Contributor has
        only the first.
    type: bool
    default: false
  state:
    description:
      - V(absent) removes the blobs.
    type: str
    choices:
      - absent
    default: absent
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.group
  - offlineseed.azure.azure
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Shows the number of blobs, and the lock that is removed.
  idempotent:
    support: full
seealso:
  - module: offlineseed.azure.landing_blobs_info
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Landed blobs are gone
  offlineseed.azure.landing_blobs:
    resource_group: rg-seed
    account: seedlanding
    container: seed-srv1
    inventory_file: "{{ seed_state_dir }}/srv1/inventory.jsonl"
    remove_service_lock: true
"""

RETURN = r"""
removed:
  description: Names of blobs that were removed, or would be in check mode; at most 1000.
  returned: success
  type: list
  elements: str
  sample:
    - 638000000000000001_1_0f8fad5b-d9cb-469f-a165-70867728950e_AIBBlob
removed_count:
  description: Number of blobs that were removed, or would be in check mode.
  returned: success
  type: int
  sample: 12
removed_bytes:
  description: Bytes of those.
  returned: success
  type: int
  sample: 104857600
kept:
  description: Names of blobs that stay because they are not what was staged; at most 1000.
  returned: success
  type: list
  elements: str
  sample: []
kept_count:
  description: Number of blobs that stay.
  returned: success
  type: int
  sample: 0
service_lock:
  description: What became of the lock C(DATABOX_SERVICE); V(null) without O(remove_service_lock).
  returned: success
  type: dict
  contains:
    found:
      description: Whether it is on the account; V(null) where the identity may not read locks.
      type: bool
      sample: true
    removed:
      description: Whether it was removed, in check mode whether it would be.
      type: bool
      sample: true
    name:
      description: Its name.
      type: str
      sample: DATABOX_SERVICE
    reason:
      description: Why it stays; V(null) where it was removed or is not there.
      type: str
      sample: null
    cure:
      description: What to do about that.
      type: str
      sample: null
    foreign:
      description: Locks of others, which stay.
      type: list
      elements: dict
      contains:
        name:
          description: Name.
          type: str
          sample: DoNotDelete
        level:
          description: V(CanNotDelete) or V(ReadOnly).
          type: str
          sample: CanNotDelete
        notes:
          description: What its owner wrote.
          type: str
          sample: Ask the finance department.
        scope:
          description: What it lies on.
          type: str
          sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed
        cure:
          description: What to do about it.
          type: str
          sample: a lock of others is theirs to remove; it keeps the account from being deleted, not the seed's blobs
requests:
  description: Write requests to ARM that were sent, or in check mode would be sent, in their order.
  returned: success
  type: list
  elements: dict
  contains:
    method:
      description: HTTP method.
      type: str
      sample: DELETE
    path:
      description: Path on the ARM host, with the API version.
      type: str
      sample: >-
        STORAGE_ACCOUNT_ID/providers/Microsoft.Authorization/locks/DATABOX_SERVICE?api-version=2016-09-01
    body:
      description: The JSON body; V(null) for a request without one.
      type: raw
      sample: null
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import landing_blobs
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(landing_blobs.ARGUMENT_SPEC, landing_blobs)


if __name__ == "__main__":
    main()
