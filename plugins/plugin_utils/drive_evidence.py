# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Journal and manifest of each proven drive, fetched from the copy host while it still has them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from ..module_utils.drives import names
from ..module_utils.failure import Failure

BLOCK = 1 << 20
PAPERS = frozenset({"DriveManifest.xml", "journal.jsonl"})


def fetch(connection, folder, states, target):
    """Bring what *states* (of win_disk_prep) name as evidence from the work *folder* below *target*; returns whether a file was new.

    Each file is compared with the SHA-256 that the host gave. Without a *target* nothing is fetched.
    """
    changed = False
    for state in states if target else ():
        called = names.file_name(state["serial"], "")
        place = Path(os.path.expanduser(target)) / called
        for one in state.get("evidence") or ():
            if one["name"] not in PAPERS or called in ("", ".", ".."):
                raise Failure(f"The copy host calls {one['name']!r} a paper of drive {state['serial']}.", field="evidence_dir")
            remote = f"{folder}\\evidence\\{state['serial']}\\{one['name']}"
            changed |= _fetch(connection, remote, one["sha256"], place / one["name"])
    return changed


def _fetch(connection, remote, sha256, place):
    if place.is_file() and sha256_of(place) == sha256:
        return False
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    os.close(handle)
    try:
        connection.fetch_file(remote, draft)
        seen = sha256_of(draft)
        if seen != sha256:
            raise Failure(f"{remote} arrived with SHA-256 {seen}, the copy host said {sha256}. Run again.", field="evidence_dir", seen=seen)
        os.replace(draft, place)
    finally:
        if os.path.exists(draft):
            os.unlink(draft)
    return True


def sha256_of(path):
    """SHA-256 of a file, hex."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
