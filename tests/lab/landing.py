# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the container, compared with the staging folder byte for byte, past the product."""

from __future__ import annotations

import hashlib
import json
import pathlib
from typing import Any

from azure.storage.blob import BlobServiceClient

from . import names
from .sample import sha256


def blobs_and_staged(folder: pathlib.Path, told: dict[str, Any], job: str) -> tuple[dict[str, str], dict[str, str]]:
    """(blob → SHA-256, staged file → SHA-256); both empty as long as there is nothing. `told`: lab.json."""
    return sums_of_blobs(folder, told), sums_of_staged(folder, job)


def staging(folder: pathlib.Path, job: str) -> pathlib.Path:
    """The staging folder of a job, on the copy host's disk."""
    inside = names.STAGING_ON_COPY_HOST.removeprefix("C:\\").split("\\")
    return folder.joinpath("hosts", names.COPY_HOST, "C", *inside, f"{names.STORAGE_ACCOUNT}_{job}")


def sums_of_staged(folder: pathlib.Path, job: str) -> dict[str, str]:
    return {path.name: sha256(path) for path in sorted(staging(folder, job).glob("*")) if path.is_file()}


def sums_of_blobs(folder: pathlib.Path, told: dict[str, Any]) -> dict[str, str]:
    account = json.loads((folder / "azure.json").read_text())["accounts"].get(names.STORAGE_ACCOUNT)
    if account is None:
        return {}
    service = BlobServiceClient(
        f"{told['azurite']}/{names.STORAGE_ACCOUNT}", credential=account["keys"][0], connection_verify=str(folder / "ca.pem"), retry_total=2
    )
    with service, service.get_container_client(names.CONTAINER) as container:
        if not container.exists():
            return {}
        return {blob.name: sum_of(container.download_blob(blob.name).chunks()) for blob in container.list_blobs()}


def sum_of(chunks: Any) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
