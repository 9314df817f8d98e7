# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which subscription and cloud the Azure CLI is logged in to. Tokens are azure-identity's business (AzureCliCredential)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

from ..failure import Failure

SECONDS = 30
CURE = "run az login, or give subscription_id and cloud_environment"


def account(environ: Mapping[str, str], subscription_id: str | None) -> dict[str, str]:
    """`subscription_id` and `cloud_environment` of the login: of the subscription that was asked for, else of the current one.

    az writes both to azureProfile.json; reading that saves the second that the program takes. What it has not is asked of az itself,
    but only for a subscription_id that nobody gave.
    """
    found = _in_profile(environ, subscription_id)
    if not found and not subscription_id:
        found = _asked(environ)
    told = {"subscription_id": found.get("id"), "cloud_environment": found.get("environmentName")}
    return {name: value for name, value in told.items() if isinstance(value, str) and value}


def folder(environ: Mapping[str, str]) -> str:
    """Where az keeps its login."""
    return environ.get("AZURE_CONFIG_DIR") or os.path.expanduser("~/.azure")


def _in_profile(environ: Mapping[str, str], subscription_id: str | None) -> dict[str, Any]:
    try:
        with open(os.path.join(folder(environ), "azureProfile.json"), encoding="utf-8-sig") as file:
            document = json.load(file)
    except (OSError, ValueError, RecursionError):
        return {}
    listed = document.get("subscriptions") if isinstance(document, dict) else None
    known = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    if subscription_id:
        return next((one for one in known if str(one.get("id")).casefold() == subscription_id.casefold()), {})
    return next((one for one in known if one.get("isDefault") is True), {})


def _asked(environ: Mapping[str, str]) -> dict[str, Any]:
    program = shutil.which("az", path=environ.get("PATH") or os.environ.get("PATH"))
    if program is None:
        raise _failed("the program az is not on PATH", "install the Azure CLI and run az login, or use another auth_source")
    try:
        done = subprocess.run(
            [program, "account", "show", "--output", "json"], capture_output=True, text=True, timeout=SECONDS, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(f"az account show did not answer ({type(error).__name__})", CURE) from None
    if done.returncode != 0:
        raise _failed(f"az account show: {' '.join(done.stderr.split())[:300] or f'exit code {done.returncode}'}", CURE)
    try:
        document = json.loads(done.stdout)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("id"), str):
        raise _failed("az account show names no subscription", CURE)
    return document


def _failed(seen: str, cure: str) -> Failure:
    return Failure(
        f"Failed to read the login of the Azure CLI: {seen}. Cure: {cure}.",
        what="read the login of the Azure CLI",
        field="auth_source",
        seen=seen,
        cure=cure,
    )
