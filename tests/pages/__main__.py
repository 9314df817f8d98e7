# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes every page that is made of a table; says which of them changed."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "build" / "dev"))

from pages import errors, stages  # noqa: E402

PAGES = {"guide_errors.md": errors.page, "job_stages.md": stages.page}


def main() -> None:
    """Write the pages."""
    for name, make in PAGES.items():
        path = ROOT / "docs" / name
        before, after = path.read_text(encoding="utf-8") if path.exists() else "", make()
        path.write_text(after, encoding="utf-8")
        sys.stdout.write(f"docs/{name}: {'changed' if before != after else 'as it was'}\n")


if __name__ == "__main__":
    main()
