# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way that comes to mind first, for each thing that is measured: what the product's way is compared to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

from benchmark import streams

ROOM = 0.97  # of a drive, by rule of thumb


def plan(path: Path, drive_size: int) -> int:
    """Fill one drive after the other in the order of the list, as a script with robocopy does; returns how many it takes."""
    entries = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    free, drives = 0.0, 0
    for entry in entries:
        if entry["size"] > free:
            drives, free = drives + 1, drive_size * ROOM
        free -= entry["size"]
    return drives


def manifest(ranges: int) -> int:
    """The whole document as a tree."""
    tree = ElementTree.fromstring(streams.Made(streams.manifest(ranges)).read())
    return sum(int(one.get("Length")) for one in tree.iter("PageRange"))


def verify(ranges: int) -> bool:
    """Both documents as trees, the ranges compared by a dictionary."""
    ours = ElementTree.fromstring(streams.Made(streams.manifest(ranges)).read())
    theirs = ElementTree.fromstring(streams.Made(streams.drive_log(ranges)).read())
    known = {(one.get("Offset"), one.get("Length")): one.get("Hash") for one in ours.iter("PageRange")}
    return all(known.get((one.get("Offset"), one.get("Length"))) == one.get("Hash") for one in theirs.iter("PageRange"))


def objects(count: int) -> int:
    """Both as text, taken apart by regular expressions into dictionaries."""
    ours = streams.Made(streams.objects(count)).read().decode()
    theirs = streams.Made(streams.verbose_log(count)).read().decode()
    known = dict(re.findall(r"<BlobPath>(.*?)</BlobPath>.*?<Length>(\d+)</Length>", ours))
    return sum(known.get(path.replace("\\", "/")) == size for path, size in re.findall(r'Path="(.*?)" Size="(\d+)"', theirs))


def record(path: Path) -> int:
    """Every line as JSON, believed."""
    return len([json.loads(text) for text in path.read_bytes().splitlines()])
