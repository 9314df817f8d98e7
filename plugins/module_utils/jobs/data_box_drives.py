# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drives of a job of Microsoft.DataBox: three lists, put together by serial number.

importDiskDetailsCollection names the drives that were ordered, copyProgress how far each is, copyLogDetails where its logs are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .data_box_parts import several, text, whole, within
from .model import Drive, log_address
from .stages import Stage, drive_state


def drives_from(details: Mapping[str, Any], stage: Stage) -> tuple[Drive, ...]:
    """The drives of a job in `stage`; one that only shows up in the progress is among them."""
    ordered = {serial(name): one for name, one in within(details, "importDiskDetailsCollection").items()}
    progress = _by_serial(details, "copyProgress")
    logs = _by_serial(details, "copyLogDetails")
    return tuple(_drive(name, ordered.get(name), progress.get(name, {}), logs.get(name, {}), stage) for name in {**ordered, **progress})


def percent_of(details: Mapping[str, Any]) -> int | None:
    """Percentage of all drives that is copied; None before every one of them is counted."""
    amounts = [_amounts(one) for one in several(details, "copyProgress")]
    if not amounts or None in amounts:
        return None
    return sum(done for done, _all in amounts) * 100 // sum(everything for _done, everything in amounts)


def serial(name: Any) -> str:
    """A serial number without blanks."""
    return "".join(text(name).split())


def _by_serial(details: Mapping[str, Any], name: str) -> dict[str, Mapping[str, Any]]:
    return {found: one for one in several(details, name) if (found := serial(one.get("serialNumber")))}


def _drive(name: str, ordered: Any, progress: Mapping[str, Any], logs: Mapping[str, Any], stage: Stage) -> Drive:
    ordered = ordered if isinstance(ordered, Mapping) else {}
    word = text(progress.get("copyStatus"))
    state, amounts = drive_state(word, "data_box"), _amounts(progress)
    return Drive(
        serial=name,
        state="received" if state == "specified" and stage.name in ("received", "copying") else state,
        percent=amounts[0] * 100 // amounts[1] if amounts else None,
        bytes_copied=whole(progress.get("bytesProcessed")),
        manifest_file=text(ordered.get("manifestFile")) or None,
        manifest_hash=text(ordered.get("manifestHash")).upper() or None,
        error_log=log_address(text(logs.get("errorLogLink"))),
        verbose_log=log_address(text(logs.get("verboseLogLink"))),
        service_state=word or None,
    )


def _amounts(progress: Mapping[str, Any]) -> tuple[int, int] | None:
    """Bytes that are copied and bytes there are. The second is not valid while the service still counts (databox.json)."""
    done, everything = whole(progress.get("bytesProcessed")), whole(progress.get("totalBytesToProcess"))
    if done is None or not everything or progress.get("isEnumerationInProgress") is True:
        return None
    return min(done, everything), everything
