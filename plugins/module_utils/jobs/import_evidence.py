# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archive what Azure knows of an import before it forgets: job, copy logs, list of the container. And read back what was mended."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from .. import times
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..drives import names
from ..failure import Failure, refuse
from . import landing, limits
from .evidence_folder import BLOBS, JOB, JOURNAL, LOGS, MANIFEST, READ_BACK, EvidenceFolder, md5

ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    "job": {"type": "dict", "required": True},
    "container": {"type": "str", "required": True},
    "evidence_dir": {"type": "path", "required": True},
    "drives": {
        "type": "list",
        "elements": "dict",
        "options": {"serial": {"type": "str", "required": True}, "manifest_hash": {"type": "str", "required": True}},
    },
    "verdicts_file": {"type": "path"},
    "auth_mode": {"type": "str", "choices": ["auto", "key", "login"], "default": "auto"},
}
LOG_FIELDS = ("error_log", "verbose_log")
GONE = frozenset({"ContainerNotFound", "BlobNotFound"})
MENDED = frozenset({"missing", "renamed", "skipped", "failed", "corrupted"})  # verdicts after which somebody may have put a blob right


@dataclass(frozen=True)
class Log:
    """Where a copy log of the drive `serial` lies."""

    serial: str
    container: str
    blob: str

    @property
    def name(self) -> str:
        return self.blob.rsplit("/", 1)[-1]


def run(params, check_mode, azure=None):
    """`{changed, archived, files, logs, manifests, checksum_files, blob_list, read_back, missing}`; in check mode nothing is fetched."""
    job = params["job"]
    limits.check("container", params["container"])
    refuse_unless_over(job)
    folder = EvidenceFolder(params["evidence_dir"], not check_mode)
    drives = _drives(job, params["drives"])
    manifests = _manifests(folder, job, drives)
    azure = azure or connect(params)
    account = landing.account_of(azure, {"storage_account_id": job["storage_account_id"]})
    logs = list(_logs(job, account))
    store = Store(azure, account, params["auth_mode"])
    folder.write(JOB, json.dumps(job, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    missing = [*_silent(job), *_unnamed(job, drives)]
    if check_mode:
        folder.changed |= not all(folder.place(LOGS, log.name).exists() for log in logs)
    else:
        missing += [what for what in (_fetch(folder, store, log) for log in logs) if what]
        _list(folder, store, params["container"])
        _read_back(folder, store, params)
    return _result(folder, drives, logs, manifests, missing)


def refuse_unless_over(job) -> None:
    """Logs are whole once the job is over, not before."""
    if not job.get("terminal"):
        raise refuse("job", job.get("stage"), "a job that is over", "Wait until import_job_info says that it is terminal.")
    if not job.get("storage_account_id"):
        raise Failure(f"Import job {job.get('name')} names no storage account, so its logs cannot be found.", field="job")


def _drives(job, prepared) -> dict[str, set[str]]:
    """Serials of the drives that the job names and of those that were prepared for it, each with every MD5 that is told of its manifest.

    A drive that the job has forgotten is still expected to have landed.
    """
    found: dict[str, set[str]] = {}
    for one in (*job["drives"], *(prepared or ())):
        told = str(one.get("manifest_hash") or "").strip().upper()
        found.setdefault(names.serial(one["serial"]), set()).update([told] if told else [])
    return found


def _unnamed(job, drives: dict[str, set[str]]) -> list[str]:
    named = {names.serial(one["serial"]) for one in job["drives"]}
    return [
        *(f"job names no drive {serial}, which was prepared for it" for serial in drives if serial not in named),
        *(f"nobody tells the MD5 of the manifest of drive {serial}" for serial, told in drives.items() if not told),
    ]


def _manifests(folder: EvidenceFolder, job, drives: dict[str, set[str]]) -> list[Path]:
    """The manifest of each drive, as it is named by its MD5; without it nothing is expected, so nothing could be proven."""
    found = []
    for serial, told in drives.items():
        path = folder.of_drive(serial, MANIFEST)
        cure = f"Fetch it from the copy host: %ProgramData%\\offlineseed\\<seed>\\evidence\\{serial}\\{MANIFEST}."
        if not path.is_file():
            raise Failure(f"{path} is not there: the manifest of drive {serial}. {cure}", field="evidence_dir", cure=cure)
        if told - {md5(path)}:
            raise Failure(
                f"{path} has another MD5 than the manifest that job {job['name']} or drives names ({', '.join(sorted(told))}). {cure}",
                field="evidence_dir",
                cure=cure,
            )
        found.append(path)
    return found


def _logs(job, account):
    """The copy logs that the job names. The services write a URL, or container and name alone; a URL of another place is refused."""
    home = urlsplit(landing.blob_endpoint(account))
    for drive in job["drives"]:
        for field in LOG_FIELDS:
            address = drive.get(field)
            if address:
                container, _slash, blob = _path_in_account(address, home).partition("/")
                if not container or not blob:
                    raise refuse(f"job.drives.{field}", address, "container and name of a blob", "Look at the job in the portal.")
                yield Log(names.serial(drive["serial"]), container, blob)


def _path_in_account(address: str, home) -> str:
    told = urlsplit(address)
    if not told.scheme and not told.netloc:
        return unquote(told.path).strip("/")
    base = home.path.strip("/")
    path = told.path.strip("/")
    if told.netloc.lower() != home.netloc.lower() or (base and not path.startswith(f"{base}/")):
        raise refuse("job.drives", f"{told.scheme}://{told.netloc}", f"a log in the storage account {home.netloc}", "Fetch it by hand.")
    return unquote(path[len(base) :]).strip("/")


def _silent(job) -> list[str]:
    return [f"job names no {field} of drive {drive['serial']}" for drive in job["drives"] for field in LOG_FIELDS if not drive.get(field)]


class Store:
    """The account's containers, read with the identity itself or, where it has no role on the data, with a key of the account."""

    def __init__(self, azure, account, auth_mode: str):
        self._azure, self._account = azure, account
        self._url = landing.blob_endpoint(account)
        self._auth_mode = auth_mode
        self._key = landing.key_of(azure, account) if auth_mode == "key" else None

    def ask(self, container: str, call):
        """What `call` makes of the container; once more with a key where the identity has no role."""
        try:
            return call(self._azure.container(self._url, container, self._key))
        except Failure as failure:
            if self._key or self._auth_mode == "login" or failure.fields.get("code") not in landing.NO_DATA_ROLE:
                raise
        self._key = landing.key_of(self._azure, self._account)
        return call(self._azure.container(self._url, container, self._key))


def _fetch(folder: EvidenceFolder, store: Store, log: Log) -> str | None:
    """Bring one log; the words for one that is gone. A log that was fetched before stays when Azure has deleted it."""

    def into(path):
        def fetched(container):
            with open(path, "wb") as out:
                return container.fetch(log.blob, out)

        return fetched

    with folder.draft(LOGS, log.name) as draft:
        if store.ask(log.container, into(draft)):
            return None
        draft.unlink()
    return None if folder.place(LOGS, log.name).exists() else f"{log.container}/{log.blob} of drive {log.serial} is not in the account"


def _list(folder: EvidenceFolder, store: Store, container: str) -> None:
    """What lies in the landing container."""

    def listed(there):
        try:
            return [
                {"name": one.name, "size": one.size, "kind": one.kind, "modified": times.iso(one.modified), "etag": one.etag}
                for one in there.blobs()
            ]
        except Failure as failure:
            if failure.fields.get("code") not in GONE:
                raise
            return []

    folder.write_lines(BLOBS, store.ask(container, listed))


def _read_back(folder: EvidenceFolder, store: Store, params) -> None:
    """SHA-256 of blobs that an earlier verification found wanting and that stand there now; each is read once as it is."""
    container = params["container"]
    bad = _found_wanting(params.get("verdicts_file"), container)
    known = {one["name"]: one for one in folder.lines(READ_BACK)}
    there = {one["name"]: one["etag"] for one in folder.lines(BLOBS) if one["kind"] == landing.PAGE_BLOB}
    for name in sorted(bad & set(there)):
        if known.get(name, {}).get("etag") != there[name]:
            known[name] = store.ask(container, partial(_summed, name))
    kept = [one for name, one in sorted(known.items()) if one and name in there]
    if kept or folder.place(READ_BACK).exists():
        folder.write_lines(READ_BACK, kept)


def _summed(name: str, container) -> dict[str, Any] | None:
    """What a blob holds, by its SHA-256; None if it is gone since it was listed."""
    found = Summed()
    seen = container.fetch(name, found)
    return seen and {"name": name, "size": seen[0], "etag": seen[1], "sha256": found.digest.hexdigest()}


class Summed:
    """Takes what is written to it, and keeps its SHA-256 only."""

    def __init__(self):
        self.digest = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        return len(piece)


def _found_wanting(path: str | None, container: str) -> set[str]:
    """Names of blobs that are not as they should be, by the report of import_verify; none where it was not run yet."""
    if not path or not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines if line.strip()]
    inside = f"{container}/"
    # What was read back and proven is read again when it has changed since.
    wanting = [one for one in found if one["verdict"] in MENDED or one["by"] == "read_back"]
    return {one["path"].removeprefix(inside) for one in wanting if one["path"].startswith(inside)}


def _result(folder: EvidenceFolder, drives, logs, manifests, missing) -> dict[str, Any]:
    journals = {serial: folder.of_drive(serial, JOURNAL) for serial in drives}
    missing += [f"journal of drive {serial}" for serial, path in journals.items() if not path.is_file()]
    journals = [path for path in journals.values() if path.is_file()]
    fetched = [path for path in (folder.place(LOGS, log.name) for log in logs) if path.is_file()]
    lists = [folder.place(name) for name in (JOB, BLOBS, READ_BACK)]
    return {
        "changed": folder.changed,
        "archived": folder.place(BLOBS).is_file() and folder.place(JOB).is_file(),
        "files": folder.files([*manifests, *journals, *fetched, *lists]),
        "logs": [str(path) for path in fetched],
        "manifests": [str(path) for path in manifests],
        "checksum_files": [str(path) for path in journals],
        "blob_list": str(folder.place(BLOBS)),
        "read_back": str(folder.place(READ_BACK)) if folder.place(READ_BACK).is_file() else None,
        "missing": missing,
    }
