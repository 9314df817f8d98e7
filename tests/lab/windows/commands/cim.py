# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Get-CimInstance and Invoke-CimMethod over the classes that the lab models; any other class fails loudly."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import instances, wql
from ..answer import NotModelled, WindowsError
from . import command, encryptable
from .disks import visible
from .services import control_service
from .volumes import volume_at

if TYPE_CHECKING:
    from ..host import Host

CIMV2 = "root/cimv2"
STORAGE = "root/microsoft/windows/storage"
BITLOCKER = "root/cimv2/security/microsoftvolumeencryption"
GET, INVOKE = (f"Microsoft.Management.Infrastructure.CimCmdlets.{verb}Command" for verb in ("GetCimInstance", "InvokeCimMethod"))


def _each_volume(make: Callable[..., dict[str, Any]]) -> Callable[[Host], list[dict[str, Any]]]:
    return lambda host: [make(host, *triple) for triple in host.storage.online_volumes()]


def _time_zone(host: Host) -> list[dict[str, Any]]:
    return [
        {
            "_type": "Win32_TimeZone",
            "_namespace": "root/CIMV2",
            "_numbers": {},
            "StandardName": host.facts["time_zone"],
            "Caption": "(UTC)",
            "Bias": 0,
        }
    ]


# (namespace, class in lower case): what enumerates it
ENUMERATE: dict[tuple[str, str], Callable[[Host], list[dict[str, Any]]]] = {
    (CIMV2, "win32_computersystem"): lambda host: [instances.computer_system(host)],
    (CIMV2, "win32_operatingsystem"): lambda host: [instances.operating_system(host)],
    (CIMV2, "win32_pagefileusage"): instances.page_files,
    (CIMV2, "win32_volume"): _each_volume(instances.win32_volume),
    (CIMV2, "win32_logicaldisk"): lambda host: [
        instances.win32_logical_disk(host, *t) for t in host.storage.online_volumes() if t[1].letter
    ],
    (CIMV2, "win32_diskdrive"): lambda host: [instances.win32_disk_drive(host, d) for d in visible(host)],
    (CIMV2, "win32_service"): lambda host: [instances.service(host, name) for name in sorted(host.services)],
    (CIMV2, "win32_timezone"): _time_zone,
    (STORAGE, "msft_disk"): lambda host: [instances.disk(host, d) for d in visible(host)],
    (STORAGE, "msft_partition"): lambda host: [instances.partition(host, d, p) for d in visible(host) for p in d.partitions],
    (STORAGE, "msft_volume"): _each_volume(instances.volume),
    (STORAGE, "msft_physicaldisk"): lambda host: [instances.physical_disk(host, d) for d in visible(host)],
    (BITLOCKER, "win32_encryptablevolume"): lambda host: [instances.encryptable_volume(*t) for t in host.storage.online_volumes()],
}


def _namespace(text: str | None) -> str:
    return (text or CIMV2).replace("\\", "/").strip("/").lower()


def _check_namespace(host: Host, namespace: str, cmdlet: str) -> None:
    if namespace == BITLOCKER and not host.facts.get("bitlocker", True):
        raise WindowsError(f"HRESULT 0x8004100e,{cmdlet}", "Invalid namespace", "MetadataError", 0x8004100E)


def _enumerate(host: Host, namespace: str, name: str) -> list[dict[str, Any]]:
    _check_namespace(host, namespace, GET)
    look = ENUMERATE.get((namespace, name.lower()))
    if look is None:
        raise NotModelled(f"the class {name} in {namespace}")
    return look(host)


@command("Get-CimInstance", "ClassName Namespace Filter Property Query QueryDialect InputObject KeyOnly OperationTimeoutSec")
def get_cim_instance(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """By class, by WQL, or an instance read again."""
    if bound.get("InputObject") is not None:
        return _again(host, bound["InputObject"])
    name, where = (bound["ClassName"], bound.get("Filter") or "") if bound.get("ClassName") else wql.split(bound["Query"])
    return [o for o in _enumerate(host, _namespace(bound.get("Namespace")), name) if wql.matches(o, where)]


KEYS = {"MSFT_Disk": "Path", "MSFT_Volume": "Path", "MSFT_PhysicalDisk": "UniqueId", "MSFT_Partition": "ObjectId"}


def _again(host: Host, old: dict[str, Any]) -> list[dict[str, Any]]:
    key = KEYS.get(old["_type"], "Name" if "DeviceID" not in old else "DeviceID")
    found = [o for o in _enumerate(host, _namespace(old["_namespace"]), old["_type"]) if o[key] == old[key]]
    if not found:
        raise WindowsError(f"HRESULT 0x80041002,{GET}", "Not found", "ObjectNotFound", 0x80041002)
    return found


def _targets(host: Host, bound: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    if bound.get("InputObject") is not None:
        _check_namespace(host, _namespace(bound["InputObject"].get("_namespace")), INVOKE)
        return bound["InputObject"]["_type"], [bound["InputObject"]]
    if bound.get("Query"):
        name, where = wql.split(bound["Query"])
        return name, [o for o in _enumerate(host, _namespace(bound.get("Namespace")), name) if wql.matches(o, where)]
    return bound["ClassName"], []


@command("Invoke-CimMethod", "InputObject ClassName Namespace Query QueryDialect MethodName Arguments OperationTimeoutSec")
def invoke_cim_method(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """A method of an instance, with its arguments as a table."""
    name, targets = _targets(host, bound)
    method, arguments = bound["MethodName"], bound.get("Arguments") or {}
    if not targets:
        raise NotModelled(f"the static method {method} of {name}")
    return [_invoke(host, name, target, method, arguments) for target in targets]


def _invoke(host: Host, name: str, target: dict[str, Any], method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    if name.lower() == "win32_encryptablevolume":
        volume = volume_at(host, target["DeviceID"])
        if volume is None:
            raise WindowsError(f"HRESULT 0x80041002,{INVOKE}", "Not found", "ObjectNotFound", 0x80041002)
        return encryptable.call(host, volume, method, arguments)
    if name.lower() == "win32_service":
        return control_service(host, target["Name"], method)
    raise NotModelled(f"the method {method} of {name}")
