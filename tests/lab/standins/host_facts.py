# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules say of a host, as `_HostFacts.psm1` does."""

from __future__ import annotations

import re
from typing import Any

from ..clock import stamp

# Manufacturer and model of virtual machines: the table of `_HostFacts.psm1`, as far as the lab's hosts need it.
VIRTUAL = (("^Microsoft Corporation$", "^Virtual Machine"), ("^VMware", "."), ("^(QEMU|Red Hat|Xen|innotek|Google)", "."))


def is_virtual(host: Any) -> bool:
    """Does maker and model name a virtual machine?"""
    return any(re.search(maker, host.facts["manufacturer"]) and re.search(model, host.facts["model"]) for maker, model in VIRTUAL)


def host_fact(host: Any) -> dict[str, Any]:
    """Name, kind, system and clock."""
    facts = host.facts
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
    }


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
