# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Page ranges of a log beside those of its manifest, read in step: where do they differ?

Both list an object's ranges by offset, so two cursors are enough and nothing is kept. Where the order is another, the answer is the whole
file.
"""

from __future__ import annotations

from itertools import groupby, zip_longest
from operator import itemgetter

from . import copy_log, manifest

WHOLE_FILE = ((0, copy_log.WHOLE_FILE, "ranges differ"),)


def differing(manifests, log, wanted, places):
    """``{path: ((offset, length, word), ...)}`` for each path of *wanted*; the ranges are those of the manifest, at most 10,000 a file."""
    found = dict.fromkeys(wanted, WHOLE_FILE)
    theirs = groupby(_of_log(log, wanted, places), key=itemgetter(0))
    ours = groupby(_of_manifests(manifests, wanted), key=itemgetter(0))
    waiting = next(theirs, None)
    for path, mine in ours:
        if waiting is None:
            break
        if waiting[0] != path:
            continue
        found[path] = _in_step(mine, waiting[1])
        waiting = next(theirs, None)
    return found


def _in_step(mine, theirs):
    bad = []
    for (_path, own), (_other, seen) in zip_longest(mine, theirs, fillvalue=(None, None)):
        if own == seen:
            continue
        if own is None or seen is None or (own.offset, own.length) != (seen.offset, seen.length) or len(bad) >= copy_log.MOST_BAD_RANGES:
            return WHOLE_FILE
        bad.append((own.offset, own.length, "MD5 differs"))
    return tuple(bad) or WHOLE_FILE


def _of_manifests(manifests, wanted):
    for source in manifests:
        yield from _of_manifest(source, wanted)


def _of_manifest(source, wanted):
    ready = []

    def take(path, one):
        if path in wanted:
            ready.append((path, one))

    with source.open() as stream:
        for _blobs in manifest.Reader(stream, take).batches():
            yield from ready
            ready.clear()


def _of_log(log, wanted, places):
    ready, paths = [], {}

    def take(written, one):
        if written not in paths:
            paths.clear()
            paths[written] = places.of(copy_log.Entry(written))
        if paths[written] in wanted:
            ready.append((paths[written], one))

    with log.open() as stream:
        for _entries in copy_log.Reader(stream, take).batches():
            yield from ready
            ready.clear()
