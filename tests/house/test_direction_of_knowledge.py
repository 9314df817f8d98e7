# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may know whom inside the collection (the table KNOWS), and what the pure packages must not import."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE_UTILS = ROOT / "plugins" / "module_utils"
INSIDE = ("ansible_collections", "offlineseed", "azure", "plugins", "module_utils")

# A package of module_utils and the packages that it may import; a module beside them (failure.py, times.py) may be known by all of them.
KNOWS = {
    "arm": set(),
    "drives": set(),
    "agent": set(),
    "jobs": {"arm", "drives"},  # import_job reads the keys of its drives out of escrow
    "seeds": {"jobs", "drives", "agent"},
}
# Sideways, one named thing: recovery passwords go from the escrow straight into the request, so that no variable ever holds one.
ALSO = {"jobs/import_job.py": {("drives", "escrow")}}
# Every decision in these is tested without a machine, so they know neither Ansible nor an SDK. Of jobs: the model and the tables.
PURE = ("drives", "agent", "seeds", "jobs/model.py", "jobs/stages.py", "jobs/storage_account_rules.py", "jobs/resource_locks.py")
IMPURE = {"ansible", "azure", "msal", "msrest", "msrestazure", "requests", "winrm", "pypsrp", "socket", "subprocess", "urllib3", "http"}
# The one exception: escrow seals recovery passwords in ansible-vault files and finds the vault at the time of the call.
MAY_IMPORT = {"drives/escrow.py": {"ansible"}}


def sources(*parts: str) -> list[Path]:
    found: list[Path] = []
    for part in parts:
        path = MODULE_UTILS / part
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.is_file() else []
    return found


def imported(path: Path) -> set[tuple[str, ...]]:
    """Absolute dotted names that a file imports, at its top or inside a function."""
    here = (*INSIDE, *path.relative_to(MODULE_UTILS).with_suffix("").parts)
    names: set[tuple[str, ...]] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level] if node.level else ()
            module = (*base, *(node.module or "").split(".")) if node.module else base
            names |= {(*module, alias.name) for alias in node.names}
    return names


def name_of(path: Path) -> str:
    return path.relative_to(MODULE_UTILS).as_posix()


@pytest.mark.parametrize("package", KNOWS)
def test_nothing_in_module_utils_imports_upward(package):
    wrong = []
    for path in sources(package):
        for name in imported(path):
            if name[: len(INSIDE)] != INSIDE or len(name) <= len(INSIDE):
                continue
            other = name[len(INSIDE)]
            if name[len(INSIDE):][:2] in ALSO.get(name_of(path), set()):
                continue
            if other in KNOWS and other != package and other not in KNOWS[package]:
                wrong.append(f"{name_of(path)} imports {other}; {package} may know {sorted(KNOWS[package]) or 'none of the packages'}")
    assert not wrong, "\n".join(wrong)


def test_every_package_of_module_utils_has_its_place_in_the_table():
    packages = {path.parent.name for path in MODULE_UTILS.glob("*/*.py")}
    assert packages <= set(KNOWS), f"say in KNOWS whom these may know: {sorted(packages - set(KNOWS))}"


@pytest.mark.parametrize("path", sources(*PURE), ids=name_of)
def test_pure_packages_import_neither_ansible_nor_an_sdk(path):
    found = {name[0] for name in imported(path)} & IMPURE
    assert found <= MAY_IMPORT.get(name_of(path), set()), f"{name_of(path)} imports {sorted(found)}"


@pytest.mark.parametrize("path", [path for path in sources(*PURE) if name_of(path) in MAY_IMPORT], ids=name_of)
def test_the_exception_imports_ansible_inside_a_function_or_guarded(path):
    top = [node for node in ast.parse(path.read_text()).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {(node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else node.names[0].name.split(".")[0] for node in top}
    assert "ansible" not in names, f"{name_of(path)} imports Ansible at its top, so that it cannot be used without it"


def test_module_utils_never_import_plugins_of_another_kind():
    wrong = [
        f"{name_of(path)} imports {'.'.join(name)}"
        for path in sources(".")
        for name in imported(path)
        if name[:4] == INSIDE[:4] and len(name) > 4 and name[4] != "module_utils"
    ]
    assert not wrong, "\n".join(wrong)
