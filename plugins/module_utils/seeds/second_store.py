# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second store of a seed's state: a container that keeps record, escrow, plan, inventory and evidence of every seed.

A controller whose disk does not last (AWX, an execution environment) works on a copy: ``<state_dir>/<seed>`` is brought up to date from the
store before a phase, and what changes is written to the store before anything relies on it. The store is the truth. The record is an
append blob: an event is taken there only at the place where the last one ended, so that two controllers cannot fork the chain. Keys
are written once and never over each other. ``store.json`` in the seed's folder names the store and what was last seen there.

*blobs* is ``arm.kept_blobs.KeptBlobs``: ``ensure, under, read, fetch, put, append``.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field

from ..canonical import canonical
from ..failure import Failure
from ..jobs import store
from . import record, state_dir

VERSION = 1
# What is kept beside the record. A blob of any other name is left alone: whoever may write to the store must not write elsewhere here.
NAME = r"[\w.@ %~+-]+"
KEPT = re.compile(rf"plan\.json|inventory\.jsonl|escrow/{NAME}\.yml|evidence/(?:{NAME}/)*{NAME}")
ONCE = "escrow/"  # a key is never replaced by another
TRIES = 3


@dataclass
class Seen:
    """``store.json``: the place of the store, how many bytes of the record it holds, and by name what was last equal on both sides."""

    place: str
    record: int = 0
    files: dict = field(default_factory=dict)


class SecondStore:
    """The state of *seed* in *state_dir* and in *blobs* at *place* (text for people) under *prefix*."""

    def __init__(self, blobs, place, prefix, folder, seed):
        self._blobs, self._state_dir, self._seed = blobs, folder, seed
        self._place = f"{place}{seed}"
        self._prefix = f"{prefix}{seed}/"
        self._folder = record.folder_of(folder, seed)
        self._seen = self._marker()

    def sync(self, check_mode=False):
        """Bring both sides to the same state; in check mode only the copy changes.

        Returns ``{record: unchanged | fetched | sent, set_aside, fetched: [name], kept: [name]}``. Raises Failure where both hold a
        record of which neither continues the other, or another key of the same drive.
        """
        if not check_mode and not (self._folder / state_dir.STORE).exists():
            self._blobs.ensure()
        told, aside = self._sync_record(check_mode)
        fetched = self._fetch()
        if not check_mode or fetched or told == "fetched":
            self._note()
        kept = [] if check_mode else self.keep()
        return {"record": told, "set_aside": aside, "fetched": fetched, "kept": kept}

    def send_record(self):
        """Append to the store what the copy's record has more; raises Failure where another run has appended something else."""
        for _try in range(TRIES):
            ours = record.content(self._state_dir, self._seed)
            rest = ours[self._seen.record :]
            if not rest:
                return
            if self._blobs.append(self._prefix + record.RECORD, rest, self._seen.record):
                self._seen.record = len(ours)
                self._note()
                return
            theirs = self._blobs.read(self._prefix + record.RECORD) or b""
            if not ours.startswith(theirs):
                break
            self._seen.record = len(theirs)
        raise Failure(
            f"Another run has written to the record of seed {self._seed} in {self._place} meanwhile; what this run wanted to add is not"
            " kept. Look which other controller works on this seed, let one of them go on, and run it again.",
            field="store",
            seen=self._place,
        )

    def keep(self):
        """Write every file of the copy that is new or changed to the store; the names."""
        kept = []
        for name, path in self._files():
            known = self._seen.files.get(name)
            if known and known["stat"] == _stat(path):
                continue
            self._put(name, path, known)
            kept.append(name)
        if kept:
            self._note()
        return kept

    def _put(self, name, path, known):
        """A key is written to a place where there is none; any other file over what was last seen."""
        before = known["etag"] if known and not name.startswith(ONCE) else None
        etag = self._blobs.put(self._prefix + name, path, before)
        if etag is None:
            # Written by this run, its answer lost? Then the same bytes stand there.
            there = next((kept for kept in self._blobs.under(self._prefix + name) if kept.name == self._prefix + name), None)
            if there is None or self._blobs.read(self._prefix + name) != path.read_bytes():
                raise self._both(name)
            etag = there.etag
        self._seen.files[name] = {"etag": etag, "stat": _stat(path)}

    # -- record --------------------------------------------------------------------------------------------------------------------
    def _sync_record(self, check_mode):
        theirs = self._blobs.read(self._prefix + record.RECORD) or b""
        ours = record.content(self._state_dir, self._seed)
        if self._seen.record > len(theirs):
            raise Failure(
                f"The store {self._place} holds {len(theirs)} bytes of the record of seed {self._seed}; it held {self._seen.record}. Bring"
                " the blob back (soft delete or versions of the storage account), or, if the folder is the right one, name an empty store"
                f" and remove {self._folder / state_dir.STORE}.",
                field="store",
                seen=self._place,
            )
        aside = None
        if theirs and not theirs.startswith(ours) and not ours.startswith(theirs):
            aside = self._set_aside()
        if theirs and (aside or len(theirs) >= len(ours)):
            self._seen.record = len(theirs)
            record.replace(self._state_dir, self._seed, theirs)
            return ("unchanged" if ours == theirs else "fetched"), aside
        self._seen.record = len(theirs)
        if not ours or check_mode:
            return "unchanged", None
        self.send_record()
        return "sent", None

    def _set_aside(self):
        """Move a copy aside whose last event the store did not take; a record that never was a copy stays, and is a conflict."""
        if not (self._folder / state_dir.STORE).exists():
            raise Failure(
                f"{self._folder} and the store {self._place} hold different records of seed {self._seed}, and neither continues the other. "
                "Decide which one is right: move the folder away, or name another store or prefix.",
                field="store",
                seen=self._place,
            )
        number = 1
        while (self._folder / f"record.not-kept-{number}.jsonl").exists():
            number += 1
        aside = self._folder / f"record.not-kept-{number}.jsonl"
        (self._folder / record.RECORD).replace(aside)
        return aside.name

    # -- files ---------------------------------------------------------------------------------------------------------------------
    def _fetch(self):
        """Files that the store has newer or that the copy lacks."""
        fetched = []
        for kept in self._blobs.under(self._prefix):
            name = kept.name[len(self._prefix) :]
            if not KEPT.fullmatch(name) or any(set(part) == {"."} for part in name.split("/")):
                continue
            path, known = self._folder / name, self._seen.files.get(name)
            if known and known["etag"] == kept.etag and path.exists():
                continue
            self._take(kept, name, path)
            self._seen.files[name] = {"etag": kept.etag, "stat": _stat(path)}
            fetched.append(name)
        return fetched

    def _take(self, kept, name, path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            self._blobs.fetch(kept, draft)
            if name.startswith(ONCE) and path.exists() and path.read_bytes() != draft.read_bytes():
                raise self._both(name)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def _both(self, name):
        return Failure(
            f"{self._folder / name} and {self._place}/{name} differ, and neither is known to be older. Nothing was replaced. Two"
            " controllers have worked on this seed: keep the one that belongs to the drives, move the other away, and run again.",
            field="store",
            seen=name,
        )

    def _files(self):
        for path in sorted(self._folder.rglob("*")):
            name = path.relative_to(self._folder).as_posix()
            if path.is_file() and KEPT.fullmatch(name):
                yield name, path

    # -- store.json ----------------------------------------------------------------------------------------------------------------
    def _marker(self):
        held = marker(self._state_dir, self._seed)
        if held is None:
            return Seen(self._place)
        if held.place != self._place:
            raise Failure(
                f"{self._folder} is a copy of the store {held.place}, but this task names {self._place}. Name the same store in every task,"
                " or use another state_dir.",
                field="store",
                seen=self._place,
            )
        return held

    def _note(self):
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {"v": VERSION, "place": self._seen.place, "record": self._seen.record, "files": self._seen.files}
        state_dir.write_whole(self._folder / state_dir.STORE, canonical(told).encode() + b"\n")


def of_task(params, folder, seed, azure=None):
    """The SecondStore that a task's option *store* names, None where the seed has none.

    A folder that is a copy of a store is not written without it: what is written would be lost with the folder.
    """
    options = params.get("store")
    if not options:
        held = marker(folder, seed)
        if held is None:
            return None
        raise Failure(
            f"The state of seed {seed} is kept in {held.place}; the folder {record.folder_of(folder, seed)} is a copy. Give the option"
            " store (seed_store) to this task too.",
            field="store",
            seen=None,
        )
    place = store.place_of(options)
    return SecondStore(store.open_store(options, azure), place, place.prefix, folder, seed)


def require_kept(path, seed):
    """Raise Failure where *path*, an escrow file of *seed*, belongs to a copy of a store that does not hold it as it is."""
    folder = path.parent.parent
    held = marker(folder.parent, folder.name)
    known = held and held.files.get(path.relative_to(folder).as_posix())
    if held and (known is None or known["stat"] != _stat(path)):
        raise Failure(
            f"The key {path.name} of seed {seed} is not in {held.place} yet, and this folder may be gone before the drive comes back. Seal"
            " first (win_disk_prep with state sealed), run seed_store, then prepare.",
            field="escrow_dir",
            seen=str(path),
        )


def marker(folder, seed):
    """Seen of a seed's folder, None where it is no copy of a store."""
    path = record.folder_of(folder, seed) / state_dir.STORE
    try:
        held = json.loads(path.read_bytes())
        return Seen(held["place"], held["record"], held["files"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise Failure(
            f"{path} is not what was written. Remove it: the next run compares the folder with its store anew.", field="store"
        ) from None


def _stat(path):
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]
