# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Core of the module drive_manifest: read a manifest, a journal or a DriveInfo file, and say what is wrong with it."""

from __future__ import annotations

import re

from ..failure import Failure
from . import drive_info, journal, lists, manifest, names, plan

ARGUMENT_SPEC = {
    "path": {"type": "path", "required": True},
    "serial": {"type": "str"},
    "manifest_hash": {"type": "str"},
    "container": {"type": "str"},
    "plan_file": {"type": "path"},
    "inventory_file": {"type": "path"},
}
ARGUMENT_RULES = {"mutually_exclusive": [["plan_file", "inventory_file"]], "required_by": {"plan_file": ["serial"]}}

MANIFEST, JOURNAL, DRIVE_INFO = "manifest", "journal", "drive_info"
BEGINNING = 4096
ROOT = re.compile(rb"<(?:[\w.-]+:)?DriveManifest[\s>]")


def run(params, check_mode):
    """``{changed, kind, fit, differences: [{file, what}], size, drives: [{serial, manifest_file, manifest_hash, has_key}], ...}``; of a
    manifest also ``version``, ``blobs``, ``bytes``, ``ranges``, ``block_blobs``; and ``has_storage_key`` where one can stand.
    """
    try:
        with open(params["path"], "rb") as stream:
            kind = kind_of(stream.read(BEGINNING))
            stream.seek(0)
            return {"changed": False, "kind": kind, **READ[kind](stream, params)}
    except OSError as error:
        raise Failure(f"{params['path']} cannot be read: {error.strerror}. Fetch it to the controller.", field="path") from error


def kind_of(beginning):
    """Which of the three kinds a file is that begins so."""
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(journal.MARK.encode()):
        return JOURNAL
    return MANIFEST if ROOT.search(text) or not text.startswith(b"<") else DRIVE_INFO


def _read_manifest(stream, params):
    counts = {"blobs": 0, "bytes": 0, "ranges": 0, "block_blobs": 0}
    wanted, container = _wanted(params)
    reader = _Counting(stream, counts)
    found = manifest.check_read(reader, wanted, container, params.get("serial"), params.get("manifest_hash"))
    if not counts["blobs"]:
        found.append(manifest.Difference(None, "it lists no file"))
    drive = {"serial": reader.drive_id, "manifest_file": names.MANIFEST_FILE, "manifest_hash": reader.hash, "has_key": False}
    return {**_result(found, reader.size, [drive]), **counts, "version": reader.version, "has_storage_key": reader.credential}


class _Counting(manifest.Reader):
    """A Reader that sums up what it reads."""

    def __init__(self, stream, counts):
        super().__init__(stream)
        self._counts = counts

    def batches(self):
        for batch in super().batches():
            for blob in batch:
                self._counts["blobs"] += 1
                self._counts["bytes"] += blob.length
                self._counts["ranges"] += blob.ranges.count
                self._counts["block_blobs"] += bool(blob.blocks)
            yield batch


def _wanted(params):
    """``(Wanted, container)`` by the plan or the inventory; None for what is not given."""
    if params.get("inventory_file"):
        return manifest.staged(lists.sizes(params["inventory_file"], "inventory_file")), params.get("container")
    if not params.get("plan_file"):
        return None, params.get("container")
    try:
        with open(params["plan_file"], "rb") as file:
            made = plan.Plan.decoded(file.read())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Failure(f"{params['plan_file']} is not a plan: {error}. Give the plan.json of the seed.", field="plan_file") from error
    wanted = names.serial(params["serial"])
    load = next((load for load in made.loads if names.serial(load.serial) == wanted), None)
    if load is None:
        raise Failure(
            f"Drive {wanted} is not in {params['plan_file']}. Give the serial of a drive of that plan.", field="serial", seen=wanted
        )
    return manifest.planned(load), params.get("container") or made.container


def _read_journal(stream, params):
    read = journal.read(stream)
    found = journal.check(read, params.get("serial"), params.get("manifest_hash"))
    return {**_result(found, read.size, _shown(read.drives)), "version": read.vocabulary, "has_storage_key": read.storage_key}


def _read_drive_info(stream, params):
    drives = drive_info.read(stream)
    return _result(drive_info.check(drives, params.get("serial"), params.get("manifest_hash")), stream.tell(), _shown(drives))


def _shown(drives):
    return [
        {"serial": one.serial, "manifest_file": one.manifest_file, "manifest_hash": one.manifest_hash, "has_key": one.has_key}
        for one in drives
    ]


def _result(differences, size, drives):
    told = [{"file": one.file, "what": one.what} for one in differences]
    return {"fit": not told, "differences": told, "size": size, "drives": drives}


READ = {MANIFEST: _read_manifest, JOURNAL: _read_journal, DRIVE_INFO: _read_drive_info}
