# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..module_utils.jobs import import_evidence
from ..plugin_utils.in_controller import InControllerAction


class ActionModule(InControllerAction):
    core = import_evidence
