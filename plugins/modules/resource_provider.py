#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_provider
version_added: 0.1.0
short_description: Register resource providers of a subscription
description:
  - Registers each namespace that is not registered yet, all at once, and waits until Azure says V(Registered).
  - An import job needs C(Microsoft.ImportExport) or C(Microsoft.DataBox) in the subscription of its storage account.
options:
  namespaces:
    description:
      - Namespaces of the resource providers. Each is looked at before the first is registered, so that a wrong name registers nothing.
    type: list
    elements: str
    required: true
  wait_timeout:
    description:
      - Seconds after which the task fails when Azure is not done. Azure goes on by itself, so a later run finds it done.
    type: int
    default: 600
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
  - module: offlineseed.azure.resource_provider_info
  - module: offlineseed.azure.import_job
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: The subscription can hold import jobs
  offlineseed.azure.resource_provider:
    namespaces:
      - Microsoft.ImportExport
      - Microsoft.DataBox
"""

RETURN = r"""
providers:
  description: The providers in the order of O(namespaces), each once.
  returned: success
  type: list
  elements: dict
  contains:
    namespace:
      description: Namespace of the resource provider.
      type: str
      sample: Microsoft.ImportExport
    registration_state:
      description: State after the task, in check mode the one that it leads to.
      type: str
      sample: Registered
requests:
  description: Write requests that were sent, or in check mode would be sent, in their order.
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
      sample: /subscriptions/SUBSCRIPTION_ID/providers/Microsoft.ImportExport/register?api-version=2021-04-01
    body:
      description: The JSON body; V(null) for a request without one.
      type: raw
      sample: null
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import resource_provider
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(resource_provider.ARGUMENT_SPEC, resource_provider)


if __name__ == "__main__":
    main()
