# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a storage account and a container must be for a seed: one table for refusals, findings, repairs, drift and documentation.

Sources stand in the rows. `azure-docs` is github.com/MicrosoftDocs/azure-docs. Where a page only lets conclude, the row says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import resource_locks
from .data_box_parts import within

BLOCKS, HINDERS = "blocks", "hinders"
FIT, UNFIT, UNKNOWN = "fit", "unfit", "unknown"
KINDS = ("StorageV2", "Storage")
ANOTHER = "Use another account, or let storage_account make one (kind StorageV2, sku Standard_LRS)."
BACKUP = "azure-docs articles/backup/backup-azure-backup-import-export.md"
NEEDS = "azure-docs articles/import-export/storage-import-export-requirements.md"
DISK_ERRORS = "azure-docs articles/databox/data-box-disk-troubleshoot-upload.md"
SPEC = "azure-rest-api-specs Microsoft.Storage/stable/2023-05-01/storage.json"
BLOB_SPEC = "azure-rest-api-specs Microsoft.Storage/stable/2023-05-01/blob.json"
SECURITY = "azure-docs articles/storage/blobs/security-recommendations.md"
IMMUTABLE = "azure-docs articles/storage/blobs/immutable-storage-overview.md"
INFERRED = "concluded, not documented"


@dataclass(frozen=True)
class Repair:
    """How an existing thing is changed where the user asks for it: option `loosen` or `tighten`, and the body for a PATCH."""

    option: str
    body: Callable[[Mapping[str, Any]], dict[str, Any]]
    for_new: bool = False


@dataclass(frozen=True)
class Property:
    """One fact that matters. `path` leads to it in the facts; `holds` judges it: True, False, or None for unknown.

    A row without `holds` cannot be wrong; only its change matters. `blocks`: no seed can land; `hinders`: one may not, or less safely.
    """

    path: str
    why: str
    source: str
    must: str = ""
    cure: str = ""
    effect: str = HINDERS
    holds: Callable[[Any, Mapping[str, Any]], bool | None] | None = None
    repair: Repair | None = None

    @property
    def name(self) -> str:
        return self.path.partition(".")[2] or self.path

    @property
    def of_container(self) -> bool:
        return self.path.startswith("container.")


def bypasses(value: Any) -> list[str]:
    """The words of `bypass`, a comma-separated set such as "Logging, Metrics, AzureServices"."""
    words = value if isinstance(value, (list, tuple)) else str(value or "").split(",")
    return [word for one in words if (word := str(one).strip()) and word.casefold() != "none"]


def admits_azure(default_action: Any, bypass: Any) -> bool:
    """Whether a firewall lets trusted Microsoft services in."""
    return default_action != "Deny" or "azureservices" in [word.casefold() for word in bypasses(bypass)]


def _is(*wanted: Any) -> Callable[[Any, Mapping[str, Any]], bool | None]:
    return lambda value, facts: None if value is None else value in wanted


def _standard(value: Any, facts: Mapping[str, Any]) -> bool | None:
    return None if not value else str(value).startswith("Standard_")


def _let_in(value: Any, facts: Mapping[str, Any]) -> bool:
    return admits_azure(within(facts, "account").get("network_default_action"), value)


def _writable(value: Any, facts: Mapping[str, Any]) -> bool | None:
    if value is None or not all(one["level"] for one in value):
        return None
    return not resource_locks.read_only(value)


def _setting(name: str, value: Any) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    return lambda resource: {"properties": {name: value}}


def _network(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The firewall's rules as they are: a PATCH replaces them whole."""
    return {"defaultAction": "Allow", **within(resource, "properties", "networkAcls")}


def _with_azure(resource: Mapping[str, Any]) -> dict[str, Any]:
    acls = _network(resource)
    words = bypasses(acls.get("bypass"))
    words += [] if "AzureServices" in words else ["AzureServices"]
    return {"properties": {"networkAcls": {**acls, "bypass": ", ".join(words)}}}


def _from_selected_networks(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Enabled for the networks in the rules and for trusted services; whoever is in no rule stays out."""
    acls = _with_azure(resource)["properties"]["networkAcls"]
    return {"properties": {"publicNetworkAccess": "Enabled", "networkAcls": {**acls, "defaultAction": "Deny"}}}


TLS_1_2 = Repair("tighten", _setting("minimumTlsVersion", "TLS1_2"), for_new=True)
HTTPS = Repair("tighten", _setting("supportsHttpsTrafficOnly", True), for_new=True)
NOT_PUBLIC = Repair("tighten", _setting("allowBlobPublicAccess", False), for_new=True)

PROPERTIES = (
    Property("account.id", "The job, the agent's policy and the drives name this account.", BACKUP),
    Property("account.location", "It decides which datacenter the drives go to.", NEEDS),
    Property(
        "account.kind", "Azure Backup needs page blobs, which the other kinds do not hold.", BACKUP,
        f"one of {', '.join(KINDS)}", ANOTHER, BLOCKS, _is(*KINDS),
    ),
    Property("account.sku", "Import jobs do not write to premium accounts.", NEEDS, "a Standard_ sku", ANOTHER, BLOCKS, _standard),
    Property(
        "account.nfs", "Import jobs do not write to accounts with NFS 3.0.", NEEDS,
        "off; it cannot be switched off", ANOTHER, BLOCKS, _is(False),
    ),
    Property(
        "account.hierarchical_namespace", "Page blobs are limited in accounts with a hierarchical namespace.", INFERRED,
        "off; it cannot be switched off", ANOTHER, HINDERS, _is(False),
    ),
    Property(
        "account.provisioning_state", "An account that is still being made takes no blobs.", SPEC,
        "Succeeded", "Run again when the account is ready.", BLOCKS, _is("Succeeded"),
    ),
    Property(
        "account.primary_status", "The datacenter writes to the primary region.", SPEC,
        "available", "Wait until the region is back (Azure status), or use an account in another region.", HINDERS, _is("available"),
    ),
    Property("account.network_default_action", "It decides whether the datacenter needs the exception for trusted services.", NEEDS),
    Property(
        "account.network_bypass", "The import service counts as a trusted Microsoft service and writes through this exception.", NEEDS,
        "open to AzureServices where the firewall denies others",
        "Say loosen: [network_bypass], or: az storage account update --name ACCOUNT --bypass AzureServices.",
        BLOCKS, _let_in, Repair("loosen", _with_azure),
    ),
    Property("account.network_ip_rules", "They decide whether the controller can compare and remove blobs.", NEEDS),
    Property("account.network_subnets", "They decide whether the controller can compare and remove blobs.", NEEDS),
    Property(
        "account.public_network_access", "It is not known that the import service comes by a private endpoint.", INFERRED,
        "Enabled", "Say loosen: [public_network_access] while the seed travels; it is then enabled for selected networks only.",
        HINDERS, lambda value, facts: {"Enabled": True, "Disabled": False}.get(value), Repair("loosen", _from_selected_networks),
    ),
    Property(
        "account.shared_key_access", "Agent, disk preparation and import service use account keys, as far as is known.", INFERRED,
        "on", "Say loosen: [shared_key_access] while the seed travels.",
        HINDERS, _is(True), Repair("loosen", _setting("allowSharedKeyAccess", True)),
    ),
    Property(
        "account.minimum_tls_version", "Older versions are broken, and whether the datacenter speaks 1.3 is not documented.", SECURITY,
        "TLS1_2", "Say tighten: [minimum_tls_version].", HINDERS, lambda value, facts: (value or "TLS1_0") == "TLS1_2", TLS_1_2,
    ),
    Property(
        "account.https_only", "A backup must not cross a network in clear.", SECURITY,
        "on", "Say tighten: [https_only].", HINDERS, _is(True), HTTPS,
    ),
    Property(
        "account.blob_public_access", "While it is on, one wrong setting of a container shows backups to anybody.", SECURITY,
        "off", "Say tighten: [blob_public_access].", HINDERS, lambda value, facts: not value, NOT_PUBLIC,
    ),
    Property(
        "account.immutability_state", "A blob that is immutable from its beginning cannot be filled page by page, nor removed afterwards.",
        DISK_ERRORS, "Disabled", ANOTHER, BLOCKS, _is("Disabled"),
    ),
    Property(
        "account.version_immutability", "Every version of a blob may be locked; removed blobs can stay as versions and cost.", IMMUTABLE,
        "off; it cannot be switched off", ANOTHER, HINDERS, _is(False),
    ),
    Property("account.key_source", "A key that is not reached during the copy ends it.", NEEDS),
    Property("account.key_vault_key", "A key that is not reached during the copy ends it.", NEEDS),
    Property("account.keys_created", "A key that is renewed while the drives travel ends the copy.", NEEDS),
    Property("container.exists", "The agent's policy names the container; a file lands in it or, renamed, nowhere that is looked.", NEEDS),
    Property(
        "container.public_access", "Its blobs can be read by anybody.", SECURITY,
        "None", "Say tighten: [public_access].", HINDERS, _is("None"), Repair("tighten", _setting("publicAccess", "None"), for_new=True),
    ),
    Property(
        "container.lease_state", "Whoever holds the lease works with the container; it cannot be deleted meanwhile.", BLOB_SPEC,
        "not Leased", "Find out who holds the lease, and let it be released or broken.",
        HINDERS, lambda value, facts: None if value is None else value not in ("Leased", "Breaking"),
    ),
    Property(
        "container.immutability_policy", "A blob that is immutable from its beginning cannot be filled page by page, nor removed later.",
        DISK_ERRORS, "without a retention policy", "Use another container; an unlocked policy can be deleted by its owner.",
        BLOCKS, _is(False),
    ),
    Property(
        "container.legal_hold", "Under a legal hold no blob can be filled page by page, nor removed afterwards.",
        DISK_ERRORS, "without a legal hold", "Use another container; only who set the hold may clear it.", BLOCKS, _is(False),
    ),
    Property(
        "container.version_immutability", "Every version of a blob may be locked; removed blobs can stay as versions and cost.", IMMUTABLE,
        "off; it cannot be switched off", "Use another container.", HINDERS, _is(False),
    ),
    Property(
        "locks", "Under a ReadOnly lock the account cannot be changed and its keys cannot be listed.", f"{SPEC}; {INFERRED}",
        "without a ReadOnly lock", "Let the owner of the lock remove it while the seed travels.", HINDERS, _writable,
    ),
)  # fmt: skip
BY_PATH = {row.path: row for row in PROPERTIES}
LOOSENED = tuple(row.name for row in PROPERTIES if row.repair and row.repair.option == "loosen")
TIGHTENED = tuple(row.name for row in PROPERTIES if row.repair and row.repair.option == "tighten")


def value_at(facts: Mapping[str, Any], path: str) -> Any:
    """The fact at `path`; None where something on the way is not there."""
    value: Any = facts
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def judged(facts: Mapping[str, Any]) -> list[tuple[Property, str]]:
    """(row, fit | unfit | unknown) for each row that judges something that is there."""
    found = []
    for row in PROPERTIES:
        part = facts.get(row.path.partition(".")[0])
        if row.holds is None or (row.path != "locks" and not _there(part)):
            continue
        verdict = {True: FIT, False: UNFIT, None: UNKNOWN}[row.holds(value_at(facts, row.path), facts)]
        found.append((row, verdict))
    return found


def _there(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("exists") is not False


def finding(row: Property, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A row about these facts, as a task returns it."""
    seen = value_at(facts, row.path)
    if row.path == "locks" and seen is not None:
        seen = [resource_locks.named(one) for one in resource_locks.read_only(seen)]
    if row.path == "account.network_bypass":
        seen = f"default action {value_at(facts, 'account.network_default_action')}, bypass {seen}"
    return {"path": row.path, "effect": row.effect, "seen": seen, "must": row.must, "why": row.why, "cure": row.cure, "source": row.source}


def findings(facts: Mapping[str, Any], verdict: str) -> list[dict[str, Any]]:
    """Every finding with that verdict, what blocks first."""
    rows = [row for row, seen in judged(facts) if seen == verdict]
    return [finding(row, facts) for row in sorted(rows, key=lambda row: row.effect != BLOCKS)]


def sentence(found: Mapping[str, Any]) -> str:
    """A finding in words."""
    verb = "must" if found["effect"] == BLOCKS else "should"
    return f"{found['path']} is {found['seen']!r}; it {verb} be {found['must']}. {found['why']} {found['cure']}"
