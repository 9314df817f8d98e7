# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the codes of Azure's errors mean and what to do about them: a table for the code, the documentation and the tests.

docs/guide_errors.md is made of it (`python -m pages`, see tests/pages). A code that stands in no row is shown as the service said it.
"""

from __future__ import annotations

from dataclasses import dataclass

AS_OF = "2026-11-27"  # when the rows were last held against their sources


@dataclass(frozen=True)
class Source:
    title: str
    url: str


SOURCES = {
    "arm": Source(
        "Troubleshoot common Azure deployment errors",
        "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
    ),
    "throttling": Source(
        "Understand how Azure Resource Manager throttles requests",
        "https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling",
    ),
    "async": Source(
        "Track asynchronous Azure operations", "https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations"
    ),
    "locks": Source("Lock your Azure resources", "https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources"),
    "storage": Source(
        "Storage resource provider error codes", "https://learn.microsoft.com/rest/api/storagerp/srp-error-codes-common-error-codes"
    ),
    "blob": Source("Blob service error codes", "https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes"),
    "entra": Source(
        "Microsoft Entra authentication and authorization error codes",
        "https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
    ),
    "jobs": Source("azure-rest-api-specs: storageimportexport.json, databox.json", "https://github.com/Azure/azure-rest-api-specs"),
}


@dataclass(frozen=True)
class ErrorCode:
    """`cure` follows the word "Cure:"; `clock` says how long a state lasts that ends by itself; `option` is the option to correct."""

    code: str
    meaning: str
    cure: str
    source: str
    clock: str | None = None
    option: str | None = None


ARM = (
    ErrorCode(
        "MissingSubscriptionRegistration",
        "The subscription does not use this resource provider yet.",
        "register the resource provider first (module resource_provider)",
        "arm",
    ),
    ErrorCode(
        "SubscriptionNotRegistered",
        "The same, in the words of other services.",
        "register the resource provider first (module resource_provider)",
        "arm",
    ),
    ErrorCode(
        "NoRegisteredProviderFound",
        "The provider does not offer this resource type, api-version or region to the subscription.",
        "register the resource provider, or choose another region or backend",
        "arm",
    ),
    ErrorCode("InvalidResourceNamespace", "There is no such resource provider.", "correct the name of the resource provider", "arm"),
    ErrorCode(
        "InvalidResourceType",
        "The cloud does not have this resource type.",
        "choose another backend, or correct cloud_environment",
        "arm",
    ),
    ErrorCode(
        "LocationNotAvailableForResourceType",
        "The service is not offered in this region.",
        "choose one of the regions that the text names",
        "arm",
        option="location",
    ),
    ErrorCode(
        "ResourceGroupNotFound",
        "The subscription has no such resource group.",
        "create the resource group, or correct its name or subscription_id",
        "arm",
        option="resource_group",
    ),
    ErrorCode(
        "SubscriptionNotFound",
        "There is no such subscription, or the identity may not see it.",
        "correct subscription_id, or give the identity a role in that subscription",
        "arm",
        option="subscription_id",
    ),
    ErrorCode("InvalidSubscriptionId", "This is no id of a subscription.", "correct subscription_id", "arm", option="subscription_id"),
    ErrorCode(
        "ReadOnlyDisabledSubscription",
        "The subscription is disabled (unpaid or ended) and can only be read.",
        "have the owner of the subscription enable it again",
        "arm",
    ),
    ErrorCode("ResourceNotFound", "There is no such resource.", "correct the name, the resource group or subscription_id", "arm"),
    ErrorCode(
        "AuthorizationFailed",
        "The identity has no role that allows this.",
        "give the identity the role that the error names",
        "arm",
        clock="a new role takes up to 10 minutes to be known everywhere",
    ),
    ErrorCode(
        "LinkedAuthorizationFailed",
        "The identity may do this, but not use the other resource that the request names.",
        "give the identity the role that the error names, on the linked resource",
        "arm",
    ),
    ErrorCode(
        "RequestDisallowedByPolicy",
        "A policy of the organisation forbids this resource as it is asked for.",
        "change what the text names, or ask the owner of the policy for an exemption",
        "arm",
    ),
    ErrorCode(
        "InvalidAuthenticationTokenTenant",
        "The token is of another tenant than the subscription.",
        "use the tenant that the subscription belongs to (option tenant)",
        "arm",
        option="tenant",
    ),
    ErrorCode(
        "InvalidAuthenticationToken",
        "The token is not one for this cloud, or was revoked.",
        "look at cloud_environment, and sign in anew (token_cache: none)",
        "arm",
    ),
    ErrorCode(
        "ExpiredAuthenticationToken",
        "The token has expired, and a new one was refused as well.",
        "compare the clock of this machine with the time",
        "arm",
    ),
    ErrorCode(
        "InvalidAuthenticationTokenAudience",
        "The token is for another service or cloud.",
        "correct cloud_environment",
        "arm",
        option="cloud_environment",
    ),
    ErrorCode(
        "AuthenticationFailed",
        "There is no token that the service takes; for blobs also: the clock of this machine is more than 15 minutes off.",
        "look at the credentials, and compare the clock of this machine with the time",
        "arm",
    ),
    ErrorCode(
        "TooManyRequests",
        "The subscription or service takes no more requests for now.",
        "run again later, or with fewer forks",
        "throttling",
        clock="Retry-After tells; seconds to minutes, up to an hour for some reads",
    ),
    ErrorCode(
        "SubscriptionRequestsThrottled",
        "The subscription's limit of requests is used up.",
        "run again later, or with fewer forks",
        "throttling",
        clock="Retry-After tells; it is filled up again each second",
    ),
    ErrorCode(
        "AnotherOperationInProgress",
        "Another request is changing this resource or one that it depends on.",
        "wait for that operation, then run again",
        "async",
        clock="until that operation ends; the text names it, where the service tells it",
    ),
    ErrorCode(
        "OperationNotAllowedOnDeletingResource",
        "The resource is being deleted.",
        "run again once it is gone",
        "async",
        clock="minutes, until the deletion ends",
    ),
    ErrorCode(
        "ResourceGroupBeingDeleted",
        "The resource group is being deleted.",
        "wait until it is gone and create it anew, or use another one",
        "async",
        clock="minutes, until the deletion ends",
        option="resource_group",
    ),
    ErrorCode(
        "Conflict",
        "The resource is in a state that does not allow this.",
        "look at the state that the text names; run again once it has changed",
        "async",
        clock="until that state ends",
    ),
    ErrorCode(
        "PreconditionFailed",
        "Somebody changed the resource after it was read.",
        "run again; the new state is read first",
        "async",
        clock="none: the next run reads the new state",
    ),
    ErrorCode(
        "ScopeLocked",
        "A lock forbids it. Data Box puts the lock DATABOX_SERVICE on the storage account until the job is over.",
        "remove the lock on the resource or its group, or let its owner do so",
        "locks",
        clock="until the lock is removed",
    ),
    ErrorCode(
        "RetryableError",
        "Something inside Azure failed in passing.",
        "run again",
        "arm",
        clock="seconds to minutes",
    ),
    ErrorCode(
        "SkuNotAvailable",
        "The product is not offered to this subscription in this region.",
        "choose another region or backend",
        "arm",
        option="location",
    ),
    ErrorCode(
        "FeatureNotEnabled",
        "The subscription was not admitted to this feature of the service.",
        "choose another backend, or ask Azure support to admit the subscription",
        "arm",
    ),
    ErrorCode("QuotaExceeded", "A limit of the subscription is reached.", "ask for a higher quota, or free what is not used", "arm"),
    ErrorCode(
        "InvalidApiVersionParameter",
        "This cloud does not know the version of the service that is asked for.",
        "choose another backend; a private cloud may not have this service",
        "arm",
    ),
    ErrorCode(
        "InternalServerError", "Azure failed.", "run again; if it stays so, give Azure support the request id", "arm", clock="minutes"
    ),
    ErrorCode("ServiceUnavailable", "The service is down for now.", "run again later; see https://status.azure.com", "arm"),
    ErrorCode("GatewayTimeout", "The service behind ARM did not answer in time.", "run again; nothing is made twice", "arm"),
    ErrorCode(
        "InvalidArgument",
        "The service of the import job does not take a value.",
        "correct the value that the text names",
        "jobs",
    ),
)

STORAGE = (
    ErrorCode(
        "StorageAccountAlreadyTaken",
        "Somebody else has an account of that name.",
        "choose another name: storage account names are unique in all of Azure",
        "storage",
        option="name",
    ),
    ErrorCode(
        "AccountNameInvalid",
        "No storage account can have that name.",
        "choose 3 to 24 lower-case letters and digits",
        "storage",
        option="name",
    ),
    ErrorCode(
        "StorageAccountOperationInProgress",
        "Another request is changing the account.",
        "run again",
        "storage",
        clock="seconds, until that request ends",
    ),
    ErrorCode(
        "PublicAccessNotPermitted",
        "The account does not allow public containers.",
        "leave the container private",
        "storage",
    ),
    ErrorCode(
        "ContainerBeingDeleted",
        "A container of that name is being deleted.",
        "run again in a minute, or choose another name",
        "blob",
        clock="at least 30 seconds after the deletion, longer with many blobs",
    ),
    ErrorCode("ContainerNotFound", "There is no such container.", "correct container, or make it with storage_account", "blob"),
    ErrorCode(
        "KeyBasedAuthenticationNotPermitted",
        "The account does not take account keys.",
        "allow shared key access on the account, or give the identity a Storage Blob Data role",
        "blob",
    ),
    ErrorCode(
        "AuthorizationPermissionMismatch",
        "The identity has no role on the blobs; roles on the account do not count.",
        "give the identity the role Storage Blob Data Reader (Contributor to remove) on the container",
        "blob",
        clock="a new role takes up to 10 minutes to be known everywhere",
    ),
    ErrorCode(
        "AuthorizationFailure",
        "The firewall of the account keeps this machine out.",
        "let the firewall of the storage account admit the controller",
        "blob",
        clock="a new rule takes up to a minute",
    ),
    ErrorCode(
        "LeaseIdMissing",
        "Somebody holds a lease on the blob or container.",
        "wait until the lease of the blob ends, or break it",
        "blob",
        clock="15 to 60 seconds after its holder is gone; an infinite lease ends only when it is broken",
    ),
    ErrorCode(
        "ConditionNotMet",
        "The blob was changed after it was listed.",
        "run again; the blob is looked at anew",
        "blob",
        clock="none: the next run reads the new state",
    ),
    ErrorCode("SnapshotsPresent", "The blob has snapshots.", "remove the snapshots of the blob", "blob"),
    ErrorCode(
        "BlobImmutableDueToPolicy",
        "A retention policy or legal hold keeps the blob.",
        "wait until the policy has run out, or have its owner remove it",
        "blob",
        clock="as long as the policy says",
    ),
    ErrorCode("ServerBusy", "The account takes no more requests for now.", "run again later", "blob", clock="seconds"),
)

BY_CODE = {row.code: row for row in (*ARM, *STORAGE)}
