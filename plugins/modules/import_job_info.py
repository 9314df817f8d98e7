#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: import_job_info
version_added: 0.1.0
short_description: Read import jobs
description:
  - Reads one import job of Microsoft.ImportExport or Microsoft.DataBox, or all of a resource group or of the subscription.
  - Azure's lists leave out what matters, so each job that is not over is read on its own, at most 8 at once.
  - Can tell whether a job holds the recovery passwords that escrow holds, without ever returning one.
options:
  resource_group:
    description:
      - Resource group to look in; the whole subscription without it.
    type: str
  name:
    description:
      - Name of one job. Needs O(resource_group).
    type: str
  check_keys:
    description:
      - Ask the service for the recovery passwords of the job, compare them in memory with those in escrow, and tell the outcome of each
        drive in RV(jobs[].drives[].key). Needs O(name), O(escrow_dir) and O(escrow_password_file).
      - Needs the action C(Microsoft.ImportExport/jobs/listBitLockerKeys/action) or C(Microsoft.DataBox/jobs/listCredentials/action), which
        readers do not have.
    type: bool
    default: false
  escrow_dir:
    description:
      - Folder with the sealed recovery passwords, one file a drive, where the task runs.
    type: path
  escrow_password_file:
    description:
      - File with the password of the escrow, or a script that prints it.
    type: path
  backend:
    description:
      - Service that is asked.
      - V(import_export) is Microsoft.ImportExport, V(data_box) is Microsoft.DataBox with drives of your own (DataBoxCustomerDisk).
      - V(auto) reads both; one that the subscription cannot use is left out, and RV(backend_reason) says why.
    type: str
    choices:
      - auto
      - import_export
      - data_box
    default: import_export
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.info
  - offlineseed.azure.attributes.group
  - offlineseed.azure.azure
seealso:
  - module: offlineseed.azure.import_job
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Import job is read
  offlineseed.azure.import_job_info:
    resource_group: rg-seed
    name: srv1
  register: found

- name: Import job holds the keys that escrow holds
  offlineseed.azure.import_job_info:
    resource_group: rg-seed
    name: srv1
    check_keys: true
    escrow_dir: "{{ seed_state_dir }}/srv1/escrow"
    escrow_password_file: "{{ seed_escrow_password_file }}"
  register: keys
  failed_when: keys.jobs[0].drives | map(attribute='key') | unique != ['matches']

- name: All import jobs of the subscription are read
  offlineseed.azure.import_job_info:

- name: All import jobs of the subscription on both services are read
  offlineseed.azure.import_job_info:
    backend: auto
"""

RETURN = r"""
jobs:
  description: The jobs; none or one when O(name) is given.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Resource id.
      type: str
      sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed/providers/Microsoft.ImportExport/jobs/srv1
    name:
      description: Name.
      type: str
      sample: srv1
    backend:
      description: Service that has the job, V(import_export) or V(data_box).
      type: str
      sample: import_export
    stage:
      description:
        - Where the job stands, one of V(creating), V(shipped), V(received), V(copying), V(returning), V(completed),
          V(completed_with_errors), V(canceled), V(unknown).
      type: str
      sample: creating
    service_state:
      description: The service's own word for it.
      type: str
      sample: Creating
    actor:
      description: Who moves it on, V(person), V(carrier), V(azure) or V(nobody).
      type: str
      sample: person
    terminal:
      description: Whether nothing more will happen to it.
      type: bool
      sample: false
    succeeded:
      description:
        - Whether it ended without an error, by the service's word for the job and for each of its drives.
        - In a list of several jobs, those that are over are told by the service's word alone, since the list leaves out their drives.
      type: bool
      sample: false
    cancellable:
      description: Whether canceling can be asked for.
      type: bool
      sample: true
    cancel_requested:
      description: Whether canceling was asked for.
      type: bool
      sample: false
    created_at:
      description: When it was made, UTC; V(null) where the service does not tell.
      type: str
      sample: '2026-01-02T03:04:05Z'
    location:
      description: Short name of its region.
      type: str
      sample: westeurope
    storage_account_id:
      description: Storage account that it fills.
      type: str
      sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed/providers/Microsoft.Storage/storageAccounts/seedlanding
    percent:
      description: Percentage that is copied; V(null) before.
      type: int
      sample: null
    drives:
      description: The drives of the job.
      type: list
      elements: dict
      contains:
        serial:
          description: Serial number.
          type: str
          sample: WD-WX1
        state:
          description:
            - V(specified), V(received), V(never_received), V(copying), V(completed), V(completed_with_errors), V(failed), V(returned) or
              V(unknown).
          type: str
          sample: specified
        percent:
          description: Percentage of the drive that is copied; V(null) before.
          type: int
          sample: null
        bytes_copied:
          description: Bytes copied; V(null) before.
          type: int
          sample: null
        manifest_file:
          description: Manifest on the drive.
          type: str
          sample: '\DriveManifest.xml'
        manifest_hash:
          description: MD5 of the manifest.
          type: str
          sample: 109B21108597EF36D5785F08303F3638
        error_log:
          description: URL of the blob with the error log; V(null) before there is one.
          type: str
          sample: null
        verbose_log:
          description: URL of the blob with the verbose log; V(null) before there is one.
          type: str
          sample: null
        service_state:
          description:
            - The service's own word for the state of the drive, once there is one on V(data_box).
            - On V(import_export) only a word that this collection does not know.
          type: str
          sample: InProgress
        key:
          description:
            - Only with O(check_keys). V(matches) if job and escrow hold the same recovery password, V(differs) if they hold different ones,
              V(missing) if the service names none, V(not_in_escrow) if escrow has no file of the drive.
          type: str
          sample: matches
    ship_to:
      description: Where the parcel goes.
      type: dict
      contains:
        recipient_name:
          description: Who receives the parcel.
          type: str
          sample: Microsoft Azure Import/Export Service
        street_address1:
          description: Street.
          type: str
          sample: Microsoft Agriport 570
        street_address2:
          description: More of the street.
          type: str
          sample: ''
        city:
          description: City.
          type: str
          sample: Middenmeer
        state_or_province:
          description: State or province.
          type: str
          sample: NL-NH
        postal_code:
          description: Postal code.
          type: str
          sample: 1775TB
        country_or_region:
          description: Country.
          type: str
          sample: Netherlands (NL)
        phone:
          description: Telephone number of the datacenter.
          type: str
          sample: ''
        carriers:
          description:
            - Carriers that the datacenter names; empty where that was not asked for.
            - On V(data_box) they are those that bring the drives back; a parcel there may come with any that gives a tracking number.
          type: list
          elements: str
          sample:
            - DHL
            - FedEx
        instruction:
          description: What to do when the address is not public, or what Azure adds to it; V(null) mostly.
          type: str
          sample: null
    return_address:
      description: Where the drives come back to; V(null) where the service does not tell.
      type: dict
      contains:
        recipient_name:
          description: Who receives them.
          type: str
          sample: IT department
        street_address1:
          description: Street.
          type: str
          sample: Keizersgracht 1
        street_address2:
          description: More of the street.
          type: str
          sample: ''
        city:
          description: City.
          type: str
          sample: Amsterdam
        state_or_province:
          description: State or province.
          type: str
          sample: ''
        postal_code:
          description: Postal code.
          type: str
          sample: 1015 CJ
        country_or_region:
          description: Country.
          type: str
          sample: Netherlands
        phone:
          description: Telephone number.
          type: str
          sample: +31 20 1234567
        email:
          description: E-mail address.
          type: str
          sample: it@example.com
    return_shipping:
      description: Who brings the drives back; V(null) where the service does not tell.
      type: dict
      contains:
        carrier:
          description: Carrier.
          type: str
          sample: FedEx
        account_number:
          description: Customer's account with the carrier; empty where the service does not tell.
          type: str
          sample: '123456789'
    inbound:
      description: The parcel to the datacenter; V(null) until it is known.
      type: dict
      contains:
        carrier:
          description: Carrier.
          type: str
          sample: FedEx
        tracking_number:
          description: Tracking number.
          type: str
          sample: '992016102507'
        drive_count:
          description: Number of drives in the parcel; V(null) where it was not told. V(data_box) does not keep it.
          type: int
          sample: 1
        ship_date:
          description: Day of shipping as it was told; V(null) where it was not. V(data_box) does not keep it.
          type: str
          sample: '2026-01-02'
    outbound:
      description: The parcel back; V(null) until it is known.
      type: dict
      contains:
        carrier:
          description: Carrier.
          type: str
          sample: FedEx
        tracking_number:
          description: Tracking number.
          type: str
          sample: '992016102507'
        drive_count:
          description: Number of drives in the parcel; V(null) where it was not told. V(data_box) does not keep it.
          type: int
          sample: 1
        ship_date:
          description: Day of shipping as it was told; V(null) where it was not. V(data_box) does not keep it.
          type: str
          sample: '2026-01-02'
    notifications:
      description: Who is written to; V(null) where the service does not tell.
      type: dict
      contains:
        emails:
          description: Addresses; on V(import_export) the one of the return address.
          type: list
          elements: str
          sample:
            - it@example.com
        stages:
          description: Stages of which the service writes; V(null) where it does not tell, as on V(import_export).
          type: list
          elements: str
          sample:
            - received
            - returning
    customer_action:
      description: What the service waits for a person to decide; V(null) mostly, and always on V(import_export).
      type: dict
      contains:
        text:
          description: What to do.
          type: str
          sample: 'Azure waits for you: copying has stopped until you say how to go on. …'
        reason:
          description: The service's own words; V(null) without any.
          type: str
          sample: null
        choices:
          description: The service's words for what can be chosen.
          type: list
          elements: str
          sample:
            - Resume
        drives:
          description: Serial numbers of the drives that it is about, where it is about some.
          type: list
          elements: str
          sample: []
    tags:
      description: Tags, name to text.
      type: dict
      sample:
        seed: srv1
backend_reason:
  description: What was seen of both services.
  returned: O(backend=auto)
  type: str
  sample: 'data_box: Microsoft.DataBox is Registered and answers API version 2022-12-01. import_export: …'
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job_info
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(import_job_info.ARGUMENT_SPEC, import_job_info)


if __name__ == "__main__":
    main()
