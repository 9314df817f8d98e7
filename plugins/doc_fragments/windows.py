# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation of every Windows module of this collection has in common."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes that are alike, descriptions of those that each module supports in its own way, and the staging folder's options."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what would be without changing the target.
  diff_mode:
    description: Will return details on what has changed (or would change), when in diff mode.
  idempotent:
    description: A second run in the same situation changes nothing.
  platform:
    description: Target operating systems that the module runs on.
    support: full
    platforms: windows
  action_group:
    description: Use C(group/offlineseed.azure.azure) in C(module_defaults) to set options of the Azure modules.
    support: none
    membership: []
notes:
  - Runs with Windows PowerShell 5.1 and later, as an administrator.
"""

    STAGING = r"""
options:
  path:
    description:
      - Staging location, a local path or a share (UNC), as this host reaches it.
      - The agent's folder for the job, C(<storage_account>_<import_job_name>), lies below it.
    type: str
    required: true
  storage_account:
    description:
      - Storage account that was entered in the agent's wizard.
    type: str
    required: true
  import_job_name:
    description:
      - Import job name that was entered in the agent's wizard.
    type: str
    required: true
  credential_username:
    description:
      - Account that opens the share.
      - Needed where O(path) is a share of another host, since WinRM's network logon is not passed on to a second server.
      - Required together with O(credential_password).
    type: str
  credential_password:
    description:
      - Password of O(credential_username).
    type: str
"""
