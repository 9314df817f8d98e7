# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say whether every staged file has landed as a page blob of its length, and list what lies in the container."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TextIO

from ..arm.blobs import Blob
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..failure import refuse
from . import landing
from .landing_compare import Comparison, Staged

ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    **landing.LANDING_OPTIONS,
    "inventory_file": {"type": "path"},
    "prefix": {"type": "str"},
    "list_file": {"type": "path"},
}
ARGUMENT_RULES = {
    **landing.LANDING_RULES,
    "required_one_of": [*landing.LANDING_RULES["required_one_of"], ("inventory_file", "list_file")],
}


@dataclass
class Listed:
    """What was listed, counted; with a file, each blob as one JSON line in it."""

    file: TextIO | None
    count: int = 0
    bytes: int = 0

    def see(self, page: list[Blob]) -> None:
        self.count += len(page)
        self.bytes += sum(blob.size for blob in page)
        if self.file:
            self.file.writelines(json.dumps(_line(blob), ensure_ascii=False) + "\n" for blob in page)


def run(params, check_mode, azure=None):
    """`{blobs, complete, newest_modified, listed}`; changes nothing in Azure. At most 1000 names a list, the counts are whole.

    `blobs` and `complete` are None without an inventory. The list file is written in one piece, and not in check mode.
    """
    landing.check(params)
    with ExitStack() as stack:
        staged = stack.enter_context(Staged(params["inventory_file"])) if params["inventory_file"] else None
        comparison = Comparison(staged) if staged else None
        there = landing.Landing(azure or connect(params), params)
        file = stack.enter_context(_written(params["list_file"])) if params["list_file"] and not check_mode else None
        listed = Listed(file)
        for page in there.pages(params["prefix"]):
            listed.see(page)
            if comparison:
                comparison.see(page)
        return {
            "changed": False,
            "blobs": comparison and comparison.as_result(),
            "complete": comparison and comparison.complete,
            "newest_modified": landing.moment(comparison.newest if comparison else None),
            "listed": {"count": listed.count, "bytes": listed.bytes, "file": params["list_file"]},
        }


def _line(blob: Blob) -> dict[str, Any]:
    told = {"name": blob.name, "size": blob.size, "blob_type": blob.kind}
    return {**told, "modified": landing.moment(blob.modified), "etag": blob.etag, "leased": blob.leased}


@contextmanager
def _written(path: str) -> Iterator[TextIO]:
    """A file that is at `path` only when everything is in it."""
    try:
        handle, draft = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)), prefix=".list-")
    except OSError as error:
        raise refuse("list_file", path, "in a folder that can be written", f"Writing failed: {error.strerror}.") from None
    try:
        with open(handle, "w", encoding="utf-8") as file:
            yield file
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
