# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins of win_disk_info and win_disk_prep_info: they look and change nothing."""

from __future__ import annotations

from typing import Any

from ..windows.answer import WindowsError
from ..windows.commands.features import is_server, state_of
from . import ModuleFailure, handler
from . import drive_steps as steps
from .disk_prep import probe_source, remembered_drive
from .drive_facts import drive_facts
from .drive_guard import foreign_partitions, reasons_against
from .host_facts import host_fact, reach

DISK_FIELDS = (
    "number", "serial", "size", "bus", "bus_number", "model", "unique_id", "path", "logical_sector_size", "physical_sector_size",
    "partition_style", "offline", "read_only", "boot", "system", "page_file", "clustered", "pooled", "removable", "staging", "health",
)  # fmt: skip
PARTITION_FIELDS = ("number", "type", "size", "offset", "letter", "access_paths")
VOLUME_FIELDS = ("label", "file_system", "size", "free", "encryption")
POLICIES = (
    "FDVRecovery", "FDVRecoveryPassword", "FDVRecoveryKey", "FDVRequireActiveDirectoryBackup", "FDVActiveDirectoryBackup",
    "FDVEncryptionType", "FDVPassphrase", "FDVEnforcePassphrase", "EncryptionMethod", "EncryptionMethodWithXtsFdv",
)  # fmt: skip
FEATURE_STATES = {"Installed": "installed", "InstallPending": "install_pending", "Available": "available"}
POLICY_ROOT = "HKLM\\SOFTWARE\\Policies\\Microsoft\\FVE"
DENY_KEY = "HKLM\\SYSTEM\\CurrentControlSet\\Policies\\Microsoft\\FVE"


def _disk(drive: dict[str, Any], every: list[dict[str, Any]]) -> dict[str, Any]:
    reasons = reasons_against(drive, every, None)
    return {name: drive[name] for name in DISK_FIELDS} | {
        "partitions": [{name: p[name] for name in PARTITION_FIELDS} for p in drive["partitions"]],
        "volumes": [{name: v[name] for name in VOLUME_FIELDS} for v in drive["volumes"]],
        "empty": not foreign_partitions(drive) and not drive["unseen_partitions"],
        "seed": drive["claim"]["seed"] if drive["claim"] else None,
        "eligible": not reasons,
        "reasons": [{"id": r["id"], "text": r["text"]} for r in reasons],
    }


def _host(host: Any, params: dict[str, Any]) -> dict[str, Any]:
    policies = {name: host.registry.get(POLICY_ROOT, name) for name in POLICIES}
    policies["FDVDenyWriteAccess"] = host.registry.get(DENY_KEY, "FDVDenyWriteAccess")
    bitlocker = host.facts.get("bitlocker", True)
    return host_fact(host) | {
        "bitlocker": bitlocker,
        "bitlocker_feature": "installed" if bitlocker else FEATURE_STATES[state_of(host)] if is_server(host) else None,
        "fips": host.registry.get(steps.FIPS, "Enabled") == 1,
        "language_mode": "FullLanguage",
        "policies": policies,
        "reached": reach(params.get("reach")),
    }


@handler("offlineseed.azure.win_disk_info")
def disk_info(host: Any, params: dict[str, Any], check_mode: bool, session: Any) -> dict[str, Any]:
    """Every disk, what the guard says of it when nobody has named it, and the host's policies."""
    drives = drive_facts(host, params.get("staging_path"))
    return {"changed": False, "disks": [_disk(d, drives) for d in drives], "host": _host(host, params)}


# States that ask for the next run, in the words of the result
IDLE = {
    "interrupted": ("copying", "the worker does not run; run win_disk_prep again, it goes on where it stopped"),
    "unsealed": ("planned", "begun, but not encrypted yet; run win_disk_prep again"),
}


@handler("offlineseed.azure.win_disk_prep_info")
def disk_prep_info(host: Any, params: dict[str, Any], check_mode: bool, session: Any) -> dict[str, Any]:
    """How far the drives of a seed are; an interrupted one counts as copying, with the way on."""
    path = params.get("probe_staging_path")
    about = {**params, "staging_path": path}
    try:
        found = steps.states(host, params["seed"], [remembered_drive(host, about, d) for d in params["drives"]], path)
    except WindowsError as error:
        raise ModuleFailure(f"Failed to look at the drives of seed {params['seed']}: {error.message}") from None
    for state in (s for s in found["drives"] if s["state"] in IDLE):
        word, message = IDLE[state["state"]]
        state.update(state=word, message=state["message"] or message)
    return {"changed": False, **found, "source": probe_source(host, path) if path and not check_mode else None}
