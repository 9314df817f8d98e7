# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs to know every import job: 1,000 jobs of which 40 are open, over 4 subscriptions, on each service, over TLS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from unit.jobs_properties.in_process import AzureInProcess

from ansible_collections.offlineseed.azure.plugins.module_utils import task
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.client import connect
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job_info
from benchmark.measure import Measure
from lab import certificates, names
from lab.azure import data_box_jobs, import_jobs
from lab.azure.asgi import ArmServer

SUBSCRIPTIONS, JOBS, OPEN = 4, 250, 10  # jobs and open jobs of one subscription
SECONDS = 5  # for all of them
TESTS = Path(__file__).resolve().parents[1]
PAGE = {"import_export": import_jobs.PAGE, "data_box": data_box_jobs.PAGE}
TYPE = {"import_export": "microsoft.importexport/jobs", "data_box": "microsoft.databox/jobs"}


def measures(folder: Path) -> Iterator[Measure]:
    """Calls and seconds of `import_job_info` over all subscriptions."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving(folder) as subscriptions:
        for backend, page in PAGE.items():
            started = time.monotonic()
            found = [job for one in subscriptions for job in listed(one, backend)]
            seconds = time.monotonic() - started
            calls = sum(line["path"].lower().find(TYPE[backend]) > 0 for one in subscriptions for line in requests(one))
            fewest = SUBSCRIPTIONS * -(-JOBS // page) + SUBSCRIPTIONS * OPEN
            whole = sum(bool(job["drives"]) for job in found if not job["terminal"])
            if (len(found), whole) != (SUBSCRIPTIONS * JOBS, SUBSCRIPTIONS * OPEN):
                raise AssertionError(f"{len(found)} jobs were found, {whole} open ones with their drives")
            yield Measure(f"{len(found)} jobs, {whole} open, {SUBSCRIPTIONS} subscriptions ({backend}): calls", calls, "calls", fewest)
            yield Measure(f"{len(found)} jobs, {whole} open, {SUBSCRIPTIONS} subscriptions ({backend}): time", seconds, "s", SECONDS)


def listed(one: dict[str, Any], backend: str) -> list[dict[str, Any]]:
    task.begin()
    options = {**dict.fromkeys(import_job_info.ARGUMENT_SPEC), **one["options"], "backend": backend}
    return import_job_info.run(options, False, azure=connect(options, environ={}))["jobs"]


def requests(one: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(one["requests"]).read_text().splitlines()]


@contextmanager
def serving(folder: Path) -> Iterator[list[dict[str, Any]]]:
    """Four subscriptions of the lab's Azure in a process of their own; options of a task and the log of requests of each."""
    command = [sys.executable, "-m", "benchmark.many_jobs", str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TESTS, env=environment) as server:
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.stdin.close()


def serve(folder: Path) -> None:
    """Make the jobs, print where they are, and serve until standard input ends."""
    papers = certificates.ensure(folder)
    told, servers = [], []
    for number in range(SUBSCRIPTIONS):
        home = folder / f"subscription-{number}"
        home.mkdir()
        azure = AzureInProcess(home)
        fill(azure)
        servers.append(ArmServer(azure.cloud, papers))
        servers[-1].start()
        who = {"subscription_id": names.SUBSCRIPTION, "tenant": names.TENANT, "client_id": names.CLIENT, "secret": names.CLIENT_SECRET}
        where = {"cloud_environment": servers[-1].url, "ca_file": str(papers.ca), "token_cache": "none"}
        told.append({"options": {**who, **where}, "requests": str(home / "requests.jsonl")})
    print(json.dumps(told), flush=True)
    sys.stdin.read()
    for server in servers:
        server.stop()


def fill(azure: AzureInProcess) -> None:
    """JOBS ended and open jobs on each service."""
    account = f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/seedlanding"
    drives = [
        {"driveId": "WD-1", "bitLockerKey": "-".join(["000011"] * 8), "manifestFile": "\\DriveManifest.xml", "manifestHash": "A" * 32}
    ]
    for number in range(JOBS):
        name, is_open = f"job-{number:04}", number < OPEN
        body = {"location": "westeurope", "properties": {"storageAccountId": account, "driveList": drives}}
        job = import_jobs._made(names.RESOURCE_GROUP, name, body, azure.state.now())
        job["properties"]["state"] = "Shipping" if is_open else "Completed"
        azure.state["jobs"][import_jobs.key_of(names.RESOURCE_GROUP, name)] = job
        azure.state["data_box_jobs"][f"{names.RESOURCE_GROUP}/{name}".lower()] = data_box_job(azure, name, is_open, account, drives)


def data_box_job(azure: AzureInProcess, name: str, is_open: bool, account: str, drives: list[dict[str, Any]]) -> dict[str, Any]:
    now, status = azure.state.now(), data_box_jobs.SHIPPED if is_open else "Completed"
    disk = {"manifestFile": "\\DriveManifest.xml", "manifestHash": "A" * 32, "bitLockerKey": drives[0]["bitLockerKey"]}
    return {
        "name": name, "group": names.RESOURCE_GROUP, "location": "westeurope", "tags": {}, "status": status, "created": now, "since": now,
        "order": name, "stages": {status: now},
        "parcel": {"carrierName": "DHL", "trackingId": f"LAB-{name}"},
        "details": {
            "contactDetails": {"contactName": "Greta Lind", "phone": "1", "emailList": ["greta.lind@example.com"]},
            "dataImportDetails": [{"accountDetails": {"dataAccountType": "StorageAccount", "storageAccountId": account}}],
            "importDiskDetailsCollection": {"WD-1": disk},
            "returnToCustomerPackageDetails": {},
            "enableManifestBackup": False,
            "keyEncryptionKey": {"kekType": "MicrosoftManaged"},
        },
    }  # fmt: skip


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
