# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process on a modelled host sees around it: environment, folders, and the lines that make its runspace one of that host."""

from __future__ import annotations

import json
import ntpath
import os
import pathlib
from collections.abc import Iterable
from typing import Any

HERE = pathlib.Path(__file__).parent
# One line: it stands before other people's scripts. The lab's modules are found on PSModulePath.
PRELUDE = (
    "Microsoft.PowerShell.Core\\Import-Module -Name LabWindows, LabOverrides -Global -DisableNameChecking -ErrorAction Stop; "
    "LabWindows\\Enter-LabHost"
)
# Names that people write in several ways; Linux tells them apart.
_SPELLINGS = {
    "ProgramData": ("PROGRAMDATA", "ALLUSERSPROFILE"),
    "SystemRoot": ("SYSTEMROOT", "windir", "WINDIR"),
    "SystemDrive": ("SYSTEMDRIVE",),
    "COMPUTERNAME": ("ComputerName", "computername"),
    "ProgramFiles": ("PROGRAMFILES", "ProgramW6432"),
    "TEMP": ("temp", "TMP", "tmp"),
    "USERNAME": ("UserName", "username"),
    "USERPROFILE": ("UserProfile",),
    "APPDATA": ("AppData",),
    "LOCALAPPDATA": ("LocalAppData",),
}


def is_system(account: str) -> bool:
    """Whether an account is the machine itself, in one of its spellings."""
    return account.rsplit("\\", 1)[-1].upper() in ("SYSTEM", "LOCALSYSTEM", "S-1-5-18")


def profile(account: str) -> str:
    """The profile folder of an account, as a Windows path."""
    name = account.rsplit("\\", 1)[-1]
    return r"C:\Windows\system32\config\systemprofile" if is_system(account) else rf"C:\Users\{name}"


def temporary(account: str) -> str:
    """The folder for temporary files of an account, as a Windows path."""
    return r"C:\Windows\Temp" if is_system(account) else profile(account) + r"\AppData\Local\Temp"


def environment(host: Any, account: str) -> dict[str, str]:
    """The environment variables of Windows on this host."""
    home, name = profile(account), account.rsplit("\\", 1)[-1]
    plain = {
        "COMPUTERNAME": host.name,
        "USERNAME": f"{host.name}$" if is_system(account) else name,
        "USERPROFILE": home,
        "USERDOMAIN": host.name,
        "HOMEDRIVE": "C:",
        "HOMEPATH": ntpath.splitdrive(home)[1],
        "TEMP": temporary(account),
        "ProgramData": r"C:\ProgramData",
        "SystemDrive": "C:",
        "SystemRoot": r"C:\Windows",
        "ProgramFiles": r"C:\Program Files",
        "CommonProgramFiles": r"C:\Program Files\Common Files",
        "ProgramFiles(x86)": r"C:\Program Files (x86)",
        "APPDATA": home + r"\AppData\Roaming",
        "LOCALAPPDATA": home + r"\AppData\Local",
        "PUBLIC": r"C:\Users\Public",
        "OS": "Windows_NT",
        "PROCESSOR_ARCHITECTURE": "AMD64",
        "NUMBER_OF_PROCESSORS": "2",
    }
    return plain | {spelling: plain[name] for name, spellings in _SPELLINGS.items() for spelling in spellings}


def process_environment(
    host: Any, session: dict[str, str], program: str, socket_path: str, modules: Iterable[pathlib.Path], home: pathlib.Path
) -> dict[str, str]:
    """The whole environment of a PowerShell process that plays one on this host."""
    beside = pathlib.Path(program).resolve().parent
    return environment(host, session["account"]) | {
        "PATH": f"{beside}:/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(real_folder(host, temporary(session["account"]))),
        "PSModulePath": os.pathsep.join([str(HERE), *map(str, modules), str(beside / "Modules")]),
        "PSModuleAnalysisCachePath": str(home / "ModuleAnalysisCache"),
        "LABWINDOWS_SOCKET": socket_path,
        "LABWINDOWS_SESSION": json.dumps(session),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "POWERSHELL_TELEMETRY_OPTOUT": "1",
        "DOTNET_EnableDiagnostics": "0",
        "POWERSHELL_UPDATECHECK": "Off",
    }


def real_folder(host: Any, windows_path: str) -> pathlib.Path:
    """The real folder of a Windows path of the host; it is made where Windows has it from the start."""
    folder = pathlib.Path(host.drives()["C"]).joinpath(*windows_path.split("\\")[1:])
    folder.mkdir(parents=True, exist_ok=True)
    return folder
