# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which object an entry of a copy log is about: slashes of both kinds, percent-escapes, renamed containers and blobs."""

from __future__ import annotations

from urllib.parse import unquote

from . import log_words
from .judge import PROBLEM, Verdict

COPIES = range(2, 10)


class Places:
    """The paths of the *expected* objects, and the ways in which a log may write them."""

    def __init__(self, expected):
        self._expected = expected
        self._by_file = {}
        self._new_containers = {}
        for path, one in expected.items():
            self._by_file[one.file_path] = None if one.file_path in self._by_file else path

    def of(self, entry):
        """Path of the expected object that *entry* is about; None if it is about none, or it cannot be told about which."""
        path = plain(entry.path)
        decoded = unquote(path, errors="strict") if "%" in path and _decodes(path) else path
        if decoded != path and decoded in self._expected and path in self._expected:
            return None
        for one in (path, decoded):
            if one in self._expected:
                return one
        if entry.file_path:
            return self._by_file.get("\\" + entry.file_path.replace("/", "\\").lstrip("\\"))
        container, _slash, name = decoded.partition("/")
        old = self._new_containers.get(container)
        return f"{old}/{name}" if old and f"{old}/{name}" in self._expected else None

    def seen_as(self, entry, path):
        """The name in *entry* if the object of *path* has another there, else None."""
        written = plain(entry.path)
        if written == path or ("%" in written and _decodes(written) and unquote(written, errors="strict") == path):
            return None
        return written

    def moved(self, path):
        """Where an object lies whose container was renamed, or None."""
        container, _slash, name = path.partition("/")
        return next((f"{new}/{name}" for new, old in self._new_containers.items() if old == container), None)

    def without_place(self, entry):
        """Verdict on an entry that is about no expected object: extra, or a problem where it tells of an error."""
        path = plain(entry.path)
        if entry.category == "ContainerRenamed" and entry.new_name and any(one.startswith(f"{path}/") for one in self._expected):
            self._new_containers[entry.new_name] = path
            why = f"the container {path} was renamed to {entry.new_name}: the agent does not look there. {log_words.RENAMED}"
            return Verdict(path, None, PROBLEM, "log", None, entry.category, why)
        words = [word for word in (entry.category, *entry.statuses) if word is not None and word not in log_words.FAULTLESS]
        if words or entry.odd or entry.bad:
            return Verdict(path, None, PROBLEM, "log", None, None, f"{path}: {(words or ['it has errors'])[0]}, and no manifest names it")
        return Verdict(path, None, "extra", "log", entry.size, None, "no manifest names it", "Leave it: it is not of this seed.")

    def renamings(self, path):
        """Names under which the service may have put the blob of *path*: ``name (2)``, ``name(2).ext``, or another container."""
        container, _slash, name = path.partition("/")
        stem, dot, ending = name.rpartition(".")
        for number in COPIES:
            yield f"{container}/{name} ({number})"
            if dot:
                yield f"{container}/{stem} ({number}).{ending}"
                yield f"{container}/{stem}({number}).{ending}"
        for new, old in self._new_containers.items():
            if old == container:
                yield f"{new}/{name}"


def plain(path):
    """A path of a log with slashes as blob names have them."""
    return path.replace("\\", "/").lstrip("/")


def _decodes(path):
    try:
        unquote(path, errors="strict")
    except UnicodeDecodeError:
        return False
    return True
