# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The five attributes that every controller module documents."""

from __future__ import annotations


class ModuleDocFragment:
    """Descriptions for all; then what is alike for reading modules, for members of the action group and for the others."""

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
    platforms: posix
  action_group:
    description: Use C(group/offlineseed.azure.azure) in C(module_defaults) to set options of the Azure modules.
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details: This module changes nothing.
  diff_mode:
    support: N/A
    details: This module changes nothing.
  idempotent:
    support: full
    details: This module changes nothing.
"""

    GROUP = r"""
options: {}
attributes:
  action_group:
    support: full
    membership:
      - offlineseed.azure.azure
"""

    NO_GROUP = r"""
options: {}
attributes:
  action_group:
    support: none
    membership: []
"""
