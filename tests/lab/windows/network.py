# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of a lab, the shares between them, the accounts of their domain, and the shelf on which pulled drives lie."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import secrets
import shutil
import threading
from typing import Any

from ..clock import Clock, stamp
from ..journal import append
from .access import ADMINISTRATORS, AUTHENTICATED, EVERYONE, SYSTEM, USERS, allowed, rule
from .answer import AccessDenied, WindowsError
from .disk import Disk
from .host import Host
from .paths import WindowsPath, below
from .session import Session

DOMAIN = "LAB"
SHARE_RIGHTS = {"Full": "FullControl", "Change": "Modify", "Read": "ReadAndExecute"}


class Network:
    """All hosts by name, in one folder: `hosts/<NAME>/`, `shelf/<serial>/`, `vault/`, `journal.jsonl`."""

    def __init__(self, folder: pathlib.Path, clock: Clock) -> None:
        self.folder, self.clock = pathlib.Path(folder), clock
        self.lock = threading.RLock()
        self.hosts: dict[str, Host] = {}
        self.shelf: list[Disk] = []
        self.accounts: dict[str, dict[str, Any]] = {}

    # -- hosts -------------------------------------------------------------------------------------------------------------------
    def add_host(self, name: str, facts: dict[str, Any]) -> Host:
        """A new host with its folder."""
        host = Host(name, self.folder / "hosts" / name, self.clock, self, {"domain": "lab.example", "part_of_domain": True, **facts})
        self.hosts[name] = host
        return host

    def host(self, name: str) -> Host | None:
        """By NetBIOS or DNS name."""
        return self.hosts.get(name.split(".")[0].upper())

    def add_account(self, name: str, password: str, administrator: bool = False) -> None:
        """An account of the domain; only a salted digest of the password is kept."""
        salt = secrets.token_hex(8)
        self.accounts[name] = {"salt": salt, "digest": _digest(salt, password), "administrator": administrator}

    def account_names(self) -> list[str]:
        """Every account that a SID can belong to."""
        return [*self.accounts, *(f"{DOMAIN}\\{name}$" for name in self.hosts)]

    # -- through a share ---------------------------------------------------------------------------------------------------------
    def identity(self, session: Session, here: Host, there: Host, path: str) -> set[str]:
        """The names (account and groups) under which a session of `here` is known on `there`; raises if it cannot get there."""
        everyone = {EVERYONE, AUTHENTICATED}
        if session.credential:
            return self._by_password(*session.credential, path) | everyone
        if here is there:
            return everyone | ({SYSTEM, ADMINISTRATORS} if session.is_system else {session.account, ADMINISTRATORS, USERS})
        if session.is_system:
            if not (here.facts["part_of_domain"] and there.facts["part_of_domain"]):
                raise AccessDenied(path, session.account, "SYSTEM is anonymous on another host of a workgroup")
            return everyone | {f"{DOMAIN}\\{here.name}$"}
        if session.logon == "network":
            raise AccessDenied(path, session.account, "a network logon has no credential for a second hop")
        return everyone | {session.account, USERS}

    def _by_password(self, user: str, password: str, path: str) -> set[str]:
        name = next((n for n in self.accounts if n.lower() in (user.lower(), f"{DOMAIN}\\{user}".lower())), None)
        account = self.accounts.get(name or "")
        if account is None or _digest(account["salt"], password) != account["digest"]:
            raise WindowsError("LogonFailure", f"'{path}': The user name or password is incorrect.", "PermissionDenied", 0x8007052E)
        return {name or "", USERS} | ({ADMINISTRATORS} if account["administrator"] else set())

    def through_share(self, here: Host, where: WindowsPath, path: str, session: Session, write: bool) -> pathlib.Path:
        """The real file behind a UNC path; share list and folder list must both allow it."""
        there = here if where.root.lower() in ("localhost", "127.0.0.1") else self.host(where.root)
        if there is None or not there.running:
            raise WindowsError("NetworkPathNotFound", f"The network path was not found: '{path}'.", "ObjectNotFound", 0x80070035)
        names = self.identity(session, here, there, path)
        share = self._share(there, where, path)
        rules = [rule(a["who"], SHARE_RIGHTS[a["right"]], a.get("deny", False)) for a in share["access"]]
        if not allowed(rules, names, write):
            raise AccessDenied(path, session.account, f"the share's list does not name it ({', '.join(sorted(names))})")
        local = "\\".join([share["path"].rstrip("\\"), *where.parts])
        if not there.access.allows(names, local, write):
            raise AccessDenied(path, session.account, f"the folder's list does not name it ({', '.join(sorted(names))})")
        return below(there.path(share["path"]), where.parts)

    @staticmethod
    def _share(there: Host, where: WindowsPath, path: str) -> dict[str, Any]:
        found = next((s for n, s in there.shares.items() if n.lower() == where.share.lower()), None)
        if found is None and len(where.share) == 2 and where.share[1] == "$":
            found = {"path": where.share[0].upper() + ":\\", "access": [{"who": ADMINISTRATORS, "right": "Full"}]}
        if found is None:
            raise WindowsError("BadNetworkName", f"The network name cannot be found: '{path}'.", "ObjectNotFound", 0x80070043)
        return found

    def free_behind(self, here: Host, path: str) -> int:
        """Free bytes of the volume behind a local path or a share."""
        from .paths import parse

        where = parse(path)
        if where.kind != "share":
            return here.volume_of(path).free()
        there = self.host(where.root) or here
        return there.volume_of("\\".join([self._share(there, where, path)["path"].rstrip("\\"), *where.parts])).free()

    # -- the shelf ---------------------------------------------------------------------------------------------------------------
    def shelf_folder(self, serial: str) -> pathlib.Path:
        """Where a pulled drive's files lie."""
        return self.folder / "shelf" / serial

    def put_on_shelf(self, disk: Disk) -> None:
        """A drive is nobody's now."""
        self.shelf.append(disk)
        self.save()

    def take_from_shelf(self, disk: Disk) -> None:
        """It goes into a host."""
        self.shelf = [d for d in self.shelf if d is not disk]
        self.save()

    def on_shelf(self, serial: str) -> Disk:
        """The pulled drive of this serial."""
        found = [d for d in self.shelf if d.serial == serial]
        if len(found) != 1:
            raise LookupError(f"{len(found)} drives of serial {serial} lie on the shelf, expected 1")
        return found[0]

    # -- journal and state -------------------------------------------------------------------------------------------------------
    def journal(self, where: str, what: str, **detail: Any) -> None:
        """Append a change: `{at, where, what, …}`."""
        append(self.folder / "journal.jsonl", {"at": stamp(self.clock.now()), "where": where, "what": what, **detail})

    def save(self) -> None:
        """Write every model.json and network.json."""
        with self.lock:
            for host in self.hosts.values():
                host.save()
            state = {"hosts": sorted(self.hosts), "accounts": self.accounts, "shelf": [d.state() for d in self.shelf]}
            fresh = self.folder / "network.json.new"
            fresh.write_text(json.dumps(state, indent=1, ensure_ascii=False), encoding="utf-8")
            os.replace(fresh, self.folder / "network.json")

    @classmethod
    def load(cls, folder: pathlib.Path, clock: Clock) -> Network:
        """The network of a folder that `save` wrote, or a copy of it."""
        network = cls(folder, clock)
        state = json.loads((network.folder / "network.json").read_text(encoding="utf-8"))
        network.accounts = state["accounts"]
        network.shelf = [Disk.load(network.shelf_folder(d["serial"]), d) for d in state["shelf"]]
        for name in state["hosts"]:
            home = network.folder / "hosts" / name
            network.hosts[name] = Host.load(home, json.loads((home / "model.json").read_text(encoding="utf-8")), clock, network)
        return network

    def copy_to(self, folder: pathlib.Path) -> None:
        """A copy of all that belongs to the hosts, links kept; the network must be quiet."""
        with self.lock:
            self.save()
            for name in ("hosts", "shelf", "vault"):
                if (self.folder / name).is_dir():
                    shutil.copytree(self.folder / name, folder / name, symlinks=True, dirs_exist_ok=True)
            for name in ("network.json", "journal.jsonl"):
                if (self.folder / name).exists():
                    shutil.copy2(self.folder / name, folder / name)

    def quiet(self) -> bool:
        """Does nothing run: no task, no backup?"""
        return not any(h.tasks.runs or (h.mars and h.mars.busy) for h in self.hosts.values())

    def tick(self) -> None:
        """Time has passed on every host."""
        for host in self.hosts.values():
            host.tick()

    def hashes(self) -> dict[str, Any]:
        """Every host's hashes (`Host.hashes`), and the shelf's drives by serial."""
        return {name: host.hashes() for name, host in sorted(self.hosts.items())} | {
            "shelf": {d.serial: [v.digest() for v in d.volumes] for d in self.shelf}
        }


def _digest(salt: str, password: str) -> str:
    return hashlib.sha256(f"{salt}:{password}".encode()).hexdigest()
