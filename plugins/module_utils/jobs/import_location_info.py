# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where drives are shipped to: the address, the carriers for both ways, and what is odd about the record that says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..failure import Failure, refuse
from .backends import BACKEND_OPTION, SERVICES, telling_the_other
from .data_box_jobs import DataBoxJobs
from .locations import ASK, alternates_of, data_box_ship_to, destination, short, trimmed
from .model import ShipTo
from .service import REFUSALS

ARGUMENT_SPEC = {**AZURE_OPTIONS, "location": {"type": "str"}, **BACKEND_OPTION}
# Fields of an address that a carrier asks for, and in which no digit can stand.
ASKED_FOR = ("street_address1", "city", "postal_code", "country_or_region", "phone")
WITHOUT_DIGITS = ("city", "country_or_region")


def run(params, check_mode, azure=None):
    """`{locations: [...]}`: one a service for `location`, on Microsoft.ImportExport all of its locations without it.

    With `backend: auto` a service that refuses is left out, and `backend_reason` says why; a Failure when both refuse.
    """
    azure = azure or connect(params)
    if params["backend"] != "auto":
        with telling_the_other(params["backend"]):
            return {"changed": False, "locations": READERS[params["backend"]](azure, params["location"])}
    found, reasons, refusals = [], [], []
    for backend in SERVICES if params["location"] else ("import_export",):
        try:
            found += READERS[backend](azure, params["location"])
            reasons.append(f"{backend}: answers.")
        except Failure as failure:
            if failure.fields.get("code") not in REFUSALS and failure.fields.get("field") != "location":
                raise
            refusals.append(failure)
            reasons.append(f"{backend}: {failure.msg}")
    if not found:
        raise Failure(f"Neither service tells an address. {' '.join(reasons)}", **refusals[0].fields)
    return {"changed": False, "locations": found, "backend_reason": " ".join(reasons)}


def of_import_export(azure, region: str | None) -> list[dict[str, Any]]:
    """The entry of `region`, or of all locations that Microsoft.ImportExport has."""
    if region:
        records: dict[str, Any] = {}

        def fetch(name: str) -> Mapping[str, Any] | None:
            records[name] = azure.import_export.location(name)
            return records[name]

        return [_import_export_entry(region, fetch, records)]
    known = {short(one.get("id") or one.get("name")): one for one in azure.import_export.locations()}
    return [_import_export_entry(name, known.get, known) for name in sorted(known)]


def of_data_box(azure, region: str | None) -> list[dict[str, Any]]:
    """The entry of `region`; Microsoft.DataBox has no list of its datacenters."""
    if not region:
        raise refuse("location", region, "the region of the storage account", "Microsoft.DataBox does not list its datacenters; name one.")
    record = DataBoxJobs(azure).address(region)
    ship_to = data_box_ship_to(record)
    entry = _entry("data_box", short(region), short(region), ship_to, {short(region): record})
    return [{**entry, "carriers": {"inbound": [], "outbound": list(ship_to.carriers)}}]


READERS: dict[str, Callable[..., list[dict[str, Any]]]] = {"import_export": of_import_export, "data_box": of_data_box}


def _import_export_entry(region: str, fetch, records: Mapping[str, Any]) -> dict[str, Any]:
    goal = destination(region, fetch)
    raw = {name: records[name] for name in dict.fromkeys((short(region), goal.region))}
    alternates = alternates_of(records[short(region)])
    return {**_entry("import_export", short(region), goal.region, goal.ship_to, raw), "alternates": alternates}


def _entry(backend: str, region: str, job_region: str, ship_to: ShipTo, raw: Mapping[str, Any]) -> dict[str, Any]:
    """What both services have in common; `raw` holds the records behind it by region."""
    public = bool(ship_to.street_address1 or ship_to.city or ship_to.country_or_region)
    return {
        "backend": backend,
        "location": region,
        "job_location": job_region,
        "alternates": [],
        "ship_to": {**asdict(ship_to), "carriers": list(ship_to.carriers)},
        "carriers": {"inbound": list(ship_to.carriers), "outbound": list(ship_to.carriers)},
        "address_is_public": public,
        "human_step": None if public else ASK,
        "oddities": oddities(ship_to, raw[job_region]) if public else [],
        "raw": dict(raw),
    }


def oddities(ship_to: ShipTo, record: Mapping[str, Any]) -> list[str]:
    """What somebody who writes the label has to look at; the recordings of the service hold each of these."""
    found = [f"{name} is not given" for name in ASKED_FOR if not getattr(ship_to, name)]
    found += [
        f"{name} is {getattr(ship_to, name)!r}: the fields of this record may be shifted, compare raw"
        for name in WITHOUT_DIGITS
        if any(character.isdigit() for character in getattr(ship_to, name))
    ]
    texts = [(name, value) for name, value in (record.get("properties") or record).items() if isinstance(value, str)]
    found += [f"{name} had blanks or line breaks around it" for name, value in texts if value != value.strip()]
    return found + [f"{name} had line breaks or more than one blank inside" for name, value in texts if trimmed(value) != value.strip()]
