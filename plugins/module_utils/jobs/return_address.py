# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back of the drives as options: where to, and with whose account at which carrier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..failure import refuse
from .model import ReturnAddress, ReturnShipping

ADDRESS_OPTIONS = {
    "recipient_name": {"type": "str", "required": True},
    "street_address1": {"type": "str", "required": True},
    "street_address2": {"type": "str"},
    "city": {"type": "str", "required": True},
    "state_or_province": {"type": "str"},
    "postal_code": {"type": "str", "required": True},
    "country_or_region": {"type": "str", "required": True},
    "phone": {"type": "str", "required": True},
    "email": {"type": "str", "required": True},
}
OPTIONS = {
    "return_address": {"type": "dict", "options": ADDRESS_OPTIONS},
    "return_shipping": {
        "type": "dict",
        "options": {"carrier": {"type": "str", "required": True}, "account_number": {"type": "str", "required": True}},
    },
}
MAY_BE_EMPTY = ("street_address2", "state_or_province")


@dataclass(frozen=True)
class WayBack:
    """What is asked for; None: left as it is."""

    address: ReturnAddress | None = None
    shipping: ReturnShipping | None = None

    @property
    def asked(self) -> bool:
        return bool(self.address or self.shipping)


def way_back_from(params: Mapping[str, Any]) -> WayBack:
    """Both options; refuses fields that are blank."""
    for group in OPTIONS:
        for name, value in (params[group] or {}).items():
            if value is not None and not str(value).strip() and name not in MAY_BE_EMPTY:
                raise refuse(f"{group}.{name}", value, "filled in", "The drives are sent back there; complete it.")
    address, shipping = params["return_address"], params["return_shipping"]
    return WayBack(
        ReturnAddress(**{name: str(value or "").strip() for name, value in address.items()}) if address else None,
        ReturnShipping(**{name: str(value).strip() for name, value in shipping.items()}) if shipping else None,
    )
