# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Get-Service, Start-Service, Stop-Service and the methods of Win32_Service."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Any

from ..answer import NotModelled, WindowsError
from . import command
from .picking import many

if TYPE_CHECKING:
    from ..host import Host

STATUS = {"Stopped": 1, "StartPending": 2, "StopPending": 3, "Running": 4, "Paused": 7}
START_TYPE = {"Auto": ("Automatic", 2), "Manual": ("Manual", 3), "Disabled": ("Disabled", 4)}


def _controller(host: Host, name: str) -> dict[str, Any]:
    service = host.services[name]
    word, number = START_TYPE[service["start"]]
    return {
        "_type": "System.ServiceProcess.ServiceController",
        "_numbers": {"Status": STATUS[service["state"]], "StartType": number},
        "Name": name,
        "ServiceName": name,
        "DisplayName": service["display"],
        "Status": service["state"],
        "StartType": word,
        "CanStop": service["state"] == "Running",
        "MachineName": ".",
    }


@command("Get-Service", "Name DisplayName InputObject")
def get_service(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """All services, or those of these names; a literal name that does not exist is an error."""
    wanted = many(bound.get("Name")) or [o["Name"] for o in many(bound.get("InputObject"))] or ["*"]
    found = []
    for want in wanted:
        hits = [n for n in sorted(host.services) if fnmatch.fnmatchcase(n.lower(), str(want).lower())]
        if not hits and not set(want) & {"*", "?"}:
            raise WindowsError(
                "NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand",
                f"Cannot find any service with service name '{want}'.",
                "ObjectNotFound",
            )
        found += [n for n in hits if n not in found]
    return [_controller(host, n) for n in found]


@command("Start-Service", "Name InputObject PassThru")
def start_service(host: Host, bound: dict[str, Any], session: Any) -> None:
    """Start by name."""
    for name in many(bound.get("Name")) or [o["Name"] for o in many(bound.get("InputObject"))]:
        if control_service(host, name, "StartService")["ReturnValue"] not in (0, 10):
            raise WindowsError(
                "CouldNotStartService,Microsoft.PowerShell.Commands.StartServiceCommand",
                f"Service '{name}' cannot be started.",
                "OpenError",
            )


@command("Stop-Service", "Name InputObject Force PassThru")
def stop_service(host: Host, bound: dict[str, Any], session: Any) -> None:
    """Stop by name."""
    for name in many(bound.get("Name")) or [o["Name"] for o in many(bound.get("InputObject"))]:
        control_service(host, name, "StopService")


def control_service(host: Host, name: str, method: str) -> dict[str, Any]:
    """StartService and StopService of Win32_Service with their codes."""
    service = host.services.get(name)
    if service is None:
        raise WindowsError("NoServiceFoundForGivenName", f"Cannot find any service with service name '{name}'.", "ObjectNotFound")
    wanted = {"startservice": "Running", "stopservice": "Stopped"}.get(method.lower())
    if wanted is None:
        raise NotModelled(f"the method {method} of Win32_Service")
    code = 14 if wanted == "Running" and service["start"] == "Disabled" else 0
    if service["state"] == wanted:
        code = 10 if wanted == "Running" else 5
    if code == 0:
        service["state"] = wanted
        host.change("service " + wanted.lower(), service=name)
    return {"_type": "CimMethodResult", "ReturnValue": code, "PSComputerName": None}
