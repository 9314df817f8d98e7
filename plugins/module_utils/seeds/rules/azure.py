# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the Azure side: vault, provider, storage account, job name."""

from __future__ import annotations

from ...failure import shown
from .. import conflict
from .agent import ARTICLE
from .copy_host import REQUIREMENTS
from .rule import AZURE, BLOCK, INFORM, OPERATOR, WARN, Rule

PROVIDER = "Microsoft.ImportExport"
KINDS = ("Storage", "StorageV2")


def _account(facts):
    """The storage account as Azure has it or as the phase target would make it; None if it was looked for and there is none."""
    return facts.look("target.account.account")


def _vault(facts):
    if facts.look("target.vault.vault"):
        return None
    name, group = facts.ask("inputs.seed_vault.name"), facts.ask("inputs.seed_vault.resource_group")
    return f"there is no vault {shown(name)} in resource group {shown(group)}"


def _provider(facts):
    states = {one["namespace"].lower(): one["registration_state"] for one in facts.need("target.provider.providers")}
    seen = states.get(PROVIDER.lower())
    return None if seen == "Registered" else f"{PROVIDER} is {seen or 'not known to the subscription'}"


def _kind(facts):
    account = _account(facts)
    return (
        None
        if account is None or account.get("kind") in KINDS
        else f"storage account {account.get('name')} is of kind {account.get('kind')}"
    )


def _standard(facts):
    account = _account(facts)
    return (
        None
        if account is None or str(account.get("sku")).startswith("Standard_")
        else f"storage account {account.get('name')} has the sku {account.get('sku')}"
    )


def _firewall(facts):
    account = _account(facts)
    if account is None or account.get("network_default_action") in (None, "Allow"):
        return None
    bypass = account.get("network_bypass") or ""
    allowed = "AzureServices" in (bypass if isinstance(bypass, (list, tuple)) else str(bypass).replace(" ", "").split(","))
    return (
        None
        if allowed
        else f"storage account {account.get('name')} denies network access and makes no exception for trusted Microsoft services"
    )


def _keys(facts):
    account = _account(facts)
    return (
        f"storage account {account.get('name')} does not allow access by key"
        if account and account.get("shared_key_access") is False
        else None
    )


def _region(facts):
    account = _account(facts)
    if account is None or not account.get("location"):
        return None
    seen, wanted = (str(value).replace(" ", "").lower() for value in (account["location"], facts.need("inputs.seed_location")))
    return (
        None
        if seen == wanted
        else f"storage account {account.get('name')} is in {account['location']}, seed_location is {facts.input('seed_location')}"
    )


def _same_subscription(facts):
    seen, wanted = str(facts.need("source.agent.subscription_id")).lower(), facts.input("seed_subscription_id").lower()
    return None if seen == wanted else f"the agent's vault is in subscription {seen}, the storage account in {wanted}"


def _job_name(facts):
    jobs = facts.look("target.jobs") or []
    if not jobs:
        return None
    job = jobs[0]
    if (job.get("tags") or {}).get(conflict.SEED_TAG) == facts.input("seed_name"):
        return None
    return f"there is an import job {job.get('name')} already ({job.get('id')}), and it is not this seed's"


RULES = (
    Rule(
        "AZ-01",
        BLOCK,
        AZURE,
        "the vault exists",
        "Make the Recovery Services vault and register the source with it, or correct seed_vault.",
        ARTICLE,
        _vault,
    ),
    Rule(
        "AZ-02",
        INFORM,
        AZURE,
        f"{PROVIDER} is registered in the subscription of the storage account",
        f"Nothing to do: the phase target registers it. The identity needs the action {PROVIDER}/register/action for that.",
        ARTICLE,
        _provider,
    ),
    Rule(
        "AZ-03",
        BLOCK,
        OPERATOR,
        "the storage account is of kind Storage or StorageV2",
        "Set seed_storage_account to a general-purpose account: Azure Backup needs page blobs, which the other kinds cannot hold.",
        ARTICLE,
        _kind,
    ),
    Rule(
        "AZ-05",
        WARN,
        OPERATOR,
        "the storage account is of the Standard tier",
        "Use a Standard account: only such are documented.",
        REQUIREMENTS,
        _standard,
    ),
    Rule(
        "AZ-08",
        BLOCK,
        AZURE,
        "the storage account lets the datacenter in",
        "Allow trusted Microsoft services in the account's firewall (bypass AzureServices), or allow all networks until the seed is"
        " complete.",
        REQUIREMENTS,
        _firewall,
    ),
    Rule(
        "AZ-10",
        WARN,
        AZURE,
        "the storage account allows access by key",
        "Allow shared key access until the seed is complete: agent and datacenter are not known to do without.",
        REQUIREMENTS,
        _keys,
    ),
    Rule(
        "AZ-13",
        BLOCK,
        OPERATOR,
        "seed_location is the region of the storage account",
        "Set seed_location to the account's region: it decides where the parcel goes.",
        "Microsoft, What is Azure Import/Export (storage-import-export-service)",
        _region,
    ),
    Rule(
        "AZ-11",
        WARN,
        OPERATOR,
        "the storage account is in the subscription of the vault",
        "Use an account in the vault's subscription: one page of Microsoft asks for it, another does not.",
        ARTICLE,
        _same_subscription,
    ),
    Rule(
        "AZ-18",
        BLOCK,
        OPERATOR,
        "the name of the import job is free",
        "Set seed_job_name to a free name and enter it in the agent's wizard, or have that job deleted.",
        ARTICLE,
        _job_name,
    ),
)
