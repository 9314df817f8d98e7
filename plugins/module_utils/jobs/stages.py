# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of an import job on both services: one table for code, documentation and tests.

docs/job_stages.md is made of it (`python -m pages`, see tests/pages).

Sources: azure-docs articles/import-export/storage-import-export-view-drive-status.md and
articles/storage/common/storage-import-export-retrieving-state-info-for-a-job.md; azure-rest-api-specs storageimportexport.json and
databox.json (StageName, CopyStatus). Which words of the portal belong to which status of Microsoft.DataBox is concluded from their meaning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Clock:
    """After `days` without the change that ends the stage, Azure does what `then` says."""

    id: str
    days: int
    then: str


@dataclass(frozen=True)
class Word:
    """A status of Microsoft.DataBox: the service's word, what it means there, and how the portal puts it (None: not documented)."""

    word: str
    meaning: str
    portal: str | None = None


ACTORS = {
    "person": "You: somebody has to do or decide something.",
    "carrier": "The carrier.",
    "azure": "Microsoft's datacenter.",
    "nobody": "Nobody: it is over.",
}


@dataclass(frozen=True)
class Stage:
    """`words` are the states of Microsoft.ImportExport, `data_box` those of Microsoft.DataBox.

    `actor` is who moves the job on, a word of ACTORS.
    """

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
    data_box: tuple[Word, ...] = ()


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
        data_box=(
            Word("Created", "The job was made."),
            Word("DeviceOrdered", "The order was taken."),
            Word("AwaitingShipmentDetails", "Azure waits for carrier and tracking number.", "Awaiting shipment information"),
        ),
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
        data_box=(
            Word("ShippedToAzureDC", "The drives are on their way.", "Shipped"),
            Word("PickedUp", "The carrier has the drives."),
        ),
    ),
    Stage(
        "received",
        ("Received",),
        "All drives are at the datacenter.",
        "azure",
        data_box=(Word("AtAzureDC", "The drives are at the datacenter.", "Received"),),
    ),
    Stage(
        "copying",
        ("Transferring",),
        "At least one drive is being copied.",
        "azure",
        data_box=(Word("DataCopy", "The drives are being copied.", "Data copy in progress"),),
    ),
    Stage(
        "returning",
        ("Packaging",),
        "All drives are processed and wait for their way back.",
        "azure",
        data_box=(
            Word("PreparingToShipFromAzureDC", "The drives are packed for their way back.", "Preparing to ship"),
            Word("ReadyToDispatchFromAzureDC", "The drives wait to be fetched at the datacenter."),
            Word("ShippedToCustomer", "The drives are on their way back.", "Shipped to customer"),
        ),
    ),
    Stage(
        "completed",
        ("Completed",),
        "Everything was copied without an error and the drives were sent back.",
        "nobody",
        terminal=True,
        succeeded=True,
        deletable=True,
        clock=KEPT,
        data_box=(Word("Completed", "Everything was copied.", "Completed"),),
    ),
    Stage(
        "completed_with_errors",
        ("Closed",),
        "The drives were sent back and the copy logs name errors.",
        "person",
        terminal=True,
        clock=KEPT,
        data_box=(
            Word("CompletedWithErrors", "Not everything was copied; the copy logs name what.", "Completed with errors"),
            Word("CompletedWithWarnings", "Something was copied under another name; the copy logs name what.", "Completed with warnings"),
            Word("Failed_IssueReportedAtCustomer", "The job failed on something that the customer reported."),
            Word("Failed_IssueDetectedAtAzureDC", "The job failed on something that the datacenter found."),
            Word("Aborted", "The job was aborted; nothing says what was copied."),
        ),
    ),
    Stage(
        "canceled",
        ("Canceled", "Cancelled"),
        "The job was canceled.",
        "nobody",
        terminal=True,
        deletable=True,
        data_box=(Word("Cancelled", "The job was canceled.", "Canceled"),),
    ),
    Stage("unknown", (), "The service names a state that this collection does not know.", "azure"),
)
# Words of databox.json for devices that Microsoft lends out; a job of one's own drives has none of them, so that here they are unknown.
OF_LENT_DEVICES = ("DevicePrepared", "Dispatched", "Delivered", "ReadyToReceiveAtAzureDC")

BY_NAME = {stage.name: stage for stage in STAGES}
_BY_WORD = {
    "import_export": {word.casefold(): stage for stage in STAGES for word in stage.words},
    "data_box": {one.word.casefold(): stage for stage in STAGES for one in stage.data_box},
}

# Status of a stage in which Microsoft.DataBox waits for a person (StageStatus) -> what for.
WAITS = {
    "WaitingForCustomerAction": "copying has stopped until you say how to go on",
    "WaitingForCustomerActionForKek": "the key in your key vault cannot be used; give the service access to it again",
    "WaitingForCustomerActionForCleanUp": "what was copied is to be cleaned up, and you have to agree",
}
# Status of a stage once a person has decided.
DECIDED = ("CustomerActionPerformed", "CustomerActionPerformedForCleanUp")
# What a person can decide then (CustomerResolutionCode) -> what it means for a drive.
RESOLUTIONS = {
    "Resume": "go on with the stage where it stopped",
    "Restart": "do all of it again",
    "MoveToCleanUpDevice": "clean the drive; what was not copied may be given up with it",
    "ReachOutToOperation": "have Microsoft's staff look at it",
}

# Our word for the state of a drive -> what it means.
DRIVE_MEANINGS = {
    "specified": "The drive belongs to the job; nothing has happened to it yet.",
    "received": "It is at the datacenter.",
    "never_received": "It was not in the parcel, or no parcel came in time. It may still turn up.",
    "copying": "It is being copied.",
    "completed": "Everything on it was copied.",
    "completed_with_errors": "Not everything on it was copied; its error log names what.",
    "failed": "Nothing or not everything on it was copied, for the reason that the service's word gives.",
    "returned": "It was sent back.",
    "unknown": "The service has a word that this collection does not know; never taken for success.",
}

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
# The same for copyStatus of Microsoft.DataBox, with what it means.
COPY_STATES = {
    "NotStarted": ("specified", "Copying has not begun."),
    "InProgress": ("copying", "The drive is being copied."),
    "Completed": ("completed", "The drive was copied."),
    "CompletedWithErrors": ("completed_with_errors", "Not everything on the drive was copied."),
    "Failed": ("failed", "Nothing was copied."),
    "NotReturned": ("never_received", "The drive did not come."),
    "DriveNotReceived": ("never_received", "The drive did not come."),
    "HardwareError": ("failed", "The drive has a hardware fault."),
    "DeviceFormatted": ("failed", "The drive was formatted after it was prepared."),
    "DeviceMetadataModified": ("failed", "The drive's metadata were changed after it was prepared."),
    "StorageAccountNotAccessible": ("failed", "The storage account could not be reached."),
    "UnsupportedData": ("failed", "The drive holds data that are not supported."),
    "UnsupportedDrive": ("failed", "The kind of drive is not supported."),
    "OtherServiceError": ("failed", "The service failed."),
    "OtherUserError": ("failed", "Something on the customer's side was wrong."),
    "DriveNotDetected": ("failed", "The drive was not detected."),
    "DriveCorrupted": ("failed", "The drive is corrupted."),
    "MetadataFilesModifiedOrRemoved": ("failed", "The manifest was changed or removed."),
}
# States of a drive from which a job cannot have succeeded, whatever the job's own word is.
LOSSES = frozenset({"never_received", "completed_with_errors", "failed", "unknown"})
_BY_DRIVE_WORD = {
    "import_export": {word.casefold(): state for word, state in DRIVE_STATES.items()},
    "data_box": {word.casefold(): state for word, (state, _meaning) in COPY_STATES.items()},
}


def stage_of(word: str | None, backend: str = "import_export") -> Stage:
    """The stage behind the service's `word`; `unknown` for a word that is in no row."""
    return _BY_WORD[backend].get(str(word or "").casefold(), BY_NAME["unknown"])


def judged(stage: Stage, drives: Iterable[str]) -> Stage:
    """`stage`, but no success where the state of one of its `drives` says otherwise."""
    if not stage.succeeded or LOSSES.isdisjoint(drives):
        return stage
    return replace(BY_NAME["completed_with_errors"], deletable=stage.deletable)


def drive_state(word: str | None, backend: str = "import_export") -> str:
    """Our word for the state of a drive; a drive of which nothing is said is `specified`."""
    return _BY_DRIVE_WORD[backend].get(str(word).casefold(), "unknown") if word else "specified"
