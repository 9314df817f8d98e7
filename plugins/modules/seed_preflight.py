#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: seed_preflight
version_added: 0.1.0
short_description: Judge whether a seed can begin, before anything is changed
description:
  - Applies a table of rules to facts that other modules have gathered, and to the variables of the seed, and tells all findings at once.
  - Each finding names what was seen, what must hold, who can mend it and how, and where the rule comes from.
  - A fact that was not told never counts as good; its rule is unknown, with the reason.
  - What shipping needs weeks later (return address, contact, carrier account) is asked for here.
  - The module does not fail on findings; the caller decides by RV(blocking) and RV(failed_rules).
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.info
  - offlineseed.azure.attributes.no_group
options:
  facts:
    description:
      - Facts about hosts and Azure. What is left out makes its rules unknown.
    type: dict
    required: true
    suboptions:
      source:
        description:
          - Result of M(offlineseed.azure.win_backup_agent_info) on the source.
        type: dict
      copy:
        description:
          - Result of M(offlineseed.azure.win_disk_info) on the copy host.
        type: dict
      staging:
        description:
          - Result of M(offlineseed.azure.win_staging_info) as the copy host reaches the staging path.
        type: dict
      copying_account:
        description:
          - Result of M(offlineseed.azure.win_disk_prep_info), which opens the staging path in the account that copies.
        type: dict
      target:
        description:
          - The Azure side.
        type: dict
        suboptions:
          provider:
            description:
              - Result of M(offlineseed.azure.resource_provider_info).
            type: dict
          account:
            description:
              - Result of M(offlineseed.azure.storage_account_info). Its C(account) is null where there is none yet.
            type: dict
          vault:
            description:
              - Result of M(offlineseed.azure.recovery_vault_info).
            type: dict
          jobs:
            description:
              - C(jobs) of M(offlineseed.azure.import_job_info) for the name of the job.
            type: list
            elements: dict
          locations:
            description:
              - C(locations) of M(offlineseed.azure.import_location_info) for the region of the storage account.
            type: list
            elements: dict
          subscription:
            description:
              - C(subscription) of M(offlineseed.azure.recovery_vault_info). Only DPM and MABS servers are judged by it.
            type: dict
  inputs:
    description:
      - The variables of the seed by their names, and C(source_host), the source's name in the inventory, and C(other_seeds), a list of
        drives by the name of each other seed. Give no secrets.
      - C(seed_statements) in it is what no program can look up and the user states, see docs/preflight_rules.md; a name that no rule asks
        for is refused.
    type: dict
    required: true
  accept:
    description:
      - Rules that warn only for this seed, each as C({rule, reason}), or its id alone.
      - An id that is no rule is refused, and so is a rule that nobody can accept, because Azure would refuse it all the same or because
        somebody else's data are at stake.
    type: list
    elements: raw
    default: []
  scope:
    description:
      - What is judged. V(inputs) is for before anything was observed; rules that need an observation are left out then.
    type: str
    choices: [everything, inputs]
    default: everything
  now:
    description:
      - Time that is taken as now, ISO 8601 in UTC. Default is the clock.
    type: str
seealso:
  - module: offlineseed.azure.seed_status
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Rules are applied to what is known
  offlineseed.azure.seed_preflight:
    facts:
      source: "{{ agent_info }}"
      copy: "{{ disk_info }}"
    inputs:
      seed_name: srv1
      seed_storage_account: seedlanding
      seed_container: seed-srv1
      seed_statements:
        drives_are_bare_sata: true
    accept:
      - rule: CP-01
        reason: the drives are passed through to the virtual machine
  register: result
"""

RETURN = r"""
findings:
  description:
    - All findings. First those that somebody has to look at, by who has to act, the blocking ones first; then those that hold.
  returned: success
  type: list
  elements: dict
  contains: &finding
    id:
      description: Id of the rule.
      type: str
      sample: NM-02
    severity:
      description: V(block), V(warn) or V(inform).
      type: str
      sample: block
    who:
      description: Who can mend it.
      type: str
      sample: operator
    seen:
      description: What was seen, field and value.
      type: str
      sample: seed_container is 'My_Container'
    must:
      description: What must hold.
      type: str
      sample: 3 to 63 lower-case letters, digits and single hyphens, a letter or digit first and last
    cure:
      description: What to do.
      type: str
      sample: Set seed_container to such a name, and enter the same one in the agent's wizard.
    source:
      description: Where the rule comes from.
      type: str
      sample: Azure REST API specification, Microsoft.Storage 2023-05-01, blob containers
    date:
      description: Date of the newest source; null where it has none.
      type: str
      sample: '2023-05-01'
    accepted:
      description: The user's reason, where the rule was accepted; else null.
      type: str
      sample: null
    outcome:
      description: V(pass), V(fail) or V(unknown).
      type: str
      sample: fail
    blocking:
      description: Whether the finding stops the seed.
      type: bool
      sample: true
blocking:
  description: The findings that stop the seed.
  returned: success
  type: list
  elements: dict
  contains: *finding
failed_rules:
  description:
    - Ids of the findings in RV(blocking) that are mistakes to mend. A consent that is still to be given (V(CN-01)) and a restart that is
      still to be made (V(CP-08)) are none.
  returned: success
  type: list
  elements: str
  sample: [NM-02]
accepted:
  description: Accepted rules that do not hold, or could not be checked.
  returned: success
  type: list
  elements: dict
  contains:
    rule:
      description: Id of the rule.
      type: str
      sample: CP-01
    reason:
      description: The user's reason.
      type: str
      sample: the drives are passed through to the virtual machine
statements:
  description: Names of what the user stated to be so.
  returned: success
  type: list
  elements: str
  sample: [drives_are_bare_sata]
table:
  description: What somebody has to look at as plain text, a block for each who has to act.
  returned: success
  type: str
  sample: "copy host:\n  MEND     CP-02  BitLocker is not installed on the copy host. On a server: ..."
text:
  description: The mistakes in words.
  returned: success
  type: str
  sample: "1 thing to mend before the seed can begin. NM-02: seed_container is 'My_Container'; it must be: ..."
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import seed_preflight


def main():
    run_module(seed_preflight.ARGUMENT_SPEC, seed_preflight)


if __name__ == "__main__":
    main()
