# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the Azure side: vault, provider, storage account and container, import job, who signs in."""

from __future__ import annotations

from ...failure import shown
from .. import conflict
from ..words import listed
from . import by_table, statements
from .rule import AZURE, BACKUP, BLOCK, INFORM, OPERATOR, WARN, NotTold, Rule

PROVIDERS = {"import_export": "Microsoft.ImportExport", "data_box": "Microsoft.DataBox"}
ACCOUNT = ("target.account.account",)


def _account(facts):
    """The storage account as Azure has it or as the phase target would make it; None if it was looked for and there is none."""
    return facts.look("target.account.account")


def _of_account(key, wrong):
    """Check that says *wrong(value)* of one property of the account, if there is one; a property that was not told is unknown."""

    def check(facts):
        account = _account(facts)
        if account is None:
            return None
        if account.get(key) is None:
            raise NotTold(f"{key} of the storage account was not told")
        says = wrong(account[key], account)
        return f"storage account {account.get('name')} {says}" if says else None

    return check


def _that(says):
    """Sentence about the account: *says* with the fact in place of {seen}."""
    return lambda found, facts: f"storage account {_account(facts).get('name')} {says.format(seen=found['seen'])}"


def _vault(facts):
    vault = facts.look("target.vault.vault")
    if vault is None:
        name, group = facts.ask("inputs.seed_vault.name"), facts.ask("inputs.seed_vault.resource_group")
        return f"there is no vault {shown(name)} in resource group {shown(group)}"
    state = vault.get("provisioning_state")
    if state is None:
        raise NotTold("provisioning_state of the vault was not told")
    return None if state == "Succeeded" else f"the vault {vault.get('name')} is {state}"


def _provider(facts):
    states = {one["namespace"].lower(): one["registration_state"] for one in facts.need("target.provider.providers")}
    backend = facts.input("seed_job_backend") or "import_export"
    wanted = PROVIDERS.values() if backend == "auto" else [PROVIDERS.get(backend, PROVIDERS["import_export"])]
    seen = {namespace: states.get(namespace.lower()) for namespace in wanted}
    if "Registered" in seen.values():
        return None
    return listed([f"{namespace} is {state or 'not known to the subscription'}" for namespace, state in seen.items()])


def _resource_manager(resource_id, account):
    return None if "/microsoft.storage/" in str(resource_id).lower() else f"is a classic one ({resource_id})"


def _region(facts):
    account = _account(facts)
    if account is None:
        return None
    if not account.get("location"):
        raise NotTold("location of the storage account was not told")
    seen, wanted = (str(value).replace(" ", "").lower() for value in (account["location"], facts.need("inputs.seed_location")))
    there = f"storage account {account.get('name')} is in {account['location']}"
    return None if seen == wanted else f"{there}, seed_location is {facts.input('seed_location')}"


def _same_subscription(facts):
    seen, wanted = str(facts.need("source.agent.subscription_id")).lower(), facts.input("seed_subscription_id").lower()
    return None if seen == wanted else f"the agent's vault is in subscription {seen}, the storage account in {wanted}"


def _container(facts):
    container = facts.look("target.account.container") or {}
    return None if container.get("exists") else f"there is no container {facts.input('seed_container')} yet"


def _name_is_free(facts):
    """Names of accounts are unique in all of Azure; what is there already in the resource group is ours to use."""
    if _account(facts) is not None:
        return None
    said = facts.need("target.account.name_availability")
    if said.get("available") is None:
        raise NotTold("Azure did not tell whether the name of the storage account is free")
    return None if said["available"] else f"seed_storage_account is {shown(facts.input('seed_storage_account'))}: {said.get('message')}"


def _held(found, facts):
    what = {"container.immutability_policy": "an immutability policy", "container.legal_hold": "a legal hold"}[found["path"]]
    return f"container {facts.ask('target.account.container.name')} has {what}"


def _key(source, account):
    return None if source == "Microsoft.Storage" else f"is encrypted with a key of the customer ({account.get('key_vault_key')})"


def _job_name(facts):
    jobs = facts.need("target.jobs")
    if not jobs:
        return None
    job = jobs[0]
    if (job.get("tags") or {}).get(conflict.SEED_TAG) == facts.input("seed_name"):
        return None
    return f"there is an import job {job.get('name')} already ({job.get('id')}), and it is not this seed's"


def _locked(found, facts):
    return f"the storage account lies under the ReadOnly lock {listed(found['seen'])}"


def _only_dpm(check):
    return lambda facts: check(facts) if facts.need("source.agent.product") == "dpm" else None


def _csp(facts):
    """Only the old flow of DPM and MABS needs a publish settings file, which no CSP subscription yields."""
    seen = str(facts.need("target.subscription.quota_id"))
    return f"the subscription is one of a cloud solution provider ({seen})" if seen.upper().startswith("CSP_") else None


RULES = (
    Rule(
        "AZ-01",
        BLOCK,
        AZURE,
        "the vault exists and is ready",
        "Make the Recovery Services vault and register the source with it, or correct seed_vault.",
        ("S2",),
        _vault,
        needs=("target.vault.vault",),
    ),
    Rule(
        "AZ-02",
        INFORM,
        AZURE,
        "the job service's resource provider is registered in the subscription of the storage account",
        "Nothing to do: the phase target registers it. The identity needs the action register/action of the provider for that.",
        ("S1", "S2"),
        _provider,
        needs=("target.provider.providers",),
        asks=("inputs.seed_job_backend",),
    ),
    Rule(
        "AZ-03",
        BLOCK,
        OPERATOR,
        "the storage account is of kind Storage or StorageV2",
        "Set seed_storage_account to a general-purpose account: Azure Backup needs page blobs, which the other kinds cannot hold.",
        ("S2", "S7", "S10"),
        by_table.holds("AZ-03", _that("is of kind {seen}")),
        needs=ACCOUNT,
        firm=True,
    ),
    Rule(
        "AZ-04",
        BLOCK,
        OPERATOR,
        "the storage account is one of Azure Resource Manager",
        "Use an account of Azure Resource Manager; classic ones are gone since 2023.",
        ("S2", "S10", "S32"),
        _of_account("id", _resource_manager),
        needs=ACCOUNT,
    ),
    Rule(
        "AZ-05",
        BLOCK,
        OPERATOR,
        "the storage account is of the Standard tier",
        "Use a Standard account: only such are documented, premium ones take no import.",
        ("S10", "S44"),
        by_table.holds("AZ-05", _that("has the sku {seen}")),
        needs=ACCOUNT,
    ),
    Rule(
        "AZ-06",
        BLOCK,
        OPERATOR,
        "NFS 3.0 is off on the storage account",
        "Use another account; NFS cannot be switched off.",
        ("S10",),
        by_table.holds("AZ-06", _that("has NFS 3.0 on")),
        needs=ACCOUNT,
    ),
    Rule(
        "AZ-07",
        WARN,
        OPERATOR,
        "the storage account has no hierarchical namespace",
        "Use another account: page blobs are limited in such.",
        ("INFERRED",),
        by_table.holds("AZ-07", _that("has a hierarchical namespace")),
        needs=ACCOUNT,
    ),
    Rule(
        "AZ-08",
        BLOCK,
        AZURE,
        "the storage account lets the datacenter in",
        "Allow trusted Microsoft services in the account's firewall (bypass AzureServices), or allow all networks until the seed is"
        " complete.",
        ("S10",),
        by_table.holds("AZ-08", _that("denies network access and makes no exception for trusted Microsoft services ({seen})")),
        needs=ACCOUNT,
    ),
    Rule(
        "AZ-09",
        WARN,
        AZURE,
        "public network access to the storage account is not disabled",
        "Enable it for selected networks with trusted Microsoft services allowed, until the seed is complete.",
        ("INFERRED",),
        by_table.holds("AZ-09", _that("has public network access disabled")),
        needs=ACCOUNT,
    ),
    Rule(
        "AZ-10",
        WARN,
        AZURE,
        "the storage account allows access by key",
        "Allow shared key access until the seed is complete: agent and datacenter are not known to do without.",
        ("INFERRED",),
        by_table.holds("AZ-10", _that("does not allow access by key")),
        needs=ACCOUNT,
    ),
    Rule(
        "AZ-11",
        WARN,
        OPERATOR,
        "the storage account is in the subscription of the vault",
        "Use an account in the vault's subscription: one page of Microsoft asks for it, another does not.",
        ("S2",),
        _same_subscription,
        needs=("source.agent.subscription_id",),
        asks=("inputs.seed_subscription_id",),
    ),
    Rule(
        "AZ-13",
        BLOCK,
        OPERATOR,
        "seed_location is the region of the storage account",
        "Set seed_location to the account's region: it decides where the parcel goes.",
        ("S13",),
        _region,
        needs=ACCOUNT,
        asks=("inputs.seed_location",),
        firm=True,
    ),
    Rule(
        "AZ-14",
        INFORM,
        AZURE,
        "the container exists",
        "Nothing to do: the phase target makes it.",
        ("S12",),
        _container,
        needs=("target.account.container",),
        asks=("inputs.seed_container",),
    ),
    Rule(
        "AZ-15",
        WARN,
        BACKUP,
        "whoever signs in at the agent may register an application in Entra",
        "Give that person the role Application Developer, or allow users to register applications; then set"
        f" {statements.line('may_register_entra_app')}.",
        ("S2",),
        statements.stated("may_register_entra_app"),
        statement="may_register_entra_app",
    ),
    Rule(
        "AZ-16",
        WARN,
        BACKUP,
        "whoever signs in on a DPM or MABS server is Owner of the subscription",
        f"Assign the role Owner to that person, then set {statements.line('signs_in_as_owner')}.",
        ("S3",),
        _only_dpm(statements.stated("signs_in_as_owner")),
        needs=("source.agent.product",),
        statement="signs_in_as_owner",
    ),
    Rule(
        "AZ-17",
        WARN,
        AZURE,
        "the subscription of a DPM or MABS server is not one of a cloud solution provider",
        "Update the server to the flow that needs no publish settings file (see AG-16); that one works with such subscriptions.",
        ("S4",),
        _only_dpm(_csp),
        needs=("source.agent.product",),
        asks=("target.subscription.quota_id",),
    ),
    Rule(
        "AZ-18",
        BLOCK,
        OPERATOR,
        "the name of the import job is free",
        "Set seed_job_name to a free name and enter it in the agent's wizard, or have that job deleted.",
        ("S9",),
        _job_name,
        needs=("target.jobs",),
        asks=("inputs.seed_name",),
    ),
    Rule(
        "AZ-19",
        WARN,
        AZURE,
        "no ReadOnly lock lies on the storage account or above it",
        "Have the lock removed until the seed is complete.",
        ("INFERRED",),
        by_table.holds("AZ-19", _locked),
        needs=ACCOUNT,
        asks=("target.account.locks",),
    ),
    Rule(
        "AZ-20",
        BLOCK,
        AZURE,
        "nothing keeps the container from being written and cleaned (no immutability policy, no legal hold)",
        "Use another container in seed_container, and enter the same one in the agent's wizard.",
        ("S11", "ST"),
        by_table.holds("AZ-20", _held),
        needs=("target.account.container",),
        asks=ACCOUNT,
        unknown_blocks=False,
    ),
    Rule(
        "AZ-21",
        WARN,
        AZURE,
        "the storage account is encrypted with Microsoft's keys",
        "Keep vault, key and identity as they are (soft delete and purge protection on) until the seed is complete: a key that is gone for"
        " weeks ends the import.",
        ("S11",),
        _of_account("key_source", _key),
        needs=ACCOUNT,
    ),
    Rule(
        "AZ-22",
        BLOCK,
        OPERATOR,
        "the storage account is there, or its name is free",
        "Set seed_storage_account to another name, or seed_resource_group to the group that the account is in.",
        ("ST",),
        _name_is_free,
        needs=ACCOUNT,
        asks=("target.account.name_availability", "inputs.seed_storage_account"),
        unknown_blocks=False,
    ),
    Rule(
        "AZ-23",
        BLOCK,
        AZURE,
        "the storage account is ready, and none of its blobs is immutable from its beginning",
        "Run again when the account is ready; where a policy of the account makes every blob immutable, use another account.",
        ("ST", "S11"),
        by_table.holds("AZ-23"),
        needs=ACCOUNT,
    ),
    Rule(
        "AZ-24",
        WARN,
        AZURE,
        "nothing else of account and container hinders a seed or makes it less safe: region available, TLS 1.2, HTTPS only, nothing public,"
        " no lease, no versions that can be locked",
        "Each sentence names its cure; tighten is an option of the module storage_account, which can be run by itself.",
        ("ST", "INFERRED"),
        by_table.holds("AZ-24"),
        needs=ACCOUNT,
        asks=("target.account.container",),
    ),
)
