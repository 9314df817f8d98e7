# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is claimed about speed, measured beside what it is compared to (``make benchmark``)."""

from __future__ import annotations

import sys

from setup.site import Site

# The collection is importable from its checkout, also where pytest has not made it so.
_DEV = str(Site.of_checkout().dev)
if _DEV not in sys.path:
    sys.path.append(_DEV)
