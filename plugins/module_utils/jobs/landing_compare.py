# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The staged files that should land, and what a container shows of them: kept in a table on disk, so that their number costs no memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..arm.blobs import Blob
from ..failure import refuse
from .landing import PAGE_BLOB

NAMED = 1000  # names in a result; the count says how many there are
BATCH = 5000  # lines of the inventory that are held at once
CACHE_KIB = 2048


class Staged:
    """Name and size of every staged file in a file of JSON lines `{"name", "size"}`.

    The table lies in a temporary file of SQLite's, which is gone with the task. Close it after use (it is a context manager).
    """

    def __init__(self, path: str):
        self._table = sqlite3.connect("", isolation_level=None)
        self._table.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{CACHE_KIB};"
            "CREATE TABLE staged (name TEXT PRIMARY KEY, size INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
        )
        try:
            self._fill(path)
        except BaseException:
            self.close()
            raise

    def _fill(self, path: str) -> None:
        self._table.execute("BEGIN")
        for batch in _batches(path):
            self._table.executemany("INSERT OR REPLACE INTO staged (name, size) VALUES (?, ?)", batch)
        self._table.execute("COMMIT")
        self.expected = self._number("SELECT count(*) FROM staged")
        if not self.expected:
            raise refuse("inventory_file", path, "a list of at least one staged file", "Take the inventory of the staging folder first.")

    def __enter__(self) -> Staged:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget the table."""
        self._table.close()

    def sizes(self, names: list[str]) -> dict[str, int]:
        """The sizes of those of `names` that are staged; from then on they count as seen."""
        found: dict[str, int] = {}
        self._table.execute("BEGIN")
        for name in names:
            row = self._table.execute("SELECT size FROM staged WHERE name = ?", (name,)).fetchone()
            if row:
                found[name] = row[0]
        self._table.executemany("UPDATE staged SET seen = 1 WHERE name = ?", ((name,) for name in found))
        self._table.execute("COMMIT")
        return found

    def missing(self) -> tuple[list[str], int]:
        """Names of files that were not seen, at most NAMED of them, and how many there are."""
        rows = self._table.execute("SELECT name FROM staged WHERE NOT seen ORDER BY name LIMIT ?", (NAMED,))
        return [name for (name,) in rows], self._number("SELECT count(*) FROM staged WHERE NOT seen")

    def _number(self, question: str) -> int:
        return self._table.execute(question).fetchone()[0]


@dataclass
class Names:
    """Counts all, remembers the first NAMED."""

    count: int = 0
    first: list[Any] = field(default_factory=list)

    def add(self, one: Any) -> None:
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append(one)


@dataclass
class Comparison:
    """Filled page by page while blobs stream by; what was never seen is missing."""

    staged: Staged
    present: int = 0
    bytes: int = 0
    newest: datetime | None = None
    different: Names = field(default_factory=Names)
    extra: Names = field(default_factory=Names)
    leased: Names = field(default_factory=Names)

    def see(self, page: list[Blob]) -> list[Blob]:
        """Sort a page of the container in; those of its blobs that are what was staged."""
        sizes = self.staged.sizes([blob.name for blob in page])
        return [blob for blob in page if self._is_ours(blob, sizes.get(blob.name))]

    def _is_ours(self, blob: Blob, size: int | None) -> bool:
        if size is None:
            self.extra.add(blob.name)
            return False
        if blob.leased:
            self.leased.add(blob.name)
        if size != blob.size or blob.kind != PAGE_BLOB:
            self.different.add({"name": blob.name, "expected": size, "seen": blob.size, "blob_type": blob.kind})
            return False
        self.present += 1
        self.bytes += blob.size
        self.newest = max(self.newest or blob.modified, blob.modified)
        return True

    @property
    def complete(self) -> bool:
        return not self.staged.missing()[1] and not self.different.count

    def as_result(self) -> dict[str, Any]:
        missing, missing_count = self.staged.missing()
        return {
            "expected": self.staged.expected,
            "present": self.present,
            "bytes": self.bytes,
            "missing": missing,
            "missing_count": missing_count,
            "different": self.different.first,
            "different_count": self.different.count,
            "extra": self.extra.first,
            "extra_count": self.extra.count,
            "leased": self.leased.first,
            "leased_count": self.leased.count,
        }


def _batches(path: str) -> Iterator[list[tuple[str, int]]]:
    batch: list[tuple[str, int]] = []
    try:
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    batch.append(_entry(path, number, line))
                if len(batch) >= BATCH:
                    yield batch
                    batch = []
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise refuse("inventory_file", path, "a readable file of JSON lines", f"Reading it failed: {reason}.") from None
    yield batch


def _entry(path: str, number: int, line: str) -> tuple[str, int]:
    try:
        entry = json.loads(line)
        name, size = str(entry["name"]), int(entry["size"])
        name.encode()
        if not 0 <= size < 2**63:
            raise ValueError(size)
        return name, size
    except (ValueError, TypeError, KeyError):
        raise refuse(
            "inventory_file", f"{path} line {number}", 'JSON such as {"name": "...", "size": 512}', "Take the inventory anew."
        ) from None
