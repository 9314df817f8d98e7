# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The traps of the field (Windows, WinRM, BitLocker, Ansible), and which rule or part of the collection keeps each away."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trap:
    """One trap: *id* is a letter for its field and a number, *what* hurts, the *rules* that look for it, *held_by* what else does."""

    id: str
    what: str
    rules: tuple = ()
    held_by: str = ""


FIELDS = {"R": "Reaching things", "D": "Disks", "B": "BitLocker", "A": "Ansible"}

TRAPS = (
    Trap("R1", "WinRM's network logon makes no second hop", ("ST-12", "ST-05"), "seed_staging_credential; a share of the copy host itself"),
    Trap("R2", "SYSTEM on the network is the computer account", ("ST-10", "ST-07")),
    Trap("R3", ".NET does not know PowerShell's drives", (), "paths are resolved before every .NET call; the lab refuses unresolved ones"),
    Trap("R4", "certificate stores, DPAPI and COM fail behind WinRM", (), "nothing of the kind is called over WinRM"),
    Trap("R5", "a task with a stored password breaks when it changes", (), "the worker runs as SYSTEM or a gMSA"),
    Trap("R6", "an execution policy by group policy beats the command line", ("AG-10",), "the worker is started by encoded command"),
    Trap("R7", "Constrained Language", ("LM-01",)),
    Trap("R8", "module logging writes bound parameters", (), "keys travel in a table of Invoke-CimMethod only; a canary looks for them"),
    Trap("R9", "Ansible logs the options of a module", (), "secret options are no_log; a canary looks for them"),
    Trap("R10", "users may write to ProgramData", (), "work folders get a protected list of rights before the first file"),
    Trap("R11", "FIPS switches MD5 off", ("FP-01",)),
    Trap("R12", "a lost answer of WinRM hangs for ever", (), "every task on Windows has a timeout"),
    Trap("R13", "localised Windows", (), "nothing parses text for people; a run of the lab answers in Swedish"),
    Trap("D1", "disks of other systems look empty", ("DR-18",), "a person names the drives by serial and size"),
    Trap("D2", "adapters hide or invent serials", ("DR-10", "DR-02"), "step name_drives asks to compare with the label"),
    Trap("D3", "new disks stay offline and read-only (SAN policy)", ("DR-16",)),
    Trap("D4", "automount gives letters", (), "volumes are mounted in folders, and a letter that came is removed"),
    Trap("D5", "clearing a raw disk fails, initialising an initialised one, too", (), "win_disk_prep decides by the partition style"),
    Trap("D6", "words of the Storage module come from scripts", (), "numbers are compared, never words"),
    Trap("D7", "on Server 2016 objects of PowerShell 7 have no methods", (), "no method of what a command returns is called"),
    Trap("D8", "storage errors are known by number", (), "errors are told apart by their number"),
    Trap("D9", "the view of the disks is a cached one", (), "the guard refreshes it in its own call"),
    Trap("B1", "XTS cannot be read by old Windows", ("FV-06",), "Aes256 is the default"),
    Trap("B2", "group policy forbids what is needed", ("FV-01", "FV-02", "FV-03", "FV-04")),
    Trap("B3", "on a server BitLocker is absent, and wants a restart", ("CP-02", "CP-08"), "seed_install_prerequisites"),
    Trap("B4", "commands of BitLocker differ by language and version", (), "the class Win32_EncryptableVolume is used, by numbers"),
    Trap("B5", "encrypting fails where policy sets another method", ("FV-05",)),
    Trap("B6", "commands of BitLocker print the recovery password", (), "they are not used"),
    Trap("A1", "a run ends when every host failed", (), "the closing lines come from a callback, whatever failed"),
    Trap("A2", "a playbook cannot choose its exit code", (), "seed_summary_file holds the detail"),
    Trap("A3", "AWX throws its file system away", ("SD-01",), "seed_store keeps the state in Azure"),
    Trap("A4", "no_log hides a loop, and without it the item is printed", (), "no loop item ever holds a secret"),
    Trap("A5", "action plugins ignore delegate_to", (), "the controller's modules honour it"),
    Trap("A6", "ansible-test wants its own place", (), "the gates copy the files there"),
    Trap("A7", "pslint fails without its analyser", (), "it is skipped, and that is said"),
    Trap("A8", "ansible-lint wants a role's name before each variable", (), "one skip, with its reason"),
)
