# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the backup agent on the source."""

from __future__ import annotations

from ... import times
from ...failure import shown
from ..words import amount
from .rule import BACKUP, BLOCK, WARN, Facts, NotTold, Rule, version

OLDEST_AGENT = "2.0.9250.0"
OLDEST_POWERSHELL = (5, 1)
CLOCK_OFFSET = 300
SCRATCH_PART = 20  # a twentieth of the data: the article asks for 5 to 10 %
LARGEST_SEED = 80 * 10**12

ARTICLE = "Microsoft, Offline backup using the Azure Import/Export service (backup-azure-backup-import-export)"
TROUBLE = "Microsoft, Troubleshoot the MARS agent (backup-azure-mars-troubleshoot)"


def _installed(facts):
    return None if facts.need("source.agent.installed") else "the Microsoft Azure Recovery Services agent is not installed on the source"


def _new_enough(facts):
    seen = facts.need("source.agent.version")
    return None if version(seen) >= version(OLDEST_AGENT) else f"the agent's version is {seen}"


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


def _passphrase(facts):
    return None if facts.need("source.agent.passphrase_set") else "no encryption passphrase is set"


def _service(facts):
    seen = facts.need("source.agent.service")
    return None if str(seen).lower() == "running" else f"the service obengine is {seen}"


def _cmdlets(facts):
    if facts.input("seed_offline_method") != "cmdlet":
        return None
    return (
        None
        if facts.need("source.agent.offline_cmdlets")
        else "the agent has no Set-OBInitialBackupCreationMethod, seed_offline_method is 'cmdlet'"
    )


def _powershell(facts):
    seen = facts.need("source.host.powershell")
    return None if version(".".join(str(seen).split(".")[:2])) >= OLDEST_POWERSHELL else f"PowerShell on the source is {seen}"


def _clock(facts):
    there, here = times.parse(facts.need("source.host.time")), times.parse(facts.need("now"))
    offset = abs(int((there - here).total_seconds()))
    return None if offset <= CLOCK_OFFSET else f"the source's clock is {offset} seconds away from the controller's"


def _scratch(facts):
    scratch = facts.need("source.agent.scratch")
    if not scratch.get("exists"):
        return f"the agent's scratch folder {shown(scratch.get('path'))} does not exist"
    selected, free = facts.ask("source.policy.selected_bytes"), scratch.get("free_bytes")
    if free is None or selected is None:
        return None
    wanted = selected // SCRATCH_PART
    return (
        None
        if free >= wanted
        else f"the scratch folder's volume has {amount(free)} free, a twentieth of the selected data is {amount(wanted)}"
    )


def _no_system_state(facts):
    policy = facts.look("source.policy")
    return "the policy also protects the system state" if policy and policy.get("system_state") else None


def _scheduled(facts):
    if facts.look("source.policy") is None:
        return None
    task = facts.need("source.agent.scheduled_task")
    if not task.get("exists"):
        return "the scheduled task \\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup does not exist"
    return None if task.get("enabled") else "the scheduled task \\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup is disabled"


def _seed_size(facts: Facts):
    if facts.look("source.policy") is None:
        return None
    selected = facts.look("source.policy.selected_bytes")
    if selected is None:
        raise NotTold("the size of the selected files is not known")
    return None if selected <= LARGEST_SEED else f"the policy selects {amount(selected)}"


RULES = (
    Rule(
        "AG-01",
        BLOCK,
        BACKUP,
        "the agent is installed on the source",
        "Install it: MARSAgentInstaller.exe from the vault, page Backup.",
        ARTICLE,
        _installed,
    ),
    Rule(
        "AG-02",
        BLOCK,
        BACKUP,
        f"the agent is {OLDEST_AGENT} or newer",
        "Upgrade the agent on the source (https://aka.ms/azurebackup_agent): older ones call an interface that Azure has switched off.",
        ARTICLE,
        _new_enough,
    ),
    Rule(
        "AG-05",
        BLOCK,
        BACKUP,
        "the agent is registered with the vault of seed_vault",
        "Register the server with that vault, or set seed_vault to the vault that it is registered with.",
        ARTICLE,
        _registered,
    ),
    Rule(
        "AG-06",
        BLOCK,
        BACKUP,
        "an encryption passphrase is set",
        "Set it on the source (Change Properties, Encryption) and keep it where it outlives the server.",
        TROUBLE,
        _passphrase,
    ),
    Rule("AG-07", BLOCK, BACKUP, "the agent's service obengine is running", "Start it: Start-Service obengine.", TROUBLE, _service),
    Rule(
        "AG-08",
        BLOCK,
        BACKUP,
        "the agent has the cmdlets that seed_offline_method asks for",
        "Set seed_offline_method to wizard; a person then enters the five values.",
        "Microsoft, Set-OBInitialBackupCreationMethod (mt473808)",
        _cmdlets,
    ),
    Rule(
        "AG-10", BLOCK, BACKUP, "the source has PowerShell 5.1 or newer", "Install Windows Management Framework 5.1.", TROUBLE, _powershell
    ),
    Rule(
        "AG-13",
        WARN,
        BACKUP,
        "the source's clock is right",
        "Mend time synchronisation on the source: registration and sign-in need it.",
        TROUBLE,
        _clock,
    ),
    Rule(
        "AG-17",
        BLOCK,
        BACKUP,
        "the agent's scratch folder exists and has room for a twentieth of the data",
        "Free space there, or move the scratch folder as the article on the MARS agent describes.",
        TROUBLE,
        _scratch,
    ),
    Rule(
        "AG-23",
        BLOCK,
        BACKUP,
        "the policy does not protect the system state",
        "Take the system state out of the policy until the seed is complete: it cannot travel by drive.",
        ARTICLE,
        _no_system_state,
    ),
    Rule(
        "AG-25",
        BLOCK,
        BACKUP,
        "the agent's scheduled task is there and enabled",
        "Enable the task, or save the schedule in the agent's wizard again: the copy to the vault is done by the next scheduled backup.",
        TROUBLE,
        _scheduled,
    ),
    Rule(
        "ST-09",
        BLOCK,
        BACKUP,
        "the seed is 80 TB at most",
        "Divide the selection over several policies or servers, or order an Azure Data Box.",
        "Microsoft, Overview of offline backup (offline-backup-overview)",
        _seed_size,
        unknown_blocks=False,
    ),
)
