# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was put right after the import: blobs that were read back from the container, against what the copy worker wrote.

A copy log stays as it is, whatever is uploaded later. So an object that the log has against it is proven by what lies there now: its
length and its SHA-256, which the worker took when it filled the drive.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from . import log_words
from .judge import GOOD
from .names import blob_path

BY = "read_back"
# What a log says of a drive or a number of objects as a whole: told by the verdicts on the objects themselves.
NO_LOG = "there is no whole copy log of drive"
OF_A_WHOLE = ("the drive's status is", "it counts")


def settle(report, seen, written, container):
    """Set the verdicts of *report* right by *seen* (read back) and *written* (by the worker), each ``{name: (bytes, SHA-256)}``."""
    mended = Counter()
    for name, told in seen.items():
        path = blob_path(container, name)
        verdict = report.objects.get(path)
        if verdict is None or verdict.drive is None or name not in written:
            continue
        if told == written[name] and told[0] == verdict.size:
            word, why, cure = "proven", f"it was put right: read back, it has the SHA-256 that was written ({verdict.verdict} before)", None
            mended[verdict.drive] += 1
        else:
            word, why, cure = "corrupted", "what lies there now was read back, and is not what was written", log_words.SEND
        report.objects[path] = replace(verdict, verdict=word, by=BY, category=None, why=why, cure=cure, seen_as=None, bad=())
    if mended:
        report.problems[:] = [problem for problem in report.problems if not _settled(problem, report, mended)]


def _settled(problem, report, mended):
    """Whether *problem* is about a drive as a whole, and its objects are all good by now: some of them mended, or without a log all."""
    for drive in mended:
        if problem == f"{NO_LOG} {drive}":
            return all(one.by == BY and one.verdict in GOOD for one in report.objects.values() if one.drive == drive)
    for log in report.logs:
        said = problem.removeprefix(f"{log.name}: ")
        if said != problem and said.startswith(OF_A_WHOLE) and "files, the manifests list" not in said and log.serials & set(mended):
            return all(one.verdict in GOOD for one in report.objects.values() if one.drive in log.serials)
    return False
