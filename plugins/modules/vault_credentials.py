#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vault_credentials
version_added: 0.1.0
short_description: Have the vault credentials file that an agent registers with
description:
  - Writes the C(.VaultCredentials) file of a Recovery Services vault, as the portal and C(Get-AzRecoveryServicesVaultSettingsFile) do. The
    MARS agent, DPM and MABS register with it.
  - A key pair is made where this module runs, its certificate is given to the vault, and both go into the file. The private key stands in
    that file only, never in a result, log or diff. The file has mode 0600 and is replaced in one piece.
  - A file of the same vault that is valid for longer than O(min_validity) is kept. Anything else that bears the name is replaced.
  - Agents before 2.0.9249.0 may not read the file; use a current agent.
notes:
  - Whoever reads the file can register servers with the vault until it expires. Take it to the server, register at once, and remove it
    there and here (O(state=absent)). The certificate stays with the vault until it expires, Azure has no call that takes it back.
  - A folder in which everybody may write is refused unless it is sticky like F(/tmp), since anybody could put another file in this one's
    place. A folder that others may read is taken, as they cannot read the file in it.
options:
  resource_group:
    description:
      - Resource group of the vault.
    type: str
    required: true
  name:
    description:
      - Name of the vault. It must exist.
    type: str
    required: true
  path:
    description:
      - Absolute path of the file, which ends with C(.VaultCredentials). A missing folder is made for its owner only.
    type: path
    required: true
  state:
    description:
      - V(present) writes the file unless it is there and valid, V(absent) removes it without asking Azure.
    type: str
    choices:
      - present
      - absent
    default: present
  validity:
    description:
      - Hours for which a new file is valid, 1 to 240.
    type: int
    default: 48
  min_validity:
    description:
      - A file that is valid for this many hours or less is replaced. Less than O(validity).
    type: int
    default: 12
  now:
    description:
      - Time that is taken as now, ISO 8601 in UTC. Default is the clock.
      - A new file counts its hours from here, and Azure compares them with its own clock. Set it in rehearsals only.
    type: str
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.group
  - offlineseed.azure.azure
attributes:
  check_mode:
    support: full
    details: The certificate in RV(requests) is not known before it is made.
  diff_mode:
    support: full
    details: Shows path, thumbprint, times and mode of the file, never its content.
  idempotent:
    support: partial
    details: A file that is near its end is replaced.
seealso:
  - module: offlineseed.azure.recovery_vault
  - module: offlineseed.azure.win_backup_agent_info
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Vault credentials are at hand
  offlineseed.azure.vault_credentials:
    resource_group: rg-seed
    name: vault1
    path: "{{ seed_state_dir }}/vault1.VaultCredentials"
  register: credentials

- name: Vault credentials are on the server, where the agent registers with them
  ansible.windows.win_copy:
    src: "{{ credentials.path }}"
    dest: C:\ProgramData\offlineseed\vault1.VaultCredentials

- name: Vault credentials are gone after the registration
  offlineseed.azure.vault_credentials:
    resource_group: rg-seed
    name: vault1
    path: "{{ seed_state_dir }}/vault1.VaultCredentials"
    state: absent
"""

RETURN = r"""
path:
  description: Where the file is, or with O(state=absent) was.
  returned: success
  type: str
  sample: /srv/seeds/vault1.VaultCredentials
thumbprint:
  description: SHA-1 thumbprint of the certificate in the file; V(null) in check mode for one that would be made, and with O(state=absent).
  returned: success
  type: str
  sample: 019FE9BAD18A5A09A5CA53B593AF66331F3054AF
issued_at:
  description:
    - When the file was made, UTC; the input C(seed_vault_credentials_at) of M(offlineseed.azure.seed_status) takes it.
    - V(null) with O(state=absent).
  returned: success
  type: str
  sample: '2026-01-02T03:04:05Z'
expires_at:
  description: Until when an agent can register with it, UTC; V(null) with O(state=absent).
  returned: success
  type: str
  sample: '2026-01-04T03:04:05Z'
reason:
  description: Why a new file was made; V(null) when the one there was kept, and with O(state=absent).
  returned: success
  type: str
  sample: there was none
requests:
  description:
    - Write requests that were sent, or in check mode would be sent.
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
      sample: /subscriptions/SUBSCRIPTION_ID/resourceGroups/rg-seed/.../vaults/vault1/certificates/NAME?api-version=2024-04-01
    body:
      description: The JSON body, with the public certificate only.
      type: raw
      sample: {"properties": {"authType": "AAD", "certificate": "MIIC..."}}
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import vault_credentials
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(vault_credentials.ARGUMENT_SPEC, vault_credentials)


if __name__ == "__main__":
    main()
