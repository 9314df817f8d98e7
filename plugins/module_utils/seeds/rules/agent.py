# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the backup agent on the source: installation, registration, what it can, whether it will run."""

from __future__ import annotations

from datetime import timedelta

from ... import times
from ...failure import shown
from ..words import amount
from . import statements
from .checks import at_least, holds, is_word, number, version
from .rule import BACKUP, BLOCK, WARN, NotHere, NotTold, Rule
from .source_host import OF_POLICY, answered, policy_of

OLDEST_AGENT = "2.0.9250.0"
OLDEST_FOR_CREDENTIALS = "2.0.9249.0"
OLDEST_KNOWN = "2.0.9083.0"
# Builds of the first update rollups: DPM 2019 UR1, MABS v3 UR1 (Microsoft's lists of builds); newer products have newer majors.
OLDEST_DPM = {10: "10.19.260.0", 13: "13.0.497.0"}
SCRATCH_PART = 20  # a twentieth of the data: the page asks for 5 to 10 %
TEMP_FILES = 60000
SERVERS_PER_VAULT = 50
CREDENTIALS_LAST = timedelta(hours=48)
DISK_PREP = "diskprep"
TASK_ACCOUNTS = ("system", "ntauthority\\system", "s-1-5-18", "administrators", "builtin\\administrators", "s-1-5-32-544")
TASK = "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup"


def _registered(facts):
    if not facts.need("source.agent.registered"):
        return "the agent is not registered with a vault"
    wanted, seen = facts.need("inputs.seed_vault"), facts.look("source.agent.vault")
    if str(seen).lower() != str(wanted.get("name")).lower():
        return f"the agent is registered with vault {shown(seen)}, seed_vault.name is {shown(wanted.get('name'))}"
    group = facts.ask("source.agent.resource_group")
    if group and wanted.get("resource_group") and group.lower() != str(wanted["resource_group"]).lower():
        return f"the agent's vault is in resource group {shown(group)}, seed_vault.resource_group is {shown(wanted['resource_group'])}"
    return None


def _only_unregistered(check):
    """A check that counts only while the server is not registered yet."""
    return lambda facts: None if facts.need("source.agent.registered") else check(facts)


def _credentials_age(facts):
    made = facts.input("seed_vault_credentials_at")
    if not made:
        raise NotTold("nobody told in seed_vault_credentials_at when the vault credentials file was downloaded")
    age = times.parse(facts.need("now")) - times.parse(made)
    return None if age <= CREDENTIALS_LAST else f"the vault credentials file is {int(age.total_seconds() // 3600)} hours old"


def _servers_in_vault(facts):
    usage = facts.need("target.vault.usages.MABContainersCount")
    most = usage.get("limit") if (usage.get("limit") or 0) > 0 else SERVERS_PER_VAULT
    count = number(usage.get("current_value"), "MABContainersCount")
    return None if count < most else f"the vault has {count} of {most} servers already"


def _short(name):
    return str(name).partition(".")[0].lower()


def _name_is_unique(facts):
    mine, servers = _short(facts.need("source.host.name")), facts.need("target.vault.servers")
    if any(server.get("name") is None for server in servers):
        raise NotTold("the name of a server in the vault was not told")
    there = sum(1 for server in servers if _short(server["name"]) == mine)
    allowed = 1 if facts.need("source.agent.registered") else 0
    return None if there <= allowed else f"the vault already has {there} servers of the name {mine}"


def _cmdlets(facts):
    if facts.input("seed_offline_method") != "cmdlet":
        return None
    there = facts.need("source.agent.offline_cmdlets")
    return None if there else "the agent has no Set-OBInitialBackupCreationMethod, seed_offline_method is 'cmdlet'"


def _tool(facts):
    if facts.input("seed_disk_prep_method") != DISK_PREP:
        return None
    return None if facts.need("source.agent.disk_prep_tool") else "the agent's folder has no Utils\\AzureOfflineBackupDiskPrep"


def _dpm(facts):
    if facts.need("source.agent.product") != "dpm":
        return None
    seen = facts.need("source.agent.dpm_version")
    oldest = OLDEST_DPM.get(version(seen)[0])
    if oldest is None:
        return None if version(seen)[0] > min(OLDEST_DPM) else f"the DPM or MABS server is {seen}"
    return None if version(seen) >= version(oldest) else f"the DPM or MABS server is {seen}, older than {oldest}"


def _scratch(facts):
    scratch = facts.need("source.agent.scratch")
    path = scratch.get("path")
    if not scratch.get("exists"):
        return f"the agent's scratch folder {shown(path)} does not exist"
    if str(path).rstrip("\\").lower() != str(scratch.get("provider_path")).rstrip("\\").lower():
        return f"the agent's two values ScratchLocation differ: {shown(path)} and {shown(scratch.get('provider_path'))}"
    if scratch.get("kind") is None or scratch.get("traits") is None:
        raise NotTold("kind and traits of the scratch folder were not told")
    if scratch["kind"] != "fixed" or scratch["traits"]:
        return f"the scratch folder {shown(path)} is {', '.join([scratch['kind'], *scratch['traits']]).replace('_', ' ')}"
    return None if policy_of(facts) is None else _scratch_room(scratch.get("free_bytes"), facts.ask("source.policy.selected_bytes"))


def _scratch_room(free, selected):
    if free is None or selected is None:
        raise NotHere("how much the policy selects, or how much room the scratch folder has, is not known")
    wanted = selected // SCRATCH_PART
    enough = free >= wanted
    return None if enough else f"the scratch folder's volume has {amount(free)} free, a twentieth of the selected data is {amount(wanted)}"


def _scheduled(facts):
    if policy_of(facts) is None:
        return None
    task = facts.need("source.agent.scheduled_task")
    if not task.get("exists"):
        return f"the scheduled task {TASK} does not exist"
    if not task.get("enabled"):
        return f"the scheduled task {TASK} is disabled"
    if task.get("account") is None:
        raise NotTold("the account of the scheduled task was not told")
    right = str(task["account"]).replace(" ", "").lower() in TASK_ACCOUNTS
    return None if right else f"the scheduled task {TASK} runs as {task['account']}"


def _nothing_else_runs(facts):
    job = facts.look("source.job")
    if job is None:
        answered(facts, "Get-OBJob")
    elif job.get("running") is None:
        raise NotTold("whether the newest job runs was not told")
    return f"the agent runs a job of type {job.get('type')} since {job.get('start_time')}" if job and job.get("running") else None


def _temp_files(facts):
    seen = number(facts.need("source.agent.temp_files"), "temp_files")
    return None if seen <= TEMP_FILES else f"more than {TEMP_FILES} .tmp files lie in C:\\Windows\\Temp"


UPGRADE = "Upgrade the agent on the source (https://aka.ms/azurebackup_agent), on DPM and MABS servers, too: what they bring is too old."
VERSION = ("source.agent.version",)
REGISTERED = ("source.agent.registered",)

RULES = (
    Rule(
        "AG-01",
        BLOCK,
        BACKUP,
        "the agent is installed on the source",
        "Install it: MARSAgentInstaller.exe from the vault, page Backup.",
        ("S33", "S34"),
        holds("source.agent.installed", "the Microsoft Azure Recovery Services agent is not installed on the source"),
        needs=("source.agent.installed",),
    ),
    Rule(
        "AG-02",
        BLOCK,
        BACKUP,
        f"the agent is {OLDEST_AGENT} or newer",
        f"{UPGRADE} Older ones call an interface that Azure has switched off.",
        ("S2", "S3", "S6"),
        at_least("source.agent.version", OLDEST_AGENT, "the agent's version is {seen}"),
        needs=VERSION,
    ),
    Rule(
        "AG-03",
        BLOCK,
        BACKUP,
        f"an agent that is still to be registered is {OLDEST_FOR_CREDENTIALS} or newer",
        f"{UPGRADE} Older ones do not read today's vault credentials.",
        ("S6",),
        _only_unregistered(at_least("source.agent.version", OLDEST_FOR_CREDENTIALS, "the agent's version is {seen}")),
        needs=REGISTERED,
        asks=VERSION,
    ),
    Rule(
        "AG-04",
        BLOCK,
        BACKUP,
        f"the agent is one that Azure still talks to ({OLDEST_KNOWN} or newer)",
        f"{UPGRADE} Older ones end with error 0x1FBD3.",
        ("S46",),
        at_least("source.agent.version", OLDEST_KNOWN, "the agent's version is {seen}"),
        needs=VERSION,
    ),
    Rule(
        "AG-05",
        BLOCK,
        BACKUP,
        "the agent is registered with the vault of seed_vault",
        "Register the server with that vault, or set seed_vault to the vault that it is registered with.",
        ("S33", "S34"),
        _registered,
        needs=("source.agent.registered", "source.agent.vault"),
        asks=("inputs.seed_vault", "source.agent.resource_group"),
    ),
    Rule(
        "AG-06",
        BLOCK,
        BACKUP,
        "an encryption passphrase is set",
        "Set it on the source (Change Properties, Encryption) and keep it where it outlives the server.",
        ("S6", "S28"),
        holds("source.agent.passphrase_set", "no encryption passphrase is set"),
        needs=("source.agent.passphrase_set",),
    ),
    Rule(
        "AG-07",
        BLOCK,
        BACKUP,
        "the agent's service obengine runs",
        "Start-Service obengine on the source.",
        ("S28", "S33"),
        is_word("source.agent.service", ("running",), "the service obengine is {seen}"),
        needs=("source.agent.service",),
    ),
    Rule(
        "AG-08",
        BLOCK,
        BACKUP,
        "the agent's PowerShell module MSOnlineBackup can be loaded",
        "Restart the WinRM service on the source, so that it sees the agent's PSModulePath; if it still fails, repair the agent.",
        ("S6", "S33"),
        holds("source.agent.commands", "the module MSOnlineBackup cannot be loaded on the source"),
        needs=("source.agent.commands",),
    ),
    Rule(
        "AG-16",
        BLOCK,
        BACKUP,
        "a DPM or MABS server has the update rollup that seeds with the agent's own tool (2019 UR1, v3 UR1)",
        "Install the newest update rollup; without it only the old flow with a publish settings file is left.",
        ("S3", "S34"),
        _dpm,
        needs=("source.agent.product",),
        asks=("source.agent.dpm_version",),
    ),
    Rule(
        "AG-17",
        BLOCK,
        BACKUP,
        "the agent's scratch folder is a plain local one, with room for a twentieth of the data",
        "Free space there, or move the folder (both values ScratchLocation) as the page on the MARS agent describes.",
        ("S6", "S31"),
        _scratch,
        needs=("source.agent.scratch", "source.policy"),
        asks=("source.policy.selected_bytes", *OF_POLICY),
    ),
    Rule(
        "AG-19",
        WARN,
        BACKUP,
        "antivirus leaves the agent alone",
        "Exclude <InstallPath>\\Scratch\\*, <InstallPath>\\Bin\\*, cbengine.exe, CSC.exe and the staging folder, then set"
        f" {statements.line('antivirus_excludes_agent')}.",
        ("S6",),
        statements.stated("antivirus_excludes_agent"),
        statement="antivirus_excludes_agent",
    ),
    Rule(
        "AG-20",
        WARN,
        BACKUP,
        "the vault credentials of an agent that is still to be registered are younger than 48 hours",
        "Download the file again (or use the module vault_credentials) and set seed_vault_credentials_at to that time.",
        ("S6", "S28"),
        _only_unregistered(_credentials_age),
        needs=REGISTERED,
        asks=("inputs.seed_vault_credentials_at", "now"),
    ),
    Rule(
        "AG-21",
        BLOCK,
        BACKUP,
        "the vault has room for one more server",
        "Use another vault, or remove servers that are gone from this one.",
        ("S6",),
        _only_unregistered(_servers_in_vault),
        needs=REGISTERED,
        asks=("target.vault.usages",),
    ),
    Rule(
        "AG-22",
        BLOCK,
        BACKUP,
        "the source's computer name stands in the vault once at most",
        "Rename the server before it is registered, or register it with another vault.",
        ("S31",),
        _name_is_unique,
        needs=("target.vault.servers", "source.host.name", "source.agent.registered"),
        unknown_blocks=False,
    ),
    Rule(
        "AG-24",
        BLOCK,
        BACKUP,
        "the agent has its disk preparation tool, where drives are prepared with it",
        "Repair or upgrade the agent; the folder is <InstallPath>\\Utils\\AzureOfflineBackupDiskPrep.",
        ("S2",),
        _tool,
        asks=("inputs.seed_disk_prep_method", "source.agent.disk_prep_tool"),
    ),
    Rule(
        "AG-25",
        BLOCK,
        BACKUP,
        "the agent's scheduled task is there, enabled, and runs as SYSTEM or Administrators",
        "Enable the task, or save the schedule in the agent's wizard again: the copy to the vault is done by the next scheduled backup.",
        ("S6",),
        _scheduled,
        needs=("source.policy", "source.agent.scheduled_task"),
        asks=OF_POLICY,
    ),
    Rule(
        "AG-26",
        BLOCK,
        BACKUP,
        "the agent has the command that seed_offline_method: cmdlet calls",
        "Set seed_offline_method to wizard; agents of today lack the command.",
        ("S33",),
        _cmdlets,
        asks=("inputs.seed_offline_method", "source.agent.offline_cmdlets"),
    ),
    Rule(
        "AG-27",
        WARN,
        BACKUP,
        "the encryption passphrase is kept outside of the server",
        f"Put it where it outlives the server, then set {statements.line('passphrase_is_kept')}: without it nobody restores anything.",
        ("S28",),
        statements.stated("passphrase_is_kept"),
        statement="passphrase_is_kept",
    ),
    Rule(
        "AG-28",
        WARN,
        BACKUP,
        "no backup runs on the agent",
        "Wait until it ends: a second one could not be started.",
        ("S6",),
        _nothing_else_runs,
        needs=("source.job",),
        asks=("source.agent.commands", "source.unreadable"),
    ),
    Rule(
        "AG-29",
        WARN,
        BACKUP,
        f"C:\\Windows\\Temp holds no more than {TEMP_FILES} .tmp files",
        "Remove old ones: the agent gets slow and fails with very many of them.",
        ("S6",),
        _temp_files,
        needs=("source.agent.temp_files",),
    ),
)
