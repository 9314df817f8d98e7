# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's own way into Azurite: what Azure's services do with blobs on the customer's behalf."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterable
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient, ContainerClient

from ..azurite import Azurite

PAGE = 4 * 1024 * 1024


class Blobs:
    """Containers and blobs of the lab's accounts; accounts and keys are those of ARM's state."""

    def __init__(self, state: Any, azurite: Azurite) -> None:
        self._state = state
        self._azurite = azurite
        self._services: dict[tuple[str, str], BlobServiceClient] = {}

    def tell_accounts(self) -> None:
        """Let Azurite know every account and its two keys."""
        self._azurite.set_accounts({account["name"]: account["keys"] for account in self._state["accounts"].values()})

    def endpoint(self, account: str) -> str:
        """The blob endpoint of an account, as it is at this moment."""
        return self._azurite.endpoint(account)

    def _service(self, account: str) -> BlobServiceClient:
        """A client that stays open, so that ARM's questions about containers do not wait for TLS each time."""
        keys = next((known["keys"] for known in self._state["accounts"].values() if known["name"] == account), None)
        if keys is None:
            raise KeyError(f"the lab has no storage account {account!r}")
        known = (self.endpoint(account), keys[0])
        if known not in self._services:
            self._services[known] = BlobServiceClient(
                known[0], credential=keys[0], connection_verify=str(self._azurite.certificates.ca), max_single_put_size=PAGE,
                retry_total=2, initial_backoff=1, increment_base=1,
            )  # fmt: skip
        return self._services[known]

    def container(self, account: str, name: str) -> ContainerClient:
        """A client of one container (a context manager that leaves the connections of its account open)."""
        return self._service(account).get_container_client(name)

    def properties(self, account: str, container: str) -> Any | None:
        """What Azurite knows of a container, or None."""
        try:
            with self.container(account, container) as client:
                return client.get_container_properties()
        except ResourceNotFoundError:
            return None

    def create(self, account: str, container: str, public: str | None = None) -> bool:
        """Make a container; False where it was there."""
        try:
            with self.container(account, container) as client:
                client.create_container(public_access=public)
        except ResourceExistsError:
            return False
        return True

    def open_to(self, account: str, container: str, public: str | None) -> None:
        """Let anybody read a container ("container"), its blobs ("blob"), or nothing of it (None)."""
        with self.container(account, container) as client:
            client.set_container_access_policy(signed_identifiers={}, public_access=public)

    def delete(self, account: str, container: str) -> bool:
        """Delete a container with all that is in it; False where there was none."""
        try:
            with self.container(account, container) as client:
                client.delete_container()
        except ResourceNotFoundError:
            return False
        return True

    def names(self, account: str) -> list[str]:
        """The containers of an account."""
        return sorted(item.name for item in self._service(account).list_containers())

    def files(self, account: str, container: str) -> list[tuple[str, int]]:
        """(name, bytes) of every blob of a container, by name; empty where there is no container."""
        try:
            with self.container(account, container) as client:
                return sorted((blob.name, blob.size) for blob in client.list_blobs())
        except ResourceNotFoundError:
            return []

    def everything(self) -> dict[str, dict[str, list[tuple[str, int]]]]:
        """Every blob of every container of every account: {account: {container: [(name, bytes)]}}."""
        with self._state.lock:
            accounts = sorted(account["name"] for account in self._state["accounts"].values())
        return {account: {name: self.files(account, name) for name in self.names(account)} for account in accounts}

    def download(self, account: str, container: str, name: str, path: pathlib.Path) -> int:
        """Write a blob to a file; its bytes."""
        with self.container(account, container) as client, open(path, "wb") as stream:
            return client.download_blob(name).readinto(stream)

    def read(self, account: str, container: str, name: str) -> bytes:
        """A small blob as bytes."""
        with self.container(account, container) as client:
            return client.download_blob(name).readall()

    def write(self, account: str, container: str, name: str, content: bytes) -> None:
        """A block blob, as the copy logs are."""
        self.create(account, container)
        with self.container(account, container) as client:
            client.upload_blob(name, content, overwrite=True)

    def exists(self, account: str, container: str, name: str) -> bool:
        """Whether a blob is there."""
        with self.container(account, container) as client:
            return client.get_blob_client(name).exists()

    def upload_page_blob(
        self,
        account: str,
        container: str,
        name: str,
        path: pathlib.Path,
        ranges: Iterable[tuple[int, int]] | None = None,
        done: Callable[[int], None] | None = None,
    ) -> int:
        """Write a file as a page blob, range by range (offset, length); its bytes. `done` hears the bytes of each range.

        An existing blob is replaced. The file's length must be a multiple of 512.
        """
        length = path.stat().st_size
        with self.container(account, container) as client, open(path, "rb") as stream:
            blob = client.get_blob_client(name)
            blob.create_page_blob(length)
            for offset, size in ranges if ranges is not None else _even(length):
                for start in range(offset, offset + size, PAGE):
                    stream.seek(start)
                    piece = stream.read(min(PAGE, offset + size - start))
                    blob.upload_page(piece, offset=start, length=len(piece))
                if done:
                    done(size)
        return length

    def remove(self, account: str, container: str, name: str) -> None:
        """Delete one blob if it is there."""
        with self.container(account, container) as client:
            blob = client.get_blob_client(name)
            if blob.exists():
                blob.delete_blob()


def _even(length: int) -> list[tuple[int, int]]:
    return [(start, min(PAGE, length - start)) for start in range(0, length, PAGE)]
