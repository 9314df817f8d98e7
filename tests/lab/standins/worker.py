# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in of the worker that copies: the same journal, manifest and progress as `_DriveCopy.cs`, in threads of the lab."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import threading
import time
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ..crc64 import Crc64
from ..windows.session import ENGINE
from ..windows.tasks import Task
from ..windows.volume import Volume, VolumeFull
from .drive_papers import utc_now
from .work_folder import ROOT, read_paper, write_paper

RANGE = 4 << 20
RANGES_A_LINE = 4096
ROUND = 0.2


class Stopped(Exception):
    """The task was ended: nothing more is written, as after a kill."""


class DriveCopy:
    """The copying of one drive, in a thread of its own."""

    def __init__(self, host: Any, order: dict[str, Any], stop: threading.Event) -> None:
        self.host, self.order, self.stop = host, order, stop
        self.about = {key: order[key] for key in ("seed", "serial", "plan_hash")}
        self.state, self.message, self.current, self.manifest = "copying", None, None, None
        self.files_done = self.bytes_done = self.bytes_here = 0
        self.files: list[dict[str, Any]] = []
        self.head: dict[str, Any] = {"files": 0, "bytes": 0}
        self.begun = time.monotonic()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def snapshot(self) -> dict[str, Any]:
        """The progress of this moment."""
        return {
            "v": 1, "attempt": self.order["attempt"], "serial": self.order["serial"], "state": self.state,
            "files_total": self.head["files"], "files_done": self.files_done, "bytes_total": self.head["bytes"],
            "bytes_done": self.bytes_done + self.bytes_here,
            "current": self.current, "message": self.message, "manifest": self.manifest, "at": utc_now(),
        }  # fmt: skip

    def _run(self) -> None:
        try:
            self._copy_all()
            self.state = "copied"
        except Stopped:
            self.state = "stopped"
        except Exception as error:  # one drive's error is told in its progress and journal; the others go on
            self.message = (f"file '{self.current}': " if self.current else "") + str(error)
            self.state = "failed"
            if hasattr(self, "journal") and self.journal.exists():
                self._append({"event": "failed", "message": self.message, "at": utc_now()})

    def _copy_all(self) -> None:
        self.volume: Volume = self.host.volume_of(self.order["mount"])
        self.root = self.host.path(self.order["mount"])
        marker = read_paper(self.root / "offlineseed" / "marker.json")
        if marker is None:
            raise OSError(f"the drive is not there: its marker cannot be read in {self.order['mount']} (locked or detached?)")
        self._must_match(marker, "the marker")
        self._read_list()
        self.journal = self.root / "offlineseed" / "journal.jsonl"
        entries = self._open_journal()
        (self.root / "data").mkdir(exist_ok=True)
        left = self._files_left(entries)
        if not left and entries[-1]["event"] == "manifest" and self._manifest_size() == entries[-1]["size"]:
            self.manifest = {key: entries[-1][key] for key in ("file", "size", "md5")}
            return
        source = self.host.path(self.order["source"], ENGINE)
        for entry in left:
            self._copy(source / entry["name"], entry)
        self.current = None
        self._write_manifest()

    def _must_match(self, paper: dict[str, Any], what: str) -> None:
        for name, value in {"v": 1, **self.about}.items():
            if paper.get(name) != value:
                raise ValueError(f"{what} says {name} '{paper.get(name)}', expected '{value}'")

    def _read_list(self) -> None:
        lines = self.host.path(self.order["list"]).read_text(encoding="utf-8").splitlines()
        self.head = json.loads(lines[0])
        self._must_match(self.head, "the file list")
        self.files = [json.loads(line) for line in lines[1:]]
        if (len(self.files), sum(f["size"] for f in self.files)) != (self.head["files"], self.head["bytes"]):
            raise ValueError(
                f"the file list holds {len(self.files)} files, its head says {self.head['files']} of {self.head['bytes']} bytes"
            )

    def _open_journal(self) -> list[dict[str, Any]]:
        content = self.journal.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            self.journal.write_bytes(whole)
        entries = [json.loads(line) for line in whole.decode().splitlines()]
        if not entries:
            raise ValueError("the journal is empty")
        self._must_match(entries[0], "the journal")
        return entries

    def _files_left(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        complete = {e["name"]: e["size"] for e in entries if e["event"] == "file"}
        for entry in (f for f in self.files if f["name"] in complete):
            there = self.root / "data" / entry["name"]
            seen = there.stat().st_size if there.exists() else "none"
            if complete[entry["name"]] != entry["size"] or seen != entry["size"]:
                raise ValueError(
                    f"the journal calls file '{entry['name']}' complete, the plan says {entry['size']} bytes, on the drive are {seen}"
                )
            self.files_done += 1
            self.bytes_done += entry["size"]
        return [f for f in self.files if f["name"] not in complete]

    def _copy(self, source: pathlib.Path, entry: dict[str, Any]) -> None:
        self.current, self.bytes_here = entry["name"], 0
        before = source.stat()
        if before.st_size != entry["size"]:
            raise ValueError(f"the staged file has {before.st_size} bytes, the plan says {entry['size']}; stage and plan again")
        target = self.root / "data" / entry["name"]
        target.unlink(missing_ok=True)
        if self.volume.free() < entry["size"]:
            raise VolumeFull(self.order["mount"])
        whole, crc64, ranges = hashlib.sha256(), Crc64(), []
        with open(source, "rb") as reader, open(target, "wb") as writer:
            while block := reader.read(RANGE):
                if self.stop.is_set():
                    raise Stopped
                writer.write(block)
                whole.update(block)
                crc64.update(block)
                ranges.append(hashlib.md5(block, usedforsecurity=False).hexdigest().upper())
                self.bytes_here += len(block)
                self._pace()
        if source.stat().st_mtime_ns != before.st_mtime_ns or source.stat().st_size != entry["size"]:
            raise ValueError("the staged file was changed while it was copied")
        for first in range(0, len(ranges), RANGES_A_LINE):
            self._append({"event": "ranges", "name": entry["name"], "first": first, "md5": ranges[first : first + RANGES_A_LINE]})
        about = {"name": entry["name"], "size": entry["size"], "ranges": len(ranges)}
        about |= {"sha256": whole.hexdigest(), "crc64": crc64.hexdigest()}
        self._append({"event": "file", **about, "at": utc_now()})
        self.files_done += 1
        self.bytes_done += entry["size"]
        self.bytes_here = 0

    def _pace(self) -> None:
        rate = self.order["max_rate"]
        if rate > 0:
            ahead = (self.bytes_done + self.bytes_here) / rate - (time.monotonic() - self.begun)
            if ahead > 0 and self.stop.wait(min(ahead, 60)):
                raise Stopped

    def _append(self, entry: dict[str, Any]) -> None:
        if self.stop.is_set():
            raise Stopped
        with open(self.journal, "ab") as stream:
            stream.write(json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())

    def _manifest_size(self) -> int:
        there = self.root / "DriveManifest.xml"
        return there.stat().st_size if there.exists() else -1

    def _write_manifest(self) -> None:
        text = manifest_text(self._open_journal(), self.files, self.head["container"], self.order["serial"]).encode()
        (self.root / "DriveManifest.xml").write_bytes(text)
        md5 = hashlib.md5(text, usedforsecurity=False).hexdigest().upper()
        self.manifest = {"file": "\\DriveManifest.xml", "size": len(text), "md5": md5}
        self._append({"event": "manifest", **self.manifest, "at": utc_now()})


def manifest_text(entries: list[dict[str, Any]], files: list[dict[str, Any]], container: str, serial: str) -> str:
    """DriveManifest.xml of a journal: the same journal gives the same bytes."""
    wanted = {f["name"]: f["size"] for f in files}
    head = '<?xml version="1.0" encoding="utf-8"?>\n<DriveManifest Version="2014-11-01">\n  <Drive>\n'
    text = [head, f"    <DriveId>{_xml(serial)}</DriveId>\n    <ClientCreator>offlineseed.azure</ClientCreator>\n    <BlobList>\n"]
    hashes: list[str] = []
    for entry in entries:
        if entry["event"] == "ranges":
            hashes = entry["md5"] if entry["first"] == 0 else hashes + entry["md5"]
        elif entry["event"] == "file":
            name, size = entry["name"], entry["size"]
            if wanted.pop(name, None) is None:
                raise ValueError(f"the journal has file '{name}' twice, or the file list does not name it")
            text.append(_blob(container, name, size, hashes if size else []))
    for name in wanted:
        raise ValueError(f"the journal does not say that file '{name}' is complete")
    return "".join([*text, "    </BlobList>\n  </Drive>\n</DriveManifest>\n"])


def _xml(text: str) -> str:
    return escape(text, {'"': "&quot;", "'": "&apos;"})


def _blob(container: str, name: str, size: int, hashes: list[str]) -> str:
    ranges = "".join(
        f'          <PageRange Offset="{i * RANGE}" Length="{min(RANGE, size - i * RANGE)}" Hash="{md5}" />\n'
        for i, md5 in enumerate(hashes)
    )
    path = _xml("\\data\\" + name)
    return (
        f"      <Blob>\n        <BlobPath>{_xml(container + '/' + name)}</BlobPath>\n        <FilePath>{path}</FilePath>\n"
        f"        <Length>{size}</Length>\n        <ImportDisposition>overwrite</ImportDisposition>\n        <PageRangeList>\n{ranges}"
        "        </PageRangeList>\n      </Blob>\n"
    )


def copy_worker(host: Any, task: Task) -> Callable[[threading.Event], int]:
    """The work of the task of one seed: carry out the orders in its folder, answer 0, or 1 if a drive failed."""

    def work(stop: threading.Event) -> int:
        folder = host.path(f"{ROOT}\\{task.name}")
        jobs: dict[str, DriveCopy] = {}
        taken: dict[str, str] = {}
        told: set[str] = set()
        while not stop.is_set():
            for order in _new_orders(folder, taken):
                serial = order["serial"]
                if serial in jobs and serial not in told:
                    continue
                taken[serial] = order["attempt"]
                told.discard(serial)
                jobs[serial] = DriveCopy(host, order, stop)
            for serial, job in jobs.items():
                finished = not job.thread.is_alive()
                if serial not in told and not stop.is_set():
                    write_paper(folder / "progress" / f"{serial}.json", job.snapshot())
                    told |= {serial} if finished else set()
            if len(told) == len(jobs) and not _new_orders(folder, taken):
                break
            stop.wait(ROUND)
        for job in jobs.values():
            job.thread.join()
        return int(any(job.state == "failed" for job in jobs.values()))

    return work


def _new_orders(folder: pathlib.Path, taken: dict[str, str]) -> list[dict[str, Any]]:
    found = (read_paper(path) for path in sorted((folder / "orders").glob("*.json")))
    return [order for order in found if order and taken.get(order["serial"]) != order["attempt"]]
