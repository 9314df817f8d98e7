# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's datacenters in the words of Microsoft.DataBox: the same places as those of Microsoft.ImportExport.

Assumed: that they are the same, and that a place whose address is blank there is an instruction here.
"""

from __future__ import annotations

from typing import Any

from . import regions

FIELDS = {
    "company": "recipientName", "street1": "streetAddress1", "street2": "streetAddress2", "city": "city", "state": "stateOrProvince",
    "zip": "postalCode", "country": "countryOrRegion", "phone": "phone",
}  # fmt: skip


def address_of(location: str) -> dict[str, Any] | None:
    """datacenterAddressResponse of a region, None where the lab knows no such region."""
    if not regions.known(location):
        return None
    place = regions.LOCATIONS[regions.short(location)]["properties"]
    common = {"supportedCarriersForReturnShipment": place["supportedCarriers"], "dataCenterAzureLocation": regions.short(location)}
    if not place["streetAddress1"].strip():
        return {**common, "datacenterAddressType": "DatacenterAddressInstruction", "communicationInstruction": place["recipientName"]}
    told = {ours: place.get(theirs) or "" for ours, theirs in FIELDS.items()}
    return {**common, **told, "datacenterAddressType": "DatacenterAddressLocation"}
