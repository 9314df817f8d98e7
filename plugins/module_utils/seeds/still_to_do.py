# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left for people when a seed is complete: nothing of it can be seen or done from here, and nothing of it is urgent.

Sources: Microsoft, "Offline backup using the Azure Import/Export service" (the Entra app and its certificate, the publish settings file);
"View drive status of Azure Import/Export jobs" (drives come back). That the files of the wizard may go is concluded from their purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .words import listed


@dataclass(frozen=True)
class Task:
    """One thing: *who* does it, the *text* made of (record, host), and *applies*, whether this seed has it."""

    id: str
    who: str
    text: Callable
    applies: Callable = lambda record: True


def _drives(record):
    serials = sorted(record["drives"])
    return f"drive{'s' if len(serials) != 1 else ''} {listed(serials, most=10)}"


def _by_the_tool(record):
    """Whether the agent's own tool made the drives: their keys stand in its journals, not in an escrow."""
    return any(drive.get("made_by") for drive in record["drives"].values())


def _opener(record):
    return "the tool's journals open it" if _by_the_tool(record) else "the escrow opens it"


TASKS = (
    Task(
        "wipe_drives",
        "copy host",
        lambda record, host: (
            f"After the way back of {_drives(record)}: wipe, or keep as a copy of the staged data. It is still encrypted, and only"
            f" {_opener(record)}."
        ),
        lambda record: bool(record["drives"]),
    ),
    Task(
        "delete_escrow",
        "operator",
        lambda record, host: (
            f"Once no drive is on its way or kept, delete the folder escrow of seed {record['seed']}. Keep its record and its evidence."
        ),
        lambda record: bool(record["drives"]) and not _by_the_tool(record),
    ),
    Task(
        "delete_tool_folder",
        "copy host",
        lambda record, host: (
            f"Once no drive is on its way or kept, delete C:\\ProgramData\\offlineseed\\{record['seed']}\\tool on"
            f" {(record['preflight'] or {}).get('copy_host') or 'the copy host'}: the tool's journals there hold the keys of the drives."
        ),
        _by_the_tool,
    ),
    Task(
        "remove_entra_app",
        "Azure administrator",
        lambda record, host: (
            "Remove the app registration AzureOfflineBackup_<user id> that the agent's wizard made in Entra ID, if no other server uses it,"
            f" and its certificate on {host}."
        ),
    ),
    Task(
        "remove_wizard_files",
        "backup administrator",
        lambda record, host: (
            f"Delete on {host} what the offline wizard left: OfflineApplicationParams*.xml, publish settings files (they grant rights),"
            " and a copied AzureOfflineBackupDiskPrep folder (its journals hold keys)."
        ),
    ),
)
IDS = tuple(task.id for task in TASKS)


def of(record, host):
    """``[{id, who, text}]`` for the *record* of a seed whose source is *host*."""
    return [{"id": task.id, "who": task.who, "text": task.text(record, host)} for task in TASKS if task.applies(record)]
