#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: import_location_info
version_added: 0.1.0
short_description: Read where drives are shipped to
description:
  - Reads the address of the datacenter that takes drives for a storage account in a region, and the carriers for both ways.
  - Some records of the service are odd, with line breaks, without a telephone number, or with fields in the place of others. They are
    shown trimmed and complete, RV(locations[].oddities) says what to look at, and RV(locations[].raw) holds them as they came.
  - Some addresses are not public. Then RV(locations[].human_step) says whom to ask, and what has to be written on the parcel.
options:
  location:
    description:
      - Region of the storage account. Without it all locations of Microsoft.ImportExport are read; Microsoft.DataBox has no list.
    type: str
  backend:
    description:
      - Service that is asked.
      - V(import_export) is Microsoft.ImportExport, V(data_box) is Microsoft.DataBox with drives of your own (DataBoxCustomerDisk).
      - V(auto) asks both; one that the subscription cannot use or that does not take drives there is left out, and RV(backend_reason)
        says why.
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
- name: Address for a storage account is read
  offlineseed.azure.import_location_info:
    location: westeurope
  register: where

- name: Address for a storage account is read from both services
  offlineseed.azure.import_location_info:
    location: westeurope
    backend: auto
"""

RETURN = r"""
locations:
  description: One entry a service and region.
  returned: success
  type: list
  elements: dict
  contains:
    backend:
      description: Service that says so.
      type: str
      sample: import_export
    location:
      description: Short name of the region that was asked for.
      type: str
      sample: northeurope
    job_location:
      description: Short name of the region in which the job is made, and whose datacenter takes the parcel.
      type: str
      sample: westeurope
    alternates:
      description:
        - Regions that take drives for this one, as V(import_export) lists them. Where a region is not in its own list, the first one is
          taken.
        - V(data_box) has no alternates.
      type: list
      elements: str
      sample:
        - westeurope
    ship_to:
      description: Where the parcel goes; the same as in the result of M(offlineseed.azure.import_job).
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
    carriers:
      description: Carriers for both ways.
      type: dict
      contains:
        inbound:
          description: Carriers of the parcel to the datacenter. V(data_box) names none; there it is any that gives a tracking number.
          type: list
          elements: str
          sample:
            - DHL
            - FedEx
        outbound:
          description: Carriers that bring the drives back.
          type: list
          elements: str
          sample:
            - DHL
            - FedEx
    address_is_public:
      description: Whether there is an address.
      type: bool
      sample: true
    human_step:
      description: Whom to ask where the address is not public; V(null) otherwise.
      type: str
      sample: null
    oddities:
      description: What whoever writes the label has to look at.
      type: list
      elements: str
      sample:
        - phone is not given
    raw:
      description: Records of the service as they came, by the short name of their region.
      type: dict
      sample: {"westeurope": {"name": "West Europe", "properties": {"city": "Middenmeer"}}}
backend_reason:
  description: What was seen of both services.
  returned: O(backend=auto)
  type: str
  sample: 'data_box: answers. import_export: answers.'
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_location_info
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(import_location_info.ARGUMENT_SPEC, import_location_info)


if __name__ == "__main__":
    main()
