# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ServerManager module, as far as the feature BitLocker goes: installed it is at once, at work after a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..answer import WindowsError
from ..host import RESTART_PENDING
from . import command
from .picking import many

if TYPE_CHECKING:
    from ..host import Host

BITLOCKER = "BitLocker"
TYPES = "Microsoft.Windows.ServerManager.Commands"


def is_server(host: Host) -> bool:
    """Only servers have features of this kind."""
    return "Server" in host.facts["os_caption"]


def state_of(host: Host) -> str:
    """InstallState of the feature BitLocker."""
    if host.facts.get("bitlocker", True):
        return "Installed"
    return "InstallPending" if host.facts.get("after_restart", {}).get("bitlocker") else "Available"


def install(host: Host, dry: bool = False) -> dict[str, Any]:
    """Install BitLocker, or say what that would do: FeatureOperationResult."""
    changes = state_of(host) == "Available"
    if changes and not dry:
        host.facts["after_restart"] = {"bitlocker": True}
        host.registry.set(RESTART_PENDING)
        host.change("feature installed", feature=BITLOCKER)
    feature = {
        "_type": f"{TYPES}.FeatureResult", "_numbers": {}, "Id": 59, "DisplayName": "BitLocker Drive Encryption", "Message": [],
        "RestartNeeded": True, "SkipReason": "NotSkipped", "Success": True,
    }  # fmt: skip
    return {
        "_type": f"{TYPES}.FeatureOperationResult", "_numbers": {}, "Success": True,
        "ExitCode": "SuccessRestartRequired" if changes else "NoChangeNeeded",
        "RestartNeeded": "Yes" if changes else "No", "FeatureResult": [feature] if changes else [],
    }  # fmt: skip


def _known(host: Host, bound: dict[str, Any]) -> None:
    for name in many(bound.get("Name")):
        if str(name).lower() != BITLOCKER.lower():
            text = f"ArgumentNotValid: The role, role service, or feature name is not valid: '{name}'. The name was not found."
            raise WindowsError(f"NameDoesNotExist,{TYPES}.AddWindowsFeatureCommand", text, "InvalidArgument")


@command("Get-WindowsFeature", "Name", present=is_server)
def get_windows_feature(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """The feature BitLocker."""
    _known(host, bound)
    state = state_of(host)
    return [
        {
            "_type": f"{TYPES}.Feature", "_numbers": {}, "Name": BITLOCKER, "DisplayName": "BitLocker Drive Encryption",
            "Installed": state == "Installed", "InstallState": state, "FeatureType": "Feature",
        }
    ]  # fmt: skip


@command("Install-WindowsFeature", "Name IncludeAllSubFeature IncludeManagementTools Restart", present=is_server, dry=True)
def install_windows_feature(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """Install the feature BitLocker; a restart that is asked for happens."""
    _known(host, bound)
    dry = bool(bound.get("WhatIf"))
    done = install(host, dry)
    if bound.get("Restart") and not dry and done["RestartNeeded"] == "Yes":
        host.reboot()
    return [done]
