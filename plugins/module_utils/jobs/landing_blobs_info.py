# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say whether every staged file has landed as a page blob of its length."""

from __future__ import annotations

from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from . import landing

ARGUMENT_SPEC = {**AZURE_OPTIONS, **landing.LANDING_OPTIONS}
ARGUMENT_RULES = landing.LANDING_RULES


def run(params, check_mode, azure=None):
    """`{blobs, complete, newest_modified}`; changes nothing. At most 1000 names a list, the counts are whole."""
    landing.check(params)
    expected = landing.inventory(params["inventory_file"])
    comparison, _container = landing.compare(azure or connect(params), params, expected)
    return {
        "changed": False,
        "blobs": comparison.as_result(),
        "complete": comparison.complete,
        "newest_modified": landing.moment(comparison.newest),
    }
