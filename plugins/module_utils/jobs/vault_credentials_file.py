# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The `.VaultCredentials` file: its XML, and its place on disk. It holds a private key, so only its owner may read it.

Source: Azure/azure-powershell, RSBackupVaultAADCreds and GetAzureRmRecoveryServicesVaultSettingsFile. The order of the elements is part
of the format (a data contract), and DPM's wizard refuses another namespace.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from ..failure import Failure, refuse
from . import vault_credentials_certificate as certificates

ENDING = ".VaultCredentials"
ROOT = "RSBackupVaultAADCreds"
NAMESPACE = "http://schemas.datacontract.org/2004/07/Microsoft.Azure.Portal.RecoveryServices.Models.Common"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
VERSION = "2.0"
PROVIDER = "Microsoft.RecoveryServices"
AGENT_LINKS = (
    "WABUpdateKBLink,http://go.microsoft.com/fwlink/p/?LinkId=229525;"
    "StorageQuotaPurchaseLink,http://go.microsoft.com/fwlink/?LinkId=205490;"
    "WebPortalLink,http://go.microsoft.com/fwlink/?LinkId=817353;"
    "WABprivacyStatement,http://go.microsoft.com/fwlink/?LinkId=221308"
)
# Element -> field of the service's answer to the certificate.
FROM_ANSWER = {
    "ResourceId": "resourceId",
    "AadAuthority": "aadAuthority",
    "AadTenantId": "aadTenantId",
    "ServicePrincipalClientId": "servicePrincipalClientId",
    "IdMgmtRestEndpoint": "azureManagementEndpointAudience",
}
ORDER = (
    "Version", "SubscriptionId", "ResourceType", "ResourceName", "ManagementCert", "ResourceId", "ResourceGroup", "Location",
    "ProviderNamespace", "AadAuthority", "AadTenantId", "ServicePrincipalClientId", "IdMgmtRestEndpoint", "AgentLinks",
)  # fmt: skip
LARGEST = 1 << 20
PRIVATE = 0o600


@dataclass(frozen=True)
class Held:
    """What lies at the path: `vault` is (subscription, group, name) in lower case, `pair` None where no key can be read."""

    mode: int
    vault: tuple[str, str, str] | None = None
    pair: certificates.Pair | None = None


def xml(subscription_id: str, vault: Mapping[str, Any], resource_group: str, answer: Mapping[str, Any], secret: str) -> bytes:
    """The file's content for a vault (name, location) and the service's answer to its certificate."""
    known = {
        "Version": VERSION, "SubscriptionId": subscription_id, "ResourceType": "Vaults", "ResourceName": vault["name"],
        "ManagementCert": secret, "ResourceGroup": resource_group, "Location": vault["location"], "ProviderNamespace": PROVIDER,
        "AgentLinks": AGENT_LINKS, **{element: answer.get(field) for element, field in FROM_ANSWER.items()},
    }  # fmt: skip
    lines = [
        f"  <{name}>{escape(str(known[name]))}</{name}>" if known[name] is not None else f'  <{name} i:nil="true" />' for name in ORDER
    ]
    opening = f'<{ROOT} xmlns:i="{INSTANCE}" xmlns="{NAMESPACE}">'
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', opening, *lines, f"</{ROOT}>"]).encode()


def look(path: Path) -> Held | None:
    """What lies at `path`, None for nothing. Fails on what is no regular file: a link could lead anywhere."""
    try:
        seen = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _not_done("look at", path, error) from None
    if not stat.S_ISREG(seen.st_mode):
        raise refuse("path", str(path), "a file or nothing", f"A folder takes a file name in it, such as {path / ('vault' + ENDING)}.")
    mode = stat.S_IMODE(seen.st_mode)
    if seen.st_size > LARGEST:
        return Held(mode)
    try:
        return _parsed(path.read_bytes(), mode)
    except OSError as error:
        raise _not_done("read", path, error) from None


def _parsed(content: bytes, mode: int) -> Held:
    if b"<!DOCTYPE" in content:
        return Held(mode)
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):
        return Held(mode)
    told = {name: (root.findtext(f"{{{NAMESPACE}}}{name}") or "").strip() for name in ORDER}
    if root.tag != f"{{{NAMESPACE}}}{ROOT}" or not all(told[name] for name in FROM_ANSWER):
        return Held(mode)
    vault = tuple(told[name].casefold() for name in ("SubscriptionId", "ResourceGroup", "ResourceName"))
    return Held(mode, vault, certificates.read(told["ManagementCert"]))


def check_place(path: Path) -> None:
    """Refuse a name that the agent's wizard does not show, and a folder in which anybody could put another file in this one's place."""
    if path.suffix.casefold() != ENDING.casefold():
        raise refuse("path", str(path), f"a file name that ends with {ENDING}", f"Give for example {path / ('vault1' + ENDING)}.")
    if not path.is_absolute():
        raise refuse("path", str(path), "absolute", "Start it with / or with {{ playbook_dir }}.")
    try:
        mode = path.parent.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise _not_done("look at", path.parent, error) from None
    if not stat.S_ISDIR(mode):
        raise refuse("path", str(path), f"in a folder, and {path.parent} is none", "Give another path.")
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise refuse(
            "path",
            str(path),
            f"in a folder where not everybody may write, and {path.parent} has mode {stat.S_IMODE(mode):04o}",
            f"Give another folder, or take that right away: chmod o-w {path.parent}.",
        )


@contextmanager
def draft(path: Path) -> Iterator[Any]:
    """A binary file that becomes `path` when the block ends well, whole and for its owner only; else nothing has changed.

    It is opened before the block, so that a full disk or a missing right is known before Azure is asked. A missing folder is made.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            unfinished.unlink()  # of a task that was killed and had the same process number
        stream = open(unfinished, "xb", opener=_only_mine)  # noqa: SIM115 - closed below, before it is renamed
    except OSError as error:
        raise _not_done("write", path, error) from None
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, path)
    except OSError as error:
        raise _not_done("write", path, error) from None
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _only_mine(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, PRIVATE)


def make_private(path: Path) -> None:
    try:
        path.chmod(PRIVATE)
    except OSError as error:
        raise _not_done("take the rights of others away from", path, error) from None


def remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise _not_done("remove", path, error) from None


def _not_done(verb: str, path: Path, error: OSError) -> Failure:
    cure = "look at owner, mode and free space of its folder, or give another path"
    return Failure(f"Failed to {verb} {path}: {error.strerror}. Cure: {cure}.", field="path", seen=str(path), cure=cure)
