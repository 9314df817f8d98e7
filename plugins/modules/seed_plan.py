#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: seed_plan
version_added: 0.1.0
short_description: Plan the staged files of a seed onto drives, and tell whether to ship at all
description:
  - Puts each file of the inventory whole on one of the O(drives), on as few of them as can be, filled so that they are ready at about the
    same time, and keeps the plan in C(plan.json) in the seed's folder below O(state_dir).
  - Says why fewer drives are impossible, how long each takes, what bigger drives would change, and whether the network would be faster.
  - Of every drive a part is kept back for partition table, file system, BitLocker, journal and manifest; each part is named.
  - A plan that still holds is kept as it is, whatever other drives are named later. Where it has to be made anew, what a drive that was
    begun holds never moves.
  - Drives that no file needs are not in the plan and are not touched.
  - Where the drives cannot take the files the task fails, says how many bytes are missing and names the ways out.
  - With O(eligible) or O(drive_size) in place of O(drives) it tells what would be and keeps nothing, before any drive is bought or named;
    with O(bytes) in place of O(inventory_file) even before anything is staged.
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
        M(offlineseed.azure.win_staging_info) makes it. It may be packed with gzip.
      - One of O(inventory_file) and O(bytes) is required.
    type: path
  bytes:
    description:
      - Size of the first backup, where nothing is staged yet. Counted as files of one GiB. Not together with O(drives).
    type: int
  drives:
    description:
      - Drives that the user allows to be used.
      - One of O(drives), O(eligible) and O(drive_size) is required.
    type: list
    elements: dict
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
      mb_per_s:
        description:
          - Rate at which this drive was seen to write, in million bytes a second.
        type: float
      wipe:
        description:
          - Whether what is on the drive may be wiped. The plan does not look at it.
        type: bool
        default: false
  eligible:
    description:
      - Drives that could be named. What a plan on them would be is told, nothing is kept.
    type: list
    elements: dict
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
      mb_per_s:
        description:
          - Rate at which this drive was seen to write, in million bytes a second.
        type: float
  drive_size:
    description:
      - Size in bytes of drives that could be bought. What a plan on as many of them as it takes would be is told, nothing is kept.
    type: int
  rates:
    description:
      - Rates in million bytes a second. Without them a hard disk of 144 MB/s is assumed.
    type: dict
    suboptions:
      write_mb_per_s:
        description:
          - Rate at which a drive is filled.
        type: float
      verify_mb_per_s:
        description:
          - Rate at which a drive is read once more, if you do that. The collection hashes while it writes and does not.
        type: float
      staging_mb_per_s:
        description:
          - Rate at which the staging folder can be read, for all drives together.
        type: float
  line:
    description:
      - The network line that the first backup could take instead. Without it there is no verdict, only the line that would be as fast.
    type: dict
    suboptions:
      mbit_per_s:
        description:
          - Its speed towards Azure in million bits a second.
        type: float
        required: true
      share:
        description:
          - Part of it that a backup really gets. Microsoft's own tables count with 0.9.
        type: float
        default: 0.9
      hours_per_day:
        description:
          - Hours of a day in which the backup may use it.
        type: float
        default: 24.0
      change_bytes_per_day:
        description:
          - Bytes that change daily and have to go over the line in any case.
        type: int
        default: 0
  shipping_days:
    description:
      - Days of the parts of a shipment, in place of the built-in spans that RV(decision.ship_parts) lists with their sources.
    type: dict
    suboptions:
      staging:
        description:
          - The agent writes the staging folder.
        type: float
      hand_over:
        description:
          - The job is made, the parcel is packed and picked up.
        type: float
      transit:
        description:
          - The parcel is on its way.
        type: float
      receipt:
        description:
          - The datacenter takes it in.
        type: float
      copy:
        description:
          - The datacenter copies the drives.
        type: float
      vault:
        description:
          - The next backup takes the data into the vault.
        type: float
  prices:
    description:
      - Your own prices. Without them nothing is said about cost. What Azure charges for transactions and storage is the same in both
        ways and not counted.
    type: dict
    suboptions:
      currency:
        description:
          - What the prices are in.
        type: str
        required: true
      drive:
        description:
          - A drive, or what of its price this seed uses up.
        type: float
        default: 0.0
      handling:
        description:
          - What Azure takes for handling a drive.
        type: float
        default: 0.0
      parcel:
        description:
          - The parcel, one way; it is counted twice.
        type: float
        default: 0.0
      labour:
        description:
          - All work for the shipment.
        type: float
        default: 0.0
      network:
        description:
          - What the first backup over the network costs more than no backup.
        type: float
        default: 0.0
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

- name: Before anything is bought, 24 TB on drives of 8 TB are compared with a line of 200 Mbit/s
  offlineseed.azure.seed_plan:
    state_dir: "{{ seed_state_dir }}"
    seed: srv1
    container: seed-srv1
    bytes: 24000000000000
    drive_size: 8001563222016
    line:
      mbit_per_s: 200
      hours_per_day: 12
      change_bytes_per_day: 40000000000
"""

RETURN = r"""
kept:
  description: Whether the plan is of named drives and kept in RV(plan_file); false if it only tells what would be.
  returned: success
  type: bool
  sample: true
plan_file:
  description: Path of the plan; null if it is not kept.
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
  description: Number of files in the plan; null with O(bytes).
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
      description: Number of files; null with O(bytes).
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
estimates:
  description: What is kept back of each drive that is needed, and how long it takes.
  returned: success
  type: list
  elements: dict
  contains:
    serial:
      description: Serial number without blanks.
      type: str
      sample: WD-WX11A1234567
    reserves:
      description: What is kept back of the drive.
      type: list
      elements: dict
      contains:
        id:
          description: One of V(partition_table), V(ntfs), V(bitlocker), V(journal_and_marker), or V(given) for O(reserve_bytes).
          type: str
          sample: bitlocker
        bytes:
          description: How much.
          type: int
          sample: 134217728
        why:
          description: What for.
          type: str
          sample: three copies of the metadata and the space that conversion keeps for itself
    hours:
      description: How long the drive takes.
      type: dict
      contains:
        copying:
          description: Hours of writing.
          type: float
          sample: 11.57
        encrypting:
          description: Hours that encrypting takes beside it. V(0.0), as an empty drive is encrypted while it is written.
          type: float
          sample: 0.0
        verifying:
          description: Hours of reading the drive once more; V(0.0) unless O(rates.verify_mb_per_s) is given.
          type: float
          sample: 0.0
        together:
          description: Their sum.
          type: float
          sample: 11.57
        mb_per_s:
          description: Rate that was counted with, in million bytes a second.
          type: float
          sample: 144.0
        rate_from:
          description: Where the rate is from.
          type: str
          sample: measured on this drive
bound:
  description: Whether fewer drives would do.
  returned: success
  type: dict
  contains:
    drives:
      description: Drives of the plan.
      type: int
      sample: 4
    at_least:
      description: Drives that are needed at least, of those that are named (the bound L2 of Martello and Toth).
      type: int
      sample: 4
    met:
      description: Whether the plan uses no more than that.
      type: bool
      sample: true
    text:
      description: The same as a sentence, with the reason.
      type: str
      sample: >-
        4 drives; 3 are impossible, because the files need 24,000,678,018,416 bytes, and the largest 3 drives together have
        23,980,033,335,288.
bigger_drives:
  description: Sizes in which drives are sold, bigger than those of the plan, of which fewer would do.
  returned: success
  type: list
  elements: dict
  contains:
    size:
      description: Size of each drive in bytes.
      type: int
      sample: 10000000000000
    drives:
      description: How many of them it would take.
      type: int
      sample: 3
hours:
  description: How long all drives take.
  returned: success
  type: dict
  contains:
    side_by_side:
      description: Hours if all are filled at the same time.
      type: float
      sample: 11.57
    one_after_another:
      description: Hours if one is filled after the other.
      type: float
      sample: 46.28
    limited_by:
      description: What sets RV(hours.side_by_side).
      type: str
      sample: the drive that takes longest
decision:
  description: Ship, or let the first backup go over the network?
  returned: success
  type: dict
  contains:
    way:
      description:
        - V(ship) if shipping is faster even at its slowest; V(network) if the network is faster than the fastest shipment; V(either)
          between.
        - V(neither) if the line cannot even carry the daily change; V(unknown) without O(line).
      type: str
      sample: ship
    because:
      description: The reason, as a sentence.
      type: str
      sample: "The network takes 25.8 days, shipping 10 to 23 days: shipping is faster even at its slowest."
    ship_days:
      description: Days from now until the shipped seed is in the vault and what changed in the meantime has followed.
      type: dict
      contains:
        least:
          description: At best; null if that never happens.
          type: float
          sample: 9.9
        most:
          description: At worst; null if that never happens.
          type: float
          sample: 23.4
        filling:
          description: Days of filling the drives in it.
          type: float
          sample: 0.5
    ship_parts:
      description: The parts of the shipment.
      type: list
      elements: dict
      contains:
        id:
          description: Name of the part, as in O(shipping_days).
          type: str
          sample: copy
        least:
          description: Days at best.
          type: float
          sample: 7
        most:
          description: Days at worst.
          type: float
          sample: 10
        what:
          description: What happens.
          type: str
          sample: the datacenter copies the drives
        source:
          description: Where the days are from.
          type: str
          sample: "azure-docs, Azure Import/Export FAQ: 7 to 10 days, no promise (no SLA)"
    network_days:
      description: Days of the first backup over the line; null without a line that can carry it.
      type: float
      sample: 25.8
    break_even:
      description: Where both ways take equally long.
      type: dict
      contains:
        mbit_per_s:
          description: Speed of the line.
          type: dict
          contains:
            least:
              description: A slower line is slower than the slowest shipment.
              type: float
              sample: 219.7
            most:
              description: A faster line is faster than the fastest shipment.
              type: float
              sample: 520.8
        bytes:
          description: Size of the backup on this line; null without a line.
          type: dict
          contains:
            least:
              description: A smaller one is faster over the network; null if every one is.
              type: int
              sample: 8922200386165
            most:
              description: A bigger one is faster by parcel; null if none is.
              type: int
              sample: 21809823166180
    would_change:
      description: What would have to be otherwise for another verdict, a sentence each.
      type: list
      elements: str
      sample: ["A line of more than 520.8 Mbit/s: then the network is faster."]
    table:
      description: The verdict for lines of several speeds.
      type: list
      elements: dict
      contains:
        mbit_per_s:
          description: Speed of the line.
          type: int
          sample: 100
        network_days:
          description: Days of the first backup over it; null if it cannot carry it.
          type: float
          sample: 68.1
        way:
          description: As RV(decision.way).
          type: str
          sample: ship
    cost:
      description: Sums by your O(prices); null without them.
      type: dict
      contains:
        currency:
          description: As given.
          type: str
          sample: EUR
        ship:
          description: Drives, their handling, two parcels, labour.
          type: float
          sample: 1570.0
        network:
          description: As given.
          type: float
          sample: 0.0
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
seeds_needed:
  description: Into how many seeds this one would have to be divided at least; null if one can do.
  returned: when the files do not fit
  type: int
  sample: 2
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
