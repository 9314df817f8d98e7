# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every file: licence lines, no path of anybody's machine, no registry, links that lead somewhere, one purpose a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from setup.trees import files_of

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(files_of(ROOT))
CODE = [name for name in FILES if name.endswith((".py", ".ps1", ".psm1", ".cs"))]

# What carries no comment, or whose words are not ours.
WITHOUT_LICENCE_LINE = re.compile(r"^LICENSE$|^changelogs/|^tests/unit/data/|\.(json|jsonl|xml|txt|svg|png|pem|md|rst)$")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/")
REGISTRIES = (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("galaxy", "ansible", "com"), ("powershellgallery", "com"))
LINES = 400
# Files that may be longer, each with its reason.
LONGER: dict[str, str] = {
    "plugins/modules/import_job.py": "documentation: the options and results of a job to the leaves",
    "plugins/modules/import_job_info.py": "documentation: the results of a job to the leaves, which Ansible cannot share between modules",
    "plugins/modules/shipping_update.py": "documentation: the same results of a job",
    "plugins/modules/recovery_vault_info.py": "documentation: everything that can be read of a vault, to the leaves",
    "plugins/modules/seed_status.py": "documentation: the observations and results of a status to the leaves",
    "plugins/modules/seed_plan.py": "documentation: the options and results of a plan to the leaves",
    "plugins/modules/storage_account.py": "documentation: every fact of an account, its container and its locks, to the leaves",
    "plugins/modules/storage_account_info.py": "documentation: the same, with findings and drift, to the leaves",
}


def text_of(name: str) -> str | None:
    """None for a binary file."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def test_every_file_names_its_licence():
    line = "SPDX-License-Identifier: GPL-3.0-or-later"
    wrong = [name for name in FILES if not WITHOUT_LICENCE_LINE.search(name) and (text := text_of(name)) and line not in text[:800]]
    assert not wrong, wrong


def test_no_file_holds_a_path_of_somebodys_machine():
    wrong = [f"{name}: {found[0]}" for name in FILES if (found := MACHINE_PATHS.search(text_of(name) or ""))]
    assert not wrong, wrong


def test_no_file_names_the_host_of_a_package_registry():
    hosts = [".".join(parts) for parts in REGISTRIES]
    wrong = [f"{name}: {host}" for name in FILES for host in hosts if host in (text_of(name) or "").lower()]
    assert not wrong, wrong


def test_no_file_is_a_link():
    assert not [name for name in FILES if (ROOT / name).is_symlink()]


def test_a_file_has_one_purpose():
    wrong = {name: lines for name in CODE if (lines := len((text_of(name) or "").splitlines())) > LINES and name not in LONGER}
    assert not wrong, f"over {LINES} lines; split them, or give the reason in LONGER: {wrong}"


def test_no_sanity_test_is_ignored():
    assert not [name for name in FILES if re.match(r"tests/sanity/ignore-.*", name)]


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".md")])
def test_relative_links_lead_somewhere(name):
    page = text_of(name) or ""
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page):
        path, anchor = [*target.split("#", 1), ""][:2]
        if "://" in target or target.startswith("mailto:"):
            continue
        there = (ROOT / name).parent / path if path else ROOT / name
        if not there.exists():
            dead.append(target)
        elif anchor and there.suffix == ".md" and anchor not in anchors(there.read_text()):
            dead.append(f"{target} (no such heading)")
    assert not dead, f"{name}: {dead}"


def anchors(page: str) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ +(.+?) *$", page, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
