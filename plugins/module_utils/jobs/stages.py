# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of an import job: one table for code, documentation and tests.

Sources: azure-docs articles/import-export/storage-import-export-view-drive-status.md and
articles/storage/common/storage-import-export-retrieving-state-info-for-a-job.md; azure-rest-api-specs storageimportexport.json.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """After `days` without the change that ends the stage, Azure does what `then` says."""

    id: str
    days: int
    then: str


@dataclass(frozen=True)
class Stage:
    """`words` are the service's states; `actor` is who moves the job on: person, carrier, azure or nobody."""

    name: str
    words: tuple[str, ...]
    meaning: str
    actor: str
    terminal: bool = False
    succeeded: bool = False
    cancellable: bool = False
    accepts_parcel: bool = False
    deletable: bool = False
    clock: Clock | None = None


KEPT = Clock("job_deleted", 90, "the job and its copy logs are deleted")

STAGES = (
    Stage(
        "creating",
        ("Creating",),
        "The job exists; Azure waits to be told which parcel holds the drives.",
        "person",
        cancellable=True,
        accepts_parcel=True,
        deletable=True,
        clock=Clock("job_expires", 14, "the job is deleted (any update of it starts the count anew)"),
    ),
    Stage(
        "shipped",
        ("Shipping",),
        "The parcel is on its way to the datacenter.",
        "carrier",
        # Documents disagree on whether a shipped job can still be canceled: it is tried, and a refusal is told.
        cancellable=True,
        accepts_parcel=True,
        clock=Clock("drives_never_received", 14, "drives that have not arrived count as never received"),
    ),
    Stage("received", ("Received",), "All drives are at the datacenter.", "azure"),
    Stage("copying", ("Transferring",), "At least one drive is being copied.", "azure"),
    Stage("returning", ("Packaging",), "All drives are processed and wait for their way back.", "azure"),
    Stage(
        "completed",
        ("Completed",),
        "Everything was copied without an error and the drives were sent back.",
        "nobody",
        terminal=True,
        succeeded=True,
        deletable=True,
        clock=KEPT,
    ),
    Stage(
        "completed_with_errors",
        ("Closed",),
        "The drives were sent back and the copy logs name errors.",
        "person",
        terminal=True,
        clock=KEPT,
    ),
    Stage("canceled", ("Canceled", "Cancelled"), "The job was canceled.", "nobody", terminal=True, deletable=True),
    Stage("unknown", (), "The service names a state that this collection does not know.", "azure"),
)

BY_NAME = {stage.name: stage for stage in STAGES}
_BY_WORD = {word.casefold(): stage for stage in STAGES for word in stage.words}

# The service's word for the state of a drive -> ours.
DRIVE_STATES = {
    "Specified": "specified",
    "Received": "received",
    "NeverReceived": "never_received",
    "Transferring": "copying",
    "Completed": "completed",
    "CompletedMoreInfo": "completed_with_errors",
    "ShippedBack": "returned",
}
_BY_DRIVE_WORD = {word.casefold(): state for word, state in DRIVE_STATES.items()}


def stage_of(word: str | None) -> Stage:
    """The stage behind the service's `word`; `unknown` for a word that is in no row."""
    return _BY_WORD.get(str(word or "").casefold(), BY_NAME["unknown"])


def drive_state(word: str | None) -> str:
    """Our word for the state of a drive."""
    return _BY_DRIVE_WORD.get(str(word or "Specified").casefold(), "unknown")
