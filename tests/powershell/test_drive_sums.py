# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's CRC-64/NVME on the engine equals the one in Python, however a file is cut."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import crc64
from lab import crc64 as of_the_lab

pytestmark = pytest.mark.engine

SOURCES = [Path(__file__).resolve().parents[2] / "plugins" / "module_utils" / name for name in ("_DriveJournal.cs", "_DriveCopy.cs")]
SCRIPT = """
$ErrorActionPreference = 'Stop'
Add-Type -IgnoreWarnings -Path {sources}
$sum = New-Object -TypeName OfflineSeed.Crc64
foreach ($line in Get-Content -LiteralPath '{cuts}') {{
    $sum.Begin()
    foreach ($name in "$line".Split(' ', [StringSplitOptions]::RemoveEmptyEntries)) {{
        $part = [IO.File]::ReadAllBytes($name)
        $sum.Add($part, $part.Length)
    }}
    '{{0:x16}}' -f $sum.Value
}}
"""


def test_checksum_of_the_worker_is_that_of_the_logs(pwsh, tmp_path):
    chance = random.Random(64)
    files = [b"", b"1" * 4096, b"123456789", *(chance.randbytes(size) for size in (1, 7, 8, 15, 16, 17, 31, 33, 511, 512, 65_537))]
    cuts = []
    for number, content in enumerate(files):
        cut = chance.randrange(len(content) + 1)
        parts = [tmp_path / f"{number}-{part}" for part in range(2)]
        for path, part in zip(parts, (content[:cut], content[cut:]), strict=True):
            path.write_bytes(part)
        cuts.append(" ".join(map(str, parts)))
    (tmp_path / "cuts").write_text("\n".join(cuts) + "\n")
    (tmp_path / "sums.ps1").write_text(SCRIPT.format(sources=",".join(f"'{path}'" for path in SOURCES), cuts=tmp_path / "cuts"))
    command = [pwsh, "-NoProfile", "-NonInteractive", "-File", str(tmp_path / "sums.ps1")]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.split()
    assert told == [f"{crc64.by_tables(content):016x}" for content in files]
    assert told == [f"{of_the_lab.crc64(content):016x}" for content in files]
    assert int(told[1], 16) == 16033727819182370206  # Microsoft's published sample
