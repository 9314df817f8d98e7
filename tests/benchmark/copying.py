# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying with all hashes, against the sum of its parts in the same process, and under a rate cap at 1, 2 and 4 drives.

``python -m benchmark.copying`` plays it alone. The worker's own C# runs on a PowerShell engine; without one nothing is measured.
"""

from __future__ import annotations

import json
import random
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from benchmark.measure import Measure
from lab.shared import find_pwsh
from setup.site import CHECKOUT, Site

SOURCES = CHECKOUT / "plugins" / "module_utils"
SCRIPT = Path(__file__).with_suffix(".ps1")
MIB = 1 << 20
FILES, FILE = 4, 96 * MIB  # staged files for the parts
RATED_FILES = 6
RATE, RATED_FILE = 30_000_000, 60_000_000 // 512 * 512  # bytes a second a drive, and what each of its files holds
ROUNDS = 5
TIMES_PARTS, LOST_RATE = 1.15, 0.05


def measures(folder: Path, pwsh: str | None) -> list[Measure]:
    """What is claimed about copying; nothing where there is no engine."""
    if pwsh is None:
        return []
    return [*against_its_parts(folder / "parts", pwsh), *under_a_cap(folder / "cap", pwsh)]


def against_its_parts(folder: Path, pwsh: str) -> list[Measure]:
    """Median of some rounds, in each of which the parts and the whole are taken right after one another."""
    staging = stage(folder / "staging", FILES, FILE)
    rounds = [play(folder, pwsh, staging, 1, 0, "parts") for _round in range(ROUNDS)]
    shutil.rmtree(folder)
    size = FILES * FILE / 1e6
    parts = {part: statistics.median(told["parts"][part] for told in rounds) for part in rounds[0]["parts"]}
    ratio = statistics.median(told["seconds"] / sum(told["parts"].values()) for told in rounds)
    return [
        *(Measure(f"copying: {part} alone", size / seconds, "MB/s") for part, seconds in parts.items()),
        Measure("copying: the whole, every hash in the one pass", size / statistics.median(told["seconds"] for told in rounds), "MB/s"),
        Measure("copying: the whole against the sum of its parts", ratio, "times", TIMES_PARTS),
    ]


def under_a_cap(folder: Path, pwsh: str) -> list[Measure]:
    """What is lost of 30 MB/s a drive, of several drives filled at once."""
    staging = stage(folder / "staging", RATED_FILES, RATED_FILE)
    found = []
    for count in (1, 2, 4):
        told = play(folder, pwsh, staging, count, RATE, "cap")
        share = RATED_FILES * RATED_FILE / told["seconds"] / RATE
        found.append(Measure(f"copying: lost of a cap of 30 MB/s a drive, {count} drives", max(0.0, 1 - share), "share", LOST_RATE))
    shutil.rmtree(folder)
    return found


def stage(folder: Path, count: int, size: int) -> Path:
    folder.mkdir(parents=True)
    chance = random.Random(1)
    block = chance.randbytes(4 * MIB)
    for number in range(count):
        with open(folder / f"{number}_BaseBlob", "wb") as out:
            for start in range(0, size, len(block)):
                out.write(block[: min(len(block), size - start)])
    return folder


def play(folder: Path, pwsh: str, staging: Path, count: int, rate: int, kind: str) -> dict:
    """One round in a process of its own; what it told."""
    drives = folder / "drives"
    shutil.rmtree(drives, ignore_errors=True)
    for number in range(1, count + 1):
        make_drive(drives / f"D{number}", staging)
    options = {"Sources": SOURCES, "Staging": staging, "Drives": drives, "Kind": kind, "MaxRate": rate, "Count": count}
    command = [pwsh, "-NoProfile", "-NonInteractive", "-File", str(SCRIPT)]
    command += [word for name, value in options.items() for word in (f"-{name}", str(value))]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    return json.loads(done.stdout.splitlines()[-1])


def make_drive(root: Path, staging: Path) -> None:
    """A drive that is begun: marker, journal, file list (docs/formats.md)."""
    (root / "offlineseed").mkdir(parents=True)
    files = [{"name": path.name, "size": path.stat().st_size} for path in sorted(staging.iterdir())]
    about = {"v": 1, "seed": "bench", "serial": root.name, "plan_hash": "ab"}
    head = {**about, "container": "bench", "files": len(files), "bytes": sum(one["size"] for one in files)}
    (root / "offlineseed" / "marker.json").write_text(json.dumps(about))
    (root / "offlineseed" / "journal.jsonl").write_text(json.dumps({"event": "opened", **head, "at": "2026-01-01T00:00:00Z"}) + "\n")
    (root / "list.jsonl").write_text("".join(json.dumps(line) + "\n" for line in (head, *files)))


if __name__ == "__main__":
    made = measures(Site.of_checkout().build / "copying", find_pwsh())
    for one in made:
        sys.stdout.write(f"{one}\n")
    sys.exit(1 if any(one.reached is False for one in made) else 0)
