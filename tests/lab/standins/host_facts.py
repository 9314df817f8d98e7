# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules say of a host, as `_HostFacts.psm1` does."""

from __future__ import annotations

import re
import socket
from typing import Any

from ..clock import stamp
from ..windows.answer import WindowsError
from ..windows.host import RESTART_PENDING

SOFTWARE = "HKLM\\SOFTWARE\\Microsoft"
WINDOWS = f"{SOFTWARE}\\Windows NT\\CurrentVersion"
TLS12 = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Client"
EXECUTION_POLICIES = (
    "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell",
    f"{SOFTWARE}\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell",
)
BROWSERS = (("edge", "msedge.exe"), ("ie", "IEXPLORE.EXE"))

# Manufacturer and model of virtual machines: the table of `_HostFacts.psm1`, as far as the lab's hosts need it.
VIRTUAL = (("^Microsoft Corporation$", "^Virtual Machine"), ("^VMware", "."), ("^(QEMU|Red Hat|Xen|innotek|Google)", "."))


def is_virtual(host: Any) -> bool:
    """Does maker and model name a virtual machine?"""
    return any(re.search(maker, host.facts["manufacturer"]) and re.search(model, host.facts["model"]) for maker, model in VIRTUAL)


def host_fact(host: Any) -> dict[str, Any]:
    """Name, kind, system, clock and readiness."""
    facts, registry = host.facts, host.registry.get
    return {
        "name": host.name,
        "domain": facts["domain"] if facts["part_of_domain"] else "WORKGROUP",
        "part_of_domain": facts["part_of_domain"],
        "virtual": is_virtual(host),
        "manufacturer": facts["manufacturer"],
        "model": facts["model"],
        "os_caption": facts["os_caption"],
        "os_version": facts["os_version"],
        "os_build": facts["os_version"].rsplit(".", 1)[-1],
        "time": stamp(host.clock.now()),
        "time_zone": facts["time_zone"],
        "powershell": "5.1.17763.1",
        "is_server": "Server" in facts["os_caption"],
        "is_64_bit": True,
        "installation_type": registry(WINDOWS, "InstallationType"),
        "net_release": registry(f"{SOFTWARE}\\NET Framework Setup\\NDP\\v4\\Full", "Release"),
        "execution_policy": next((found for key in EXECUTION_POLICIES if (found := registry(key, "ExecutionPolicy"))), None),
        "tls12": {
            "enabled": registry(TLS12, "Enabled"),
            "disabled_by_default": registry(TLS12, "DisabledByDefault"),
            "strong_crypto": registry(f"{SOFTWARE}\\.NETFramework\\v4.0.30319", "SchUseStrongCrypto"),
        },
        "browsers": [name for name, program in BROWSERS if host.registry.has(f"{SOFTWARE}\\Windows\\CurrentVersion\\App Paths\\{program}")],
        "azurerm": [],
        "restart_pending": host.registry.has(RESTART_PENDING),
        "elevated": None,  # the engine of the lab cannot tell, and a rehearsal is the same on both
        "long_paths": registry("HKLM\\SYSTEM\\CurrentControlSet\\Control\\FileSystem", "LongPathsEnabled") == 1,
    }


def reach(targets: list[str] | None) -> list[dict[str, Any]]:
    """Which hosts take a TCP connection; asked for real, as the module does."""
    answers = []
    for target in targets or []:
        name, _colon, port = target.partition(":")
        try:
            socket.create_connection((name, int(port or 443)), timeout=3).close()
            answers.append({"target": target, "reached": True, "error": None})
        except OSError as error:
            answers.append({"target": target, "reached": False, "error": error.strerror or "no answer within 3 seconds"})
    return answers


def drive_kind(host: Any, path: str | None) -> str | None:
    """fixed, removable or network; None for a drive that is not known."""
    if not path:
        return None
    if path.startswith("\\\\"):
        return "network"
    try:
        volume = host.volume_of(path)
    except WindowsError:
        return None
    disk = next(d for d, _unused, v in host.storage.online_volumes() if v is volume)
    return "removable" if disk.removable else "fixed"


def free_bytes(host: Any, path: str | None) -> int | None:
    """Free bytes of the local volume under a path; None for a share or a path without a volume."""
    if not path or path.startswith("\\\\"):
        return None
    try:
        return host.volume_of(path).free()
    except Exception as error:
        if error.__class__.__module__.startswith("lab."):  # no such drive: Windows tells no number either
            return None
        raise
