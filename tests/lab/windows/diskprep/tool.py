# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tool's own files: in the folder of the agent, and wherever a person has copied them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .refusal import ConsoleRefused

if TYPE_CHECKING:
    from ..host import Host

FOLDER = "Utils\\AzureOfflineBackupDiskPrep"
PROGRAM = "AzureOfflineBackupDiskPrep.exe"
VERSION = "2.0.9250.0"
# The import API that older versions used is retired (azure-docs, backup-azure-mars-troubleshoot).
FIRST_OF_TODAY = (2, 0, 9250, 0)
# The tool starts WAImportExport, whose files these are; the sub-folder stands for the rest of "the whole directory".
OTHERS = (
    "AzureOfflineBackupDiskPrep.exe.config", "WAImportExport.exe", "WAImportExport.exe.config", "WAImportExportCore.dll",
    "Microsoft.WindowsAzure.Storage.dll", "Hddid.dll", "en\\AzureOfflineBackupDiskPrep.resources.dll",
)  # fmt: skip
MARK = re.compile(rb"\AMZ lab AzureOfflineBackupDiskPrep (\d+)\.(\d+)\.(\d+)\.(\d+)\n\Z")


def install(host: Host, install_path: str, version: str = VERSION) -> None:
    """Put the tool into the agent's folder (`install_path` with its backslash)."""
    folder = f"{install_path}{FOLDER}"
    host.path(f"{folder}\\{PROGRAM}").parent.mkdir(parents=True, exist_ok=True)
    host.path(f"{folder}\\{PROGRAM}").write_bytes(f"MZ lab {PROGRAM.removesuffix('.exe')} {version}\n".encode())
    for name in OTHERS:
        path = host.path(f"{folder}\\{name}")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(_content(name))


def _content(name: str) -> bytes:
    return f"MZ lab {name}\n".encode() * 16


def check(host: Host, folder: str) -> tuple[int, ...]:
    """The version of the tool in a folder; refuses where it is not whole."""
    for name in (PROGRAM, *OTHERS):
        path = host.path(f"{folder}\\{name}")
        if not path.is_file():
            raise ConsoleRefused(f"{folder}\\{name} is missing on {host.name}: copy the whole folder {FOLDER} of the agent there.")
        content = path.read_bytes()
        if name != PROGRAM and content != _content(name):
            raise ConsoleRefused(f"{folder}\\{name} is not the file of the agent's folder ({len(content)} bytes): copy it again.")
    found = MARK.match(host.path(f"{folder}\\{PROGRAM}").read_bytes())
    if not found:
        raise ConsoleRefused(
            f"{folder}\\{PROGRAM} is not a valid Win32 application: it is not the file of the agent's folder, copy it again."
        )
    return tuple(map(int, found.groups()))
