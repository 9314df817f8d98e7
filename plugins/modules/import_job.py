#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: import_job
version_added: 0.1.0
short_description: Make, cancel or delete the import job of a seed
description:
  - Makes an import job of Microsoft.ImportExport or of Microsoft.DataBox for prepared drives, and tells where to ship them.
  - The recovery passwords are read from escrow by serial number inside the task. No variable, fact or result ever holds one.
  - A job is made only after Azure said that there is none of that name. When the answer is lost on the way, the job is looked for before
    anything is sent again, so that there is never a second one.
  - A job that exists with the same drives is only brought in line where Azure allows it (return address, carrier, notifications, log level,
    backup of manifests, tags). With other drives, another account, region or container of logs the task fails and says both sides.
  - Azure deletes a job 14 days after it was made when it is not told of a parcel (M(offlineseed.azure.shipping_update)).
options:
  resource_group:
    description:
      - Resource group of the job.
    type: str
    required: true
  name:
    description:
      - Name of the job, 3 to 24 lower-case letters, digits and hyphens.
    type: str
    required: true
  state:
    description:
      - V(present) makes the job or brings it in line.
      - V(canceled) asks Azure to cancel it; possible before the drives are received.
      - V(absent) deletes it; possible before it is shipped and after it is completed or canceled. Where the service would refuse, the task
        fails and says why and what to do.
    type: str
    choices:
      - present
      - canceled
      - absent
    default: present
  location:
    description:
      - Region of the storage account. Where that region takes no parcels itself, the job is made at the alternate that Azure names.
      - Required if O(state=present).
    type: str
  storage_account_id:
    description:
      - Resource id of the storage account that is filled.
      - Required if O(state=present).
    type: str
  drives:
    description:
      - The prepared drives, 1 to 10.
      - Required if O(state=present).
    type: list
    elements: dict
    suboptions:
      serial:
        description:
          - Serial number without blanks.
        type: str
        required: true
      manifest_file:
        description:
          - Manifest on the drive.
        type: str
        default: '\DriveManifest.xml'
      manifest_hash:
        description:
          - MD5 of the manifest file in hexadecimal digits.
        type: str
        required: true
  return_address:
    description:
      - Where the drives are sent back to.
      - Required if O(state=present).
    type: dict
    suboptions:
      recipient_name:
        description:
          - Who receives them.
        type: str
        required: true
      street_address1:
        description:
          - Street.
        type: str
        required: true
      street_address2:
        description:
          - More of the street.
        type: str
      city:
        description:
          - City.
        type: str
        required: true
      state_or_province:
        description:
          - State or province.
        type: str
      postal_code:
        description:
          - Postal code.
        type: str
        required: true
      country_or_region:
        description:
          - Country.
        type: str
        required: true
      phone:
        description:
          - Telephone number.
        type: str
        required: true
      email:
        description:
          - E-mail address, better of a group than of one person.
        type: str
        required: true
  return_shipping:
    description:
      - Who brings the drives back, at whose cost.
      - Required if O(state=present).
    type: dict
    suboptions:
      carrier:
        description:
          - Carrier.
        type: str
        required: true
      account_number:
        description:
          - Your account number with the carrier.
        type: str
        required: true
  notifications:
    description:
      - Who is written to about the job, on V(data_box). Without it the address in O(return_address.email), of whatever the service
        writes about.
      - V(import_export) writes to O(return_address.email) only and knows no stages. The task warns where more is asked for.
    type: dict
    suboptions:
      emails:
        description:
          - E-mail addresses, all of them. By default that of O(return_address.email), beside which others that the job has stay.
        type: list
        elements: str
      stages:
        description:
          - The stages of which the service writes, and no others. Without it the job's own choice stays.
        type: list
        elements: str
        choices:
          - creating
          - shipped
          - received
          - copying
          - returning
  log_level:
    description:
      - V(Error) logs what went wrong, V(Verbose) every blob.
    type: str
    choices:
      - Error
      - Verbose
    default: Verbose
  backup_drive_manifest:
    description:
      - Have the manifests of the drives copied beside the logs.
    type: bool
    default: true
  diagnostics_path:
    description:
      - Container that the logs are written to. A job that exists does not change it; the task fails if it is another one.
    type: str
    default: waimportexport
  tags:
    description:
      - Tags of the job.
    type: dict
  append_tags:
    description:
      - Whether tags that the job has beside O(tags) stay. Without O(tags) all of them stay.
    type: bool
    default: true
  escrow_dir:
    description:
      - Folder with the sealed recovery passwords, one file a drive, where the task runs.
      - Required if O(state=present).
    type: path
  escrow_password_file:
    description:
      - File with the password of the escrow, or a script that prints it.
    type: path
  cancel_reason:
    description:
      - Why the job is canceled, for O(state=canceled) on V(data_box); the other service takes no reason.
    type: str
    default: The import is not needed any more.
  backend:
    description:
      - Service that takes the job.
      - V(import_export) is Microsoft.ImportExport, V(data_box) is Microsoft.DataBox with drives of your own (DataBoxCustomerDisk).
      - V(auto) takes the service that has a job of that name. Where none has, it takes one whose provider is registered and answers the
        API version that is needed, V(data_box) if both do. RV(backend_reason) says what was seen.
      - On V(data_box) a job is always made in the region of the storage account, O(diagnostics_path) is not used, and O(log_level) and
        O(backup_drive_manifest) of a job stay as they are. Its recorded addresses name the country by two letters (C(US)).
    type: str
    choices:
      - auto
      - import_export
      - data_box
    default: import_export
  agent_version:
    description:
      - Version of the backup agent, as RV(offlineseed.azure.win_backup_agent_info#module:agent.version) has it.
      - With O(backend=auto) a new job of an agent before 2.0.9250.0 goes to V(import_export), because such agents know no other.
    type: str
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.group
  - offlineseed.azure.azure
attributes:
  check_mode:
    support: full
    details: RV(requests) holds the exact bodies that would be sent, and the other results what would be.
  diff_mode:
    support: full
  idempotent:
    support: full
notes:
  - A provider that the subscription has not registered is explained, not registered by this task (M(offlineseed.azure.resource_provider)
    does that, and needs rights on the whole subscription).
seealso:
  - module: offlineseed.azure.import_job_info
  - module: offlineseed.azure.resource_provider
  - module: offlineseed.azure.shipping_update
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Import job of the seed exists
  offlineseed.azure.import_job:
    resource_group: rg-seed
    name: srv1
    location: westeurope
    storage_account_id: "{{ landing.account.id }}"
    drives:
      - serial: WD-WX1
        manifest_hash: 109B21108597EF36D5785F08303F3638
    return_address:
      recipient_name: IT department
      street_address1: Keizersgracht 1
      city: Amsterdam
      postal_code: 1015 CJ
      country_or_region: Netherlands
      phone: +31 20 1234567
      email: it@example.com
    return_shipping:
      carrier: FedEx
      account_number: "123456789"
    escrow_dir: "{{ seed_state_dir }}/srv1/escrow"
    escrow_password_file: "{{ seed_escrow_password_file }}"
    tags:
      seed: srv1
  register: made

- name: Import job of the seed exists on the service that the subscription can use
  offlineseed.azure.import_job:
    backend: auto
    resource_group: rg-seed
    name: srv2
    location: westeurope
    storage_account_id: "{{ landing.account.id }}"
    drives:
      - serial: WD-WX2
        manifest_hash: 109B21108597EF36D5785F08303F3638
    return_address:
      recipient_name: IT department
      street_address1: Keizersgracht 1
      city: Amsterdam
      postal_code: 1015 CJ
      country_or_region: NL
      phone: +31 20 1234567
      email: it@example.com
    return_shipping:
      carrier: FedEx
      account_number: "123456789"
    notifications:
      emails:
        - it@example.com
        - backup@example.com
      stages:
        - received
        - returning
    escrow_dir: "{{ seed_state_dir }}/srv2/escrow"
    escrow_password_file: "{{ seed_escrow_password_file }}"

- name: Import job is canceled
  offlineseed.azure.import_job:
    resource_group: rg-seed
    name: srv1
    state: canceled

- name: Import job is gone
  offlineseed.azure.import_job:
    resource_group: rg-seed
    name: srv1
    state: absent
"""

RETURN = r"""
job:
  description: The job; V(null) when there is none. In check mode what it would be.
  returned: success
  type: dict
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
ship_to:
  description: Where the parcel goes, the same as RV(job.ship_to); V(null) unless O(state=present).
  returned: success
  type: dict
  sample:
    recipient_name: Microsoft Azure Import/Export Service
    street_address1: Microsoft Agriport 570
    street_address2: ''
    city: Middenmeer
    state_or_province: NL-NH
    postal_code: 1775TB
    country_or_region: Netherlands (NL)
    phone: ''
    carriers:
      - DHL
      - FedEx
    instruction: null
backend:
  description: Service that was chosen.
  returned: O(backend=auto)
  type: str
  sample: data_box
backend_reason:
  description: What was seen of both services, and why this one was taken.
  returned: O(backend=auto)
  type: str
  sample: 'Both answer; data_box is taken, because it follows import_export. data_box: Microsoft.DataBox is Registered …'
changes:
  description:
    - What the bodies of RV(requests) change, field by field; empty where nothing is sent, and for a request without a body.
    - A field of a list, such as the drives of a new job, is told whole. Recovery passwords are masked.
  returned: success
  type: list
  elements: dict
  contains:
    object:
      description: The last two parts of the path of the request.
      type: str
      sample: jobs/srv1
    path:
      description: The field, in the service's words.
      type: str
      sample: properties.logLevel
    was:
      description: What it is; V(null) where it is not set.
      type: raw
      sample: Error
    becomes:
      description: What it becomes.
      type: raw
      sample: Verbose
requests:
  description:
    - Write requests that were sent, or in check mode would be sent, in their order.
    - Recovery passwords in them are masked.
  returned: success
  type: list
  elements: dict
  contains:
    method:
      description: HTTP method.
      type: str
      sample: PUT
    path:
      description: Path on the ARM host, with the API version.
      type: str
      sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed/providers/Microsoft.ImportExport/jobs/srv1?api-version=2016-11-01
    body:
      description: The JSON body; V(null) for a request without one.
      type: raw
      sample: {"location": "westeurope", "properties": {"jobType": "Import"}}
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(import_job.ARGUMENT_SPEC, import_job)


if __name__ == "__main__":
    main()
