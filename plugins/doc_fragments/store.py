# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option that names the store of a seed's state in Azure blobs."""

from __future__ import annotations

import re
import textwrap

from .azure import ModuleDocFragment as Azure


class ModuleDocFragment:
    """Option `store` of every module that writes state."""

    DOCUMENTATION = r"""
options:
  store:
    description:
      - Container in which Azure keeps record, escrow, plan, inventory and evidence of the seeds, for a controller whose disk does not last.
        The folder below O(state_dir) is then a copy that M(offlineseed.azure.seed_store) brings up to date.
      - Every task that writes state of such a seed wants it. It must not be the landing zone of a seed.
    type: dict
    suboptions:
      resource_group:
        description:
          - Resource group of the storage account.
        type: str
        required: true
      account:
        description:
          - Name of the storage account.
        type: str
        required: true
      container:
        description:
          - Name of the container. It is made, without public access, where there is none.
        type: str
        required: true
      prefix:
        description:
          - Folder in the container, for more than one set of seeds in it.
        type: str
        default: ""
      auth_mode:
        description:
          - V(login) uses the identity, which needs the role Storage Blob Data Contributor on the container.
          - V(key) lists a key of the account and uses that.
        type: str
        choices:
          - key
          - login
        default: login
      azure:
        description:
          - How to sign in, the options of the action group C(offlineseed.azure.azure).
        type: dict
        default: {}
        suboptions:
"""


# The sign-in is described once, for the action group; here its options stand one level deeper.
_OPTIONS = Azure.DOCUMENTATION.split("options:\n", 1)[1].split("requirements:\n", 1)[0]
ModuleDocFragment.DOCUMENTATION += textwrap.indent(re.sub(r"O\((?=\w)", "O(store.azure.", _OPTIONS), " " * 8)
