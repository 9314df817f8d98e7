# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence of one seed on the controller: files that are written whole, read again, and told with their SHA-256.

``job.json``, ``blobs.jsonl`` and ``read_back.jsonl`` stand at the top, copy logs below ``logs``, and the papers of a drive (journal,
manifest) in a folder that is called as the drive.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..canonical import canonical
from ..drives import names, recovery_password
from ..failure import Failure, refuse

JOB, BLOBS, READ_BACK, LOGS = "job.json", "blobs.jsonl", "read_back.jsonl", "logs"
MANIFEST, JOURNAL = "DriveManifest.xml", "journal.jsonl"
BLOCK = 1 << 20


class EvidenceFolder:
    """The folder *path*; with *writes* false nothing in it is changed. ``changed`` says whether something was, or would be."""

    def __init__(self, path: str, writes: bool):
        self.path, self.writes, self.changed = Path(os.path.expanduser(path)), writes, False

    def place(self, *parts: str) -> Path:
        return self.path.joinpath(*parts)

    def of_drive(self, serial: str, name: str) -> Path:
        """A paper of a drive. What a service or a host calls a drive never leads out of the folder."""
        called = names.file_name(serial, "")
        if called in ("", ".", ".."):
            raise refuse("serial", serial, "a serial number", "Look at the drives of the job.")
        return self.place(called, name)

    @contextmanager
    def draft(self, *parts: str):
        """A path to write a file to; the file takes its place when the block ends well, unless the same stands there."""
        final = self.place(*parts)
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = final.with_name(f".{final.name}.{os.getpid()}")
        try:
            yield draft
            if not draft.exists():
                return
            os.chmod(draft, 0o600)
            if not final.exists() or digest(final) != digest(draft):
                os.replace(draft, final)
                self.changed = True
        finally:
            draft.unlink(missing_ok=True)

    def write(self, name: str, text: str) -> None:
        """A small file; one that holds something like a recovery password is refused."""
        if recovery_password.appears_in(text):
            raise Failure(f"{name} would hold something like a recovery password; evidence never does.", field="evidence_dir")
        final = self.place(name)
        if final.exists() and final.read_bytes() == text.encode():
            return
        self.changed = True
        if self.writes:
            with self.draft(name) as draft:
                draft.write_text(text, encoding="utf-8")

    def lines(self, name: str) -> list[dict[str, Any]]:
        """What a file of JSON lines holds; nothing where there is none."""
        path = self.place(name)
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line] if path.exists() else []

    def write_lines(self, name: str, entries: Iterable[Mapping[str, Any]]) -> None:
        self.write(name, "".join(canonical(entry) + "\n" for entry in entries))

    def files(self, names: Iterable[Path]) -> list[dict[str, Any]]:
        """``{name, sha256, bytes}`` of those of the files that are there, names below the folder."""
        there = sorted({path for path in names if path.is_file()})
        return [{"name": path.relative_to(self.path).as_posix(), "sha256": digest(path), "bytes": path.stat().st_size} for path in there]


def digest(path: Path) -> str:
    """SHA-256 of a file, hex."""
    found = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(BLOCK):
            found.update(block)
    return found.hexdigest()


def md5(path: Path) -> str:
    """MD5 of a file, hex in upper case, as a job names a manifest."""
    found = hashlib.md5(usedforsecurity=False)
    with open(path, "rb") as stream:
        while block := stream.read(BLOCK):
            found.update(block)
    return found.hexdigest().upper()
