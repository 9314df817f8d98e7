# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove the landed blobs of a seed, and nothing else that lies in the container; then the lock that a Data Box job left behind."""

from __future__ import annotations

from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from . import landing, landing_lock
from .landing_compare import NAMED, Comparison, Names, Staged
from .outcome import outcome

ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    **landing.LANDING_OPTIONS,
    "inventory_file": {"type": "path", "required": True},
    "remove_service_lock": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["absent"], "default": "absent"},
}
ARGUMENT_RULES = landing.LANDING_RULES


def run(params, check_mode, azure=None):
    """Remove each page blob that has the name and length of an inventoried file; returns what was `removed` and what was `kept`.

    A blob is removed only if it is still what was listed; one of another length or type stays and is named. Page by page: the next page is
    asked for when those of the last are gone. `service_lock` tells what became of the lock, None when it was not asked for.
    """
    landing.check(params)
    removed = Names()
    with Staged(params["inventory_file"]) as staged:
        azure = azure or connect(params)
        comparison, there = Comparison(staged), landing.Landing(azure, params)
        for page in there.pages():
            ours = comparison.see(page)
            if not check_mode:
                there.container.remove(ours)
            for blob in ours:
                removed.add(blob.name)
        lock = landing_lock.removed(azure, there.account["id"], check_mode) if params["remove_service_lock"] else None
    kept = sorted([*comparison.extra.first, *(one["name"] for one in comparison.different.first)])
    before, after = {"blobs": removed.count}, {"blobs": 0}
    if lock and lock["removed"]:
        before, after = {**before, "locks": [lock["name"]]}, {**after, "locks": []}
    told = outcome(lock["requests"] if lock else (), before, after)
    return {
        **told,
        "changed": bool(removed.count) or told["changed"],
        "removed": removed.first,
        "removed_count": removed.count,
        "removed_bytes": comparison.bytes,
        "kept": kept[:NAMED],
        "kept_count": comparison.extra.count + comparison.different.count,
        "service_lock": lock and {name: value for name, value in lock.items() if name != "requests"},
    }
