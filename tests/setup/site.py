# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things lie in a checkout, and the environment that its programs run in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
COLLECTION = Path("ansible_collections", "offlineseed", "azure")


@dataclass(frozen=True)
class Site:
    """The folders of one checkout; nothing outside ``build`` is ever written."""

    root: Path

    @classmethod
    def of_checkout(cls) -> Site:
        return cls(CHECKOUT)

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def logs(self) -> Path:
        return self.build / "logs"

    @property
    def venv(self) -> Path:
        return self.build / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def collections(self) -> Path:
        """Collections of others (ansible.windows)."""
        return self.build / "collections"

    @property
    def dev(self) -> Path:
        """A collections path whose ``offlineseed.azure`` is a link to the checkout: what is edited is what runs."""
        return self.build / "dev"

    @property
    def tree(self) -> Path:
        """A collections path whose ``offlineseed.azure`` is a copy without links, for ansible-test and the packager."""
        return self.build / "tree"

    @property
    def node(self) -> Path:
        return self.build / "node"

    def program(self, name: str) -> str:
        return str(self.venv / "bin" / name)

    def environment(self, collections: Path | None = None) -> dict[str, str]:
        """The caller's environment with the checkout's programs first on PATH and Ansible kept inside ``build``.

        ``collections``: the collections path that holds offlineseed.azure (default ``build/dev``).
        """
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}
        path = [self.venv / "bin", self.node / "bin", *kept.get("PATH", os.defpath).split(os.pathsep)]
        return {
            **kept,
            "PATH": os.pathsep.join(map(str, path)),
            "VIRTUAL_ENV": str(self.venv),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_HOME": str(self.build / "ansible"),
            "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(map(str, (collections or self.dev, self.collections))),
        }
