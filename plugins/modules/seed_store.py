#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: seed_store
version_added: 0.1.0
short_description: Keep the state of a seed in Azure blobs
description:
  - Brings the folder of a seed below O(state_dir) and its store in Azure blobs to the same state, for controllers whose disk does not
    last (AWX, execution environments).
  - Run it before a phase, and after a task that wrote a plan, an inventory, keys or evidence. M(offlineseed.azure.seed_record) writes
    events to the store by itself if it is given O(store) too. M(offlineseed.azure.win_disk_prep) refuses a drive whose key is not there.
  - The store is the truth. The record is an append blob that takes an event only at the place where the last one ended, so that two
    controllers cannot fork it. A copy whose last event the store did not take is moved aside. A key is never replaced by another.
  - With a C(store.json) in the seed's folder, O(state_dir) may be a folder that AWX throws away.
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.no_group
  - offlineseed.azure.store
attributes:
  check_mode:
    support: full
    details: The copy is brought up to date in check mode too; nothing is written to the store.
  diff_mode:
    support: none
  idempotent:
    support: full
options:
  state_dir:
    description:
      - Folder on the controller that holds the copies of all seeds.
    type: path
    required: true
  seed:
    description:
      - Name of the seed.
    type: str
    required: true
  store:
    required: true
  landing:
    description:
      - Where the drives of the seed are copied to. A store in the same container is refused, since that is emptied at the end.
    type: dict
    suboptions:
      account:
        description:
          - Name of the storage account.
        type: str
        required: true
      container:
        description:
          - Name of the container.
        type: str
        required: true
seealso:
  - module: offlineseed.azure.seed_record
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: State of the seed is the one in its store
  offlineseed.azure.seed_store:
    state_dir: "{{ seed_state_dir }}"
    seed: srv1
    store:
      resource_group: rg-seed
      account: seedlanding
      container: seed-state
      azure: "{{ seed_azure }}"
    landing:
      account: seedlanding
      container: seed-srv1
"""

RETURN = r"""
place:
  description: Account, container and folder of the store.
  returned: success
  type: str
  sample: seedstate/offlineseed/
events:
  description: Number of events in the record.
  returned: success
  type: int
  sample: 12
record:
  description: Whether the record was V(unchanged), V(fetched) from the store or V(sent) to it.
  returned: success
  type: str
  sample: fetched
set_aside:
  description: File beside the record with a copy whose last event the store did not take; null as a rule.
  returned: success
  type: str
  sample: record.not-kept-1.jsonl
fetched:
  description: Files that the copy lacked or had older.
  returned: success
  type: list
  elements: str
  sample:
    - escrow/WD-WX12A45.yml
kept:
  description: Files that were written to the store.
  returned: success
  type: list
  elements: str
  sample:
    - plan.json
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import seed_store


def main():
    run_module(seed_store.ARGUMENT_SPEC, seed_store)


if __name__ == "__main__":
    main()
