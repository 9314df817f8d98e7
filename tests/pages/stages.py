# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/job_stages.md out of the table of module_utils/jobs/stages.py."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import key_check, notifications, stages

HEAD = """<!-- Made by `python -m pages` of plugins/module_utils/jobs (stages, key_check, notifications); do not edit. -->

# Stages of an import job

`job.stage`, `job.actor`, `job.terminal`, `job.succeeded` and `job.cancellable` of `import_job`, `import_job_info` and `shipping_update`
come from this table, whichever service has the job. `job.service_state` keeps the service's own word. A word that stands in no row is the
stage `unknown`: it is shown as it came, and never taken for success.

What the service itself says of a job (Data Box: `isCancellable`, `isDeletable`) counts before the table. A job that says *completed*
while one of its drives says otherwise is told as `completed_with_errors`.

| stage | what it means | over | who acts | can be canceled | can be deleted | takes a parcel | clock |
|---|---|---|---|---|---|---|---|
"""
WORDS = """
## The words of the services

| stage | Microsoft.ImportExport | Microsoft.DataBox | in the portal (Data Box) |
|---|---|---|---|
"""
LENT = """
Words of Microsoft.DataBox that belong to devices which Microsoft lends out, and are `unknown` in a job of your own drives: {words}.

## Who acts

| `actor` | who |
|---|---|
"""
WAITS = """
## When Data Box waits for you

A stage of a Data Box job can wait for a decision of yours. Then `job.actor` is `person`, and `job.customer_action` has the words of the
service (`reason`), what can be chosen (`choices`), the drives that it is about, and a sentence with what to do (`text`). The decision is
made on the job's page in the Azure portal; no module makes it, since one of the choices may give up what is on a drive.
Microsoft.ImportExport has nothing like it: there support resolves a job that has stopped.

| status of the stage | what it waits for |
|---|---|
"""
RESOLUTIONS = """
| choice | what it means |
|---|---|
"""
DRIVES = """
## States of a drive

| `state` | what it means | Microsoft.ImportExport | Microsoft.DataBox |
|---|---|---|---|
"""
COPY = """
| word of Microsoft.DataBox | what it means |
|---|---|
"""
KEYS = """
## Keys of a job and of escrow

`import_job_info` with `check_keys: true` has one word more for each drive. The keys themselves are compared in memory and forgotten.

| `key` | what it means |
|---|---|
"""
MAILS = """
## Mails of the service

`notifications.stages` of `import_job` names the stages of which Microsoft.DataBox writes to `notifications.emails`.
Microsoft.ImportExport writes to `return_address.email` only.

| stage | name in Microsoft.DataBox |
|---|---|
"""
SOURCES = """
## Sources

azure-docs `articles/import-export/storage-import-export-view-drive-status.md` and
`articles/storage/common/storage-import-export-retrieving-state-info-for-a-job.md`; azure-rest-api-specs `storageimportexport.json` and
`databox.json`. Which words of the portal belong to which status of Data Box is concluded from their meaning.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, *(_row(*_stage(one)) for one in stages.STAGES)]
    parts += [WORDS, *(_row(*_words(one)) for one in stages.STAGES)]
    parts += [LENT.format(words=_codes(stages.OF_LENT_DEVICES)), *_pairs(stages.ACTORS)]
    parts += [WAITS, *_pairs(stages.WAITS), RESOLUTIONS, *_pairs(stages.RESOLUTIONS)]
    parts += [DRIVES, *(_row(f"`{state}`", meaning, *_drive_words(state)) for state, meaning in stages.DRIVE_MEANINGS.items())]
    parts += [COPY, *(_row(f"`{word}`", meaning) for word, (_state, meaning) in stages.COPY_STATES.items())]
    parts += [KEYS, *_pairs(key_check.VERDICTS), MAILS, *_pairs({name: f"`{word}`" for name, word in notifications.NOTIFIED.items()})]
    return "".join([*parts, SOURCES])


def _stage(one: stages.Stage) -> Iterable[str]:
    over = ("yes, with success" if one.succeeded else "yes") if one.terminal else ""
    clock = f"{one.clock.days} days, then {one.clock.then}" if one.clock else ""
    flags = (one.cancellable, one.deletable, one.accepts_parcel)
    return (f"`{one.name}`", one.meaning, over, one.actor, *(_yes(flag) for flag in flags), clock)


def _words(one: stages.Stage) -> Iterable[str]:
    told = [f"`{word.word}` ({word.meaning.rstrip('.')})" for word in one.data_box]
    return f"`{one.name}`", _codes(one.words), "<br>".join(told), "<br>".join(word.portal or "-" for word in one.data_box)


def _drive_words(state: str) -> tuple[str, str]:
    classic = [word for word, ours in stages.DRIVE_STATES.items() if ours == state]
    return _codes(classic), _codes(word for word, (ours, _meaning) in stages.COPY_STATES.items() if ours == state)


def _pairs(table: dict[str, str]) -> list[str]:
    return [_row(f"`{name}`", meaning) for name, meaning in table.items()]


def _codes(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _yes(flag: bool) -> str:
    return "yes" if flag else ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"
