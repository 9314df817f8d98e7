# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write request as a thing: sent in a real run, only shown in check mode, and shown the same in both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..task import MASK

SECRET_FIELDS = frozenset({"bitLockerKey"})


@dataclass(frozen=True)
class Write:
    """`method` on `path` (from the host's root, without api-version) with the JSON `body`."""

    method: str
    path: str
    api_version: str
    body: Mapping[str, Any] | None = field(default=None, repr=False)

    def shown(self) -> dict[str, Any]:
        """What may stand in a result: `{method, path, body}`, secrets masked, the api-version in the path."""
        return {"method": self.method, "path": f"{self.path}?api-version={self.api_version}", "body": masked(self.body)}


def masked(value: Any) -> Any:
    """`value` with the content of every secret field replaced."""
    if isinstance(value, Mapping):
        return {key: MASK if key in SECRET_FIELDS and one else masked(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(one) for one in value]
    return value
