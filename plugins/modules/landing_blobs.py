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
    details: Shows the number of blobs.
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
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import landing_blobs
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(landing_blobs.ARGUMENT_SPEC, landing_blobs)


if __name__ == "__main__":
    main()
