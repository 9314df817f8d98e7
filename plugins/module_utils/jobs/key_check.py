# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a job holds the recovery passwords that escrow holds. They are compared in memory; what comes out is one word a drive."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from .. import task
from ..failure import Failure
from .data_box_parts import text
from .model import Job

# What is told of a drive -> what it means; the documentation has the same words.
VERDICTS = {
    "matches": "job and escrow hold the same recovery password",
    "differs": "they hold different ones: the datacenter could not open the drive",
    "missing": "the service names none for the drive",
    "not_in_escrow": "the service names one, escrow has no file of the drive",
}


def held(what: str, entries: Any, field: str) -> dict[str, str]:
    """Recovery passwords by serial out of a service's list; each is remembered as a secret of the task first."""
    if not isinstance(entries, list):
        cure = "run again; if it stays so, report it with the output of -vvvv"
        raise Failure(f"Failed to {what}: the answer has no list of drives. Cure: {cure}.", what=what, seen=None, cure=cure)
    found = {}
    for one in entries:
        entry = one if isinstance(one, Mapping) else {}
        key, name = text(entry.get("bitLockerKey")), "".join(text(entry.get(field)).split())
        task.keep_secret(key)
        if name and key:
            found[name] = key
    return found


def judged(job: Job, keys: Mapping[str, str], escrow_dir: str, password_file: str | None) -> dict[str, str]:
    """Serial -> a word of VERDICTS, for each drive of the job; drives that only the service's list names are among them."""
    by_name = {serial.casefold(): key for serial, key in keys.items()}
    serials = {**{serial.casefold(): serial for serial in keys}, **{one.serial.casefold(): one.serial for one in job.drives}}
    return {serial: _verdict(serial, by_name.get(name), escrow_dir, password_file) for name, serial in serials.items()}


def _verdict(serial: str, key: str | None, escrow_dir: str, password_file: str | None) -> str:
    from ..drives import escrow

    if key is None:
        return "missing"
    if not escrow.exists(escrow_dir, serial):
        return "not_in_escrow"
    sealed = escrow.read(escrow_dir, serial, password_file)
    task.keep_secret(sealed)
    return "matches" if hmac.compare_digest(_bytes(sealed), _bytes(key)) else "differs"


def _bytes(key: str) -> bytes:
    """A recovery password without blanks around or between its groups."""
    return "".join(key.split()).encode()
