# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access control lists, shares, and drives that PowerShell makes for a path (New-PSDrive)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import instances, words
from ..access import SHORT_SID, from_sddl, to_sddl
from ..answer import WindowsError
from ..paths import not_found
from ..session import Session
from . import command
from .picking import many, pick

if TYPE_CHECKING:
    from ..host import Host


def _local(path: str) -> str:
    for prefix in ("Microsoft.PowerShell.Core\\FileSystem::", "FileSystem::"):
        path = path[len(prefix) :] if path.startswith(prefix) else path
    return path


@command("Get-Acl", "Path LiteralPath Audit")
def get_acl(host: Host, bound: dict[str, Any], session: Session) -> list[dict[str, Any]]:
    """Owner, entries and SDDL of folders and files."""
    found = []
    for path in map(_local, many(bound.get("LiteralPath")) + many(bound.get("Path"))):
        if not host.path(path, session).exists():
            raise WindowsError(
                "ItemNotFound,Microsoft.PowerShell.Commands.GetAclCommand", not_found(path).message, "ObjectNotFound", 0x80070003
            )
        found.append(
            {
                "_type": "System.Security.AccessControl.DirectorySecurity",
                "Path": f"Microsoft.PowerShell.Core\\FileSystem::{path}",
                "Owner": host.access.owner(path),
                "Sddl": to_sddl(host.access, path),
                "AreAccessRulesProtected": host.access.protected(path),
                "Access": [
                    {
                        "FileSystemRights": r["rights"],
                        "AccessControlType": "Deny" if r["deny"] else "Allow",
                        "IdentityReference": r["who"],
                        "IsInherited": r["inherited"],
                        "InheritanceFlags": "ContainerInherit, ObjectInherit",
                        "PropagationFlags": "None",
                    }
                    for r in host.access.rules(path)
                ],
            }
        )
    return found


@command("Set-Acl", "Path LiteralPath AclObject Passthru")
def set_acl(host: Host, bound: dict[str, Any], session: Session) -> None:
    """Take over the SDDL of a security object."""
    for path in map(_local, many(bound.get("LiteralPath")) + many(bound.get("Path"))):
        if not host.path(path, session, write=True).exists():
            raise WindowsError(
                "ItemNotFound,Microsoft.PowerShell.Commands.SetAclCommand", not_found(path).message, "ObjectNotFound", 0x80070003
            )
        acl = from_sddl(bound["AclObject"]["Sddl"], host.network.account_names())
        host.access.set(path, acl)
        host.change("access list set", path=path, protected=acl.protected, who=[r["who"] for r in acl.rules])


@command("Get-SmbShare", "Name Special")
def get_smb_share(host: Host, bound: dict[str, Any], session: Session) -> list[dict[str, Any]]:
    """All shares, or those of these names."""
    names = sorted(host.shares)
    if bound.get("Name") is not None:
        names = pick("Get-SmbShare", names, "Name", bound["Name"], lambda name: name)
    return [instances.share(host, name) for name in names]


@command("Get-SmbShareAccess", "Name InputObject")
def get_smb_share_access(host: Host, bound: dict[str, Any], session: Session) -> list[dict[str, Any]]:
    """The entries of a share's own list."""
    wanted = bound.get("Name") or [o["Name"] for o in many(bound.get("InputObject"))]
    found = []
    for name in pick("Get-SmbShareAccess", sorted(host.shares), "Name", wanted, lambda name: name):
        for entry in host.shares[name]["access"]:
            found.append(
                instances.instance(
                    "MSFT_SmbShareAccessControlEntry",
                    {
                        "AccessControlType": (words.SHARE_CONTROL, int(entry.get("deny", False))),
                        "AccessRight": (words.SHARE_RIGHT, words.number_of(words.SHARE_RIGHT, entry["right"])),
                    },
                    Name=name,
                    ScopeName="*",
                    AccountName=entry["who"],
                )
            )
    return found


@command("New-PSDrive", "Name PSProvider Root Scope Credential Description Persist")
def new_psdrive(host: Host, bound: dict[str, Any], session: Session) -> list[dict[str, Any]]:
    """Reach a folder, of a share too; `Root` of the answer is the real one, for the engine's own drive."""
    credential = bound.get("Credential")
    if credential:
        told = {name.lower(): value for name, value in credential.items()}
        session = Session(session.account, session.logon, (told["username"], told["password"]))
    folder = host.path(_local(bound["Root"]), session)
    if not folder.is_dir():
        raise WindowsError(
            "DriveRootError,Microsoft.PowerShell.Commands.NewPSDriveCommand",
            f'The specified drive root "{bound["Root"]}" either does not exist, or it is not a folder.',
            "ReadError",
            0x80070003,
        )
    return [
        {
            "_type": "System.Management.Automation.PSDriveInfo",
            "Name": bound["Name"],
            "Provider": "FileSystem",
            "Root": str(folder),
            "_folder": str(folder),
            "DisplayRoot": bound["Root"],
        }
    ]


__all__ = ["SHORT_SID", "get_acl", "get_smb_share", "get_smb_share_access", "new_psdrive", "set_acl"]
