# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the console says instead of going on."""

from __future__ import annotations


class ConsoleRefused(Exception):
    """The console does not go on: what was seen, and the cure."""
