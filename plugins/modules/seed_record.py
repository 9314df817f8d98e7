#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: seed_record
version_added: 0.1.0
short_description: Append an event to the record of a seed, or verify the record
description:
  - The record of a seed is the file C(record.jsonl) in the seed's folder below O(state_dir), one JSON line an event.
  - Each line holds the hash of the one before it, so that a line that was changed, dropped, inserted or moved is found and named.
    A record that cannot be trusted fails the task before anything is done with it.
  - Writers take turns by a lock. A line that a crash left unfinished is moved aside by the next writer, which says so in an event
    C(healed).
  - The first event of a record is always C(opened); it is written by itself where another one comes first.
  - A record never holds a recovery password; an event with something of that shape is refused.
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.no_group
  - offlineseed.azure.store
attributes:
  check_mode:
    support: full
    details: The event is added to the fact C(seed_pending_events), which other tasks of the same run take in O(pending_events).
  diff_mode:
    support: full
  idempotent:
    support: full
    details: An event that tells the record nothing new is not written again.
options:
  state_dir:
    description:
      - Folder on the controller that holds record, escrow and evidence of all seeds.
      - It must last for months. Inside AWX and ansible-runner a folder that is thrown away after the job is refused.
    type: path
    required: true
  seed:
    description:
      - Name of the seed, 3 to 24 lower-case letters, digits and hyphens, a letter first and no hyphen last.
    type: str
    required: true
  event:
    description:
      - Type of the event. Required unless O(state=verified).
      - V(job_forgotten) is for a person who knows that the import job of the record is gone for good and its parcel not on its way;
        the next run makes a new job for the same drives.
    type: str
    choices:
      - opened
      - undocumented_accepted
      - preflight_passed
      - target_ready
      - offline_configured
      - staging_started
      - staged
      - planned
      - key_sealed
      - drive_prepared
      - prepared
      - job_created
      - ship_to_given
      - shipped
      - job_forgotten
      - evidence_archived
      - verified
      - landed
      - vault_proven
      - blobs_removed
      - staging_removed
      - increment_ran
      - completed
  data:
    description:
      - What the event tells.
      - C(staged) needs C(files) and C(bytes); C(planned) needs C(plan_hash) and C(drives); C(key_sealed) needs C(serial); C(drive_prepared)
        needs C(serial), C(plan_hash), C(manifest_file), C(manifest_hash) and C(protector); C(job_created) needs C(id) and C(name);
        C(shipped) needs C(carrier) and C(tracking_number); C(job_forgotten) needs C(name) and C(why); C(evidence_archived) needs C(files);
        C(verified) needs C(conclusion) and C(counts); C(increment_ran) needs C(recovery_point); C(landed) needs C(blobs) and
        C(bytes); C(vault_proven) needs C(recovery_point).
    type: dict
    default: {}
  now:
    description:
      - Time that the event counts as, ISO 8601 in UTC, where it is not the clock's. The real time is kept beside it.
    type: str
    aliases:
      - as_of
  pending_events:
    description:
      - Events that earlier tasks of a check mode run would have written, the fact C(seed_pending_events).
      - Looked at in check mode only.
    type: list
    elements: dict
    default: []
  state:
    description:
      - V(appended) writes the event.
      - V(verified) only reads the record and checks every line of it.
    type: str
    choices:
      - appended
      - verified
    default: appended
seealso:
  - module: offlineseed.azure.seed_status
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Parcel is on record
  offlineseed.azure.seed_record:
    state_dir: "{{ seed_state_dir }}"
    seed: srv1
    event: shipped
    data:
      carrier: FedEx
      tracking_number: "794600000000"

- name: Record is what was written
  offlineseed.azure.seed_record:
    state_dir: "{{ seed_state_dir }}"
    seed: srv1
    state: verified
"""

RETURN = r"""
seed:
  description: Name of the seed.
  returned: success
  type: str
  sample: srv1
head:
  description: Hash of the last event, the id of the record as it is now; null while there is none.
  returned: success
  type: str
  sample: 5f115db1799dbcb7fc48ffe7c145a1546f49daad634fb37d8fea324df8a83c69
events:
  description: Number of events in the record.
  returned: success
  type: int
  sample: 12
phase:
  description: Phase that the seed is in after the event.
  returned: success
  type: str
  sample: track
event:
  description: The event that was written, or would be in check mode; null if the record held it already.
  returned: success
  type: str
  sample: shipped
unfinished_bytes:
  description: Bytes of a line that a crash left unfinished and that the next writer will move aside.
  returned: success
  type: int
  sample: 0
record:
  description: Path of the record that was changed by somebody else than this collection.
  returned: when the record is damaged
  type: str
  sample: /srv/seeds/srv1/record.jsonl
line:
  description: Number of the line at which the damage was found.
  returned: when the record is damaged
  type: int
  sample: 7
what:
  description: What is wrong with that line.
  returned: when the record is damaged
  type: str
  sample: it is not what was written (its hash or its form does not fit)
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import seed_record


def main():
    run_module(seed_record.ARGUMENT_SPEC, seed_record)


if __name__ == "__main__":
    main()
