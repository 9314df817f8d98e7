# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about what ship needs weeks later: where the drives go and come back to, and on whose account."""

from __future__ import annotations

import re

from ...failure import shown
from ..words import listed
from . import statements
from .rule import BLOCK, INFORM, OPERATOR, SHIPPING, WARN, NotTold, Rule

ADDRESS = ("recipient_name", "street_address1", "city", "postal_code", "country_or_region", "phone", "email")
WITH_STATES = frozenset(
    {"us", "usa", "united states", "united states of america", "ca", "canada", "au", "australia", "in", "india", "br", "brazil"}
)
EMAIL = re.compile(r"^[^@\s;,]+@[^@\s;,]+\.[^@\s;,]+$")
PHONE = re.compile(r"^\+?[0-9 ()./-]{6,30}$")


def _address(facts):
    address = facts.ask("inputs.seed_return_address") or {}
    missing = [part for part in ADDRESS if not str(address.get(part) or "").strip()]
    country = str(address.get("country_or_region") or "").strip().lower()
    if country in WITH_STATES and not str(address.get("state_or_province") or "").strip():
        missing.append("state_or_province")
    return f"seed_return_address lacks {', '.join(missing)}" if missing else None


def _contact(facts):
    address = facts.ask("inputs.seed_return_address") or {}
    email, phone = str(address.get("email") or "").strip(), str(address.get("phone") or "").strip()
    if email and not EMAIL.match(email):
        return f"seed_return_address.email is {shown(email)}"
    return f"seed_return_address.phone is {shown(phone)}" if phone and not PHONE.match(phone) else None


def _carrier(facts):
    shipping = facts.ask("inputs.seed_return_shipping") or {}
    missing = [part for part in ("carrier", "account_number") if not str(shipping.get(part) or "").strip()]
    return f"seed_return_shipping lacks {', '.join(missing)}" if missing else None


def _too_early(facts):
    return "seed_parcel is set already, before there is a job" if facts.ask("inputs.seed_parcel.tracking_number") else None


def _places(facts):
    places = facts.need("target.locations")
    if not places:
        raise NotTold("no location was told")
    return places


def _address_is_public(facts):
    hidden = [place.get("job_location") for place in _places(facts) if not place.get("address_is_public")]
    return f"the datacenter for {facts.input('seed_location')} ({listed(hidden)}) gives its address on request only" if hidden else None


def _region_ships(facts):
    """An alternate region is fine, but the parcel then crosses a border, perhaps."""
    places = _places(facts)
    other = [place.get("job_location") for place in places if place.get("job_location") != place.get("location")]
    return f"drives for {facts.input('seed_location')} are taken in {listed(other)}" if len(other) == len(places) else None


def _carrier_is_taken(facts):
    wanted = str((facts.ask("inputs.seed_return_shipping") or {}).get("carrier") or "").strip().lower()
    named = {str(name) for place in _places(facts) for name in (place.get("carriers") or {}).get("outbound") or []}
    if not named:
        raise NotTold("the service names no carriers for the return")
    fits = wanted in {name.lower() for name in named}
    return None if fits else f"seed_return_shipping.carrier is {shown(wanted)}, the datacenter returns drives by {listed(sorted(named))}"


def _papers(facts):
    """Some countries want declarations; known is India."""
    place = f"{facts.input('seed_location')} {(facts.ask('inputs.seed_return_address') or {}).get('country_or_region') or ''}".lower()
    return statements.look(facts, "customs_papers_ready") if "india" in place else None


LOCATIONS = ("target.locations",)
RETURN_ADDRESS = ("inputs.seed_return_address",)
RETURN_SHIPPING = ("inputs.seed_return_shipping",)

RULES = (
    Rule(
        "SH-01",
        INFORM,
        SHIPPING,
        "seed_parcel is set when the parcel is handed over, within 14 days of the job's making",
        "Leave seed_parcel unset until the run asks for it: its tracking number belongs to one job. The clock tracking warns.",
        ("S2", "S25"),
        _too_early,
        asks=("inputs.seed_parcel",),
    ),
    Rule(
        "SH-04",
        BLOCK,
        SHIPPING,
        "a carrier account for the return is named",
        "Set seed_return_shipping to carrier and account_number of an account that is funded and allows return shipping from the"
        " datacenter's country.",
        ("S14", "S32"),
        _carrier,
        asks=RETURN_SHIPPING,
    ),
    Rule(
        "SH-05",
        BLOCK,
        SHIPPING,
        "the return address is complete",
        "Set every part of seed_return_address; phone and e-mail best those of a group, the drives come back weeks later.",
        ("S12", "IE"),
        _address,
        asks=RETURN_ADDRESS,
    ),
    Rule(
        "SH-07",
        WARN,
        SHIPPING,
        "the datacenter's address is public",
        "Plan a week more: ask adbops@microsoft.com for an inbound id when the job is made; the step ask_inbound_id says how.",
        ("S14", "IE"),
        _address_is_public,
        needs=LOCATIONS,
        asks=("inputs.seed_location",),
    ),
    Rule(
        "SH-08",
        WARN,
        SHIPPING,
        "papers that the datacenter's country asks for are written (India: declaration, pick-up details)",
        "Write the declaration (delivery challan) on letterhead and have driver and pick-up details for the return ready; then set"
        f" {statements.line('customs_papers_ready')}.",
        ("S14", "S44"),
        _papers,
        asks=("inputs.seed_location", *RETURN_ADDRESS),
        statement="customs_papers_ready",
    ),
    Rule(
        "SH-10",
        BLOCK,
        SHIPPING,
        "the contact has one e-mail address and a telephone number",
        "Correct seed_return_address.",
        ("S12", "IE"),
        _contact,
        asks=RETURN_ADDRESS,
    ),
    Rule(
        "SH-11",
        WARN,
        SHIPPING,
        "the carrier account is good for the return",
        "Ask the carrier: valid, funded, return from the datacenter's country (FedEx in US and EU, DHL in Asia and Australia); then"
        f" set {statements.line('carrier_account_is_good')}.",
        ("S14", "S32"),
        statements.stated("carrier_account_is_good"),
        statement="carrier_account_is_good",
    ),
    Rule(
        "SH-12",
        WARN,
        SHIPPING,
        "the carrier of the return is one that the datacenter takes",
        "Set seed_return_shipping to an account with one of the carriers that the datacenter names.",
        ("S44", "IE", "DB"),
        _carrier_is_taken,
        needs=LOCATIONS,
        asks=RETURN_SHIPPING,
    ),
    Rule(
        "SH-13",
        INFORM,
        OPERATOR,
        "the datacenter of the account's own region takes the drives",
        "Nothing to mend: the parcel goes to the alternate region; mind customs and longer ways.",
        ("S13",),
        _region_ships,
        needs=LOCATIONS,
        asks=("inputs.seed_location",),
    ),
)
