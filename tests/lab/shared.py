# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Things that may lie beside the checkout: a PowerShell, its tables, the official API descriptions. All of them are optional."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
BUILD = CHECKOUT / "build"


def shared(*parts: str) -> pathlib.Path | None:
    """The path of something in the folder `shared` beside the checkout, or None where it does not exist."""
    path = CHECKOUT.parent.joinpath("shared", *parts)
    return path if path.exists() else None


def find_pwsh() -> str | None:
    """The program of a genuine PowerShell: OFFLINESEED_PWSH, then PATH, then the one that `shared/pwsh/install` unpacks."""
    named = os.environ.get("OFFLINESEED_PWSH")
    if named:
        if not os.access(named, os.X_OK):
            raise FileNotFoundError(f"OFFLINESEED_PWSH names {named!r}, which is no program; name an existing pwsh or unset the variable")
        return named
    on_path = shutil.which("pwsh")
    if on_path:
        return on_path
    installer = shared("pwsh", "install")
    if installer is None:
        return None
    done = subprocess.run([str(installer)], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None if done.returncode == 0 else None


def choose_engine(wanted: str) -> tuple[str, str | None]:
    """(engine, path of pwsh) for auto, pwsh or standins; pwsh without one found is an error that says how to give one."""
    if wanted == "standins":
        return "standins", None
    program = find_pwsh()
    if program:
        return "pwsh", program
    if wanted == "pwsh":
        raise FileNotFoundError(
            "no PowerShell was found; set OFFLINESEED_PWSH to the path of a pwsh 7.4 or newer, or choose the engine standins"
        )
    return "standins", None
