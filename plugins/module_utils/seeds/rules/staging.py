# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the staging folder and the way to it."""

from __future__ import annotations

import re

from ...failure import shown
from ..words import amount, listed
from . import statements
from .rule import BACKUP, BLOCK, COPY_HOST, OPERATOR, WARN, NotTold, Rule

UNC = re.compile(r"^\\\\[^\\/:*?\"<>|]+\\[^\\/:*?\"<>|]+(\\[^\\/:*?\"<>|]+)*\\?$")
LOCAL = re.compile(r"^[A-Za-z]:\\([^\\/:*?\"<>|]+(\\[^\\/:*?\"<>|]+)*\\?)?$")


def _form(facts):
    for name in ("seed_staging_path", "seed_staging_path_on_copy_host"):
        path = facts.input(name)
        if name == "seed_staging_path" and not path:
            return f"{name} is not set"
        if path and not UNC.match(path) and not LOCAL.match(path):
            return f"{name} is {shown(path)}"
    return None


def _same_from_both(facts):
    path, copy_host = facts.input("seed_staging_path"), facts.input("seed_copy_host")
    if not copy_host or copy_host == facts.need("inputs.source_host") or UNC.match(str(path)):
        return None
    return f"seed_staging_path is {shown(path)}, a local path of the source, and the copy host is {copy_host}"


def _there(facts):
    if facts.need("staging.path_exists"):
        return None
    return (
        f"the staging path {shown(facts.ask('inputs.seed_staging_path_on_copy_host', ''))} does not exist on the copy host"
        f" ({facts.ask('staging.read_error', 'no such folder')})"
    )


def _opened_by_copier(facts):
    readable = facts.look("copying_account.source_readable")
    if readable is None:
        raise NotTold("the account that copies was not asked to open the staging path")
    if readable:
        return None
    why = facts.ask("copying_account.source_error") or facts.ask("copying_account.message") or "access was denied"
    return f"the account that copies (SYSTEM of the copy host) cannot read the staging path: {why}"


def _room(facts):
    if facts.look("source.policy") is None:
        raise NotTold("no policy selects files yet")
    selected, free = facts.need("source.policy.selected_bytes"), facts.need("staging.free_bytes")
    room = free + facts.need("staging.bytes")
    return None if room >= selected else f"the staging path has room for {amount(room)}, the policy selects {amount(selected)}"


def _written_by_source(facts):
    """Staged files show that the agent can write; before that only a person knows."""
    if facts.need("staging.files"):
        return None
    if not UNC.match(facts.input("seed_staging_path")):
        return None
    return statements.look(facts, "source_writes_staging")


def _foreign(facts):
    names = facts.need("staging.foreign")
    return f"the folder of this job holds what is not the agent's: {listed(names)}" if names else None


def _whole_pages(facts):
    names = [f"{file['name']} ({file['size']} bytes)" for file in facts.need("staging.misaligned")]
    return f"staged files whose size is no multiple of 512 bytes: {listed(names)}" if names else None


RULES = (
    Rule(
        "ST-03",
        BLOCK,
        BACKUP,
        "the staging path has room for all selected files",
        "Give it a bigger disk or select less; compression is not to be counted on.",
        ("S1", "S2"),
        _room,
        needs=("source.policy", "source.policy.selected_bytes", "staging.free_bytes", "staging.bytes"),
        unknown_blocks=False,
    ),
    Rule(
        "ST-04",
        BLOCK,
        OPERATOR,
        "a path such as D:\\staging or \\\\server\\share\\folder",
        "Set seed_staging_path to what the agent's wizard is given, a local folder or a share.",
        ("S2",),
        _form,
        asks=("inputs.seed_staging_path", "inputs.seed_staging_path_on_copy_host"),
        firm=True,
    ),
    Rule(
        "ST-05",
        BLOCK,
        OPERATOR,
        "a share (\\\\server\\share) if the copy host is another computer than the source",
        "Share the folder, best on the copy host itself, and set seed_staging_path to the share; seed_staging_path_on_copy_host may be its"
        " local path.",
        ("S2",),
        _same_from_both,
        needs=("inputs.source_host",),
        asks=("inputs.seed_staging_path", "inputs.seed_copy_host"),
    ),
    Rule(
        "ST-07",
        WARN,
        BACKUP,
        "the source's computer account can write to the staging share",
        "Grant DOMAIN\\SOURCE$ Change on the share and Modify on its folder: the agent writes as SYSTEM. Then set"
        f" {statements.line('source_writes_staging')}.",
        ("INFERRED",),
        _written_by_source,
        needs=("staging.files",),
        asks=("inputs.seed_staging_path",),
        statement="source_writes_staging",
    ),
    Rule(
        "ST-08",
        WARN,
        OPERATOR,
        "the job's folder holds staged files only",
        "Find out whose they are; they are neither sent nor removed.",
        ("S9",),
        _foreign,
        needs=("staging.foreign",),
    ),
    Rule(
        "ST-10",
        BLOCK,
        COPY_HOST,
        "the account that copies can read the staging path",
        "Give the copy host's computer account (DOMAIN\\HOST$) read permission on share and folder, set seed_staging_credential,"
        " or host the share on the copy host.",
        ("PRACTICE",),
        _opened_by_copier,
        needs=("copying_account.source_readable",),
        unknown_blocks=False,
    ),
    Rule(
        "ST-11",
        BLOCK,
        BACKUP,
        "each staged file is whole 512-byte pages long",
        "Run the initial backup again: the agent writes such files, another program has changed these.",
        ("S17",),
        _whole_pages,
        needs=("staging.misaligned",),
        unknown_blocks=False,
        firm=True,
    ),
    Rule(
        "ST-12",
        BLOCK,
        OPERATOR,
        "the staging path exists",
        "Make the folder (and the share), or set seed_staging_path_on_copy_host to where the copy host finds it.",
        ("S2",),
        _there,
        needs=("staging.path_exists",),
    ),
)
