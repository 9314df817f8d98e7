# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs win_staging_info on the host and fetches the listing that it wrote there."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """The listing is fetched as a file: it can be larger than any task result should be."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        del tmp
        result.update(self._execute_module(module_name="offlineseed.azure.win_staging_info", task_vars=task_vars))
        target = self._task.args.get("fetch_to")
        if not target or result.get("failed"):
            return result
        result["fetched"] = None
        if result.get("listing"):
            place = Path(os.path.expanduser(os.path.expandvars(target))).absolute()
            result["changed"] = self._fetch(result["listing"], result["listing_sha256"], place)
            result["fetched"] = str(place)
        return result

    def _fetch(self, listing: str, sha256: str, place: Path) -> bool:
        """Put the host's listing at `place` as a whole; returns whether that changed anything."""
        if place.is_file() and hash_of(place) == sha256:
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        os.close(handle)
        arrived = Path(name)
        try:
            self._connection.fetch_file(listing, str(arrived))
            seen = hash_of(arrived)
            if seen != sha256:
                raise AnsibleActionFail(f"Failed to fetch {listing}: its SHA-256 is {seen}, the host said {sha256}. Run again.")
            arrived.replace(place)
        finally:
            arrived.unlink(missing_ok=True)
        return True


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
