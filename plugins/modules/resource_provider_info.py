#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_provider_info
version_added: 0.1.0
short_description: Say which resource providers a subscription has registered and what they offer
description:
  - Reads registration state, resource types, regions and API versions of resource providers.
options:
  namespaces:
    description:
      - Namespaces of the resource providers. Without any, all that the subscription knows.
    type: list
    elements: str
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.info
  - offlineseed.azure.attributes.group
  - offlineseed.azure.azure
seealso:
  - module: offlineseed.azure.resource_provider
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Both job services are known
  offlineseed.azure.resource_provider_info:
    namespaces:
      - Microsoft.ImportExport
      - Microsoft.DataBox
  register: services
"""

RETURN = r"""
providers:
  description: The providers in the order of O(namespaces), each once; by name where none were given.
  returned: success
  type: list
  elements: dict
  contains:
    namespace:
      description: Namespace of the resource provider.
      type: str
      sample: Microsoft.ImportExport
    registration_state:
      description: V(Registered), V(NotRegistered), V(Registering) or V(Unregistering).
      type: str
      sample: Registered
    registration_policy:
      description: Whether it has to be registered at all; V(null) where the service does not tell.
      type: str
      sample: RegistrationRequired
    resource_types:
      description: What the provider offers.
      type: list
      elements: dict
      contains:
        resource_type:
          description: Name of the resource type.
          type: str
          sample: jobs
        locations:
          description: Short names of the regions that have it.
          type: list
          elements: str
          sample: [westeurope, northeurope]
        api_versions:
          description: API versions that it answers.
          type: list
          elements: str
          sample: ['2021-01-01', '2016-11-01']
        default_api_version:
          description: The version that the service itself prefers; V(null) where it does not tell.
          type: str
          sample: null
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import resource_provider_info
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(resource_provider_info.ARGUMENT_SPEC, resource_provider_info)


if __name__ == "__main__":
    main()
