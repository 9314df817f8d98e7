# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Have the `.VaultCredentials` file that an agent registers with: key made here, certificate given to the vault, both in one file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from .. import task, times
from ..arm import api
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..arm.write import Write
from ..failure import Failure, refuse
from . import limits, resource_locks
from . import recovery_vault_state as state
from . import vault_credentials_certificate as certificates
from . import vault_credentials_file as files
from .outcome import bodies, nothing_to_do, outcome
from .recovery_vault_reading import properties, vault_from

LONGEST = 240  # hours; the portal's files
ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    "resource_group": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "path": {"type": "path", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "validity": {"type": "int", "default": 48},
    "min_validity": {"type": "int", "default": 12},
    "now": {"type": "str"},
}
READ = "Microsoft.RecoveryServices/vaults/read"
WRITE = "Microsoft.RecoveryServices/vaults/certificates/write"
UNMADE = "(the certificate, made when it is sent)"


def run(params, check_mode, azure=None):
    """`{path, thumbprint, issued_at, expires_at, requests, diff, warnings}`; None for what is not there, or in check mode not made yet.

    The private key goes from here into the file and nowhere else.
    """
    path = Path(os.path.expanduser(params["path"]))
    files.check_place(path)
    if params["state"] == "absent":
        return _absent(path, check_mode)
    _check(params)
    now = times.parse(params["now"], "now") if params["now"] else times.clock()
    azure = azure or connect(params)
    vault = _vault(azure, params, check_mode)
    held = files.look(path)
    why = _why_not(held, params, azure.subscription_id, now)
    if why is None:
        return _kept(path, held, check_mode)
    return _new(azure, path, vault, params, held, why, now, check_mode)


def _check(params: Mapping[str, Any]) -> None:
    limits.check("resource_group", params["resource_group"])
    limits.check("recovery vault", params["name"], "name")
    if not 1 <= params["validity"] <= LONGEST:
        raise refuse("validity", params["validity"], f"1 to {LONGEST} hours", "Correct it, or leave it out for 48.")
    if not 0 <= params["min_validity"] < params["validity"]:
        raise refuse(
            "min_validity",
            params["min_validity"],
            f"0 or more and less than validity, {params['validity']} hours",
            "Otherwise each run would make a new file: correct it, or raise validity.",
        )


def _vault(azure, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """The vault; in check mode one that is not there yet too, since an earlier task may be about to make it."""
    name = params["name"]
    path = api.vault(azure.subscription_id, params["resource_group"], name)
    found = azure.arm.get(f"read vault {name}", path, api.RECOVERY_SERVICES, action=READ)
    if found is None and check_mode:
        task.warn(f"Vault {name} of resource group {params['resource_group']} is not there. A real run fails unless it is made before.")
        return {"name": name}
    if found is None:
        raise refuse(
            "name", name, f"a vault of resource group {params['resource_group']}", "Correct it, or make the vault (module recovery_vault)."
        )
    return {**vault_from(found), "name": found.get("name") or name}


def _why_not(held: files.Held | None, params: Mapping[str, Any], subscription_id: str, now: datetime) -> str | None:
    """Why what lies at the path will not do; None when it will."""
    if held is None:
        return "there was none"
    if held.vault is None or held.pair is None:
        return "what lay there is no complete vault credentials file"
    if held.vault != tuple(one.casefold() for one in (subscription_id, params["resource_group"], params["name"])):
        return f"the one there was of vault {held.vault[2]} in {held.vault[1]}"
    if held.pair.expires_at - now <= timedelta(hours=params["min_validity"]):
        return f"the one there {'expired' if held.pair.expires_at <= now else 'expires'} {times.iso(held.pair.expires_at)}"
    if held.pair.issued_at - certificates.SET_BACK > now:
        return f"the one there is not valid before {times.iso(held.pair.issued_at)}"
    return None


def _kept(path: Path, held: files.Held, check_mode: bool) -> dict[str, Any]:
    """The file stays; rights that others have on it go."""
    told = {**_told(path, held.pair), "reason": None}
    if held.mode & 0o077 == 0:
        return nothing_to_do(_shown(path, held), **told)
    if not check_mode:
        files.make_private(path)
    return {
        **outcome((), _shown(path, held), {**_shown(path, held), "mode": "0600"}, **told),
        "changed": True,
        "warnings": [
            f"{path} holds a private key and could be read by others (mode {held.mode:04o}) until now. If anybody may have done so, "
            "remove it and run again: what was read is of use until the file expires."
        ],
    }


def _new(
    azure, path: Path, vault: dict[str, Any], params: Mapping[str, Any], held: files.Held | None, why: str, now: datetime, check_mode: bool
) -> dict[str, Any]:
    what = f"vault {vault['name']}"
    where = api.vault(azure.subscription_id, params["resource_group"], vault["name"])
    state.refuse_read_only(resource_locks.on(azure, where), what)
    name = f"{vault['name']}{azure.subscription_id}-{now.month}-{now.day}-{now.year}-vaultcredentials"
    before = _shown(path, held)
    if check_mode:
        request = _request(where, name, UNMADE)
        expires = times.iso(now + timedelta(hours=params["validity"]))
        told = {"path": str(path), "thumbprint": None, "issued_at": times.iso(now), "expires_at": expires, "reason": why}
        return outcome([request], before, {**told, "mode": "0600", **bodies([request])}, **told)
    with files.draft(path) as stream:
        pair = certificates.make(name, now, params["validity"])
        task.keep_secret(pair.secret)
        request = _request(where, name, pair.public)
        answer = properties(azure.arm.write(f"give a certificate to {what}", request, action=WRITE) or {})
        _check_answer(answer, pair, what)
        stream.write(files.xml(azure.subscription_id, vault, params["resource_group"], answer, pair.secret))
    told = {**_told(path, pair), "reason": why}
    return outcome([request], before, {**told, "mode": "0600", **bodies([request])}, **told)


def _request(vault: str, name: str, certificate: str) -> Write:
    body = {"properties": {"authType": "AAD", "certificate": certificate}}
    return Write("PUT", f"{vault}/certificates/{name}", api.RECOVERY_SERVICES, body)


def _check_answer(answer: Mapping[str, Any], pair: certificates.Pair, what: str) -> None:
    """Refuse an answer of which no file can be made, before one is."""
    missing = [field for field in files.FROM_ANSWER.values() if answer.get(field) in (None, "")]
    if missing:
        raise Failure(
            f"Azure took the certificate for {what} and did not say {', '.join(missing)}, which the agent needs. "
            "Download the file in the portal (vault, Properties, Backup credentials).",
            field="name",
            seen=sorted(answer),
            cure="download the file in the portal (vault, Properties, Backup credentials)",
        )
    seen = str(answer.get("thumbprint") or pair.thumbprint).upper()
    if seen != pair.thumbprint:
        raise Failure(
            f"Azure answered for certificate {seen}, and {pair.thumbprint} was sent for {what}. Look whether a proxy changes requests.",
            field="name",
            seen=seen,
            cure="look whether a proxy changes requests",
        )


def _absent(path: Path, check_mode: bool) -> dict[str, Any]:
    """Remove the file. The certificate stays with the vault until it expires: Azure has no call to take it back."""
    held = files.look(path)
    told = {"path": str(path), "thumbprint": None, "issued_at": None, "expires_at": None, "reason": None}
    if held is None:
        return nothing_to_do({}, **told)
    if not check_mode:
        files.remove(path)
    return {**outcome((), _shown(path, held), {}, **told), "changed": True}


def _told(path: Path, pair: certificates.Pair) -> dict[str, Any]:
    return {
        "path": str(path),
        "thumbprint": pair.thumbprint,
        "issued_at": times.iso(pair.issued_at),
        "expires_at": times.iso(pair.expires_at),
    }


def _shown(path: Path, held: files.Held | None) -> dict[str, Any]:
    """The file in a diff: everything but what is secret."""
    if held is None:
        return {}
    told = _told(path, held.pair) if held.pair else {"path": str(path)}
    return {**told, "vault": held.vault[2] if held.vault else None, "mode": f"{held.mode:04o}"}
