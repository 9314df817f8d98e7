# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer of Azure that is no success means, in one sentence: `Failed to VERB OBJECT: CODE: TEXT`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..failure import Failure
from .answer import Answer
from .network import Trouble

# Action -> (narrowest built-in role that allows it, where). First match wins.
# Source: learn.microsoft.com "Azure built-in roles"; "Use role-based access control to manage Azure Backup recovery points".
ROLES = (
    (r"^.*/register/action$", "Contributor", "the subscription"),
    (r"^Microsoft\.ImportExport/", "Contributor", "the resource group"),
    (r"^Microsoft\.DataBox/.*/read$", "Data Box Reader", "the resource group"),
    (r"^Microsoft\.DataBox/", "Data Box Contributor", "the resource group"),
    (r"^Microsoft\.Storage/storageAccounts/listKeys/", "Storage Account Key Operator Service Role", "the storage account"),
    (r"^Microsoft\.Storage/.*/blobs/read$", "Storage Blob Data Reader", "the container"),
    (r"^Microsoft\.Storage/.*/blobs/", "Storage Blob Data Contributor", "the container"),
    (r"^Microsoft\.Storage/", "Storage Account Contributor", "the resource group"),
    (r"^Microsoft\.RecoveryServices/.*/read$", "Backup Reader", "the vault"),
    (r"^Microsoft\.RecoveryServices/", "Backup Contributor", "the vault"),
    (r".*/read$", "Reader", "the resource group"),
)

# Code -> cure; what ARM says at length, a user can act on in short.
CURES = {
    "MissingSubscriptionRegistration": "register the resource provider first (module resource_provider)",
    "ResourceGroupNotFound": "create the resource group, or correct its name or subscription_id",
    "SubscriptionNotFound": "correct subscription_id, or give the identity a role in that subscription",
    "InvalidSubscriptionId": "correct subscription_id",
    "InvalidResourceNamespace": "correct the name of the resource provider",
    "ScopeLocked": "remove the lock on the resource or its group, or let its owner do so",
    "InvalidAuthenticationTokenTenant": "use the tenant that the subscription belongs to (option tenant)",
    "StorageAccountAlreadyTaken": "choose another name: storage account names are unique in all of Azure",
    "KeyBasedAuthenticationNotPermitted": "allow shared key access on the account, or give the identity a Storage Blob Data role",
    "AuthorizationPermissionMismatch": "give the identity the role Storage Blob Data Reader (Contributor to remove) on the container",
    "AuthorizationFailure": "let the firewall of the storage account admit the controller",
    "LeaseIdMissing": "wait until the lease of the blob ends, or break it",
    "SnapshotsPresent": "remove the snapshots of the blob",
}

ACTION = re.compile(r"perform action '([^']+)'")
SCOPE = re.compile(r"over scope '([^']+)'")


def refused(what: str, answer: Answer, attempts: int = 1, action: str | None = None) -> Failure:
    """The failure for an `answer` that refuses to do `what` ("create import job web01").

    `action` is the RBAC action that the request needs, for a 403 whose text does not name it.
    """
    code, text = answer.code, answer.message
    fields = {
        "what": what,
        "code": code,
        "status": answer.status,
        "seen": text,
        "request_id": answer.headers.get("x-ms-request-id"),
        "correlation_id": answer.headers.get("x-ms-correlation-request-id"),
        "cure": CURES.get(code),
    }
    if answer.status == 403 and code in (
        "AuthorizationFailed",
        "LinkedAuthorizationFailed",
        "Forbidden",
        "AuthorizationPermissionMismatch",
    ):
        fields.update(missing_permission(text, action))
    parts = [f"Failed to {what}: {code}: {text}"]
    if fields["cure"]:
        parts.append(f"Cure: {fields['cure']}.")
    if attempts > 1:
        parts.append(f"Tried {attempts} times.")
    parts.append(trace(answer.headers))
    return Failure(" ".join(part for part in parts if part), **{key: value for key, value in fields.items() if value is not None})


def missing_permission(text: str, action: str | None) -> dict[str, str]:
    """The action that was refused, its scope, the narrowest role that has it, and the cure in words."""
    found, scope = ACTION.search(text), SCOPE.search(text)
    action = found.group(1) if found else action
    if action is None:
        return {}
    role, where = next(
        ((role, where) for pattern, role, where in ROLES if re.match(pattern, action, re.IGNORECASE)), ("Contributor", "the scope")
    )
    fields = {
        "action": action,
        "role": role,
        "cure": f"the identity misses the action {action}; the narrowest built-in role with it is {role} on {where}",
    }
    if scope:
        fields["scope"] = scope.group(1)
    return fields


def unreached(what: str, url: str, trouble: Trouble, attempts: int = 1) -> Failure:
    """The failure when there was no answer at all: says which of name, connection, TLS or answer it was."""
    tried = f" Tried {attempts} times." if attempts > 1 else ""
    return Failure(
        f"Failed to {what}: {host_of(url)}: {trouble.text}. Cure: {trouble.cure}.{tried}",
        what=what,
        layer=trouble.layer,
        seen=trouble.text,
        cure=trouble.cure,
    )


def not_json(what: str, answer: Answer) -> Failure:
    """The failure when something that is not Azure answered 200 (a proxy's or a portal's page)."""
    kind = answer.headers.get("Content-Type", "no content type")
    cure = "look whether a proxy or a sign-in page answers in place of Azure"
    return Failure(
        f"Failed to {what}: the answer of {host_of(answer.url)} is not JSON but {kind}: {answer.excerpt!r}. Cure: {cure}.",
        what=what,
        status=answer.status,
        seen=answer.excerpt,
        cure=cure,
    )


def too_long_to_wait(what: str, answer: Answer, seconds: float) -> Failure:
    """The failure when the service asks to stay away for longer than a task should hang."""
    cure = f"run again in {round(seconds)} seconds"
    return Failure(
        f"Failed to {what}: {answer.code}: {answer.message} Azure asks to wait {round(seconds)} seconds. "
        f"Cure: {cure}. {trace(answer.headers)}".rstrip(),
        what=what,
        code=answer.code,
        status=answer.status,
        retry_after=round(seconds),
        cure=cure,
    )


def trace(headers: Mapping[str, str]) -> str:
    """Request and correlation id, which Azure support asks for."""
    ids = (("request id", headers.get("x-ms-request-id")), ("correlation id", headers.get("x-ms-correlation-request-id")))
    known = ", ".join(f"{name} {value}" for name, value in ids if value)
    return f"({known})" if known else ""


def host_of(url: str) -> str:
    """The host and port of a URL."""
    return url.split("://", 1)[-1].split("/", 1)[0]
