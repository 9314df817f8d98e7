# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AzureOfflineBackupDiskPrep: where it lies, how it is started, what it asks and what a seed answers.

Sources: azure-docs articles/backup/backup-azure-backup-import-export.md (today's agents) and an older version of it with the screenshots of
a run in August 2016. The wording of today's prompts is not published: ``literal`` says which words are the tool's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ..failure import refuse

TOOL = "AzureOfflineBackupDiskPrep.exe"
FOLDER = "Utils\\AzureOfflineBackupDiskPrep"  # below the agent's installation folder; the whole folder has to be copied
ARTICLE = "azure-docs articles/backup/backup-azure-backup-import-export.md"
SCREENSHOTS = f"{ARTICLE}, version of 2016, screenshots of the tool"
# What WAImportExport of 2015 printed; whether today's tool hands it on or asks in words of its own is not known.
EMBEDDED = "azure-docs, storage-import-export-tool-preparing-hard-drives-import, sample session"
STREET = ("recipient_name", "street_address1", "street_address2", "city", "state_or_province")


@dataclass(frozen=True)
class Asked:
    """What the answers are made of: *job_name*, *letters* (serial, letter, or None where it has none), *address* (seed_return_address)."""

    job_name: str
    letters: tuple = ()
    address: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Prompt:
    """One question: *wording*, whether that is *literal*, and the *answers* a seed gives (several where it is asked for every drive)."""

    id: str
    wording: str
    literal: bool
    answers: Callable
    source: str
    note: str = ""

    def told(self, answer, **more):
        return {
            "prompt": self.id,
            "wording": self.wording,
            "literal": self.literal,
            "answer": answer,
            "serial": None,
            "note": self.note,
            "source": self.source,
            **more,
        }


def _of_address(*parts):
    """The parts of the return address that one field takes, as one line."""

    def answers(asked):
        text = ", ".join(str(asked.address[part]).strip() for part in parts if str(asked.address.get(part) or "").strip())
        return [(text or None, {})]

    return answers


PROMPTS = (
    Prompt(
        "import_job",
        "Which import job",
        False,
        lambda asked: [(asked.job_name, {})],
        ARTICLE,
        "asked only where several jobs have the same staging location",
    ),
    Prompt(
        "drive_letter",
        "Please enter the drive letter corresponding to the mounted disk that you wish to prepare.",
        True,
        lambda asked: [(letter, {"serial": serial}) for serial, letter in asked.letters],
        SCREENSHOTS,
        "without a colon; asked again while there are files that no drive holds yet",
    ),
    Prompt(
        "confirm_format",
        "You have specified to format drive F, and all data on this drive will be lost. "
        'Enter "yes" to continue, or anything else to abort:',
        True,
        lambda asked: [("yes", {"serial": serial}) for serial, _letter in asked.letters],
        EMBEDDED,
        "after each drive letter; compare letter and drive before you answer",
    ),
    Prompt(
        "sign_in",
        "A window in which you sign in to Azure",
        False,
        lambda asked: [(None, {})],
        ARTICLE,
        "your own account; it needs the right to make Data Box jobs in the subscription of the storage account",
    ),
    Prompt("contact_name", "Contact Name", True, _of_address("recipient_name"), ARTICLE),
    Prompt("contact_number", "Contact Number", True, _of_address("phone"), ARTICLE),
    Prompt("email", "Valid Email Id", True, _of_address("email"), ARTICLE),
    Prompt("shipping_address", "Shipping Address", True, _of_address(*STREET[1:]), ARTICLE, "where the drives are sent back to"),
    Prompt(
        "country",
        "Country",
        True,
        _of_address("country_or_region"),
        ARTICLE,
        "whether it has to be the two-letter code is not documented; the job service knows countries by it",
    ),
    Prompt("postal_code", "Postal Code", True, _of_address("postal_code"), ARTICLE),
)


def catalogue(asked):
    """Every question with its answer: ``[{prompt, wording, literal, answer, serial, note, source}]``; *answer* None is a person's own."""
    asked_for_drives = ("drive_letter", "confirm_format")
    before = [row for prompt in PROMPTS if prompt.id == "import_job" for row in _rows(prompt, asked)]
    drives = [row for prompt in PROMPTS if prompt.id in asked_for_drives for row in _rows(prompt, asked)]
    serials = [serial for serial, _letter in asked.letters]
    drives.sort(key=lambda row: (serials.index(row["serial"]), asked_for_drives.index(row["prompt"])))
    after = [row for prompt in PROMPTS if prompt.id not in ("import_job", *asked_for_drives) for row in _rows(prompt, asked)]
    return [*before, *drives, *after]


def _rows(prompt, asked):
    return [prompt.told(answer, **more) for answer, more in prompt.answers(asked)]


def answers(rows):
    """The answers alone: ``[{prompt, answer}]``, without those that are a person's own."""
    return [{"prompt": row["prompt"], "answer": row["answer"]} for row in rows if row["answer"] is not None]


def lines(rows):
    """The questions and answers for people, one text a question."""
    return [_line(row) for row in rows]


def _line(row):
    about = f" for drive {row['serial']}" if row["serial"] and row["prompt"] == "drive_letter" else ""
    wording = row["wording"].rstrip(".:") if row["prompt"] != "confirm_format" else "Format the drive of that letter?"
    if row["prompt"] == "drive_letter":
        wording = "Drive letter"
    note = f" ({row['note']})" if row["note"] else ""
    return f"{wording}{about}{note}: {row['answer'] if row['answer'] is not None else 'your own'}"


def command_line(folder, staging_location):
    """What is pasted into an elevated PowerShell: into the tool's *folder*, then the tool with the staging location of the wizard."""
    for name, path in (("folder", folder), ("staging_location", staging_location)):
        if re.search(r"[\"'\n\r]", path):
            raise refuse(name, path, "without quotes", "Give the staging location a path without quotes, in the agent's wizard too.")
    argument = f"s:{staging_location}"
    if re.search(r"[^A-Za-z0-9:\\._~-]", argument):
        argument = f"'{argument}'" if "$" in argument else f'"{argument}"'
    return f"Set-Location -LiteralPath '{folder}'; .\\{TOOL} {argument}"
