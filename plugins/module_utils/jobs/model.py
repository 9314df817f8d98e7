# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The neutral import job: what a job is, whichever service takes it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .stages import Stage


@dataclass(frozen=True)
class Parcel:
    """A parcel on its way; the tracking number is compared without blanks, dashes and case."""

    carrier: str
    tracking_number: str
    drive_count: int | None = None
    ship_date: str | None = None

    @property
    def key(self) -> str:
        return "".join(character for character in self.tracking_number.casefold() if character.isalnum())

    def fulfils(self, wanted: Parcel) -> bool:
        """Whether this parcel is already what is `wanted`; what wanted leaves open may be anything."""
        return (
            self.key == wanted.key
            and self.carrier.casefold() == wanted.carrier.casefold()
            and wanted.drive_count in (None, self.drive_count)
            and wanted.ship_date in (None, self.ship_date)
        )


@dataclass(frozen=True)
class Drive:
    """A drive as the job knows it; sizes in bytes, hashes in upper-case hex, logs are blob URLs."""

    serial: str
    state: str = "specified"
    percent: int | None = None
    bytes_copied: int | None = None
    manifest_file: str | None = None
    manifest_hash: str | None = None
    error_log: str | None = None
    verbose_log: str | None = None
    service_state: str | None = None  # the service's own word, where ours does not say the same


def log_address(told: Any) -> str | None:
    """The address of a copy log without what follows its path: a signature there (SAS) would open the account to whoever reads a result."""
    return re.split(r"[?#]", str(told or ""), maxsplit=1)[0] or None


@dataclass(frozen=True)
class ShipTo:
    """Where the parcel goes. `instruction` is set when the address is not public and has to be asked for."""

    recipient_name: str = ""
    street_address1: str = ""
    street_address2: str = ""
    city: str = ""
    state_or_province: str = ""
    postal_code: str = ""
    country_or_region: str = ""
    phone: str = ""
    carriers: tuple[str, ...] = ()
    instruction: str | None = None


@dataclass(frozen=True)
class ReturnAddress:
    """Where the drives are sent back to; source of the required fields: azure-rest-api-specs storageimportexport.json."""

    recipient_name: str
    street_address1: str
    city: str
    postal_code: str
    country_or_region: str
    phone: str
    email: str
    street_address2: str = ""
    state_or_province: str = ""


@dataclass(frozen=True)
class ReturnShipping:
    """The carrier account that pays for the way back."""

    carrier: str
    account_number: str


@dataclass(frozen=True)
class Notifications:
    """To whom the service writes, and of which stages (names of the stage table); `stages` None: not said."""

    emails: tuple[str, ...] = ()
    stages: tuple[str, ...] | None = None


@dataclass(frozen=True)
class CustomerAction:
    """What the service waits for a person to decide.

    `text` is for people, `reason` the service's own words, `choices` its words for what can be chosen, `drives` the serials it is about.
    """

    text: str
    reason: str | None = None
    choices: tuple[str, ...] = ()
    drives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
    """What the user wants of a job: what a create request is made of, but for the keys."""

    resource_group: str
    name: str
    location: str
    storage_account_id: str
    drives: tuple[Drive, ...]
    return_address: ReturnAddress
    return_shipping: ReturnShipping
    notifications: Notifications = Notifications()
    log_level: str = "Verbose"
    backup_drive_manifest: bool = True
    diagnostics_path: str = "waimportexport"
    tags: dict[str, str] = field(default_factory=dict)
    append_tags: bool = True


@dataclass(frozen=True)
class Job:
    """An import job. `created_at` is UTC text; `tags` and the optional parts are None where the service told nothing."""

    id: str
    name: str
    backend: str
    stage: Stage
    service_state: str
    created_at: str | None
    location: str
    storage_account_id: str
    percent: int | None
    drives: tuple[Drive, ...]
    ship_to: ShipTo
    return_address: ReturnAddress | None
    return_shipping: ReturnShipping | None
    inbound: Parcel | None
    outbound: Parcel | None
    cancel_requested: bool
    tags: dict[str, str]
    notifications: Notifications | None = None
    customer_action: CustomerAction | None = None

    @property
    def resource_group(self) -> str:
        return self.id.split("/")[4]

    def as_result(self) -> dict[str, Any]:
        """The job as a task returns it: plain types, the stage as its word with what follows from it."""
        result = _plain(asdict(replace(self, stage=None)))
        result["drives"] = [_without_silence(one, "service_state") for one in result["drives"]]
        return {
            **result,
            "stage": self.stage.name,
            "actor": self.stage.actor,
            "terminal": self.stage.terminal,
            "succeeded": self.stage.succeeded,
            "cancellable": self.stage.cancellable and not self.cancel_requested,
        }


def _plain(value: Any) -> Any:
    """`value` with lists for tuples."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _without_silence(part: dict[str, Any], name: str) -> dict[str, Any]:
    """`part` without the key `name` where nothing stands there."""
    return {key: value for key, value in part.items() if key != name or value is not None}
