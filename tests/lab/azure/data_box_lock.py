# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock that Microsoft.DataBox puts on the storage account of a job, and leaves there.

Level, name and notes, and that it outlives its job, are seen in a public recording (azure-cli-extensions, src/databox,
test_databox_custom_disk.yaml).
"""

from __future__ import annotations

from typing import Any

NAME = "DATABOX_SERVICE"
LEVEL = "CanNotDelete"
NOTES = "Data Box Service to copy data from device to storage account."


def place(cloud: Any, account_id: str) -> None:
    """Lock an account that exists; one that is locked stays so."""
    if account_id.rsplit("/", 1)[-1].lower() not in cloud.state["accounts"]:
        return
    scope = account_id.rstrip("/")
    cloud.state["locks"].setdefault(f"{scope.lower()}|{NAME.lower()}", {"scope": scope, "name": NAME, "level": LEVEL, "notes": NOTES})
