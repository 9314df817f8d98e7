# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form that known fields of Azure's answers have, wherever they stand: a table, held against every answer before it is read.

Source: azure-rest-api-specs (storageimportexport, databox, resources, storage, recoveryservices, recoveryservicesbackup). A field may be
missing or null, and one that stands in no row may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ..failure import Failure
from . import errors
from .answer import Answer

MOMENT = re.compile(r"^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$")
SHOWN = 60  # letters of a wrong value


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and bool(MOMENT.match(value.strip()))


def _each(kind: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(kind, value))


def _of(kind: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(one is None or kind(one) for one in value.values())


# What a field must be -> the names of fields that are.
FORMS: dict[str, tuple[Callable[[Any], bool], tuple[str, ...]]] = {
    "an object": (
        _is_object,
        (
            "properties", "systemData", "sku", "extendedInfo", "shippingInformation", "returnAddress", "returnShipping", "deliveryPackage",
            "returnPackage", "datacenterAddress", "datacenterAddressResponse", "contactDetails", "shippingAddress",
            "returnToCustomerPackageDetails", "deliverToDcPackageDetails", "accountDetails", "networkAcls", "primaryEndpoints",
            "redundancySettings", "securitySettings", "softDeleteSettings", "immutabilitySettings",
        ),
    ),
    "an object of objects": (_of(_is_object), ("importDiskDetailsCollection",)),
    "an object of texts": (_of(_is_text), ("tags",)),
    "a list of objects": (
        _each(_is_object),
        (
            "driveList", "copyProgress", "copyLogDetails", "jobStages", "dataImportDetails", "resourceTypes", "keys", "ipRules",
            "virtualNetworkRules", "errorDetails", "mabContainerHealthDetails",
        ),
    ),
    "a list of texts": (
        _each(_is_text),
        ("supportedCarriers", "supportedCarriersForReturnShipment", "alternateLocations", "apiVersions", "locations", "emailList"),
    ),
    "a text": (
        _is_text,
        (
            "id", "kind", "type", "location", "namespace", "registrationState", "provisioningState", "state", "storageAccountId",
            "driveId", "serialNumber", "manifestFile", "manifestHash", "errorLogUri", "verboseLogUri", "errorLogLink", "verboseLogLink",
            "copyStatus", "jobDetailsType", "trackingNumber", "trackingId", "carrierName", "diagnosticsPath", "logLevel",
            "shipDate",
            "recipientName", "streetAddress1", "streetAddress2", "city", "stateOrProvince", "postalCode", "countryOrRegion", "phone",
            "nextLink", "defaultAction", "bypass", "publicNetworkAccess", "publicAccess", "friendlyName", "computerName",
            "agentVersion", "registrationStatus", "protectionState", "lastBackupStatus", "containerHealthState", "backupManagementType",
        ),
    ),
    "a number": (
        _is_number,
        (
            "percentComplete", "bytesSucceeded", "bytesProcessed", "totalBytesToProcess", "recoveryPointCount", "protectedItemCount",
            "currentValue", "limit", "driveCount",
        ),
    ),
    "true or false": (
        _is_flag,
        (
            "cancelRequested", "backupDriveManifest", "enableManifestBackup", "isCancellable", "isDeletable", "isShippingAddressEditable",
            "nameAvailable", "isNfsV3Enabled", "isHnsEnabled", "allowSharedKeyAccess", "allowBlobPublicAccess",
            "supportsHttpsTrafficOnly",
        ),
    ),
    "a time": (
        _is_moment,
        ("createdAt", "startTime", "endTime", "lastRefreshedAt", "lastBackupTime", "lastRecoveryPoint", "oldestRecoveryPoint"),
    ),
}  # fmt: skip
# Below these a known name means something else: tags have names of the user, and a legal hold has a list of tags.
NAMES_OF_OTHERS = ("tags", "legalHold")
BY_NAME = {name: (must, holds) for must, (holds, names) in FORMS.items() for name in names}
# Names that mean something else deeper down: a legal hold has a list of tags.
ONLY_AT = {"tags": re.compile(r"^(value\[\d+\]\.)?tags$")}
WHOLE = frozenset({"a text", "a number", "true or false", "a time"})  # of these a wrong value is shown, of the others its kind only


def check(what: str, answer: Answer) -> Answer:
    """`answer`, or a Failure that names the first known field of another form than the service's."""
    for path, name, value in _fields(answer.body):
        must, holds = BY_NAME[name]
        if not holds(value):
            raise errors.misshapen(what, answer, f"{seen(value, must in WHOLE)} in {path}", must)
    return answer


def body_of(what: str, answer: Answer) -> dict[str, Any]:
    """The object that `answer` is; a Failure where it is something else or nothing."""
    if isinstance(answer.body, dict):
        return answer.body
    raise errors.misshapen(what, answer, seen(answer.body, False), "an object")


def page_of(what: str, answer: Answer) -> tuple[list[dict[str, Any]], str | None]:
    """(entries, link to the next page) of one page of a list. A page without `value` is not an empty list."""
    found = body_of(what, answer).get("value")
    if not isinstance(found, list):
        raise errors.misshapen(what, answer, f"{seen(found, False)} in value", "a list of objects")
    for number, one in enumerate(found):
        if not isinstance(one, dict):
            raise errors.misshapen(what, answer, f"{seen(one, False)} in value[{number}]", "an object")
    return found, answer.body.get("nextLink") or None


def identified(what: str, found: dict[str, Any]) -> dict[str, Any]:
    """An ARM resource that says which one it is, by an id that ends in its name; one that does not could hide another."""
    path, name = str(found.get("id") or ""), found.get("name")
    if path.count("/") >= 8 and isinstance(name, str) and name and path.casefold().endswith(f"/{name.casefold()}"):
        return found
    cure = "run again; if it stays so, report it with the output of -vvvv"
    raise Failure(
        f"Failed to {what}: the answer has a resource without id or name: {seen(found.get('id'), True)}. Cure: {cure}.",
        what=what,
        seen=seen(found.get("id"), True),
        cure=cure,
    )


def seen(value: Any, whole: bool) -> str:
    """What stands there, in words; the value itself only where it is `whole`, because others may hold secrets."""
    if value is None:
        return "nothing"
    kind = next(word for word, is_it in KINDS if is_it(value))
    return f"{kind} {str(value)[:SHOWN]!r}" if whole and not isinstance(value, (dict, list)) else kind


KINDS: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    ("an object", _is_object),
    ("a list", _is_list),
    ("a text", _is_text),
    ("the word", _is_flag),
    ("the number", _is_number),
    ("something", lambda value: True),
)


def _fields(body: Any) -> Iterator[tuple[str, str, Any]]:
    """(path, name, value) of each known field that is not null, at any depth."""
    waiting: list[tuple[str, Any]] = [("", body)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            for name, one in value.items():
                here = f"{path}.{name}" if path else name
                if name in BY_NAME and one is not None and (name not in ONLY_AT or ONLY_AT[name].match(here)):
                    yield here, name, one
                if isinstance(one, (dict, list)) and name not in NAMES_OF_OTHERS:
                    waiting.append((here, one))
        elif isinstance(value, list):
            waiting.extend((f"{path}[{number}]", one) for number, one in enumerate(value) if isinstance(one, (dict, list)))
