#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: shipping_update
version_added: 0.1.0
short_description: Tell Azure which parcel holds the drives of an import job, and who brings them back
description:
  - Sets carrier and tracking number and the state C(Shipping) in one request; one without the other changes nothing. On
    Microsoft.DataBox the devices are marked as shipped.
  - Before that every open job of the subscription is looked at, on both services. A tracking number that one of them has is refused.
  - Whoever works with Microsoft.ImportExport and may not read the jobs of Microsoft.DataBox is warned that those were not compared.
  - Azure wants to know the parcel within 14 days after the job was made, and to receive it within 14 days after that.
  - While the parcel is on its way the number can still be corrected.
  - Return address and carrier of a job that somebody else made, such as the agent's own tool, are set with the parcel or alone.
options:
  resource_group:
    description:
      - Resource group of the job.
    type: str
    required: true
  name:
    description:
      - Name of the job.
    type: str
    required: true
  carrier:
    description:
      - Carrier of the parcel, as C(ship_to.carriers) of M(offlineseed.azure.import_job) spells it. The task fails without it,
        unless only O(return_address) or O(return_shipping) is given.
    type: str
  tracking_number:
    description:
      - Number on the label of the parcel. The task fails without it, unless only O(return_address) or O(return_shipping) is given. Blanks,
        hyphens and case do not count when it is compared.
    type: str
  drive_count:
    description:
      - Number of drives in the parcel; by default all of the job. V(data_box) does not keep it, nor O(ship_date).
    type: int
  ship_date:
    description:
      - Day on which the parcel was handed over, as text.
    type: str
  tags:
    description:
      - Tags to add in the same request. They alone never cause one, since every update restarts Azure's 14 days.
    type: dict
  return_address:
    description:
      - Where the drives are sent back to; without it the job's own stays. Microsoft.DataBox says when it changes it no more, which is a
        warning.
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
      - Who brings the drives back, at whose cost; without it the job's own stays. Microsoft.DataBox never tells the account number, so
        there another number with the same carrier is no difference.
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
  backend:
    description:
      - Service that has the job.
      - V(import_export) is Microsoft.ImportExport, V(data_box) is Microsoft.DataBox with drives of your own (DataBoxCustomerDisk).
      - V(auto) takes the service that has a job of that name. RV(backend_reason) says what was seen.
      - A tracking number is looked for in the open jobs of both services, whichever has the job.
    type: str
    choices:
      - auto
      - import_export
      - data_box
    default: import_export
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
seealso:
  - module: offlineseed.azure.import_job
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Azure knows the parcel
  offlineseed.azure.shipping_update:
    resource_group: rg-seed
    name: srv1
    carrier: FedEx
    tracking_number: "992016102507"

- name: Job that the agent's own tool made has a carrier for the way back
  offlineseed.azure.shipping_update:
    backend: data_box
    resource_group: rg-seed
    name: srv2
    return_shipping:
      carrier: FedEx
      account_number: "123456789"

- name: Azure knows the parcel, whichever service has the job
  offlineseed.azure.shipping_update:
    backend: auto
    resource_group: rg-seed
    name: srv2
    carrier: DHL
    tracking_number: "7777777777"
"""

RETURN = r"""
job:
  description: The job after the task, in check mode what it would be.
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
      sample: {"properties": {"deliveryPackage": {"carrierName": "FedEx", "trackingNumber": "992016102507"}, "state": "Shipping"}}
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import shipping_update
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(shipping_update.ARGUMENT_SPEC, shipping_update)


if __name__ == "__main__":
    main()
