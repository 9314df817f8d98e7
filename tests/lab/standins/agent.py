# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins of win_backup_agent_info, win_offline_backup and win_initial_backup: what their PowerShell does, over the same model."""

from __future__ import annotations

import time
from typing import Any

from ..clock import stamp
from ..windows.answer import WindowsError
from . import ModuleFailure, handler
from .host_facts import drive_kind, free_bytes, host_fact, reach

DISK_PREP = "Utils\\AzureOfflineBackupDiskPrep\\AzureOfflineBackupDiskPrep.exe"
OFFLINE_FIELDS = ("method", "staging_path", "storage_account", "container", "subscription_id", "import_job_name")
SEED_STATES = {
    "Completed": "completed",
    "CompletedWithWarning": "completed_with_warning",
    "CompletedWithWaitingForImportJob": "waiting_for_import",
    "CompletedWithWaitingForCopyBlob": "waiting_for_copy",
    "Failed": "failed",
    "Aborted": "aborted",
}
WAITING, DONE = ("waiting_for_import", "waiting_for_copy"), ("completed", "completed_with_warning")
STARTS_FROM = {"staging": ("not_started", "failed", "aborted"), "vault_copy": ("waiting_for_import",)}
MESSAGES = {
    "not_started": "No backup of this agent has waited for an import job yet.",
    "running": "A backup is running.",
    "waiting_for_import": "The staging folder is written; the agent waits for the import job.",
    "waiting_for_copy": "The drives have been read; the copy from the container to the vault is open.",
    "completed": "The backup is complete.",
    "completed_with_warning": "The backup is complete, with a warning.",
    "failed": "The newest backup failed. The agent's log is <InstallPath>\\Temp\\CBEngineCurr.errlog.",
    "aborted": "The newest backup was aborted.",
    "unknown": "The agent reports a state that this module does not know, or does not list the job (yet). "
    "Look again; if it stays, look at the agent's console.",
}
NOT_INSTALLED = (
    "The Azure Backup agent (MARS) is not installed on this host. Install it from https://aka.ms/azurebackup_agent, "
    "register it with the vault, and run again."
)


def _job(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": entry["id"],
        "type": entry["type"],
        "state": entry["state"],
        "seed_state": "running" if entry["running"] else SEED_STATES.get(entry["state"], "unknown"),
        "running": entry["running"],
        "start_time": entry["start"],
        "end_time": entry["end"],
        "bytes_total": entry["total"],
        "bytes_changed": entry["changed"],
        "error_code": entry["error"] or None,
    }


def _jobs(host: Any) -> list[dict[str, Any]]:
    return [_job(entry) for entry in [*[j for j in host.mars.jobs if not j["running"]][-50:], *[j for j in host.mars.jobs if j["running"]]]]


def _backups(host: Any) -> list[dict[str, Any]]:
    return [job for job in _jobs(host) if job["type"] == "Backup"]


def _busy(host: Any) -> dict[str, Any] | None:
    return next((job for job in _jobs(host) if job["running"] and job["type"] != "Backup"), None)


def _service(host: Any) -> str | None:
    return host.services["obengine"]["state"].lower() if "obengine" in host.services else None


def _initial_backup(mars: Any) -> dict[str, Any] | None:
    if mars.policy is None or not mars.setup["offline_cmdlets"]:
        return None
    values = mars.pending or mars.offline or {"method": "Network"}
    return {field: values.get(field) for field in OFFLINE_FIELDS}


def _policy(host: Any) -> dict[str, Any] | None:
    policy = host.mars.policy
    if policy is None:
        return None
    volumes = {v.guid: v for v in (host.volume_of(d["name"]) for d in policy["datasources"])}
    return {
        "name": policy["name"],
        "state": policy["state"],
        "policy_state": policy["policy_state"],
        "schedule": {"days": policy["days"], "times": policy["times"]},
        "datasources": [{"id": d["id"], "name": d["name"], "file_specs": [d["name"]], "excluded": []} for d in policy["datasources"]],
        "system_state": False,
        "volumes": [_volume(host, name) for name in sorted({d["name"] for d in policy["datasources"]})],
        "selected_bytes": sum(v.size - v.free() for v in volumes.values()),
    }


def _volume(host: Any, name: str) -> dict[str, Any]:
    volume = host.volume_of(name)
    readable = bool(volume.file_system) and not volume.locked
    return {
        "name": name,
        "kind": drive_kind(host, name),
        "file_system": volume.file_system if readable else None,
        "size": volume.size if readable else None,
        "used_bytes": volume.size - volume.free() if readable else None,
    }


def _temp_files(host: Any) -> int:
    return sum(1 for file in host.path("C:\\Windows\\Temp").glob("*.tmp") if file.is_file())


def _agent(host: Any) -> dict[str, Any]:
    mars, task = host.mars, host.tasks.find("Microsoft-OnlineBackup")
    names = ("version", "install_path", "machine_id", "passphrase_set", "offline_cmdlets")
    setup = mars.setup if mars else dict.fromkeys(names) | {"registered": None, "scratch": None}
    where = setup["registered"] or {}
    scratch = setup["scratch"]
    next_run = mars.next_run() if mars else None
    return {
        "installed": mars is not None,
        "product": "mars" if mars else None,
        "version": setup["version"],
        "install_path": setup["install_path"].rstrip("\\") if mars else None,
        "vault": where.get("vault"),
        "resource_group": where.get("resource_group"),
        "subscription_id": where.get("subscription_id"),
        "machine_id": setup["machine_id"],
        "scratch": {
            "path": scratch,
            "provider_path": scratch,
            "exists": bool(scratch),
            "free_bytes": free_bytes(host, scratch),
            "kind": drive_kind(host, scratch),
            "traits": [],
        },
        "disk_prep_tool": mars is not None and host.path(f"{setup['install_path']}{DISK_PREP}").exists(),
        "dpm_version": None,
        "temp_files": _temp_files(host),
        "registered": bool(where),
        "service": _service(host),
        "scheduled_task": {
            "exists": task is not None,
            "enabled": bool(task and task.enabled),
            "account": task.user if task else None,
            "next_run": stamp(next_run) if task and next_run else None,
        },
        "commands": mars is not None,
        "offline_cmdlets": bool(setup["offline_cmdlets"]),
        "passphrase_set": setup["passphrase_set"],
    }


@handler("offlineseed.azure.win_backup_agent_info")
def backup_agent_info(host: Any, params: dict[str, Any], check_mode: bool, session: Any) -> dict[str, Any]:
    """Agent, policy, initial backup, newest job, recovery points, host."""
    answers = host.mars is not None and _service(host) == "running"
    jobs = _jobs(host) if answers else []
    silent = "The Microsoft Azure Recovery Services Agent service is not running."
    commands = ("Get-OBMachineSetting", "Get-OBPolicy", "Get-OBJob", "Get-OBAllRecoveryPoints")
    agent = _agent(host)
    if not answers:
        agent["passphrase_set"] = None
    return {
        "changed": False,
        "agent": agent,
        "policy": _policy(host) if answers else None,
        "initial_backup": _initial_backup(host.mars) if answers else None,
        "job": jobs[-1] if jobs else None,
        "recovery_points": [{"time": p["time"], "datasource": p["datasource"]} for p in host.mars.points] if answers else [],
        "host": host_fact(host) | {"reached": reach(params.get("reach"))},
        "unreadable": [{"command": c, "seen": silent} for c in commands] if host.mars and not answers else [],
    }


def _normal(field: str, value: Any) -> str:
    text = "" if value is None else str(value)
    if field == "container":
        return text
    return {"staging_path": text.rstrip("\\"), "subscription_id": text.strip("{}")}.get(field, text).lower()


def _differences(wanted: dict[str, Any], current: dict[str, Any] | None) -> list[dict[str, Any]]:
    pairs = ((field, (current or {}).get(field)) for field in OFFLINE_FIELDS)
    return [
        {"field": field, "current": seen, "wanted": wanted[field]}
        for field, seen in pairs
        if _normal(field, seen) != _normal(field, wanted[field])
    ]


def _evidence(host: Any, params: dict[str, Any]) -> str:
    if any(job["seed_state"] in WAITING for job in _jobs(host)):
        return "job"
    folder = f"{params['staging_path'].rstrip(chr(92))}\\{params['storage_account']}_{params['import_job_name']}"
    here = not folder.startswith("\\\\") and host.path(folder).exists()
    return "folder" if params.get("folder_seen") or here else "none"


@handler("offlineseed.azure.win_offline_backup")
def offline_backup(host: Any, params: dict[str, Any], check_mode: bool, session: Any) -> dict[str, Any]:
    """Whether the initial copy is offline with the wanted values; by cmdlet it is made so."""
    method = params.get("method") or "wizard"
    wanted = {"method": "OfflineBackup", **{field: params[field] for field in OFFLINE_FIELDS[1:]}}
    result: dict[str, Any] = {"changed": False, "wanted": wanted, "current": None, "differences": []}

    def ended(state: str, verified: str, message: str) -> dict[str, Any]:
        return result | {"state": state, "verified": verified, "message": message}

    if host.mars is None:
        raise ModuleFailure(f"Failed to read the backup policy: {NOT_INSTALLED}", **result)
    if host.mars.policy is None:
        return ended("needs_policy", "readback", "This host has no backup policy. Create one in the schedule wizard of the agent.")
    readable = host.mars.setup["offline_cmdlets"]
    if method == "cmdlet" and not readable:
        text = "method: cmdlet needs Set-OBInitialBackupCreationMethod, which this agent does not have. Use method: wizard."
        raise ModuleFailure(text, **result)
    if not readable:
        shown = _evidence(host, params)
        return (
            ended("configured", shown, "")
            if shown != "none"
            else ended("needs_wizard", "none", 'Enter the wanted values in its schedule wizard and start "Back Up Now" there.')
        )
    current = _initial_backup(host.mars)
    result |= {"current": current, "differences": _differences(wanted, current)}
    if not result["differences"]:
        return ended("configured", "readback", "The initial backup is offline, with the wanted values.")
    result["diff"] = {"before": {"initial_backup": current}, "after": {"initial_backup": wanted}}
    if method == "wizard":
        return ended("needs_wizard", "readback", "Change the schedule in the agent and enter the wanted values.")
    result["changed"] = True
    if check_mode:
        return ended("configured", "none", "The initial backup would be made offline, with the wanted values.")
    try:
        host.mars.enter_offline_values(**{field: wanted[field] for field in OFFLINE_FIELDS[1:]})
    except WindowsError as error:
        raise ModuleFailure(f"Failed to make the initial backup offline: {error.message}", **result) from None
    return ended("configured", "readback", "The initial backup was made offline, with the wanted values.")


def _seed_state(jobs: list[dict[str, Any]], params: dict[str, Any], started: bool, before: str | None) -> str:
    own_id = params.get("job_id")
    if not jobs:
        return "unknown" if own_id else "not_started"
    newest = jobs[-1]
    if newest["running"]:
        return "running"
    listed = any(job["id"] == own_id for job in jobs)
    if own_id and not listed:
        return "unknown"
    own = listed or (started and newest["id"] != before)
    waited = any(job["seed_state"] in WAITING for job in jobs)
    if (params.get("stage") or "staging") == "staging" and newest["seed_state"] in DONE and not waited and not own:
        return "not_started"
    return newest["seed_state"]


@handler("offlineseed.azure.win_initial_backup")
def initial_backup(host: Any, params: dict[str, Any], check_mode: bool, session: Any) -> dict[str, Any]:
    """Start it where its stage allows that, look how far it is; waits at most `wait` seconds."""
    if host.mars is None:
        raise ModuleFailure(f"Failed to read the agent's jobs: {NOT_INSTALLED}")
    stage, wait = params.get("stage") or "staging", int(params.get("wait") or 0)
    if not 0 <= wait <= 3600:
        raise ModuleFailure(f"wait is {wait}, must be 0 to 3600 (seconds).")
    jobs, busy = _backups(host), _busy(host)
    before, started = (jobs[-1]["id"] if jobs else None), False
    state = _seed_state(jobs, params, started, before)
    wanted = params.get("state") == "started" and state in STARTS_FROM[stage]
    if wanted and busy:
        text = f"The agent is busy with another job ({busy['type']}, {busy['id']}); nothing was started."
        return {"changed": False, "seed_state": state, "job": jobs[-1] if jobs else None, "busy": busy, "message": text}
    if wanted and check_mode:
        job = jobs[-1] if jobs else None
        return {"changed": True, "seed_state": state, "job": job, "busy": None, "message": "A backup would be started."}
    if wanted:
        if host.mars.policy is None:
            raise ModuleFailure(
                "Failed to start the backup: this host has no backup policy. Create one in the schedule wizard of the agent first."
            )
        host.mars.start()
        started = True
    until = time.monotonic() + wait
    while True:
        jobs = _backups(host)
        state = _seed_state(jobs, params, started, before)
        if state != "running" or time.monotonic() >= until or check_mode:
            break
        time.sleep(0.2)
    return {"changed": started, "seed_state": state, "job": jobs[-1] if jobs else None, "busy": busy, "message": MESSAGES[state]}
