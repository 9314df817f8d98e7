# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step and function: the checkout as an installed collection, once as a link (``build/dev``), once as a copy (``build/tree``)."""

from __future__ import annotations

import fcntl
import filecmp
import shutil
import subprocess
from pathlib import Path

from setup.site import COLLECTION, Site
from setup.steps import Logged, Step

KEPT_IN_COPY = {".git", "tests/output"}


def key(site: Site) -> str:
    return str(site.root)


def run(site: Site, logged: Logged) -> None:
    link_checkout(site)


def link_checkout(site: Site) -> Path:
    """``build/dev/ansible_collections/offlineseed/azure`` → the checkout; returns the link."""
    link = site.dev / COLLECTION
    if not link.is_symlink() or link.resolve() != site.root:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(site.root, target_is_directory=True)
    return link


def copy_checkout(site: Site) -> Path:
    """Brings ``build/tree/ansible_collections/offlineseed/azure`` up to date with what git would commit; returns it.

    It is a git repository of its own: ansible-test would otherwise ask the checkout's git, which ignores ``build``.
    """
    copy = site.tree / COLLECTION
    copy.mkdir(parents=True, exist_ok=True)
    with (site.tree / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        update(copy, site.root)
    return copy


def update(copy: Path, root: Path) -> None:
    if not (copy / ".git").is_dir():
        subprocess.run(["git", "init", "--quiet", copy], check=True)
    wanted = files_of(root)
    for name in wanted:
        bring(root / name, copy / name)
    for path in sorted(copy.rglob("*"), reverse=True):
        name = path.relative_to(copy).as_posix()
        if any(name == kept or name.startswith(f"{kept}/") for kept in KEPT_IN_COPY):
            continue
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif name not in wanted:
            path.unlink()


def bring(source: Path, copy: Path) -> None:
    if copy.is_file() and filecmp.cmp(source, copy, shallow=False):
        return
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, copy)


def files_of(root: Path) -> set[str]:
    """Tracked files and those that git would take, as they are on the disk now."""
    command = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True).stdout.decode().split("\0")
    return {name for name in names if name and (root / name).is_file()}


STEP = Step("checkout", "The checkout as a collection (build/dev)", key, lambda site: site.dev / COLLECTION, run)
