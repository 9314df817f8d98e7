# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer of Azure that is no success means, in one sentence: `Failed to VERB OBJECT: CODE: TEXT`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..failure import Failure
from . import error_codes, roles
from .answer import Answer
from .network import Trouble

DENIED = frozenset({"AuthorizationFailed", "LinkedAuthorizationFailed", "Forbidden", "AuthorizationPermissionMismatch"})

ACTION = re.compile(r"perform action '([^']+)'")
SCOPE = re.compile(r"over scope '([^']+)'")
# What stands in the way, in the text of a 409 or 412: a lock, or the operation that has to end first.
IN_THE_WAY = (re.compile(r"locked: '([^']+)'"), re.compile(r"\buri: ?(https://\S+[^\s.,])"), re.compile(r"operation (?:id )?'([^']+)'"))


def refused(what: str, answer: Answer, attempts: int = 1, action: str | None = None, waited: float = 0) -> Failure:
    """The failure for an `answer` that refuses to do `what` ("create import job web01").

    `action` is the RBAC action that the request needs, for a 403 whose text does not name it; `waited` are the seconds between `attempts`.
    """
    row = error_codes.BY_CODE.get(answer.code)
    fields = {
        "what": what,
        "code": answer.code,
        "status": answer.status,
        "seen": answer.message,
        "field": row and row.option,
        "cure": row and row.cure,
        **ids(answer.headers),
    }
    if answer.status == 403 and answer.code in DENIED:
        fields.update(missing_permission(answer.message, action))
    if answer.status in (409, 412):
        fields.update(clash(answer, row))
    if attempts > 1:
        fields.update(attempts=attempts, waited=round(waited))
    return Failure(_sentence(what, answer, fields), **{key: value for key, value in fields.items() if value is not None})


def _sentence(what: str, answer: Answer, fields: Mapping) -> str:
    parts = [f"Failed to {what}: {answer.code}: {answer.message}"]
    if fields.get("in_the_way") and fields["in_the_way"] not in answer.message:
        parts.append(f"In the way: {fields['in_the_way']}.")
    if fields.get("clock"):
        parts.append(f"It lasts: {fields['clock']}.")
    if fields["cure"]:
        parts.append(f"Cure: {fields['cure']}.")
    if "attempts" in fields:
        parts.append(f"Tried {fields['attempts']} times, waited {fields['waited']} seconds.")
    return " ".join(part for part in (*parts, trace(answer.headers)) if part)


def clash(answer: Answer, row: error_codes.ErrorCode | None) -> dict[str, str]:
    """For a 409 or 412: what stands in the way, and how long it does."""
    found = next((match.group(1) for pattern in IN_THE_WAY if (match := pattern.search(answer.message))), None)
    asked = answer.headers.get("Retry-After")
    clock = f"Azure asks to come back after {asked} seconds" if asked else row and row.clock
    return {key: value for key, value in (("in_the_way", found), ("clock", clock)) if value}


def missing_permission(text: str, action: str | None) -> dict[str, str]:
    """The action that was refused, its scope, the narrowest role that has it, and the cure in words."""
    found, scope = ACTION.search(text), SCOPE.search(text)
    action = found.group(1) if found else action
    if action is None:
        return {}
    role, where = roles.narrowest(action)
    fields = {
        "action": action,
        "role": role,
        "cure": f"the identity misses the action {action}; the narrowest built-in role with it is {role} on {where}",
    }
    if scope:
        fields["scope"] = scope.group(1)
    return fields


def unreached(what: str, url: str, trouble: Trouble, attempts: int = 1, waited: float = 0) -> Failure:
    """The failure when there was no answer at all: says which of name, connection, proxy, TLS or answer it was."""
    tried = f" Tried {attempts} times, waited {round(waited)} seconds." if attempts > 1 else ""
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


def unread(what: str, url: str, error: Exception) -> Failure:
    """The failure when an SDK stumbled over an answer; `error` is whatever it raised, and its first line is told."""
    line = next(iter(str(error).splitlines()), "")[:200]
    seen = f"{type(error).__name__}: {line}" if line else type(error).__name__
    cure = "run again; if it stays so, look whether a proxy answers in place of Azure, and report it with the output of -vvv"
    return Failure(
        f"Failed to {what}: the answer of {host_of(url)} could not be read ({seen}). Cure: {cure}.", what=what, seen=seen, cure=cure
    )


def misshapen(what: str, answer: Answer, seen: str, must: str) -> Failure:
    """The failure when the answer is JSON of another form than the service's: `seen` is what stands where `must` should."""
    cure = "run again; if it stays so, look whether a proxy answers in place of Azure, and give its support the request id"
    return Failure(
        f"Failed to {what}: the answer of {host_of(answer.url)} has {seen} where {must} belongs; nothing was concluded from it. "
        f"Cure: {cure}. {trace(answer.headers)}".rstrip(),
        what=what,
        status=answer.status,
        seen=seen,
        must=must,
        cure=cure,
        **{name: value for name, value in ids(answer.headers).items() if value},
    )


def too_long_to_wait(what: str, answer: Answer, seconds: float, waited: float = 0) -> Failure:
    """The failure when the service asks to stay away for longer than a task should hang."""
    cure = f"run again in {round(seconds)} seconds"
    so_far = f" after {round(waited)} seconds of waiting" if waited else ""
    return Failure(
        f"Failed to {what}: {answer.code}: {answer.message} Azure asks to wait {round(seconds)} seconds{so_far}. "
        f"Cure: {cure}. {trace(answer.headers)}".rstrip(),
        what=what,
        code=answer.code,
        status=answer.status,
        retry_after=round(seconds),
        waited=round(waited),
        cure=cure,
    )


def ids(headers: Mapping[str, str]) -> dict[str, str | None]:
    """What Azure support asks for."""
    return {"request_id": headers.get("x-ms-request-id"), "correlation_id": headers.get("x-ms-correlation-request-id")}


def trace(headers: Mapping[str, str]) -> str:
    """Request and correlation id as the end of a sentence."""
    known = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in ids(headers).items() if value)
    return f"({known})" if known else ""


def host_of(url: str) -> str:
    """The host and port of a URL."""
    return url.split("://", 1)[-1].split("/", 1)[0]
