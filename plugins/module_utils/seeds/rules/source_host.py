# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the source as a Windows host, and about what its backup policy selects."""

from __future__ import annotations

from ... import times
from ...failure import shown
from ..words import amount, listed
from .checks import number, number_at_least, version
from .rule import BACKUP, BLOCK, WARN, NotHere, NotTold, Rule
from .staging import UNC

NET_452 = 379893
OLDEST_POWERSHELL = "5.1"
OLDEST_WINDOWS = "6.1.7601"
WINDOWS_10 = "10.0"
CLOCK_OFFSET = 300
AZURERM = "3.7.0"
LARGEST_SEED = 80 * 10**12
LARGEST_VOLUME = 54_400 * 10**9
LARGEST_VOLUME_BEFORE_2012 = 1_700 * 10**9
WINDOWS_2012 = "6.2"
# What tells a policy that does not exist from one that was not read.
OF_POLICY = ("source.agent.commands", "source.agent.product", "source.unreadable")


def _powershell(facts):
    seen = facts.need("source.host.powershell")
    if version(".".join(str(seen).split(".")[:2])) < version(OLDEST_POWERSHELL):
        return f"PowerShell on the source is {seen}"
    rule = facts.look("source.host.execution_policy")
    if rule is None:
        return None if facts.need("source.host.is_server") else "no execution policy is set on the source; on a client that is Restricted"
    return f"the execution policy of the source is {rule}" if str(rule).lower() == "restricted" else None


def tls12(where, whose):
    """Check of TLS 1.2 by the registry of a host."""

    def check(facts):
        seen, windows = facts.need(f"{where}.tls12"), facts.need(f"{where}.os_version")
        if seen["enabled"] == 0 or (seen["disabled_by_default"] or 0) != 0:
            return f"TLS 1.2 is switched off on {whose}"
        strong = seen["strong_crypto"]
        off = strong == 0 or strong is None and version(windows) < version(WINDOWS_10)
        return f".NET on {whose} does not use strong cryptography (SchUseStrongCrypto is {strong})" if off else None

    return check


def _system(facts):
    if not facts.need("source.host.is_64_bit"):
        return "Windows on the source is a 32-bit one"
    if version(facts.need("source.host.os_version")) < version(OLDEST_WINDOWS):
        return f"Windows on the source is {facts.need('source.host.os_version')}"
    kind = facts.need("source.host.installation_type")
    return f"the source is a {kind} installation" if str(kind).lower() == "server core" else None


def _clock(facts):
    there, here = times.parse(facts.need("source.host.time")), times.parse(facts.need("now"))
    offset = abs(int((there - here).total_seconds()))
    return None if offset <= CLOCK_OFFSET else f"the source's clock is {offset} seconds away from the controller's"


def azurerm(where, whose):
    """Check that a host has AzureRM in the version that the tool is documented with, and no other."""

    def check(facts):
        seen = facts.need(f"{where}.azurerm")
        if not seen:
            return f"{whose} has no AzureRM"
        return None if set(seen) == {AZURERM} else f"{whose} has AzureRM {listed(seen)}"

    return check


def browser(where, whose):
    """Check that a person can sign in on a host."""
    return lambda facts: None if facts.need(f"{where}.browsers") else f"{whose} has neither Edge nor Internet Explorer 11"


def reached(where, whose):
    """Check of the hosts that were tried; none tried is unknown."""

    def check(facts):
        tried = facts.look(f"{where}.reached")
        if not tried:
            raise NotTold("no connection was tried; seed_check_network: true tries them")
        missed = [f"{one.get('target')} ({one.get('error')})" for one in tried if not one.get("reached")]
        return f"{whose} does not reach {listed(missed)}" if missed else None

    return check


def answered(facts, command):
    """Raise NotTold where the agent did not answer *command*: that it told nothing then means nothing."""
    if not facts.need("source.agent.commands"):
        raise NotTold("the agent's commands cannot be loaded")
    for one in facts.ask("source.unreadable") or ():
        if one["command"] == command:
            raise NotTold(f"{command} failed on the source: {one['seen']}")


def policy_of(facts):
    """The agent's policy, None where there is none yet. NotTold where the agent did not say, or nobody reads it (DPM, MABS)."""
    policy = facts.look("source.policy")
    if policy is None:
        answered(facts, "Get-OBPolicy")
        if facts.need("source.agent.product") == "dpm":
            raise NotHere("the protection groups of a DPM or MABS server are not read")
    return policy


def _no_system_state(facts):
    policy = policy_of(facts)
    if policy is None:
        return None
    if policy.get("system_state") is None:
        raise NotTold("whether the policy protects the system state was not told")
    return "the policy also protects the system state" if policy["system_state"] else None


def _volumes(facts):
    """The volumes of the policy; none without a policy."""
    return [] if policy_of(facts) is None else facts.need("source.policy.volumes")


def _kinds(facts):
    wrong = [f"{volume.get('name')} {why}" for volume in _volumes(facts) if (why := _kind(volume))]
    return f"volume {listed(wrong)}" if wrong else None


def _kind(volume):
    if volume.get("kind") is None:
        raise NotTold(f"the kind of volume {volume.get('name')} was not told")
    if volume["kind"] != "fixed":
        return f"is {volume['kind']}"
    if volume.get("file_system") is None:
        return "cannot be read: it is locked by BitLocker, or has no file system"
    return None if volume["file_system"].upper() == "NTFS" else f"has the file system {volume['file_system']}"


def _volume_sizes(facts):
    volumes = _volumes(facts)
    if not volumes:
        return None
    most = LARGEST_VOLUME if version(facts.need("source.host.os_version")) >= version(WINDOWS_2012) else LARGEST_VOLUME_BEFORE_2012
    large = []
    for volume in volumes:
        used = number(volume.get("used_bytes"), f"used_bytes of {volume.get('name')}")
        large += [f"{volume.get('name')} ({amount(used)})"] if used > most else []
    return f"more than {amount(most)} lie on volume {listed(large)}" if large else None


def _seed_size(facts):
    if policy_of(facts) is None:
        return None
    selected = facts.look("source.policy.selected_bytes")
    if selected is None:
        raise NotTold("the size of the selected files is not known")
    return None if selected <= LARGEST_SEED else f"the policy selects {amount(selected)}"


def _staging_is_left_out(facts):
    """Whether the staging folder lies below a protected path of the same host."""
    path, policy = facts.input("seed_staging_path"), policy_of(facts)
    if policy is None:
        return None
    if UNC.match(path):
        server = path.lstrip("\\").split("\\")[0].split(".")[0].lower()
        if server == str(facts.need("source.host.name")).lower():
            raise NotTold(f"{shown(path)} is a share of the source itself, whose folder was not told")
        return None
    sources = facts.need("source.policy.datasources")
    if any(source.get("file_specs") is None for source in sources):
        raise NotTold("what the policy protects was not told")
    inside = [one for source in sources for one in source["file_specs"] if _below(path, one)]
    left_out = [one for source in sources for one in source.get("excluded") or [] if _below(path, one)]
    return f"the policy protects {listed(inside)}, and the staging folder {shown(path)} with it" if inside and not left_out else None


def _below(path, folder):
    return (path.rstrip("\\").lower() + "\\").startswith(folder.rstrip("\\*").lower() + "\\")


RULES = (
    Rule(
        "AG-09",
        BLOCK,
        BACKUP,
        "the source has .NET Framework 4.5.2 or newer",
        "Install the .NET Framework (4.8 is current).",
        ("S6",),
        number_at_least("source.host.net_release", NET_452, "the .NET Framework's release number is {seen}"),
        needs=("source.host.net_release",),
        unknown_blocks=False,
    ),
    Rule(
        "AG-10",
        BLOCK,
        BACKUP,
        "the source has PowerShell 5.1 or newer, and its execution policy is not Restricted",
        "Install Windows Management Framework 5.1; Set-ExecutionPolicy RemoteSigned: the scheduled backup is a script.",
        ("S6",),
        _powershell,
        needs=("source.host.powershell", "source.host.execution_policy"),
        asks=("source.host.is_server",),
    ),
    Rule(
        "AG-11",
        BLOCK,
        BACKUP,
        "TLS 1.2 is on at the source",
        "Remove the values that switch it off (SCHANNEL, TLS 1.2, Client); before Windows 10 set SchUseStrongCrypto to 1.",
        ("S6",),
        tls12("source.host", "the source"),
        needs=("source.host.tls12", "source.host.os_version"),
        unknown_blocks=False,
    ),
    Rule(
        "AG-12",
        BLOCK,
        BACKUP,
        "Windows on the source is one that the agent supports: 64-bit, 2008 R2 SP1 or newer, no Server Core",
        "Use a supported system; Server Core is none.",
        ("S31",),
        _system,
        needs=("source.host.is_64_bit", "source.host.os_version", "source.host.installation_type"),
        unknown_blocks=False,
    ),
    Rule(
        "AG-13",
        WARN,
        BACKUP,
        "the source's clock is right",
        "Mend time synchronisation on the source: registration and sign-in need it.",
        ("S6",),
        _clock,
        needs=("source.host.time", "now"),
    ),
    Rule(
        "AG-14",
        WARN,
        BACKUP,
        f"the source has AzureRM {AZURERM} and no other AzureRM",
        f"Install-Module AzureRM -RequiredVersion {AZURERM}, remove others: pages ask for it; whether agents of today need it is"
        " not known.",
        ("S2", "S3", "S6", "S7"),
        azurerm("source.host", "the source"),
        needs=("source.host.azurerm",),
    ),
    Rule(
        "AG-15",
        BLOCK,
        BACKUP,
        "the source has a browser in which a person can sign in (JavaScript on)",
        "Install Microsoft Edge.",
        ("S1", "S2", "S3"),
        browser("source.host", "the source"),
        needs=("source.host.browsers",),
        unknown_blocks=False,
    ),
    Rule(
        "AG-23",
        BLOCK,
        BACKUP,
        "the policy does not protect the system state",
        "Take the system state out of the policy until the seed is complete: it cannot travel by drive.",
        ("S1", "S2", "S3"),
        _no_system_state,
        needs=("source.policy",),
        asks=OF_POLICY,
    ),
    Rule(
        "NW-01",
        BLOCK,
        BACKUP,
        "the source reaches Azure on port 443",
        "Let the source out to *.microsoft.com, *.windowsazure.com, *.microsoftonline.com, *.windows.net, *.blob.storage.azure.net and"
        " www.msftncsi.com (a sovereign cloud has its own names), or give the agent its proxy.",
        ("S6",),
        reached("source.host", "the source"),
        needs=("source.host.reached",),
        unknown_blocks=False,
    ),
    Rule(
        "ST-01",
        BLOCK,
        BACKUP,
        "each selected volume is a local, fixed NTFS volume that can be read",
        "Unlock it, or take it out of the policy: shares, removable and other volumes cannot be backed up by the agent.",
        ("S31",),
        _kinds,
        needs=("source.policy",),
        asks=("source.policy.volumes", *OF_POLICY),
        unknown_blocks=False,
    ),
    Rule(
        "ST-02",
        BLOCK,
        BACKUP,
        "no selected volume holds more than 54,400 GB (1,700 GB before Windows Server 2012)",
        "Spread the files over several volumes.",
        ("S31",),
        _volume_sizes,
        needs=("source.policy",),
        asks=("source.policy.volumes", "source.host.os_version", *OF_POLICY),
        unknown_blocks=False,
    ),
    Rule(
        "ST-06",
        WARN,
        BACKUP,
        "the staging folder is not part of what is protected",
        "Exclude the staging folder in the policy, or put it on another volume.",
        ("INFERRED",),
        _staging_is_left_out,
        needs=("source.policy",),
        asks=("inputs.seed_staging_path", "source.host.name", *OF_POLICY),
    ),
    Rule(
        "ST-09",
        BLOCK,
        BACKUP,
        "the seed is 80 TB at most",
        "Divide the selection over several policies or servers, or order an Azure Data Box.",
        ("S5",),
        _seed_size,
        needs=("source.policy",),
        asks=("source.policy.selected_bytes", *OF_POLICY),
        unknown_blocks=False,
    ),
)
