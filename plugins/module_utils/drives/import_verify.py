# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Core of the module import_verify: what landed, by manifests and copy logs, and the smallest repair."""

from __future__ import annotations

import os
import tempfile
from functools import partial

from ..canonical import canonical
from ..failure import Failure
from . import lists, names, read_back, repair, verify
from .judge import VERDICTS

ARGUMENT_SPEC = {
    "manifests": {"type": "list", "elements": "path", "required": True},
    "logs": {"type": "list", "elements": "path", "required": True},
    "checksum_files": {"type": "list", "elements": "path", "default": []},
    "blob_list": {"type": "path"},
    "container": {"type": "str"},
    "read_back": {"type": "path"},
    "job": {"type": "str"},
    "most_listed": {"type": "int", "default": 100},
    "report_file": {"type": "path"},
}
ARGUMENT_RULES = {"required_by": {"blob_list": ["container"], "read_back": ["container"]}}


def run(params, check_mode):
    """``{changed, verdict, proven, counts, objects, drives, logs, problems, repair}``; lists are cut at *most_listed*, counts are not."""
    manifests = [verify.Source(os.path.basename(path), partial(_opened, path, "manifests")) for path in params["manifests"]]
    if not manifests:
        raise Failure("manifests names no file. Give the DriveManifest.xml of every drive.", field="manifests")
    logs = [verify.Source(os.path.basename(path), partial(_opened, path, "logs")) for path in params["logs"]]
    report = verify.verify(manifests, logs, _checksums(params), _blobs(params))
    report.problems += list(_silent_drives(report))
    read_back.settle(report, _read_back(params), _sha256(params), params.get("container"))
    todo = repair.smallest(report, params.get("job"))
    changed = _write(params["report_file"], report, check_mode) if params.get("report_file") else False
    return {"changed": changed, **_result(report, todo, params["most_listed"])}


def _opened(path, field):
    try:
        return open(path, "rb")  # noqa: SIM115 (the caller closes it)
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}. Fetch it to the controller.", field=field) from error


def _checksums(params):
    found = {}
    for path in params.get("checksum_files") or ():
        found.update(lists.checksums(path, "checksum_files"))
    return found


def _silent_drives(report):
    """A length in the container alone proves nothing: a page blob has it before a byte is written."""
    for serial in sorted(report.drives):
        if not any(log.whole and serial in log.serials for log in report.logs):
            yield f"{read_back.NO_LOG} {serial}"


def _sha256(params):
    found = {}
    for path in params.get("checksum_files") or ():
        found.update(lists.whole_sums(path, "checksum_files"))
    return found


def _read_back(params):
    return lists.whole_sums(params["read_back"], "read_back") if params.get("read_back") else {}


def _blobs(params):
    if not params.get("blob_list"):
        return None
    sizes = lists.sizes(params["blob_list"], "blob_list")
    return {names.blob_path(params["container"], name): size for name, size in sizes.items()}


def _result(report, todo, most):
    order = {verdict: -place for place, verdict in enumerate(VERDICTS)}
    told = sorted((one for one in report.objects.values() if one.verdict != "proven"), key=lambda one: (order[one.verdict], one.path))
    return {
        "verdict": report.seed,
        "proven": report.seed == "proven",
        "counts": {verdict: report.counts[verdict] for verdict in VERDICTS},
        "objects": [_shown(one, most) for one in told[:most]],
        "drives": [
            {"serial": serial, "objects": count, "other_algorithm": serial in report.other_algorithm}
            for serial, count in sorted(report.drives.items())
        ],
        "logs": [
            {"name": log.name, "generation": log.generation, "verbose": log.verbose, "status": log.status, "whole": log.whole}
            for log in report.logs
        ],
        "problems": report.problems[:most],
        "repair": {
            "bytes": todo.bytes,
            "copies": todo.copies[:most],
            "ranges": todo.ranges[:most],
            "files": todo.files[:most],
            "left_out": sum(max(0, len(one) - most) for one in (todo.copies, todo.ranges, todo.files)),
            "support": todo.support,
        },
    }


def _shown(one, most):
    bad = repair.joined(one.bad) or []
    return {
        "path": one.path,
        "drive": one.drive,
        "verdict": one.verdict,
        "by": one.by,
        "size": one.size,
        "category": one.category,
        "why": one.why,
        "cure": one.cure,
        "seen_as": one.seen_as,
        "ranges": bad[:most],
    }


def _write(path, report, check_mode):
    """Write the verdict on every object as JSON lines, sorted by path; whether the file changed."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=None if check_mode else folder, delete=False) as file:
            try:
                for key in sorted(report.objects):
                    file.write(canonical(_shown(report.objects[key], len(report.objects[key].bad))) + "\n")
                file.flush()
                changed = not _same(file.name, path)
                if changed and not check_mode:
                    os.replace(file.name, path)
            finally:
                if os.path.exists(file.name):
                    os.unlink(file.name)
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}. Give a file in a folder that exists.", field="report_file") from error
    return changed


def _same(one, other):
    if not os.path.exists(other) or os.path.getsize(one) != os.path.getsize(other):
        return False
    with open(one, "rb") as left, open(other, "rb") as right:
        while chunk := left.read(verify.CHUNK):
            if chunk != right.read(verify.CHUNK):
                return False
    return True
