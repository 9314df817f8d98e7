# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds in every phase: a record as a list of events, and the judgement about it."""

from __future__ import annotations

from ansible_collections.offlineseed.azure.plugins.module_utils import times
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import events, record, status
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.case import Case

SEED = "srv1"
JOB_ID = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.ImportExport/jobs/srv1"
DRIVE = {
    "serial": "WD-1",
    "size": 200_000_000,
    "plan_hash": "ab",
    "manifest_file": "\\DriveManifest.xml",
    "manifest_hash": "CD" * 16,
    "manifest_size": 900,
    "protector": "{guid}",
}
STORY = [
    ("opened", {"seed": SEED}, "2026-01-01T00:00:00Z"),
    ("preflight_passed", {}, "2026-01-01T00:00:00Z"),
    ("target_ready", {"storage_account_id": "/x"}, "2026-01-01T00:01:00Z"),
    ("staged", {"files": 2, "bytes": 100_000_256}, "2026-01-02T00:00:00Z"),
    ("drive_prepared", DRIVE, "2026-01-03T00:00:00Z"),
    ("prepared", {}, "2026-01-03T00:01:00Z"),
    ("job_created", {"id": JOB_ID, "name": SEED, "backend": "import_export", "created_at": "2026-01-03T01:00:00Z"}, "2026-01-03T01:00:01Z"),
    ("shipped", {"carrier": "DHL", "tracking_number": "JD01"}, "2026-01-05T00:00:00Z"),
    ("evidence_archived", {"files": [{"name": "job.json", "sha256": "ab" * 32, "bytes": 2}], "missing": []}, "2026-01-13T00:00:00Z"),
    ("verified", {"conclusion": "proven", "counts": {"proven": 2}, "problems": [], "repair": {}}, "2026-01-13T00:00:00Z"),
    ("landed", {"blobs": 2, "bytes": 100_000_256, "newest_modified": "2026-01-12T00:00:00Z"}, "2026-01-13T00:00:00Z"),
    ("vault_proven", {"recovery_point": "2026-01-14T22:00:00Z"}, "2026-01-15T00:00:00Z"),
    ("blobs_removed", {"removed": 2}, "2026-01-15T00:00:10Z"),
    ("staging_removed", {"removed": 2}, "2026-01-15T00:00:20Z"),
    ("increment_ran", {"recovery_point": "2026-01-15T22:00:00Z"}, "2026-01-16T00:00:00Z"),
    ("completed", {"still_to_do": [{"id": "delete_escrow", "who": "operator", "text": "Delete it."}]}, "2026-01-16T00:01:00Z"),
]
CORRUPTED = {
    "conclusion": "incomplete",
    "counts": {"proven": 1, "corrupted": 1},
    "problems": ["srv1_WD-1_verbose.xml: the drive's status is 'CompletedWithErrors'."],
    "repair": {
        "copies": [],
        "ranges": [{"path": "c/a", "drive": "WD-1", "bytes": 512, "ranges": [{"offset": 1024, "length": 512}]}],
        "files": [],
    },
    "report": "evidence/verdicts.jsonl",
}
CUT_LOG = {
    "conclusion": "unproven",
    "counts": {"proven": 2},
    "problems": ["srv1_WD-1_verbose.xml: it has no last line, so it may be cut off"],
    "repair": {"copies": [], "ranges": [], "files": [], "support": "Import job: srv1\nWhich of the objects were written whole?"},
}
# Turns that the story may take: until which event it goes as told, without which, and what is told of the verdict.
TURNS = {
    "corrupted": ("verified", (), CORRUPTED),
    "cut_log": ("verified", (), CUT_LOG),
    "unproven_in_vault": ("vault_proven", (), CORRUPTED),
    "unverified_in_vault": ("vault_proven", ("evidence_archived", "verified"), None),
}
PHASE_BEGINS = {
    "preflight": "opened",
    "target": "preflight_passed",
    "stage": "target_ready",
    "prepare": "staged",
    "ship": "prepared",
    "track": "shipped",
    "complete": "vault_proven",
}
INPUTS = {
    "source_host": "srv1",
    "seed_copy_host": "copy1",
    "seed_staging_path": "\\\\COPY1\\staging",
    "seed_storage_account": "seedlanding",
    "seed_container": "seed-srv1",
    "seed_subscription_id": "1111",
    "seed_job_name": "srv1",
}
SHIP_TO = {
    "recipient_name": "Azure Import",
    "street_address1": "Kade 1",
    "city": "Amsterdam",
    "postal_code": "1000 AA",
    "country_or_region": "Netherlands",
    "phone": "+31 20 1",
    "carriers": ["DHL", "FedEx"],
}


def chain(until):
    """Verified-looking chain of the story up to and with the event *until*, or of one of its turns."""
    lines, prev = [], record.origin(SEED)
    until, without, verdict = TURNS.get(until, (until, (), None))
    for event, data, at in STORY:
        if event in without:
            continue
        line = record.Line(len(lines) + 1, at, event, verdict if verdict and event == "verified" else data, prev)
        lines.append(line)
        prev = line.hash
        if event == until:
            break
    return record.Chain(SEED, tuple(lines))


def job(stage="creating", **other):
    """The import job as Azure tells it."""
    head = chain("prepared").head
    return {
        "id": JOB_ID,
        "name": SEED,
        "stage": stage,
        "ship_to": SHIP_TO,
        "tags": {"offlineseed": SEED, "offlineseed_record": head},
        "inbound": None,
        **other,
    }


def judge(until, now="2026-01-04T00:00:00Z", error=None, inputs=None, known=None, files=(), **observations):
    """Entry of the summary for the story up to *until*."""
    told = chain(until) if until else record.Chain(SEED, ())
    case = Case(SEED, known or told.replay(), times.parse(now), observations, {**INPUTS, **(inputs or {})}, error, told.hashes, files)
    return status.judge(case)


def blank():
    return events.blank(SEED)
