#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: landing_blobs_info
version_added: 0.1.0
short_description: Say whether every staged file has landed as a blob, and list the container
description:
  - Compares the blobs of the landing container with the inventory of the staging folder. A file has landed when there is a page blob of
    its name and length.
  - Blobs stream by page by page, so that their number costs no memory; names go into a file, the result holds at most 1000 of a kind.
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
      - One of O(inventory_file) and O(list_file) is required.
    type: path
  list_file:
    description:
      - File on the controller to write the list of blobs to, JSON lines with C(name), C(size), C(blob_type), C(modified), C(etag) and
        C(leased). It is replaced when the list is complete, and not written in check mode.
    type: path
  prefix:
    description:
      - Look only at blobs whose names begin with this.
    type: str
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
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.info
  - offlineseed.azure.attributes.group
  - offlineseed.azure.azure
seealso:
  - module: offlineseed.azure.landing_blobs
  - module: offlineseed.azure.win_staging_info
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Landing is compared with what was staged
  offlineseed.azure.landing_blobs_info:
    resource_group: rg-seed
    account: seedlanding
    container: seed-srv1
    inventory_file: "{{ seed_state_dir }}/srv1/inventory.jsonl"
  register: landing
"""

RETURN = r"""
complete:
  description: Whether every staged file has landed; V(null) without O(inventory_file).
  returned: success
  type: bool
  sample: true
newest_modified:
  description: When the newest of them was written, UTC; V(null) when none has landed.
  returned: success
  type: str
  sample: '2026-01-02T03:04:05Z'
blobs:
  description: The comparison; V(null) without O(inventory_file). Lists hold at most 1000 entries, the counts are whole.
  returned: success
  type: dict
  contains:
    expected:
      description: Number of staged files.
      type: int
      sample: 12
    present:
      description: Number of those that have landed.
      type: int
      sample: 12
    bytes:
      description: Bytes of those that have landed.
      type: int
      sample: 104857600
    missing:
      description: Names of files without a blob.
      type: list
      elements: str
      sample: []
    missing_count:
      description: Number of files without a blob.
      type: int
      sample: 0
    different:
      description: Blobs of another length or type than the file.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the blob.
          type: str
          sample: 638000000000000001_1_0f8fad5b-d9cb-469f-a165-70867728950e_AIBBlob
        expected:
          description: Length of the file in bytes.
          type: int
          sample: 1024
        seen:
          description: Length of the blob in bytes.
          type: int
          sample: 512
        blob_type:
          description: Type of the blob.
          type: str
          sample: PageBlob
    different_count:
      description: Number of blobs of another length or type.
      type: int
      sample: 0
    extra:
      description: Names of blobs that belong to no staged file.
      type: list
      elements: str
      sample: []
    extra_count:
      description: Number of blobs that belong to no staged file.
      type: int
      sample: 0
    leased:
      description: Names of blobs of staged files that somebody holds by a lease, so that they cannot be removed.
      type: list
      elements: str
      sample: []
    leased_count:
      description: Number of those.
      type: int
      sample: 0
listed:
  description: What was looked at.
  returned: success
  type: dict
  contains:
    count:
      description: Number of blobs.
      type: int
      sample: 12
    bytes:
      description: Their bytes.
      type: int
      sample: 104857600
    file:
      description: The file with the list; V(null) without O(list_file).
      type: str
      sample: null
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import landing_blobs_info
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(landing_blobs_info.ARGUMENT_SPEC, landing_blobs_info)


if __name__ == "__main__":
    main()
