# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the backup agent's words about its newest job mean for a seed.

Words of ``Get-OBJob``: JobStatus.JobState (Microsoft, backup-client-automation; Windows Admin Center, Get-WACAB*). The last column of the
table is the word that ``win_initial_backup`` returns as ``seed_state``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """One state of the agent's job: *seed_state* for programs, *text* for people, whether it is *over*, whether it is *well*."""

    seed_state: str
    text: str
    over: bool
    well: bool


MEANINGS = {
    meaning.seed_state: meaning
    for meaning in (
        Meaning("not_started", "no backup of this policy has run yet", over=False, well=True),
        Meaning("running", "the backup is running", over=False, well=True),
        Meaning("waiting_for_import", "the initial backup stands in the staging folder and waits for the import job", over=True, well=True),
        Meaning("waiting_for_copy", "the data are in the container and wait to be copied to the vault", over=True, well=True),
        Meaning("completed", "the backup is complete", over=True, well=True),
        Meaning("completed_with_warning", "the backup is complete; the agent warns about some files, see its log", over=True, well=True),
        Meaning("failed", "the backup failed, see the error code in the agent's log", over=True, well=False),
        Meaning("aborted", "the backup was stopped by a person or by a restart", over=True, well=False),
        Meaning("unknown", "the agent answered with a word that is not known here; look at its console", over=False, well=True),
    )
}

JOB_STATES = {
    "Completed": "completed",
    "CompletedWithWarning": "completed_with_warning",
    "CompletedWithWaitingForImportJob": "waiting_for_import",
    "CompletedWithWaitingForCopyBlob": "waiting_for_copy",
    "Failed": "failed",
    "Aborted": "aborted",
}


def meaning(word):
    """Meaning of a word of the agent, or of a ``seed_state``; an unknown word is unknown, never success."""
    return MEANINGS.get(JOB_STATES.get(word, word), MEANINGS["unknown"])
