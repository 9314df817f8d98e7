# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in of ansible.windows.win_feature, for the one feature that the collection installs."""

from __future__ import annotations

from typing import Any

from ..windows.commands import features
from . import ModuleFailure, handler, specification

NAME = "ansible.windows.win_feature"

# Options as its documentation lists them (ansible.windows 2.x).
specification.FOREIGN[NAME] = specification.Specification(
    "win_feature",
    {
        "name": {"type": "list", "elements": "str", "required": True},
        "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
        "include_sub_features": {"type": "bool", "default": False},
        "include_management_tools": {"type": "bool", "default": False},
        "source": {"type": "str"},
    },
)


@handler(NAME)
def win_feature(host: Any, params: dict[str, Any], check_mode: bool, session: Any) -> dict[str, Any]:
    """Install BitLocker; anything else is not modelled."""
    wanted = [name.lower() for name in params["name"]]
    if wanted != [features.BITLOCKER.lower()] or params["state"] != "present":
        raise ModuleFailure(f"The lab models win_feature for {features.BITLOCKER}, state present, only.")
    if not features.is_server(host):
        text = "The specified module 'ServerManager' was not loaded because no valid module file was found in any module directory."
        raise ModuleFailure(f"Unhandled exception while executing module: {text}")
    done = features.install(host, check_mode)
    return {
        "changed": bool(done["FeatureResult"]),
        "feature_result": [
            {
                "id": one["Id"], "display_name": one["DisplayName"], "message": [], "reboot_required": one["RestartNeeded"],
                "skip_reason": one["SkipReason"], "success": one["Success"],
            }
            for one in done["FeatureResult"]
        ],
        "success": done["Success"],
        "exitcode": done["ExitCode"],
        "reboot_required": done["RestartNeeded"] == "Yes",
    }  # fmt: skip
