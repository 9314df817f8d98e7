# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console AzureOfflineBackupDiskPrep.exe as a person meets it: command line, prompts, drives, papers, the job in Azure.

What is documented (azure-docs, backup-azure-backup-import-export and its screenshots of 2016): folder and command line, what is asked
for, names and places of what is left behind, several lines of its output. All else is assumed; tests/lab/README.md lists it.
"""

from .console import run
from .refusal import ConsoleRefused

__all__ = ["ConsoleRefused", "run"]
