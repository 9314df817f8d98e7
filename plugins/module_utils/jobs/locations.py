# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a region to the address that a parcel is sent to.

The rule (azure-docs articles/storage/common/storage-import-export-creating-an-import-job.md): a location that stands in its own
list of alternates is shipped to; otherwise the job is made at, and the drives go to, one of the alternates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..failure import Failure, refuse
from .model import ShipTo

ASK = (
    "The address of this datacenter is not public. Write to adbops@microsoft.com with the name of the import job, ask for the inbound id "
    "and the address, and put the inbound id on the parcel."
)
ADDRESS = {
    "recipient_name": "recipientName",
    "street_address1": "streetAddress1",
    "street_address2": "streetAddress2",
    "city": "city",
    "state_or_province": "stateOrProvince",
    "postal_code": "postalCode",
    "country_or_region": "countryOrRegion",
    "phone": "phone",
}
# The same for datacenterAddress of Microsoft.DataBox.
DATA_BOX_ADDRESS = {
    "recipient_name": ("contactPersonName", "company"),
    "street_address1": ("street1",),
    "street_address2": ("street2", "street3"),
    "city": ("city",),
    "state_or_province": ("state",),
    "postal_code": ("zip",),
    "country_or_region": ("country",),
    "phone": ("phone",),
}
# An address that has none of these cannot be shipped to.
NEEDED = ("street_address1", "city", "country_or_region")


@dataclass(frozen=True)
class Destination:
    """`region` is where the job is made (a short name such as westeurope), `ship_to` where the parcel goes."""

    region: str
    ship_to: ShipTo


def short(location: str | None) -> str:
    """The short name of a location: "West US" and "westus" are one, and so is the path of a location's id."""
    return "".join(str(location or "").rsplit("/", 1)[-1].split()).casefold()


def destination(region: str, fetch: Callable[[str], Mapping[str, Any] | None]) -> Destination:
    """Where drives for a storage account in `region` go; `fetch(name)` reads one location record of the service."""
    record = _record(region, fetch)
    alternates = alternates_of(record)
    if alternates and short(region) not in alternates:
        region = alternates[0]
        record = _record(region, fetch)
    return Destination(short(region), ship_to(record["properties"]))


def ship_to(properties: Mapping[str, Any]) -> ShipTo:
    """The address in a location record or in a job's shippingInformation: trimmed, blank ones turned into an instruction."""
    fields = {ours: trimmed(properties.get(theirs)) for ours, theirs in ADDRESS.items()}
    extra = trimmed(properties.get("additionalShippingInformation") or properties.get("additionalInformation")) or None
    carriers = tuple(trimmed(one) for one in properties.get("supportedCarriers") or ())
    found = ShipTo(**fields, carriers=carriers, instruction=extra)
    if any(fields[name] for name in NEEDED):
        return found
    # What is told in place of an address stands in the field of the recipient.
    told = fields["recipient_name"] if "@" in fields["recipient_name"] else None
    return replace(found, instruction=" ".join(text for text in (ASK, told and f"Azure says: {told}", extra) if text))


def data_box_ship_to(said: Mapping[str, Any]) -> ShipTo:
    """The same for datacenterAddress of Microsoft.DataBox, a DatacenterAddressLocation or a DatacenterAddressInstruction.

    `carriers` are those that the datacenter gives the drives back to; it names none for the way there.
    """
    fields = {ours: ", ".join(found for one in theirs if (found := trimmed(said.get(one)))) for ours, theirs in DATA_BOX_ADDRESS.items()}
    extension = trimmed(said.get("phoneExtension"))
    fields["phone"] += f" ext. {extension}" if fields["phone"] and extension else ""
    told = said.get("supportedCarriersForReturnShipment")
    carriers = tuple(trimmed(one) for one in told) if isinstance(told, list) else ()
    extra = trimmed(said.get("additionalShippingInformation")) or None
    if any(fields[name] for name in NEEDED):
        return ShipTo(**fields, carriers=carriers, instruction=extra)
    told = trimmed(said.get("communicationInstruction"))
    return ShipTo(**fields, carriers=carriers, instruction=" ".join(one for one in (ASK, told and f"Azure says: {told}", extra) if one))


def shipping_information(address: ShipTo) -> dict[str, str]:
    """The ARM form of an address, as a create request carries it."""
    return {theirs: getattr(address, ours) for ours, theirs in ADDRESS.items()}


def _record(region: str, fetch) -> Mapping[str, Any]:
    record = fetch(short(region))
    if record is None:
        raise refuse(
            "location",
            region,
            "a region that takes import jobs",
            "Choose a storage account in a region of the list at https://learn.microsoft.com/azure/import-export/storage-import-export-service.",
        )
    if record.get("properties"):
        return record
    what, cure = f"read the shipping address of {region}", "run again; if it stays so, report it with the output of -vvvv"
    raise Failure(f"Failed to {what}: the record of the location has no properties. Cure: {cure}.", what=what, seen=None, cure=cure)


def alternates_of(record: Mapping[str, Any]) -> list[str]:
    """Short names of the locations that a record names in its own place, itself among them or not."""
    return [name for one in record["properties"].get("alternateLocations") or () if (name := short(one))]


def trimmed(text: Any) -> str:
    """A text in one line, without blanks around it and with single ones inside."""
    return " ".join(str(text or "").split())
