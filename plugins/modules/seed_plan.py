#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: seed_plan
version_added: 0.1.0
short_description: Plan the staged files of a seed onto the drives that the user named
description:
  - Puts each file of the inventory whole on one of the O(drives), the biggest file first on the first drive that takes it, and keeps the
    plan in C(plan.json) in the seed's folder below O(state_dir).
  - Of every drive a part is kept back for partition table, file system, BitLocker, journal and manifest.
  - A plan that still holds is kept as it is, whatever other drives are named later. Where it has to be made anew, what a drive that was
    begun holds never moves.
  - Drives that no file needs are not in the plan and are not touched.
  - Where the drives cannot take the files the task fails, says how many bytes are missing and names the ways out.
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.no_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  state_dir:
    description:
      - Folder on the controller that holds record, escrow and evidence of all seeds.
    type: path
    required: true
  seed:
    description:
      - Name of the seed.
    type: str
    required: true
  container:
    description:
      - Container in which the drives land.
    type: str
    required: true
  inventory_file:
    description:
      - Inventory of the staged files on the controller, JSON lines with C(name), C(size) and C(mtime), as
        M(offlineseed.azure.win_staging_info) makes it.
    type: path
    required: true
  drives:
    description:
      - Drives that the user allows to be used.
    type: list
    elements: dict
    required: true
    suboptions:
      serial:
        description:
          - Serial number as Windows gives it. Blanks do not count.
        type: str
        required: true
      size:
        description:
          - Size of the drive in bytes.
        type: int
        required: true
      wipe:
        description:
          - Whether what is on the drive may be wiped. The plan does not look at it.
        type: bool
        default: false
  other_seeds:
    description:
      - Drives that other seeds name, a list like O(drives) for each name. A drive that two seeds name is refused.
    type: dict
    default: {}
  reserve_bytes:
    description:
      - Bytes that are kept back on each drive, in place of the built-in amounts.
    type: int
seealso:
  - module: offlineseed.azure.win_disk_prep
  - module: offlineseed.azure.win_staging_info
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Staged files are planned onto two drives
  offlineseed.azure.seed_plan:
    state_dir: "{{ seed_state_dir }}"
    seed: srv1
    container: seed-srv1
    inventory_file: "{{ seed_state_dir }}/srv1/inventory.jsonl"
    drives:
      - serial: WD-WX11A1234567
        size: 8001563222016
      - serial: WD-WX11A7654321
        size: 8001563222016
"""

RETURN = r"""
plan_file:
  description: Path of the plan.
  returned: success
  type: str
  sample: /srv/seeds/srv1/plan.json
plan:
  description: The plan itself, as it would be written to RV(plan_file).
  returned: in check mode, when the plan would change
  type: dict
  sample: {}
plan_hash:
  description: SHA-256 over seed, container and what goes on which drive. It stands in the marker on each drive.
  returned: success
  type: str
  sample: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
fits:
  description: Whether all files are in the plan.
  returned: success
  type: bool
  sample: true
files:
  description: Number of files in the plan.
  returned: success
  type: int
  sample: 12
bytes:
  description: Size of all files.
  returned: success
  type: int
  sample: 96300000
drives:
  description: What goes on each drive that is needed.
  returned: success
  type: list
  elements: dict
  contains:
    serial:
      description: Serial number without blanks.
      type: str
      sample: WD-WX11A1234567
    size:
      description: Size of the drive in bytes.
      type: int
      sample: 8001563222016
    files:
      description: Number of files.
      type: int
      sample: 12
    bytes:
      description: Size of the files.
      type: int
      sample: 96300000
    usable_bytes:
      description: Bytes of the drive that are there for files and manifest.
      type: int
      sample: 7993345000000
unused:
  description: Named drives that no file needs.
  returned: success
  type: list
  elements: str
  sample: [WD-WX11A7654321]
missing_bytes:
  description: Bytes that the drives lack; 0 on success.
  returned: always, once the plan was tried
  type: int
  sample: 0
needed_bytes:
  description: Bytes that the files need that are not yet on a drive.
  returned: when the files do not fit
  type: int
  sample: 9000000000
usable_bytes:
  description: Bytes that the drives offer for them.
  returned: when the files do not fit
  type: int
  sample: 8000000000
ways_out:
  description: What can be done, a sentence each.
  returned: when the files do not fit
  type: list
  elements: str
  sample: ["Name one more drive of at least that size (or several), or a bigger one in place of the smallest."]
too_big:
  description: Files that fit on none of the drives.
  returned: when the files do not fit
  type: list
  elements: dict
  contains:
    name:
      description: Name of the file.
      type: str
      sample: 638000000000000001_1_0f8fad5b-d9cb-469f-a165-70867728950e_AIBBlob
    size:
      description: Size of the file.
      type: int
      sample: 9000000000
room_for_biggest:
  description: Size of a drive that would take the biggest of the files that fit on none; null if there is no such file.
  returned: when the files do not fit
  type: int
  sample: 9100000000
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import seed_plan


def main():
    run_module(seed_plan.ARGUMENT_SPEC, seed_plan)


if __name__ == "__main__":
    main()
