# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data for a server that backs up: a varied sample, the same at every call; and what a folder holds, by SHA-256."""

from __future__ import annotations

import hashlib
import pathlib
import random

SEED = 20261127
# (name, bytes): the lengths around a page, the names that break quoting, the depths that break paths.
CORNERS = (
    ("empty.txt", 0),
    ("one byte.bin", 1),
    ("511 bytes.bin", 511),
    ("512 bytes.bin", 512),
    ("513 bytes.bin", 513),
    ("Bücher/Größe und Maß.txt", 4_321),
    ("Übersicht – Jahr 2026/Ærlig [1] 'quoted' & more.csv", 12_345),
    ("emoji/🚚 parcel 📦.txt", 777),
    ("日本語/見本.txt", 2_048),
    ("no extension/README", 99),
    ("/".join(["deep"] * 12) + "/bottom.dat", 65_537),
    ("archive/database.bak", 48 * 1024 * 1024 + 17),
    ("archive/all zeros.img", 8 * 1024 * 1024),
)
DEPARTMENTS = ("accounts", "drawings", "letters", "photos", "projects/alpha", "projects/beta release")
SMALL_FILES = 600
TOTAL = 96 * 1024 * 1024


def write(folder: pathlib.Path) -> None:
    """Writes the sample into an empty folder: about 600 files, 100 MB."""
    chance = random.Random(SEED)
    for name, size in CORNERS:
        put(folder / name, bytes(size) if "zeros" in name else chance.randbytes(size))
    left = TOTAL - sum(size for _name, size in CORNERS)
    weights = [chance.expovariate(1) for _number in range(SMALL_FILES)]
    for number, weight in enumerate(weights):
        name = f"{DEPARTMENTS[number % len(DEPARTMENTS)]}/{number:04d} {chance.choice(('plan', 'note', 'scan'))}.dat"
        put(folder / name, chance.randbytes(int(left * weight / sum(weights))))


def put(path: pathlib.Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def files_of(folder: pathlib.Path) -> list[pathlib.Path]:
    """Every file below a folder, links left out."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def fingerprints(folder: pathlib.Path) -> dict[str, str]:
    """Relative path → SHA-256 of every file below a folder."""
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files_of(folder)}


def sha256(path: pathlib.Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def measure(folder: pathlib.Path) -> tuple[int, int]:
    """(files, bytes) of a folder."""
    sizes = [path.stat().st_size for path in files_of(folder)]
    return len(sizes), sum(sizes)
