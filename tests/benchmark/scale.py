# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan, manifest, verification and record at growing sizes: seconds of one core, peak memory, growth, and the naive way beside it.

Each size runs in a process of its own (``python -m benchmark.scale SUBJECT SIZE``), the naive way after ours in the same one. Seconds are
those that the processor worked; growth is the exponent between the two largest sizes (1: twice the size takes twice as long).
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from benchmark import naive, streams
from benchmark.measure import Measure
from setup.site import Site

LINEAR, CONSTANT = 1.2, 0.15  # sorting, and caches that get too small, cost more than the number alone
DRIVES = 8.5
CHECKSUM = "checksum"


@dataclass(frozen=True)
class Subject:
    """What is measured at which *sizes* of what *unit*, by which aims; the naive way runs up to the size *naive_to*."""

    sizes: tuple
    unit: str
    naive_to: int
    seconds: dict = field(default_factory=dict)
    megabytes: dict = field(default_factory=dict)
    memory_growth: float | None = None


SUBJECTS = {
    "plan": Subject((10**4, 10**5, 10**6), "files", 10**6, {10**5: 1, 10**6: 10}, {10**6: 1000}),
    "manifest": Subject((10**4, 10**5, 10**6, 2 * 10**6), "ranges", 10**5, {2 * 10**6: 12}, {2 * 10**6: 100}, CONSTANT),
    "verify": Subject((10**4, 10**5, 10**6, 10**7), "log lines", 10**5, {10**7: 60}, {10**7: 100}, CONSTANT),
    "objects": Subject((10**4, 10**5, 10**6), "objects", 10**5, {10**6: 60}),
    "record": Subject((10**4, 10**5, 10**6), "events", 10**6, {10**6: 60}),
    "append": Subject((10**2, 10**3, 10**4), "events before it", 0, {10**4: 1}),
}


def measures() -> Iterator[Measure]:
    """The measures of all subjects, each as soon as it is known."""
    for name, subject in SUBJECTS.items():
        told = {}
        for size in subject.sizes:
            told[size] = told_by_child(name, size)
            label = f"{name}: {size:,} {subject.unit}"
            yield Measure(f"{label}, one core", told[size]["seconds"], "s", subject.seconds.get(size))
            yield Measure(f"{label}, peak memory", told[size]["megabytes"], "MB", subject.megabytes.get(size))
            if told[size]["naive_seconds"] is not None:
                yield Measure(f"{label}, naive way", told[size]["naive_seconds"], "s")
                yield Measure(f"{label}, naive way, peak memory", told[size]["naive_megabytes"], "MB")
            for what, value in told[size]["more"].items():
                yield Measure(f"{label}, {what}", value, "")
        yield Measure(f"{name}: growth of seconds", growth(told, "seconds"), "exp", LINEAR)
        yield Measure(f"{name}: growth of memory", growth(told, "megabytes"), "exp", subject.memory_growth)
    for way, seconds in told_by_child(CHECKSUM, 8 * 2**20).items():
        yield Measure(f"CRC-64/NVME, {way}", seconds, "s/GB")


def told_by_child(name: str, size: int) -> dict:
    site = Site.of_checkout()
    command = [str(site.python), "-m", "benchmark.scale", name, str(size)]
    environment = {**site.environment(), "PYTHONPATH": f"{site.root / 'tests'}:{site.dev}"}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=site.root)
    return json.loads(done.stdout)


def growth(told: dict, what: str) -> float:
    (small, before), (large, after) = list(told.items())[-2:]
    return math.log(max(after[what], 1e-9) / max(before[what], 1e-9)) / math.log(large / small)


# In the child.


def checksum(size: int) -> dict:
    """Seconds for a gigabyte of CRC-64/NVME in pure Python and, where it is installed, compiled; measured on *size* bytes."""
    from ansible_collections.offlineseed.azure.plugins.module_utils.drives import crc64

    data = bytes(range(256)) * (size // 256)
    ways = {"pure Python": crc64.by_tables} | ({} if crc64.crc64 is crc64.by_tables else {"compiled (awscrt)": crc64.crc64})
    return {name: timed(lambda way=way: way(data, 0)) * 10**9 / len(data) for name, way in ways.items()}


def one(name: str, size: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        ours, simple, more = WORK[name](size, Path(folder))
        seconds = timed(ours)
        megabytes = peak()
        told = {"seconds": seconds, "megabytes": megabytes, "naive_seconds": None, "naive_megabytes": None, "more": {}}
        if size <= SUBJECTS[name].naive_to:
            told |= {"naive_seconds": timed(simple), "naive_megabytes": peak()}
        return {**told, "more": more()}


def timed(work: Callable) -> float:
    """Processor seconds of `work`, which begins with a peak of its own."""
    Path("/proc/self/clear_refs").write_text("5")  # proc(5): the peak of this process begins anew
    began = time.process_time()
    work()
    return time.process_time() - began


def peak() -> float:
    """Megabytes that this process held at most since `timed` began. (ru_maxrss would be that of the process it was forked from.)"""
    kilobytes = next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) * 1024 / 10**6


def plan(size: int, folder: Path):
    from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import seed_plan

    path = folder / "inventory.jsonl"
    drive = int(streams.inventory(path, size) / DRIVES)
    drives = [{"serial": f"WD-{n}", "size": drive} for n in range(10)]
    params = {"state_dir": str(folder / "state"), "seed": "srv1", "container": "c", "inventory_file": str(path), "drives": drives}
    (folder / "state").mkdir()
    used = {}

    def ours():
        made = seed_plan.run(params, False)
        used.update({"drives": len(made["drives"]), "drives at least": made["bound"]["at_least"]})

    def simple():
        used["drives, naive way"] = naive.plan(path, drive)

    return ours, simple, lambda: used


def manifest(size: int, folder: Path):
    from ansible_collections.offlineseed.azure.plugins.module_utils.drives.manifest import Reader

    def ours():
        (blob,) = Reader(streams.Made(streams.manifest(size))).blobs()
        assert blob.ranges.count == size and blob.ranges.covers(blob.length)

    return ours, lambda: naive.manifest(size), dict


def verify(size: int, folder: Path):
    return verified(streams.manifest, streams.drive_log, size, {}), lambda: naive.verify(size), dict


def objects(size: int, folder: Path):
    sums = {f"c/{n:036}": n for n in range(size)}
    return verified(streams.objects, streams.verbose_log, size, sums), lambda: naive.objects(size), dict


def verified(manifest_of: Callable, log_of: Callable, size: int, sums: dict) -> Callable:
    from ansible_collections.offlineseed.azure.plugins.module_utils.drives import verify as core

    def ours():
        sources = [
            core.Source(name, lambda made=made: closing(streams.Made(made(size))))
            for name, made in (("WD-1.xml", manifest_of), ("job_verbose.xml", log_of))
        ]
        assert core.verify(sources[:1], sources[1:], sums).seed == "proven"

    return ours


def record(size: int, folder: Path):
    from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import record as core

    path = long_record(core, size, folder)

    def ours():
        assert len(core.read(folder, "srv1").lines) == size

    return ours, lambda: naive.record(path), dict


def append(size: int, folder: Path):
    from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import record as core

    long_record(core, size, folder)
    event = {"line": 1, "what": "measured"}
    return lambda: core.append(folder, "srv1", "healed", event, "2026-01-01T00:00:00Z"), None, dict


def long_record(core, size: int, folder: Path) -> Path:
    """A record of so many lines, written at once."""
    path = core.folder_of(folder, "srv1") / core.RECORD
    path.parent.mkdir()
    before = core.origin("srv1")
    with path.open("wb") as out:
        for number in range(1, size + 1):
            event, data = ("opened", {"seed": "srv1"}) if number == 1 else ("healed", {"line": number, "what": "measured"})
            line = core.Line(number, "2026-01-01T00:00:00Z", event, data, before)
            before = line.hash
            out.write(line.encoded())
    (path.parent / core.HEAD).write_text(json.dumps({"n": size, "hash": before}))
    return path


WORK = {"plan": plan, "manifest": manifest, "verify": verify, "objects": objects, "record": record, "append": append}


if __name__ == "__main__":
    wanted, how_many = sys.argv[1], int(sys.argv[2])
    json.dump(checksum(how_many) if wanted == CHECKSUM else one(wanted, how_many), sys.stdout)
