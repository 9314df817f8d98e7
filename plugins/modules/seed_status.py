#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: seed_status
version_added: 0.1.0
short_description: Tell where a seed stands and what is next
description:
  - Takes the record of a seed and what was observed in this run, and tells phase, state, proofs, clocks and the next step.
  - A seed is always in exactly one phase and in exactly one state.
  - Where record and Azure cannot both be right the state is V(conflict); both sides are told, and the ways out.
  - A seed that is complete is answered from its record.
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.info
  - offlineseed.azure.attributes.no_group
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
  phase:
    description:
      - Phase that asks. RV(run) tells whether it is its turn.
    type: str
    choices:
      - preflight
      - target
      - stage
      - prepare
      - ship
      - track
      - complete
  inputs:
    description:
      - Variables of the seed that the text of a next step needs, by their names, for example C(seed_copy_host), C(seed_staging_path) or
        C(seed_parcel); C(source_host) is the source's name in the inventory. Give no secrets.
      - For the clocks, C(seed_no_shipping_days) is a list of dates on which nobody ships, and C(seed_time_zone) is the place's time zone by
        its IANA name, for example V(Europe/Stockholm), default UTC. A clock whose end needs a parcel on its way warns earlier by the days
        on which nobody ships, and its text tells the time of the place.
      - C(seed_vault_credentials_at) is when the vault credentials file was downloaded; C(seed_dpm_online_at) is when a DPM or MABS server
        last backed up online, where O(observations.source) does not tell it.
    type: dict
    default: {}
  observations:
    description:
      - What was observed in this run. What is left out was not looked at.
    type: dict
    default: {}
    suboptions:
      findings:
        description:
          - The blocking findings of M(offlineseed.azure.seed_preflight).
        type: list
        elements: dict
      offline:
        description:
          - Result of M(offlineseed.azure.win_offline_backup).
        type: dict
      agent:
        description:
          - Result of M(offlineseed.azure.win_initial_backup).
        type: dict
      source:
        description:
          - Result of M(offlineseed.azure.win_backup_agent_info).
        type: dict
      disks:
        description:
          - The disks of the copy host, C(disks) of M(offlineseed.azure.win_disk_info). They lead to the step that asks for drives.
        type: list
        elements: dict
      prep:
        description:
          - Result of M(offlineseed.azure.win_disk_prep) or M(offlineseed.azure.win_disk_prep_info).
        type: dict
      jobs:
        description:
          - C(jobs) of M(offlineseed.azure.import_job_info) for the job's name. An empty list says that Azure has no such job.
        type: list
        elements: dict
      ship_to:
        description:
          - Address of the datacenter as M(offlineseed.azure.import_job) returns it.
        type: dict
      vault:
        description:
          - Result of M(offlineseed.azure.recovery_vault_info).
        type: dict
      again_at:
        description:
          - When to look again, where the caller knows it better.
        type: str
  error:
    description:
      - What went wrong in this run, if something did.
    type: dict
    suboptions:
      what:
        description:
          - What was tried.
        type: str
        required: true
      seen:
        description:
          - What was seen.
        type: str
        required: true
      cure:
        description:
          - What can be done.
        type: str
        default: ''
      kind:
        description:
          - Kind of the error, and so the state of the seed.
        type: str
        choices:
          - failed
          - unreachable
          - conflict
        default: failed
  calendar:
    description:
      - Return the running clocks as RV(calendar) too.
    type: bool
    default: false
  pending_events:
    description:
      - Events that earlier tasks of a check mode run would have written, the fact C(seed_pending_events).
    type: list
    elements: dict
    default: []
  now:
    description:
      - Time that is taken as now, ISO 8601 in UTC. Default is the clock.
    type: str
  fail_on:
    description:
      - Fail the task if a clock is V(near) its end, or only if it is V(past) it.
    type: str
    choices:
      - never
      - near
      - past
    default: never
seealso:
  - module: offlineseed.azure.seed_record
  - module: offlineseed.azure.seed_preflight
  - plugin: offlineseed.azure.overdue
    plugin_type: test
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Seed stands where its record says
  offlineseed.azure.seed_status:
    state_dir: "{{ seed_state_dir }}"
    seed: srv1
  register: result

- name: No clock of the seed has run out
  offlineseed.azure.seed_status:
    state_dir: "{{ seed_state_dir }}"
    seed: srv1
    fail_on: past

- name: Deadlines of the seed are known
  offlineseed.azure.seed_status:
    state_dir: "{{ seed_state_dir }}"
    seed: srv1
    calendar: true
    inputs:
      seed_no_shipping_days: ["2026-12-24", "2026-12-25", "2026-12-26"]
      seed_time_zone: Europe/Stockholm
  register: result

- name: Deadlines of the seed lie where calendars are read from
  ansible.builtin.copy:
    content: "{{ result.calendar }}"
    dest: /srv/calendars/srv1.ics
    mode: "0644"
  delegate_to: localhost
"""

RETURN = r"""
status:
  description: Entry of the seed in the summary.
  returned: success, and when a clock fails the task
  type: dict
  contains:
    seed:
      description: Name of the seed.
      type: str
      sample: srv1
    phase:
      description: Phase that the seed is in.
      type: str
      sample: ship
    state:
      description:
        - One of V(waiting_for_person), V(working), V(waiting_for_azure), V(failed), V(unreachable), V(conflict) and V(complete).
      type: str
      sample: waiting_for_person
    proven:
      description: What the record proves, in order.
      type: list
      elements: dict
      contains:
        id:
          description: Type of the event; of a drive with its serial.
          type: str
          sample: drive_prepared:WD-WX11A1234567
        at:
          description: When it was proven.
          type: str
          sample: '2026-01-31T08:00:00Z'
    clocks:
      description: Clocks that run.
      type: list
      elements: dict
      contains:
        id:
          description: One of V(vault_credentials), V(tracking), V(arrive), V(dpm_offline) and V(evidence).
          type: str
          sample: tracking
        due:
          description: When it ends.
          type: str
          sample: '2026-02-14T08:00:00Z'
        act_by:
          description: When the last chance to act ends; earlier than C(due) where nobody ships on the days before it.
          type: str
          sample: '2026-02-14T08:00:00Z'
        near_at:
          description: When it begins to warn.
          type: str
          sample: '2026-02-10T08:00:00Z'
        days_left:
          description: Whole days until then; negative afterwards.
          type: int
          sample: 11
        level:
          description: One of V(ok), V(near) and V(past).
          type: str
          sample: ok
        text:
          description: The clock in a sentence.
          type: str
          sample: 11 days left to give Azure carrier and tracking number (until 2026-02-14T08:00:00Z)
    next:
      description: The next step; null once the seed is complete.
      type: dict
      contains:
        id:
          description: Stable name of the step.
          type: str
          sample: hand_over_parcel
        who:
          description: Who does it; V(nobody) where there is only to wait.
          type: str
          sample: shipping
        text:
          description: What to do, for people.
          type: str
          sample: Pack drive WD-WX11A1234567 in one parcel and send it with a tracking number.
        variables:
          description: Variables to set, with the value to paste.
          type: dict
          sample:
            seed_parcel:
              carrier: FedEx
              tracking_number: TRACKING_NUMBER
        data:
          description: What the text is made of, for programs.
          type: dict
          sample:
            job: srv1
            serials: [WD-WX11A1234567]
    again_at:
      description: When to look again, if the seed goes on by itself.
      type: str
      sample: '2026-02-01T08:00:00Z'
    error:
      description: What went wrong, null if nothing did.
      type: dict
      contains:
        what:
          description: What was tried, or what the record says.
          type: str
          sample: Import job srv1
        seen:
          description: What was seen.
          type: str
          sample: Azure could not copy all of the drives
        cure:
          description: What can be done.
          type: str
          sample: Read the copy logs that the job names.
    still_to_do:
      description: What is left for people, in the form of RV(still_to_do); empty before the seed is complete.
      type: list
      elements: dict
      sample: []
state_dir:
  description: Folder that holds the seeds of this controller, in full.
  returned: success, and when a clock fails the task
  type: str
  sample: /srv/seeds
phase:
  description: Phase that the seed is in.
  returned: success
  type: str
  sample: ship
run:
  description: Whether the asking O(phase) is the one that the seed is in, and nothing forbids to go on.
  returned: success
  type: bool
  sample: true
waits_for:
  description: Phase that has to end before the asking O(phase) can begin; null if it is its turn, or done.
  returned: success
  type: str
  sample: prepare
record:
  description:
    - The record, replayed. What has not happened is null; C(drives) is a dictionary by serial; C(at) is the time that counts.
  returned: success
  type: dict
  sample:
    seed: srv1
    events: 7
    head: 5f115db1799dbcb7fc48ffe7c145a1546f49daad634fb37d8fea324df8a83c69
    phase: ship
    preflight:
      at: '2026-01-20T08:00:00Z'
    staged:
      files: 12
      bytes: 96300000
      at: '2026-01-22T08:00:00Z'
    drives:
      WD-WX11A1234567:
        serial: WD-WX11A1234567
        state: prepared
        size: 8001563222016
        at: '2026-01-23T08:00:00Z'
    job: null
vault_proof:
  description: Data for the event C(vault_proven), if agent and vault both say that the seed is in the vault.
  returned: success
  type: dict
  contains:
    recovery_point:
      description: The oldest of the newest recovery points of the source's items.
      type: str
      sample: '2026-02-12T22:04:00Z'
    items:
      description: Number of items.
      type: int
      sample: 1
    agent_state:
      description: What the agent says.
      type: str
      sample: completed
increment_proof:
  description:
    - Data for the event C(increment_ran), if the agent completed a backup that began after the vault's proof, and every item of the source
      has a recovery point from after it.
  returned: success
  type: dict
  contains:
    recovery_point:
      description: The oldest of the newest recovery points of the source's items.
      type: str
      sample: '2026-02-13T21:40:00Z'
    started:
      description: When that backup began.
      type: str
      sample: '2026-02-13T21:00:00Z'
    items:
      description: Number of items.
      type: int
      sample: 1
still_to_do:
  description: What will be left for people once the seed is complete.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: >-
        Stable name, one of V(wipe_drives), V(delete_escrow), V(delete_tool_folder), V(remove_entra_app) and V(remove_wizard_files).
      type: str
      sample: delete_escrow
    who:
      description: Who does it.
      type: str
      sample: operator
    text:
      description: What to do.
      type: str
      sample: Once no drive is on its way or kept, delete the folder escrow of seed srv1. Keep its record and its evidence.
may_clean:
  description: Whether container and staging folder may be cleaned, that is, everything landed well and the vault holds it.
  returned: success
  type: bool
  sample: false
tags:
  description: Tags by which an import job is known to be this seed's and this record's.
  returned: success
  type: dict
  sample:
    offlineseed: srv1
    offlineseed_record: 5f115db1799dbcb7fc48ffe7c145a1546f49daad634fb37d8fea324df8a83c69
calendar:
  description:
    - The running clocks as an iCalendar document (RFC 5545), times in UTC. It changes only when a deadline or the record does.
  returned: O(calendar=true)
  type: str
  sample: "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n..."
line:
  description: The seed in one line, for a terminal.
  returned: success
  type: str
  sample: 'srv1: waits for a person in phase ship (5 of 7).'
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import seed_status


def main():
    run_module(seed_status.ARGUMENT_SPEC, seed_status)


if __name__ == "__main__":
    main()
