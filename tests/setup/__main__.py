# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python tests/setup``: makes ``build/`` complete; runs on the standard library alone, as often as wanted."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if __package__ in (None, ""):
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

from setup import azurite, python_packages, trees, windows_collection  # noqa: E402
from setup.site import Site  # noqa: E402
from setup.steps import install  # noqa: E402

STEPS = (
    python_packages.STEP,
    windows_collection.STEP,
    azurite.STEP,
    trees.STEP,
)


if __name__ == "__main__":
    install(Site.of_checkout(), STEPS)
