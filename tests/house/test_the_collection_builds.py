# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball that users install: it builds, and holds what runs, not what tests it."""

from __future__ import annotations

import subprocess
import tarfile

import pytest
import yaml

from setup.trees import copy_checkout


@pytest.fixture(scope="module")
def tarball(site, tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    copy = copy_checkout(site)
    done = subprocess.run(
        [site.program("ansible-galaxy"), "collection", "build", copy, "--output-path", out],
        env=site.environment(site.tree), check=False, capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stderr
    version = yaml.safe_load((site.root / "galaxy.yml").read_text())["version"]
    return out / f"offlineseed-azure-{version}.tar.gz"


def test_tarball_holds_the_collection_and_no_tests(tarball):
    with tarfile.open(tarball) as archive:
        top = {name.split("/")[0] for name in archive.getnames()}
    assert {"MANIFEST.json", "FILES.json", "README.md", "LICENSE", "meta", "playbooks", "plugins", "roles"} <= top
    assert not top & {"build", "tests", ".git", ".ci", "Makefile", "pyproject.toml"}


def test_changelog_tells_about_this_version(site):
    version = yaml.safe_load((site.root / "galaxy.yml").read_text())["version"]
    assert version in yaml.safe_load((site.root / "changelogs" / "changelog.yaml").read_text())["releases"]
