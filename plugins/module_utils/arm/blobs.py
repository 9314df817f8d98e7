# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The blobs of one container, by azure-storage-blob: listed and removed as a stream, read part by part."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from .blob_calls import BlobCalls, plain, quoted
from .session import CONNECTIONS

try:
    from azure.core import MatchConditions
except ImportError:  # sdk.require() says what is missing
    MatchConditions = None

PAGE = 5000  # the most that the service gives at once
HELD = ("leased", "breaking")
PART = 32 * 1024 * 1024  # bytes of one read
READ = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
DELETE = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete"


@dataclass(frozen=True)
class Blob:
    """`size` in bytes, `kind` is PageBlob, BlockBlob or AppendBlob, `etag` pins what was seen, `leased` says that somebody holds it."""

    name: str
    size: int
    kind: str
    modified: datetime
    etag: str
    leased: bool = False


class Container(BlobCalls):
    """The container that the datacenter copies to."""

    def pages(self, prefix: str | None = None) -> Iterator[list[Blob]]:
        """Every blob (whose name begins with `prefix`), in the order of names, one page after the other."""
        # A page iterator that raised is over: the next attempt goes on at the page it was at.
        token: str | None = None
        while token != "":
            page, token = self._page(prefix, token)
            yield page

    def blobs(self) -> Iterator[Blob]:
        """Every blob, in the order of names."""
        for page in self.pages():
            yield from page

    def _page(self, prefix: str | None, token: str | None) -> tuple[list[Blob], str]:
        found: list[Blob] = []
        following = ""

        def send() -> None:
            nonlocal found, following
            pages = self._client.list_blobs(name_starts_with=prefix, results_per_page=PAGE).by_page(token or None)
            found = [_blob(one) for one in next(pages)]
            following = pages.continuation_token or ""

        self._run(f"list the blobs of container {self.name}", send, action=READ)
        return found, following

    def fetch(self, name: str, out) -> tuple[int, str] | None:
        """Write the content of a blob to the binary stream `out`: its size and etag, as all of it was read; None where there is none."""
        client, seen, part = self._client.get_blob_client(name), None, b""

        def look() -> None:
            nonlocal seen
            seen = client.get_blob_properties()

        def read(offset: int) -> None:
            nonlocal part
            length = min(PART, seen.size - offset)
            part = client.download_blob(offset, length, etag=quoted(seen.etag), match_condition=MatchConditions.IfNotModified).readall()

        what = f"read blob {name} of container {self.name}"
        self._run(what, look, action=READ, missing_ok=True)
        if seen is None:
            return None
        for offset in range(0, seen.size, PART):
            self._run(what, partial(read, offset), action=READ)
            out.write(part)
        return seen.size, plain(seen.etag)

    def remove(self, blobs: list[Blob]) -> None:
        """Remove `blobs`, each only if it is still what was listed; one that is gone already counts as removed."""
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for _removed in pool.map(self._remove, blobs):
                pass

    def _remove(self, blob: Blob) -> None:
        def send() -> None:
            self._client.delete_blob(blob.name, etag=quoted(blob.etag), match_condition=MatchConditions.IfNotModified)

        self._run(f"remove blob {blob.name} from container {self.name}", send, action=DELETE, missing_ok=True)


def _blob(one) -> Blob:
    if not one.name or not isinstance(one.size, int) or one.size < 0 or one.last_modified is None or one.blob_type is None:
        raise ValueError(f"blob {one.name!r} of the list has no size, time or type")
    kind = getattr(one.blob_type, "value", one.blob_type)
    return Blob(one.name, one.size, str(kind), one.last_modified, plain(one.etag), one.lease.state in HELD)
