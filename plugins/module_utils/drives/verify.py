# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What landed: manifests and copy logs in, a verdict for every object and one for the seed out.

*Proven* needs equal length and either the CRC-64/NVME that was computed when the drive was written, or every page range listed as copied
with the MD5 that the manifest has. Logs are read as streams; what is kept is one small verdict an object.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from . import copy_log, log_words, manifest
from .judge import GOOD, PROBLEM, Expected, Verdict, by_drive_log, judge, worse
from .log_paths import Places
from .range_steps import differing

CHUNK = 1024 * 1024
MOST_PROBLEMS = 1000


@dataclass(frozen=True)
class Source:
    """A manifest or a log: its *name* and how to *open* it (a context manager that gives a binary stream)."""

    name: str
    open: object


@dataclass(frozen=True)
class Log:
    """What was read of one log. *serials* are the drives of the objects that it names, or that it says it is of."""

    name: str
    generation: str | None
    verbose: bool
    status: str | None
    serials: frozenset
    whole: bool


@dataclass
class Report:
    """The verdict of the *seed* and of each of the *objects* (by path), the *logs* that were read, what was wrong with the evidence
    (*problems*), how many objects each of the *drives* should bring, and of which drives the checksums are of an *other_algorithm*.
    """

    objects: dict
    logs: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    drives: dict = field(default_factory=dict)
    other_algorithm: list = field(default_factory=list)

    @property
    def counts(self):
        """Number of objects for each verdict."""
        return Counter(one.verdict for one in self.objects.values())

    @property
    def seed(self):
        """proven: every object is; present: all are there, some without a checksum; unproven: all are there, the evidence has problems."""
        seen = {one.verdict for one in self.objects.values()} - {"extra"}
        if not seen or not seen <= GOOD:
            return "incomplete"
        if self.problems:
            return "unproven"
        return "present" if "present" in seen else "proven"


def verify(manifests, logs, checksums=None, blobs=None):
    """A Report. *manifests* and *logs* are lists of Source; *checksums* maps blob path or file name to CRC-64/NVME as a number; *blobs*
    maps the path ``container/name`` of each blob that is there to its length (None: nobody looked).

    Raises manifest.NotAManifest for a manifest that cannot be read: without it nothing is expected. A log that cannot be read is a problem
    in the report.
    """
    expected, report = _expected(manifests, checksums or {})
    places, said, unequal = Places(expected), {}, []
    for source in sorted(logs, key=_is_verbose):  # a renamed container stands in the other log
        _read_log(source, expected, places, said, unequal, report)
    _find_ranges(manifests, logs, places, said, unequal)
    for path, one in expected.items():
        report.objects[path] = said.pop(path, None) or _not_named(one, report, places)
    report.objects.update(said)
    _conclude_algorithm(expected, report)
    if blobs is not None:
        _look(blobs, expected, places, report)
    return report


def _is_verbose(source):
    return "verbose" in source.name.lower()


def _expected(manifests, checksums):
    expected, report = {}, Report({})
    for source in manifests:
        with source.open() as stream:
            reader = manifest.Reader(stream)
            found = list(reader.blobs())
        serial = reader.drive_id or source.name
        report.drives[serial] = report.drives.get(serial, 0) + len(found)
        if reader.version not in manifest.VERSIONS or not reader.drive_id:
            report.problems.append(f"{source.name}: its version is {reader.version!r} and its drive {reader.drive_id!r}")
        for blob in found:
            if blob.blob_path in expected:
                report.problems.append(f"{blob.blob_path} stands in more than one place in the manifests")
            name = blob.blob_path.rpartition("/")[2]
            crc64 = checksums.get(blob.blob_path, checksums.get(name))
            expected[blob.blob_path] = Expected(blob.blob_path, blob.file_path, blob.length, serial, blob.ranges, crc64)
    return expected, report


def _read_log(source, expected, places, said, unequal, report):
    """Take every entry of one log into *said*, the worst word on each object."""
    named, good = set(), 0
    try:
        with source.open() as stream:
            reader = copy_log.Reader(stream)
            for entry in reader.entries():
                path = places.of(entry)
                one = expected.get(path)
                verdict = judge(entry, one, reader.generation, places.seen_as(entry, path)) if one else places.without_place(entry)
                if one:
                    named.add(one.drive)
                good += verdict.verdict in GOOD
                if verdict.by == "ranges_differ":
                    unequal.append((source, path))
                if verdict.verdict == PROBLEM:
                    if len(report.problems) < MOST_PROBLEMS:
                        report.problems.append(f"{source.name}: {verdict.why}")
                else:
                    said[verdict.path] = worse(said.get(verdict.path), verdict)
    except copy_log.NotACopyLog as error:
        report.problems.append(f"{source.name}: {error.msg}")
        unequal[:] = [pair for pair in unequal if pair[0] is not source]
        report.logs.append(Log(source.name, None, False, None, frozenset(named), False))
        return
    verbose = good > 0 or _is_verbose(source)
    serials = frozenset({serial for serial in report.drives if serial == reader.drive_id or f"_{serial}_" in source.name} or named)
    report.problems += [f"{source.name}: {what}" for what in _log_problems(reader, verbose, serials, report)]
    whole = reader.closed or (verbose and reader.generation == copy_log.ROOTLESS)
    report.logs.append(Log(source.name, reader.generation, verbose, reader.status, serials, whole))


def _log_problems(reader, verbose, serials, report):
    """What keeps a log from being evidence, a sentence each."""
    if reader.generation not in copy_log.GENERATIONS.values() or (reader.version or reader.generation) not in copy_log.GENERATIONS:
        yield f"its version {reader.version or reader.generation!r} is not known"
    rootless_verbose = reader.generation == copy_log.ROOTLESS and verbose
    if not reader.closed and not rootless_verbose:
        yield "it has no last line, so it may be cut off"
    if reader.closed and reader.status not in log_words.DRIVE_FAULTLESS:
        yield f"the drive's status is {reader.status!r}. {log_words.cure_of_drive(reader.status)}"
    if by_drive_log(reader.generation) and reader.drive_id not in report.drives:
        yield f"it is of the drive {reader.drive_id!r}, of which there is no manifest"
    if reader.errored:
        yield f"it counts {reader.errored} files with errors"
    listed = sum(report.drives[serial] for serial in serials)
    if reader.total is not None and serials and reader.total != listed:
        yield f"it counts {reader.total} files, the manifests list {listed}"


def _not_named(one, report, places):
    """Verdict on an object that no log names: an error log that is whole speaks for it, nothing else does."""
    if places.moved(one.path):
        why, seen_as = "its container was renamed", places.moved(one.path)
        return Verdict(one.path, one.drive, "renamed", "log", one.length, "ContainerRenamed", why, log_words.RENAMED, seen_as)
    logs = [log for log in report.logs if one.drive in log.serials]
    for log in logs:
        if log.status and log.status not in log_words.DRIVE_COPIED and log.status != "Failed":
            cure = log_words.cure_of_drive(log.status)
            return Verdict(
                one.path, one.drive, "failed", "drive_status", one.length, log.status, "the drive as a whole was not copied", cure
            )
    speaks = [log for log in logs if log.whole and log.status in log_words.DRIVE_COPIED]
    if speaks and not any(log.verbose for log in logs):
        why = "the error log of its drive does not name it; no log gives a checksum"
        return Verdict(one.path, one.drive, "present", "error_log", one.length, None, why, "Make the job with log_level verbose.")
    return Verdict(one.path, one.drive, "missing", "logs", one.length, None, "no log names it", log_words.SEND)


def _find_ranges(manifests, logs, places, said, unequal):
    """Where the sums of ranges differ although each was copied: read log and manifest once more, in step, to name the ranges."""
    for source in {id(source): source for source, _path in unequal}.values():
        wanted = {path for other, path in unequal if other is source}
        for path, ranges in differing(manifests, source, wanted, places).items():
            if said[path].by == "ranges_differ":
                said[path] = replace(said[path], bad=ranges)


def _conclude_algorithm(expected, report):
    """A drive of which no checksum matches was summed by another algorithm: its objects are present, not corrupted."""
    matched, unmatched = Counter(), {}
    for path, one in expected.items():
        verdict = report.objects[path]
        if verdict.by == "crc64":
            matched[one.drive] += bool(one.length)  # that of nothing is 0 by many algorithms
        elif verdict.by == "crc64_differs":
            unmatched.setdefault(one.drive, []).append(path)
    for drive, paths in unmatched.items():
        if matched[drive] or not any(expected[path].length for path in paths):
            continue
        report.other_algorithm.append(drive)
        for path in paths:
            why = "no checksum of its whole drive matches: the log was made with another algorithm than CRC-64/NVME"
            report.objects[path] = replace(report.objects[path], verdict="present", by="length", why=why, cure=log_words.SUPPORT)


def _look(blobs, expected, places, report):
    """Set the verdicts right by what lies in the container."""
    looked_in = {path.partition("/")[0] for path in (*expected, *blobs)}
    for path, one in expected.items():
        verdict = report.objects[path]
        size = blobs.get(path)
        if size is None and verdict.verdict == "renamed" and (verdict.seen_as or "").partition("/")[0] not in looked_in:
            continue  # it lies in a container that nobody listed: the log has the last word
        if size is None:
            elsewhere = next((other for other in places.renamings(path) if other in blobs and other not in expected), None)
            found = replace(verdict, verdict="missing", by="blobs", why="it is not in the container", cure=log_words.SEND)
            if elsewhere:
                found = replace(found, verdict="renamed", why="it lies under another name", seen_as=elsewhere, cure=log_words.RENAMED)
            report.objects[path] = found if verdict.verdict in (*GOOD, "missing", "renamed") else verdict
        elif size != one.length and verdict.verdict in (*GOOD, "missing"):
            why = f"the blob has {size} bytes, the manifest {one.length}"
            report.objects[path] = replace(verdict, verdict="corrupted", by="blobs", why=why, cure=log_words.SEND)
        elif verdict.verdict in ("missing", "renamed"):
            why = "it lies in the container with its length; no log gives a checksum"
            report.objects[path] = replace(verdict, verdict="present", by="blobs", why=why, cure=None, seen_as=None)
    seen_as = {one.seen_as for one in report.objects.values()}
    for path, size in blobs.items():
        if path not in expected and path not in seen_as:
            report.objects[path] = Verdict(
                path, None, "extra", "blobs", size, None, "no manifest names it", "Leave it: it is not of this seed."
            )
