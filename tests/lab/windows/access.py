# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access control lists of folders and shares, and who an account is on another host.

Rules are `{"who", "rights", "deny"}`; rights are the words of FileSystemRights that matter here.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from .answer import WindowsError
from .paths import key

SYSTEM = "NT AUTHORITY\\SYSTEM"
ADMINISTRATORS = "BUILTIN\\Administrators"
USERS = "BUILTIN\\Users"
EVERYONE = "Everyone"
AUTHENTICATED = "NT AUTHORITY\\Authenticated Users"

# word, access mask, may read, may write
RIGHTS = {
    "FullControl": (0x1F01FF, True, True),
    "Modify": (0x1301BF, True, True),
    "ReadAndExecute": (0x1200A9, True, False),
    "Read": (0x120089, True, False),
    "Write": (0x100116, False, True),
}
SDDL_RIGHTS = {"FA": "FullControl", "FR": "Read", "FX": "ReadAndExecute", "FW": "Write", "GA": "FullControl", "GR": "Read"}
SHORT_SID = {"SY": SYSTEM, "BA": ADMINISTRATORS, "BU": USERS, "WD": EVERYONE, "AU": AUTHENTICATED}
LONG_SID = {"S-1-5-18": SYSTEM, "S-1-5-32-544": ADMINISTRATORS, "S-1-5-32-545": USERS, "S-1-1-0": EVERYONE, "S-1-5-11": AUTHENTICATED}
DOMAIN_SID = "S-1-5-21-1004336348-1177238915-682003330"
ACE = re.compile(r"\((A|D);([A-Z]*);([^;]*);;;([^)]+)\)")
DACL = re.compile(r"D:([A-Z]*)((?:\([^)]*\))*)")


def sid_of(who: str) -> str:
    """The SID of an account; accounts of the domain get a stable one made from their name."""
    for sid, name in LONG_SID.items():
        if name.lower() == who.lower():
            return sid
    return f"{DOMAIN_SID}-{1000 + int(hashlib.sha256(who.lower().encode()).hexdigest()[:6], 16)}"


def rule(who: str, rights: str, deny: bool = False) -> dict[str, Any]:
    """One entry of a list."""
    if rights not in RIGHTS:
        raise ValueError(f"rights {rights!r}; the lab knows {', '.join(RIGHTS)}")
    return {"who": who, "rights": rights, "deny": deny}


@dataclass
class Acl:
    """The entries that a folder itself carries; `protected` folders inherit nothing."""

    protected: bool = False
    rules: list[dict[str, Any]] = field(default_factory=list)
    owner: str = ADMINISTRATORS


DEFAULT_ROOT = Acl(True, [rule(SYSTEM, "FullControl"), rule(ADMINISTRATORS, "FullControl"), rule(USERS, "ReadAndExecute")])


class Access:
    """All lists of one host, by path; a folder without one inherits its parent's."""

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        self.lists = {path: Acl(**acl) for path, acl in (state or {}).items()}

    def state(self) -> dict[str, Any]:
        """JSON-ready."""
        return {path: vars(acl) for path, acl in sorted(self.lists.items())}

    def set(self, path: str, acl: Acl) -> None:
        """Give a folder its own list."""
        self.lists[key(path)] = acl

    def forget(self, path: str) -> None:
        """The folder is gone, and the lists below it."""
        gone = key(path)
        self.lists = {p: a for p, a in self.lists.items() if p != gone and not p.startswith(gone + "\\")}

    def rules(self, path: str) -> list[dict[str, Any]]:
        """The effective entries, each with `inherited`."""
        found: list[dict[str, Any]] = []
        here, inherited = key(path), False
        while True:
            acl = self.lists.get(here)
            if acl:
                found += [r | {"inherited": inherited} for r in acl.rules]
                if acl.protected:
                    return found
            if "\\" not in here:
                return found + [r | {"inherited": True} for r in DEFAULT_ROOT.rules]
            here, inherited = here.rsplit("\\", 1)[0], True

    def protected(self, path: str) -> bool:
        """Does the folder refuse what it would inherit?"""
        acl = self.lists.get(key(path))
        return bool(acl and acl.protected)

    def owner(self, path: str) -> str:
        """The owner of a folder."""
        acl = self.lists.get(key(path))
        return acl.owner if acl else ADMINISTRATORS

    def allows(self, names: set[str], path: str, write: bool) -> bool:
        """May someone of these names (account and groups) read, or write, here?"""
        return allowed(self.rules(path), names, write)


def allowed(rules: list[dict[str, Any]], names: set[str], write: bool) -> bool:
    """Deny entries win, then any allow entry that holds the right."""
    mine = [r for r in rules if r["who"].lower() in {n.lower() for n in names}]
    fits = [r for r in mine if RIGHTS[r["rights"]][2 if write else 1]]
    return bool(fits) and not any(r["deny"] for r in fits)


def to_sddl(access: Access, path: str) -> str:
    """Owner and DACL of a folder as text."""
    flags = "PAI" if access.protected(path) else "AI"
    aces = "".join(
        f"({'D' if r['deny'] else 'A'};OICI{'ID' if r['inherited'] else ''};0x{RIGHTS[r['rights']][0]:x};;;{short_sid(r['who'])})"
        for r in access.rules(path)
    )
    return f"O:{short_sid(access.owner(path))}G:SYD:{flags}{aces}"


def short_sid(who: str) -> str:
    """The two letters of a well-known account, else the SID."""
    return next((short for short, name in SHORT_SID.items() if name.lower() == who.lower()), sid_of(who))


def from_sddl(text: str, known: list[str]) -> Acl:
    """The list that an SDDL text describes; `known` are the accounts of the network, to turn a SID back into a name."""
    match = DACL.search(text)
    if not match:
        raise WindowsError("SetSecurityDescriptor", f"The SDDL form '{text}' has no DACL.", "InvalidArgument", 0x80070539)
    rules = []
    for kind, flags, rights, sid in ACE.findall(match.group(2)):
        if "ID" not in re.findall("..", flags):
            rules.append(rule(_name(sid, known), _rights(rights), kind == "D"))
    owner = re.search(r"O:(S-[0-9-]+|[A-Z]{2})", text)
    return Acl("P" in match.group(1).replace("AI", ""), rules, _name(owner.group(1), known) if owner else ADMINISTRATORS)


def _rights(text: str) -> str:
    if text in SDDL_RIGHTS:
        return SDDL_RIGHTS[text]
    mask = int(text, 16) if text.lower().startswith("0x") else -1
    for word, (known, _unused, _unused) in RIGHTS.items():
        if known == mask:
            return word
    raise WindowsError("SetSecurityDescriptor", f"access mask '{text}' is not one that the lab knows", "InvalidArgument", 0x80070539)


def _name(sid: str, known: list[str]) -> str:
    if sid in SHORT_SID:
        return SHORT_SID[sid]
    if sid in LONG_SID:
        return LONG_SID[sid]
    for who in known:
        if sid_of(who) == sid:
            return who
    raise WindowsError("SetSecurityDescriptor", f"SID '{sid}' belongs to no account of the lab", "InvalidArgument", 0x80070534)
