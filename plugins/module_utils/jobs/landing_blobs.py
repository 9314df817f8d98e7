# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove the landed blobs of a seed, and nothing else that lies in the container."""

from __future__ import annotations

from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from . import landing

ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    **landing.LANDING_OPTIONS,
    "state": {"type": "str", "choices": ["absent"], "default": "absent"},
}
ARGUMENT_RULES = landing.LANDING_RULES


def run(params, check_mode, azure=None):
    """Remove each page blob that has the name and length of an inventoried file; returns what was `removed` and what was `kept`.

    A blob is removed only if it is still what was listed; one of another length or type stays and is named.
    """
    landing.check(params)
    expected = landing.inventory(params["inventory_file"])
    comparison, container = landing.compare(azure or connect(params), params, expected)
    ours = comparison.ours
    if not check_mode:
        container.remove(ours)
    names = [blob.name for blob in ours]
    kept = sorted(comparison.extra + [one["name"] for one in comparison.different])
    return {
        "changed": bool(ours),
        "removed": names[: landing.NAMED],
        "removed_count": len(names),
        "removed_bytes": sum(blob.size for blob in ours),
        "kept": kept[: landing.NAMED],
        "kept_count": len(kept),
        "diff": {"before": {"blobs": len(names)}, "after": {"blobs": 0}},
    }
