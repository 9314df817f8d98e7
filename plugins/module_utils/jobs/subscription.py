# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subscription of a seed: its state, and the kind of its offer.

Source: azure-rest-api-specs resources subscriptions.json (2022-12-01).
"""

from __future__ import annotations

from typing import Any

from ..arm import api
from ..failure import Failure
from .data_box_parts import text, within
from .resource_locks import NOT_TOLD

READ = "Microsoft.Resources/subscriptions/read"


def told(azure) -> dict[str, Any] | None:
    """`{id, name, state, quota_id}`, None for what Azure left out; None as a whole where the identity may not read it."""
    try:
        found = azure.arm.get("read the subscription", api.subscription(azure.subscription_id), api.SUBSCRIPTIONS, action=READ)
    except Failure as failure:
        if failure.fields.get("status") in NOT_TOLD:
            return None
        raise
    names = {"id": "subscriptionId", "name": "displayName", "state": "state"}
    said = {key: text(within(found).get(name)) or None for key, name in names.items()}
    return {**said, "quota_id": text(within(found, "subscriptionPolicies").get("quotaId")) or None} if found is not None else None
