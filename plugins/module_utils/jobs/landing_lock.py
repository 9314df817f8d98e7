# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock that a Data Box job leaves on its storage account: removed once no job can need it, told about in any case."""

from __future__ import annotations

from typing import Any

from .. import task
from ..failure import Failure
from . import resource_locks, storage_locks
from .backends import SERVICES
from .differences import folded
from .model import Job
from .service import REFUSALS

NO_RIGHT = "let an Owner or User Access Administrator remove it, or give the identity that role on the storage account"
MAY_READ_JOBS = "let the identity read the import jobs of the subscription (Reader), or let an Owner remove the lock"
OF_OTHERS = "a lock of others is theirs to remove; it keeps the account from being deleted, not the seed's blobs"


def removed(azure, account_id: str, check_mode: bool) -> dict[str, Any]:
    """Remove the lock if every job of the account is over.

    `{found, removed, name, reason, cure, foreign, requests}`: `reason` says why a lock that was found stays, `foreign` names the locks of
    others, which are never touched. A lock that the identity may not remove is no failure: blobs can be removed under it.
    """
    locks = storage_locks.read(azure, account_id)
    told: dict[str, Any] = {
        "found": None,
        "removed": False,
        "name": storage_locks.SERVICE_NAME,
        "reason": None,
        "cure": None,
        "requests": [],
    }
    if locks is None:
        return _kept(told, "the identity may not read locks", f"give it the action {resource_locks.READ}, which Reader has", [])
    others = [{**{key: one[key] for key in ("name", "level", "notes", "scope")}, "cure": OF_OTHERS} for one in storage_locks.foreign(locks)]
    ours = [one for one in locks if one["service"]]
    told["found"] = bool(ours)
    if not ours:
        return {**told, "foreign": others}
    try:
        going = _open_jobs(azure, account_id)
    except Failure as failure:
        if failure.fields.get("status") != 403:
            raise
        return _kept(told, f"it is not known whether a job still uses the account: {failure.msg}", MAY_READ_JOBS, others)
    if going:
        names = ", ".join(f"{job.name} ({job.backend}, {job.stage.name})" for job in going)
        return _kept(told, f"a job still uses the account: {names}", "run again when the job is over", others)
    return _remove(azure, ours, told, others, check_mode)


def _remove(azure, ours: list[dict[str, Any]], told: dict[str, Any], others: list, check_mode: bool) -> dict[str, Any]:
    for lock in ours:
        request = storage_locks.remove(lock)
        try:
            if not check_mode:
                azure.arm.write(f"remove lock {lock['name']}", request, action=storage_locks.DELETE)
        except Failure as failure:
            if failure.fields.get("status") != 403:
                raise
            return _kept(told, f"the identity may not remove it: {failure.msg}", NO_RIGHT, others)
        told = {**told, "removed": True, "requests": [*told["requests"], request]}
    return {**told, "foreign": others}


def _kept(told: dict[str, Any], reason: str, cure: str, others: list) -> dict[str, Any]:
    task.warn(f"Lock {storage_locks.SERVICE_NAME} on the storage account stays: {reason}. Cure: {cure}.")
    return {**told, "reason": reason, "cure": cure, "foreign": others}


def _open_jobs(azure, account_id: str) -> list[Job]:
    """Jobs of the account's subscription, on either service, that are not over and copy into the account.

    A job of which the service names no account counts: it may be this one's.
    """
    found: list[Job] = []
    for service in SERVICES.values():
        try:
            jobs = service(azure).all()
        except Failure as failure:
            if failure.fields.get("code") not in REFUSALS:
                raise
            continue  # the service is not there for this subscription, so it has no jobs
        found += [job for job in jobs if not job.stage.terminal and folded(job.storage_account_id) in ("", folded(account_id))]
    return found
