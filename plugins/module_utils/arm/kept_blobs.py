# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are kept in a container, by azure-storage-blob: block blobs written once or over what was seen, and append blobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from .blob_calls import BlobCalls, plain, quoted

try:
    from azure.core import MatchConditions
except ImportError:  # sdk.require() says what is missing
    MatchConditions = None

READ = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
WRITE = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"
PIECE = 4 * 1024 * 1024  # bytes of one append, as every API version takes them (learn.microsoft.com "Append Block")


@dataclass(frozen=True)
class Kept:
    """`etag` pins what was seen; `size` in bytes."""

    name: str
    size: int
    etag: str


class KeptBlobs(BlobCalls):
    """A container that keeps files."""

    def ensure(self) -> bool:
        """Make the container, private, where there is none; whether it was made."""
        return self._write(f"create container {self.name}", self._client.create_container, "ContainerAlreadyExists")

    def under(self, prefix: str) -> Iterator[Kept]:
        """Every blob whose name begins with `prefix`; none where there is no container."""
        found: list[Kept] = []

        def send() -> None:
            found[:] = [Kept(one.name, one.size, plain(one.etag)) for one in self._client.list_blobs(name_starts_with=prefix)]

        self._run(f"list the blobs of container {self.name}", send, action=READ, missing_ok=True)
        yield from found

    def read(self, name: str) -> bytes | None:
        """The content of a blob; None where there is none."""
        content: bytes | None = None

        def send() -> None:
            nonlocal content
            content = self._client.download_blob(name).readall()

        self._run(f"read blob {name} of container {self.name}", send, action=READ, missing_ok=True)
        return content

    def fetch(self, kept: Kept, path) -> None:
        """Write the content of a blob, as it was listed, to the file `path`."""

        def send() -> None:
            with open(path, "wb") as out:
                self._client.download_blob(kept.name, etag=quoted(kept.etag), match_condition=MatchConditions.IfNotModified).readinto(out)

        self._run(f"read blob {kept.name} of container {self.name}", send, action=READ)

    def put(self, name: str, path, etag: str | None) -> str | None:
        """Write the file `path` to a block blob: a new one where `etag` is None, else over the one that was seen with it.

        Returns the new etag; None where another has written it meanwhile, which changes nothing.
        """
        over = {"match_condition": MatchConditions.IfNotModified, "overwrite": True}
        rule = {"overwrite": False} if etag is None else {"etag": quoted(etag), **over}
        told: dict[str, str] = {}

        def send() -> None:
            with open(path, "rb") as content:
                told.update(self._client.get_blob_client(name).upload_blob(content, **rule))

        written = self._write(f"write blob {name} to container {self.name}", send, "BlobAlreadyExists", "ConditionNotMet")
        return plain(told["etag"]) if written else None

    def append(self, name: str, content: bytes, position: int) -> bool:
        """Add `content` to an append blob, which is made where there is none, if it ends at `position`; whether it did.

        A False says that nothing is known of this content: it may stand there already, after an answer that was lost.
        """
        blob = self._client.get_blob_client(name)
        what = f"append to blob {name} of container {self.name}"
        if position == 0:
            self._write(what, lambda: blob.create_append_blob(match_condition=MatchConditions.IfMissing), "BlobAlreadyExists")
        for start in range(0, len(content), PIECE):
            piece, end = content[start : start + PIECE], position + start
            if not self._write(what, partial(blob.append_block, piece, appendpos_condition=end), "AppendPositionConditionNotMet"):
                return False
        return True

    def _write(self, what: str, call: Callable[[], object], *but: str) -> bool:
        """Run a write; False where the service refuses it with one of the codes in `but`."""
        refused = False

        def send() -> None:
            nonlocal refused
            try:
                call()
            except Exception:
                refused = self._refusal().code in but
                if not refused:
                    raise

        self._run(what, send, action=WRITE)
        return not refused
