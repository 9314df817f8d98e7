# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage accounts, containers and locks as ARM shows them, and what is asked when they are read."""

from __future__ import annotations

from unit.scripted import GROUP, SUBSCRIPTION, refusal

VERSION = "2023-05-01"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/seedlanding"
CONTAINER = f"{ACCOUNT}/blobServices/default/containers/seed-srv1"
AVAILABLE = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Storage/checkNameAvailability"
NOT_FOUND = {"status": 404, "json": refusal("ResourceNotFound")}
BODY = {
    "location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "tags": {},
    "properties": {"minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": False, "supportsHttpsTrafficOnly": True},
}  # fmt: skip

FITTING = {
    "provisioningState": "Succeeded", "statusOfPrimary": "available", "minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": False,
}  # fmt: skip


def account(*, kind="StorageV2", sku="Standard_LRS", location="westeurope", tags=None, **properties):
    endpoints = {"blob": "https://seedlanding.blob.core.windows.net/"}
    open_to_all = {"defaultAction": "Allow", "bypass": "AzureServices"}
    said = {"primaryEndpoints": endpoints, "supportsHttpsTrafficOnly": True, "networkAcls": open_to_all, **FITTING, **properties}
    nature = {"kind": kind, "sku": {"name": sku}, "location": location}
    return {"id": ACCOUNT, "name": "seedlanding", **nature, "tags": tags or {}, "properties": said}


def wanted(**more):
    return {"resource_group": "rg-seed", "name": "seedlanding", "location": "westeurope", "container": "seed-srv1", **more}


LOCKS = f"{ACCOUNT}/providers/Microsoft.Authorization/locks"
READ_ONLY = {"name": "freeze", "level": "ReadOnly", "notes": "audit until May"}


def expect_there(script, resource=None, container=None, locks=()):
    """What is read at once, in any order: the account, the container (None: there is none; False: not asked for) and the locks."""
    script.any_order()
    script.expect("GET", ACCOUNT, version=VERSION, **({"json": resource} if resource else NOT_FOUND))
    if container is not False:
        script.expect("GET", CONTAINER, version=VERSION, **({"json": container} if container else NOT_FOUND))
    forbidden = {"status": 403, "json": refusal("AuthorizationFailed")}
    answer = forbidden if locks is None else {"json": {"value": [lock(**one) for one in locks]}}
    script.expect("GET", LOCKS, version="2016-09-01", **answer)


def lock(name, level="CanNotDelete", notes="", scope=ACCOUNT):
    properties = {"level": level, "notes": notes}
    return {"id": f"{scope}/providers/Microsoft.Authorization/locks/{name}", "name": name, "properties": properties}


def container(access="None", **more):
    said = {"publicAccess": access, "leaseState": "Available", "hasImmutabilityPolicy": False, "hasLegalHold": False}
    return {"id": CONTAINER, "name": "seed-srv1", "properties": {**said, **more}}


def expect_free(script, free=True, message=None, reason=None):
    script.expect(
        "POST", AVAILABLE, version=VERSION, body={"name": "seedlanding", "type": "Microsoft.Storage/storageAccounts"},
        json={"nameAvailable": free, "message": message, "reason": reason},
    )  # fmt: skip


def expect_new_container(script, **answer):
    answer = {"status": 201, "json": container(), **answer}
    script.expect("PUT", CONTAINER, version=VERSION, body={"properties": {"publicAccess": "None"}}, **answer)
