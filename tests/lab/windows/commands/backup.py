# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MSOnlineBackup: the agent's commands. Signatures: MicrosoftDocs/windows-powershell-docs, docset/winserver2012-ps/msonlinebackup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..answer import NotModelled, WindowsError, answer
from ..mars import objects
from ..mars.agent import ABORTED, COMPLETED, FAILED, Agent
from . import command

if TYPE_CHECKING:
    from ..host import Host

# What Start-OBBackup prints while it runs; its own texts (azure-docs, backup-client-automation.md).
LINES = ("Initializing", "Taking snapshot of volumes...", "Preparing storage...", "Data transfer is in progress.", "Job completed.")
# Parameter of Set-OBInitialBackupCreationMethod: name of the value.
VALUES = {
    "StagingLocation": "staging_path",
    "AzureStorageAccount": "storage_account",
    "AzureStorageContainer": "container",
    "AzureSubscriptionID": "subscription_id",
    "AzureImportJobName": "import_job_name",
}


def installed(host: Host) -> bool:
    """Is the agent there?"""
    return host.mars is not None


def offline_pair(host: Host) -> bool:
    """Does this agent still have Get- and Set-OBInitialBackupCreationMethod? Today's reference lacks them."""
    return host.mars is not None and bool(host.mars.setup["offline_cmdlets"])


def _agent(host: Host) -> Agent:
    if host.services["obengine"]["state"] != "Running":
        raise WindowsError(
            "CBPServiceNotRunning,Microsoft.Internal.CloudBackup.Commands.GetCBPolicyCommand",
            "The Microsoft Azure Recovery Services Agent service is not running.",
            "NotSpecified",
            0,
        )
    return host.mars


def _of_policy(host: Host, bound: dict[str, Any], name: str) -> Agent:
    agent = _agent(host)
    given = bound.get("Policy")
    given = given[0] if isinstance(given, list) else given
    if agent.policy is None or (given is not None and given.get("PolicyName") != agent.policy["name"]):
        raise WindowsError(
            f"CBPPolicyNotFound,Microsoft.Internal.CloudBackup.Commands.{name}", "The specified policy was not found.", "NotSpecified"
        )
    return agent


@command("Get-OBPolicy", present=installed)
def get_policy(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """The policy; nothing where there is none."""
    agent = _agent(host)
    return [objects.policy(agent)] if agent.policy else []


@command("Get-OBPolicyState", "Policy", present=installed)
def get_policy_state(host: Host, bound: dict[str, Any], session: Any) -> list[Any]:
    """Valid or Paused."""
    return [_of_policy(host, bound, "GetCBPolicyStateCommand").policy["policy_state"]]


@command("Get-OBFileSpec", "Policy", present=installed)
def get_file_spec(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """The file specifications of the policy."""
    agent = _of_policy(host, bound, "GetCBFileSpecCommand")
    return [objects.file_spec(agent, d) for d in agent.policy["datasources"]]


@command("Get-OBSchedule", "Policy", present=installed)
def get_schedule(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """The schedule of the policy."""
    return [objects.schedule(_of_policy(host, bound, "GetCBScheduleCommand"))]


@command("Get-OBJob", "Previous Status", present=installed)
def get_job(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """The running job without arguments; with -Previous the last n that ended, oldest first."""
    agent = _agent(host)
    if not bound.get("Previous"):
        job = agent.running_job()
        return [objects.job(job)] if job else []
    ended = [j for j in agent.jobs if not j["running"]]
    wanted = str(bound.get("Status") or "All")
    if wanted != "All":
        ended = [j for j in ended if (j["state"] in (ABORTED, FAILED)) != (wanted == "Successful")]
    return [objects.job(j) for j in ended[-int(bound["Previous"]) :]]


@command("Get-OBMachineSetting", present=installed)
def get_machine_setting(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """Passphrase stored or not, proxy."""
    return [objects.machine_setting(_agent(host))]


@command("Get-OBMachineUsage", present=installed)
def get_machine_usage(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """Bytes in the vault."""
    points = _agent(host).points
    return [{"_type": f"{objects.COMMANDS}.OBMachineUsage", "StorageUsedByMachineInBytes": points[-1]["bytes"] if points else 0}]


@command("Get-OBAllRecoveryPoints", present=installed)
def get_recovery_points(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """All recovery points."""
    return [objects.recovery_point(p) for p in _agent(host).points]


@command("Get-OBInitialBackupCreationMethod", "Policy", present=offline_pair)
def get_initial_backup(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """What a person entered, or a cmdlet set and not yet committed."""
    agent = _of_policy(host, bound, "GetCBInitialBackupCreationMethodCommand")
    return [objects.initial_backup(agent.pending or agent.offline)]


@command("Set-OBInitialBackupCreationMethod", "Policy IBMethod AzurePublishSettings " + " ".join(VALUES), present=offline_pair)
def set_initial_backup(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """Change the policy object; nothing counts before Set-OBPolicy."""
    agent = _of_policy(host, bound, "SetCBInitialBackupCreationMethodCommand")
    method = bound.get("IBMethod") or "OfflineBackup"
    if method not in ("OfflineBackup", "Network"):
        raise WindowsError(
            "CBPInvalidArgument,Microsoft.Internal.CloudBackup.Commands.SetCBInitialBackupCreationMethodCommand",
            f"'{method}' is no initial backup method.",
            "InvalidArgument",
        )
    if bound.get("AzurePublishSettings"):
        raise NotModelled("Set-OBInitialBackupCreationMethod -AzurePublishSettings: publish settings are retired")
    agent.pending = {"method": method, **{name: bound.get(parameter) for parameter, name in VALUES.items()}}
    host.change("offline values set on the policy object", **agent.pending)
    return [objects.policy(agent)]


@command("Set-OBPolicy", "Policy", present=installed)
def set_policy(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """Commit."""
    agent = _of_policy(host, bound, "SetCBPolicyCommand")
    if agent.pending:
        values, agent.pending = agent.pending, None
        if values["method"] == "Network":
            agent.offline = None
            host.change("policy committed", method="Network")
        else:
            agent.enter_offline_values(**{k: str(v or "") for k, v in values.items() if k != "method"})
    return [objects.policy(agent)]


@command("Start-OBBackup", "Policy Name Async Volumes", present=installed, quick=False)
def start_backup(host: Host, bound: dict[str, Any], session: Any) -> Any:
    """Back up now; with -Async it returns at once, else it prints its lines until the job has ended."""
    agent = _of_policy(host, {"Policy": bound.get("Policy") or {"PolicyName": bound.get("Name")}}, "StartCBBackupCommand")
    job = agent.start(wait=not bound.get("Async"))
    if bound.get("Async"):
        return [objects.job(job)]
    if job["state"] in (FAILED, ABORTED):
        raise WindowsError(
            "CBPGenericOperationFailure,Microsoft.Internal.CloudBackup.Commands.StartCBBackupCommand",
            f"The backup operation ended as {job['state']} [0x{job['error']:X}] {job.get('message', '')}".strip(),
            "NotSpecified",
        )
    return answer([*LINES, "The backup operation completed successfully." if job["state"] == COMPLETED else f"Job ended: {job['state']}."])


@command("Stop-OBJob", "Job", present=installed, quick=False)
def stop_job(host: Host, bound: dict[str, Any], session: Any) -> None:
    """End the running job."""
    host.mars.interrupt("Stop-OBJob")
