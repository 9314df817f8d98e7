# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is written to about a job, and of which stages.

Microsoft.DataBox has a list of addresses and a preference for each stage (azure-rest-api-specs databox.json, ContactDetails);
Microsoft.ImportExport has the address in returnAddress.email and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..failure import refuse
from .data_box_parts import several, text
from .differences import folded
from .model import Notifications

# Stage of the job -> NotificationStageName. The other names belong to devices that Microsoft lends out.
NOTIFIED = {
    "creating": "Created",
    "shipped": "PickedUp",
    "received": "AtAzureDC",
    "copying": "DataCopy",
    "returning": "ShippedToCustomer",
}
OPTION = {
    "type": "dict",
    "options": {
        "emails": {"type": "list", "elements": "str"},
        "stages": {"type": "list", "elements": "str", "choices": list(NOTIFIED)},
    },
}


def notifications_from(given: Mapping[str, Any] | None) -> Notifications:
    """The option `notifications`; refuses what is no address."""
    given = given or {}
    emails = tuple(str(one).strip() for one in given.get("emails") or ())
    for position, email in enumerate(emails):
        name, _at, domain = email.rpartition("@")
        if not name or not domain or len(email.split()) != 1:
            raise refuse(f"notifications.emails[{position}]", email, "an e-mail address", "Correct it.")
    stages = given.get("stages")
    return Notifications(emails, None if stages is None else tuple(stages))


def emails(there: list[str], wanted: Notifications, own: str) -> list[str]:
    """The addresses that the job shall have: those that are named, or else at least `own`, that of the return address."""
    named, known = wanted.emails or (own,), {folded(one) for one in there}
    right = known == {folded(one) for one in named} if wanted.emails else folded(own) in known
    return there if right else list(named)


def preferences(there: list[Mapping[str, Any]], wanted: Notifications) -> list[Mapping[str, Any]]:
    """The preferences that the job shall have; those of stages that it cannot reach stay. A stage that is not told is not written about."""
    if wanted.stages is None:
        return there
    known = {text(one.get("stageName")): one.get("sendNotification") is not False for one in there}
    if all(known.get(name, False) == (stage in wanted.stages) for stage, name in NOTIFIED.items()):
        return there
    return [*(one for one in there if text(one.get("stageName")) not in NOTIFIED.values()), *asked(wanted.stages)]


def asked(stages: tuple[str, ...]) -> list[dict[str, Any]]:
    """A preference for each stage of a job of one's own drives."""
    return [{"stageName": name, "sendNotification": stage in stages} for stage, name in NOTIFIED.items()]


def told(contact: Mapping[str, Any]) -> Notifications | None:
    """What contactDetails of a job say; None where they say nothing of it."""
    found = tuple(one for one in map(text, listed(contact)) if one)
    if not found and not isinstance(contact.get("notificationPreference"), list):
        return None
    sent = {text(one.get("stageName")) for one in several(contact, "notificationPreference") if one.get("sendNotification") is not False}
    said = isinstance(contact.get("notificationPreference"), list)
    return Notifications(found, tuple(stage for stage, name in NOTIFIED.items() if name in sent) if said else None)


def listed(contact: Mapping[str, Any]) -> list[Any]:
    """emailList as a list, whatever stands there."""
    found = contact.get("emailList")
    return found if isinstance(found, list) else []
