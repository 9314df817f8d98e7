# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a long list of blobs costs: seconds, and the most memory that Python holds at one moment, against a list of a tenth."""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.offlineseed.azure.plugins.module_utils.arm.client import connect
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import landing_blobs_info
from benchmark.blob_pages import ACCOUNT, CONTAINER, inventory
from benchmark.measure import Measure

MANY, FEW = 100_000, 10_000
MEGABYTES = 64  # one page of 5000 blobs as azure-storage-blob reads it, and what is made of it
CONSTANT = 1.2  # ten times the blobs may cost this much of the memory
TESTS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Cost:
    seconds: float
    peak_mb: float
    result: dict[str, Any]


@contextmanager
def serving(folder: Path, count: int) -> Iterator[dict[str, Any]]:
    """The options of a task for an account with `count` blobs in its container."""
    command = [sys.executable, "-m", "benchmark.blob_pages", str(folder), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=TESTS) as server:
        try:
            url = server.stdout.readline().strip()
            who = {"subscription_id": "11111111-2222-3333-4444-555555555555", "tenant": "99999999-8888-7777-6666-555555555555"}
            secrets = {"client_id": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "secret": "none", "token_cache": "none"}
            where = {"cloud_environment": url, "ca_file": str(folder / "ca.pem"), "auth_source": None}
            landing = {"resource_group": "rg-seed", "account": ACCOUNT, "container": CONTAINER, "auth_mode": "login"}
            blank = dict.fromkeys(landing_blobs_info.ARGUMENT_SPEC)
            yield {**blank, **who, **secrets, **where, **landing}
        finally:
            server.kill()


def cost(folder: Path, count: int, *, traced: bool = True) -> Cost:
    """`landing_blobs_info` over `count` blobs that were all staged, the list written to a file as well."""
    folder.mkdir(parents=True, exist_ok=True)
    staged = inventory(folder / "inventory.jsonl", count)
    with serving(folder, count) as options:
        azure = connect(options)
        azure.arm.get("sign in", "/subscriptions/x/resourceGroups/x/providers/Microsoft.Storage/storageAccounts/bench", "2023-05-01")
        params = {**options, "inventory_file": str(staged), "list_file": str(folder / "list.jsonl")}
        if traced:
            tracemalloc.start()
        started = time.monotonic()
        try:
            result = landing_blobs_info.run(params, False, azure)
            seconds, peak = time.monotonic() - started, tracemalloc.get_traced_memory()[1] if traced else 0
        finally:
            tracemalloc.stop()
    return Cost(seconds, peak / 1e6, result)


def measures(folder: Path) -> list[Measure]:
    """Lines of the benchmark."""
    many, few = cost(folder / "many", MANY), cost(folder / "few", FEW)
    untraced = cost(folder / "untraced", MANY, traced=False)
    return [
        Measure(f"listing and comparing {MANY} blobs", untraced.seconds, "s"),
        Measure(f"peak memory of listing and comparing {MANY} blobs", many.peak_mb, "MB", MEGABYTES),
        Measure(f"the same, against {FEW} blobs", many.peak_mb / few.peak_mb, "times", CONSTANT),
    ]
