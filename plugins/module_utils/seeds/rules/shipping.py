# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about what ship needs weeks later: where the drives come back to, and on whose account."""

from __future__ import annotations

import re

from ...failure import shown
from .rule import BLOCK, INFORM, SHIPPING, Rule

ADDRESS = ("recipient_name", "street_address1", "city", "postal_code", "country_or_region", "phone", "email")
WITH_STATES = frozenset(
    {"us", "usa", "united states", "united states of america", "ca", "canada", "au", "australia", "in", "india", "br", "brazil"}
)
EMAIL = re.compile(r"^[^@\s;,]+@[^@\s;,]+\.[^@\s;,]+$")
PHONE = re.compile(r"^\+?[0-9 ()./-]{6,30}$")
CARRIERS = "Microsoft, Azure Import/Export FAQ (storage-import-export-service-faq)"
SPEC = "Azure REST API specification, Microsoft.ImportExport returnAddress and returnShipping"


def _address(facts):
    address = facts.ask("inputs.seed_return_address") or {}
    missing = [part for part in ADDRESS if not str(address.get(part) or "").strip()]
    if (
        str(address.get("country_or_region") or "").strip().lower() in WITH_STATES
        and not str(address.get("state_or_province") or "").strip()
    ):
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


def _copies(facts):
    serials = facts.ask("inputs.seed_parcel.tracking_number")
    return "seed_parcel is set already, before there is a job" if serials and not facts.ask("record.job") else None


RULES = (
    Rule(
        "SH-05",
        BLOCK,
        SHIPPING,
        "the return address is complete",
        "Set every part of seed_return_address; phone and e-mail best those of a group, the drives come back weeks later.",
        SPEC,
        _address,
    ),
    Rule(
        "SH-10",
        BLOCK,
        SHIPPING,
        "the contact has one e-mail address and a telephone number",
        "Correct seed_return_address.",
        SPEC,
        _contact,
    ),
    Rule(
        "SH-04",
        BLOCK,
        SHIPPING,
        "a carrier account for the return is named",
        "Set seed_return_shipping to carrier and account_number of an account that is funded and allows return shipping from the"
        " datacenter's country.",
        CARRIERS,
        _carrier,
    ),
    Rule(
        "SH-01",
        INFORM,
        SHIPPING,
        "seed_parcel is set when the parcel is handed over",
        "Leave seed_parcel unset until the run asks for it: its tracking number belongs to one job.",
        CARRIERS,
        _copies,
    ),
)
