# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Core of the module seed_store: the folder of a seed and its store in Azure blobs brought to the same state."""

from __future__ import annotations

from ..failure import refuse
from ..jobs import store
from . import record, second_store, state_dir

ARGUMENT_SPEC = {
    "state_dir": {"type": "path", "required": True},
    "seed": {"type": "str", "required": True},
    "store": {**store.STORE, "required": True},
    "landing": {"type": "dict", "options": {"account": {"type": "str", "required": True}, "container": {"type": "str", "required": True}}},
}
ARGUMENT_RULES = {}


def run(params, check_mode, azure=None):
    """``{changed, place, record, set_aside, fetched: [name], kept: [name], events}``; in check mode nothing is written to the store."""
    # Where the disk does not last is what a store is for.
    folder, seed = state_dir.checked(params["state_dir"], params["seed"], {})
    _refuse_the_landing_zone(params["store"], params.get("landing"))
    with state_dir.usable(folder):
        kept = second_store.of_task(params, folder, seed, azure)
        told = kept.sync(check_mode)
        events = len(record.read(folder, seed).lines)
    return {
        "changed": told["record"] != "unchanged" or bool(told["fetched"] or told["kept"]),
        "place": str(store.place_of(params["store"])),
        "events": events,
        **told,
    }


def _refuse_the_landing_zone(wanted, landing):
    """The landing container is emptied at the end, and the datacenter writes to it."""
    if landing and (landing["account"], landing["container"]) == (wanted["account"], wanted["container"]):
        raise refuse(
            "store.container",
            wanted["container"],
            "another container than the landing zone of the seed, which is emptied at the end",
            "Name a container of its own, best in an account of its own.",
        )
